"""The bytes of a file become text: byte order marks, UTF-16, cp1252, NUL bytes; each repair is written down."""

from __future__ import annotations

import codecs
from types import MappingProxyType
from typing import Final

from selection.errors import InputError
from selection.intake.findings import Problem

MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

MARKS_OF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

#: How files that are no table of texts begin.
KINDS: Final = MappingProxyType(
    {
        b"%PDF": "a PDF document",
        b"\x89PNG": "a picture",
        b"\xff\xd8\xff": "a picture",
        b"GIF8": "a picture",
        b"\x1f\x8b": "a compressed file; unpack it first",
        b"PAR1": "a Parquet file; read it into a dataframe and pass that",
        b"SQLite format": "a database",
        b"<!doctype html": "a web page, perhaps of a login that has run out",
        b"<html": "a web page, perhaps of a login that has run out",
        b"<?xml": "an XML file",
        b"{\\rtf": "a text document",
        b"\x7fELF": "a program",
    }
)

#: Control characters that no text holds; tab, line feed, form feed and carriage return are welcome, NUL is looked at.
CONTROLS: Final = bytes(set(range(1, 32)) - {9, 10, 11, 12, 13, 28, 29, 30, 31})


def decode(data: bytes, encoding: str | None, source: str) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file, and what had to be repaired to read it."""
    mark, marked = next(((m, name) for m, name in MARKS if data.startswith(m)), (b"", None))
    data = data.removeprefix(mark)
    chosen = marked or encoding or _wide(data)
    text, notes = (_declared(data, chosen, source), []) if chosen else _recognised(data)
    text = text.removeprefix("\ufeff")
    nuls = text.count("\0")
    if nuls:
        text = text.replace("\0", "")
        notes.append(_changed("nul_bytes", f"{nuls:,} NUL characters were removed."))
    return text, tuple(notes)


def refuse_other_kinds(data: bytes, encoding: str | None, source: str) -> None:
    """An InputError for a file that is no table: a PDF, a picture, a program."""
    head = data[:4096].removeprefix(codecs.BOM_UTF8)
    start = head.lstrip()[:20].lower()
    known = next((what for first, what in KINDS.items() if head.startswith(first) or start.startswith(first)), None)
    # In UTF-16 and the like any byte may stand anywhere.
    told = encoding is not None or data.startswith(MARKS_OF_16) or _wide(data)
    controls = 0 if told else len(head) - len(head.translate(None, CONTROLS))
    if known or controls > len(head) // 20 or (not told and head.count(0) > len(head) * 0.3):
        what = known or "not a table of text"
        raise InputError("not_a_table", f"{source}: this is {what}, not a table of registrations.", source=source)


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark shows as a NUL in every second byte."""
    head = data[:4096]
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > 0.4 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.4 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _declared(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        near = " It seems to be cp1252." if encoding.lower().replace("-", "") == "utf8" else ""
        sentence = f'{source}: line {line} cannot be read as {encoding}.{near} Say encoding = "..." in the form.'
        raise InputError("wrong_encoding", sentence, source=source, row=line, encoding=encoding) from None
    except UnicodeError:
        sentence = f"{source}: the file cannot be read as {encoding}."
        raise InputError("wrong_encoding", sentence, source=source, encoding=encoding) from None


def _recognised(data: bytes) -> tuple[str, list[Problem]]:
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        pass
    lines = data.split(b"\n")
    other = [place for place, line in enumerate(lines) if not line.isascii() and not _is_utf8(line)]
    strange = sum(1 for line in lines if not line.isascii())
    if len(other) == strange:
        note = _changed("encoding", "The file is not UTF-8; it was read as cp1252 (Windows, Western European).")
        return _western(data), [note]
    notes = [
        _changed("encoding", f"Line {p + 1} is not UTF-8 like the rest; it was read as cp1252.", p + 1) for p in other
    ]
    strangers = frozenset(other)
    texts = (_western(line) if place in strangers else line.decode() for place, line in enumerate(lines))
    return "\n".join(texts), notes


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes) -> str:
    """cp1252; the five bytes it leaves undefined are read as latin-1 does."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([b]).decode("cp1252" if b not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for b in data)


def _changed(code: str, sentence: str, row: int | None = None) -> Problem:
    return Problem(row, None, None, code, sentence, "changed")
