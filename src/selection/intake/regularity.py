"""Whether a text file is regular: as many separators as its records need, every quotation mark where it belongs.

Only then may a fast parser read it, since parsers differ in what they make of anything else; a parser itself refuses a
record that is too long. Quotation marks are looked at as bits, sixty-four bytes to a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from selection import arrow

QUOTE, LINE_END, RETURN = 34, 10, 13
AT_ONCE = 1 << 18
ONE, LAST = np.uint64(1), np.uint64(63)

Bits = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Look:
    """What is known of some regular records: how many they are, whether cells have several lines, and with CR LF."""

    records: int
    lines_in_cells: bool = False
    returns_in_cells: bool = False


def look_at(piece: bytes | bytearray, separator: int, width: int, *, strict: bool = False) -> Look | None:
    """What is known of these whole records, each with its line's end, if all are regular; None if anything is not.

    A `strict` parser sees for itself that every record is as wide as the others; for it only lines are counted.
    """
    if width < 2 or b"\0" in piece or not _is_utf8(piece):
        return None
    signs = np.frombuffer(piece, dtype=np.uint8)
    # A carriage return without its line feed is where some see the end of a line.
    records = _lines(signs) if b"\r" in piece else number_of(signs, LINE_END)
    if records is None:
        return None
    if b'"' in piece:
        return _look_closely(signs, separator, width)
    return Look(records) if strict or number_of(signs, separator) == records * (width - 1) else None


def number_of(signs: npt.NDArray[np.uint8], sign: int) -> int:
    """How many of the bytes are this one; little by little, as memory that was just used is the fastest."""
    same = np.empty(AT_ONCE, dtype=np.bool_)
    blocks = (signs[start : start + AT_ONCE] for start in range(0, len(signs), AT_ONCE))
    return sum(int(np.count_nonzero(np.equal(block, sign, out=same[: len(block)]))) for block in blocks)


def _lines(signs: npt.NDArray[np.uint8]) -> int | None:
    """How many line feeds there are; None if a carriage return stands before anything but a line feed."""
    found, lines = np.empty((2, AT_ONCE + 1), dtype=np.bool_), 0
    for start in range(0, len(signs), AT_ONCE):
        block = signs[start : start + AT_ONCE + 1]
        returns, ends = found[:, : len(block)]
        np.equal(block, RETURN, out=returns)
        np.equal(block, LINE_END, out=ends)
        lines += int(np.count_nonzero(ends[:AT_ONCE]))
        if np.greater(returns[:-1], ends[1:], out=returns[:-1]).any():
            return None
    return lines


def _look_closely(signs: npt.NDArray[np.uint8], separator: int, width: int) -> Look | None:
    """A look at records in which quotation marks stand."""
    ends, parts, returns, quotes = (_bits(signs == sign) for sign in (LINE_END, separator, RETURN, QUOTE))
    inside = _parity(quotes)
    breaks = ends | parts | quotes
    if (quotes & inside & ~_later(breaks)).any() or (quotes & ~inside & ~_earlier(breaks | returns)).any():
        return None
    within, hidden = ends & inside, parts & inside
    ends &= ~inside
    records = _count(ends)
    if _count(parts & ~inside) != records * (width - 1) or _swallowed(ends, within, hidden, width):
        return None
    return Look(records, bool(within.any()), bool((returns & inside).any()))


def _swallowed(ends: Bits, within: Bits, hidden: Bits, width: int) -> bool:
    """Whether a cell of several lines may be several rows, which are then looked at one by one."""
    if not within.any() or _count(hidden) < width - 1:
        return False
    lines = _places(ends)
    of_line, of_separator = np.searchsorted(lines, _places(within)), np.searchsorted(lines, _places(hidden))
    number = np.bincount(of_separator, minlength=len(lines) + 1)
    return bool((number[of_line] >= width - 1).any())


def _is_utf8(block: bytes | bytearray) -> bool:
    if block.isascii():
        return True
    if find_spec("pyarrow") is not None:
        return arrow.is_utf8(block)
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bits(flags: npt.NDArray[np.bool_]) -> Bits:
    """One bit for each flag, the first one lowest."""
    packed = np.packbits(flags, bitorder="little")
    return np.pad(packed, (0, -len(packed) % 8)).view("<u8").astype(np.uint64, copy=False)


def _count(bits: Bits) -> int:
    return int.from_bytes(bits.tobytes(), "little").bit_count()


def _places(bits: Bits) -> Places:
    """Where the bits stand."""
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little").view(np.bool_))


def _parity(quotes: Bits) -> Bits:
    """For each byte whether an odd number of marks stands up to it."""
    found = quotes.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        found ^= found << np.uint64(shift)
    odd = np.bitwise_xor.accumulate(found >> LAST)
    before = np.concatenate([np.zeros(1, dtype=np.uint64), odd[:-1]])
    return found ^ (np.uint64(0) - before)


def _later(bits: Bits) -> Bits:
    """Each bit one place on; a break comes in before the first."""
    moved = bits << ONE
    moved[1:] |= bits[:-1] >> LAST
    moved[0] |= ONE
    return moved


def _earlier(bits: Bits) -> Bits:
    """Each bit one place back."""
    moved = bits >> ONE
    moved[:-1] |= bits[1:] << LAST
    return moved
