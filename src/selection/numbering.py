"""Whole numbers that stand for values: made dense, combined, put in order without comparing where they are small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]

#: Numbers below this are sorted digit by digit.
SMALL: Final = 1 << 16


def combine(codes: Sequence[npt.NDArray[np.integer[Any]]], sizes: Sequence[int]) -> tuple[Codes, Ints]:
    """Number the distinct rows of several code arrays (0 <= code < size): a number per row, and the distinct rows."""
    if not codes:
        raise ValueError("nothing to combine")
    number = codes[0].astype(np.int64)
    size = int(sizes[0])
    for code, more in zip(codes[1:], map(int, sizes[1:]), strict=True):
        if size * more > _table(len(number)):
            kept, _, fewer = _distinct(number, size)
            number, size = fewer.astype(np.int64), len(kept)
        if size * more >= 2**62:
            code, values = dense(code.astype(np.int64))
            more = len(values)
        number = number * more + code
        size *= more
    _, first, place = _distinct(number, size)
    return place, np.stack([code[first].astype(np.int64) for code in codes], axis=1)


def dense(numbers: Ints) -> tuple[Codes, Ints]:
    """For each number its place among the distinct ones, and these in ascending order."""
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    if high - low < 2**62:
        step = int(np.gcd.reduce(numbers - low)) or 1
        if (high - low) // step < _table(len(numbers)):
            kept, _, code = _distinct((numbers - low) // step, (high - low) // step + 1)
            return code, kept * step + low
    distinct, place = np.unique(numbers, return_inverse=True)
    return place.astype(np.int32), distinct


def rows_numbered(columns: Iterable[Ints]) -> Codes:
    """A number for each row of several columns, by the order of the distinct rows."""
    codes, values = zip(*map(dense, columns), strict=True)
    return combine(codes, [len(distinct) for distinct in values])[0]


def places_among(rows: Sequence[Ints], table: Sequence[Ints]) -> Ints:
    """The place of each row, given by its columns, among the distinct rows of a table; -1 where it is not there."""
    size = len(table[0])
    code = rows_numbered(np.concatenate(both) for both in zip(table, rows, strict=True))
    place = np.full(int(code.max(initial=-1)) + 1, -1, dtype=np.int64)
    place[code[:size]] = np.arange(size)
    return place[code[size:]]


def order(codes: npt.NDArray[np.integer[Any]], size: int) -> Ints:
    """The places of codes (0 <= code < size) sorted, equal ones as they stand."""
    return np.argsort(codes.astype(np.uint16) if size <= SMALL else codes, kind="stable")


def turn_within(codes: npt.NDArray[np.integer[Any]], size: int) -> Ints:
    """For each entry how many of the same code stand before it."""
    places = order(codes, size)
    counts = np.bincount(codes, minlength=size)
    turn = np.empty(len(codes), dtype=np.int64)
    turn[places] = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    return turn


def _table(rows: int) -> int:
    """How large a table of all possible numbers may be for so many rows."""
    return 4 * rows + 1024


def _distinct(number: Ints, size: int) -> tuple[Ints, Ints, Codes]:
    """Distinct numbers in ascending order, where each first stands, and each row's place among them."""
    if size > _table(len(number)):
        kept, first, place = np.unique(number, return_index=True, return_inverse=True)
        return kept, first, place.astype(np.int32)
    first_of = np.full(size, -1, dtype=np.int64)
    first_of[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    kept = np.flatnonzero(first_of >= 0)
    lookup = np.empty(size, dtype=np.int32)
    lookup[kept] = np.arange(len(kept), dtype=np.int32)
    return kept, first_of[kept], lookup[number]
