"""Text files with separators: the separator recognised, every record counted, ragged ones listed.

Files without quotation marks, or with every cell quoted, are split block by block; all others go through the csv
module. Both give the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np

from selection.applicants import Column
from selection.errors import InputError
from selection.intake.coding import Coder
from selection.intake.encodings import decode
from selection.intake.findings import Problem
from selection.intake.forms import Form
from selection.intake.tables import Table

SEPARATORS: Final = (",", ";", "\t", "|")
NAMES: Final = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}

BLOCK: Final = 1 << 20
RECORDS: Final = 10_000

#: Stands after the last record, so that a quotation mark left open is noticed: it would swallow this record.
END: Final = "\0end"

#: Which columns are read, once the headings are known.
Chooser = Callable[[Sequence[str]], frozenset[int]]


def read_text(data: bytes, form: Form, source: str, choose: Chooser) -> Table:
    """The table in a text file; records that do not fit the headings are listed, not lost."""
    text, notes = decode(data, form.encoding, source)
    text = _without_preamble(text.replace("\r\n", "\n"), form.skip_rows)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if not re.search(r"[^\s,;|\"]", text):
        raise InputError("no_registrations", f"{source}: the file is empty: there are no registrations.", source=source)
    separator = form.separator or sniff(text, form)
    headings, body = _headings(text, separator)
    _refuse_wrong_separator(headings, separator, form, source)
    chosen = choose(headings)
    first = form.skip_rows + 2
    coders = _split(text, body, separator, len(headings), chosen)
    if coders is not None:
        columns = _columns(coders, len(headings))
        size = next((len(c) for c in columns if c is not None), 0)
        return Table(headings, columns, np.arange(first, first + size), 0, notes, source=source)
    return _careful(text, separator, headings, chosen, first, notes, source)


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
        records = list(islice(filter(None, _records(text[: BLOCK // 4], separator)), 30))
        width = len(records[0]) if records else 0
        even = sum(1 for r in records if len(r) == width) / max(1, len(records))
        hits = len(wanted.intersection(h.strip() for h in records[0])) if records else 0
        scores[separator] = (hits, width > 1, even >= 0.8, width, -place)
    return max(SEPARATORS, key=scores.__getitem__)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    blocks = (io.StringIO(block, newline="") for block in _blocks(text))
    with _long_cells():
        yield from csv.reader(chain.from_iterable(blocks), delimiter=separator)


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


def _headings(text: str, separator: str) -> tuple[tuple[str, ...], int]:
    """The headings, and where the records begin; -1 if only the csv module can tell."""
    record = next(filter(None, _records(text, separator)), [])
    names = tuple(" ".join(h.split()) for h in record)
    end = text.find("\n") + 1 or len(text)
    one_line = len(next(iter(csv.reader([text[:end]], delimiter=separator)), [])) == len(record)
    return names, end if one_line and text[:end].count('"') % 2 == 0 else -1


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


def _split(text: str, body: int, separator: str, width: int, chosen: frozenset[int]) -> list[Coder | None] | None:
    """The columns of a regular file, cut block by block; None if only the csv module can read it."""
    end = len(text)
    while end > 0 and text[end - 1] == "\n":
        end -= 1
    if body < 0 or "\r" in text:
        return None
    coders = [Coder() if i in chosen else None for i in range(width)]
    quotes = text.count('"', body, end)
    if quotes == 0:
        regular = _split_blocks(text, body, end, separator, "\n", coders)
    elif text[body] == text[end - 1] == '"' and end - body > 1:
        regular = _split_blocks(text, body + 1, end - 1, f'"{separator}"', '"\n"', coders)
    else:
        regular = False
    return coders if regular else None


def _split_blocks(text: str, body: int, end: int, between: str, ending: str, coders: Sequence[Coder | None]) -> bool:
    """Cut the text at `between` and `ending`; False as soon as a record turns out to be irregular.

    A record's end becomes a cell's end followed by NUL, which no text holds any more: records are regular exactly if
    these marks stand at every `width`-th cell and nowhere else.
    """
    width, mark, quotes = len(coders), f"{between}\0", between.count('"')
    while body < end:
        stop = text.find(ending, body + BLOCK, end)
        stop = end if stop < 0 else stop
        block = f"\0{text[body:stop].replace(ending, mark)}"
        cells = block.split(between)
        firsts = cells[::width]
        regular = len(cells) == len(firsts) * width == block.count("\0") * width and all(c[:1] == "\0" for c in firsts)
        if not regular or block.count('"') != quotes * (len(cells) - 1) or (width == 1 and "\0" in firsts):
            return False
        for place, coder in enumerate(coders):
            if coder is not None:
                coder.add([c[1:] for c in firsts] if place == 0 else cells[place::width])
        body = stop + len(ending)
    return True


def _columns(coders: Sequence[Coder | None], width: int) -> tuple[Column | None, ...]:
    assert len(coders) == width
    return tuple(None if coder is None else coder.column() for coder in coders)


@dataclass
class _Ragged:
    """Counts records that do not fit the headings, and writes them down."""

    width: int
    rejected: int
    findings: list[Problem]

    def fit(self, record: list[str], row: int) -> list[str] | None:
        """The record with as many cells as there are headings, or None if it has more."""
        if len(record) > self.width and not any(map(str.strip, record[self.width :])):
            return record[: self.width]
        if len(record) > self.width:
            self.rejected += 1
            said = f"This row has {len(record)} cells under {self.width} headings; perhaps a separator in a cell."
            self.findings.append(Problem(row, None, None, "too_many_cells", said, "rejected"))
            return None
        said = f"This row has {len(record)} cells under {self.width} headings; the rest is taken as empty."
        self.findings.append(Problem(row, None, None, "too_few_cells", said, "left empty"))
        return record + [""] * (self.width - len(record))


def _careful(
    text: str, separator: str, headings: tuple[str, ...], chosen: frozenset[int], first: int,
    notes: Sequence[Problem], source: str,
) -> Table:  # fmt: skip
    """The table of an irregular file, through the csv module, a thousand records at a time."""
    width = len(headings)
    ragged = _Ragged(width, 0, list(notes))
    coders = [Coder() if i in chosen else None for i in range(width)]
    rows: list[int] = []
    row = first - 2
    last: list[str] = []
    reader = _records(f"{text.rstrip(chr(10))}\n{END}", separator)
    heading_seen = False
    while block := list(islice(reader, RECORDS)):
        numbers = range(row + 1, row + 1 + len(block))
        row += len(block)
        last, last_row = block[-1], row
        kept = list(zip(numbers, block, strict=True))
        if not heading_seen:
            skipped = next(i for i, (_, record) in enumerate(kept) if record)
            kept, heading_seen = kept[skipped + 1 :], True
        kept = [(n, r) for n, r in kept if r and r != [END]]
        if any(len(r) != width for _, r in kept):
            fitted = ((n, r if len(r) == width else ragged.fit(r, n)) for n, r in kept)
            kept = [(n, r) for n, r in fitted if r is not None]
        rows.extend(n for n, _ in kept)
        for coder, cells in zip(coders, zip(*(r for _, r in kept), strict=True), strict=False):
            if coder is not None:
                coder.add(cells)
    if last != [END]:
        sentence = f"{source}: a quotation mark that opens in row {last_row} is never closed; rows would be lost."
        raise InputError("unclosed_quote", sentence, source=source, row=last_row)
    columns = _columns(coders, width)
    return Table(
        headings, columns, np.array(rows, dtype=np.int64), ragged.rejected, tuple(ragged.findings), source=source
    )
