"""Whether a text file is regular: as many separators as its records need, every quotation mark where it belongs.

Only then may a fast parser read it, since parsers differ in what they make of anything else; a parser itself refuses a
record that is too long. The file is looked at as bits, sixty-four bytes to a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from selection.intake.coding import MASKS

BLOCK: Final = 1 << 20
QUOTE, LINE_END, RETURN = 34, 10, 13
ONE, LAST = np.uint64(1), np.uint64(63)

Bits = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Regular:
    """What is known of a regular file: its records, whether cells have several lines (with CR LF), or may be masked."""

    records: int
    lines_in_cells: bool
    returns_in_cells: bool
    masks: bool


def regular(data: bytes, start: int, separator: int, width: int) -> Regular | None:
    """What is known of the records that begin at `start` if the file is regular; None if anything is not."""
    end = len(data)
    while end > start and data[end - 1] in b"\r\n":
        end -= 1
    if width < 2 or start >= end or data.find(b"\0", start) >= 0:
        return None
    records, lines, returns = 0, 0, False
    while start < end:
        look = _whole_records(data, start, end, separator)
        if look is None or look.separators != look.records * (width - 1) or look.swallowed(width):
            return None
        start, records, lines = look.stop, records + look.records, lines + len(look.lines_in_cells)
        returns = returns or look.returns_in_cells
    return Regular(records, lines > 0, returns, b"'" in data and any(mask in data for mask in MASKS))


@dataclass(frozen=True)
class _Look:
    """What stands in some whole records: how many they are, cells' ends, and what stands within quotation marks."""

    stop: int
    records: int
    separators: int
    ends: Bits
    lines_in_cells: Places
    hidden: Bits
    returns_in_cells: bool = False

    def swallowed(self, width: int) -> bool:
        """Whether a cell of several lines may be several rows, which are then looked at one by one."""
        if not len(self.lines_in_cells):
            return False
        if _count(self.hidden) < width - 1:
            return False
        ends, hidden = _places(self.ends), _places(self.hidden)
        of_line, of_separator = np.searchsorted(ends, self.lines_in_cells), np.searchsorted(ends, hidden)
        number = np.bincount(of_separator, minlength=len(ends) + 1)
        return bool((number[of_line] >= width - 1).any())


def _whole_records(data: bytes, start: int, end: int, separator: int) -> _Look | None:
    """A look at the next records, up to a line's end outside quotation marks; None if a mark is misplaced."""
    size = BLOCK
    while True:
        stop = data.find(b"\n", start + size, end) + 1 or end
        look = _look(data, start, stop, separator)
        if isinstance(look, bool):
            if look or stop == end:
                return None
            size *= 2
            continue
        return look


def _look(data: bytes, start: int, stop: int, separator: int) -> _Look | bool:
    """The block as it is; True if a quotation mark or a byte is wrong in it, False if it ends within a cell."""
    block = data[start:stop] if data[stop - 1] == LINE_END else data[start:stop] + b"\n"
    signs = np.frombuffer(block, dtype=np.uint8)
    ends, parts = _bits(signs == LINE_END), _bits(signs == separator)
    returns = _bits(signs == RETURN) if b"\r" in block else np.zeros(1, dtype=np.uint64)
    # A carriage return without its line feed is where some see the end of a line.
    if not _is_utf8(block, signs) or (returns & ~_earlier(ends)).any():
        return True
    if b'"' not in block:
        return _Look(stop, _count(ends), _count(parts), ends, NONE, ends)
    quotes = _bits(signs == QUOTE)
    inside = _parity(quotes)
    if bool(inside[(len(signs) - 1) >> 6] >> np.uint64((len(signs) - 1) & 63) & ONE):
        return False
    breaks = ends | parts | quotes
    if (quotes & inside & ~_later(breaks)).any() or (quotes & ~inside & ~_earlier(breaks | returns)).any():
        return True
    within = ends & inside
    lines = _places(within) if within.any() else NONE
    ends = ends & ~inside
    odd = bool((returns & inside).any())
    return _Look(stop, _count(ends), _count(parts & ~inside), ends, lines, parts & inside, odd)


def _is_utf8(block: bytes, signs: npt.NDArray[np.uint8]) -> bool:
    """Whether all bytes beyond ASCII are UTF-8, looked at with the byte that follows them."""
    if block.isascii():
        return True
    high = signs >= 0x80
    high[1:] |= high[:-1]
    try:
        signs[high].tobytes().decode()
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
