"""Reading the World Bank's OGHIST workbook by code and year, never by row number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from selection.errors import CountryDataError, MissingExtraError

GROUPS = {"L": "LIC", "LM": "LMC", "UM": "UMC", "H": "HIC"}
NOT_YET, NO_GROUP, DISPUTED = "..", "", "LM*"
"""Three cells that hold no group: not an economy then, not classified, and one that footnotes call into question."""

LEAST_YEARS = 5
THRESHOLDS = {
    "low income": "low",
    "lower middle income": "lower",
    "upper middle income": "upper",
    "high income": "high",
}
_YEAR = re.compile(r"^FY\s*(\d{2})$")
_CODE = re.compile(r"^[A-Z]{3}f?$")

Cell = str
Table = list[list[Cell]]


@dataclass(frozen=True)
class History:
    """Cells by economy and fiscal year as the workbook prints them, economies' names, and limits by year."""

    cells: dict[tuple[str, int], Cell]
    names: dict[str, str]
    limits: dict[int, dict[str, Cell]]


@dataclass(frozen=True)
class Spell:
    """Fiscal years in a row in which an economy had one group; an empty group means unclassified."""

    code: str
    group: str
    first: int
    last: int


def read_workbook(path: Path) -> History:
    """The history in a workbook; CountryDataError if no sheet holds a row of fiscal years."""
    for table in _tables(path):
        for place, row in enumerate(table):
            years = _years(row)
            if len(years) >= LEAST_YEARS:
                return _history(table[place + 1 :], years)
    raise CountryDataError(
        "workbook_not_understood",
        f"No sheet of {path} has a row of fiscal years (FY89, FY90, ...): is this the OGHIST workbook?",
        path=str(path),
    )


def spells(history: History) -> list[Spell]:
    """Groups in run-length form, by code; years after an economy has left the list are not covered and left out."""
    codes = sorted({code for code, _ in history.cells})
    years = sorted({year for _, year in history.cells})
    return [spell for code in codes for spell in _spells_of(code, years, history)]


def odd_cells(history: History) -> list[str]:
    """Cells that are neither a group, nor `..`, nor blank, in words, for a person to look at."""
    return [
        f"{code} FY{year}: {cell!r} kept as unclassified"
        for (code, year), cell in sorted(history.cells.items())
        if cell not in GROUPS and cell not in (NOT_YET, NO_GROUP)
    ]


def _spells_of(code: str, years: list[int], history: History) -> list[Spell]:
    cells = [(year, history.cells.get((code, year), NOT_YET)) for year in years]
    while cells and cells[-1][1] == NOT_YET:
        cells.pop()
    grouped = groupby(cells, key=lambda cell: GROUPS.get(cell[1], ""))
    runs = [(group, [year for year, _ in run]) for group, run in grouped]
    return [Spell(code, group, run[0], run[-1]) for group, run in runs]


def _tables(path: Path) -> list[Table]:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise MissingExtraError.of("python-calamine", "excel", "Reading the World Bank's workbook") from None
    try:
        book = CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise CountryDataError("workbook_unreadable", f"{path} cannot be read as a workbook: {error}") from error
    return [
        [[_text(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names
    ]


def _text(cell: Any) -> Cell:
    return str(cell).strip() if cell is not None else ""


def _years(row: list[Cell]) -> dict[int, int]:
    found = {column: _YEAR.match(cell) for column, cell in enumerate(row)}
    return {column: _full_year(int(match.group(1))) for column, match in found.items() if match}


def _full_year(short: int) -> int:
    return 1900 + short if short >= 80 else 2000 + short


def _history(rows: Table, years: dict[int, int]) -> History:
    cells: dict[tuple[str, int], Cell] = {}
    names: dict[str, str] = {}
    limits: dict[int, dict[str, Cell]] = {year: {} for year in years.values()}
    for row in rows:
        code = next((cell for cell in row[:2] if _CODE.match(cell)), None)
        label = re.sub(r"\s*\(.*", "", " ".join(row[:2])).strip().lower()
        if code is not None:
            names[code] = next((cell for cell in row[:2] if cell and cell != code), code)
        for column, year in years.items():
            cell = row[column] if column < len(row) else ""
            if code is not None:
                cells[code, year] = cell
            elif label in THRESHOLDS:
                limits[year][THRESHOLDS[label]] = cell
    return History(cells, names, limits)
