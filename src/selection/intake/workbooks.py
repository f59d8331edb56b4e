"""Workbooks (XLSX, XLSM, XLS, ODS): one sheet of them as a table, numbers and times as a spreadsheet means them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.applicants import Column, canonical_text
from selection.errors import InputError, MissingExtraError, did_you_mean
from selection.intake.coding import recoded
from selection.intake.findings import Problem
from selection.intake.forms import Form
from selection.intake.headings import Plan, folded
from selection.intake.sections import section_of_rows
from selection.intake.tables import Table
from selection.intake.unpacking import refuse_bombs

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

#: So many rows are looked at for the headings of a sheet.
LOOKED_AT: Final = 30
LINES: Final = 5000

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def read_workbook(data: bytes, form: Form, source: str, planned: Callable[[Sequence[str]], Plan]) -> Table:
    """The table in the sheet that the form names, or in the only sheet there is."""
    sheet, findings = _sheet(data, form, source)
    sheet, form, left = section_of_rows(sheet, form)
    grid = sheet[form.skip_rows :]
    start = next((i for i, row in enumerate(grid) if any(c != "" for c in row)), None)
    if start is None:
        raise InputError(
            "no_registrations", f"{source}: the sheet is empty: there are no registrations.", source=source
        )
    headings = tuple(" ".join(str(cell_value(c) or "").split()) for c in grid[start])
    chosen = planned(headings).read
    first = form.skip_rows + start + 2
    kept = [(first + i, row) for i, row in enumerate(grid[start + 1 :]) if any(c != "" for c in row)]
    rows = np.array([number for number, _ in kept], dtype=np.int64)
    columns = tuple(_column([r[i] for _, r in kept]) if i in chosen else None for i in range(len(headings)))
    return Table(headings, columns, rows, findings=(*findings, *left), source=source)


def _sheet(data: bytes, form: Form, source: str) -> tuple[list[list[Any]], tuple[Problem, ...]]:
    """The cells of the sheet that is meant, and what is said of the choice."""
    try:
        import python_calamine
    except ImportError:
        raise MissingExtraError.of("python-calamine", "excel", f"Reading the workbook {source}") from None
    refuse_bombs(data, source)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            name, findings = _chosen(book, form, source)
            return book.get_sheet_by_name(name).to_python(skip_empty_area=False), findings
    except python_calamine.PasswordError:
        sentence = f"{source}: the workbook is protected by a password; save it without one."
        raise InputError("unreadable_workbook", sentence, source=source) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        sentence = f"{source}: this workbook cannot be read ({error})."
        raise InputError("unreadable_workbook", sentence, source=source) from None


def _chosen(book: CalamineWorkbook, form: Form, source: str) -> tuple[str, tuple[Problem, ...]]:
    """The sheet that the form names, the only one, or the one that has most of the form's headings."""
    names = book.sheet_names
    listed = ", ".join(repr(n) for n in names)
    if form.sheet is not None and form.sheet not in names:
        sentence = f"{source} has no sheet {form.sheet!r}.{did_you_mean(form.sheet, names)} Its sheets: {listed}."
        raise InputError("sheet_not_found", sentence, source=source, sheets=list(names))
    if form.sheet is not None or len(names) == 1:
        return form.sheet or names[0], ()
    hits = sorted(((_hits(book, name, form), -place) for place, name in enumerate(names)), reverse=True)
    if len(hits) < 2 or hits[0][0] == hits[1][0]:
        sentence = f'{source} has {len(names)} sheets: {listed}. Say in the form which one: sheet = "...".'
        raise InputError("several_sheets", sentence, source=source, sheets=list(names))
    name = names[-hits[0][1]]
    said = f"Of {len(names)} sheets ({listed}) {name!r} was read: it has most of the form's headings."
    return name, (Problem(None, None, None, "sheet_chosen", said, "kept"),)


def _hits(book: CalamineWorkbook, name: str, form: Form) -> int:
    """How many of the form's headings stand in the first row of a sheet that holds anything."""
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=form.skip_rows + LOOKED_AT)
    there = next(({str(c) for c in row if c != ""} for row in rows[form.skip_rows :] if any(row)), set[str]())
    return len({folded(cell) for cell in there} & {folded(heading) for heading in form.headings})


def first_lines(data: bytes, form: Form, source: str) -> str:
    """The rows of a sheet as lines of text, to look for titles in."""
    rows, _ = _sheet(data, form, source)
    return "\n".join(",".join(" ".join(str(c).split()) for c in row).rstrip(",") for row in rows[:LINES])


def cell_value(cell: Any) -> Any:
    """A cell as text, but days and times as they are; an empty cell is None."""
    if isinstance(cell, datetime | date):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return canonical_text(Decimal(repr(cell)))
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell).strip() or None


def _column(cells: Sequence[Any]) -> Column:
    return recoded(np.arange(len(cells), dtype=np.int32), [cell_value(c) for c in cells])
