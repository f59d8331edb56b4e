"""Only the few rows that an engine is asked for matter: every decision is the one of all rows together."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from pieces import PiecesEngine
from selection import Policy, select
from selection.choice import choose, signatures
from selection.choice.trees import Tree, _levels
from selection.engines import running
from selection.engines.pruning import Cells, _unfilled, kept, with_room
from selection.engines.spread import EngineOutcome
from selection.errors import PolicyError
from selection.intake import read_applicants
from selection.outcome.selecting import decide
from test_select_oracle import CALLS, caps, reserves

Table = dict[str, Any]
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def large_pool(number: int, seed: int, scores: int) -> list[Table]:
    """Applicants of three places and firms with ties of every size, some with the same id or without a group."""
    rng = Random(seed)
    return [
        {
            "id": f"p{rng.randrange(number) if rng.random() < 0.03 else i}",
            "score": rng.randrange(scores),
            **{g: rng.choice([True, False, None] if rng.random() < 0.1 else [True, False]) for g in "abc"},
            "place": rng.choice(["KE", "NP", "PE"]),
            "firm": rng.choice(["x", "y", None]),
            "day": rng.randrange(1, 4),
        }
        for i in range(number)
    ]


@st.composite
def large_calls(draw: st.DrawFn) -> tuple[list[Table], Table]:
    """More applicants than seats, under rules of every class."""
    pool = large_pool(draw(st.integers(5, 90)), draw(st.integers(0, 10**6)), draw(st.sampled_from([1, 3, 40])))
    policy: Table = {"points": [{"name": "score", "field": "score", "per": 1}], "cap": draw(caps(pool[:1]))}
    policy["capacity"] = draw(st.integers(1, 14))
    policy["counting"] = draw(st.sampled_from(["each", "once"]))
    policy["compliance"] = draw(st.sampled_from(["order", "total"]))
    if draw(st.booleans()):
        policy["fill"] = draw(st.sampled_from(["seats_first", "priority_first"]))
    if draw(st.booleans()):
        policy["eligible"] = [
            {"name": "c", "where": {"c": True}, "missing": draw(st.sampled_from(["no", "incomplete"]))}
        ]
    if draw(st.booleans()):
        policy["ties"] = {"order": [draw(st.sampled_from(["day", {"field": "day", "first": "highest"}])), "lottery"]}
    policy["waitlist"] = draw(st.integers(0, 30))
    if draw(st.integers(0, 3)) == 0:
        policy["pinned"] = [pool[0]["id"]]
    policy["reserve"] = draw(reserves(policy["capacity"], ["guarantee", "guarantee", "first", "over_and_above"]))
    for reserve in policy["reserve"]:
        if reserve["kind"] != "guarantee":
            reserve["unfilled"] = draw(st.sampled_from(["open", "hold"]))
    return pool, policy


def rows_of(outcome: Any) -> list[tuple[Any, ...]]:
    """All decisions as sorted rows of plain values."""
    frame = outcome.to_frame()
    frame = pd.concat(frame) if isinstance(frame, list) else frame
    frame = pd.DataFrame(frame.to_pydict(), dtype=object) if hasattr(frame, "to_pydict") else frame
    cells = [[None if pd.isna(cell) else cell for cell in frame[name]] for name in frame.columns]
    return sorted(zip(*cells, strict=True), key=str)


def answered(applicants: Any, policy: Table) -> Any:
    """The outcome, or what is wrong in words."""
    try:
        return select(applicants, policy, seed="s")
    except PolicyError as error:
        return f"{error.code}: {error}"


def same_decisions(pool: list[Table], policy: Table) -> tuple[Any, EngineOutcome | None]:
    here, there = answered(pool, policy), answered(PiecesEngine.of(pool), policy)
    if isinstance(here, str):
        assert there == here
        return None, None
    assert there.counts == here.counts
    assert rows_of(there) == rows_of(here)
    return here, there


@pytest.mark.parametrize("fine", [False, True], ids=["whole levels", "levels cut into buckets"])
@QUICK
@given(call=large_calls())
def test_decisions_are_those_of_all_rows_together(fine: bool, call: tuple[list[Table], Table]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if fine:
            patch.setattr(running, "SMALL", 2)
            patch.setattr(running, "FILLED", 1)
        here, there = same_decisions(*call)
    if there is not None:
        event(f"{here.structure.name}, {'some' if there.candidates < sum(there.counts.values()) else 'nobody'} pruned")


@settings(QUICK, max_examples=12)
@given(call=st.one_of(*CALLS.values()))
def test_decisions_are_the_same_with_blocks_and_lists_of_values(call: tuple[list[Table], Table]) -> None:
    pool, policy = call
    same_decisions(pool, {**policy, "lottery": {"tickets": "single"}})


@settings(QUICK, max_examples=12)
@given(call=large_calls(), which=st.integers(0, 1000))
def test_explanations_are_those_of_all_rows_together(call: tuple[list[Table], Table], which: int) -> None:
    here, there = same_decisions(*call)
    if there is None:
        return
    one = call[0][which % len(call[0])]["id"]
    mine, theirs = here.explain(one), there.explain(one)
    assert theirs.for_officer() == mine.for_officer()
    assert str(theirs) == str(mine)
    assert {**theirs.facts, "turn": None} == {**mine.facts, "turn": None}
    assert theirs.cutoff == mine.cutoff
    assert theirs.threshold == mine.threshold


def without_pinned(call: tuple[list[Table], Table]) -> Any:
    """The outcome of a call without its pinned applicants, None where the rules contradict themselves."""
    pool, policy = call
    rules = Policy.model_validate({k: v for k, v in policy.items() if k != "pinned"})
    try:
        return decide(read_applicants(pool), rules, "s")
    except PolicyError:
        return None


@settings(QUICK, max_examples=40)
@given(call=large_calls())
def test_whoever_gets_a_seat_under_any_reserves_is_kept(call: tuple[list[Table], Table]) -> None:
    """The pruning alone, with and without each reserve, against the choice among all."""
    outcome = without_pinned(call)
    if outcome is None:
        return
    ranking, plan = outcome.ranking, outcome.choice.plan
    table = signatures(outcome.assessment, plan, ranking.order)
    place = np.arange(len(ranking))
    keep = kept(Cells(table.code, place, np.ones(len(ranking), dtype=np.int64)), table, plan)
    assert keep[outcome.choice.selected].all()
    assert all(keep[selected].all() for selected in outcome.without.values())
    fewer = signatures(outcome.assessment, plan, ranking.order[keep])
    assert len(fewer.code) == keep.sum()
    event("some pruned" if not keep.all() else "nobody pruned")
    assert choose(ranking).selected.sum() == outcome.choice.selected.sum()


@settings(QUICK, max_examples=60)
@given(call=large_calls())
def test_whoever_has_room_sits_where_there_are_seats_for_everybody(call: tuple[list[Table], Table]) -> None:
    outcome = without_pinned(call)
    if outcome is None:
        return
    plan, table = outcome.choice.plan, outcome.choice.signatures
    numbers = np.bincount(table.code, minlength=len(table.keys))
    roomy = with_room(numbers, table, plan)[table.code]
    seated = outcome.lifted[None]
    assert seated[roomy].all()
    event("some have room" if roomy.any() else "nobody has room")
    if roomy.any():
        fewer = choose(
            replace(outcome.ranking, order=outcome.ranking.order[~roomy], ties=outcome.ranking.ties[~roomy]),
            replace(plan, blocks=tuple(replace(block, seats=block.seats + len(call[0])) for block in plan.blocks)),
            seated=tuple(table.masks[table.code[roomy], 0].tolist()),
        )
        assert fewer.selected.tolist() == seated[~roomy].tolist()


@pytest.mark.parametrize(("cap", "times"), [(None, 4), ("3%", 7)])
def test_few_rows_are_fetched_where_seats_are_a_tenth(cap: str | None, times: int) -> None:
    """Two reserves; where there are caps, those whom a cap keeps from seats for everybody are fetched too."""
    rng = Random(7)
    pool = [
        {
            "id": f"p{i}",
            "score": rng.randrange(60),
            "a": rng.random() < 0.15,
            "b": rng.random() < 0.5,
            "place": f"country {int(rng.random() ** 2 * 150)}",
        }
        for i in range(20_000)
    ]
    policy = {
        "capacity": 2000,
        "counting": "each",
        "points": [{"name": "score", "field": "score", "per": 1}],
        "reserve": [
            {"name": "a", "where": {"a": True}, "seats": "25%"},
            {"name": "b", "where": {"b": True}, "seats": "55%"},
        ],
        "cap": [{"name": "place", "per": "place", "seats": cap}] if cap else [],
    }
    here, there = same_decisions(pool, policy)
    assert there is not None
    assert 2000 <= there.candidates <= times * 2000
    assert here.certificate["blocks"][0]["reserves"] == there.certificate["blocks"][0]["reserves"]


def unfilled_one_by_one(tree: Tree, limits: list[int], cells: list[tuple[int, int, int]]) -> list[bool]:
    """Those of one place look first and then sit, one after the other, wherever all groups they are in have room."""
    taken, unfilled = [0] * len(limits), []

    def spare(group: int) -> int:
        here = limits[group] - taken[group]
        return here if group == tree.root else min(here, spare(int(tree.parent[group])))

    for now in sorted({place for place, _, _ in cells}):
        rows = [(group, number) for place, group, number in cells if place == now]
        unfilled += [spare(group) > 0 for group, _ in rows]
        for group, number in rows:
            sits = min(number, spare(group))
            while group != tree.root:
                taken[group] += sits
                group = int(tree.parent[group])
            taken[group] += sits
    return unfilled


@settings(deadline=None, max_examples=300)
@given(data=st.data(), size=st.integers(0, 6))
def test_groups_are_full_for_whom_they_are_when_all_sit_one_by_one(data: st.DataObject, size: int) -> None:
    parent = [data.draw(st.integers(group + 1, size)) for group in range(size)] + [size]
    limits = data.draw(st.lists(st.integers(0, 9), min_size=size + 1, max_size=size + 1))
    cells = data.draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, size), st.integers(0, 4)), max_size=25))
    cells.sort(key=lambda cell: cell[0])
    tree = Tree(np.array(parent), np.zeros(0, dtype=np.int64), _levels(np.array(parent)), size)
    place, group, number = np.array(cells, dtype=np.int64).reshape(-1, 3).T
    found = _unfilled(tree, np.array(limits), place, group, number)
    assert found.tolist() == unfilled_one_by_one(tree, limits, cells)
