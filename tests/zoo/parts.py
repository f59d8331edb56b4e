"""What the wrong functions share, so that each is wrong in one thing only: plain readings of rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from selection import country

Row = dict[str, Any]
Table = dict[str, Any]

SCORE = {"name": "score", "field": "score", "per": 1}
WOMEN = {"name": "women", "where": {"gender": "female"}, "seats": 2, "missing": "no"}
NRA = {"name": "regulators", "where": {"role": "nra"}, "seats": 1, "missing": "no"}
PER_COUNTRY = {"name": "any one country", "per": "country", "seats": 1}

PLAIN: Table = {"capacity": 3, "points": [SCORE]}
CAPPED: Table = {"capacity": 3, "points": [SCORE], "cap": [PER_COUNTRY]}
RESERVED: Table = {"capacity": 4, "points": [SCORE], "counting": "each", "reserve": [WOMEN, NRA]}
ONCE: Table = {**RESERVED, "capacity": 3, "counting": "once", "reserve": [{**WOMEN, "seats": 1}, NRA]}
SMALL: Table = {**RESERVED, "capacity": 2, "reserve": [{**WOMEN, "seats": 1}], "cap": [PER_COUNTRY]}
CROSSED: Table = {**RESERVED, "capacity": 3, "reserve": [WOMEN], "cap": [PER_COUNTRY]}


def ticket(row: Row) -> str:
    """A lottery of its own: a keyed hash of the id."""
    return hashlib.sha256(f"zoo:{row['id']}".encode()).hexdigest()


def complete(rows: list[Row], *names: str) -> list[Row]:
    """The rows that lack none of these fields."""
    return [row for row in rows if all(row[name] is not None for name in names)]


def ranked(rows: list[Row]) -> list[Row]:
    """The rows that have a score, best first."""
    return sorted(complete(rows, "score"), key=lambda row: (-row["score"], ticket(row)))


def land(row: Row) -> str | None:
    """The country of a row, whatever its spelling."""
    return country(row["country"]).code


def ids(rows: list[Row]) -> list[str]:
    return [row["id"] for row in rows]


def woman(row: Row) -> bool:
    return bool(row["gender"] == "female")


def regulator(row: Row) -> bool:
    return bool(row["role"] == "nra")


def under_cap(rows: list[Row], seats: int, cap: int = 1) -> list[Row]:
    """Down the rows, at most `cap` of a country."""
    taken: list[Row] = []
    used: Counter[str | None] = Counter()
    for row in rows:
        if len(taken) < seats and used[land(row)] < cap:
            taken.append(row)
            used[land(row)] += 1
    return taken
