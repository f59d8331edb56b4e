"""The integer programme on signature counts, solved by HiGHS.

A variable for each signature says how many of its best candidates sit in the block. Each question is asked of the
linear relaxation first, which keeps its basis from call to call and nearly always answers with whole numbers; where it
does not, the integer programme is solved to a gap of zero. Every answer is checked again in whole numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.choice.coverage import Rows
from selection.choice.problem import BlockProblem, Ints
from selection.errors import SelectionError

Floats = npt.NDArray[np.float64]
_WHOLE = 1e-6


class SolverError(SelectionError):
    """The solver stopped without a proof."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Rows of a linear programme as column-wise sparse data with bounds on each row."""

    start: npt.NDArray[np.int32]
    index: npt.NDArray[np.int32]
    value: Floats
    low: Floats
    high: Floats


class Programme:
    """How many of each signature can sit in a block, under its seats, caps and compliance rows.

    Columns: a count per signature, a count per mask (their sums), and a goal to be maximised: it is taken off the rows
    marked in `goal[0]` and is at most `goal[1]`. `least` is the smallest number of seats to fill.
    """

    def __init__(self, problem: BlockProblem, rows: Rows, least: int = 0, goal: tuple[Ints, int] | None = None) -> None:
        self.problem, self.rows = problem, rows
        self.supply = problem.supply
        self.masks, self.mask_of = np.unique(problem.masks, return_inverse=True)
        self.weights = rows.weights(self.masks)
        held = np.array(problem.held, dtype=np.int64)
        self.needed = rows.targets - rows.weights(held).sum(axis=0) if len(held) else rows.targets
        self.least = least
        self.calls = 0
        self._goal = goal
        self._matrix = self._build()
        self._linear = self._model(whole=False)
        self._integer: Any = None

    def feasible(self, lower: Ints, upper: Ints, cost: Floats | None = None) -> Ints | None:
        """Counts between these bounds that satisfy every row, or None if there are none (a proof)."""
        found = self._solve(lower, upper, cost if cost is not None else np.zeros(len(lower)), 0.0)
        return None if found is None else found[0]

    def largest(self) -> tuple[int, Ints]:
        """The largest total number of seats that can be filled, with counts that reach it."""
        zero, most = np.zeros(len(self.supply), dtype=np.int64), self.supply
        found = self._solve(zero, most, np.full(len(most), -1.0), 0.0)
        assert found is not None, "the compliance that was just reached can be reached"
        return int(found[0].sum()), found[0]

    def most_of_goal(self) -> int:
        """The largest value the goal rows allow."""
        zero, most = np.zeros(len(self.supply), dtype=np.int64), self.supply
        found = self._solve(zero, most, np.zeros(len(most)), -1.0)
        assert found is not None, "filling nothing more is always possible"
        return found[1]

    def fits(self, counts: Ints) -> bool:
        """Whether whole numbers satisfy every row, checked without the solver."""
        problem = self.problem
        if counts.sum() > problem.seats or counts.sum() < self.least or (counts < 0).any():
            return False
        return not (load(problem, counts) > problem.slack).any() and not (self.reached(counts) < self.needed).any()

    def reached(self, counts: Ints) -> Ints:
        """What counts per signature add to each compliance row."""
        members = np.zeros(len(self.masks), dtype=np.int64)
        np.add.at(members, self.mask_of, counts)
        reached: Ints = members @ self.weights
        return reached

    def _solve(self, lower: Ints, upper: Ints, cost: Floats, goal_cost: float) -> tuple[Ints, int] | None:
        """Ask the linear relaxation, then the integer programme if the answer is not whole."""
        self.calls += 1
        relaxed = self._run(self._linear, lower, upper, cost, goal_cost)
        if relaxed is None:
            return None
        answer = self._whole(relaxed, goal_cost)
        if answer is not None:
            return answer
        if self._integer is None:
            self._integer = self._model(whole=True)
        self.calls += 1
        exact = self._run(self._integer, lower, upper, cost, goal_cost)
        if exact is None:
            return None
        answer = self._whole(exact, goal_cost)
        if answer is None:
            raise SolverError("solver_unsound", "The solver's answer does not satisfy the rules when checked.")
        return answer

    def _whole(self, values: Floats, goal_cost: float) -> tuple[Ints, int] | None:
        counts = np.rint(values[: len(self.supply)])
        if np.abs(counts - values[: len(self.supply)]).max(initial=0.0) > _WHOLE:
            return None
        whole = counts.astype(np.int64)
        if goal_cost:
            return whole, math.floor(float(values[-1]) + _WHOLE)
        return (whole, 0) if self.fits(whole) else None

    def _build(self) -> Matrix:
        problem, count = self.problem, len(self.supply)
        masks, rows = len(self.masks), len(self.needed)
        signature = np.arange(count)
        parts: list[tuple[Any, Any, Any]] = [
            (self.mask_of, signature, np.ones(count)),
            (np.arange(masks), count + np.arange(masks), -np.ones(masks)),
            (np.full(count, masks), signature, np.ones(count)),
        ]
        used, keys = np.unique(problem.keys[problem.keys >= 0], return_inverse=True)
        where = np.nonzero(problem.keys >= 0)[0]
        parts.append((masks + 1 + keys, where, np.ones(len(where))))
        top = masks + 1 + len(used)
        mask, row = np.nonzero(self.weights)
        parts.append((top + row, count + mask, self.weights[mask, row].astype(float)))
        if self._goal is not None:
            at = np.flatnonzero(self._goal[0])
            parts.append((top + at, np.full(len(at), count + masks), np.full(len(at), -1.0)))
        infinite = np.inf
        low = np.concatenate([np.zeros(masks), [self.least], np.full(len(used), -infinite), self.needed])
        high = np.concatenate([np.zeros(masks), [problem.seats], problem.slack[used], np.full(rows, infinite)])
        return _columnwise(parts, count + masks + 1, low, high)

    def _model(self, whole: bool) -> Any:
        import highspy

        matrix, count = self._matrix, len(self.supply)
        columns = count + len(self.masks) + 1
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, len(matrix.low)
        lp.col_cost_ = np.zeros(columns)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = np.concatenate([self.supply, np.full(len(self.masks), np.inf), [self._goal_limit()]])
        lp.row_lower_, lp.row_upper_ = matrix.low, matrix.high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.start, matrix.index, matrix.value
        if whole:
            kinds = highspy.HighsVarType
            lp.integrality_ = [kinds.kInteger] * count + [kinds.kContinuous] * (len(self.masks) + 1)
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.0)
        solver.passModel(lp)
        return solver

    def _goal_limit(self) -> float:
        return 0.0 if self._goal is None else float(self._goal[1])

    def _run(self, solver: Any, lower: Ints, upper: Ints, cost: Floats, goal_cost: float) -> Floats | None:
        import highspy

        count, columns = len(self.supply), len(self.supply) + len(self.masks) + 1
        index = np.arange(count, dtype=np.int32)
        solver.changeColsBounds(count, index, lower.astype(float), upper.astype(float))
        solver.changeColsCost(count, index, cost)
        solver.changeColCost(columns - 1, goal_cost)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            sentence = f"The solver stopped without a proof ({solver.modelStatusToString(status)})."
            raise SolverError("no_proof", sentence, status=solver.modelStatusToString(status))
        return np.array(solver.getSolution().col_value)


def load(problem: BlockProblem, counts: Ints) -> Ints:
    """How many of so many per signature fall under each cap key."""
    total = np.zeros(len(problem.slack), dtype=np.int64)
    for column in range(problem.keys.shape[1]):
        key = problem.keys[:, column]
        used = key >= 0
        np.add.at(total, key[used], counts[used])
    return total


def _columnwise(parts: list[tuple[Any, Any, Any]], columns: int, low: Floats, high: Floats) -> Matrix:
    row, column, value = (np.concatenate([np.asarray(part[i]) for part in parts]) for i in range(3))
    order = np.lexsort((row, column))
    start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=columns))])
    return Matrix(
        start.astype(np.int32), row[order].astype(np.int32), value[order].astype(float), low.astype(float), high
    )
