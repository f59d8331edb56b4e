"""Workbooks that unpack to more than a table can be: refused before a cell of them is read."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from selection.errors import InputError

#: A million rows of thirty columns unpack to less.
MOST_BYTES: Final = 1 << 31

#: Cells up to the last one, empty ones counted: a reader makes room for every one of them.
MOST_CELLS: Final = 1 << 26

PIECE: Final = 1 << 20

#: A cell that holds something, and one so far out that all of them are worth a look.
CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["'][^<>]{0,80}>(?<!/>)""")
FAR: Final = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{3}[0-9]|[A-Z]{1,2}[0-9]{6})""")


def refuse_bombs(data: bytes, source: str) -> None:
    """Unpack a workbook piece by piece, keeping nothing; `InputError` where it is broken or beyond all measure."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            left = MOST_BYTES
            for member in archive.infolist():
                left -= _size(archive, member, left, source)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        sentence = f"{source}: this workbook cannot be read ({error})."
        raise InputError("unreadable_workbook", sentence, source=source) from None


def _size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, source: str) -> int:
    """How many bytes a part of a workbook unpacks to; where a cell is far out, the room up to it is looked at."""
    size, far = 0, False
    for piece, joined in _pieces(archive, member):
        size += len(piece)
        if size > most:
            raise _too_large(source, f"it unpacks to more than {MOST_BYTES >> 30} GiB")
        far = far or FAR.search(joined) is not None
    if far:
        _refuse_room(archive, member, source)
    return size


def _refuse_room(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> None:
    """Refuse a sheet whose last cell is so far out that nobody has the memory for all cells before it."""
    width, height = 0, 0
    for _, joined in _pieces(archive, member):
        places = CELL.findall(joined)
        width = max(width, max(map(_number, {column for column, _ in places}), default=0))
        height = max(height, max((int(row) for _, row in places), default=0))
        if width * height > MOST_CELLS:
            raise _too_large(source, f"its last cell is in row {height:,} and column {width:,}")


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
    """What a part unpacks to, piece by piece; each also with the end of the piece before it."""
    before = b""
    with archive.open(member) as file:
        while piece := file.read(PIECE):
            yield piece, before + piece
            before = piece[-200:]


def _number(letters: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    found = 0
    for letter in letters:
        found = 26 * found + letter - 64
    return found


def _too_large(source: str, said: str) -> InputError:
    sentence = f"{source}: this workbook is too large to be read: {said}. Save the table alone as CSV."
    return InputError("workbook_too_large", sentence, source=source)
