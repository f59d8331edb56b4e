"""How long withdrawals take on the shipped example, and what holds in every round of them.

    python benchmarks/replacement.py [--rounds 1000] [--chain 20] [--lock selected]

Plays chains of rounds from the same outcome: in each round some with a seat and some without withdraw, drawn by a
seeded generator. After each round capacity, caps, locked seats and the hash chain are checked; each chain is replayed
from its records at the end (not in the times).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from pathlib import Path

import numpy as np

from selection import Form, Outcome, Policy, read_applicants, select
from selection.replacement import Lock, Replacement, replay
from selection.replacement.seats import Seats

EXAMPLE = Path(__file__).parents[1] / "examples" / "cgmp_2025"


def main() -> None:
    """Play the rounds and print what they took and what came of them."""
    read = argparse.ArgumentParser(description="Seconds for a round of withdrawals, and what each round kept.")
    read.add_argument("--rounds", type=int, default=1000)
    read.add_argument("--chain", type=int, default=20, help="rounds after one another before starting again")
    read.add_argument("--lock", choices=("selected", "none"), default="selected")
    asked = read.parse_args()
    intake = read_applicants(EXAMPLE / "registrations.csv", form=Form.load(EXAMPLE / "form.toml"))
    start = select(intake, Policy.load(EXAMPLE / "policy.toml"), seed="cGMP 2025")
    random, seconds, total = np.random.default_rng(2025), list[float](), Counter[str]()
    for first in range(0, asked.rounds, asked.chain):
        chain(start, min(asked.chain, asked.rounds - first), asked.lock, random, seconds, total)
    report(seconds, total)
    table(start)


def chain(
    start: Outcome, length: int, lock: Lock, random: np.random.Generator, seconds: list[float], total: Counter[str]
) -> None:
    """One chain of rounds, each timed and checked, and all of them replayed."""
    outcome, rounds = start, []
    for _ in range(length):
        ids = outcome.intake.pool.ids[outcome.ranking.order].astype(str)
        seated = random.choice(ids[outcome.choice.selected], random.integers(1, 40), replace=False)
        others = random.choice(ids[~outcome.choice.selected], random.integers(0, 10), replace=False)
        began = time.perf_counter()
        made = outcome.replace([*seated.tolist(), *others.tolist()], lock)
        seconds.append(time.perf_counter() - began)
        total.update(counted(outcome, made))
        rounds.append(made.round)
        outcome = made.outcome
    again = replay(start, rounds)
    total["chains"] += 1
    total["chains replayed alike"] += seats(again) == seats(outcome)


def counted(before: Outcome, made: Replacement) -> Counter[str]:
    """What a round did, and how often it broke a promise (never)."""
    after = made.outcome
    kept = {one: block for one, block in seats(before).items() if one not in made.withdrawn}
    now = seats(after)
    table = after.choice.signatures
    keys = table.keys[table.code[after.choice.selected]]
    used = np.bincount(keys[keys >= 0], minlength=len(table.limits))
    return Counter(
        {
            "rounds": 1,
            "withdrawn with a seat": len(seats(before)) - len(kept),
            "admitted": len(made.admitted),
            "removed": len(made.removed),
            "rounds that cost compliance": bool(made.compliance_lost),
            "capacity exceeded": len(now) > after.policy.seats,
            "caps exceeded": int((used > table.limits).sum()),
            "locked seats revoked or moved": made.round.lock == "selected"
            and any(now.get(one) != block for one, block in kept.items()),
        }
    )


def seats(outcome: Outcome) -> dict[str, str]:
    """Who sits in which block, by id."""
    ids = outcome.intake.pool.ids[outcome.ranking.order]
    return {str(ids[rank]): block for rank, block in Seats.of(outcome).block.items()}


def report(seconds: list[float], total: Counter[str]) -> None:
    """The figures, a line for each."""
    for name, number in total.items():
        print(f"{name:<32}{number:>10,}")
    at = statistics.quantiles(seconds, n=20)
    print(f"{'seconds a round: median':<32}{statistics.median(seconds):>10.3f}")
    print(f"{'seconds a round: 95 of 100':<32}{at[-1]:>10.3f}")


def table(start: Outcome) -> None:
    """Who would replace whom: the table beside asking for each applicant, and how often first in line is wrong."""
    began = time.perf_counter()
    frame = start.replacements()
    took = time.perf_counter() - began
    first = start.waitlist["id"].iloc[0]
    print(f"{'seconds for the whole table':<32}{took:>10.3f}")
    print(f"{'applicants with a seat':<32}{len(frame):>10,}")
    print(f"{'not replaced by first in line':<32}{(frame['replaced_by'] != first).sum():>10,}")


if __name__ == "__main__":
    main()
