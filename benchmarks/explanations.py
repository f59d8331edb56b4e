"""How fast an outcome answers: thresholds, explanations of everybody, sweeps. Prints Markdown.

    python benchmarks/explanations.py [--rows 6000 100000] [--times 5]

The pool is that of `end_to_end.py`: the rows of the shipped example again and again. Seconds are of processor time, the
median and the range of so many runs on fresh outcomes; each answer is asked for after the reasons are known, as it is
once decisions have been written.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import registrations

from selection import Form, Intake, Outcome, read_applicants, select

EXAMPLE = registrations.EXAMPLE
LANGUAGE, SINGLE = "en", 500


def thresholds(outcome: Outcome) -> int:
    """The thresholds of all refused; how many rows."""
    return len(outcome.thresholds())


def explanations(outcome: Outcome) -> int:
    """The applicants' texts, thresholds found before."""
    return len(outcome.explanations(LANGUAGE))


def officer(outcome: Outcome) -> int:
    """The officer's texts."""
    return len(outcome.explanations(LANGUAGE, "officer"))


def singly(outcome: Outcome) -> int:
    """One explanation after the other, text included."""
    ids = outcome.intake.pool.ids[outcome.display_order[:SINGLE]]
    return sum(bool(str(outcome.explain(one, LANGUAGE))) for one in ids.tolist())


def capacities(outcome: Outcome) -> int:
    """A sweep over 21 capacities."""
    return len(outcome.sweep(capacity=range(1000, 3001, 100)))


def reserves(outcome: Outcome) -> int:
    """A sweep over 11 sizes of one reserve."""
    name = "National regulatory authorities"
    return len(outcome.sweep(reserve={name: [f"{share}%" for share in range(0, 21, 2)]}))


ASKED: dict[str, Callable[[Outcome], int]] = {
    "reasons": lambda outcome: len(outcome.reason),
    "thresholds()": thresholds,
    "explanations()": explanations,
    'explanations(edition="officer")': officer,
    f"explain(id), {SINGLE} times": singly,
    "sweep over 21 capacities": capacities,
    "sweep over 11 sizes of a reserve": reserves,
}


def main() -> None:
    """Measure every question for every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[6_000, 100_000])
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    print("| applicants | asked | median, s | range | answers | answers a second |")
    print("|---:|---|---:|---:|---:|---:|")
    for rows in given.rows:
        intake = read(rows)
        seconds: dict[str, list[float]] = {name: [] for name in ASKED}
        answers: dict[str, int] = {}
        for _ in range(given.times):
            outcome = select(intake, EXAMPLE / "policy.toml", seed="cGMP 2025")
            for name, asked in ASKED.items():
                start = time.process_time()
                answers[name] = asked(outcome)
                seconds[name].append(time.process_time() - start)
        for name, taken in seconds.items():
            median = statistics.median(taken)
            pace = f"{answers[name] / median:,.0f}"
            spread = f"{min(taken):.2f} to {max(taken):.2f}"
            print(f"| {rows:,} | {name} | {median:.2f} | {spread} | {answers[name]:,} | {pace} |", flush=True)


def read(rows: int) -> Intake:
    """So many registrations, read by the example's form."""
    with tempfile.TemporaryDirectory() as folder:
        path = registrations.write(Path(folder) / "registrations.csv", rows)
        return read_applicants(path, form=Form.load(EXAMPLE / "form.toml"))


if __name__ == "__main__":
    main()
