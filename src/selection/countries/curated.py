"""The reviewed names of this project, as text: for the index, for suggestions and for names with lost letters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from selection.countries.economies import listed
from selection.countries.reference import rows
from selection.countries.spelling import folded_key, joined_key

FILE = "country_names.csv"


@dataclass(frozen=True)
class ReviewedName:
    """One reviewed text: the country it names, or why it names none."""

    text: str
    codes: tuple[str, ...]
    kind: str
    source: str


@cache
def reviewed_names() -> tuple[ReviewedName, ...]:
    """Every row of country_names.csv."""
    return tuple(
        ReviewedName(row["text"], tuple(filter(None, row["code"].split("|"))), row["kind"], row["source"])
        for row in rows(FILE)
    )


@cache
def spelled_names() -> tuple[tuple[str, str], ...]:
    """Text and code of each name written out: short English names first, then reviewed other names."""
    english = [(entry.name, entry.code) for entry in listed().values()]
    reviewed = [(name.text, name.codes[0]) for name in reviewed_names() if name.kind == "alias"]
    return (*english, *reviewed)


@cache
def joined_names() -> tuple[tuple[str, str], ...]:
    """The letters of each name written out, and its code; in the order of `spelled_names`."""
    return tuple((joined_key(folded_key(text)), code) for text, code in spelled_names())
