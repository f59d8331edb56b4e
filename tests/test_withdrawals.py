"""What a withdrawal does to a block: in trees of groups, and counted once without caps, it admits at most one.

Elsewhere it may cost somebody a seat, and for each reason there is a smallest block that shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import enumerate_block
from selection.choice import BlockProblem, solve
from selection.choice.trees import tree_of

Applicant = tuple[int, tuple[int, ...]]


def block(applicants: Sequence[Applicant], seats: int, minimums: Sequence[int], slack: Sequence[int]) -> BlockProblem:
    """A block of applicants in rank order, each known by the mask of their reserves and their cap keys."""
    width = max((len(keys) for _, keys in applicants), default=0)
    rows = [[*keys, *[-1] * (width - len(keys))] for _, keys in applicants]
    return BlockProblem(
        sequence=np.arange(len(applicants)),
        masks=np.array([mask for mask, _ in applicants], dtype=np.int64),
        keys=np.array(rows, dtype=np.int64).reshape(len(applicants), width),
        slack=np.array(slack, dtype=np.int64),
        seats=seats,
        minimums=tuple(minimums),
        counting="each",
        compliance="order",
        fill="seats_first",
    )


@st.composite
def trees(draw: st.DrawFn) -> BlockProblem:
    """Groups that hang under one another at random, each a cap or a reserve; applicants belong to all on their way."""
    groups = draw(st.integers(1, 6))
    parent = [draw(st.integers(-1, g - 1)) for g in range(groups)]
    reserve = [draw(st.booleans()) for _ in range(groups)]
    number = [sum(reserve[:g]) if reserve[g] else g - sum(reserve[:g]) for g in range(groups)]
    applicants: list[Applicant] = []
    for group in draw(st.lists(st.integers(-1, groups - 1), max_size=9)):
        mask, keys = 0, []
        while group >= 0:
            if reserve[group]:
                mask |= 1 << number[group]
            else:
                keys.append(number[group])
            group = parent[group]
        applicants.append((mask, tuple(keys)))
    minimums = draw(st.lists(st.integers(0, 3), min_size=sum(reserve), max_size=sum(reserve)))
    caps = groups - sum(reserve)
    slack = draw(st.lists(st.integers(0, 4), min_size=caps, max_size=caps))
    return varied(draw, block(applicants, draw(st.integers(0, 6)), minimums, slack))


@st.composite
def counted_once(draw: st.DrawFn) -> BlockProblem:
    """Overlapping reserves, one reserved seat for each applicant, no caps."""
    reserves = draw(st.integers(1, 4))
    masks = draw(st.lists(st.integers(0, (1 << reserves) - 1), max_size=9))
    minimums = draw(st.lists(st.integers(0, 3), min_size=reserves, max_size=reserves))
    problem = block([(mask, ()) for mask in masks], draw(st.integers(0, 6)), minimums, ())
    return replace(varied(draw, problem), counting="once")


def varied(draw: st.DrawFn, problem: BlockProblem) -> BlockProblem:
    return replace(
        problem,
        counting=draw(st.sampled_from(("each", "once"))),
        compliance=draw(st.sampled_from(("order", "total"))),
        fill=draw(st.sampled_from(("seats_first", "priority_first"))),
    )


def chosen(problem: BlockProblem) -> frozenset[int]:
    return frozenset(np.flatnonzero(solve(problem).solution.taken).tolist())


def without(problem: BlockProblem, one: int) -> frozenset[int]:
    """Who is chosen when one applicant withdraws, by their old places."""
    rest = np.delete(np.arange(len(problem.sequence)), one)
    smaller = replace(problem, sequence=problem.sequence[rest])
    return frozenset(int(rest[place]) for place in chosen(smaller))


KINDS = {"tree": trees(), "once": counted_once()}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_a_withdrawal_admits_at_most_one_and_removes_nobody(kind: str, data: st.DataObject) -> None:
    problem = data.draw(KINDS[kind])
    before = chosen(problem)
    for one in before:
        after = without(problem, one)
        assert after >= before - {one}
        assert len(after - before) <= 1


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_several_withdrawals_remove_nobody_else(kind: str, data: st.DataObject) -> None:
    problem = data.draw(KINDS[kind])
    before = chosen(problem)
    gone = data.draw(st.sets(st.sampled_from(sorted(before)))) if before else set()
    rest = np.array([p for p in range(len(problem.sequence)) if p not in gone], dtype=np.int64)
    after = frozenset(int(rest[place]) for place in chosen(replace(problem, sequence=problem.sequence[rest])))
    assert after >= before - gone
    assert len(after - before) <= len(gone)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_more_seat_keeps_everybody_and_admits_at_most_one(kind: str, data: st.DataObject) -> None:
    problem = data.draw(KINDS[kind])
    before, after = chosen(problem), chosen(replace(problem, seats=problem.seats + 1))
    assert after >= before
    assert len(after - before) <= 1


@settings(max_examples=300, deadline=None)
@given(problem=trees())
def test_groups_that_hang_under_one_another_are_a_tree(problem: BlockProblem) -> None:
    assert tree_of(problem) is not None
    assert chosen(problem) == enumerate_block(problem)[0]


# Elsewhere: a smallest block for each reason, with who sits before and after one withdraws.

COSTLY = {
    "caps that cross": (
        replace(block([(0, (0, 3)), (0, (1, 3)), (0, (1, 2))], 2, (), (1, 1, 2, 1)), fill="priority_first"),
        {0, 2},
        0,
        {1},
    ),
    "reserves that overlap and count each": (
        block([(0, ()), (3, ()), (0, ()), (2, ()), (1, ())], 2, (1, 1), ()),
        {0, 1},
        1,
        {3, 4},
    ),
    "a reserve that crosses a cap": (
        block([(0, (0,)), (1, ()), (0, ()), (1, (0,))], 2, (1,), (1,)),
        {0, 1},
        1,
        {2, 3},
    ),
}


@pytest.mark.parametrize("reason", COSTLY)
def test_elsewhere_a_withdrawal_may_cost_somebody_a_seat(reason: str) -> None:
    problem, before, leaves, after = COSTLY[reason]
    assert tree_of(problem) is None
    assert chosen(problem) == enumerate_block(problem)[0] == before
    assert without(problem, leaves) == after
    assert not after >= before - {leaves}


def test_reserves_as_shares_may_cost_the_first_a_seat_when_there_is_one_more() -> None:
    people = [(0, ()), (0, ()), (1, ()), (2, ())]
    assert chosen(block(people, 1, (0, 0), ())) == {0}
    assert chosen(block(people, 2, (1, 1), ())) == {2, 3}
