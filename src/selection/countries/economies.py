"""The countries known here, and the World Bank's income group of each economy in each fiscal year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from selection.countries.reference import rows, source_line
from selection.errors import CountryDataError, did_you_mean

REMAKE = "python -m selection.countries.remake --workbook OGHIST.xlsx"


@dataclass(frozen=True)
class Listed:
    """One country or territory with its codes, the economy it counts as, and its sovereign."""

    code: str
    alpha2: str
    numeric: str
    name: str
    economy: str
    sovereign: str | None
    note: str


@cache
def listed() -> dict[str, Listed]:
    """Every ISO 3166-1 entry and Kosovo, by alpha-3 code."""
    return {
        row["code"]: Listed(
            row["code"],
            row["alpha2"],
            row["numeric"],
            row["name"],
            row["economy"],
            row["sovereign"] or None,
            row["note"],
        )
        for row in rows("countries.csv")
    }


@cache
def known_codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-3 codes and XKX."""
    return frozenset(listed())


def entry(code: str) -> Listed:
    """One country by its alpha-3 code; CountryDataError for a code that is not one."""
    found = listed().get(code)
    if found is None:
        sentence = f"{code!r} is not an ISO 3166-1 alpha-3 code (or XKX)."
        raise CountryDataError("unknown_country", sentence + did_you_mean(code, listed()), country=code)
    return found


def country_name(code: str) -> str:
    """The short English name of a country."""
    return entry(code).name


@cache
def edition() -> str:
    """The edition of the income groups in words, as the table itself names it."""
    found = re.search(r"Edition: ([^,]+),", source_line("income_groups.csv"))
    return f"World Bank OGHIST {found.group(1)}" if found else "World Bank OGHIST"


@cache
def income_cells() -> dict[tuple[str, int], str]:
    """Economy and fiscal year to income group; an empty group means unclassified."""
    return {
        (row["code"], year): row["income_group"]
        for row in rows("income_groups.csv")
        for year in range(int(row["fy_from"]), int(row["fy_to"]) + 1)
    }


@cache
def shipped_years() -> tuple[int, int]:
    """The first and the last fiscal year that the shipped income groups cover."""
    years = [year for _, year in income_cells()]
    return min(years), max(years)


def fiscal_year(on: date) -> int:
    """The World Bank fiscal year of a day: FY N runs from 1 July N-1 to 30 June N."""
    return on.year + 1 if on.month >= 7 else on.year


def covered_year(on: date) -> int:
    """The fiscal year of a day, or CountryDataError when no income groups are shipped for it."""
    year = fiscal_year(on)
    first, last = shipped_years()
    if year > last:
        raise CountryDataError(
            "income_groups_ended",
            f"Income groups end with FY{last} (30 June {last}); {on.isoformat()} is in FY{year}. Get the World Bank's "
            f"current OGHIST workbook and remake the data with: {REMAKE}",
            on=on.isoformat(),
            last_fiscal_year=last,
        )
    if year < first:
        raise CountryDataError(
            "income_groups_not_begun",
            f"Income groups begin with FY{first} (1 July {first - 1}); {on.isoformat()} is in FY{year}.",
            on=on.isoformat(),
            first_fiscal_year=first,
        )
    return year


def last_classified(economy: str, before: int) -> tuple[str, int] | None:
    """The group and fiscal year in which an economy was last classified before the given fiscal year."""
    cells = income_cells()
    for year in range(before - 1, shipped_years()[0] - 1, -1):
        if group := cells.get((economy, year)):
            return group, year
    return None
