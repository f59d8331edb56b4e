"""How likely each waiting applicant is to be offered a seat, if everybody offered one gives it up at the same rate.

Where no reserve and no cap can bind, the next in rank gets each free seat, and the chance is that of a binomial sum.
Elsewhere rounds are played through by the exact rule, again and again, with lots that follow from a seed.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from selection.errors import InputError, brief
from selection.outcome import Outcome
from selection.replacement.rounds import chosen_lock
from selection.replacement.seats import Lock, Seats


@dataclass(frozen=True)
class Chance:
    """A waiting applicant's chance of an offer; `error` the standard error of a simulation, 0 where it was computed."""

    id: str
    position: int
    chance: float
    error: float


def promotion_chances(
    outcome: Outcome, rate: Any, *, runs: int = 100, seed: str = "", lock: Lock | None = None
) -> list[Chance]:
    """For each applicant on the waiting list the chance of an offer if each offer is given up at this rate.

    Offers go out round after round until nobody gives theirs up. The standard error is sqrt(p (1 - p) / n) with
    n = runs + 2 and one success and one failure added (Agresti and Coull 1998), so that it is never 0 by luck.
    """
    exact = _rate(rate)
    if runs < 1:
        raise InputError("bad_number", f"{runs} runs are no simulation: at least one is needed.", runs=runs)
    waiting = outcome.waiting.tolist()
    if _nothing_binds(outcome):
        return _named(outcome, waiting, [(chance, 0.0) for chance in _next_in_rank(outcome, float(exact))])
    offered = _played(outcome, exact, runs, seed, chosen_lock(outcome, lock))
    return _named(outcome, waiting, [(offered[r] / runs, _error(offered[r], runs)) for r in waiting])


def _rate(rate: Any) -> Fraction:
    try:
        exact = Fraction(str(rate)) if not str(rate).endswith("%") else Fraction(str(rate)[:-1]) / 100
    except (ValueError, ZeroDivisionError):
        exact = Fraction(-1)
    if not 0 <= exact <= 1:
        sentence = f'{brief(rate)} is no rate: write a share between 0 and 1, such as 0.1 or "10%".'
        raise InputError("bad_rate", sentence)
    return exact


def _named(outcome: Outcome, waiting: list[int], found: list[tuple[float, float]]) -> list[Chance]:
    ids = outcome.intake.pool.ids[outcome.ranking.order]
    pairs = enumerate(zip(waiting, found, strict=True), start=1)
    return [Chance(str(ids[rank]), position, chance, error) for position, (rank, (chance, error)) in pairs]


def _nothing_binds(outcome: Outcome) -> bool:
    """Whether every free seat goes to the next in rank: one open block without reserves, and no caps."""
    blocks = outcome.policy.plan.blocks
    reserved = any(reserve.seats for block in blocks for reserve in block.reserves)
    return len(blocks) == 1 and blocks[0].rule is None and not reserved and not outcome.policy.cap


def _next_in_rank(outcome: Outcome, rate: float) -> list[float]:
    """Number k is offered a seat if fewer than all seats are kept by those with a seat and the k - 1 waiting before."""
    seats = outcome.policy.seats
    kept = np.zeros(seats + 1)
    kept[0] = 1.0
    found: list[float] = []
    for ahead in range(int(outcome.choice.selected.sum()) + len(outcome.waiting)):
        if ahead >= int(outcome.choice.selected.sum()):
            found.append(min(float(kept[:seats].sum()), 1.0))
        more = kept * rate
        more[1:] += kept[:-1] * (1 - rate)
        more[seats] += kept[seats] * (1 - rate)
        kept = more
    return found


def _played(outcome: Outcome, rate: Fraction, runs: int, seed: str, lock: Lock) -> Counter[int]:
    """In how many of the runs each rank was offered a seat that it does not have now."""
    offered: Counter[int] = Counter()
    start = Seats.of(outcome)
    ids = outcome.intake.pool.ids[outcome.ranking.order].tolist()
    for run in range(runs):
        seats, asked = start, frozenset[int]()
        while gone := frozenset(r for r in seats.block.keys() - asked if _gives_up(f"{seed}:{run}:{ids[r]}", rate)):
            asked |= seats.block.keys()
            seats = seats.without(gone, lock).seats
            asked &= frozenset(seats.left.tolist())
            offered.update(seats.block.keys() - asked)
    return offered


def _gives_up(lot: str, rate: Fraction) -> bool:
    """A lot that comes out at this rate: SHA-256 as a number below 2^256."""
    number = int.from_bytes(hashlib.sha256(lot.encode("utf-8", "surrogatepass")).digest(), "big")
    return number * rate.denominator < rate.numerator << 256


def _error(times: int, runs: int) -> float:
    p = (times + 1) / (runs + 2)
    return math.sqrt(p * (1 - p) / (runs + 2))
