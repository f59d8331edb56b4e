"""Thresholds are exact: the threshold selects, a millionth of a point less does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from selection import select

MICRO = Decimal("0.000001")


@st.composite
def calls(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    size = draw(st.integers(1, 8))
    rows = [
        {
            "id": f"p{i}",
            "score": draw(st.integers(0, 4)),
            "a": draw(st.booleans()),
            "b": draw(st.booleans()),
            "land": draw(st.sampled_from("xyz")),
            "top": draw(st.booleans()),
        }
        for i in range(size)
    ]
    kinds = st.sampled_from(("guarantee", "first", "over_and_above"))
    policy = {
        "capacity": draw(st.integers(2, 4)),
        "counting": draw(st.sampled_from(("each", "once"))),
        "tier": [{"name": "top", "where": {"top": True}}] if draw(st.booleans()) else [],
        "points": [{"name": "score", "field": "score", "per": 1}],
        "reserve": [
            {"name": "A", "where": {"a": True}, "seats": 1, "kind": draw(kinds)},
            {"name": "B", "where": {"b": True}, "seats": 1},
        ],
        "cap": [{"name": "land", "per": "land", "seats": draw(st.integers(1, 3))}] if draw(st.booleans()) else [],
        "lottery": {"tickets": draw(st.sampled_from(("single", "per_block")))},
    }
    return rows, policy


@settings(max_examples=100, deadline=None)
@given(call=calls())
def test_a_threshold_is_the_smallest_score_that_selects(call: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    frame = outcome.to_frame()
    for row in frame[frame["status"] != "selected"].itertuples():
        least = outcome.threshold(row.id)
        if least is None:
            assert not _selected(rows, policy, row.id, Decimal(1000))
        else:
            assert least > row.score
            assert _selected(rows, policy, row.id, least)
            assert not _selected(rows, policy, row.id, least - MICRO)
        assert outcome.explain(row.id).threshold == least
    all_of_them = outcome.thresholds().set_index("id")
    assert set(all_of_them.index) == set(frame.loc[frame["status"] != "selected", "id"])
    assert all(outcome.threshold(one) == all_of_them.loc[one, "threshold"] for one in all_of_them.index)
    known = all_of_them[all_of_them["threshold"].notna()]
    assert all(row.score + row.more == row.threshold for row in known.itertuples())


def _selected(rows: list[dict[str, Any]], policy: dict[str, Any], one: str, score: Decimal) -> bool:
    changed = [{**row, "score": score} if row["id"] == one else row for row in rows]
    return one in set(select(changed, policy, seed="s").shortlist["id"])


def test_the_selected_and_the_unweighed_have_none() -> None:
    rows = [{"id": "in", "score": 3}, {"id": "out", "score": 2}, {"id": "gap", "score": None}]
    policy = {"capacity": 1, "points": [{"name": "score", "field": "score", "per": 1}]}
    outcome = select(rows, policy, seed="s")
    assert outcome.threshold("in") is None
    assert outcome.threshold("gap") is None
    assert outcome.explain("gap").threshold is None
    assert outcome.threshold("out") in (Decimal(3), Decimal("3.000001"))
    assert "would have been selected" in str(outcome.explain("out"))
