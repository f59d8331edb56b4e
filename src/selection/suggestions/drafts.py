"""What is proposed for one field of a form: where it stands, how sure that is, what could not be mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from selection.suggestions.mapping import Unmapped


@dataclass(frozen=True)
class Draft:
    """One field as the form will have it: its keys, the places of its columns, and why it is proposed.

    `open` says why the field cannot be read before the officer has decided: then it is written as a comment.
    """

    name: str
    keys: Mapping[str, Any]
    places: frozenset[int]
    sure: bool
    why: str
    unmapped: tuple[Unmapped, ...] = ()
    notes: tuple[str, ...] = ()
    open: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings this field is read from."""
        named = (self.keys.get(key) for key in ("column", "time_column", "then_column", "or_column"))
        return (*(h for h in named if h is not None), *self.keys.get("options", {}))
