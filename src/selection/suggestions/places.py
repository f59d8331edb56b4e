"""Columns that hold countries: names in any language or codes, and what does not resolve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from selection.suggestions.mapping import Unmapped
from selection.suggestions.preview import Look

LOOKED_AT: Final = 300
LISTED: Final = 40
CODES: Final[Mapping[str, str]] = {"alpha-2": r"[A-Za-z]{2}", "alpha-3": r"[A-Za-z]{3}", "numeric": r"\d{3}"}


@dataclass(frozen=True)
class Countries:
    """How a column names countries: as codes of a kind or as names, which part of its cells resolve, which do not."""

    codes: str | None
    share: float
    unresolved: tuple[Unmapped, ...]


def countries(look: Look) -> Countries | None:
    """How a column names countries; None if it holds nothing, or texts that are too long for that."""
    cells = dict(islice(sorted(look.texts.items(), key=lambda one: -one[1]), LOOKED_AT))
    if not cells or (len(cells) < len(look.counts) and not look.texts) or max(map(len, cells)) > 120:
        return None
    for kind, pattern in CODES.items():
        if all(re.fullmatch(pattern, cell) for cell in cells) and _codes(cells, kind):
            return Countries(kind, 1.0, ())
    from selection.countries import country

    found = {cell: country(cell) for cell in cells}
    open_cells = [cell for cell, answer in found.items() if answer.code is None]
    unresolved = [Unmapped(cell, cells[cell], _near(found[cell])) for cell in open_cells[:LISTED]]
    return Countries(None, 1 - len(open_cells) / len(cells), tuple(unresolved))


def _codes(cells: Mapping[str, int], kind: Any) -> bool:
    from selection.countries import resolve_codes

    return all(resolve_codes(cell, kind).code for cell in cells)


def _near(answer: Any) -> str | None:
    """The country that a text which does not resolve is nearest to."""
    close = next(iter(answer.suggestions), None)
    return None if close is None else f"{close.code} {close.name}"
