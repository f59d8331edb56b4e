"""One block: reduce the question, pick the cheapest exact method that applies, bring the answer back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from selection.choice.greedy import solve_greedy
from selection.choice.nested import solve_nested, tree_of
from selection.choice.once import solve_once
from selection.choice.problem import BlockProblem, Ints, Reduction, Refusal, Solution, reduce
from selection.choice.search import solve_general

Method = Literal["greedy", "nested", "once", "general"]


@dataclass(frozen=True, eq=False)
class Solved:
    """A block's answer, with the way from its signatures to the merged ones the refusals speak of."""

    solution: Solution
    merged: Ints

    def refusal(self, signature: int) -> Refusal | None:
        """Why a signature of the block got no further seat; None where the seats simply ran out."""
        return self.solution.refusals.get(int(self.merged[signature]))


def solve(problem: BlockProblem, method: Method | None = None) -> Solved:
    """The exact outcome of a block, by the given method or the cheapest that applies."""
    reduction = reduce(problem)
    small = reduction.problem
    tries: dict[Method, Callable[[BlockProblem], Solution | None]] = {
        "greedy": _greedy,
        "nested": _nested,
        "once": _once,
        "general": solve_general,
    }
    for name in (method,) if method else tries:
        found = tries[name](small)
        if found is not None:
            return _back(problem, reduction, found)
    raise ValueError(f"the method {method!r} does not apply to this block")


def _greedy(problem: BlockProblem) -> Solution | None:
    free = not any(problem.minimums)
    return solve_greedy(problem) if free and problem.fill == "priority_first" else None


def _nested(problem: BlockProblem) -> Solution | None:
    tree = tree_of(problem)
    return solve_nested(problem, tree) if tree is not None else None


def _once(problem: BlockProblem) -> Solution | None:
    return solve_once(problem) if problem.counting == "once" and not problem.keys.shape[1] else None


def _back(problem: BlockProblem, reduction: Reduction, found: Solution) -> Solved:
    taken = np.zeros(len(problem.sequence), dtype=bool)
    taken[reduction.kept[found.taken]] = True
    return Solved(replace(found, taken=taken), reduction.merged)
