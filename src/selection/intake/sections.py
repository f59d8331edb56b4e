"""Files that hold several tables one under the other: the one that the form names, by the title above it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from selection.intake.encodings import MARKS_OF_16, decode
from selection.intake.findings import Problem, short
from selection.intake.forms import Form

#: What may stand around a title that is alone in its row.
AROUND: Final = b' \t\r,;|"'
LONGEST: Final = 200


@dataclass(frozen=True)
class Part:
    """The bytes of a file up to the end of the table, the form that skips to its beginning, and what was left out."""

    data: bytes
    form: Form
    findings: tuple[Problem, ...] = ()


def sectioned(data: bytes, form: Form) -> Part:
    """The part of a file that the form reads; the whole file where the form names no section, or none is there."""
    section = form.section
    if section is None:
        return Part(data, form)
    if data.startswith(MARKS_OF_16):
        data, form = decode(data, None, "")[0].encode(), form.model_copy(update={"encoding": "utf-8"})
    encoding = form.encoding or "utf-8"
    begin, end = ({_folded(t, encoding) for t in titles} for titles in (section.begin, section.end))
    first = next((found for found in _titles(data, 0, 0) if found[2] in begin), None)
    if first is None:
        return Part(data, form)
    row, start, _ = first
    stop = next((found for found in _titles(data, start, row) if found[2] in end), None)
    form = form.model_copy(update={"skip_rows": row})
    if stop is None:
        return Part(data, form)
    cut = data.rfind(b"\n", 0, stop[1] - 1) + 1
    return Part(data[:cut], form, (_left(stop[0], stop[2].decode("utf-8", "replace")),))


def section_of_rows(rows: list[list[Any]], form: Form) -> tuple[list[list[Any]], Form, tuple[Problem, ...]]:
    """The same for the rows of a sheet: those up to the end of the table, and the form that skips to its beginning."""
    section = form.section
    if section is None:
        return rows, form, ()
    lone = [(place, " ".join(str(cells[0]).split()).casefold()) for place, row in enumerate(rows)
            if len(cells := [c for c in row if c != ""]) == 1]  # fmt: skip
    begin, end = ({" ".join(t.split()).casefold() for t in titles} for titles in (section.begin, section.end))
    first = next((place for place, title in lone if title in begin), None)
    if first is None:
        return rows, form, ()
    form = form.model_copy(update={"skip_rows": first + 1})
    stop = next(((place, title) for place, title in lone if place > first and title in end), None)
    if stop is None:
        return rows, form, ()
    return rows[: stop[0]], form, (_left(stop[0] + 1, stop[1]),)


def _left(row: int, title: str) -> Problem:
    said = f"The table ends before row {row}, under which another one begins ({short(title)!r}); that was not read."
    return Problem(row, None, None, "other_section", said, "kept")


def _titles(data: bytes, start: int, row: int) -> Iterator[tuple[int, int, bytes]]:
    """Each short line from `start` on: its row number, where the next line begins, its text without what is around."""
    while start < len(data):
        stop = data.find(b"\n", start) + 1 or len(data)
        row += 1
        if stop - start <= LONGEST:
            line = data[start:stop].removeprefix(BOM_UTF8) if not start else data[start:stop]
            yield row, stop, re.sub(rb"\s+", b" ", line.strip(AROUND + b"\n")).lower()
        start = stop


def _folded(title: str, encoding: str) -> bytes:
    return " ".join(title.split()).encode(encoding, "replace").lower()
