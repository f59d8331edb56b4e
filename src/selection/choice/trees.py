"""The groups of a block as a tree, where every two of them lie one inside the other or apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from selection.choice.problem import BlockProblem, Ints

UNLIMITED: Final = np.iinfo(np.int64).max // 4


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
    sizes[root] = UNLIMITED
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


def least(tree: Tree, targets: Ints) -> Ints:
    """How many each group must hold for its own target and those inside it."""
    low = np.zeros(len(tree.parent), dtype=np.int64)
    for level in tree.levels:
        low[level] = np.maximum(low[level], targets[level])
        np.add.at(low, tree.parent[level], low[level])
    low[tree.root] = max(low[tree.root], targets[tree.root])
    return low
