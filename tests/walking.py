"""The walk down the ranks of a block of nested groups, one candidate after the other: slow and plain."""

from __future__ import annotations

from typing import Any

import numpy as np

from selection.choice.problem import BlockProblem, Cause, Ints, Refusal
from selection.choice.trees import Tree, least


def walk(problem: BlockProblem, tree: Tree, high: Ints, targets: Ints) -> dict[int, Refusal]:
    """Per signature that was refused a seat while there were any, its first refusal."""
    return _Walk(problem, tree, high, targets).run()


class _Walk:
    """The state of one walk down the ranks."""

    def __init__(self, problem: BlockProblem, tree: Tree, high: Ints, targets: Ints) -> None:
        self.problem, self.tree = problem, tree
        self.high: list[int] = high.tolist()
        self.targets: list[int] = targets.tolist()
        self.must: list[int] = least(tree, targets).tolist()
        inner = np.zeros(len(targets), dtype=np.int64)
        for level in tree.levels:
            np.add.at(inner, tree.parent[level], np.array(self.must)[level])
        self.inner: list[int] = inner.tolist()
        self.parent: list[int] = tree.parent.tolist()
        self.root = tree.root

    def run(self) -> dict[int, Refusal]:
        problem, leaf = self.problem, self.tree.leaf.tolist()
        refusals: dict[int, Refusal] = {}
        seats = 0
        for turn, signature in enumerate(problem.sequence.tolist()):
            if seats >= problem.seats:
                break
            if signature in refusals:
                continue
            stopped = self._admit(leaf[signature])
            if stopped is None:
                seats += 1
            else:
                refusals[signature] = Refusal(turn, *self._cause(stopped))
        return refusals

    def _admit(self, group: int) -> int | None:
        """Seat one more in a group, or the group that would then have to hold more than it can."""
        path: list[int] = []
        while True:
            path.append(group)
            grown = self.inner[group] + 1
            if grown <= self.targets[group]:
                break
            if grown > self.high[group]:
                return group
            if group == self.root:
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
