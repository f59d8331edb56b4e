"""Organisations, people and addresses as they are written: what counts as one, what is only suspected."""

from __future__ import annotations

import random
import sys
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import selection
from selection.applicants import Column
from selection.auditing.verification import check
from selection.intake.mailboxes import normalised_email
from selection.intake.organisations import counted, merges, organisation_key
from selection.intake.people import name_key, suspicions
from selection.texts import Texts

BIO_FARMA = ["Bio Farma", "PT Bio Farma (Persero)", "BIO FARMA", "P.T. Bio-Farma", "bio  farma, PT"]


@pytest.mark.parametrize("text", BIO_FARMA[:4])
def test_spellings_of_one_organisation_have_one_key(text: str) -> None:
    assert organisation_key(text) == "bio farma"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Sanofi S.A.", "sanofi"),
        ("Novo Nordisk A/S", "novo nordisk"),
        ("Società Italiana S.p.A.", "societa italiana"),
        ("ООО «Вектор»", "вектор"),
        ("国药集团有限公司", "国药集团"),
        ("Johnson & Johnson", "johnson and johnson"),
        ("Co.", "co"),
        ("The Ltd", "the"),
        ("!!!", "!!!"),
    ],
)
def test_what_is_left_of_a_name(text: str, key: str) -> None:
    assert organisation_key(text) == key


def test_marks_that_make_other_words_stay() -> None:
    assert organisation_key("औषधि") != organisation_key("औषध")
    assert organisation_key("Biofarma") != organisation_key("Bio Farma"), "two companies; only suggested"


@given(st.text(max_size=40))
def test_every_text_has_a_key_that_keeps_itself(text: str) -> None:
    key = organisation_key(text)
    assert bool(key) == bool(text)
    assert organisation_key(text.upper().lower()) == organisation_key(text.lower())


@given(st.lists(st.sampled_from([*BIO_FARMA, "Sanofi", "Biofarma", None]), max_size=12))
def test_counting_merges_what_has_one_key_and_nothing_else(cells: list[Any]) -> None:
    column, merged = Column.of(cells), counted(Column.of(cells))
    for row, cell in enumerate(cells):
        for other, second in enumerate(cells):
            if cell is None or second is None:
                continue
            same = organisation_key(cell) == organisation_key(second)
            assert (merged.at(row) == merged.at(other)) == same
        assert (merged.at(row) is None) == (cell is None)
        assert merged.at(row) in [*cells, None]
    assert [column.at(row) for row in range(len(cells))] == cells


RULES = {
    "capacity": 3,
    "cap": [{"name": "One each", "per": "organisation", "seats": 1}],
    "ties": {"order": ["lottery"]},
}


def people(*organisations: str, **more: list[str]) -> list[dict[str, str]]:
    rows = [{"id": str(n), "organisation": name} for n, name in enumerate(organisations)]
    return [{**row, **{key: values[n] for key, values in more.items()}} for n, row in enumerate(rows)]


def test_a_cap_for_each_organisation_is_not_beaten_by_its_spelling() -> None:
    outcome = selection.select(people(*BIO_FARMA[:3], "Sanofi"), RULES, seed="s")
    assert outcome.counts["selected"] == 2
    assert not check(outcome)
    written = {outcome.intake.pool.columns["organisation"].at(row) for row in range(4)}
    assert written == {*BIO_FARMA[:3], "Sanofi"}, "what people wrote stays"
    other = selection.select(people("Bio Farma", "Biofarma"), RULES, seed="s")
    assert other.counts["selected"] == 2, "a likeness is suggested, never merged"


def test_likenesses_are_listed_and_merged_by_the_form_alone() -> None:
    names = ["Bio Farma", "BIO FARMA", "Biofarma", "Serum Institute of India", "Serum Institut of India"]
    found = merges(Column.of([*names, "Medicines Authority of India", "Medicines Authority of Iran"]))
    listed = [({text for text, _ in one.spellings}, one.counted_as_one) for one in found]
    assert ({"Bio Farma", "BIO FARMA"}, True) in listed
    assert any({"Biofarma"} < texts and not one for texts, one in listed)
    assert ({"Serum Institute of India", "Serum Institut of India"}, False) in listed
    assert not any("Medicines Authority of Iran" in texts for texts, _ in listed)
    form = {
        "fields": {
            "id": {"column": "id"},
            "organisation": {"column": "organisation", "same": {"Biofarma": "Bio Farma"}},
        }
    }
    intake = selection.read_applicants(people("Bio Farma", "Biofarma", "Sanofi"), form=form)
    assert [a.organisation for a in intake.pool] == ["Bio Farma", "Bio Farma", "Sanofi"]
    assert intake.changes["code"].tolist() == ["merged"]
    with pytest.raises(selection.SelectionError, match="same"):
        selection.Form.model_validate({"fields": {"x": {"column": "a", "same": {"a": "b"}, "type": "number"}}})


def test_without_the_optional_package_words_and_spaces_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    monkeypatch.setitem(sys.modules, "rapidfuzz.fuzz", None)
    found = merges(Column.of(["Bio Farma", "Biofarma", "Farma Bio", "Serum Institute", "Serum Institut"]))
    assert {frozenset(t for t, _ in one.spellings) for one in found} == {
        frozenset({"Bio Farma", "Biofarma"}), frozenset({"Bio Farma", "Farma Bio"})}  # fmt: skip


def test_thousands_of_organisations_are_compared_with_their_neighbours_only() -> None:
    names = [f"Institute {n:05d} of Something" for n in range(5_000)]
    assert merges(Column.of(names)) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Awa Ba", "BA, Awa", True),
        ("José Núñez", "Jose Nunez", True),
        ("محمد علي", "علي محمد", True),
        ("王伟", "王 伟", False),
        ("Awa Ba", "Awa Bah", False),
    ],
)
def test_names_in_any_script(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) == same


def test_the_same_name_at_the_same_organisation_is_listed_by_row_without_the_name() -> None:
    rows = people("Bio Farma", "PT Bio Farma", "Sanofi", name=["José Ba", "BA Jose", "José Ba"])
    intake = selection.read_applicants([{**row, "email": f"{row['id']}@example.org"} for row in rows])
    assert intake.counts["duplicates"] == 0
    said = [line.sentence for line in intake.report.lines if line.code == "same_name"]
    assert said == ["Rows 1, 2 hold the same name at the same organisation, with different addresses or ids."]
    assert "Jos" not in intake.report.text()


def test_the_listed_are_those_with_one_name_and_one_organisation_by_plain_grouping() -> None:
    draw = random.Random(3)
    parts = [
        "Awa",
        "awa",
        "Ba",
        "José",
        "Jose",
        "JOSÉ,",
        "o'Neil",
        "o Neil",
        "王",
        "伟",
        "a/b",
        "-",
        "x" * 90,
        "ﬁn",
        "fin",
    ]
    names = [" ".join(draw.choices(parts, k=draw.randrange(1, 5))) for _ in range(3000)]
    employers = draw.choices(["Sanofi", "SANOFI SA", "PATH"], k=3000)
    pool = selection.read_applicants(
        pl.DataFrame({"id": [*map(str, range(3000))], "name": names, "organisation": employers})
    ).pool
    assert isinstance(pool.columns["name"].values, Texts)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(pool):
        groups.setdefault((name_key(str(one.name)), organisation_key(str(one.organisation))), []).append(place + 1)
    wanted = sorted(tuple(rows) for (name, _), rows in groups.items() if len(rows) > 1 and name)
    assert [one.rows for one in suspicions(pool)] == wanted[:1000]
    assert len(wanted) > 100


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("A.B+c@GMail.com", "ab@gmail.com"),
        ("a.b+c@outlook.com", "a.b@outlook.com"),
        ("A.b+c@example.org", "a.b+c@example.org"),
        ("+c@outlook.com", "+c@outlook.com"),
        ("nobody", None),
    ],
)
def test_addresses_are_told_apart_as_their_provider_does(address: str, normal: str | None) -> None:
    assert normalised_email(address) == normal
    if normal is not None:
        rows = [{"id": "1", "email": address}, {"id": "2", "email": normal}]
        assert selection.read_applicants(rows).counts["duplicates"] == 1


def test_a_day_that_may_be_a_month_is_refused_and_both_readings_said() -> None:
    intake = selection.read_applicants([{"id": "1", "submitted_at": "7/2/2025 10:00"}])
    assert "It may be day 7 of month 2, or day 2 of month 7." in intake.findings[0].sentence
    assert intake.pool.columns["submitted_at"].at(0) is None
