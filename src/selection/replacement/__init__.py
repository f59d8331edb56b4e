"""Withdrawals answered exactly: locks, rounds and their records, who would replace whom, offers and their history."""

from selection.replacement.remaining import Remaining
from selection.replacement.rounds import Replacement, Round, replace, replay
from selection.replacement.seats import Lock

__all__ = ["Lock", "Remaining", "Replacement", "Round", "replace", "replay"]
