"""Caps alone, rank before full seats: whoever breaks no cap when their turn comes is in.

Removing people never breaks a cap, so a set can be extended as long as it keeps the caps itself; the best set in rank
order is therefore found by one look at each applicant, however the caps cross.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from selection.choice.problem import BlockProblem, Refusal, Solution


def solve_greedy(problem: BlockProblem) -> Solution:
    """The exact block without minimums where rank comes before full seats."""
    taken = np.zeros(len(problem.sequence), dtype=bool)
    refusals: dict[int, Refusal] = {}
    if not problem.keys.shape[1]:
        taken[: problem.seats] = True
        return _solution(problem, taken, refusals)
    slack: list[int] = problem.slack.tolist()
    keys = [[key for key in row if key >= 0] for row in problem.keys.tolist()]
    seats = 0
    for turn, signature in enumerate(problem.sequence.tolist()):
        if seats == problem.seats:
            break
        if signature in refusals:
            continue
        full = next((key for key in keys[signature] if slack[key] <= 0), None)
        if full is not None:
            refusals[signature] = Refusal(turn, "cap", {"key": full})
            continue
        for key in keys[signature]:
            slack[key] -= 1
        taken[turn] = True
        seats += 1
    return _solution(problem, taken, refusals)


def _solution(problem: BlockProblem, taken: npt.NDArray[np.bool_], refusals: dict[int, Refusal]) -> Solution:
    return Solution(taken, tuple(0 for _ in problem.minimums), refusals, "greedy", "one pass, caps alone")
