"""What is handed to the solver: sparse rows, bounds that changed, and the signatures under each cap key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.choice.problem import BlockProblem, Ints

Floats = npt.NDArray[np.float64]


@dataclass(eq=False)
class Model:
    """A solver with the bounds and costs it was last given, so that only what changed is sent."""

    solver: Any
    lower: Floats
    upper: Floats
    cost: Floats
    goal_cost: float

    def set_bounds(self, lower: Floats, upper: Floats) -> None:
        changed = np.flatnonzero((lower != self.lower) | (upper != self.upper)).astype(np.int32)
        if len(changed):
            self.solver.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
            self.lower, self.upper = lower, upper

    def set_cost(self, cost: Floats, goal: int, goal_cost: float) -> None:
        changed = np.flatnonzero(cost != self.cost).astype(np.int32)
        if len(changed):
            self.solver.changeColsCost(len(changed), changed, cost[changed])
            self.cost = cost
        if goal_cost != self.goal_cost:
            self.solver.changeColCost(goal, goal_cost)
            self.goal_cost = goal_cost


def quiet_solver() -> Any:
    """A solver that writes nothing to the standard output, which is for answers, not even while it is made."""
    import highspy

    class Quiet(highspy.Highs):
        """Silenced before its callbacks are set up, at which some versions print who they are."""

        def enableCallbacks(self) -> Any:
            self.setOptionValue("output_flag", False)
            return super().enableCallbacks()  # type: ignore[no-untyped-call]

    solver: Any = Quiet()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    return solver


@dataclass(frozen=True, eq=False)
class ByKey:
    """The signatures under each cap key."""

    starts: Ints
    signatures: npt.NDArray[np.int32]

    def members(self, key: int) -> npt.NDArray[np.int32]:
        members: npt.NDArray[np.int32] = self.signatures[self.starts[key] : self.starts[key + 1]]
        return members


@dataclass(frozen=True, eq=False)
class Matrix:
    """Rows of a linear programme as column-wise sparse data with bounds on each row."""

    start: npt.NDArray[np.int32]
    index: npt.NDArray[np.int32]
    value: Floats
    low: Floats
    high: Floats


def load(problem: BlockProblem, counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """How many of so many per signature fall under each cap key."""
    total = np.zeros(len(problem.slack), dtype=counts.dtype)
    for column in range(problem.keys.shape[1]):
        key = problem.keys[:, column]
        used = key >= 0
        total += np.bincount(key[used], weights=counts[used], minlength=len(total)).astype(counts.dtype)
    return total


def by_key(problem: BlockProblem) -> ByKey:
    """Look up which signatures stand under each cap key."""
    where, column = np.nonzero(problem.keys >= 0)
    key = problem.keys[where, column]
    order = np.argsort(key, kind="stable")
    counts = np.bincount(key, minlength=len(problem.slack))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return ByKey(starts, where[order].astype(np.int32))


def columnwise(parts: list[tuple[Any, Any, Any]], columns: int, low: Floats, high: Floats) -> Matrix:
    """Pieces of (rows, columns, values) as one sparse matrix, column by column."""
    row, column, value = (np.concatenate([np.asarray(part[i]) for part in parts]) for i in range(3))
    order = np.lexsort((row, column))
    start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=columns))])
    return Matrix(
        start.astype(np.int32), row[order].astype(np.int32), value[order].astype(float), low.astype(float), high
    )
