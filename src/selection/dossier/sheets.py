"""Columns become the lines of a CSV file that no spreadsheet can be made to run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from selection.applicants import canonical_text
from selection.vocabulary import ADDRESS

#: What a spreadsheet takes for a formula, full-width forms included, or strips to find one behind it.
FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")

#: A cell that can be written as it stands holds none of these; seen from a column joined by line ends.
DELICATE: Final = re.compile(r'[",\r@]|\n[=+\-\t\n＝＋－＠]')

ROWS_AT_ONCE: Final = 65_536


def lines(columns: Mapping[str, Any], addresses: Collection[str] = ("id",)) -> Iterator[bytes]:
    """The file piece by piece: a line of headings, then a line for each row.

    `addresses` the columns in which e-mail addresses stay; elsewhere they are taken out.
    """
    yield (",".join(map(quoted, columns)) + "\n").encode()
    cells = [texts(column, address_stays=name in addresses) for name, column in columns.items()]
    for start in range(0, len(cells[0]), ROWS_AT_ONCE):
        rows = zip(*(column[start : start + ROWS_AT_ONCE] for column in cells), strict=True)
        yield ("\n".join(map(",".join, rows)) + "\n").encode("utf-8", "backslashreplace")


def texts(column: Any, *, address_stays: bool = False) -> Sequence[str]:
    """Each cell of a column as it stands in the file; what stands in many rows is thought about once.

    An array of whole numbers holds ranks and tiers, where -1 is none.
    """
    cells = column.tolist() if isinstance(column, np.ndarray) else list(column)
    if isinstance(column, np.ndarray) and column.dtype.kind == "i":
        return ["" if n < 0 else str(n) for n in cells]
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {str} and None not in cells and _plain(cells):
        return cells
    if len(kinds) > 1:
        return [cell(value, address_stays) for value in cells]
    written = {value: cell(value, address_stays) for value in set(cells)}
    return [written[value] for value in cells]


def _plain(cells: Sequence[str]) -> bool:
    """Whether all cells can be written as they stand: one look at all of them."""
    joined = "\n" + "\n".join(cells)
    return joined.count("\n") == len(cells) and not DELICATE.search(joined)


def cell(value: Any, address_stays: bool = False) -> str:
    """One value as a cell: harmless, quoted where it must be, e-mail addresses taken out."""
    if value is None:
        return ""
    text = canonical_text(value)
    return quoted(harmless(text if address_stays else without_addresses(text)))


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run; numbers stay numbers."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def as_read(text: str) -> str:
    """The text behind a cell that was made harmless."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def quoted(text: str) -> str:
    """The text in quotation marks where a separator, a quotation mark or a line end is in it."""
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def without_addresses(text: str) -> str:
    """The text with e-mail addresses replaced by a word that says so."""
    return ADDRESS.sub("(e-mail address)", text) if "@" in text else text
