"""Every exact method against enumeration of all subsets, against each other, and against the promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import compliance, enumerate_block
from selection.choice import search, solve
from selection.choice.block import Method
from selection.choice.matrices import quiet_solver
from selection.choice.nested import _most, _targets, solve_nested
from selection.choice.problem import BlockProblem, Refusal, reduce
from selection.choice.trees import Tree, tree_of
from walking import walk

METHODS: tuple[Method, ...] = ("greedy", "nested", "once", "general")


@st.composite
def blocks(draw: st.DrawFn, most: int = 8) -> BlockProblem:
    """Small blocks of every kind: overlapping reserves, crossing caps, both countings, both fills, seats held."""
    size = draw(st.integers(0, most))
    reserves = draw(st.integers(0, 3))
    keys = np.full((size, draw(st.integers(0, 2))), -1, dtype=np.int64)
    slack: list[int] = []
    for column in range(keys.shape[1]):
        values = draw(st.integers(1, 3))
        picks = draw(st.lists(st.integers(-1, values - 1), min_size=size, max_size=size))
        keys[:, column] = [pick + len(slack) if pick >= 0 else -1 for pick in picks]
        slack += draw(st.lists(st.integers(0, 3), min_size=values, max_size=values))
    mask = st.integers(0, (1 << reserves) - 1)
    return BlockProblem(
        sequence=np.arange(size, dtype=np.int64),
        masks=np.array(draw(st.lists(mask, min_size=size, max_size=size)), dtype=np.int64),
        keys=keys,
        slack=np.array(slack, dtype=np.int64),
        seats=draw(st.integers(0, 5)),
        minimums=tuple(draw(st.lists(st.integers(0, 2), min_size=reserves, max_size=reserves))),
        counting=draw(st.sampled_from(("each", "once"))),
        compliance=draw(st.sampled_from(("order", "total"))),
        fill=draw(st.sampled_from(("seats_first", "priority_first"))),
        held=tuple(draw(st.lists(mask, max_size=2))),
    )


def chosen(problem: BlockProblem, method: Method | None = None) -> frozenset[int]:
    return frozenset(np.flatnonzero(solve(problem, method).solution.taken).tolist())


@settings(max_examples=300, deadline=None)
@given(problem=blocks(), patience=st.integers(1, 3), together=st.integers(1, 4))
def test_leaps_over_few_turns_find_it_too(problem: BlockProblem, patience: int, together: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_PATIENCE", patience)
        patch.setattr(search, "_BLOCK", together)
        assert chosen(problem, "general") == enumerate_block(problem)[0]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), together=st.integers(1, 9))
def test_leaps_over_many_turns_are_the_walk_one_by_one(data: st.DataObject, together: int) -> None:
    """Crossing caps over more candidates than can be enumerated; many stand under no cap at all."""
    sequence = np.array(data.draw(st.lists(st.integers(0, 7), min_size=20, max_size=120)))
    caps = [[-1, -1], [-1, -1], [0, -1], [0, -1], [-1, 1], [-1, 1], [0, 1], [0, 2]]
    problem = BlockProblem(
        sequence,
        np.array([1, 0] * 4),
        np.array(caps),
        np.array(data.draw(st.lists(st.integers(0, 12), min_size=3, max_size=3))),
        data.draw(st.integers(1, 90)),
        (data.draw(st.integers(0, 30)),),
        *("each", "order", "seats_first"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_PATIENCE", 10**9)
        walked = chosen(problem, "general")
        patch.setattr(search, "_PATIENCE", 1)
        patch.setattr(search, "_BLOCK", together)
        assert chosen(problem, "general") == walked


@pytest.mark.parametrize("method", [None, *METHODS])
@settings(max_examples=300, deadline=None)
@given(problem=blocks())
def test_every_method_finds_the_set_that_enumeration_finds(problem: BlockProblem, method: Method | None) -> None:
    expected, vector = enumerate_block(problem)
    try:
        solved = solve(problem, method)
    except ValueError:
        assert method in ("greedy", "nested", "once")
        return
    assert frozenset(np.flatnonzero(solved.solution.taken).tolist()) == expected
    if problem.compliance == "order":
        assert solved.solution.filled == vector
    assert sum(solved.solution.filled) == sum(vector)


def large(seed: int) -> BlockProblem:
    """A block far too large to enumerate."""
    random = np.random.default_rng(seed)
    size, reserves = int(random.integers(200, 2000)), int(random.integers(0, 5))
    columns = int(random.integers(0, 3))
    keys = random.integers(-1, 12, size=(size, columns))
    keys = np.where(keys >= 0, keys + 12 * np.arange(columns), -1)
    seats = int(random.integers(5, 150))
    once = bool(random.integers(2))
    most = seats // max(reserves, 1) if once else seats // 2
    return BlockProblem(
        sequence=np.arange(size),
        masks=random.integers(0, 1 << reserves, size=size) & random.integers(0, 1 << reserves, size=size),
        keys=keys,
        slack=random.integers(0, 25, size=12 * columns),
        seats=seats,
        minimums=tuple(int(m) for m in random.integers(0, most + 1, size=reserves)),
        counting="once" if once else "each",
        compliance=("order", "total")[int(random.integers(2))],
        fill=("seats_first", "priority_first")[int(random.integers(2))],
    )


@pytest.mark.parametrize("seed", range(60))
def test_methods_agree_on_large_blocks(seed: int) -> None:
    problem = large(seed)
    answers = set()
    for method in METHODS:
        try:
            answers.add(chosen(problem, method))
        except ValueError:
            continue
    assert len(answers) == 1


def tree_like(seed: int) -> BlockProblem:
    """Countries in regions, two income groups of whole countries."""
    random = np.random.default_rng(1000 + seed)
    country = random.integers(0, 30, size=3000)
    return BlockProblem(
        sequence=np.arange(3000),
        masks=((country < 12) * 1 + (country < 5) * 2).astype(np.int64),
        keys=np.stack([country, 30 + country // 6], axis=1),
        slack=np.concatenate([random.integers(0, 15, 30), random.integers(10, 60, 5)]),
        seats=200,
        minimums=(int(random.integers(0, 120)), int(random.integers(0, 60))),
        counting=("each", "once")[seed % 2],
        compliance="order",
        fill="seats_first",
    )


@pytest.mark.parametrize("seed", range(20))
def test_nested_and_general_agree_on_large_trees(seed: int) -> None:
    problem = tree_like(seed)
    assert tree_of(reduce(problem).problem) is not None
    assert chosen(problem, "nested") == chosen(problem, "general")


def met_one_by_one(problem: BlockProblem, tree: Tree) -> dict[int, Refusal]:
    high = _most(problem, tree)
    targets = _targets(problem, tree, high)
    assert targets is not None
    return walk(problem, tree, high, targets)


def check_that_the_walk_stops_where_seats_end(problem: BlockProblem) -> None:
    """The walk that records refusals, run alone, refuses each signature at its first turn without a seat."""
    small = reduce(problem).problem
    tree = tree_of(small)
    solution = solve_nested(small, tree) if tree is not None else None
    if solution is None:
        return
    turns = np.flatnonzero(solution.taken)
    end = len(solution.taken) if len(turns) < small.seats else int(turns.max(initial=-1))
    first = {s: t for t, s in reversed(list(enumerate(small.sequence.tolist()))) if not solution.taken[t] and t < end}
    assert {s: refusal.turn for s, refusal in solution.refusals.items()} == first
    assert dict(solution.refusals) == met_one_by_one(small, tree)


@settings(max_examples=300, deadline=None)
@given(problem=blocks(most=10))
def test_whom_levels_seat_the_walk_seats(problem: BlockProblem) -> None:
    check_that_the_walk_stops_where_seats_end(problem)


@pytest.mark.parametrize("seed", range(10))
def test_whom_levels_seat_the_walk_seats_in_large_trees(seed: int) -> None:
    check_that_the_walk_stops_where_seats_end(tree_like(seed))


@settings(max_examples=150, deadline=None)
@given(problem=blocks(most=10))
def test_within_a_signature_the_taken_are_a_rank_prefix(problem: BlockProblem) -> None:
    taken = chosen(problem)
    signature = [(int(m), tuple(k)) for m, k in zip(problem.masks, problem.keys.tolist(), strict=True)]
    for i in range(len(signature)):
        for j in range(i):
            assert not (i in taken and j not in taken and signature[i] == signature[j])


@settings(max_examples=150, deadline=None)
@given(problem=blocks(most=7))
def test_no_justified_envy_and_no_waste(problem: BlockProblem) -> None:
    taken = chosen(problem)
    best = _compliance(problem, taken)
    for j in set(range(len(problem.sequence))) - taken:
        if len(taken) < problem.seats and _caps_kept(problem, taken | {j}):
            raise AssertionError(f"seat wasted: {j} could be added")
        for i in taken:
            swapped = taken - {i} | {j}
            if j < i and _caps_kept(problem, swapped):
                assert _compliance(problem, swapped) < best


def _compliance(problem: BlockProblem, taken: frozenset[int]) -> tuple[int, ...]:
    masks = [int(problem.masks[i]) for i in taken] + list(problem.held)
    vector = compliance(masks, problem.minimums, problem.counting, problem.compliance)
    return (sum(vector),) if problem.compliance == "total" else vector


def _caps_kept(problem: BlockProblem, taken: frozenset[int]) -> bool:
    keys = problem.keys[sorted(taken)]
    return bool((np.bincount(keys[keys >= 0], minlength=len(problem.slack)) <= problem.slack).all())


@settings(max_examples=150, deadline=None)
@given(problem=blocks(most=9), data=st.data())
def test_a_selected_applicant_who_rises_stays_selected(problem: BlockProblem, data: st.DataObject) -> None:
    taken = chosen(problem)
    if not taken:
        return
    one = data.draw(st.sampled_from(sorted(taken)))
    place = data.draw(st.integers(0, one))
    order = np.insert(np.delete(np.arange(len(problem.sequence)), one), place, one)
    risen = replace(problem, masks=problem.masks[order], keys=problem.keys[order])
    assert place in chosen(risen)


@settings(max_examples=150, deadline=None)
@given(problem=blocks(most=9), data=st.data())
def test_removing_a_refused_applicant_changes_nothing(problem: BlockProblem, data: st.DataObject) -> None:
    taken = chosen(problem)
    refused = sorted(set(range(len(problem.sequence))) - taken)
    if not refused:
        return
    out = data.draw(st.sampled_from(refused))
    rest = np.delete(np.arange(len(problem.sequence)), out)
    smaller = replace(problem, sequence=np.arange(len(rest)), masks=problem.masks[rest], keys=problem.keys[rest])
    assert frozenset(rest[i] for i in chosen(smaller)) == taken


@settings(max_examples=150, deadline=None)
@given(problem=blocks(most=9), data=st.data())
def test_dropping_a_claimed_group_never_helps(problem: BlockProblem, data: st.DataObject) -> None:
    refused = sorted(set(range(len(problem.sequence))) - chosen(problem))
    refused = [i for i in refused if problem.masks[i]]
    if not refused:
        return
    one = data.draw(st.sampled_from(refused))
    masks = problem.masks.copy()
    masks[one] &= data.draw(st.integers(0, int(masks[one])))
    assert one not in chosen(replace(problem, masks=masks))


@settings(max_examples=150, deadline=None)
@given(problem=blocks(most=9))
def test_choosing_among_the_chosen_chooses_all_of_them(problem: BlockProblem) -> None:
    taken = sorted(chosen(problem))
    again = replace(problem, sequence=np.arange(len(taken)), masks=problem.masks[taken], keys=problem.keys[taken])
    assert len(chosen(again)) == len(taken)


@settings(max_examples=300, deadline=None)
@given(problem=blocks(most=9))
def test_a_recorded_refusal_was_true_at_its_turn(problem: BlockProblem) -> None:
    solved = solve(problem)
    taken = solved.solution.taken
    for place in np.flatnonzero(~taken).tolist():
        refusal = solved.refusal(int(problem.sequence[place]), place)
        before = np.flatnonzero(taken[:place])
        keys = problem.keys[before]
        if refusal.cause == "capacity":
            assert len(before) == problem.seats
        else:
            assert len(before) < problem.seats
        if refusal.cause == "cap":
            key = refusal.facts["key"]
            assert key in problem.keys[place]
            assert int((keys == key).sum()) >= problem.slack[key]
        if refusal.cause == "reserved":
            assert int(taken[place:].sum()) > 0
            assert all(problem.minimums[g] for g in refusal.facts["reserves"])


def test_without_time_for_a_proof_the_answer_keeps_every_cap_and_never_calls_itself_exact() -> None:
    unproved = 0
    for seed in range(30):
        problem = large(seed)
        solution = solve(problem, "general", seconds=0.0).solution
        taken = frozenset(np.flatnonzero(solution.taken).tolist())
        assert len(taken) <= problem.seats
        assert _caps_kept(problem, taken)
        if solution.proved:
            assert taken == chosen(problem, "general")
        else:
            assert solution.proof.startswith("not proved")
            unproved += 1
    assert unproved > 0


@st.composite
def blocks_of_lists(draw: st.DrawFn) -> BlockProblem:
    """Blocks with a cap on each value of a field that holds several: one key may stand in any column."""
    problem = draw(blocks(most=9))
    size, values = len(problem.sequence), draw(st.integers(2, 5))
    row = st.lists(st.integers(0, values - 1), max_size=3, unique=True)
    rows = [(*picks, -1, -1, -1)[:3] for picks in draw(st.lists(row, min_size=size, max_size=size))]
    slack = draw(st.lists(st.integers(0, 3), min_size=values, max_size=values))
    keys = np.array(rows, dtype=np.int64).reshape(size, 3)
    return replace(problem, keys=keys, slack=np.array(slack, dtype=np.int64))


@pytest.mark.parametrize("method", [None, "general"])
@settings(max_examples=300, deadline=None)
@given(problem=blocks_of_lists())
def test_caps_on_each_of_several_values_are_kept_and_exact(problem: BlockProblem, method: Method | None) -> None:
    assert chosen(problem, method) == enumerate_block(problem)[0]


def test_a_completion_overdraws_no_key_that_stands_in_several_columns() -> None:
    keys = [[-1, -1, -1, -1], [1, -1, -1, -1], [2, -1, -1, -1], [0, 1, 3, 2], [2, -1, -1, -1], [2, 1, 0, 3]]
    keys += [[0, 1, 2, 3], [3, 0, 2, 1], [-1, -1, -1, -1]]
    problem = BlockProblem(
        sequence=np.arange(9),
        masks=np.zeros(9, dtype=np.int64),
        keys=np.array(keys),
        slack=np.array([1, 2, 2, 1]),
        seats=6,
        minimums=(),
        counting="once",
        compliance="total",
        fill="seats_first",
    )
    assert chosen(problem, "general") == enumerate_block(problem)[0] == {0, 1, 2, 3, 8}


def test_the_solver_writes_nothing_to_the_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    quiet_solver().run()
    assert capfd.readouterr().out == ""
