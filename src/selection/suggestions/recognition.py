"""Which registration system a file comes from, by signs that do not depend on each other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from selection.suggestions.preview import Look, Preview

FILE: Final = Path(__file__).with_name("signs.toml")

#: The weight of its signs from which on a system is recognised, and how far ahead of the next one it must be.
ENOUGH: Final = 3.0
AHEAD: Final = 0.5

#: A column is of a shape if so many of its different cells are; so many are looked at.
SHARE: Final = 0.9
LOOKED_AT: Final = 200
LONGEST: Final = 200


@dataclass(frozen=True)
class System:
    """A registration system: the name of its form, its own name, the fields it fills itself, its signs."""

    form: str
    name: str
    own: frozenset[str]
    signs: Mapping[str, Any]


@dataclass(frozen=True)
class Sign:
    """One sign of a system: its weight, what it is, and the fields it finds in the first columns."""

    weight: float
    says: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognition:
    """What spoke for a system: the weight of all signs, each sign in words, and where fields were found by shape."""

    system: System
    weight: float
    signs: tuple[str, ...]
    places: Mapping[str, int]


@cache
def systems() -> tuple[System, ...]:
    """Every registration system whose exports are known."""
    with FILE.open("rb") as file:
        data = tomllib.load(file)
    return tuple(System(form, one["name"], frozenset(one["own"]), MappingProxyType(one)) for form, one in data.items())


def recognised(seen: Preview) -> Recognition | None:
    """The system a file comes from; None if none is clearly ahead, or if a single sign speaks for it."""
    found = [Recognition(system, *_weighed(_signs(system, seen))) for system in systems()]
    found.sort(key=lambda one: -one.weight)
    best, near = found[0], found[1].weight
    enough = best.weight >= ENOUGH and (len(best.signs) > 1 or len(best.places) > 1)
    return best if enough and best.weight >= near + AHEAD else None


def _weighed(signs: Iterator[Sign]) -> tuple[float, tuple[str, ...], Mapping[str, int]]:
    listed = list(signs)
    places = {name: place for sign in listed for place, name in enumerate(sign.fields) if name}
    return sum(sign.weight for sign in listed), tuple(dict.fromkeys(sign.says for sign in listed)), places


def _signs(system: System, seen: Preview) -> Iterator[Sign]:
    signs = system.signs
    there = {_plain(look.heading): look for look in reversed(seen.looks)}
    for sign in signs.get("heading", ()):
        look = _under(sign["any"], there)
        if look is not None:
            yield Sign(sign["weight"], f"a column {look.heading!r}")
    for sign in signs.get("headings_like", ()):
        if any(_fits(sign["pattern"], h) for h in seen.headings):
            yield Sign(sign["weight"], sign["says"])
    for sign in signs.get("cells_like", ()):
        if any(has_shape(look, sign["pattern"]) for look in seen.looks):
            yield Sign(sign["weight"], sign["says"])
    for sign in signs.get("first_columns", ()):
        if _first(seen.looks, sign["patterns"]):
            yield Sign(sign["weight"], sign["says"], tuple(sign.get("fields", ())))
            break
    for sign in signs.get("joined", ()):
        if _joined(*(_under(sign[part], there) for part in ("whole", "first", "last"))):
            yield Sign(sign["weight"], sign["says"])
    for sign in signs.get("preamble", ()):
        if seen.preamble and re.search(sign["pattern"], seen.preamble, re.IGNORECASE):
            yield Sign(sign["weight"], sign["says"])


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def _under(known: Iterable[str], there: Mapping[str, Look]) -> Look | None:
    """The column under the first of some headings that the table has."""
    return next((there[h] for h in map(_plain, known) if h in there), None)


def _joined(whole: Look | None, first: Look | None, last: Look | None) -> bool:
    """Whether the cells of one column are those of two others, one after the other."""
    if whole is None or first is None or last is None or not whole.counts:
        return False
    rows = range(min(LOOKED_AT, len(whole.column)))
    names = [tuple(str(look.column.at(row) or "") for look in (whole, first, last)) for row in rows]
    return any(all(name) for name in names) and all(a == f"{b} {c}".strip() for a, b, c in names)


def _first(looks: tuple[Look, ...], patterns: list[str]) -> bool:
    """Whether the first columns have these shapes; at least the first one holds something."""
    if len(looks) < len(patterns) or not looks[0].counts:
        return False
    return all(
        has_shape(look, pattern) or (not look.counts and _fits(pattern, ""))
        for look, pattern in zip(looks, patterns, strict=False)
    )


def has_shape(look: Look, pattern: str) -> bool:
    """Whether nearly all cells of a column have a shape."""
    cells = [_text(cell) for _, cell in zip(range(LOOKED_AT), look.counts, strict=False)]
    return bool(cells) and _many(_fits(pattern, cell) for cell in cells) >= SHARE * len(cells)


def _many(flags: Iterable[bool]) -> int:
    return sum(1 for flag in flags if flag)


def _text(cell: Any) -> str:
    """A cell as a text export would write it: times of a workbook too."""
    return str(cell).removesuffix("+00:00") if isinstance(cell, date) else str(cell)


def _fits(pattern: str, text: str) -> bool:
    return len(text) <= LONGEST and re.fullmatch(pattern, text) is not None
