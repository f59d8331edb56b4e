"""A file looked at before there is a form: its headings, and how often each cell of a column stands in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from selection.applicants import Column
from selection.errors import InputError
from selection.intake import Form
from selection.intake.encodings import MARKS_OF_16, decode
from selection.intake.forms import Section
from selection.intake.shipped import shipped_forms
from selection.intake.sources import WORKBOOKS, raw_table
from selection.intake.tables import Table
from selection.intake.workbooks import first_lines

#: Columns beyond these are not looked at, nor are further different cells of one column.
COLUMNS: Final = 2000
CELLS: Final = 20_000
HEAD: Final = 1 << 16
TRIES: Final = 30

#: A title alone in its row, and a row of several cells; titles are looked for in so many bytes.
TITLE: Final = re.compile(r'[\s"]*[^\s,;|"][^,;|\t"]{0,100}[\s,;|"]*')
WIDE: Final = re.compile(r"[^,;|\t]([,;|\t])[^,;|\t]+\1[^,;|\t]+")
AROUND: Final = ' \t\r,;|"'
LOOKED_THROUGH: Final = 1 << 24
SHEETS: Final = 20

#: Longer cells are told apart by their beginning only: no shape that is looked for is longer.
LONGEST: Final = 300


@dataclass(frozen=True, eq=False)
class Look:
    """One column as it stands: its place, its heading, which of the columns under that heading it is."""

    place: int
    heading: str
    occurrence: int | None
    column: Column

    @cached_property
    def counts(self) -> Mapping[Any, int]:
        """How many rows hold each different cell; the first ones of a column with very many."""
        codes = self.column.codes
        numbers = np.bincount(codes[codes >= 0], minlength=len(self.column.values)).tolist()
        found: dict[Any, int] = {}
        for value, number in islice(zip(self.column.values.tolist(), numbers, strict=True), CELLS):
            if number:
                cell = value[:LONGEST] if isinstance(value, str) else value
                found[cell] = found.get(cell, 0) + number
        return found

    @cached_property
    def texts(self) -> Mapping[str, int]:
        """The cells that are texts, and how many rows hold each."""
        return {value: number for value, number in self.counts.items() if isinstance(value, str)}


@dataclass(frozen=True, eq=False)
class Preview:
    """What a file holds: the form that reads its layout, its columns, and the lines before the table."""

    source: str
    layout: Form
    looks: tuple[Look, ...]
    rows: int
    width: int
    preamble: str

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns looked at."""
        return tuple(look.heading for look in self.looks)


def previews(path: Path) -> Iterator[Preview]:
    """Look at a file, at each sheet of a workbook with several; `InputError` where it is no table at all."""
    try:
        yield _preview(path, _layout(path))
    except InputError as error:
        if error.code != "several_sheets":
            raise
        empty = 0
        names = error.facts["sheets"][:SHEETS]
        for name in names:
            try:
                yield _preview(path, Form(sheet=str(name)))
            except InputError:
                empty += 1
        if empty == len(names):
            raise InputError("no_registrations", f"{path.name}: no sheet holds a table.", source=path.name) from None


def _preview(path: Path, layout: Form) -> Preview:
    table = _table(path, layout)
    while table is None or (layout.section is None and layout.skip_rows < TRIES and _title_only(table)):
        layout = layout.model_copy(update={"skip_rows": layout.skip_rows + 1})
        table = _table(path, layout)
    layout = _by_title(path, layout)
    table = _table(path, layout) or table
    counted: dict[str, int] = {}
    looks: list[Look] = []
    doubled = {heading for heading, times in Counter(table.headings).items() if times > 1}
    for place, (heading, column) in enumerate(zip(table.headings[:COLUMNS], table.columns, strict=False)):
        counted[heading] = counted.get(heading, 0) + 1
        if heading and column is not None:
            looks.append(Look(place, heading, counted[heading] if heading in doubled else None, column))
    rows = len(table) + table.rejected
    return Preview(path.name, layout, tuple(looks), rows, len(table.headings), _preamble(path, layout))


def _layout(path: Path) -> Form:
    """How to come to the table: the section of a shipped form, a sheet, rows to skip."""
    head = _head(path, Form())
    for section in filter(None, (Form.load(file).section for file in shipped_forms().values())):
        if any(title.lower() in head for title in section.begin):
            return Form(section=section)
    try:
        raw_table(path, Form())
    except InputError as error:
        if error.code == "preamble":
            return Form(skip_rows=int(error.facts["row"]) - 1)
        raise
    return Form()


def _by_title(path: Path, layout: Form) -> Form:
    """The section of a file with several tables, where a title stands alone above the headings that were found."""
    lines = [] if layout.section or not layout.skip_rows else _lines(path, layout)
    titles = [place for place, line in enumerate(lines[:-1]) if TITLE.fullmatch(line) and WIDE.search(lines[place + 1])]
    if layout.skip_rows - 1 not in titles:
        return layout
    begin, *later = [lines[place].strip(AROUND) for place in titles if place >= layout.skip_rows - 1]
    found = Section(begin=(begin,), end=tuple(dict.fromkeys(title for title in later if title != begin)))
    return layout.model_copy(update={"section": found, "skip_rows": 0})


def _lines(path: Path, layout: Form) -> list[str]:
    data = path.read_bytes()
    if data.startswith(WORKBOOKS):
        return first_lines(data, layout, path.name).splitlines()
    return decode(data[:LOOKED_THROUGH], None, path.name)[0].splitlines()


def _table(path: Path, layout: Form) -> Table | None:
    """The table under a layout; None where another row has to be skipped."""
    try:
        return raw_table(path, layout)
    except InputError as error:
        if error.code == "preamble" and layout.skip_rows < TRIES:
            return None
        raise


def _title_only(table: Table) -> bool:
    """Whether the first row is a title rather than headings: few of many columns have one."""
    width = sum(1 for column in table.columns if column is not None and (column.codes >= 0).any())
    return len(table) > 0 and width > 2 and 2 * sum(map(bool, table.headings)) < width


def _head(path: Path, layout: Form) -> str:
    with path.open("rb") as file:
        data = file.read(HEAD)
        if data.startswith(WORKBOOKS):
            return first_lines(data + file.read(), layout, path.name).lower()
    if data.startswith(MARKS_OF_16):
        return data.decode("utf-16", "ignore").lower()
    try:
        return decode(data[: data.rfind(b"\n") + 1] or data, None, path.name)[0].lower()
    except InputError:
        return ""


def _preamble(path: Path, layout: Form) -> str:
    """The lines before the table, as far as they are near the beginning of the file."""
    lines = _head(path, layout).splitlines()
    titles = {title.lower() for title in (layout.section.begin if layout.section else ())}
    first = next((i for i, line in enumerate(lines) if line.strip(AROUND) in titles), layout.skip_rows)
    return "\n".join(lines[: first + 1] if titles else lines[:first])
