"""What a walk down the ranks of a block of nested groups meets, for all candidates at once.

A group holds what it must: its own target, or what it has and those inside it must have, if that is more. One more
applicant in a group adds to the group around it as soon as the target is reached; so who sits tells what each group
held at anybody's turn, and in which one a refused applicant found no room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.choice.problem import BlockProblem, Cause, Ints, Refusal
from selection.choice.trees import Tree, least
from selection.numbering import turn_within


def refusals(
    problem: BlockProblem, tree: Tree, high: Ints, targets: Ints, taken: npt.NDArray[np.bool_]
) -> Mapping[int, Refusal]:
    """Per signature that was refused a seat while there were any, its first refusal; `taken` who sits."""
    seated = np.flatnonzero(taken)
    end = len(taken) if len(seated) < problem.seats else int(seated[-1]) if len(seated) else 0
    out = np.flatnonzero(~taken[:end])
    signatures, first = np.unique(problem.sequence[out], return_index=True)
    in_turn = np.argsort(first)
    signatures, turns = signatures[in_turn], out[first[in_turn]]
    held = _Held(problem, tree, targets, seated)
    full = held.full(tree.leaf[signatures], turns, high)
    met = zip(signatures.tolist(), turns.tolist(), full.tolist(), held.short(turns, full), strict=True)
    return {s: Refusal(turn, *_cause(group, short, tree.keys)) for s, turn, group, short in met}


def _cause(group: int, short: tuple[int, ...], keys: int) -> tuple[Cause, dict[str, Any]]:
    if group < keys:
        return ("combination", {"keys": (group,), "reserves": short}) if short else ("cap", {"key": group})
    return ("reserved", {"reserves": short}) if short else ("capacity", {})


class _Held:
    """How many each group must hold at each turn, in what it has and what those inside it must have."""

    def __init__(self, problem: BlockProblem, tree: Tree, targets: Ints, seated: Ints) -> None:
        self.tree, self.targets, self.size = tree, targets, len(problem.sequence) + 1
        must = least(tree, targets)
        self.begin = np.zeros(len(targets), dtype=np.int64)
        for level in tree.levels:
            np.add.at(self.begin, tree.parent[level], must[level])
        added = np.sort(np.concatenate(list(self._added(tree.leaf[problem.sequence[seated]], seated))))
        self.added, self.before = added, np.searchsorted(added, np.arange(len(targets)) * self.size)

    def _added(self, group: Ints, turns: Ints) -> Iterator[Ints]:
        """For each group the turns at which one more came to it, from the leaves up, as numbers."""
        for level in (*self.tree.levels, np.array([self.tree.root])):
            here = np.zeros(len(self.targets), dtype=bool)
            here[level] = True
            some = np.flatnonzero(here[group])
            mine = group[some]
            yield mine * self.size + turns[some]
            beyond = turn_within(mine, len(self.targets)) >= (self.targets - self.begin)[mine]
            group[some[beyond]] = self.tree.parent[mine[beyond]]

    def at(self, groups: Ints, turns: Ints) -> Ints:
        """How many these groups held just before these turns."""
        return self.begin[groups] + np.searchsorted(self.added, groups * self.size + turns) - self.before[groups]

    def full(self, groups: Ints, turns: Ints, high: Ints) -> Ints:
        """The first group, from these outward, that would hold more than it can with one more in it at these turns."""
        groups = groups.copy()
        left = np.arange(len(groups))
        while len(left):
            mine = groups[left]
            left = left[(self.at(mine, turns[left]) < high[mine]) & (mine != self.tree.root)]
            groups[left] = self.tree.parent[groups[left]]
        return groups

    def short(self, turns: Ints, full: Ints) -> list[tuple[int, ...]]:
        """At each turn the reserves that still miss members, inside the full group if that is a cap's, else all."""
        found: list[list[int]] = [[] for _ in turns]
        around = np.where(full < self.tree.keys, full, self.tree.root)
        for group in range(self.tree.keys, self.tree.root):
            path = np.array([*self._outward(group)])
            misses = self.at(np.full(len(turns), group), turns) < self.targets[group]
            for place in np.flatnonzero(misses & np.isin(around, path)).tolist():
                found[place].append(group - self.tree.keys)
        return [tuple(one) for one in found]

    def _outward(self, group: int) -> Iterator[int]:
        while group != self.tree.root:
            yield group
            group = int(self.tree.parent[group])
        yield group
