"""Draws that anyone can check: tickets, weighted tickets, commitments to a public beacon, and two published methods."""

from selection.draws.beacons import CHAINS, Beacon, randomness_of
from selection.draws.commitments import Commitment, check, commit
from selection.draws.inclusion import inclusion_odds
from selection.draws.tickets import check_ticket, ticket, ticket_order
from selection.draws.weighted import weighted_order

__all__ = [
    "CHAINS",
    "Beacon",
    "Commitment",
    "check",
    "check_ticket",
    "commit",
    "inclusion_odds",
    "randomness_of",
    "ticket",
    "ticket_order",
    "weighted_order",
]
