"""How likely each applicant was to be selected before the tickets were drawn: what a tie at the cut was worth.

Applicants of one tie and one signature are alike, so only the order of signatures within a tie matters, and every
order of them is equally likely. Where these orders are few, all are tried and the chances are exact. In one block a
tie that is all in or all out stays so in every order of its own (feasible sets do not depend on rank), so only ties
that are split are opened, one after the other. Otherwise tickets are drawn again and again from a key that is named,
and the standard error is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import factorial, prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.choice import choose
from selection.errors import NotFoundError
from selection.ranking import Ranking, rank

if TYPE_CHECKING:
    from selection.outcome import Outcome

Numbers = npt.NDArray[np.float64]

#: Orders of signatures that are tried before drawing instead.
MOST_ORDERS = 500


@dataclass(frozen=True, eq=False)
class Chances:
    """Per rank the probability of a seat over all tickets, and its standard error (0 where exact).

    `runs` how many orders were tried, or how often tickets were drawn from `key`.
    """

    ids: npt.NDArray[Any]
    chance: Numbers
    error: Numbers
    exact: bool
    runs: int
    key: str | None

    def of(self, applicant_id: str) -> float:
        """The chance of one ranked applicant; `NotFoundError` for another."""
        places = np.flatnonzero(self.ids == applicant_id)
        if not len(places):
            raise NotFoundError(
                "unknown_applicant", f"No ranked applicant is called {applicant_id!r}.", id=applicant_id
            )
        return float(self.chance[places[0]])

    @property
    def levels(self) -> list[tuple[float, int]]:
        """Each chance (to six decimals) and how many applicants have it, the highest first."""
        counted = Counter(np.round(self.chance, 6).tolist())
        return sorted(counted.items(), reverse=True)

    def to_dict(self, *, public: bool = False) -> dict[str, Any]:
        """As plain tables, for JSON; the public one without ids."""
        told = {"exact": self.exact, "runs": self.runs, "key": self.key}
        if public:
            return {**told, "levels": [{"chance": c, "applicants": n} for c, n in self.levels]}
        rows = zip(self.ids.tolist(), self.chance.tolist(), self.error.tolist(), strict=True)
        return {**told, "applicants": [{"id": i, "chance": c, "error": e} for i, c, e in rows]}

    def __str__(self) -> str:
        how = f"exact, {self.runs:,} orders tried" if self.exact else f"drawn {self.runs:,} times from {self.key!r}"
        worst = "" if self.exact else f", standard error at most {self.error.max(initial=0):.3f}"
        open_ = [(chance, number) for chance, number in self.levels if 0 < chance < 1]
        sure = {c: n for c, n in self.levels if c in (0.0, 1.0)}
        lines = [f"Chances over all tickets ({how}{worst})"]
        lines += [f"  {sure.get(1.0, 0):,} certain of a seat, {sure.get(0.0, 0):,} without a chance"]
        lines += [f"  {number:,} with a chance of {chance:.1%}" for chance, number in open_[:20]]
        left = sum(number for _, number in open_[20:])
        return "\n".join([*lines, *([f"  {left:,} with other chances below"] if left else [])])


def chances(outcome: Outcome, runs: int = 400, key: str = "chances") -> Chances:
    """The chance of each ranked applicant: exact where few orders of tied signatures matter, else of `runs` draws."""
    ids = outcome.intake.pool.ids[outcome.ranking.order]
    policy = outcome.policy
    plain = policy.ties.lottery and policy.lottery.tickets == "single" and policy.lottery.weight is None
    orders = _Orders(outcome) if plain else None
    exact = orders.mean() if orders is not None else None
    if not policy.ties.lottery:
        exact = outcome.choice.selected.astype(float), 1
    if exact is not None:
        return Chances(ids, exact[0], np.zeros(len(ids)), True, exact[1], None)
    mean, error = _drawn(outcome, runs, key)
    return Chances(ids, mean, error, False, runs, key)


class _TooManyError(Exception):
    """More orders than are tried."""


class _Orders:
    """Every order of signatures within ties that can matter, each with its probability."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.runs = outcome, 0
        self.classes = _classes(outcome.ranking, outcome.choice.signatures.code)
        self.single = len(outcome.choice.blocks) == 1

    def mean(self) -> tuple[Numbers, int] | None:
        ties = [t for t, n in Counter(self.outcome.ranking.ties.tolist()).items() if n > 1]
        try:
            if self.single:
                total = self._opened(np.arange(len(self.outcome.ranking)), frozenset())
            else:
                total = self._all(np.arange(len(self.outcome.ranking)), [t for t in ties if self._kinds(t) > 1])
        except _TooManyError:
            return None
        return _shared(total, self.classes), self.runs

    def _kinds(self, tie: int) -> int:
        return len(set(self.outcome.choice.signatures.code[self.outcome.ranking.ties == tie].tolist()))

    def _run(self, order: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Who is selected, by first rank, if the ranked stand in this order."""
        if self.runs >= MOST_ORDERS:
            raise _TooManyError
        self.runs += 1
        ranking, outcome = self.outcome.ranking, self.outcome
        held = {int(np.flatnonzero(order == rank)[0]): block for rank, block in outcome.held.items()}
        choice = choose(replace(ranking, order=ranking.order[order]), held=held, seconds=outcome.choice.seconds)
        selected = np.zeros(len(order), dtype=bool)
        selected[order] = choice.selected
        return selected

    def _opened(self, order: npt.NDArray[np.int64], done: frozenset[int]) -> Numbers:
        """The mean over all orders of the ties that turn out split, from the best one on."""
        selected = self._run(order)
        ties = self.outcome.ranking.ties
        split = [t for t in np.unique(ties[selected]).tolist() if t not in done and not selected[ties == t].all()]
        split = [t for t in split if self._kinds(t) > 1]
        if not split:
            return selected.astype(float)
        parts = [self._opened(one, done | {split[0]}) for one in self._orders(order, split[0])]
        return np.asarray(np.mean(parts, axis=0))

    def _all(self, order: npt.NDArray[np.int64], ties: list[int]) -> Numbers:
        if not ties:
            return self._run(order).astype(float)
        return np.asarray(np.mean([self._all(one, ties[1:]) for one in self._orders(order, ties[0])], axis=0))

    def _orders(self, order: npt.NDArray[np.int64], tie: int) -> Iterator[npt.NDArray[np.int64]]:
        """Every distinct sequence of signatures in a tie, each signature's members in their own order."""
        ranks = np.flatnonzero(self.outcome.ranking.ties == tie)
        codes = self.outcome.choice.signatures.code[ranks].tolist()
        counts = Counter(codes)
        if factorial(len(codes)) // prod(map(factorial, counts.values())) > MOST_ORDERS:
            raise _TooManyError
        members = {code: [int(r) for r, c in zip(ranks, codes, strict=True) if c == code] for code in counts}
        for sequence in _sequences(tuple(sorted(counts.items()))):
            left = {code: iter(mine) for code, mine in members.items()}
            made = order.copy()
            made[ranks] = [next(left[code]) for code in sequence]
            yield made


def _sequences(counts: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, ...]]:
    if not counts:
        yield ()
    for i, (code, number) in enumerate(counts):
        rest = (*counts[:i], *(((code, number - 1),) if number > 1 else ()), *counts[i + 1 :])
        for tail in _sequences(rest):
            yield (code, *tail)


def _classes(ranking: Ranking, codes: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Per rank the number of its class: alike in tie and signature."""
    pairs = ranking.ties.astype(np.int64) * (int(codes.max(initial=0)) + 1) + codes
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64)


def _shared(total: Numbers, classes: npt.NDArray[np.int64]) -> Numbers:
    """Each class's seats spread evenly over its members."""
    size = np.bincount(classes)
    return np.asarray((np.bincount(classes, weights=total) / size)[classes])


def _drawn(outcome: Outcome, runs: int, key: str) -> tuple[Numbers, Numbers]:
    weighted = outcome.policy.lottery.weight is not None
    classes = _classes(outcome.ranking, outcome.choice.signatures.code)
    if weighted:
        classes = np.arange(len(classes))
    size = np.bincount(classes)
    total = square = np.zeros(len(size))
    among, first = outcome.rank_of >= 0, outcome.rank_of
    for i in range(runs):
        ranking = rank(outcome.assessment, f"{key}:{i}", among)
        back = first[ranking.order]
        where = np.empty(len(back), dtype=np.int64)
        where[back] = np.arange(len(back))
        held = {int(where[r]): block for r, block in outcome.held.items()}
        choice = choose(ranking, held=held, seconds=outcome.choice.seconds)
        share = np.bincount(classes[back[choice.selected]], minlength=len(size)) / size
        total, square = total + share, square + share * share
    mean = total / runs
    variance = np.maximum(square / runs - mean * mean, 0) * runs / max(runs - 1, 1)
    return np.asarray(mean[classes]), np.asarray(np.sqrt(variance / runs)[classes])
