"""Nested reserves and caps: every two groups lie one inside the other or apart, so one pass in rank order is exact.

1. Arrange the groups as a tree; a group may hold at most its cap, the whole block at most its seats.
2. From the leaves up, find how many each group can hold at most, and how many it must hold for its minimums.
3. Go down the ranks; an applicant is in if no group on the way to the root must then hold more than it can.

The check is exact because in a tree a count for every group is possible as soon as each lies between the two bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selection.choice.coverage import filled_by
from selection.choice.problem import BlockProblem, Cause, Ints, Refusal, Solution

_UNLIMITED = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, eq=False)
class Tree:
    """Groups of signatures as a tree: cap keys first, then reserves, the whole block last.

    `parent` per group (the root is its own); `leaf` per signature the smallest group it is in; `levels` groups from
    the leaves up, each level's parents in later ones.
    """

    parent: Ints
    leaf: Ints
    levels: tuple[Ints, ...]
    keys: int

    @property
    def root(self) -> int:
        return len(self.parent) - 1


def tree_of(problem: BlockProblem) -> Tree | None:
    """The tree of a block's groups, or None where two of them cross."""
    keys, reserves = len(problem.slack), len(problem.minimums)
    root = keys + reserves
    # Counted once, an applicant who already holds a seat links the reserves they belong to like any other.
    held = np.array(problem.held if problem.counting == "once" else (), dtype=np.int64)
    masks = np.concatenate([problem.masks, held])
    idle = np.full(len(held), -1, dtype=np.int64)
    member = [np.concatenate([problem.keys[:, c], idle]) for c in range(problem.keys.shape[1])]
    member += [np.where(masks >> g & 1, keys + g, -1) for g, least in enumerate(problem.minimums) if least > 0]
    chains = np.stack([*member, np.full(len(masks), root)], axis=1)
    sizes = np.bincount(chains[chains >= 0], minlength=root + 1)
    sizes[root] = _UNLIMITED
    weight = np.where(chains >= 0, sizes[chains] * (root + 1.0) + chains, -1.0)
    chains = np.take_along_axis(chains, np.argsort(weight, axis=1, kind="stable"), axis=1)
    parent = np.full(root + 1, root, dtype=np.int64)
    for column in range(chains.shape[1] - 1):
        inner, outer = chains[:, column], chains[:, column + 1]
        used = inner >= 0
        parent[inner[used]] = outer[used]
    for column in range(chains.shape[1] - 1):
        inner, outer = chains[:, column], chains[:, column + 1]
        used = inner >= 0
        if (parent[inner[used]] != outer[used]).any():
            return None
    leaf = chains[np.arange(len(chains)), (chains >= 0).argmax(axis=1)][: len(problem.masks)]
    return Tree(parent, leaf, _levels(parent), keys)


def _levels(parent: Ints) -> tuple[Ints, ...]:
    """The groups below the root by depth, deepest first."""
    root = len(parent) - 1
    depth = np.zeros(len(parent), dtype=np.int64)
    at = np.arange(len(parent))
    while (at != root).any():
        depth += at != root
        at = parent[at]
    return tuple(np.flatnonzero(depth == d) for d in range(int(depth.max(initial=0)), 0, -1))


def solve_nested(problem: BlockProblem, tree: Tree) -> Solution | None:
    """The exact block by one pass; None where the best compliance is no simple vector (totals that cannot be full)."""
    high = _most(problem, tree)
    targets = _targets(problem, tree, high)
    if targets is None:
        return None
    return _Pass(problem, tree, high, targets).run()


def _most(problem: BlockProblem, tree: Tree) -> Ints:
    """How many each group can hold at most."""
    high = np.zeros(len(tree.parent), dtype=np.int64)
    np.add.at(high, tree.leaf, problem.supply)
    limit = np.concatenate([problem.slack, np.full(len(problem.minimums), _UNLIMITED), [problem.seats]])
    for level in tree.levels:
        high[level] = np.minimum(high[level], limit[level])
        np.add.at(high, tree.parent[level], high[level])
    high[tree.root] = min(high[tree.root], problem.seats)
    return high


def _least(tree: Tree, targets: Ints) -> Ints:
    """How many each group must hold for its own target and those inside it."""
    low = np.zeros(len(tree.parent), dtype=np.int64)
    for level in tree.levels:
        low[level] = np.maximum(low[level], targets[level])
        np.add.at(low, tree.parent[level], low[level])
    low[tree.root] = max(low[tree.root], targets[tree.root])
    return low


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
    return bool((_least(tree, _as_targets(problem, tree, filled)) <= high).all())


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


class _Pass:
    """The state of one walk down the ranks."""

    def __init__(self, problem: BlockProblem, tree: Tree, high: Ints, targets: Ints) -> None:
        self.problem, self.tree = problem, tree
        self.high: list[int] = high.tolist()
        self.targets: list[int] = targets.tolist()
        self.must: list[int] = _least(tree, targets).tolist()
        inner = np.zeros(len(targets), dtype=np.int64)
        for level in tree.levels:
            np.add.at(inner, tree.parent[level], np.array(self.must)[level])
        self.inner: list[int] = inner.tolist()
        self.parent: list[int] = tree.parent.tolist()

    def run(self) -> Solution:
        problem, leaf = self.problem, self.tree.leaf.tolist()
        taken = np.zeros(len(problem.sequence), dtype=bool)
        refusals: dict[int, Refusal] = {}
        seats = 0
        for turn, signature in enumerate(problem.sequence.tolist()):
            if seats >= problem.seats:
                break
            if signature in refusals:
                continue
            stopped = self._admit(leaf[signature])
            if stopped is None:
                taken[turn] = True
                seats += 1
            else:
                refusals[signature] = Refusal(turn, *self._cause(stopped))
        counts: dict[int, int] = {}
        for mask in [*problem.masks[problem.sequence[taken]].tolist(), *problem.held]:
            counts[mask] = counts.get(mask, 0) + 1
        return Solution(taken, filled_by(problem, counts), refusals, "nested", "one pass over nested groups")

    def _admit(self, group: int) -> int | None:
        """Seat one more in a group, or the group that would then have to hold more than it can."""
        path: list[int] = []
        root = self.tree.root
        while True:
            path.append(group)
            grown = self.inner[group] + 1
            if grown <= self.targets[group]:
                break
            if grown > self.high[group]:
                return group
            if group == root:
                break
            group = self.parent[group]
        for one in path:
            self.inner[one] += 1
            self.must[one] = max(self.targets[one], self.inner[one])
        return None

    def _cause(self, group: int) -> tuple[Cause, dict[str, Any]]:
        if group < self.tree.keys:
            short = self._short_below(group)
            return ("combination", {"keys": (group,), "reserves": short}) if short else ("cap", {"key": group})
        short = self._short_below(self.tree.root)
        return ("reserved", {"reserves": short}) if short else ("capacity", {})

    def _short_below(self, group: int) -> tuple[int, ...]:
        """The reserves inside a group that still miss members."""
        short = []
        for g in range(self.tree.keys, self.tree.root):
            if self.inner[g] < self.targets[g] and self._inside(g, group):
                short.append(g - self.tree.keys)
        return tuple(short)

    def _inside(self, group: int, other: int) -> bool:
        while group not in (other, self.tree.root):
            group = self.parent[group]
        return group == other
