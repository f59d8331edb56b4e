"""Where the walk down the ranks starts: the best compliance, the largest size, and a first set that reaches both."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from selection.choice.completion import Completion
from selection.choice.coverage import Rows, components, filled_by, rows_for, subsets, sum_over
from selection.choice.effort import Effort
from selection.choice.once import bits
from selection.choice.problem import BlockProblem, Ints
from selection.choice.programme import Programme

Best = tuple[int, ...] | int
Costs = npt.NDArray[np.float64]


def proved_start(problem: BlockProblem, effort: Effort, cost: Costs) -> tuple[Programme, Ints]:
    """The programme of the best compliance and size, and a first set that reaches both."""
    full = problem.fill == "seats_first"
    # Usually every reserve and every seat can be filled at once, and one question settles both.
    ideal = Programme(problem, rows_for(problem, problem.minimums), effort, problem.seats if full else 0)
    nobody, everybody = np.zeros_like(ideal.supply), np.ones(len(ideal.supply), dtype=bool)
    witness = Completion(problem, ideal, cost).of(nobody, everybody)
    if witness is None:
        witness = ideal.feasible(nobody, ideal.supply, cost)
    if witness is not None:
        return ideal, witness
    programme = Programme(problem, rows_for(problem, best_compliance(problem, effort)), effort)
    if full:
        programme = Programme(problem, programme.rows, effort, programme.largest()[0])
    witness = programme.feasible(nobody, programme.supply, cost)
    assert witness is not None, "the compliance and size just found can be reached"
    return programme, witness


def plain_start(problem: BlockProblem, effort: Effort) -> tuple[Programme, Ints]:
    """Without the time for a proof: whom no cap refuses, members of short reserves first, and what they reach."""
    room, seats = problem.slack.copy(), problem.seats
    counts = np.zeros(len(problem.masks), dtype=np.int64)
    seated = np.zeros(len(problem.sequence), dtype=bool)
    short = list(problem.minimums)
    for useful_only in (True, False):
        for turn, signature in enumerate(problem.sequence.tolist()):
            mine = [g for g in bits(int(problem.masks[signature])) if short[g] > 0]
            keys = problem.keys[signature]
            keys = keys[keys >= 0]
            if seated[turn] or not seats or (useful_only and not mine) or (room[keys] <= 0).any():
                continue
            seated[turn], seats = True, seats - 1
            counts[signature] += 1
            room[keys] -= 1
            for g in mine if problem.counting == "each" else mine[:1]:
                short[g] -= 1
    members = Counter(problem.held)
    for mask, number in zip(problem.masks.tolist(), counts.tolist(), strict=True):
        members[mask] += number
    reached = filled_by(problem, members)
    rows = rows_for(problem, reached if problem.compliance == "order" else sum(reached))
    return Programme(problem, rows, effort, int(counts.sum()) if problem.fill == "seats_first" else 0), counts


def preference(problem: BlockProblem) -> Costs:
    """Prefer signatures whose best members rank high, so that a witness is near the final answer."""
    size = len(problem.sequence)
    first = np.full(len(problem.masks), size, dtype=np.float64)
    first[problem.sequence[::-1]] = np.arange(size - 1, -1, -1)
    return (first + 1.0) / (size + 1.0) - 1.0


def best_compliance(problem: BlockProblem, effort: Effort) -> Best:
    """The best compliance any feasible set has: a vector, or a total."""
    ideal = Programme(problem, rows_for(problem, problem.minimums), effort)
    if ideal.feasible(np.zeros_like(ideal.supply), ideal.supply) is not None:
        return problem.minimums
    once = problem.counting == "once"
    if problem.compliance == "total":
        sets = subsets([g for g, least in enumerate(problem.minimums) if least > 0])
        total = sum(problem.minimums)
        rows = Rows(sets, sum_over(sets, problem.minimums) - total, once)
        return Programme(problem, rows, effort, goal=(np.ones(len(sets), dtype=np.int64), total)).most_of_goal()
    filled = [0] * len(problem.minimums)
    cluster = components(problem)
    for g, least in enumerate(problem.minimums):
        if least:
            before = [h for h in range(g + 1) if problem.minimums[h]]
            sets = subsets(before, cluster) if once else np.array([1 << h for h in before], dtype=np.int64)
            rows = Rows(sets, sum_over(sets, filled), once)
            filled[g] = Programme(problem, rows, effort, goal=((sets >> g) & 1, least)).most_of_goal()
    return tuple(filled)
