"""The meaning of a block by enumeration of every subset: short, and sharing nothing with the library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np

from selection.choice.problem import BlockProblem


def enumerate_block(problem: BlockProblem) -> tuple[frozenset[int], tuple[int, ...]]:
    """The best set of candidates of a block, and its compliance vector, over all subsets."""
    n = len(problem.sequence)
    best: tuple[object, frozenset[int], tuple[int, ...]] | None = None
    for size in range(min(n, problem.seats) + 1):
        for chosen in combinations(range(n), size):
            if not _caps_kept(problem, chosen):
                continue
            masks = [int(problem.masks[problem.sequence[i]]) for i in chosen] + list(problem.held)
            vector = compliance(masks, problem.minimums, problem.counting, problem.compliance)
            level = (sum(vector),) if problem.compliance == "total" else vector
            filled = size if problem.fill == "seats_first" else 0
            ranks = tuple(i in chosen for i in range(n))
            key = (level, filled, ranks)
            if best is None or key > best[0]:
                best = (key, frozenset(chosen), vector)
    assert best is not None
    return best[1], best[2]


def _caps_kept(problem: BlockProblem, chosen: Sequence[int]) -> bool:
    used = np.zeros(len(problem.slack), dtype=int)
    for i in chosen:
        for key in problem.keys[problem.sequence[i]]:
            if key >= 0:
                used[key] += 1
    return bool((used <= problem.slack).all())


def compliance(masks: Sequence[int], minimums: tuple[int, ...], counting: str, mode: str) -> tuple[int, ...]:
    """What each reserve reaches: counted each, or by the best assignment of one seat to each applicant."""
    if counting == "each":
        return tuple(min(sum(m >> g & 1 for m in masks), least) for g, least in enumerate(minimums))
    return _best_assignment(tuple(sorted(m for m in masks if m)), minimums, mode)


@cache
def _best_assignment(masks: tuple[int, ...], left: tuple[int, ...], mode: str) -> tuple[int, ...]:
    if not masks:
        return tuple(0 for _ in left)
    options = [_best_assignment(masks[1:], left, mode)]
    for g, room in enumerate(left):
        if masks[0] >> g & 1 and room:
            rest = _best_assignment(masks[1:], (*left[:g], room - 1, *left[g + 1 :]), mode)
            options.append((*rest[:g], rest[g] + 1, *rest[g + 1 :]))
    return max(options, key=lambda v: (sum(v), v) if mode == "total" else v)
