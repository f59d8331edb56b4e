"""What is held about one country on one day, each fact with the place it was taken from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from selection.countries.economies import (
    Listed,
    covered_year,
    edition,
    entry,
    income_cells,
    last_classified,
    listed,
)
from selection.countries.reference import Row, rows


@dataclass(frozen=True)
class Facts:
    """Income group, WHO region and UN groups of one country on one day, with their sources."""

    code: str
    name: str
    on: date
    fiscal_year: int
    income_group: str | None
    income_status: str
    income_source: str
    carried_group: str | None
    carried_year: int | None
    sovereign: str | None
    sovereign_group: str | None
    who_region: str | None
    who_member: bool
    who_source: str
    ldc: bool
    lldc: bool
    sids: bool
    un_source: str
    un_note: str


@dataclass(frozen=True)
class Income:
    """The income cell of one country in one fiscal year."""

    group: str | None
    status: str
    source: str
    carried: tuple[str, int] | None


@cache
def facts(code: str, on: date) -> Facts:
    """The facts held about a country on a day; CountryDataError for an unknown code or a day not covered."""
    country = entry(code)
    year = covered_year(on)
    income = _income(country, year)
    region = _who_row(code, on)
    groups = _un_rows(code, on)
    return Facts(
        code=code,
        name=country.name,
        on=on,
        fiscal_year=year,
        income_group=income.group,
        income_status=income.status,
        income_source=income.source,
        carried_group=income.carried[0] if income.carried else None,
        carried_year=income.carried[1] if income.carried else None,
        sovereign=country.sovereign,
        sovereign_group=_sovereign_group(country, year),
        who_region=region["who_region"] if region else None,
        who_member=region is not None and region["status"] == "member",
        who_source=region["source"] if region else "in no WHO region that the shipped table holds",
        ldc=_in_group("LDC", groups, on),
        lldc=_in_group("LLDC", groups, on),
        sids=_in_group("SIDS", groups, on),
        un_source="; ".join(f"{row['group']}: {row['source']}" for row in groups),
        un_note="; ".join(note for row in groups if (note := _un_note(row, on))),
    )


def _income(country: Listed, year: int) -> Income:
    cell = income_cells().get((country.economy, year))
    if not country.economy or cell is None:
        return Income(None, "not_covered", f"{edition()}: {country.code} is not in the list", None)
    economy = country.economy
    if economy != country.code:
        economy += f" (Channel Islands, which covers {country.name})"
    source = f"{edition()}, {economy}, FY{year}"
    if cell:
        return Income(cell, "classified", source, None)
    return Income(None, "unclassified", source + " (no group in that year)", last_classified(country.economy, year))


def _sovereign_group(country: Listed, year: int) -> str | None:
    if country.sovereign is None:
        return None
    return income_cells().get((listed()[country.sovereign].economy, year)) or None


@cache
def _by_code(name: str) -> dict[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for row in rows(name):
        found[row["code"]] = (*found.get(row["code"], ()), row)
    return found


def _who_row(code: str, on: date) -> Row | None:
    day = on.isoformat()
    for row in _by_code("who_regions.csv").get(code, ()):
        if (row["valid_from"] or day) <= day <= (row["valid_to"] or day):
            return row
    return None


def _un_rows(code: str, on: date) -> tuple[Row, ...]:
    # A membership that was only scheduled to end stays in sight after that day: whether it ended is not known here.
    return tuple(
        row
        for row in _by_code("un_groups.csv").get(code, ())
        if row["valid_from"] <= on.isoformat() and (row["status"] == "scheduled" or not _has_left(row, on))
    )


def _has_left(row: Row, on: date) -> bool:
    # valid_to is the day a state leaves; where only the month is known, text order makes that the month's first day.
    return bool(row["valid_to"]) and on.isoformat() >= row["valid_to"]


def _in_group(group: str, groups: tuple[Row, ...], on: date) -> bool:
    return any(row["group"] == group and not _has_left(row, on) for row in groups)


def _un_note(row: Row, on: date) -> str:
    if row["status"] == "scheduled":
        word = "was scheduled to leave" if _has_left(row, on) else "scheduled to leave"
        return f"{row['group']}: {word} on {row['valid_to']} ({row['note']})"
    return f"{row['group']}: {row['note']}" if row["note"] else ""
