"""People who may have registered twice under different addresses: listed for the officer, never merged."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool
from selection.intake.organisations import Signs, in_word, organisation_key
from selection.texts import Texts

LISTED: Final = 1000
LONGEST: Final = 200

#: So many names are summed at a time; an odd number that spreads sums over 64 bits.
AT_ONCE: Final = 1 << 14
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
    """Groups of applicants that stand with one name and one organisation, the first ones in the order of their rows."""
    names, places = pool.columns.get("name"), pool.columns.get("organisation")
    if names is None or places is None:
        return ()
    standing = np.flatnonzero((pool.duplicate_of < 0) & (names.codes >= 0) & (places.codes >= 0))
    place = _numbers(places.values.tolist(), organisation_key)[places.codes[standing]] + 1
    several = _may_repeat(names, standing, place)
    standing, place = standing[several], place[several]
    signs = Signs()
    held, number = np.unique(names.codes[standing], return_inverse=True)
    name = _numbers(names.values[held].tolist(), lambda text: _name_key(text, signs))[number]
    standing, keys = standing[name >= 0], (name * (len(places.values) + 1) + place)[name >= 0]
    rows = pool.rows[standing]
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(starts, append=len(keys))
    starts, sizes = starts[sizes > 1], sizes[sizes > 1]
    first = np.argsort(rows[starts], kind="stable")[:LISTED]
    return tuple(
        Suspicion(tuple(rows[start : start + size].tolist()))
        for start, size in zip(starts[first].tolist(), sizes[first].tolist(), strict=True)
    )


def _may_repeat(names: Column, standing: Places, place: Places) -> npt.NDArray[np.bool_]:
    """Which of the standing may share name and organisation with another: the sums of their letters do."""
    if not isinstance(names.values, Texts):
        return np.ones(len(standing), dtype=bool)
    seen = _sums(names.values)[names.codes[standing]] * np.uint64(FACTOR) + place.astype(np.uint64)
    ordered = np.sort(seen)
    return np.isin(seen, ordered[1:][ordered[1:] == ordered[:-1]])


def _sums(texts: Texts) -> npt.NDArray[np.uint64]:
    """For each name a sum over the letters of its key, in whatever order they stand."""
    weights = np.arange(1, 257, dtype=np.uint64) ** np.uint64(7) * np.uint64(FACTOR)
    weights[[sign for sign in range(128) if not in_word(chr(sign))]] = 0
    weights[ord("A") : ord("Z") + 1] = weights[ord("a") : ord("z") + 1]
    starts, sums = texts.ends - texts.lengths, np.zeros(len(texts), dtype=np.uint64)
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
            known[name] = weights[key].sum(dtype=np.uint64)
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
