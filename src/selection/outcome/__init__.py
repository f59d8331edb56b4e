"""Everything decided, and how to read it: the object users hold, and how it is made."""

from selection.outcome.outcome import Outcome
from selection.outcome.selecting import select
from selection.outcome.variants import without_reserves

__all__ = ["Outcome", "select", "without_reserves"]
