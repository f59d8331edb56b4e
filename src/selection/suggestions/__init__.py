"""A file nobody wrote a form for: which system it comes from, and a form to complete."""

from selection.suggestions.suggesting import Suggestion, suggest

__all__ = ["Suggestion", "suggest"]
