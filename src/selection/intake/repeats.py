"""Which numbers or texts of many occur more than once, mostly seen without a look at each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from selection.keys import words_of
from selection.texts import Texts

Number = TypeVar("Number", bound=np.unsignedinteger[Any])
Places = npt.NDArray[np.int64]
Key = tuple[int, bytes]
Hashes = npt.NDArray[np.uint64]


def repeated(hashes: Hashes) -> Places:
    """The places of numbers that occur more than once, in order.

    Only the upper halves of all are sorted; they leave a few to look at for each of many thousand.
    """
    upper = (hashes >> np.uint64(32)).astype(np.uint32)
    beginnings = np.zeros(1 << 16, dtype=bool)
    beginnings[_several(upper) >> np.uint32(16)] = True
    near: Places = np.flatnonzero(beginnings[upper >> np.uint32(16)])
    return near[np.isin(hashes[near], _several(hashes[near]))]


def _several(numbers: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The numbers that occur more than once, sorted."""
    ordered = np.sort(numbers)
    several: npt.NDArray[Number] = ordered[1:][ordered[1:] == ordered[:-1]]
    return several


def ascend(texts: Texts) -> bool:
    """Whether each text is longer than the one before it or comes after it: of serial numbers none occurs twice."""
    last = (-1, b"")
    for piece in filter(len, texts.pieces()):
        ends = piece.made(ends_of_ascending)
        if ends is None or ends[0] <= last:
            return False
        last = ends[1]
    return True


def ends_of_ascending(piece: Texts) -> tuple[Key, Key] | None:
    """The first and the last of texts that ascend, as lengths and bytes; None if they do not."""
    words = words_of(piece) if len(piece) else None
    if words is None or not _each_above([piece.lengths, *words]):
        return None
    first, last = piece[0].encode(), piece[-1].encode()
    return (len(first), first), (len(last), last)


def _each_above(keys: Sequence[npt.NDArray[Any]]) -> bool:
    """Whether each row of these keys is above the one before it, by the first key, where that is equal by the next."""
    above = np.zeros(len(keys[0]) - 1, dtype=bool)
    for key in reversed(keys):
        above &= key[1:] == key[:-1]
        above |= key[1:] > key[:-1]
    return bool(above.all())
