"""Text files with separators: the separator recognised, every record counted, ragged ones listed.

Regular files in UTF-8 are cut as bytes; all others go through the csv module. Both give the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from selection.errors import InputError
from selection.intake.coding import Coder, columns, may_mask
from selection.intake.contents import Content
from selection.intake.early import Work, early_work
from selection.intake.encodings import decode, refuse_other_kinds
from selection.intake.findings import Problem
from selection.intake.forms import Form
from selection.intake.headings import Plan
from selection.intake.pieces import read_pieces
from selection.intake.records import END, Records
from selection.intake.tables import Table

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS: Final = (",", ";", "\t", "|")
NAMES: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}

BLOCK: Final = 1 << 20
RECORDS: Final = 10_000
SAMPLE: Final = 30
UTF8: Final = ("utf-8", "utf8", "utf-8-sig")


#: How the table is read, once its headings are known.
Planner = Callable[[Sequence[str]], Plan]


@dataclass(frozen=True)
class Layout:
    """How a text is to be read: its separator, its headings, and which columns the form wants."""

    separator: str
    headings: tuple[str, ...]
    plan: Plan
    first: int
    source: str

    def coders(self, early: Mapping[int, Work] = MappingProxyType({})) -> list[Coder | None]:
        """One coder for each column that is read, with the work on it that may begin at once."""
        apart, read = self.plan.apart, self.plan.read
        return [Coder(i in apart, early.get(i)) if i in read else None for i in range(len(self.headings))]


def read_text(content: Content, form: Form, source: str, planned: Planner) -> Table:
    """The table in a text file; records that do not fit the headings are listed, not lost."""
    refuse_other_kinds(content.head, form.encoding, source)
    table = _read_regular(content, form, source, planned)
    if table is not None:
        return table
    text, notes = decode(content.whole(), form.encoding, source)
    text = text.replace("\r\n", "\n")
    text = _without_preamble(text if "\n" in text else text.replace("\r", "\n"), form.skip_rows)
    return _read_carefully(text, _layout(text, form, source, planned), notes)


def _read_regular(content: Content, form: Form, source: str, planned: Planner) -> Table | None:
    """The table of a file in UTF-8 in which every record is as wide as the headings; None for any other file."""
    head = content.head
    begin = len(BOM_UTF8) if head.startswith(BOM_UTF8) else 0
    body = begin
    for _ in range(form.skip_rows + 1):
        body = head.find(b"\n", body) + 1 or len(head)
        if body == len(head):
            break
    text = _beginning(head, begin, body) if (form.encoding or "utf-8").lower() in UTF8 else None
    if text is None:
        return None
    layout = _layout(_without_preamble(text, form.skip_rows), form, source, planned)
    coders = layout.coders(early_work(layout.plan, form))
    masks = read_pieces(content, body, layout.separator, coders) if layout.separator.isascii() else None
    if masks is None:
        return None
    size = next((c.rows for c in coders if c is not None), 0)
    rows = np.arange(layout.first, layout.first + size)
    return Table(layout.headings, columns(coders), rows, masks=masks, source=source)


def _beginning(head: bytes, begin: int, body: int) -> str | None:
    """The first lines as a text, if they are plain UTF-8 and the headings before `body` stand on one line."""
    headings = head[max(head.rfind(b"\n", begin, body - 1) + 1, begin) : body]
    if b"\0" in head or not headings.strip() or headings.count(b'"') % 2:
        return None
    try:
        text = head[begin:].decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    return None if "\r" in text else text


def _layout(text: str, form: Form, source: str, planned: Planner) -> Layout:
    if not re.search(r"[^\s,;|\"]", text):
        raise InputError("no_registrations", f"{source}: the file is empty: there are no registrations.", source=source)
    separator = form.separator or sniff(text, form)
    _refuse_preamble(text, separator, form, source)
    with _long_cells():
        record = next(filter(None, _reader(text, separator)), [])
    headings = tuple(" ".join(h.split()) for h in record)
    _refuse_wrong_separator(headings, separator, form, source)
    return Layout(separator, headings, planned(headings), form.skip_rows + 2, source)


def _without_preamble(text: str, rows: int) -> str:
    start = 0
    for _ in range(rows):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    return text[start:]


def sniff(text: str, form: Form) -> str:
    """The separator that finds most of the form's headings, then the one that cuts the first records most evenly."""
    wanted = frozenset(form.headings)
    scores = {}
    for place, separator in enumerate(SEPARATORS):
        records = _first_records(text, separator) or [[]]
        width = len(records[0])
        even = sum(1 for r in records if len(r) == width) >= 0.8 * len(records)
        hits = len(wanted.intersection(h.strip() for h in records[0]))
        led = bool(_preamble(records))
        scores[separator] = (hits, width > 1 or led, even or led, width, -place)
    return max(SEPARATORS, key=scores.__getitem__)


def _first_records(text: str, separator: str) -> list[list[str]]:
    """Some records from the beginning, as a sample of all."""
    with _long_cells():
        return list(islice(filter(None, _reader(text[: BLOCK // 4], separator)), SAMPLE))


def _refuse_preamble(text: str, separator: str, form: Form, source: str) -> None:
    """Lines before the headings make a first row that is narrower than nearly all that follows."""
    records = _first_records(text, separator)
    lines = _preamble(records)
    if lines:
        row = form.skip_rows + 1 + lines
        sentence = (
            f"{source}: the first row has {_width(records[0])} headings, most rows have more cells. "
            f"If the headings stand in row {row}, write skip_rows = {row - 1} in the form."
        )
        raise InputError("preamble", sentence, source=source, row=row)


def _preamble(records: Sequence[Sequence[str]]) -> int:
    """How many records come before what seem to be the headings."""
    widths = [_width(r) for r in records]
    wider = sum(1 for width in widths if width > widths[0])
    return widths.index(max(widths)) if wider > 1 and 2 * wider > len(widths) else 0


def _width(record: Sequence[str]) -> int:
    """How many cells a record has, empty ones at its end not counted."""
    return max((place + 1 for place, cell in enumerate(record) if cell.strip()), default=0)


def _reader(text: str, separator: str) -> CsvReader:
    blocks = (io.StringIO(block, newline="") for block in _blocks(text))
    return csv.reader(chain.from_iterable(blocks), delimiter=separator)


def _blocks(text: str, start: int = 0) -> Iterator[str]:
    """Pieces of the text that end where a line ends."""
    while start < len(text):
        end = text.find("\n", start + BLOCK) + 1 or len(text)
        yield text[start:end]
        start = end


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let csv read cells of any length; its limit is one for the whole process, so put it back."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _refuse_wrong_separator(headings: Sequence[str], separator: str, form: Form, source: str) -> None:
    if len(headings) > 1 or form.separator is None:
        return
    better = max(SEPARATORS, key=lambda s: headings[0].count(s) if headings else 0)
    if headings and headings[0].count(better):
        sentence = (
            f"{source}: with the separator {separator!r} the whole first row is one heading; "
            f"the separator seems to be {NAMES[better]}: write separator = {better!r} in the form, or leave it out."
        )
        raise InputError("wrong_separator", sentence, source=source, separator=separator, seems=better)


def _read_carefully(text: str, layout: Layout, notes: Sequence[Problem]) -> Table:
    """The table of an irregular file, through the csv module, some thousand records at a time."""
    coders, source = layout.coders(), layout.source
    taken = Records(layout.separator, coders)
    with _long_cells():
        last = _take_all(_reader(text.rstrip("\n") + "\n" + END, layout.separator), layout.first - 1, taken)
    if last[1] != [END]:
        sentence = f"{source}: a quotation mark that opens in row {last[0]} is never closed; rows would be lost."
        raise InputError("unclosed_quote", sentence, source=source, row=last[0])
    rows, findings = np.array(taken.rows, dtype=np.int64), (*notes, *taken.findings)
    masks = may_mask(text)
    return Table(layout.headings, columns(coders), rows, taken.rejected, findings, masks=masks, source=source)


def _take_all(reader: CsvReader, row: int, taken: Records) -> tuple[int, list[str]]:
    """Hand on all records after the headings, numbered from the headings' row; the last one, with its number."""
    while not next(reader):
        row += 1
    last: tuple[int, list[str]] = (row, [])
    lines = reader.line_num
    while block := list(islice(reader, RECORDS)):
        numbered = list(zip(range(row + 1, row + 1 + len(block)), block, strict=True))
        row, last = row + len(block), numbered[-1]
        taken.add(numbered, reader.line_num - lines == len(block))
        lines = reader.line_num
    return last
