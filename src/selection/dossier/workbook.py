"""An outcome as a workbook: a sheet for each list, headings frozen, filters set, no formula anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selection.applicants import canonical_text
from selection.dossier.marks import MARK
from selection.errors import MissingExtraError, OutputError
from selection.outcome.frames import Cells, decision_cells, listed_cells

if TYPE_CHECKING:
    from selection.outcome import Outcome

#: A sheet of a workbook holds no more rows than this.
MOST_ROWS = 1_048_576
_WIDEST = 60


def write_workbook(outcome: Outcome, path: str | Path) -> Path:
    """Write shortlist, waiting list, decisions, problems, policy and counts into one XLSX file (extra `excel`).

    Every text is written as text, so that nothing in it is ever run as a formula. `OutputError` where the file cannot
    be written or the pool is larger than a sheet.
    """
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import FileCreateError
    except ImportError:
        raise MissingExtraError.of("xlsxwriter", "excel", "Writing a workbook") from None
    if outcome.pool_size >= MOST_ROWS:
        sentence = f"A sheet holds fewer than {MOST_ROWS:,} rows; read decisions.csv instead."
        raise OutputError("too_many_rows", sentence, rows=outcome.pool_size)
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            heading = book.add_format(
                {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0F5C6E", "valign": "vcenter", "border": 0}
            )
            blank = book.add_format({"bg_color": "#FFF7E0", "border": 1, "border_color": "#E3D6AE"})
            for name, cells in _sheets(outcome).items():
                _fill(book.add_worksheet(name), cells, heading, blank)
    except (OSError, FileCreateError) as error:
        sentence = f"The workbook cannot be written to {str(path)!r}: {getattr(error, 'strerror', None) or error}."
        raise OutputError("not_writable", sentence, file=str(path)) from None
    return Path(path)


def _sheets(outcome: Outcome) -> dict[str, Mapping[str, Sequence[Any]]]:
    from pandas import NA

    order, choice = outcome.ranking.order, outcome.choice
    problems = outcome.intake.problems
    policy = outcome.policy.dump().splitlines()
    counts = {**outcome.counts, **{f"rows: {name}": number for name, number in outcome.intake.counts.items()}}
    return {
        "Shortlist": _to_mark(_listed(listed_cells(outcome, order[np.flatnonzero(choice.selected)]))),
        "Waiting list": _to_mark(_listed(listed_cells(outcome, order[outcome.waiting]))),
        "Decisions": _listed(decision_cells(outcome, outcome.display_order)),
        "Problems": {str(name): [None if cell is NA else cell for cell in problems[name]] for name in problems.columns},
        "Policy": {"policy": policy},
        "Counts": {"what": list(counts), "number": list(counts.values())},
    }


def _listed(cells: Cells) -> dict[str, list[Any]]:
    """Cells as lists; an applicant without a place has none in rank and tier."""
    return {
        name: [None if cell < 0 else cell for cell in column.tolist()] if name in ("rank", "tier") else column.tolist()
        for name, column in cells.items()
    }


def _to_mark(cells: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """A list with an empty column beside the ids, for who withdraws or is pinned."""
    return {"id": cells["id"], MARK: [None] * len(cells["id"]), **{k: v for k, v in cells.items() if k != "id"}}


def _fill(sheet: Any, cells: Mapping[str, Sequence[Any]], heading: Any, blank: Any) -> None:
    rows = max((len(column) for column in cells.values()), default=0)
    for place, (name, column) in enumerate(cells.items()):
        sheet.write_string(0, place, name, heading)
        for row, cell in enumerate(column, start=1):
            _write(sheet, row, place, cell)
        sheet.set_column(place, place, _width(name, column))
        if name == MARK and rows:
            _offer_marks(sheet, place, rows, blank)
    sheet.set_row(0, 21)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if cells:
        sheet.autofilter(0, 0, max(rows, 1), len(cells) - 1)


def _offer_marks(sheet: Any, place: int, rows: int, blank: Any) -> None:
    """Coloured cells that offer the two marks and take no other."""
    for row in range(1, rows + 1):
        sheet.write_blank(row, place, None, blank)
    sheet.set_column(place, place, 12)
    said = "withdrawn: gives the seat back. pinned: keeps or gets a seat. Then: selection replace FOLDER --file THIS"
    choice = {"validate": "list", "source": ["withdrawn", "pinned"], "input_title": "Mark", "input_message": said}
    sheet.data_validation(1, place, rows, place, choice)


def _write(sheet: Any, row: int, place: int, cell: Any) -> None:
    """Numbers that a spreadsheet holds exactly as numbers, all else as text."""
    if cell is None or cell == "":
        return
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) and len(str(abs(cell))) <= 15:
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, canonical_text(cell)[:32_767])


def _width(name: str, column: Iterable[Any]) -> int:
    shown = [len(name), *(len(str(cell)) for _, cell in zip(range(200), column, strict=False))]
    return min(max(shown) + 2, _WIDEST)
