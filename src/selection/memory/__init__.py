"""What earlier editions of a call remember of an applicant: selected before, trained, no-show last time."""

from selection.memory.past import Past
from selection.memory.remembering import remember

__all__ = ["Past", "remember"]
