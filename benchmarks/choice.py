"""How fast seats are given out, beside a plain integer programme, and how the cost grows. Prints Markdown.

    python benchmarks/choice.py [--quick] [--runs 5] [--limit 300] [--only a b c d e growth]

Every run draws its own pool; both versions get the same one, number the signatures themselves within the time that is
measured, and must choose the same applicants. Seconds are of processor time in one thread, so that a busy machine
changes little. `--limit` seconds are given to the plain version; `>` marks where it needed more. (e) is measured
beside `numpy.lexsort` of the rank key instead.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from straightforward import OutOfTimeError, straightforward

from selection.choice import BlockProblem, Solved, solve
from selection.numbering import combine

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Call:
    """A made-up call: how many apply, who claims what, and the rules.

    `claims` per reserve the share of applicants who belong; `minimums` per reserve the share of seats kept;
    `caps` per cap family how many values (Zipf) there are and how many seats each may take.
    """

    applicants: int
    seats: int
    claims: tuple[float, ...]
    minimums: tuple[float, ...]
    caps: tuple[tuple[int, int], ...]
    counting: str = "each"


@dataclass(frozen=True)
class Pool:
    """What is known of each applicant, best rank first, with the limits of all cap keys one after the other."""

    groups: Ints
    values: tuple[Ints, ...]
    limits: tuple[Ints, ...]
    seats: int
    minimums: tuple[int, ...]
    counting: str


CALLS = {
    "a": Call(1_000_000, 500, (0.3, 0.15, 0.5, 0.1, 0.05), (0.4, 0.2, 0.55, 0.15, 0.1), ((190, 25),)),
    "b": Call(1_000_000, 500, (0.3, 0.15, 0.5, 0.1, 0.05), (0.3, 0.15, 0.3, 0.1, 0.1), ((190, 25),), "once"),
    "c": Call(20_000, 200, (0.3, 0.15, 0.5, 0.1, 0.05), (0.4, 0.2, 0.55, 0.15, 0.1), ((190, 10), (3000, 2))),
    "d": Call(100_000, 10_000, (0.3, 0.15, 0.5), (0.35, 0.2, 0.5), ((190, 500), (20_000, 3))),
}
WORDS = {
    "a": "1,000,000 applicants, 500 seats, 5 overlapping minimums counting each, a cap on each of 190 countries",
    "b": "the same, each applicant filling one reserved seat (minimums 30, 15, 30, 10 and 10 %)",
    "c": "20,000 applicants, 200 seats, 5 minimums counting each, caps on 190 countries and 3,000 organisations",
    "d": "100,000 applicants, 10,000 seats, 3 minimums, country cap 5 %, organisation cap 3 (20,000 organisations)",
    "e": "1,000,000 applicants, 100,000 seats, nested: LIC within LMIC, country caps within caps on income groups",
}
NESTED = ("e",)


def draw(call: Call, seed: int) -> Pool:
    """A pool with realistic skew: Zipf over countries and organisations."""
    random = np.random.default_rng(seed)
    values = tuple(_zipf(random, call.applicants, size) for size, _ in call.caps)
    groups = np.stack([random.random(call.applicants) < share for share in call.claims], axis=1).astype(np.int64)
    limits = tuple(np.full(size, seats, dtype=np.int64) for size, seats in call.caps)
    minimums = tuple(int(np.ceil(share * call.seats)) for share in call.minimums)
    return Pool(groups, values, limits, call.seats, minimums, call.counting)


def draw_nested(applicants: int, seed: int) -> Pool:
    """Income groups follow from the country; both have caps, and LMIC and LIC a reserve."""
    random = np.random.default_rng(seed)
    country = _zipf(random, applicants, 190)
    income = (country * 7919) % 4
    groups = np.stack([income < 3, income == 0], axis=1).astype(np.int64)
    seats = applicants // 10
    limits = (np.full(190, seats // 20), np.array([seats * 6 // 10] * 3 + [seats // 10]))
    return Pool(groups, (country, income), limits, seats, (seats * 7 // 10, seats * 3 // 10), "each")


def _zipf(random: np.random.Generator, size: int, values: int) -> Ints:
    weight = 1 / np.arange(1, values + 1) ** 1.1
    return random.choice(values, size=size, p=weight / weight.sum()).astype(np.int64)


def asked(pool: Pool) -> BlockProblem:
    """The question, signatures numbered as the library numbers them."""
    sizes = [2] * pool.groups.shape[1] + [len(limits) for limits in pool.limits]
    code, rows = combine([*pool.groups.T, *pool.values], sizes)
    return _problem(pool, code.astype(np.int64), rows)


def asked_plainly(pool: Pool) -> BlockProblem:
    """The same question, signatures numbered by sorting."""
    number = np.zeros(len(pool.groups), dtype=np.int64)
    for column in pool.groups.T:
        number = number * 2 + column
    for column, limits in zip(pool.values, pool.limits, strict=True):
        number = number * len(limits) + column
    _, first, code = np.unique(number, return_index=True, return_inverse=True)
    rows = np.column_stack([pool.groups, *pool.values])[first]
    return _problem(pool, code.astype(np.int64), rows)


def _problem(pool: Pool, code: Ints, rows: Ints) -> BlockProblem:
    reserves = pool.groups.shape[1]
    offsets = np.cumsum([0, *(len(limits) for limits in pool.limits)])[:-1]
    return BlockProblem(
        sequence=code,
        masks=(rows[:, :reserves] << np.arange(reserves)).sum(axis=1),
        keys=rows[:, reserves:] + offsets,
        slack=np.concatenate(pool.limits),
        seats=pool.seats,
        minimums=pool.minimums,
        counting="once" if pool.counting == "once" else "each",
        compliance="order",
        fill="seats_first",
    )


@dataclass(frozen=True)
class Run:
    """One pool: seconds of ours and of what it is compared with (None: more than the limit), and what was solved."""

    seconds: float
    other: float | None
    signatures: int
    solved: Solved


def ours(pool: Pool) -> tuple[float, int, Solved]:
    """Seconds for numbering the signatures and choosing."""
    start = time.process_time()
    problem = asked(pool)
    solved = solve(problem)
    return time.process_time() - start, len(problem.masks), solved


def beside_plain(pool: Pool, limit: float) -> Run:
    """Both versions on one pool."""
    seconds, signatures, solved = ours(pool)
    start = time.process_time()
    try:
        places = straightforward(asked_plainly(pool), limit)
    except OutOfTimeError:
        return Run(seconds, None, signatures, solved)
    other = time.process_time() - start
    if not np.array_equal(places, np.flatnonzero(solved.solution.taken)):
        raise AssertionError("the two versions choose different applicants")
    return Run(seconds, other, signatures, solved)


def beside_lexsort(pool: Pool, seed: int) -> Run:
    """Our choice beside sorting the rank key: tier, score descending, ticket."""
    random, size = np.random.default_rng(seed), len(pool.groups)
    tier, score = random.integers(0, 3, size), random.integers(0, 100_000_000, size)
    ticket = random.integers(0, 2**63 - 1, size)
    start = time.process_time()
    np.lexsort((ticket, -score, tier))
    other = time.process_time() - start
    seconds, signatures, solved = ours(pool)
    return Run(seconds, other, signatures, solved)


def table(names: Iterable[str], runs: int, limit: float, quick: bool) -> None:
    """The medians of every call."""
    print("| call | ours, s | range | beside, s | ratio | signatures | method | solver calls |")
    print("|---|---:|---:|---:|---:|---:|---|---:|")
    for name in names:
        print(line(name, list(measured(name, runs, limit, quick)), limit), flush=True)


def measured(name: str, runs: int, limit: float, quick: bool) -> Iterable[Run]:
    """The runs of one call; where the plain version takes too long once, it is not asked again."""
    patience = limit
    for seed in range(runs):
        if name in NESTED:
            yield beside_lexsort(draw_nested(100_000 if quick else 1_000_000, seed), seed)
            continue
        pool = draw(smaller(CALLS[name]) if quick else CALLS[name], seed)
        run = beside_plain(pool, patience)
        if run.other is None:
            patience = 0.0
        yield run


def smaller(call: Call) -> Call:
    """A tenth of the applicants, a fifth of the seats."""
    caps = tuple((size, max(1, seats // 5)) for size, seats in call.caps)
    return replace(call, applicants=call.applicants // 10, seats=call.seats // 5, caps=caps)


def line(name: str, runs: Sequence[Run], limit: float) -> str:
    """One line of the table."""
    seconds = [run.seconds for run in runs]
    middle = statistics.median(seconds)
    others = [run.other for run in runs if run.other is not None]
    whole = len(others) == len(runs)
    other, more = (statistics.median(others), "") if whole else (limit, "> ")
    ratio = f"{more}{other / middle:,.0f} times faster" if name not in NESTED else f"{middle / other:.2f} of it"
    calls = sorted(run.solved.solution.calls for run in runs)
    cells = [
        f"({name})",
        f"{middle:.2f}",
        f"{min(seconds):.2f} to {max(seconds):.2f}",
        f"{more}{other:,.{2 if name in NESTED else 1}f}" + (" (lexsort)" if name in NESTED else ""),
        ratio,
        f"{statistics.median(run.signatures for run in runs):,.0f}",
        "/".join(sorted({run.solved.solution.method for run in runs})),
        f"{calls[0]} to {calls[-1]}",
    ]
    return "| " + " | ".join(cells) + " |"


BASE = Call(200_000, 500, (0.3, 0.15, 0.5, 0.1), (0.4, 0.2, 0.55, 0.15), ((190, 25), (2000, 3)))


def with_organisations(number: int) -> Call:
    """Signatures: more and more organisations under a cap."""
    return replace(BASE, caps=((190, 25), (number, 3)) if number else ((190, 25),))


def with_seats(number: int) -> Call:
    """Seats: caps and minimums grow along."""
    return replace(BASE, seats=number, caps=((190, max(1, number // 20)), (2000, 3)))


def with_reserves(number: int) -> Call:
    """Reserves: each for a quarter of the applicants and 30 % of the seats, counting each."""
    return replace(BASE, claims=(0.25,) * number, minimums=(0.3,) * number)


def with_reserves_once(number: int) -> Call:
    """Reserves counted once: four fifths of the seats shared among them."""
    return replace(BASE, claims=(0.25,) * number, minimums=(0.8 / number,) * number, counting="once")


SWEEPS: dict[str, tuple[Callable[[int], Call], tuple[int, ...], str]] = {
    "organisations": (with_organisations, (0, 200, 2_000, 20_000), "with caps on so many organisations"),
    "seats": (with_seats, (50, 200, 1_000, 4_000), "so many seats, caps in proportion"),
    "reserves, each": (with_reserves, (1, 3, 5, 7, 9), "so many overlapping reserves counting each"),
    "reserves, once": (with_reserves_once, (1, 3, 5, 7, 9), "so many overlapping reserves counting once"),
}


def growth(runs: int, quick: bool) -> None:
    """How the cost grows along each axis."""
    print("| axis | value | median, s | signatures | solver calls |")
    print("|---|---:|---:|---:|---:|")
    for axis, (make, values, _) in SWEEPS.items():
        for value in values[:3] if quick else values:
            call = make(value)
            call = replace(call, applicants=call.applicants // 10) if quick else call
            found = [ours(draw(call, seed)) for seed in range(runs)]
            calls = sorted(solved.solution.calls for _, _, solved in found)
            middle = statistics.median(seconds for seconds, _, _ in found)
            signatures = statistics.median(number for _, number, _ in found)
            print(f"| {axis} | {value:,} | {middle:.2f} | {signatures:,.0f} | {calls[0]} to {calls[-1]} |", flush=True)


def machine() -> str:
    """What the figures were measured on."""
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, HiGHS {_highs_version()}"
    return f"{processor()}, {platform.system()}; {versions}; processor time of one thread"


def _highs_version() -> str:
    highs: Any = highspy.Highs
    return str(highs().version())


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as handle:
            return next(row.partition(":")[2].strip() for row in handle if row.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> None:
    """Print every table that was asked for."""
    parser = argparse.ArgumentParser(description="How fast seats are given out.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the applicants, a fifth of the seats")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds the plain version is given")
    parser.add_argument("--only", nargs="+", default=[*WORDS, "growth"], choices=[*WORDS, "growth"])
    asked_for = parser.parse_args()
    print("# The choice in figures\n")
    print(f"`python benchmarks/{' '.join(['choice.py', *sys.argv[1:]])}`, median of {asked_for.runs}, {machine()}.\n")
    names = [name for name in asked_for.only if name != "growth"]
    table(names, asked_for.runs, asked_for.limit, asked_for.quick)
    print(
        "\n" + "\n".join(f"- ({name}) {WORDS[name]}" + (", a tenth of it" if asked_for.quick else "") for name in names)
    )
    if "growth" in asked_for.only:
        print("\n## How the cost grows\n")
        print("From 200,000 applicants, 500 seats, 4 overlapping minimums counting each, caps on 190 countries and on")
        print(
            "2,000 organisations, one thing is changed at a time (medians of 3): "
            + "; ".join(w for _, _, w in SWEEPS.values())
            + ".\n"
        )
        growth(min(asked_for.runs, 3), asked_for.quick)


if __name__ == "__main__":
    main()
