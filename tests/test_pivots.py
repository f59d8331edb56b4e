"""The pivot of a signature against giving out the block's seats again with one of the refused put before somebody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from selection.choice import BlockProblem, solve
from selection.choice.pivots import pivots
from test_choice import blocks, large


def seated_before(problem: BlockProblem, turn: int, place: int) -> bool:
    """Whether the refused of this turn is seated once put before the seated of this place."""
    taken = np.flatnonzero(solve(problem).solution.taken)
    others = np.delete(problem.sequence, turn)
    at = int(taken[place]) - int(taken[place] > turn)
    again = replace(problem, sequence=np.insert(others, at, problem.sequence[turn]))
    return bool(solve(again).solution.taken[at])


def check(problem: BlockProblem, turns: list[int]) -> None:
    solution = solve(problem).solution
    found = pivots(problem, solution)
    number = int(solution.taken.sum())
    for turn in turns:
        pivot = int(found[problem.sequence[turn]])
        assert pivot < number
        assert pivot < 0 or seated_before(problem, turn, pivot)
        assert pivot + 1 >= number or not seated_before(problem, turn, pivot + 1)


@settings(max_examples=300, deadline=None)
@given(problem=blocks())
def test_before_the_pivot_one_more_is_seated_and_after_it_not(problem: BlockProblem) -> None:
    check(problem, np.flatnonzero(~solve(problem).solution.taken).tolist())


@pytest.mark.parametrize("seed", range(5, 17))
def test_pivots_of_large_blocks(seed: int) -> None:
    problem = large(seed)
    refused = np.flatnonzero(~solve(problem).solution.taken)
    check(problem, np.random.default_rng(seed).choice(refused, size=min(len(refused), 6), replace=False).tolist())
