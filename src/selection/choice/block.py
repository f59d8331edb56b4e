"""One block: reduce the question, pick the cheapest exact method that applies, bring the answer back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from selection.choice.greedy import solve_greedy
from selection.choice.nested import solve_nested
from selection.choice.once import solve_once
from selection.choice.problem import CAUSES, BlockProblem, Ints, Reduction, Refusal, Solution, reduce
from selection.choice.search import solve_general
from selection.choice.trees import tree_of
from selection.numbering import turn_within

Method = Literal["greedy", "nested", "once", "general"]


@dataclass(frozen=True, eq=False)
class Solved:
    """A block's question and answer, and what stood in the way of whoever is not in it.

    `end` the turn at which the last seat went (-1 if there was none, past the end if seats were left); `merged` the way
    from signatures to those the solution's refusals speak of.
    """

    problem: BlockProblem
    solution: Solution
    end: int
    merged: Ints

    @cached_property
    def cap_key(self) -> Ints:
        """Per signature the cap key that was already full at the turn of its first refused member, or -1."""
        return _full_caps(self.problem, self.solution.taken)

    def refusal(self, signature: int, turn: int) -> Refusal:
        """Why the applicant of a signature got no seat at this turn: no seat left, a full cap, or what was recorded."""
        key = int(self.cap_key[signature])
        if turn <= self.end and key >= 0:
            return Refusal(turn, "cap", {"key": key})
        recorded = self.solution.refusals.get(int(self.merged[signature]))
        return recorded if turn <= self.end and recorded is not None else Refusal(turn, "capacity")

    def causes(self, signatures: Ints, turns: Ints) -> npt.NDArray[np.int8]:
        """The causes of many refusals as places in `CAUSES`."""
        recorded = np.zeros(int(self.merged.max(initial=-1)) + 1, dtype=np.int8)
        for merged, refusal in self.solution.refusals.items():
            recorded[merged] = CAUSES.index(refusal.cause)
        by_signature = np.where(self.cap_key >= 0, CAUSES.index("cap"), recorded[self.merged])
        return np.where(turns > self.end, CAUSES.index("capacity"), by_signature[signatures]).astype(np.int8)


def solve(problem: BlockProblem, method: Method | None = None, seconds: float | None = None) -> Solved:
    """The exact outcome of a block, by the given method or the cheapest that applies; `seconds` limits the solver."""
    reduction = reduce(problem)
    small = reduction.problem
    tries: dict[Method, Callable[[BlockProblem], Solution | None]] = {
        "greedy": _greedy,
        "nested": _nested,
        "once": _once,
        "general": partial(solve_general, seconds=seconds),
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
    turns = np.flatnonzero(taken)
    end = len(taken) if len(turns) < problem.seats else int(turns[-1]) if len(turns) else -1
    return Solved(problem, replace(found, taken=taken), end, reduction.merged)


def _full_caps(problem: BlockProblem, taken: npt.NDArray[np.bool_]) -> Ints:
    """Per signature the cap key that filled first, if it was full before the turn of its first refused member."""
    never = len(taken)
    refused = np.flatnonzero(~taken)[::-1]
    first = np.full(len(problem.masks), -1, dtype=np.int64)
    first[problem.sequence[refused]] = refused
    filled = np.where(problem.slack <= 0, -1, never)
    turns = np.repeat(np.flatnonzero(taken), problem.keys.shape[1])
    keys = problem.keys[problem.sequence[taken]].ravel()
    turns, keys = turns[keys >= 0], keys[keys >= 0]
    last = turn_within(keys, len(problem.slack)) == problem.slack[keys] - 1
    filled[keys[last]] = turns[last]
    filled = np.append(filled, never)  # at -1, no cap, which never fills
    best, when = np.full(len(first), -1, dtype=np.int64), np.full(len(first), never, dtype=np.int64)
    for column in range(problem.keys.shape[1]):
        key = problem.keys[:, column]
        full = filled[key]
        sooner = (full < first) & (full < when)
        best[sooner], when[sooner] = key[sooner], full[sooner]
    return best
