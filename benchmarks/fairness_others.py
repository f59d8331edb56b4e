"""The test kit pointed at functions of others: a pandas sort-and-head, a two-pass greedy, the library `matching`.

    python -m venv peers && peers/bin/pip install '.[testing]' matching
    peers/bin/python benchmarks/fairness_others.py

`matching` (MIT licence) solves the hospital-resident problem; it is not made for reserves, and is used here as one
would: a hospital for the reserved seats, one for the open ones, and women applying to the reserved one first.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pandas as pd

from selection import country
from selection.testing import UnfairError, check_fairness

Row = dict[str, Any]
Table = dict[str, Any]

POLICY: Table = {
    "capacity": 4,
    "points": [{"name": "score", "field": "score", "per": 1}],
    "reserve": [{"name": "women", "where": {"gender": "female"}, "seats": 2, "missing": "no"}],
}
CAPPED: Table = {
    **POLICY,
    "capacity": 2,
    "reserve": [{**POLICY["reserve"][0], "seats": 1}],
    "cap": [{"name": "any one country", "per": "country", "seats": 1}],
}


def sort_and_head(rows: list[Row], policy: Table) -> list[str]:
    """pandas: sort by score, take the head."""
    return list(pd.DataFrame(rows).sort_values("score", ascending=False).head(policy["capacity"])["id"])


def two_pass_greedy(rows: list[Row], policy: Table) -> list[str]:
    """First the reserve, then everybody, each down the list and under the cap; ids break ties."""
    used: Counter[str | None] = Counter()
    chosen: list[str] = []
    whole = [row for row in rows if row["score"] is not None and row["country"] is not None]
    order = sorted(whole, key=lambda row: (-row["score"], row["id"]))
    for group, most in ((lambda row: row["gender"] == "female", 1), (lambda _: True, policy["capacity"])):
        for row in order:
            land = country(row["country"]).code
            if len(chosen) < most and group(row) and row["id"] not in chosen and not used[land]:
                chosen.append(row["id"])
                used[land] += 1
    return chosen


def hospital_resident(rows: list[Row], policy: Table) -> list[str]:
    """matching.HospitalResident: reserved and open seats as two hospitals."""
    from matching.games import HospitalResident

    order = [
        row["id"] for row in sorted((r for r in rows if r["score"] is not None), key=lambda r: (-r["score"], r["id"]))
    ]
    women = {row["id"] for row in rows if row["gender"] == "female"} & set(order)
    if not order:
        return []
    wishes = {one: (["reserved", "open"] if one in women else ["open"]) for one in order}
    hospitals = {"open": order, **({"reserved": [one for one in order if one in women]} if women else {})}
    wishes = {one: [place for place in places if place in hospitals] for one, places in wishes.items()}
    seats = {"reserved": 2, "open": policy["capacity"] - 2}
    game = HospitalResident.create_from_dictionaries(wishes, hospitals, {name: seats[name] for name in hospitals})
    return [str(one) for placed in game.solve(optimal="resident").values() for one in placed]


def main() -> None:
    """Print what the kit found about each."""
    peers: list[tuple[str, Callable[..., list[str]], Table]] = [
        (f"pandas {version('pandas')}: sort and head", sort_and_head, POLICY),
        ("two-pass greedy", two_pass_greedy, CAPPED),
    ]
    try:
        peers.append((f"matching {version('matching')}: hospital-resident", hospital_resident, POLICY))
    except ModuleNotFoundError:
        print("matching IS NOT INSTALLED: see the first lines of this file", file=sys.stderr)
    warnings.simplefilter("ignore")
    for name, select, policy in peers:
        print(f"### {name}\n\n```text")
        try:
            check_fairness(select, policy)
            print("Nothing found.")
        except UnfairError as error:
            print(str(error).split("To see it again")[0].rstrip())
        print("```\n")


if __name__ == "__main__":
    main()
