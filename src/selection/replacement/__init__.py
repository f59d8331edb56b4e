"""Withdrawals answered exactly: locks, rounds and their records, who would replace whom, offers and their history."""

from selection.replacement.remaining import Remaining
from selection.replacement.rounds import Replacement, Round, replace, replay
from selection.replacement.seats import Lock
from selection.replacement.substitutes import Substitute, replacements, substitutes

__all__ = [
    "Lock",
    "Remaining",
    "Replacement",
    "Round",
    "Substitute",
    "replace",
    "replacements",
    "replay",
    "substitutes",
]
