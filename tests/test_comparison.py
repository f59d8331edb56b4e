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


def test_a_name_the_policy_does_not_have() -> None:
    policy = {"capacity": 1, "points": [{"name": "Score", "field": "s", "per": 1}]}
    outcome = select([{"id": "a", "s": 1}], policy, seed="s")
    with pytest.raises(SelectionError, match=r"no points called 'Skore'\. Did you mean 'Score'"):
        outcome.what_if(points={"Skore": 2})
    with pytest.raises(SelectionError, match="not both"):
        outcome.what_if(capacity=2, policy=policy)
