"""Raw cells become a coded column; masks that exporters put before formulas are undone per distinct text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, objects

#: An exporter puts `'` before what a spreadsheet would run; pretix also writes `\\|` in such cells.
MASKED: Final = re.compile(r"'[=+\-@|%\t\r]")

#: A column whose first texts are mostly different is not worth looking for repeats in.
MOSTLY_DISTINCT: Final = 0.5


class Coder:
    """Collects the texts of one column block by block, coding them unless they are nearly all different."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._codes: list[npt.NDArray[np.int32]] = []
        self._texts: list[str] = []
        self._distinct: bool | None = None

    def add(self, cells: Sequence[str]) -> None:
        """Take in the next cells of the column."""
        if self._distinct is None:
            self._distinct = len(cells) > 100 and len(set(cells)) > MOSTLY_DISTINCT * len(cells)
        if self._distinct:
            self._texts.extend(cells)
            return
        places = self._places
        for text in set(cells).difference(places):
            places[text] = len(places)
        self._codes.append(np.fromiter(map(places.__getitem__, cells), dtype=np.int32, count=len(cells)))

    def column(self) -> Column:
        """The finished column: stripped, without empty texts."""
        if self._distinct:
            return stripped(None, self._texts)
        codes = np.concatenate(self._codes) if self._codes else np.zeros(0, dtype=np.int32)
        return stripped(codes, list(self._places))


def stripped(codes: npt.NDArray[np.int32] | None, texts: Sequence[str]) -> Column:
    """A column of texts without surrounding white space; what is empty then is missing. No codes: one text a row."""
    words = list(map(str.strip, texts))
    if codes is None:
        full = np.fromiter(map(bool, words), dtype=bool, count=len(words))
        places = np.arange(len(words), dtype=np.int32)
        return Column(np.where(full, places, np.int32(-1)), objects(words))
    return recoded(codes, [word or None for word in words])


def recoded(codes: npt.NDArray[np.int32], values: Sequence[Any]) -> Column:
    """A column whose codes now stand for `values`: equal values share a code, `None` is missing."""
    places: dict[Any, int] = {}
    new = np.fromiter(
        (*(-1 if v is None else places.setdefault((type(v), v), len(places)) for v in values), -1),
        dtype=np.int32,
        count=len(values) + 1,
    )
    return Column(new[codes], objects([value for _, value in places]))


def used(column: Column) -> npt.NDArray[np.bool_]:
    """Which of the column's distinct values some record really holds."""
    found = np.zeros(len(column.values) + 1, dtype=bool)
    found[column.codes] = True
    return found[:-1]


def unmasked(raw: Column) -> tuple[Column, list[int]]:
    """The column with exporters' masks undone, and the codes whose text that changed."""
    texts = raw.values.tolist()
    places = _masked(texts)
    if not places:
        return raw, []
    values = raw.values.copy()
    for place in places:
        values[place] = texts[place][1:].replace("\\|", "|").strip() or texts[place]
    return Column(raw.codes, values), places


def _masked(texts: Iterable[Any]) -> list[int]:
    return [i for i, t in enumerate(texts) if type(t) is str and t[:1] == "'" and MASKED.match(t)]
