"""Columns become the lines of a CSV file that no spreadsheet can be made to run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from selection.applicants import Column, canonical_text, objects
from selection.profiles import combine
from selection.vocabulary import ADDRESS

#: What a spreadsheet takes for a formula, full-width forms included, or strips to find one behind it.
FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")

#: A cell that can be written as it stands holds none of these; seen from a column joined by line ends.
DELICATE: Final = (*',"\r@', *(f"\n{sign}" for sign in "=+-\t\n＝＋－＠"))

ROWS_AT_ONCE: Final = 65_536


def lines(columns: Mapping[str, Any], addresses: Collection[str] = ("id",)) -> Iterator[bytes]:
    """The file piece by piece: a line of headings, then a line for each row.

    `addresses` the columns in which e-mail addresses stay; elsewhere they are taken out.
    """
    yield (",".join(map(quoted, columns)) + "\n").encode()
    cells = [
        written(run[0][1], address_stays=run[0][0] in addresses) if len(run) == 1 else _together(run, addresses)
        for run in _runs(columns)
    ]
    for start in range(0, len(cells[0]), ROWS_AT_ONCE):
        rows = zip(*(column[start : start + ROWS_AT_ONCE] for column in cells), strict=True)
        yield ("\n".join(map(",".join, rows)) + "\n").encode("utf-8", "backslashreplace")


def _runs(columns: Mapping[str, Any]) -> list[list[tuple[str, Any]]]:
    """Neighbouring columns of few values together, all others alone."""
    runs: list[list[tuple[str, Any]]] = []
    for name, column in columns.items():
        if runs and isinstance(column, Column) and isinstance(runs[-1][-1][1], Column):
            runs[-1].append((name, column))
        else:
            runs.append([(name, column)])
    return runs


def _together(run: Sequence[tuple[str, Column]], addresses: Collection[str]) -> Sequence[str]:
    """Several columns of few values as one text for each row, made once for each distinct row of them."""
    spelt = [_spelt(column, address_stays=name in addresses) for name, column in run]
    codes, rows = combine([column.codes + 1 for _, column in run], [len(texts) for texts in spelt])
    made = [",".join(texts[code] for texts, code in zip(spelt, row, strict=True)) for row in rows.tolist()]
    found: list[str] = objects(made)[codes].tolist()
    return found


def _spelt(column: Column, *, address_stays: bool) -> list[str]:
    """The cells of a column's values, that of a missing one first."""
    return ["", *(cell(value, address_stays) for value in column.python_values())]


def written(column: Any, *, address_stays: bool = False) -> Sequence[str]:
    """Each cell of a column, coded or not, as it stands in the file."""
    if not isinstance(column, Column):
        return texts(column, address_stays=address_stays)
    found: list[str] = objects(_spelt(column, address_stays=address_stays))[column.codes + 1].tolist()
    return found


def texts(column: Any, *, address_stays: bool = False) -> Sequence[str]:
    """Each cell of a column as it stands in the file; what stands in many rows is thought about once.

    An array of whole numbers holds ranks and tiers, where -1 is none.
    """
    cells = column.tolist() if isinstance(column, np.ndarray) else list(column)
    if isinstance(column, np.ndarray) and column.dtype.kind == "i":
        return list(map(str, cells)) if column.size and column.min() >= 0 else ["" if n < 0 else str(n) for n in cells]
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
    return joined.count("\n") == len(cells) and not any(sign in joined for sign in DELICATE)


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
