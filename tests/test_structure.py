"""The class a policy gets never promises what running it refutes.

Policies and pools as an outside developer would write them; the promise of *nested* and *once* is tried on every single
withdrawal and on one more seat. `SELECTION_EXAMPLES=20000 pytest tests/test_structure.py` tries more of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from selection import Outcome, Policy, select
from selection.choice.structure import Known, Structure, classify, known_of
from selection.errors import PolicyError

Table = dict[str, Any]
EXAMPLES = int(os.environ.get("SELECTION_EXAMPLES", "400"))
SCORE = [{"name": "score", "field": "score", "per": 1}]
many = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


# Policies that are often, but not always, nested or counted once.


def groups() -> st.SearchStrategy[Table]:
    """Conditions that are nested, apart or crossing."""
    return st.sampled_from(
        (
            {"a": True},
            {"a": False},
            {"a": True, "b": True},
            {"b": True},
            {"a": [True, False]},
            {"kind": "x"},
            {"kind": "y"},
            {"kind": ["x", "y"]},
            {"kind": "x", "a": True},
            {"country": ["KEN", "NPL"]},
            {"country": "KEN"},
            {"income_group": "LMC"},
            {"income_group": ["LMC", "UMC"]},
            {"income_group": "HIC"},
            {"any": [{"a": True}, {"b": True}]},
            {"not": {"a": True}},
        )
    )


def missing() -> st.SearchStrategy[str]:
    return st.sampled_from(("no", "no", "yes"))


@st.composite
def pools(draw: st.DrawFn) -> list[Table]:
    number = draw(st.integers(2, 7))
    scores = draw(st.permutations(range(number)))
    several, brought = draw(st.integers(0, 9)) == 0, draw(st.integers(0, 9)) == 0
    kinds = st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True) if several else st.sampled_from("xyz")
    pool = []
    for i, score in enumerate(scores):
        one: Table = {"id": f"p{i}", "score": score, "kind": draw(kinds)}
        one |= {g: draw(st.sampled_from((True, False, True, False, None))) for g in "ab"}
        one["country"] = draw(st.sampled_from(("KEN", "NPL", "PER", "DEU")))
        if brought:
            one["income_group"] = draw(st.sampled_from(("LMC", "HIC")))
        pool.append(one)
    return pool


@st.composite
def caps(draw: st.DrawFn) -> list[Table]:
    made: list[Table] = []
    for i in range(draw(st.sampled_from((0, 0, 1, 1, 2)))):
        cap: Table = {"name": f"cap {i}", "seats": draw(st.integers(0, 3)), "missing": "no"}
        per = draw(st.sampled_from((None, None, "country", "country", "kind", "income_group")))
        made.append(cap | ({"per": per} if per else {"where": draw(groups()), "missing": draw(missing())}))
    return made


@st.composite
def reserves(draw: st.DrawFn, room: int, kinds: Sequence[str], most: int = 3) -> list[Table]:
    made = []
    for i in range(draw(st.integers(0, most))):
        seats = draw(st.integers(0, room))
        room -= seats
        table = {"name": f"r{i}", "where": draw(groups()), "seats": seats, "missing": draw(missing())}
        made.append(table | {"kind": draw(st.sampled_from(kinds))})
    return made


def common(draw: st.DrawFn) -> Table:
    fill = draw(st.sampled_from((None, "seats_first", "priority_first")))
    return {
        "on": "2025-08-31",
        "points": SCORE,
        "cap": draw(caps()),
        "counting": draw(st.sampled_from(("each", "once"))),
        "compliance": draw(st.sampled_from(("order", "order", "total"))),
        "lottery": {"tickets": draw(st.sampled_from(("single", "per_block")))},
        **({"fill": fill} if fill else {}),
    }


@st.composite
def reserve_policies(draw: st.DrawFn) -> Table:
    """Reserves of all kinds, with every way on for unfilled seats."""
    policy = common(draw) | {"capacity": draw(st.integers(1, 5))}
    alone = draw(st.booleans())
    kinds = ("guarantee",) if alone else ("guarantee", "guarantee", "first", "over_and_above")
    made = draw(reserves(policy["capacity"], kinds))
    for place, table in enumerate(made):
        later = [r["name"] for r in made[place + 1 :] if r["kind"] == "over_and_above"]
        if table["kind"] != "guarantee":
            table["unfilled"] = draw(st.sampled_from(("open", "hold", *later)))
    return policy | {"reserve": made}


@st.composite
def block_policies(draw: st.DrawFn) -> Table:
    """Blocks with members, reserves, counting, compliance and fill of their own."""
    policy = common(draw)
    names = [f"block {i}" for i in range(draw(st.integers(1, 3)))]
    made = []
    for place, name in enumerate(names):
        seats = draw(st.integers(0 if place else 1, 3))
        block: Table = {"name": name, "seats": seats, "missing": draw(missing())}
        block["reserve"] = [r | {"name": f"{name} {r['name']}"} for r in draw(reserves(seats, ["guarantee"], 2))]
        if draw(st.booleans()):
            block["where"] = draw(groups())
        for key, words in (("counting", ("each", "once")), ("compliance", ("order", "total"))):
            if draw(st.integers(0, 3)) == 0:
                block[key] = draw(st.sampled_from(words))
        made.append(block | {"unfilled": draw(st.sampled_from(("open", "hold", *names[place + 1 :])))})
    policy["capacity"] = sum(block["seats"] for block in made)
    if draw(st.booleans()):
        made[draw(st.integers(0, len(made) - 1))]["seats"] = "rest"
    return policy | {"block": made}


@st.composite
def once_policies(draw: st.DrawFn) -> Table:
    """Overlapping reserves, one reserved seat for each applicant, no caps; sometimes seats of their own besides."""
    policy = common(draw) | {"capacity": draw(st.integers(2, 5)), "cap": [], "counting": "once"}
    crossing = draw(st.permutations(({"a": True}, {"b": True}, {"kind": ["x", "y"]}, {"country": "KEN"})))
    made = draw(reserves(policy["capacity"], ("guarantee", "guarantee", "guarantee", "first", "over_and_above"), 4))
    return policy | {"reserve": [table | {"where": where} for table, where in zip(made, crossing, strict=False)]}


def calls() -> st.SearchStrategy[tuple[list[Table], Table]]:
    return st.tuples(pools(), st.one_of(reserve_policies(), block_policies(), once_policies()))


def run(pool: Sequence[Table], policy: Table) -> Outcome:
    try:
        return select(pool, Policy.model_validate(policy), seed="s")
    except PolicyError as error:
        assume(not error.code.startswith("held_exceed"))
        raise


def seated(outcome: Outcome) -> frozenset[str]:
    ids = outcome.assessment.pool.ids[outcome.ranking.order]
    return frozenset(ids[outcome.choice.selected].tolist())


def promised(outcome: Outcome) -> Structure:
    return classify(outcome.policy.plan, known_of(outcome.assessment.fields))


# The promises.


@many
@given(call=calls(), data=st.data())
def test_where_it_is_promised_a_withdrawal_admits_at_most_one_and_removes_nobody(
    call: tuple[list[Table], Table], data: st.DataObject
) -> None:
    pool, policy = call
    if data.draw(st.integers(0, 3)) == 0:
        policy = policy | {"pinned": [data.draw(st.sampled_from(pool))["id"]]}
        assume(_holds(pool, policy))
    outcome = run(pool, policy)
    name = promised(outcome).name
    event(f"{name}{', several blocks' if len(outcome.choice.blocks) > 1 else ''}{', caps' if policy['cap'] else ''}")
    if name not in ("nested", "once"):
        return
    before = seated(outcome)
    for one in before:
        rest = [p for p in pool if p["id"] != one]
        after = seated(run(rest, policy | {"pinned": [i for i in policy.get("pinned", []) if i != one]}))
        assert after >= before - {one}, f"{one} withdraws and costs {sorted(before - {one} - after)} a seat"
        assert len(after - before) <= 1, f"{one} withdraws and lets in {sorted(after - before)}"


def _holds(pool: Sequence[Table], policy: Table) -> bool:
    """Whether the pinned applicant can hold a seat at all."""
    try:
        select(pool, Policy.model_validate(policy), seed="s")
    except PolicyError:
        return False
    return True


@many
@given(call=calls())
def test_where_it_is_promised_one_more_seat_keeps_everybody(call: tuple[list[Table], Table]) -> None:
    pool, policy = call
    assume("block" not in policy or any(block["seats"] == "rest" for block in policy["block"]))
    outcome = run(pool, policy)
    if promised(outcome).name in ("nested", "once"):
        larger = run(pool, policy | {"capacity": policy["capacity"] + 1})
        assert seated(larger) >= seated(outcome)
        assert len(seated(larger)) <= len(seated(outcome)) + 1


@many
@given(call=calls())
def test_nested_and_once_are_answered_without_a_solver(call: tuple[list[Table], Table]) -> None:
    pool, policy = call
    outcome = run(pool, policy)
    name = promised(outcome).name
    solved = [(seated.block.compliance, seated.solved.solution.method) for seated in outcome.choice.blocks]
    methods = {method for compliance, method in solved if compliance == "order"}
    if name == "nested":
        assert not methods & {"general", "once"}
    if name == "once":
        assert "general" not in methods


@many
@given(policy=st.one_of(reserve_policies(), block_policies()))
def test_the_class_of_a_policy_is_a_sentence_about_it(policy: Table) -> None:
    structure = classify(Policy.model_validate(policy).plan)
    assert structure.sentence.startswith(structure.name.capitalize())
    assert structure.because in structure.sentence
    assert structure.sentence.endswith(structure.withdrawals)
    if structure.caps_alone:
        assert structure.method == "one pass in rank order"


# The known counterexamples: no rule could promise anything here, and none is promised.


def people(**fields: Sequence[Any]) -> list[Table]:
    """Applicants in rank order."""
    size = len(next(iter(fields.values())))
    return [{"id": f"p{i + 1}", "score": size - i} | {k: v[i] for k, v in fields.items()} for i in range(size)]


CROSSING_CAPS: Table = {
    "capacity": 2,
    "points": SCORE,
    "cap": [
        {"name": "a country", "per": "place", "seats": 1},
        {"name": "organisation 1", "where": {"firm": "o1"}, "seats": 1},
    ],
}


@pytest.mark.parametrize("fill", ["priority_first", "seats_first"])
def test_crossing_caps_may_cost_a_seat_and_promise_nothing(fill: str) -> None:
    policy = CROSSING_CAPS | {"fill": fill}
    pool = people(place=["c1", "c0", "c0"], firm=["o1", "o1", "o0"])
    assert seated(run(pool, policy)) == {"p1", "p3"}
    assert promised(run(pool, policy)).name in ("crossing", "general")
    if fill == "priority_first":
        assert seated(run(pool[1:], policy)) == {"p2"}


def test_overlapping_reserves_counting_each_may_cost_a_seat_and_promise_nothing() -> None:
    pool = people(a=[False, True, False, False, True], b=[False, True, False, True, False])
    policy = {
        "capacity": 2,
        "points": SCORE,
        "counting": "each",
        "reserve": [minimum("A", a=True), minimum("B", b=True)],
    }
    assert seated(run(pool, policy)) == {"p1", "p2"}
    assert seated(run([p for p in pool if p["id"] != "p2"], policy)) == {"p4", "p5"}
    assert promised(run(pool, policy)).name == "general"
    assert promised(run(pool, policy | {"counting": "once"})).name == "once"


def test_reserves_as_shares_may_cost_the_first_a_seat_when_there_is_one_more_even_if_nested() -> None:
    pool = people(kind=["z", "z", "x", "y"])
    shares = [minimum(k, kind=k) | {"seats": "50%", "round": "down"} for k in "xy"]
    policy = {"capacity": 1, "points": SCORE, "reserve": shares}
    assert promised(run(pool, policy)).name == "nested"
    assert seated(run(pool, policy)) == {"p1"}
    assert seated(run(pool, policy | {"capacity": 2})) == {"p3", "p4"}
    overlapping = [minimum("A", a=True), minimum("B", b=True)]
    assert classify(plan_of({"capacity": 2, "counting": "each", "reserve": overlapping})).name == "general"


def test_a_reserve_crossing_a_cap_promises_nothing() -> None:
    policy = {"capacity": 5, "reserve": [minimum("nra", role="nra")], "cap": [CROSSING_CAPS["cap"][0]]}
    assert classify(plan_of(policy)).name == "crossing"


# What a class rests on, each in its smallest form.


def minimum(name: str, **where: Any) -> Table:
    return {"name": name, "where": where, "seats": 1}


def plan_of(policy: Table) -> Any:
    return Policy.model_validate({"points": SCORE} | policy).plan


def test_who_left_a_field_empty_may_belong_to_groups_that_are_otherwise_apart() -> None:
    apart = [minimum("men", a=True), minimum("women", a=False)]
    assert classify(plan_of({"capacity": 3, "reserve": apart})).name == "nested"
    both = [reserve | {"missing": "yes"} for reserve in apart]
    assert classify(plan_of({"capacity": 3, "counting": "each", "reserve": both})).name == "general"


def test_who_left_a_field_empty_may_belong_to_the_inner_group_alone() -> None:
    inner = minimum("inner", a=True) | {"missing": "yes"}
    outer = minimum("outer", a=[True, False]) | {"missing": "no"}
    each: Table = {"capacity": 3, "counting": "each"}
    assert classify(plan_of(each | {"reserve": [inner, outer]})).name == "general"
    assert classify(plan_of(each | {"reserve": [inner, outer | {"missing": "yes"}]})).name == "nested"
    assert classify(plan_of(each | {"reserve": [inner | {"missing": "no"}, outer]})).name == "nested"


def test_a_block_of_members_passes_seats_on_to_everybody_under_the_same_caps() -> None:
    block = {"name": "members", "seats": 2, "where": {"a": True}, "missing": "no"}
    policy: Table = {"block": [block], "cap": [{"name": "a kind", "per": "kind", "seats": 1}]}
    assert classify(plan_of(policy)).name == "general"
    assert classify(plan_of(policy | {"block": [block | {"unfilled": "hold"}]})).name == "nested"


def test_a_field_of_several_values_sets_nothing_apart() -> None:
    policy = {"capacity": 3, "points": SCORE, "counting": "each"}
    policy["reserve"] = [minimum("x", kind="x"), minimum("y", kind="y")]
    assert promised(run(people(kind=["x", "y"]), policy)).name == "nested"
    assert promised(run(people(kind=[["x", "y"], ["y"]]), policy)).name == "general"
    per = {"capacity": 3, "points": SCORE, "cap": [{"name": "a kind", "per": "kind", "seats": 1}]}
    assert classify(plan_of(per), Known(several=frozenset({"kind"}))).name == "general"
    sector = {"capacity": 3, "cap": [{"name": "a sector", "per": "sector", "seats": 1}]}
    assert classify(plan_of(sector)).name == "general"


def test_a_country_fact_that_applicants_bring_along_does_not_follow_from_their_country() -> None:
    policy = {"capacity": 3, "points": SCORE, "on": "2025-08-31", "reserve": [minimum("LMC", income_group="LMC")]}
    policy["cap"] = [{"name": "a country", "per": "country", "seats": 1}]
    assert promised(run(people(country=["KEN", "DEU"]), policy)).name == "nested"
    brought = people(country=["KEN", "DEU"], income_group=["HIC", "LMC"])
    assert promised(run(brought, policy)).name == "crossing"
