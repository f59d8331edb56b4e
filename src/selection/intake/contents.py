"""What a file or an upload holds: its beginning, whole records piece by piece, or everything at once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np

HEAD: Final = 1 << 20
PIECE: Final = 1 << 23
QUOTE: Final = 34

#: So far before the end of a piece the end of its last line is looked for.
TAIL: Final = 1 << 16

#: So many lines at most are taken back to come to one that ends outside quotation marks.
LINES: Final = 10_000


class Content:
    """Bytes that are read when they are asked for, so that a large file need not be held as a whole."""

    def __init__(self, file: io.BufferedIOBase) -> None:
        self.file: io.BufferedIOBase = file if file.seekable() else io.BytesIO(file.read())
        # Memory that was just used is much faster than new one.
        self._spare: list[bytearray] = []

    @classmethod
    def of(cls, data: bytes) -> Content:
        """What is in memory already."""
        return cls(io.BytesIO(data))

    @cached_property
    def head(self) -> bytes:
        """The first lines, about a mebibyte of them."""
        self.file.seek(0)
        blocks = [self.file.read(HEAD)]
        while len(blocks[-1]) == HEAD:
            block = self.file.read(HEAD)
            stop = block.find(b"\n") + 1
            blocks.append(block[:stop] if stop else block)
        return b"".join(blocks)

    def whole(self) -> bytes:
        """Everything at once."""
        self.file.seek(0)
        return self.file.read()

    @cached_property
    def size(self) -> int:
        """How many bytes there are."""
        self.file.seek(0, io.SEEK_END)
        return self.file.tell()

    def pieces(self, start: int) -> Iterator[bytes | bytearray | None]:
        """Whole records from `start` on, some mebibytes at a time; None where quotation marks do not close."""
        while start + PIECE < self.size:
            block = self._filled(start, self._line_end(start + PIECE))
            stop = _records(block)
            if not stop:
                yield None
                return
            del block[stop:]
            yield block
            start += stop
        last = self._read(start, self.size).rstrip(b"\r\n")
        if last:
            yield last + b"\n" if not _quotes(last) % 2 else None

    def give_back(self, piece: bytes | bytearray) -> None:
        """Let the memory of a piece that nobody looks at any more be used for another."""
        if isinstance(piece, bytearray):
            self._spare.append(piece)

    def _filled(self, start: int, stop: int) -> bytearray:
        size = stop - start
        block = _resized(self._spare.pop(), size) if self._spare else bytearray(size)
        self.file.seek(start)
        with memoryview(block) as room:
            found = 0
            # A file may give less than it was asked for.
            while found < size and (more := self.file.readinto(room[found:])):
                found += more
        del block[found:]
        return block

    def _line_end(self, place: int) -> int:
        """Where the last line ends before this place, if that is near."""
        return place - TAIL + (self._read(place - TAIL, place).rfind(b"\n") + 1 or TAIL)

    def _read(self, start: int, stop: int) -> bytes:
        self.file.seek(start)
        found = self.file.read(stop - start)
        # A file may give less than it was asked for.
        while len(found) < stop - start and (more := self.file.read(stop - start - len(found))):
            found += more
        return found


def _resized(block: bytearray, size: int) -> bytearray:
    """The same memory, if a parser's thread does not happen to hold it still, with so many bytes."""
    try:
        del block[size:]
        block += bytes(size - len(block))
    except BufferError:
        return bytearray(size)
    return block


def _records(block: bytes | bytearray) -> int:
    """Where the last line ends outside quotation marks; 0 if none of the last does."""
    stop = block.rfind(b"\n") + 1
    quotes = _quotes(block) - block.count(b'"', stop)
    for _ in range(LINES):
        if not quotes % 2:
            return stop
        before = block.rfind(b"\n", 0, stop - 1) + 1 if stop else 0
        quotes -= block.count(b'"', before, stop)
        stop = before
    return 0


def _quotes(block: bytes | bytearray) -> int:
    return int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == QUOTE)) if b'"' in block else 0
