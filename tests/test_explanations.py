"""Sentences come from catalogues that say the same in every language, and are true when the policy is run again."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import SelectionError, select
from selection.explanations import catalogue

LANGUAGES = ("en", "es", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_has_the_same_sentences_with_the_same_facts(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)
    assert {k: set(v) for k, v in english.items()} == {k: set(v) for k, v in other.items()}
    for section, sentences in english.items():
        for code, sentence in sentences.items():
            assert _facts(sentence) == _facts(other[section][code]), (section, code)


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_an_unknown_language_is_answered_with_those_there_are() -> None:
    with pytest.raises(SelectionError, match="Known: en, es, fr"):
        catalogue("xx")


@st.composite
def calls(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    size = draw(st.integers(1, 9))
    optional = st.one_of(st.none(), st.booleans())
    rows = [
        {
            "id": f"p{i}",
            "score": draw(st.integers(0, 4)),
            "a": draw(optional),
            "b": draw(st.booleans()),
            "land": draw(st.sampled_from("xyz")),
            "adult": draw(st.booleans()) or draw(st.booleans()),
        }
        for i in range(size)
    ]
    kinds = st.sampled_from(("guarantee", "first", "over_and_above"))
    policy: dict[str, Any] = {
        "capacity": draw(st.integers(3, 5)),
        "counting": draw(st.sampled_from(("each", "once"))),
        "waitlist": draw(st.integers(0, 2)),
        "eligible": [{"name": "adult", "where": {"adult": True}}],
        "points": [
            {"name": "score", "field": "score", "per": 1},
            {"name": "bonus", "where": {"b": True}, "points": "0.5"},
        ],
        "reserve": [
            {"name": "A", "where": {"a": True}, "seats": draw(st.integers(0, 2)), "kind": draw(kinds)},
            {"name": "B", "where": {"b": True}, "seats": 1, "kind": draw(kinds)},
        ],
        "cap": [{"name": "land", "per": "land", "seats": draw(st.integers(1, 3))}] if draw(st.booleans()) else [],
    }
    return rows, policy


def without(policy: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**policy, "reserve": [{**r, "seats": 0} if r["name"] in names else r for r in policy["reserve"]]}


@settings(max_examples=200, deadline=None)
@given(call=calls())
def test_because_of_and_displaced_are_true_when_run_again(call: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    again = {g: set(select(rows, without(policy, g), seed="s").shortlist["id"]) for g in "AB"}
    free = set(select(rows, without(policy, "A", "B"), seed="s").shortlist["id"])
    for row in outcome.to_frame().itertuples():
        facts = outcome.explain(row.id).facts
        if row.status == "selected":
            assert facts["because_of"] == [g for g in "AB" if row.id not in again[g]]
            assert (row.reason == "merit") == (all(row.id in ids for ids in again.values()) and row.id in free)
        elif row.status in ("waitlisted", "declined"):
            assert facts["displaced"] == (row.id in free)


@settings(max_examples=200, deadline=None)
@given(call=calls())
def test_contributions_add_up_and_causes_name_what_was_full(call: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    frame = outcome.to_frame().set_index("id")
    land = {row["id"]: row["land"] for row in rows}
    for one, row in frame.iterrows():
        found = outcome.explain(str(one))
        if found.facts["rank"] is not None:
            assert sum(c.points for c in found.contributions) == row["score"]
        if row["reason"] == "cap":
            cap = found.facts["caps"][0]
            chosen = frame.index[frame["status"] == "selected"]
            assert cap["value"] == land[str(one)]
            assert sum(land[i] == cap["value"] for i in chosen) == cap["seats"]
        for language in LANGUAGES:
            for text in (str(outcome.explain(str(one), language)), outcome.explain(str(one), language).for_officer()):
                assert "{" not in text
                assert "None" not in text


def test_a_pinned_applicant_may_hold_a_seat_in_a_reserve_of_its_own() -> None:
    policy = {
        "capacity": 1,
        "pinned": ["p0"],
        "reserve": [{"name": "r0", "where": {"a": False}, "seats": 1, "kind": "first"}],
        "points": [{"name": "s", "field": "score", "per": 1}],
    }
    outcome = select([{"id": "p0", "score": 0, "a": False}, {"id": "p1", "score": 1, "a": True}], policy, seed="s")
    frame = outcome.to_frame().set_index("id")
    assert frame["status"].to_dict() == {"p1": "declined", "p0": "selected"}
    assert frame.loc["p0", "reason"] == "pinned"
