"""Compliance with minimums as linear rows: for a set of reserves T, members weighted by T are at least so many.

Counting *each*, the filled part of reserve g is min(members of g, minimum g). Counting *once*, reserves are filled by
a matching of applicants to reserved seats, and by Hall's theorem a vector z of filled seats is possible for a set X
of applicants if and only if, for every set T of reserves, at least z(T) of X belong to some reserve of T. Totals are
the same with a slack: a total of Z filled seats is possible if and only if for every T the rows hold with
Z - minimum(all but T) (minimum cut). So all four readings are rows `weight(mask, T) . X >= target(T)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selection.choice.once import bits, matching
from selection.choice.problem import BlockProblem, Ints
from selection.errors import PolicyError

#: Overlapping reserves that one block may count at once: the rows double with each.
MOST_OVERLAPPING = 14


@dataclass(frozen=True, eq=False)
class Rows:
    """`sets` the reserves of each row as bits; `targets` how much each needs; weights follow from the counting."""

    sets: Ints
    targets: Ints
    once: bool

    def weights(self, masks: Ints) -> Ints:
        """What an applicant of each mask adds to each row, shape (masks, rows): 1 for touching the set if counted once,
        the number of its reserves in the set if counted for each."""
        common = masks[:, None] & self.sets[None, :]
        counted = common != 0 if self.once else np.bitwise_count(common)
        return np.asarray(counted, dtype=np.int64)


def subsets(reserves: Sequence[int], groups: Sequence[int] | None = None) -> Ints:
    """Every non-empty set of these reserves; with `groups` only sets within one group."""
    if groups is None:
        _refuse_too_many(len(reserves))
        powers = np.array([1 << g for g in reserves], dtype=np.int64)
        picks = (np.arange(1, 1 << len(reserves))[:, None] >> np.arange(len(reserves))[None, :]) & 1
        return np.asarray(picks @ powers, dtype=np.int64)
    parts = [subsets([g for g in reserves if groups[g] == one]) for one in sorted({groups[g] for g in reserves})]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _refuse_too_many(reserves: int) -> None:
    if reserves > MOST_OVERLAPPING:
        sentence = (
            f"One block has {reserves} overlapping reserves that must be weighed together; "
            f"at most {MOST_OVERLAPPING} can be. Join some of them, or count each."
        )
        raise PolicyError("too_many_reserves", sentence, reserves=reserves, most=MOST_OVERLAPPING)


def components(problem: BlockProblem) -> list[int]:
    """For each reserve the number of its cluster: reserves share one if some chain of applicants links them."""
    cluster = list(range(len(problem.minimums)))
    for mask in {*problem.masks.tolist(), *problem.held}:
        linked = {cluster[g] for g in bits(mask)}
        cluster = [min(linked) if c in linked else c for c in cluster]
    return cluster


def sum_over(sets: Ints, values: Sequence[int]) -> Ints:
    """The sum of a value per reserve over each set."""
    total = np.zeros(len(sets), dtype=np.int64)
    for g, value in enumerate(values):
        total += ((sets >> g) & 1) * value
    return total


def rows_for(problem: BlockProblem, best: Sequence[int] | int) -> Rows:
    """Rows that hold exactly for the sets whose compliance is as good as the best: a vector, or a total."""
    once = problem.counting == "once"
    needed = [g for g, least in enumerate(problem.minimums) if least > 0]
    if isinstance(best, int):
        if best < sum(problem.minimums):
            sets = subsets(needed)
            return Rows(sets, best - sum(problem.minimums) + sum_over(sets, problem.minimums), once)
        best = problem.minimums
    sets = subsets(needed, components(problem)) if once else np.array([1 << g for g in needed], dtype=np.int64)
    return Rows(sets, sum_over(sets, best), once)


def filled_by(problem: BlockProblem, counts: dict[int, int]) -> tuple[int, ...]:
    """The compliance vector of so many applicants of each mask, as the block counts."""
    if problem.counting == "each":
        members = [sum(n for mask, n in counts.items() if mask >> g & 1) for g in range(len(problem.minimums))]
        return tuple(min(have, least) for have, least in zip(members, problem.minimums, strict=True))
    return matching(counts, problem.minimums).filled
