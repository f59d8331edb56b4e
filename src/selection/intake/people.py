"""People who may have registered twice under different addresses: listed for the officer, never merged."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from selection.applicants import Column, Pool
from selection.intake.organisations import bare, in_word, organisation_key

LISTED = 1000
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Rows that hold the same name at the same organisation, and are not one applicant by id or address."""

    rows: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """What the officer is asked; no name is said."""
        named = ", ".join(map(str, self.rows))
        return f"Rows {named} hold the same name at the same organisation, with different addresses or ids."


def name_key(text: str) -> str:
    """A name without case, accents of European scripts, punctuation and the order of its parts, in any script."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return " ".join(sorted("".join(bare(c) if in_word(c) else " " for c in folded).split()))


def suspicions(pool: Pool) -> tuple[Suspicion, ...]:
    """Groups of applicants that stand with one name and one organisation, the first ones in the order of their rows."""
    names, places = pool.columns.get("name"), pool.columns.get("organisation")
    if names is None or places is None:
        return ()
    standing = np.flatnonzero((pool.duplicate_of < 0) & (names.codes >= 0) & (places.codes >= 0))
    name_of, place_of = _keys(names, name_key), _keys(places, organisation_key)
    groups: dict[tuple[str, str], list[int]] = {}
    for place in standing.tolist():
        key = (name_of[int(names.codes[place])], place_of[int(places.codes[place])])
        groups.setdefault(key, []).append(int(pool.rows[place]))
    found = sorted(tuple(sorted(rows)) for (name, _), rows in groups.items() if len(rows) > 1 and name)
    return tuple(Suspicion(rows) for rows in found[:LISTED])


def _keys(column: Column, key: Callable[[str], str]) -> Mapping[int, str]:
    return {code: key(value) if isinstance(value, str) else "" for code, value in enumerate(column.values.tolist())}
