"""Regular text files cut into cells as bytes, block by block: no text is made for a cell that was seen before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.intake.coding import Coder, may_mask
from selection.texts import USUAL, Texts

QUOTE, LINE_END = 34, 10

#: Cells longer than this are told apart as texts, not eight bytes at a time.
LONGEST: Final = 64
ROUNDS: Final = 16
FEW: Final = 200

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


def cut(data: bytes | bytearray, separator: int, coders: Sequence[Coder | None]) -> bool | None:
    """Hand all cells of these whole records to the coders, and say whether a cell may be masked.

    None as soon as something is not regular: a record, an encoding, a line end.
    """
    block = data.replace(b"\r\n", b"\n") if b"\r" in data else data
    if b"\r" in block or b"\0" in block or not _is_utf8(block):
        return None
    piece = Piece(block)
    cells = piece.cells(separator, len(coders))
    if cells is None:
        return None
    for place, coder in enumerate(coders):
        if coder is not None:
            _add(coder, piece, cells[0][:, place], cells[1][:, place])
    return may_mask(block)


def _is_utf8(block: bytes | bytearray) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _add(coder: Coder, piece: Piece, starts: Places, ends: Places) -> None:
    if coder.apart and (packed := piece.packed(starts, ends)) is not None:
        coder.add_packed(packed)
        return
    found = None if coder.apart or len(starts) < FEW else piece.distinct(starts, ends)
    if found is None:
        coder.add(piece.texts(starts, ends))
    else:
        first, codes = found
        coder.add_coded(piece.texts(starts[first], ends[first]), codes)


class Piece:
    """Some whole lines of a file, and how to look at their cells."""

    def __init__(self, data: bytes | bytearray) -> None:
        self.bytes = np.frombuffer(data, dtype=np.uint8)
        self.size = len(data)
        # Each place seen as the eight bytes that begin there; the padding keeps the last ones inside.
        self.eights: Words = np.ndarray((self.size + 1,), dtype="<u8", buffer=data + bytes(8), strides=(1,))
        self.latin = data.decode("latin-1")
        self.escapes = '""' in self.latin

    def cells(self, separator: int, width: int) -> tuple[Places, Places] | None:
        """Where each cell begins and ends, a row for each record; None if some record is irregular.

        A cell in quotation marks must be so from its first to its last byte, and any mark within it doubled.
        """
        quotes = self.bytes == QUOTE
        marks = self._marks(separator, width, quotes if quotes.any() else None)
        if marks is None:
            return None
        starts = np.concatenate((np.zeros(1, dtype=np.int64), marks[:-1] + 1))
        if (width == 1 and (starts == marks).any()) or marks[-1] != self.size - 1:
            return None
        if quotes.any():
            quoted = self._quoted(quotes, starts, marks)
            if quoted is None or self._swallowed(separator, width, starts, marks, quoted):
                return None
            return (starts + quoted).reshape(-1, width), (marks - quoted).reshape(-1, width)
        return starts.reshape(-1, width), marks.reshape(-1, width)

    def _marks(self, separator: int, width: int, quotes: Flags | None) -> Places | None:
        """Where cells end, outside quotation marks; None unless every `width`-th of these is a line's end."""
        breaks = (self.bytes == separator) | (self.bytes == LINE_END)
        if quotes is not None:
            breaks &= np.cumsum(quotes, dtype=np.uint8) & 1 == 0
        marks = np.flatnonzero(breaks)
        line_ends = self.bytes[marks] == LINE_END
        if not len(marks) or len(marks) % width or line_ends.sum() * width != len(marks):
            return None
        return marks if line_ends[width - 1 :: width].all() else None

    def _quoted(self, quotes: Flags, starts: Places, ends: Places) -> Flags | None:
        """Which cells stand in quotation marks; None if a mark stands where none belongs."""
        quoted = quotes[starts]
        if (quoted != (quotes[ends - 1] & (ends - starts >= 2))).any():
            return None
        inner = quotes.copy()
        inner[starts[quoted]] = inner[ends[quoted] - 1] = False
        places = np.flatnonzero(inner)
        if len(places) % 2 or (places[1::2] - places[::2] != 1).any():
            return None
        # A doubled mark belongs to a cell that is quoted itself.
        return quoted if quoted[np.searchsorted(ends, places)].all() else None

    def _swallowed(self, separator: int, width: int, starts: Places, ends: Places, quoted: Flags) -> bool:
        """Whether a cell of several lines may be several rows; the csv module reports that row by row."""
        lines = np.flatnonzero(self.bytes == LINE_END)
        if width < 3 or len(lines) == len(ends) // width:
            return False
        found = np.unique(np.searchsorted(ends, lines))
        found = found[quoted[found] & (ends[found] - starts[found] > 2)]
        return any(t.count(chr(separator)) >= width - 1 for t in self.texts(starts[found], ends[found]))

    def texts(self, starts: Places, ends: Places) -> list[str]:
        """The cells as texts."""
        latin = self.latin
        found = [latin[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        if self.escapes:
            found = [t.replace('""', '"') if '"' in t else t for t in found]
        if latin.isascii() or "".join(found).isascii():
            return found
        return [t if t.isascii() else t.encode("latin-1").decode() for t in found]

    def packed(self, starts: Places, ends: Places) -> Texts | None:
        """The cells as texts in one piece; None where a cell is long or holds a quotation mark."""
        lengths = ends - starts
        longest = int(lengths.max(initial=0))
        if longest >= LONGEST or self.escapes:
            return None
        table = np.empty((len(starts), longest // 8 + 1), dtype="<u8")
        for place in range(table.shape[1]):
            table[:, place] = self.eights[np.minimum(starts + 8 * place, self.size)]
        signs = table.view(np.uint8)
        at = np.arange(signs.shape[1])
        signs[np.arange(len(starts)), lengths] = ord(USUAL)
        texts = Texts(signs[at <= lengths[:, None]].tobytes())
        return texts if len(texts) == len(starts) else None

    def distinct(self, starts: Places, ends: Places) -> tuple[Places, npt.NDArray[np.int32]] | None:
        """Places of cells that stand for all different ones, and which of them each cell equals."""
        lengths = ends - starts
        longest = int(lengths.max(initial=0))
        if longest > LONGEST:
            return None
        words = [self._word(starts + at, lengths - at) for at in range(0, max(longest, 1), 8)]
        same = _alike(words)
        if same is None:
            return None
        first = np.zeros(len(starts), dtype=bool)
        first[same] = True
        numbers = np.cumsum(first, dtype=np.int32) - np.int32(1)
        return np.flatnonzero(first), numbers[same]

    def _word(self, starts: Places, left: Places) -> Words:
        """Eight bytes of each cell as one number, bytes beyond its end as zero."""
        shift = (8 * (8 - np.clip(left, 1, 8))).astype(np.uint64)
        word = self.eights[np.minimum(starts, self.size)]
        return np.where(left > 0, word & (np.uint64(2**64 - 1) >> shift), np.uint64(0))


def _alike(words: Sequence[Words]) -> Places | None:
    """For each cell one cell that holds the same, the same one for all of them; by hashing, and then comparing."""
    size = len(words[0])
    key = words[0].copy()
    for word in words:
        key = (key ^ (key >> np.uint64(29)) ^ word) * np.uint64(0x9E3779B97F4A7C15)
    bits = max(8, (2 * size).bit_length())
    table = np.zeros(1 << bits, dtype=np.int64)
    same = np.zeros(size, dtype=np.int64)
    left: Any = np.arange(size)
    for _ in range(ROUNDS):
        slot = (key[left] >> np.uint64(64 - bits)).astype(np.int64)
        table[slot] = left
        other = table[slot]
        equal = np.ones(len(left), dtype=bool)
        for word in words:
            equal &= word[other] == word[left]
        same[left[equal]] = other[equal]
        left = left[~equal]
        if not len(left):
            return same
        key[left] = (key[left] ^ (key[left] >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return None
