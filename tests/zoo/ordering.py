"""Wrong orders: ties, scores, tiers."""

from __future__ import annotations

import random
from typing import Any

from zoo.parts import PLAIN, SCORE, complete, ids, ranked, ticket

Row = dict[str, Any]
Table = dict[str, Any]

DECIMALS: Table = {
    "capacity": 2,
    "points": [{"name": name, "field": name, "per": per} for name, per in (("a", "0.1"), ("b", "0.2"), ("c", "0.3"))],
    "ties": {"order": ["day", "lottery"]},
}
TIERED: Table = {**PLAIN, "tier": [{"name": "first", "where": {"role": "nra"}, "missing": "no"}]}
DAYS: Table = {**PLAIN, "ties": {"order": ["submitted_at", "lottery"]}}
PINNED: Table = {**PLAIN, "pinned": ["guest"]}
YEARS: Table = {"capacity": 2, "points": [{"name": "years", "field": "years", "bands": [
    {"min": 0, "max": 9, "points": 0}, {"min": 10, "points": 5}]}]}  # fmt: skip


def ties_by_row_order(rows: list[Row], policy: Table) -> list[str]:
    """Ties are broken by the order of the rows."""
    return ids(sorted(complete(rows, "score"), key=lambda row: -row["score"])[: policy["capacity"]])


def ties_by_chance(rows: list[Row], policy: Table) -> list[str]:
    """Ties are broken by an unseeded random number."""
    return ids(sorted(complete(rows, "score"), key=lambda row: (-row["score"], random.random()))[: policy["capacity"]])


def ties_by_name(rows: list[Row], policy: Table) -> list[str]:
    """Ties are broken by the alphabet of names."""
    order = sorted(complete(rows, "score"), key=lambda row: (-row["score"], row["name"], ticket(row)))
    return ids(order[: policy["capacity"]])


def ties_by_place_in_list(rows: list[Row], policy: Table) -> list[str]:
    """Ties are drawn by place in the sorted list, modulo its length, so that every leaver changes the draw."""
    left, order = sorted(complete(rows, "score"), key=lambda row: str(row["id"])), []
    while left:
        order.append(left.pop(7 * len(left) // 3 % len(left)))
    return ids(sorted(order, key=lambda row: -row["score"])[: policy["capacity"]])


def lowest_first(rows: list[Row], policy: Table) -> list[str]:
    """The order is upside down."""
    return ids(sorted(complete(rows, "score"), key=lambda row: (row["score"], ticket(row)))[: policy["capacity"]])


def scores_as_text(rows: list[Row], policy: Table) -> list[str]:
    """Scores are compared as text, so that 9 comes before 10."""
    order = sorted(complete(rows, "score"), key=lambda row: (str(row["score"]), ticket(row)), reverse=True)
    return ids(order[: policy["capacity"]])


def float_scores(rows: list[Row], policy: Table) -> list[str]:
    """Points are added as binary floats, so that 0.1 + 0.2 beats 0.3."""
    whole = complete(rows, "a", "b", "c", "day")
    order = sorted(
        whole, key=lambda row: (-(row["a"] * 0.1 + row["b"] * 0.2 + row["c"] * 0.3), row["day"], ticket(row))
    )
    return ids(order[: policy["capacity"]])


def scores_beside_the_best(rows: list[Row], policy: Table) -> list[str]:
    """Scores are percentages of the best score, in steps of 25."""
    whole = complete(rows, "score")
    best = max((row["score"] for row in whole), default=1) or 1
    return ids(sorted(whole, key=lambda row: (-(4 * row["score"] // best), ticket(row)))[: policy["capacity"]])


def tiers_forgotten(rows: list[Row], policy: Table) -> list[str]:
    """The class of strict priority is ignored."""
    return ids(ranked(rows)[: policy["capacity"]])


def tiers_as_bonus(rows: list[Row], policy: Table) -> list[str]:
    """The class of strict priority is two points instead."""
    order = sorted(complete(rows, "score"), key=lambda row: (-row["score"] - 2 * (row["role"] == "nra"), ticket(row)))
    return ids(order[: policy["capacity"]])


def last_come_first_served(rows: list[Row], policy: Table) -> list[str]:
    """Of equal scores the latest registration comes first."""
    order = sorted(complete(rows, "score", "submitted_at"), key=lambda row: ticket(row))
    order.sort(key=lambda row: (row["score"], row["submitted_at"]), reverse=True)
    return ids(order[: policy["capacity"]])


def declared_tie_forgotten(rows: list[Row], policy: Table) -> list[str]:
    """Of equal scores nobody asks who came first."""
    return ids(ranked(complete(rows, "submitted_at"))[: policy["capacity"]])


def pinned_forgotten(rows: list[Row], policy: Table) -> list[str]:
    """Who was invited before the call has to compete."""
    return ids(ranked(rows)[: policy["capacity"]])


def band_without_its_edge(rows: list[Row], policy: Table) -> list[str]:
    """A band from 10 on begins above 10."""
    order = sorted(complete(rows, "years"), key=lambda row: (-5 * (row["years"] > 10), ticket(row)))
    return ids(order[: policy["capacity"]])


BUGS = (
    (ties_by_row_order, PLAIN, "determinism"),
    (ties_by_chance, PLAIN, "determinism"),
    (ties_by_name, PLAIN, "unread_fields"),
    (ties_by_place_in_list, PLAIN, "irrelevance_of_rejected"),
    (lowest_first, PLAIN, "no_justified_envy"),
    (scores_as_text, {**PLAIN, "points": [{**SCORE, "max": 11}]}, "no_justified_envy"),
    (float_scores, DECIMALS, "no_justified_envy"),
    (scores_beside_the_best, PLAIN, "no_justified_envy"),
    (tiers_forgotten, TIERED, "no_justified_envy"),
    (tiers_as_bonus, TIERED, "no_justified_envy"),
    (last_come_first_served, DAYS, "no_justified_envy"),
    (declared_tie_forgotten, DAYS, "no_justified_envy"),
    (pinned_forgotten, PINNED, "best_set"),
    (band_without_its_edge, YEARS, "no_justified_envy"),
)
