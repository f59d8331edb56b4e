"""Sentences come from catalogues that say the same in every language, and are true when the policy is run again."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import SelectionError, select
from selection.explanations import EDITIONS, catalogue, file_schema
from selection.explanations.catalogues import RIGHT_TO_LEFT, languages, wording, words

ROOT = Path(__file__).parent.parent
LANGUAGES = tuple(languages())
FITS = jsonschema.Draft202012Validator(file_schema.make())

#: Plural forms in the order of Unicode's plural rules, as far as each language has them.
FORMS = {
    "ar": {"zero", "one", "two", "few", "many", "other", "neutral"},
    "en": {"one", "other"},
    "es": {"one", "many", "other"},
    "fr": {"one", "many", "other"},
    "ru": {"one", "few", "many", "other", "neutral"},
    "zh": {"other"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_has_the_same_sentences_with_the_same_facts(language: str) -> None:
    english, other = dict(catalogue("en")), dict(catalogue(language))
    assert {k: set(v) for k, v in english.items()} == {k: set(v) for k, v in other.items()}
    for forms in other.pop("counts").values():
        assert set(forms) == FORMS[language]
        assert all(_facts(wording) == {"n"} for wording in forms.values())
    for section in other:
        for code, sentence in english[section].items():
            assert _facts(sentence) == _facts(other[section][code]), (section, code)


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_forms_are_those_of_the_language(language: str) -> None:
    babel = pytest.importorskip("babel")
    assert FORMS[language] - {"neutral"} == set(babel.Locale.parse(language).plural_form.tags) | {"other"}


def test_numbers_and_plurals() -> None:
    pytest.importorskip("babel")
    assert [words("en").count("points", n) for n in (1, Decimal("1.5"), 0)] == ["1 point", "1.5 points", "0 points"]
    assert [words("fr").count("points", n) for n in (1, Decimal("1.5"), 2)] == ["1 point", "1,5 point", "2 points"]
    assert [words("ru").count("points", n) for n in (1, 3, 5, 21)] == ["1 балл", "3 балла", "5 баллов", "21 балл"]
    assert words("ru").count("seats", 12000) == "12000 мест"


@pytest.mark.parametrize(("language", "said"), [("en", "1 point"), ("fr", "1.5 point"), ("ru", "баллы: 2")])
def test_without_babel_nothing_is_said_wrongly(language: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    number = {"en": 1, "fr": Decimal("1.5"), "ru": 2}[language]
    assert words.__wrapped__(language).count("points", number) == said


def test_values_keep_their_own_direction_in_a_sentence_from_right_to_left() -> None:
    assert words("ar").apart("2025-0001") == "\u20682025-0001\u2069"
    assert words("ar").apart("") == ""
    assert {words(one).apart("2025-0001") for one in LANGUAGES if one != "ar"} == {"2025-0001"}
    pages = {one: wording("pages", one)["direction"] for one in LANGUAGES}
    assert {one for one, direction in pages.items() if direction == "rtl"} == set(RIGHT_TO_LEFT)


def test_the_schema_at_the_root_is_fresh() -> None:
    written = (ROOT / "explanation.schema.json").read_text(encoding="utf-8")
    assert written == file_schema.text(), "remake it: python -m selection.explanations.file_schema"


def test_an_unknown_language_or_edition_is_answered_with_those_there_are() -> None:
    with pytest.raises(SelectionError, match="Known: ar, en, es, fr, ru, zh"):
        catalogue("xx")
    outcome = select([{"id": "a", "score": 1}], {"capacity": 1}, seed="s")
    with pytest.raises(SelectionError, match="Did you mean 'officer'"):
        outcome.explanations(edition="oficer")


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


@settings(max_examples=80, deadline=None)
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


@settings(max_examples=80, deadline=None)
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
            assert str(one) in set(select(rows, {**policy, "cap": []}, seed="s").shortlist["id"])
        if row["reason"] == "combination":
            assert found.facts["caps"], "too few seats alone are no combination"
        if row["reason"] == "capacity":
            roomy = {**policy, "capacity": policy["capacity"] + len(rows)}
            assert str(one) in set(select(rows, roomy, seed="s").shortlist["id"])
        FITS.validate(dict(found.facts))
        for language in LANGUAGES:
            for text in (str(outcome.explain(str(one), language)), outcome.explain(str(one), language).for_officer()):
                assert "{" not in text
                assert "None" not in text


def test_several_things_at_once_names_the_cap_that_more_seats_would_fill() -> None:
    rows = [{"id": f"p{i}", "score": 9 - i, "land": land} for i, land in enumerate("yyxxx")]
    policy = {
        "capacity": 3,
        "points": [{"name": "score", "field": "score", "per": 1}],
        "cap": [{"name": "land", "per": "land", "seats": 2}],
    }
    outcome = select(rows, policy, seed="s")
    assert outcome.explain("p3").cause == "capacity"
    found = outcome.explain("p4")
    assert found.cause == "combination"
    assert found.facts["caps"] == [{"cap": "land", "value": "x", "seats": 2}]
    for other in ({**policy, "capacity": 9}, {**policy, "cap": []}):
        assert "p4" not in set(select(rows, other, seed="s").shortlist["id"])


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


@settings(max_examples=40, deadline=None)
@given(call=calls(), language=st.sampled_from(LANGUAGES))
def test_all_at_once_is_the_same_as_one_after_the_other(
    call: tuple[list[dict[str, Any]], dict[str, Any]], language: str
) -> None:
    rows, policy = call
    outcome = select(rows, policy, seed="s")
    for edition in EDITIONS:
        frame = outcome.explanations(language, edition)
        assert list(frame["id"]) == list(outcome.to_frame()["id"])
        for one, text in zip(frame["id"], frame["text"], strict=True):
            found = outcome.explain(one, language)
            if edition == "auditor":
                FITS.validate(json.loads(text))
                assert json.loads(text) == json.loads(json.dumps(dict(found.facts), default=str))
            else:
                assert text == (str(found) if edition == "applicant" else found.for_officer())


def test_signs_that_have_a_meaning_in_templates_stay_as_they_are() -> None:
    policy = {"capacity": 1, "points": [{"name": "100 % {x}", "field": "score", "per": 1}]}
    rows = [{"id": "%s {id}", "score": 2}, {"id": "b", "score": 1}]
    outcome = select(rows, {**policy, "reserve": [{"name": "5 % {a}", "where": {"id": "b"}, "seats": 1}]}, seed="s")
    officer = outcome.explanations(edition="officer").set_index("id")["text"]
    assert all(text == outcome.explain(one).for_officer() for one, text in officer.items())
    assert "5 % {a}" in officer["b"]
    assert "100 % {x}" in officer["%s {id}"]
