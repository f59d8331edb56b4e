"""People who may have registered twice under different addresses: listed for the officer, never merged."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool
from selection.intake.organisations import Signs, in_word, organisation_key
from selection.texts import Texts

LISTED: Final = 1000
LONGEST: Final = 200

#: So many names are summed at a time; odd numbers that spread sums over 32 and 64 bits.
AT_ONCE: Final = 1 << 14
SPREAD: Final = 0x9E3779B1
FACTOR: Final = 0x9E3779B97F4A7C15

Places = npt.NDArray[np.int64]


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
    return _name_key(text, Signs())


def _name_key(text: str, signs: Signs) -> str:
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return " ".join(sorted(folded.translate(signs).split()))


def suspicions(pool: Pool) -> tuple[Suspicion, ...]:
    """Groups of applicants that stand with one name and one organisation, the first ones in the order of their rows.

    Those whose names have the same sum of letters are found at once, and looked at until enough groups are sure.
    """
    names, places = pool.columns.get("name"), pool.columns.get("organisation")
    if names is None or places is None:
        return ()
    standing = np.flatnonzero((pool.duplicate_of < 0) & (names.codes >= 0) & (places.codes >= 0))
    standing = standing[np.argsort(pool.rows[standing], kind="stable")]
    place = _numbers(places.values.tolist(), organisation_key)[places.codes[standing]]
    known, signs = dict[str, str](), Signs()
    found: list[tuple[int, ...]] = []
    for group in _groups(_alike(names)[names.codes[standing]], place):
        if len(found) >= LISTED and pool.rows[standing[group[0]]] > sorted(found)[LISTED - 1][0]:
            break
        same: dict[tuple[str, int], list[int]] = {}
        for one in group.tolist():
            name: Any = names.values[names.codes[standing[one]]]
            if name not in known:
                known[name] = _name_key(name, signs) if isinstance(name, str) else ""
            if known[name]:
                same.setdefault((known[name], int(place[one])), []).append(int(pool.rows[standing[one]]))
        found += [tuple(rows) for rows in same.values() if len(rows) > 1]
    return tuple(map(Suspicion, sorted(found)[:LISTED]))


def _groups(names: npt.NDArray[np.uint32], place: Places) -> Iterator[Places]:
    """The members of each group of several with one name and place, in the order of the first member."""
    numbers = names.astype(np.uint64) * np.uint64(FACTOR) + place.astype(np.uint64)
    order = np.argsort(numbers, kind="stable")
    first = np.flatnonzero(np.append(True, numbers[order][1:] != numbers[order][:-1])) if len(order) else order
    sizes = np.diff(first, append=len(order))
    first, sizes = first[sizes > 1], sizes[sizes > 1]
    for group in np.argsort(order[first], kind="stable").tolist():
        yield order[first[group] : first[group] + sizes[group]]


def _alike(names: Column) -> npt.NDArray[np.uint32]:
    """For each value of a column of names a number that is the same wherever their keys are."""
    if isinstance(names.values, Texts):
        return _sums(names.values)
    return _numbers(names.values.tolist(), name_key).astype(np.uint32)


def _sums(texts: Texts) -> npt.NDArray[np.uint32]:
    """For each name a sum over the letters of its key, in whatever order they stand."""
    weights = np.arange(1, 257, dtype=np.uint32) ** np.uint32(7) * np.uint32(SPREAD)
    weights[[sign for sign in range(128) if not in_word(chr(sign))]] = 0
    weights[ord("A") : ord("Z") + 1] = weights[ord("a") : ord("z") + 1]
    starts, sums = texts.ends - texts.lengths, np.zeros(len(texts), dtype=np.uint32)
    odd = np.zeros(len(texts), dtype=bool)
    for block in range(0, len(texts), AT_ONCE):
        first = starts[block : block + AT_ONCE]
        piece = texts.signs[first[0] : texts.ends[min(block + AT_ONCE, len(texts)) - 1] + 1]
        sums[block : block + AT_ONCE] = np.add.reduceat(weights[piece], first - first[0])
        odd[block : block + AT_ONCE] = np.logical_or.reduceat(piece >= 0x80, first - first[0])
    signs, known = Signs(), dict[bytes, Any]()
    some = np.flatnonzero(odd | (texts.lengths > LONGEST))
    for code, start, end in zip(some.tolist(), starts[some].tolist(), texts.ends[some].tolist(), strict=True):
        name = texts.data[start:end]
        if name not in known:
            key = np.frombuffer(_name_key(name.decode(), signs).encode(), dtype=np.uint8)
            known[name] = weights[key].sum(dtype=np.uint32)
        sums[code] = known[name]
    return sums


def _numbers(values: list[Any], key: Callable[[str], str]) -> Places:
    """For each value the number of its key, -1 for an empty one; each different text is looked at once."""
    known: dict[Any, int] = {}
    number: dict[str, int] = {}
    for value in dict.fromkeys(values):
        said = key(value) if isinstance(value, str) else ""
        known[value] = number.setdefault(said, len(number)) if said else -1
    return np.fromiter(map(known.__getitem__, values), dtype=np.int64, count=len(values))
