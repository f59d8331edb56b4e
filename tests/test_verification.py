"""Plain counting agrees with right outcomes and names what is wrong with tampered ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import select
from selection.auditing.verification import check

POLICY: dict[str, Any] = {
    "capacity": 4,
    "counting": "each",
    "points": [{"name": "score", "field": "score", "per": 1}],
    "eligible": [{"name": "adult", "where": {"age": {"min": 18}}}],
    "reserve": [
        {"name": "A", "where": {"a": True}, "seats": 2},
        {"name": "B", "where": {"b": True}, "seats": 1},
    ],
    "cap": [{"name": "land", "per": "land", "seats": 2}],
}


@st.composite
def pools(draw: st.DrawFn) -> list[dict[str, Any]]:
    size = draw(st.integers(1, 9))
    return [
        {
            "id": f"p{i}",
            "score": draw(st.integers(0, 3)),
            "age": draw(st.sampled_from((17, 30))),
            "a": draw(st.booleans()),
            "b": draw(st.booleans()),
            "land": draw(st.sampled_from("xyz")),
        }
        for i in range(size)
    ]


@settings(max_examples=150, deadline=None)
@given(
    rows=pools(),
    counting=st.sampled_from(("each", "once")),
    kind=st.sampled_from(("guarantee", "over_and_above", "first")),
    fill=st.sampled_from(("seats_first", "priority_first")),
)
def test_right_outcomes_pass(rows: list[dict[str, Any]], counting: str, kind: str, fill: str) -> None:
    policy = {**POLICY, "counting": counting, "fill": fill}
    policy["reserve"] = [{**POLICY["reserve"][0], "kind": kind}, POLICY["reserve"][1]]
    assert check(select(rows, policy, seed="s")) == ()


ROWS = [{"id": f"p{i}", "score": 9 - i, "age": 30, "a": i > 4, "b": i == 3, "land": "xyz"[i % 3]} for i in range(8)] + [
    {"id": "young", "score": 20, "age": 10, "a": True, "b": True, "land": "x"}
]


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_seat_is_named(seed: int) -> None:
    outcome = select(ROWS, POLICY, seed="s")
    random = np.random.default_rng(seed)
    chosen = outcome.choice.block_of.copy()
    out, into = random.choice(np.flatnonzero(chosen >= 0)), random.choice(np.flatnonzero(chosen < 0))
    chosen[out], chosen[into] = -1, 0
    offences = check(replace(outcome, choice=replace(outcome.choice, block_of=chosen)))
    assert offences
    assert {o.promise for o in offences} <= {"cap", "compliance", "no_envy", "eligible"}


def test_one_seat_too_many_is_named() -> None:
    outcome = select(ROWS, POLICY, seed="s")
    chosen = np.zeros_like(outcome.choice.block_of)
    promises = {o.promise for o in check(replace(outcome, choice=replace(outcome.choice, block_of=chosen)))}
    assert {"capacity", "cap"} <= promises


def test_a_changed_order_is_named() -> None:
    outcome = select(ROWS, POLICY, seed="s")
    order = outcome.ranking.order[::-1].copy()
    assert any(o.promise == "order" for o in check(replace(outcome, ranking=replace(outcome.ranking, order=order))))
