"""Whether explanations are true: random calls of every class, every claim about everybody tried by running again.

    python benchmarks/faithfulness.py [--calls 400] [--seed 0]

Prints Markdown: per structure class the claims tried and those that failed. The calls have both countings, reserves of
all kinds, stated blocks, caps on groups and values, tiers, declared ties, single and fresh tickets, missing fields and
promised seats. The exit code is 1 if a claim failed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from typing import Any

from selection import Outcome, select
from selection.errors import PolicyError
from selection.faithfulness import KINDS, tried

GROUPS = ("a", "b", "c")
KINDS_OF = {
    "any": ("guarantee", "guarantee", "first", "over_and_above"),
    "once": ("guarantee", "guarantee", "guarantee", "over_and_above"),
    "crossing": ("guarantee",),
}


def call(random: random.Random) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A small pool and a policy, drawn."""
    rows = [applicant(i, random) for i in range(random.randint(2, 14))]
    capacity = random.randint(1, 6)
    policy: dict[str, Any] = {
        "capacity": capacity,
        "waitlist": random.randint(0, 2),
        "counting": random.choice(("each", "once")),
        "compliance": random.choice(("order", "order", "total")),
        "points": [
            {"name": "score", "field": "score", "per": 1},
            {"name": "bonus", "where": {"b": True}, "points": "0.5", "missing": 0},
        ],
        "cap": caps(random),
        "lottery": {"tickets": random.choice(("single", "single", "per_block"))},
        "tier": [{"name": "first", "where": {"a": True}, "missing": "no"}] if random.random() < 0.2 else [],
        "pinned": [rows[0]["id"]] if random.random() < 0.1 else [],
    }
    if random.random() < 0.5:
        policy["fill"] = random.choice(("seats_first", "priority_first"))
    if random.random() < 0.3:
        policy["ties"] = {"order": ["day", "lottery"]}
    shape = random.choice(("any", "any", "once", "crossing"))
    if shape != "any":
        policy |= {"counting": "once", "cap": policy["cap"][:1] if shape == "crossing" else []}
    if random.random() < 0.3 and shape == "any":
        sizes = [random.randint(0, 3) + (not i) for i in range(random.randint(1, 3))]
        policy["capacity"] = sum(sizes)
        policy["block"] = [block(i, size, random) for i, size in enumerate(sizes)]
    else:
        policy["reserve"] = reserves(capacity, random, KINDS_OF[shape])
    return rows, policy


def applicant(number: int, random: random.Random) -> dict[str, Any]:
    """One applicant of a drawn pool."""
    truth = (True, False, None) if random.random() < 0.1 else (True, False)
    return {
        "id": f"p{number}",
        "score": random.randint(0, 4),
        **{group: random.choice(truth) for group in GROUPS},
        "land": random.choice("xyz"),
        "firm": random.choice(("u", "v", None)),
        "day": random.randint(1, 2),
    }


def caps(random: random.Random) -> list[dict[str, Any]]:
    """Caps on groups and on values."""
    what: list[dict[str, Any]] = [{"per": "land"}, {"per": "firm"}, {"where": {"a": True}}, {"where": {"c": True}}]
    picked = random.sample(what, random.choice((0, 0, 1, 1, 2, 3)))
    return [{"name": f"cap {i}", "seats": random.randint(0, 3), "missing": "no", **one} for i, one in enumerate(picked)]


def reserves(room: int, random: random.Random, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Reserves that fit into so many seats."""
    made = []
    for i in range(random.randint(0, 3)):
        seats = random.randint(0, room)
        room -= seats
        where = random.choice(({"a": True}, {"b": True}, {"c": True}, {"a": True, "b": True}, {"land": ["x", "y"]}))
        made.append({"name": f"r{i}", "where": where, "seats": seats, "kind": random.choice(kinds), "missing": "no"})
    return made


def block(number: int, seats: int, random: random.Random) -> dict[str, Any]:
    """A stated block with reserves of its own."""
    made: dict[str, Any] = {"name": f"block {number}", "seats": seats, "missing": "no"}
    own = reserves(seats, random, ("guarantee",))
    made["reserve"] = [{**one, "name": f"{made['name']} {one['name']}"} for one in own]
    return made | ({"where": {random.choice(GROUPS): True}} if random.random() < 0.5 else {})


def drawn(seed: int) -> Outcome | None:
    """The outcome of a drawn call; None where promised seats do not fit into it."""
    rows, policy = call(random.Random(seed))
    try:
        return select(rows, policy, seed="faithful")
    except PolicyError:
        return None


def main() -> None:
    """Try every claim of many calls and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    claims: dict[str, Counter[str]] = {}
    failed: dict[str, Counter[str]] = {}
    calls: Counter[str] = Counter()
    for seed in range(given.seed, given.seed + given.calls):
        outcome = drawn(seed)
        if outcome is None:
            continue
        name = outcome.structure.name
        found = tried(outcome)
        calls[name] += 1
        claims.setdefault(name, Counter()).update(found.claims)
        failed.setdefault(name, Counter()).update(found.failed)
        for one, kind in found.failures:
            print(f"call {seed}: {one}: {kind}", file=sys.stderr)
    names = [name for name in ("nested", "once", "crossing", "general") if calls[name]]
    print("| claim | " + " | ".join(f"{name} ({calls[name]:,} calls)" for name in names) + " |")
    print("|---|" + "---:|" * len(names))
    for kind in KINDS:
        print(f"| {kind} | " + " | ".join(f"{claims[n][kind]:,}, {failed[n][kind]} failed" for n in names) + " |")
    total = [f"{sum(claims[n].values()):,}, {sum(failed[n].values())} failed" for n in names]
    print("| all | " + " | ".join(total) + " |")
    sys.exit(any(failed[name].total() for name in names))


if __name__ == "__main__":
    main()
