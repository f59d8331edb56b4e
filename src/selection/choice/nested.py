"""Nested reserves and caps: every two groups lie one inside the other or apart, so one pass in rank order is exact.

1. Arrange the groups as a tree; a group may hold at most its cap, the whole block at most its seats.
2. From the leaves up, find how many each group can hold at most, and how many it must hold for its minimums.
3. Go down the ranks; an applicant is in if no group on the way to the root must then hold more than it can.

The check is exact because in a tree a count for every group is possible as soon as each lies between the two bounds.
Whom that pass seats is also found for all groups of a level at once: each group keeps those its inner groups must hold,
then the best of the others, as many as it can hold, and names the best it must hold. What the pass meets on its way
(`walking`) is found when somebody asks why others were refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from selection.choice.coverage import filled_by
from selection.choice.problem import BlockProblem, Ints, Refusals, Solution
from selection.choice.trees import UNLIMITED, Tree, least
from selection.choice.walking import refusals
from selection.numbering import order


def solve_nested(problem: BlockProblem, tree: Tree) -> Solution | None:
    """The exact block by one pass; None where the best compliance is no simple vector (totals that cannot be full)."""
    high = _most(problem, tree)
    targets = _targets(problem, tree, high)
    if targets is None:
        return None
    taken = _seated(problem, tree, high, least(tree, targets))
    counts = Counter([*problem.masks[problem.sequence[taken]].tolist(), *problem.held])
    met = Refusals(partial(refusals, problem, tree, high, targets, taken))
    return Solution(taken, filled_by(problem, counts), met, "nested", "one pass over nested groups")


def _seated(problem: BlockProblem, tree: Tree, high: Ints, must: Ints) -> npt.NDArray[np.bool_]:
    """Whom the pass seats, level by level from the leaves up."""
    group = tree.leaf[problem.sequence]
    due = np.zeros(len(group), dtype=bool)
    for level in (*tree.levels, np.array([tree.root])):
        here = np.zeros(len(tree.parent) + 1, dtype=bool)
        here[level] = True
        some = np.flatnonzero(here[group])
        mine = group[some]
        place = _place_within(mine, due[some], len(tree.parent))
        due[some] = place < must[mine]
        group[some] = np.where(place < high[mine], tree.parent[mine], len(tree.parent))
    seated: npt.NDArray[np.bool_] = group == tree.root
    return seated


def _place_within(group: Ints, due: npt.NDArray[np.bool_], groups: int) -> Ints:
    """Each one's place in their group: those due first, then as they stand."""
    placed = order(group * 2 + ~due, groups * 2)
    counts = np.bincount(group, minlength=groups)
    place = np.empty(len(group), dtype=np.int64)
    place[placed] = np.arange(len(group)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place


def _most(problem: BlockProblem, tree: Tree) -> Ints:
    """How many each group can hold at most."""
    high = np.zeros(len(tree.parent), dtype=np.int64)
    np.add.at(high, tree.leaf, problem.supply)
    limit = np.concatenate([problem.slack, np.full(len(problem.minimums), UNLIMITED), [problem.seats]])
    for level in tree.levels:
        high[level] = np.minimum(high[level], limit[level])
        np.add.at(high, tree.parent[level], high[level])
    high[tree.root] = min(high[tree.root], problem.seats)
    return high


def _targets(problem: BlockProblem, tree: Tree, high: Ints) -> Ints | None:
    """What each group must hold for the best compliance."""
    filled = list(problem.minimums)
    if not _possible(problem, tree, high, filled):
        if problem.compliance == "total":
            return None
        filled = [0] * len(filled)
        for g, least in enumerate(problem.minimums):
            filled[g] = _largest(problem, tree, high, filled, g, least)
    return _as_targets(problem, tree, filled)


def _largest(problem: BlockProblem, tree: Tree, high: Ints, filled: list[int], g: int, least: int) -> int:
    low, most = 0, least
    while low < most:
        middle = (low + most + 1) // 2
        if _possible(problem, tree, high, [*filled[:g], middle, *filled[g + 1 :]]):
            low = middle
        else:
            most = middle - 1
    return low


def _possible(problem: BlockProblem, tree: Tree, high: Ints, filled: Sequence[int]) -> bool:
    return bool((least(tree, _as_targets(problem, tree, filled)) <= high).all())


def _as_targets(problem: BlockProblem, tree: Tree, filled: Sequence[int]) -> Ints:
    """Targets per group: a reserve's own (each), or with those of the reserves inside it (once), less who is held."""
    targets = np.zeros(len(tree.parent), dtype=np.int64)
    own = targets.copy()
    own[tree.keys : tree.root] = filled
    if problem.counting == "once":
        for level in tree.levels:
            np.add.at(own, tree.parent[level], own[level])
    targets[tree.keys : tree.root] = own[tree.keys : tree.root]
    for mask in problem.held:
        for g in range(len(problem.minimums)):
            targets[tree.keys + g] -= mask >> g & 1
    targets[own == 0] = 0
    return np.maximum(targets, 0)
