"""Wrong reading of cells: empty ones, words, several values, countries and what follows from them."""

from __future__ import annotations

from datetime import date
from typing import Any

from zoo.parts import NRA, PLAIN, SCORE, complete, ids, land, ranked, ticket

Row = dict[str, Any]
Table = dict[str, Any]

ROLE: Table = {**PLAIN, "eligible": [{"name": "no regulators", "where": {"not": {"role": "nra"}}}]}
EXPERIENCE: Table = {**PLAIN, "eligible": [{"name": "experienced", "where": {"years": {"min": 5}}}]}
SECTORS: Table = {**PLAIN, "eligible": [{"name": "vaccines", "where": {"sector": "vaccine"}}]}
MINISTRY: Table = {**PLAIN, "reserve": [{**NRA, "where": {"role": "ministry"}, "seats": 2}]}
INCOME: Table = {
    "capacity": 3,
    "on": date(2025, 8, 31),
    "unclassified": "carry_forward",
    "not_covered": {"as": "UMC"},
    "points": [SCORE],
    "reserve": [{"name": "low and middle income", "where": {"income_group": "LMIC"}, "seats": 2}],
}
DEFAULT_YES: Table = {**PLAIN, "eligible": [{"name": "free", "where": {"busy": False}, "missing": "yes"}]}

#: As a system might have it: without unclassified economies and those that are not covered.
MIDDLE = frozenset({"KEN", "UGA", "VNM", "CIV", "BRA"})


def missing_read_as_no(rows: list[Row], policy: Table) -> list[str]:
    """Who left the role empty is taken for no regulator, and so for eligible."""
    return ids(ranked([row for row in rows if row["role"] != "nra"])[: policy["capacity"]])


def missing_score_is_zero(rows: list[Row], policy: Table) -> list[str]:
    """An empty score counts as none."""
    return ids(sorted(rows, key=lambda row: (-(row["score"] or 0), ticket(row)))[: policy["capacity"]])


def stated_missing_forgotten(rows: list[Row], policy: Table) -> list[str]:
    """An empty cell that the policy reads as yes is taken for no."""
    return ids(ranked([row for row in rows if row["busy"] is False])[: policy["capacity"]])


def bound_left_out(rows: list[Row], policy: Table) -> list[str]:
    """At least five years are read as more than five."""
    return ids(ranked([row for row in complete(rows, "years") if row["years"] > 5])[: policy["capacity"]])


def crash_on_empty(rows: list[Row], policy: Table) -> list[str]:
    """An empty cell is compared with a number."""
    return ids(ranked([row for row in rows if row["years"] >= 5])[: policy["capacity"]])


def first_sector_only(rows: list[Row], policy: Table) -> list[str]:
    """Of several sectors only the first is looked at."""
    return ids(ranked([row for row in complete(rows, "sector") if row["sector"][0] == "vaccine"])[: policy["capacity"]])


def class_word_taken_literally(rows: list[Row], policy: Table) -> list[str]:
    """A ministry of health is no ministry."""
    order = ranked(rows)
    kept = [row for row in order if row["role"] == "ministry"][:2]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


def unclassified_dropped(rows: list[Row], policy: Table) -> list[str]:
    """Applicants from Ethiopia, an economy without an income group that year, count as no middle income."""
    order = ranked(complete(rows, "country"))
    kept = [row for row in order if land(row) in MIDDLE or land(row) == "COK"][:2]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


def countries_by_their_text(rows: list[Row], policy: Table) -> list[str]:
    """Income groups are looked up by one spelling of each country."""
    known = {"Kenya", "Uganda", "Viet Nam", "Côte d'Ivoire", "Brazil", "Ethiopia", "Cook Islands"}
    order = ranked(complete(rows, "country"))
    kept = [row for row in order if row["country"] in known][:2]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


BUGS = (
    (missing_read_as_no, ROLE, "eligible"),
    (missing_score_is_zero, PLAIN, "eligible"),
    (stated_missing_forgotten, DEFAULT_YES, "nonwaste_maximal"),
    (bound_left_out, EXPERIENCE, "nonwaste_maximal"),
    (crash_on_empty, EXPERIENCE, "answers"),
    (first_sector_only, SECTORS, "nonwaste_maximal"),
    (class_word_taken_literally, MINISTRY, "max_compliance"),
    (unclassified_dropped, INCOME, "no_justified_envy"),
    (countries_by_their_text, INCOME, "no_justified_envy"),
)
