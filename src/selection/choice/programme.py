"""The integer programme on signature counts, solved by HiGHS.

A variable for each signature says how many of its best candidates sit in the block. Each question is asked of the
linear relaxation first, which keeps its basis from call to call and nearly always answers with whole numbers; where it
does not, the integer programme is solved to a gap of zero. Cap rows are added only once an answer breaks them: with
fewer rows "no" is still a proof, and a "yes" is checked against every cap. Every answer is checked in whole numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from selection.choice.coverage import Rows
from selection.choice.effort import Effort, SolverError
from selection.choice.matrices import Floats, Matrix, Model, by_key, columnwise, load, quiet_solver
from selection.choice.problem import BlockProblem, Ints

_WHOLE = 1e-6
_NEAR = 400


class Programme:
    """How many of each signature can sit in a block, under its seats, caps and compliance rows.

    Columns: a count per signature, a phantom per mask (one more applicant of that mask under no cap at all), a count
    per mask (their sums), and a goal to be maximised: it is taken off the rows marked in `goal[0]` and is at most
    `goal[1]`. `least` is the smallest number of seats to fill.
    """

    def __init__(
        self,
        problem: BlockProblem,
        rows: Rows,
        effort: Effort,
        least: int = 0,
        goal: tuple[Ints, int] | None = None,
    ) -> None:
        self.problem, self.rows, self.effort = problem, rows, effort
        self.supply = problem.supply
        self.masks, self.mask_of = np.unique(problem.masks, return_inverse=True)
        self.weights = rows.weights(self.masks)
        held = np.array(problem.held, dtype=np.int64)
        self.needed = rows.targets - rows.weights(held).sum(axis=0) if len(held) else rows.targets
        self.least = least
        self.phantom: int | None = None
        self._goal = goal
        self.under = by_key(problem)
        self._matrix = self._build()
        self._linear = self._model(whole=False)
        self._integer: Model | None = None

    def feasible(self, lower: Ints, upper: Ints, cost: Floats | None = None) -> Ints | None:
        """Counts between these bounds that satisfy every row, or None if there are none (a proof)."""
        found = self._solve(lower, upper, cost if cost is not None else np.zeros(len(lower)), 0.0)
        return None if found is None else found[0]

    def refuses(self, lower: Ints, upper: Ints, mask: int, cost: Floats) -> bool:
        """Whether one more applicant of a mask (by its place in `masks`), under no cap at all, could not be seated."""
        self.phantom = mask
        self._phantom_bound(1.0)
        try:
            return self._solve(lower, upper, cost, 0.0) is None
        finally:
            self._phantom_bound(0.0)
            self.phantom = None

    def _phantom_bound(self, bound: float) -> None:
        column = len(self.supply) + int(self.phantom or 0)
        for model in (self._linear, self._integer):
            if model is not None:
                model.solver.changeColBounds(column, bound, bound)

    def largest(self) -> tuple[int, Ints]:
        """The largest total number of seats that can be filled, with counts that reach it."""
        zero, most = np.zeros(len(self.supply), dtype=np.int64), self.supply
        found = self._solve(zero, most, np.full(len(most), -1.0), 0.0, optimal=True)
        assert found is not None, "the compliance that was just reached can be reached"
        return int(found[0].sum()), found[0]

    def most_of_goal(self) -> int:
        """The largest value the goal rows allow."""
        zero, most = np.zeros(len(self.supply), dtype=np.int64), self.supply
        found = self._solve(zero, most, np.zeros(len(most)), -1.0, optimal=True)
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

    def _solve(
        self, lower: Ints, upper: Ints, cost: Floats, goal_cost: float, optimal: bool = False
    ) -> tuple[Ints, int] | None:
        """Ask the linear relaxation, then the integer programme if the answer is not whole.

        Where any answer will do, the integer programme is asked for the first it finds: `cost` is a preference only.
        """
        relaxed = self._within_caps(self._linear, lower, upper, cost, goal_cost)
        if relaxed is None:
            return None
        answer = self._whole(relaxed, goal_cost)
        if answer is not None:
            return answer
        if self._integer is None:
            self._integer = self._model(whole=True)
            if self.phantom is not None:
                self._phantom_bound(1.0)
        if not optimal:
            answer = self._near(relaxed, lower, upper, cost)
            if answer is not None:
                return answer
        exact = self._within_caps(self._integer, lower, upper, cost if optimal else np.zeros(len(cost)), goal_cost)
        if exact is None:
            return None
        answer = self._whole(exact, goal_cost)
        if answer is None:
            raise SolverError("solver_unsound", "The solver's answer does not satisfy the rules when checked.")
        return answer

    def _near(self, relaxed: Floats, lower: Ints, upper: Ints, cost: Floats) -> tuple[Ints, int] | None:
        """Whole numbers near a fractional answer: only its fractional counts and the most wanted others may move."""
        assert self._integer is not None
        counts = relaxed[: len(self.supply)]
        fractional = np.abs(counts - np.rint(counts)) > _WHOLE
        wanted = np.argsort(cost, kind="stable")[: _NEAR + int(fractional.sum())]
        moving = fractional.copy()
        moving[wanted] = True
        fixed = np.rint(counts).astype(np.int64)
        low, high = np.where(moving, lower, fixed), np.where(moving, upper, fixed)
        values = self._within_caps(self._integer, low, high, np.zeros(len(cost)), 0.0)
        return None if values is None else self._whole(values, 0.0)

    def _within_caps(self, model: Model, lower: Ints, upper: Ints, cost: Floats, goal_cost: float) -> Floats | None:
        """Solve, add the cap rows that the answer breaks, and solve again until it breaks none."""
        while True:
            values = self._run(model, lower, upper, cost, goal_cost)
            if values is None:
                return None
            used = load(self.problem, values[: len(self.supply)])
            broken = np.flatnonzero(used > self.problem.slack + _WHOLE)
            if not len(broken):
                return values
            self._add_caps(model.solver, broken)

    def _add_caps(self, solver: Any, keys: Ints) -> None:
        under = [self.under.members(key) for key in keys.tolist()]
        sizes = [len(columns) for columns in under]
        if sizes:
            starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
            infinite = np.full(len(keys), -np.inf)
            limits = self.problem.slack[keys].astype(float)
            solver.addRows(len(keys), infinite, limits, sum(sizes), starts, np.concatenate(under), np.ones(sum(sizes)))

    def _whole(self, values: Floats, goal_cost: float) -> tuple[Ints, int] | None:
        counts = np.rint(values[: len(self.supply)])
        if np.abs(counts - values[: len(self.supply)]).max(initial=0.0) > _WHOLE:
            return None
        whole = counts.astype(np.int64)
        if goal_cost:
            return whole, math.floor(float(values[-1]) + _WHOLE)
        return (whole, 0) if self.phantom is not None or self.fits(whole) else None

    def _build(self) -> Matrix:
        problem, count = self.problem, len(self.supply)
        masks, rows = len(self.masks), len(self.needed)
        signature = np.arange(count)
        parts: list[tuple[Any, Any, Any]] = [
            (self.mask_of, signature, np.ones(count)),
            (np.arange(masks), count + np.arange(masks), np.ones(masks)),
            (np.arange(masks), count + masks + np.arange(masks), -np.ones(masks)),
            (np.full(count + masks, masks), np.arange(count + masks), np.ones(count + masks)),
        ]
        top = masks + 1
        mask, row = np.nonzero(self.weights)
        parts.append((top + row, count + masks + mask, self.weights[mask, row].astype(float)))
        if self._goal is not None:
            at = np.flatnonzero(self._goal[0])
            parts.append((top + at, np.full(len(at), count + 2 * masks), np.full(len(at), -1.0)))
        low = np.concatenate([np.zeros(masks), [self.least], self.needed])
        high = np.concatenate([np.zeros(masks), [problem.seats], np.full(rows, np.inf)])
        return columnwise(parts, count + 2 * masks + 1, low, high)

    def _model(self, whole: bool) -> Model:
        import highspy

        matrix, count = self._matrix, len(self.supply)
        masks = len(self.masks)
        columns = count + 2 * masks + 1
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, len(matrix.low)
        lp.col_cost_ = np.zeros(columns)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = np.concatenate([self.supply, np.zeros(masks), np.full(masks, np.inf), [self._goal_limit()]])
        lp.row_lower_, lp.row_upper_ = matrix.low, matrix.high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.start, matrix.index, matrix.value
        if whole:
            kinds = highspy.HighsVarType
            lp.integrality_ = [kinds.kInteger] * count + [kinds.kContinuous] * (2 * masks + 1)
        solver = quiet_solver()
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 0.0)
        solver.passModel(lp)
        if whole:
            self._add_caps(solver, np.flatnonzero(np.diff(self.under.starts)))
        return Model(solver, np.zeros(count), self.supply.astype(float), np.zeros(count), 0.0)

    def _goal_limit(self) -> float:
        return 0.0 if self._goal is None else float(self._goal[1])

    def _run(self, model: Model, lower: Ints, upper: Ints, cost: Floats, goal_cost: float) -> Floats | None:
        import highspy

        solver, goal = model.solver, len(self.supply) + 2 * len(self.masks)
        model.set_bounds(lower.astype(float), upper.astype(float))
        model.set_cost(cost, goal, goal_cost)
        self.effort.before(solver, whole=model is self._integer)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            sentence = f"The solver stopped without a proof ({solver.modelStatusToString(status)})."
            raise SolverError("no_proof", sentence, status=solver.modelStatusToString(status))
        return np.array(solver.getSolution().col_value)
