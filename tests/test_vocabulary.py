"""Closed sets of words: what stands in one place only, and what follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from selection import vocabulary as words
from selection.countries import facts, known_codes
from selection.vocabulary import expand, last_part


def test_classes_stand_for_words_that_exist() -> None:
    for field, classes in words.CLASSES.items():
        known = {**words.CLOSED, **words.USUAL}[field]
        for name, members in classes.items():
            assert expand(field, name) == members
            assert set(members) <= set(known)


@pytest.mark.parametrize(
    ("field", "word", "members"),
    [
        ("role", "ministry", ("ministry", "ministry_of_health", "ministry_of_industry")),
        ("income_group", "LMIC", ("LIC", "LMC", "UMC")),
        ("citizenship.income_group", "LMIC", ("LIC", "LMC", "UMC")),
        ("role", "nra", ("nra",)),
        ("sector", "LMIC", ("LMIC",)),
    ],
)
def test_a_class_word_is_spelt_out_for_its_own_field_alone(field: str, word: str, members: tuple[str, ...]) -> None:
    assert expand(field, word) == members


def test_a_dotted_field_asks_for_its_last_part() -> None:
    assert last_part("citizenship.income_group") == "income_group"
    assert last_part("role") == "role"


def test_vocabularies_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        words.CLOSED["role"] = ()  # type: ignore[index]


def test_the_closed_words_are_exactly_those_the_reference_data_hold() -> None:
    from datetime import date

    known = [facts(code, date(2025, 8, 31)) for code in sorted(known_codes())]
    assert {k.income_group for k in known} - {None} == set(words.INCOME_GROUPS)
    assert {k.who_region for k in known} - {None} == set(words.WHO_REGIONS)
    assert all(isinstance(getattr(k, fact), bool) for k in known for fact in words.TRUTHS)


def test_every_country_fact_is_closed_or_a_truth() -> None:
    assert set(words.COUNTRY_FACTS) == {*words.CLOSED, *words.TRUTHS}


def test_the_page_on_policies_names_every_usual_word() -> None:
    page = (Path(__file__).parents[1] / "docs" / "reference" / "policy.md").read_text(encoding="utf-8")
    assert all(f"`{word}`" in page for known in words.USUAL.values() for word in known)
