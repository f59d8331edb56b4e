"""Writing the income tables anew, and saying in words what changed."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from selection.countries.reference import folder, rows, source_line
from selection.countries.remake.workbook import History, Spell, spells

INCOME_FIELDS = ("code", "name", "income_group", "fy_from", "fy_to")
_NUMBER = re.compile(r"\d[\d,]*")


def income_table(history: History, path: Path, edition: str) -> str:
    """The text of income_groups.csv for a workbook."""
    names = {row["code"]: row["name"] for row in rows("income_groups.csv")}
    known = {**history.names, **{row["code"]: row["name"] for row in rows("countries.csv")}, **names}
    made = spells(history)
    years = [year for _, year in history.cells]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    head = re.sub(
        r"Edition: .*?\)",
        f"Edition: {edition}, FY{min(years)}-FY{max(years)} (sha256 of the workbook {digest})",
        source_line("income_groups.csv"),
    )
    body = [(s.code, known.get(s.code, s.code), s.group, str(s.first), str(s.last)) for s in made]
    return _table(head, INCOME_FIELDS, body)


def threshold_table(history: History, edition: str) -> str:
    """The text of income_thresholds.csv: years already held stay as they are, new ones are added from the workbook."""
    held = {int(row["fiscal_year"]): row for row in rows("income_thresholds.csv")}
    fields = tuple(next(iter(held.values())))
    new = {year: _limits(year, cells) for year, cells in history.limits.items() if year not in held and cells}
    ordered = sorted({**held, **new}.items())
    head = re.sub(
        r"Edition: .*?\. Licence",
        f"Edition: {edition}, FY{ordered[0][0]}-FY{ordered[-1][0]}. Licence",
        source_line("income_thresholds.csv"),
    )
    return _table(head, fields, [[row.get(field, "") for field in fields] for _, row in ordered])


def edition_of(path: Path) -> str:
    """The date in a name such as OGHIST_2026_07_01.xlsx in words; otherwise the name of the file."""
    found = re.search(r"(\d{4})_(\d{2})_(\d{2})", path.name)
    if found is None:
        return f"of the file {path.name}"
    day = date(*(int(part) for part in found.groups()))
    return f"{day.day} {day:%B %Y}"


def changes(made: Iterable[Spell]) -> list[str]:
    """Every economy and fiscal year whose group differs from the shipped one, as `CRI FY2026: UMC -> HIC`."""
    shipped = {
        (row["code"], year): row["income_group"]
        for row in rows("income_groups.csv")
        for year in range(int(row["fy_from"]), int(row["fy_to"]) + 1)
    }
    new = {(s.code, year): s.group for s in made for year in range(s.first, s.last + 1)}
    return [
        f"{code} FY{year}: {_word(shipped, (code, year))} -> {_word(new, (code, year))}"
        for code, year in sorted({*shipped, *new}, key=lambda cell: (cell[1], cell[0]))
        if _word(shipped, (code, year)) != _word(new, (code, year))
    ]


def write(name: str, text: str) -> None:
    """Write one data file."""
    (folder() / name).write_text(text, encoding="utf-8", newline="")


def _word(cells: Mapping[tuple[str, int], str], cell: tuple[str, int]) -> str:
    return cells.get(cell, "not covered") or "unclassified"


def _limits(year: int, cells: Mapping[str, str]) -> dict[str, str]:
    numbers = {key: [n.replace(",", "") for n in _NUMBER.findall(cell)] for key, cell in cells.items()}
    lower, upper = numbers.get("lower", []), numbers.get("upper", [])
    return {
        "fiscal_year": str(year),
        "data_year": str(year - 2),
        "effective_from": f"{year - 1}-07-01",
        "effective_to": f"{year}-06-30",
        "lic_max": (numbers.get("low") or [""])[0],
        "lmc_min": lower[0] if lower else "",
        "lmc_max": lower[-1] if lower else "",
        "umc_min": upper[0] if upper else "",
        "umc_max": upper[-1] if upper else "",
        "hic_above": (numbers.get("high") or [""])[0],
    }


def _table(head: str, fields: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    out.write(f"# {head}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows(body)
    return out.getvalue()
