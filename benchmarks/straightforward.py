"""The meaning of a block as a plain integer programme: the yardstick of the benchmark, and a second opinion for tests.

One complete model in counts per signature: every cap is a row, every reserve a variable for what it fills. The best
compliance and size are found and fixed; then, down the ranks, whoever is not in the solution at hand is asked for by
solving the whole programme again. Nothing is settled by counting, exchanging or relaxing. It shares nothing with
`selection.choice` but the record of the question.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from selection.choice import BlockProblem

Ints = npt.NDArray[np.int64]


class OutOfTimeError(Exception):
    """The time given was not enough."""


def straightforward(problem: BlockProblem, seconds: float = float("inf")) -> Ints:
    """The places of those who sit in the block; `OutOfTimeError` after so many seconds of processor time."""
    model = Model(problem, time.process_time() + seconds)
    model.fix_compliance()
    if problem.fill == "seats_first":
        model.fix_size()
    return descend(problem, model)


def descend(problem: BlockProblem, model: Model) -> Ints:
    """Down the ranks: in if in the solution at hand, else if the programme still has a solution with them in."""
    counts = model.solution()
    assert counts is not None
    admitted = np.zeros(len(problem.masks), dtype=np.int64)
    refused = np.zeros(len(problem.masks), dtype=bool)
    taken: list[int] = []
    for place, signature in enumerate(problem.sequence.tolist()):
        if len(taken) == problem.seats:
            break
        if refused[signature]:
            continue
        if counts[signature] == admitted[signature]:
            answer = model.solution_with(signature, int(admitted[signature]) + 1)
            if answer is None:
                refused[signature] = True
                model.at_most(signature, int(admitted[signature]))
                continue
            counts = answer
        admitted[signature] += 1
        model.at_least(signature, int(admitted[signature]))
        taken.append(place)
    return np.array(taken, dtype=np.int64)


class Model:
    """The integer programme: a count for each signature, a variable for what each reserve fills."""

    def __init__(self, problem: BlockProblem, deadline: float) -> None:
        self.problem, self.deadline = problem, deadline
        self.supply = np.bincount(problem.sequence, minlength=len(problem.masks))
        self.least = np.zeros(len(self.supply))
        self.most = self.supply.astype(float)
        solver: Any = highspy.Highs
        self.solver = solver()
        # Presolve off: the same programme is asked again and again, which is six times faster without it.
        options = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "presolve": "off"}
        for option, value in options.items():
            self.solver.setOptionValue(option, value)
        for limit in self.supply.tolist():
            self.column(limit, whole=True)
        self.row(-np.inf, problem.seats, dict.fromkeys(range(len(self.supply)), 1.0))
        self.caps()
        self.filled = [self.column(least) for least in problem.minimums]
        self.reserves_counted_each() if problem.counting == "each" else self.reserves_counted_once()

    def column(self, most: float, whole: bool = False) -> int:
        """A variable between zero and so much."""
        number = int(self.solver.getNumCol())
        self.solver.addCol(0.0, 0.0, most, 0, np.empty(0, dtype=np.int32), np.empty(0))
        if whole:
            self.solver.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        return number

    def row(self, low: float, high: float, terms: Mapping[int, float]) -> None:
        """A sum of variables between two bounds."""
        columns, values = np.array(list(terms), dtype=np.int32), np.array(list(terms.values()), dtype=float)
        self.solver.addRow(low, high, len(columns), columns, values)

    def caps(self) -> None:
        """Never more than so many under each cap key."""
        under: dict[int, dict[int, float]] = {}
        for signature, keys in enumerate(self.problem.keys.tolist()):
            for key in keys:
                if key >= 0:
                    terms = under.setdefault(key, {})
                    terms[signature] = terms.get(signature, 0.0) + 1.0
        for key, terms in under.items():
            self.row(-np.inf, float(self.problem.slack[key]), terms)

    def reserves_counted_each(self) -> None:
        """A reserve fills no more than it has members."""
        for reserve, column in enumerate(self.filled):
            members = np.flatnonzero(self.problem.masks >> reserve & 1)
            held = sum(mask >> reserve & 1 for mask in self.problem.held)
            self.row(-np.inf, held, {column: 1.0, **dict.fromkeys(members.tolist(), -1.0)})

    def reserves_counted_once(self) -> None:
        """Each applicant fills at most one reserved seat: how many of each mask go to each reserve."""
        arriving: dict[int, dict[int, float]] = {column: {column: 1.0} for column in self.filled}
        for mask in sorted({*self.problem.masks.tolist(), *self.problem.held}):
            leaving: dict[int, float] = {}
            for reserve, column in enumerate(self.filled):
                if mask >> reserve & 1:
                    flow = self.column(np.inf)
                    leaving[flow] = 1.0
                    arriving[column][flow] = -1.0
            members = np.flatnonzero(self.problem.masks == mask).tolist()
            if leaving:
                self.row(-np.inf, self.problem.held.count(mask), {**leaving, **dict.fromkeys(members, -1.0)})
        for terms in arriving.values():
            self.row(-np.inf, 0.0, terms)

    def fix_compliance(self) -> None:
        """Find the best that the reserves can reach, in order or in total, and demand it from now on."""
        together = [self.filled] if self.problem.compliance == "total" else [[column] for column in self.filled]
        for columns in together:
            self.fix_largest(columns)

    def fix_size(self) -> None:
        """Find the largest number of seats that can be filled, and demand it from now on."""
        self.fix_largest(list(range(len(self.supply))))

    def fix_largest(self, columns: list[int]) -> None:
        """Make the sum of these variables as large as it can be, and keep it there."""
        if not columns:
            return
        for column in columns:
            self.solver.changeColCost(column, -1.0)
        self.run()
        best = round(-self.solver.getInfo().objective_function_value)
        for column in columns:
            self.solver.changeColCost(column, 0.0)
        self.row(best, np.inf, dict.fromkeys(columns, 1.0))

    def solution(self) -> Ints | None:
        """Counts that keep every row, or None if there are none."""
        if not self.run():
            return None
        values = np.array(self.solver.getSolution().col_value)[: len(self.supply)]
        return np.asarray(np.rint(values).astype(np.int64))

    def solution_with(self, signature: int, count: int) -> Ints | None:
        """Counts with at least so many of a signature."""
        self.solver.changeColBounds(signature, float(count), self.most[signature])
        answer = self.solution()
        self.solver.changeColBounds(signature, self.least[signature], self.most[signature])
        return answer

    def at_least(self, signature: int, count: int) -> None:
        """Keep so many of a signature from now on."""
        self.least[signature] = count
        self.solver.changeColBounds(signature, self.least[signature], self.most[signature])

    def at_most(self, signature: int, count: int) -> None:
        """Let in no more than so many of a signature from now on."""
        self.most[signature] = count
        self.solver.changeColBounds(signature, self.least[signature], self.most[signature])

    def run(self) -> bool:
        """Solve to a gap of zero; whether there is a solution."""
        if time.process_time() > self.deadline:
            raise OutOfTimeError
        self.solver.run()
        status = self.solver.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible):
            raise RuntimeError(self.solver.modelStatusToString(status))
        return bool(status == highspy.HighsModelStatus.kOptimal)
