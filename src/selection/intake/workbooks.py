"""Workbooks (XLSX, XLSM, XLS, ODS): one sheet of them as a table, numbers and times as a spreadsheet means them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from selection.applicants import Column, canonical_text
from selection.errors import InputError, MissingExtraError, did_you_mean
from selection.intake.coding import recoded
from selection.intake.forms import Form
from selection.intake.headings import Plan
from selection.intake.tables import Table
from selection.intake.unpacking import refuse_bombs

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def read_workbook(data: bytes, form: Form, source: str, planned: Callable[[Sequence[str]], Plan]) -> Table:
    """The table in the sheet that the form names, or in the only sheet there is."""
    grid = _grid(data, form, source)[form.skip_rows :]
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
    return Table(headings, columns, rows, source=source)


def _grid(data: bytes, form: Form, source: str) -> list[list[Any]]:
    try:
        import python_calamine
    except ImportError:
        raise MissingExtraError.of("python-calamine", "excel", f"Reading the workbook {source}") from None
    refuse_bombs(data, source)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheet = _sheet(book.sheet_names, form, source)
            return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except python_calamine.PasswordError:
        sentence = f"{source}: the workbook is protected by a password; save it without one."
        raise InputError("unreadable_workbook", sentence, source=source) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        sentence = f"{source}: this workbook cannot be read ({error})."
        raise InputError("unreadable_workbook", sentence, source=source) from None


def _sheet(names: Sequence[str], form: Form, source: str) -> str:
    listed = ", ".join(repr(n) for n in names)
    if form.sheet is not None and form.sheet not in names:
        sentence = f"{source} has no sheet {form.sheet!r}.{did_you_mean(form.sheet, names)} Its sheets: {listed}."
        raise InputError("sheet_not_found", sentence, source=source, sheets=list(names))
    if form.sheet is None and len(names) != 1:
        sentence = f'{source} has {len(names)} sheets: {listed}. Say in the form which one: sheet = "...".'
        raise InputError("several_sheets", sentence, source=source, sheets=list(names))
    return form.sheet or names[0]


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
