"""Columns become the lines of a CSV file that no spreadsheet can be made to run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text, objects
from selection.dossier.joining import Part, joined
from selection.numbering import combine
from selection.texts import Texts
from selection.vocabulary import ADDRESS

#: What a spreadsheet takes for a formula, full-width forms and the old signs of macros included, or strips to find
#: one behind it: all that `defusedcsv` looks for and more.
FORMULA: Final = re.compile(r"[=+\-@|%\t\r\n＝＋－＠]")
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")

#: A cell that can be written as it stands holds none of the first, and begins with none of the others.
ANYWHERE: Final = ',"\r@'
BEGINNING: Final = "=+-|%\t\n＝＋－＠"

#: The same, seen from a column joined by line ends, and by the first byte of a text.
DELICATE: Final = (*ANYWHERE, *(f"\n{sign}" for sign in BEGINNING))
BEGINS: Final = np.isin(np.arange(256), [sign.encode()[0] for sign in BEGINNING])

#: Neighbouring columns become one text for each row where they have at most so many different rows.
FEW: Final = 1 << 14


def lines(columns: Mapping[str, Any], addresses: Collection[str] = ("id",)) -> Iterator[bytes]:
    """The file piece by piece: a line of headings, then a line for each row.

    `addresses` the columns in which e-mail addresses stay; elsewhere they are taken out.
    """
    yield (",".join(map(quoted, columns)) + "\n").encode()
    parts = [written(column, address_stays=name in addresses) for name, column in columns.items()]
    yield from joined([run[0] if len(run) == 1 else _together(run) for run in _runs(parts)])


def written(column: Any, *, address_stays: bool = False) -> Part:
    """A column as it stands in the file; one of few values keeps its codes, each value written once.

    An array of whole numbers holds ranks and tiers, where -1 is none.
    """
    if isinstance(column, Column) and isinstance(column.values, Texts) and _all_plain(column):
        return column
    if isinstance(column, Column):
        cells = texts([*column.python_values(), None], address_stays=address_stays)
        return Column(np.where(column.codes < 0, len(cells) - 1, column.codes), objects(cells))
    if isinstance(column, np.ndarray) and column.dtype.kind == "i":
        most = int(column.max(initial=-1))
        few = most < FEW // 8 and column.min(initial=-1) >= -1
        return Column(column + 1, objects(["", *map(str, range(most + 1))])) if few else column
    return objects(texts(column, address_stays=address_stays))


def _runs(parts: Sequence[Part]) -> list[list[Part]]:
    """Neighbouring parts of few values together, all others alone."""
    runs: list[list[Part]] = []
    size = many = FEW + 1
    for part in parts:
        more = max(len(part.values), 1) if isinstance(part, Column) else many
        if size * more <= FEW:
            runs[-1].append(part)
            size *= more
        else:
            runs.append([part])
            size = more
    return runs


def _together(run: Sequence[Any]) -> Column:
    """Several columns of few values as one, each different row of them written once."""
    codes, rows = combine([column.codes for column in run], [len(column.values) for column in run])
    made = [",".join(column.values[code] for column, code in zip(run, row, strict=True)) for row in rows.tolist()]
    return Column(codes, objects(made))


def texts(column: Sequence[Any] | npt.NDArray[Any], *, address_stays: bool = False) -> list[str]:
    """Each cell of a column as it stands in the file; what stands in many rows is thought about once."""
    cells = column.tolist() if isinstance(column, np.ndarray) else list(column)
    kinds = set(map(type, cells)) - {type(None)}
    if len(kinds) > 1:
        return [cell(value, address_stays) for value in cells]
    if kinds == {str} and (found := _as_they_stand(cells)) is not None:
        return found
    written = {value: cell(value, address_stays) for value in set(cells)}
    return [written[value] for value in cells]


def _as_they_stand(cells: list[Any]) -> list[str] | None:
    """The cells where each can be written as it is: one look at all of them; a missing one may stand last."""
    known = cells[:-1] if cells[-1] is None else cells
    if None in known or not _plain(known):
        return None
    return known if len(known) == len(cells) else [*known, ""]


def _all_plain(column: Column) -> bool:
    """Whether each row holds a text that can be written as it stands, told by a few bytes."""
    texts: Any = column.values
    data, separator = texts.data, texts.separator
    if (column.codes < 0).any() or any(sign.encode() in data for sign in (*ANYWHERE, "\n") if sign != separator):
        return False
    return not bool(BEGINS[texts.signs[texts.ends - texts.lengths]].any())


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
