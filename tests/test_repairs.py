"""Causes of shortfalls and priced repairs, each against a run of the changed policy."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from selection import Policy, select
from selection.outcome.repairs import repairs, shortfalls


def policy(**changes: Any) -> dict[str, Any]:
    return {
        "capacity": 3,
        "counting": "each",
        "points": [{"name": "score", "field": "score", "per": 1}],
        "reserve": [
            {"name": "A", "where": {"a": True}, "seats": 2},
            {"name": "B", "where": {"b": True}, "seats": 2},
        ],
        "cap": [{"name": "country", "per": "land", "seats": 1}],
        **changes,
    }


def rows(*cells: tuple[bool, bool, str]) -> list[dict[str, Any]]:
    return [
        {"id": f"p{i}", "score": 100 - i, "a": a, "b": b, "land": land} for i, (a, b, land) in enumerate(cells, start=1)
    ]


def test_a_reserve_without_enough_members_says_so() -> None:
    outcome = select(rows((True, False, "x"), (False, True, "y"), (False, True, "z")), policy())
    (short,) = shortfalls(outcome)
    assert (short.reserve, short.short, short.causes) == ("A", 1, (("too_few_eligible", None),))
    (repair,) = repairs(outcome)
    assert (repair.change, repair.name, repair.before, repair.after) == ("reserve", "A", 2, 1)
    assert repair.added == repair.removed == ()


def test_a_reserve_blocked_by_a_cap_names_it_and_prices_its_repair() -> None:
    people = rows((True, False, "x"), (True, False, "x"), (False, True, "y"), (False, True, "z"))
    outcome = select(people, policy(capacity=4))
    (short,) = shortfalls(outcome)
    assert short.reserve == "A"
    assert short.causes == (("cap", "country"),)
    raised = next(r for r in repairs(outcome) if r.change == "cap")
    assert (raised.before, raised.after, raised.added, raised.removed) == (1, 2, ("p2",), ())


def test_seats_spent_on_an_other_reserve_are_named() -> None:
    people = rows((True, False, "x"), (True, False, "y"), (False, True, "z"), (False, True, "w"))
    outcome = select(people, policy())
    (short,) = shortfalls(outcome)
    assert (short.reserve, short.causes) == ("B", (("other_reserve", "A"),))
    kinds = {(r.change, r.name, r.after) for r in repairs(outcome)}
    assert kinds == {("reserve", "A", 1), ("reserve", "B", 1), ("capacity", "capacity", 4)}


@settings(max_examples=80, deadline=None)
@given(
    cells=st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("xyz")), min_size=1, max_size=7),
    capacity=st.integers(2, 5),
    limit=st.integers(1, 3),
    counting=st.sampled_from(("each", "once")),
)
def test_a_repaired_policy_leaves_no_reserve_short(
    cells: list[tuple[bool, bool, str]], capacity: int, limit: int, counting: str
) -> None:
    if counting == "once" and capacity < 4:
        capacity = 4
    stated = policy(capacity=capacity, counting=counting, cap=[{"name": "country", "per": "land", "seats": limit}])
    outcome = select(rows(*cells), stated)
    assert bool(shortfalls(outcome)) == any(
        r["short"] for block in outcome.certificate["blocks"] for r in block["reserves"]
    )
    for repair in repairs(outcome):
        again = select(rows(*cells), changed(stated, repair.change, repair.name, repair.after))
        assert not shortfalls(again)
        ids, now = set(outcome.shortlist["id"]), set(again.shortlist["id"])
        assert (set(repair.added), set(repair.removed)) == (now - ids, ids - now)
        step = 1 if repair.change == "reserve" else -1
        if repair.after + step != repair.before:
            assert shortfalls(select(rows(*cells), changed(stated, repair.change, repair.name, repair.after + step)))


def changed(stated: dict[str, Any], change: str, name: str, number: int) -> Policy:
    if change == "capacity":
        return Policy.model_validate({**stated, "capacity": number})
    rules = [{**rule, "seats": number} if rule["name"] == name else rule for rule in stated[change]]
    return Policy.model_validate({**stated, change: rules})
