"""What if: every comparison against running the other policy afresh."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import Policy, SelectionError, select
from selection.comparison import differences
from test_thresholds import MICRO, calls

Call = tuple[list[dict[str, Any]], dict[str, Any]]


def chosen(rows: list[dict[str, Any]], policy: dict[str, Any]) -> set[str]:
    return set(select(rows, policy, seed="s").shortlist["id"])


@settings(max_examples=60, deadline=None)
@given(call=calls(), capacity=st.integers(2, 6), seats=st.integers(0, 1), per=st.sampled_from([1, -1, "0.5"]))
def test_what_if_is_the_same_as_running_the_other_policy(call: Call, capacity: int, seats: int, per: Any) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    other = {
        **policy,
        "capacity": capacity,
        "points": [{**policy["points"][0], "per": per}],
        "reserve": [{**policy["reserve"][0], "seats": seats}, policy["reserve"][1]],
    }
    there, here = chosen(rows, other), chosen(rows, policy)
    for found in (
        outcome.what_if(capacity=capacity, reserve={"A": seats}, points={"score": per}),
        outcome.what_if(policy=other),
    ):
        assert (set(found.enters), set(found.leaves)) == (there - here, here - there)
        assert set(found.to_frame()["id"]) == there ^ here
        assert all(found.why(one) == str(select(rows, other, seed="s").explain(one)) for one in there ^ here)
        counts = found.counts("land").set_index("value")
        land = {row["id"]: row["land"] for row in rows}
        assert counts["after"].to_dict() == {v: sum(land[i] == v for i in there) for v in counts.index}
        assert str(found)


@settings(max_examples=40, deadline=None)
@given(call=calls())
def test_a_sweep_is_one_what_if_after_the_other(call: Call) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    frame = outcome.sweep(capacity=range(2, 5), reserve={"A": [0, 1]})
    assert list(zip(frame["capacity"], frame["A"], strict=True)) == [(c, r) for c in (2, 3, 4) for r in (0, 1)]
    for row in frame.itertuples():
        found = outcome.what_if(capacity=row.capacity, reserve={"A": row.A})
        assert (row.enters, row.leaves) == (len(found.enters), len(found.leaves))
        assert row.selected == int(found.after.choice.selected.sum())
    by = outcome.sweep(capacity=[2, 3], by="land")
    assert by.groupby("capacity")["members"].sum().tolist() == outcome.sweep(capacity=[2, 3])["selected"].tolist()


@settings(max_examples=60, deadline=None)
@given(call=calls())
def test_within_its_interval_the_decision_stays_and_beyond_it_not(call: Call) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    for row in outcome.to_frame().itertuples():
        (line,) = outcome.sensitivity(row.id).itertuples()
        assert line.points == row.score
        within = row.status == "selected"

        def again(score: Decimal, one: str = row.id) -> bool:
            return one in chosen([{**r, "score": score} if r["id"] == one else r for r in rows], policy)

        for border, beyond in ((line.least, -MICRO), (line.most, MICRO)):
            if border is None:
                assert again(line.points + beyond * 10**8) == within
            else:
                assert again(border) == within
                assert again(border + beyond) != within


def test_differences_in_words() -> None:
    one = Policy(capacity=5, cap=[{"name": "c", "per": "c", "seats": 2}])
    other = one.model_copy(update={"capacity": 6, "cap": [], "title": "x"})
    assert set(differences(one, other)) == {
        "capacity: 5 becomes 6",
        "title: not stated becomes 'x'",
        "cap 'c' is taken out",
    }
    assert differences(one, one) == ()


def test_shares_that_come_to_other_numbers_are_said_though_nobody_changed_them() -> None:
    rules = {
        "capacity": 100,
        "reserve": [
            {"name": "A", "where": {"a": True}, "seats": "15%"},
            {"name": "B", "where": {"a": False}, "seats": 3},
        ],
        "cap": [{"name": "land", "per": "land", "seats": "5%"}],
    }
    one, other = Policy.model_validate(rules), Policy.model_validate({**rules, "capacity": 200})
    assert differences(one, other) == (
        "capacity: 100 becomes 200",
        "reserve 'A': 15% comes to 30 seats instead of 15",
        "cap 'land': 5% comes to 10 seats instead of 5",
    )


def test_a_name_the_policy_does_not_have() -> None:
    policy = {"capacity": 1, "points": [{"name": "Score", "field": "s", "per": 1}]}
    outcome = select([{"id": "a", "s": 1}], policy, seed="s")
    with pytest.raises(SelectionError, match=r"no points called 'Skore'\. Did you mean 'Score'"):
        outcome.what_if(points={"Skore": 2})
    with pytest.raises(SelectionError, match="not both"):
        outcome.what_if(capacity=2, policy=policy)


ROWS: list[dict[str, Any]] = [
    {"id": "a", "years": 9, "kind": "x", "adult": True},
    {"id": "b", "years": 7, "kind": "x", "adult": True},
    {"id": "c", "years": 5, "kind": "y", "adult": True},
    {"id": "d", "years": 4, "kind": "x", "adult": True},
    {"id": "e", "years": 8, "kind": "z", "adult": False},
]
CHANGEABLE: dict[str, Any] = {
    "capacity": 2,
    "changeable": ["years", "kind"],
    "eligible": [{"name": "adult", "where": {"adult": True}}],
    "points": [
        {"name": "years", "field": "years", "per": 1},
        {"name": "kind", "field": "kind", "values": {"x": 0, "y": 1, "z": 4}},
    ],
    "cap": [{"name": "kind", "per": "kind", "seats": 1}],
}


def test_a_change_that_is_named_selects_and_nearer_ones_do_not() -> None:
    outcome = select(ROWS, CHANGEABLE, seed="s")
    held = {name: sorted({row[name] for row in ROWS}) for name in ("years", "kind")}
    assert set(outcome.shortlist["id"]) == {"a", "c"}
    for row in ROWS:
        frame = outcome.counterfactuals(row["id"])
        named = {(line.field, line.instead) for line in frame.itertuples()}
        enough = {
            (name, value)
            for name, values in held.items()
            for value in values
            if row["id"] in chosen([{**r, name: value} if r is row else r for r in ROWS], CHANGEABLE)
        }
        if row["id"] in ("a", "c"):
            assert not named
            continue
        assert named <= enough
        assert {value for name, value in named if name == "kind"} == {v for name, v in enough if name == "kind"}
        higher = [value for name, value in enough if name == "years" and value > row["years"]]
        assert {v for n, v in named if n == "years" and v > row["years"]} == set(sorted(higher)[:1])
    assert "With years 9 instead of 7 you" in " ".join(outcome.counterfactuals("b")["text"])


def test_only_fields_that_rules_read_are_changeable() -> None:
    with pytest.raises(SelectionError, match="no rule reads the field 'year'"):
        Policy.model_validate({**CHANGEABLE, "changeable": ["year"]})
    rest = {key: value for key, value in CHANGEABLE.items() if key != "changeable"}
    with pytest.raises(SelectionError, match="calls no field changeable"):
        select(ROWS, rest, seed="s").counterfactuals("b")
