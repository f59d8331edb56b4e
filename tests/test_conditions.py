"""Conditions: three-valued logic by the book, comparisons by kind, a closed vocabulary, honest claims about groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.applicants import canonical_text
from selection.conditions import DEEPEST, Group, Truth, fields, misspelt, number, parse, relation, same

ANSWERS: tuple[Truth, ...] = (True, False, None)

#: Kleene's strong tables, written out: rows and columns in the order yes, no, missing.
AND = dict(zip(product(ANSWERS, ANSWERS), (True, False, None, False, False, False, None, False, None), strict=True))
OR = dict(zip(product(ANSWERS, ANSWERS), (True, True, True, True, False, None, True, None, None), strict=True))
NOT = {True: False, False: True, None: None}


def holds(table: Mapping[str, Any], **row: Any) -> Truth:
    return parse(table).holds(row)


# Logic

atoms = st.sampled_from(
    [(field, word) for field in ("a", "b", "c") for word in ("x", "y")] + [("a", ["x", "z"]), ("b", {"missing": True})]
)
tables = st.recursive(
    atoms.map(lambda atom: {atom[0]: atom[1]}),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        inner.map(lambda part: {"not": part}),
        st.tuples(inner, inner).map(lambda two: {"any": [two[0]], "not": two[1]}),
    ),
    max_leaves=8,
)
rows = st.fixed_dictionaries({name: st.sampled_from([None, "x", "y", "z"]) for name in ("a", "b", "c")})


def by_the_book(table: Mapping[str, Any], row: Mapping[str, Any]) -> Truth:
    """The truth of a table from the written-out tables of logic alone."""
    answer: Truth = True
    for key, value in table.items():
        answer = AND[answer, one_key(key, value, row)]
    return answer


def one_key(key: str, value: Any, row: Mapping[str, Any]) -> Truth:
    if key == "not":
        return NOT[by_the_book(value, row)]
    if key == "any":
        found: Truth = False
        for part in value:
            found = OR[found, by_the_book(part, row)]
        return found
    if key == "all":
        found = True
        for part in value:
            found = AND[found, by_the_book(part, row)]
        return found
    if isinstance(value, dict):
        return row[key] is None
    if row[key] is None:
        return None
    return row[key] in (value if isinstance(value, list) else [value])


@given(tables, rows)
def test_any_all_not_follow_kleenes_tables(table: dict[str, Any], row: dict[str, Any]) -> None:
    assert parse(table).holds(row) is by_the_book(table, row)


@given(tables, rows)
def test_filling_in_a_missing_field_never_turns_a_yes_into_a_no(table: dict[str, Any], row: dict[str, Any]) -> None:
    if "missing" in str(table):
        return
    answer = parse(table).holds(row)
    if answer is None:
        return
    gaps = [name for name, value in row.items() if value is None]
    for values in product(["x", "y", "z"], repeat=len(gaps)):
        assert parse(table).holds({**row, **dict(zip(gaps, values, strict=True))}) is answer


@given(tables)
def test_a_condition_names_every_field_it_reads(table: dict[str, Any]) -> None:
    condition = parse(table)
    read: set[str] = set()

    class Watched(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            read.add(key)
            return super().get(key, default)

    for values in product([None, "x", "z"], repeat=3):
        condition.holds(Watched(zip("abc", values, strict=True)))
    assert read == fields(condition)


def test_a_field_the_row_does_not_have_is_missing() -> None:
    assert holds({"a": "x"}) is None
    assert holds({"a": {"missing": True}}) is True
    assert holds({"a": {"missing": False}}) is False


# Several values


@pytest.mark.parametrize(
    ("held", "wanted", "answer"),
    [
        (("vaccine", "blood"), "vaccine", True),
        (("vaccine", "blood"), ["x", "blood"], True),
        (("vaccine",), "blood", False),
        ((), "blood", None),
        (("3", "12"), {"min": 10}, True),
        (("3", "4"), {"min": 10}, False),
        (("3", "many"), {"min": 10}, None),
        (("many", "12"), {"min": 10}, True),
    ],
)
def test_of_several_values_any_may_match(held: tuple[str, ...], wanted: Any, answer: Truth) -> None:
    assert holds({"f": wanted}, f=held) is answer


def test_an_empty_set_of_values_is_missing() -> None:
    assert holds({"f": {"missing": True}}, f=()) is True


# Comparisons


@pytest.mark.parametrize(
    ("cell", "word", "answer"),
    [
        ("12", 12, True),
        ("12.50", Decimal("12.5"), True),
        (" 12.50 ", 12.5, True),
        ("12.5", 12, False),
        (Decimal("12.0"), 12, True),
        (0.1, Decimal("0.1"), True),
        (Decimal("0.1"), 0.1, True),
        (Decimal("12.50"), "12.5", True),
        (Decimal("12.50"), "12.50", True),
        (7, "seven", False),
        ("twelve", 12, None),
        ("1_2", 12, None),
        ("nan", 12, None),
        ("1e999999999", 12, None),
        (True, 1, None),
        ("yes", True, True),
        ("No", False, True),
        ("TRUE", True, True),
        ("1", True, True),
        (0, False, True),
        (2, True, None),
        ("maybe", True, None),
        (True, "yes", True),
        (False, "yes", False),
        (True, "perhaps", False),
        ("YES", "yes", False),
        (date(2025, 8, 31), date(2025, 8, 31), True),
        ("2025-08-31", date(2025, 8, 31), True),
        ("31/08/2025", date(2025, 8, 31), None),
        (datetime(2025, 8, 31, 23, tzinfo=UTC), date(2025, 8, 31), True),
        (datetime(2025, 8, 31, 23, tzinfo=timezone(timedelta(hours=-9))), date(2025, 8, 31), False),
        (datetime(2025, 8, 31, 23), date(2025, 8, 31), None),
        (date(2025, 8, 31), "2025-08-31", True),
        (datetime(2025, 8, 15, 9, tzinfo=UTC), datetime(2025, 8, 15, 18, tzinfo=timezone(timedelta(hours=9))), True),
        (datetime(2025, 8, 15, 9), datetime(2025, 8, 15, 9, tzinfo=UTC), None),
        ("2025-08-15T18:00:00+09:00", datetime(2025, 8, 15, 9, tzinfo=UTC), True),
        (date(2025, 8, 15), datetime(2025, 8, 15, tzinfo=UTC), None),
    ],
)
def test_a_cell_is_read_as_the_kind_of_thing_it_is_compared_with(cell: Any, word: Any, answer: Truth) -> None:
    assert same(cell, parse({"f": word}).words[0]) is answer  # type: ignore[union-attr]
    assert holds({"f": word}, f=cell) is answer


@pytest.mark.parametrize(
    ("test", "cell", "answer"),
    [
        ({"min": 0.1}, Decimal("0.1"), True),
        ({"max": 0.1}, Decimal("0.1"), True),
        ({"min": 0.1, "max": 0.1}, "0.10", True),
        ({"min": 3, "max": 6}, 3, True),
        ({"min": 3, "max": 6}, "6", True),
        ({"min": 3, "max": 6}, "6.000001", False),
        ({"min": 3}, "about five", None),
        ({"min": 3}, True, None),
        ({"max": date(2025, 8, 31)}, datetime(2025, 8, 31, 23, 59, tzinfo=UTC), True),
        ({"max": date(2025, 8, 31)}, datetime(2025, 9, 1, tzinfo=UTC), False),
        ({"max": date(2025, 8, 31)}, "soon", None),
        (
            {"min": datetime(2025, 1, 1, tzinfo=UTC)},
            datetime(2025, 1, 1, 8, tzinfo=timezone(timedelta(hours=9))),
            False,
        ),
        ({"min": datetime(2025, 1, 1, tzinfo=UTC)}, datetime(2025, 1, 1), None),
    ],
)
def test_both_bounds_are_included_and_what_cannot_be_read_is_missing(test: Any, cell: Any, answer: Truth) -> None:
    assert holds({"f": test}, f=cell) is answer


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_compares_alike_in_text_and_in_every_precision(value: Decimal) -> None:
    with localcontext(prec=3):
        for cell in (value, str(value), f" {value}00 " if "." in str(value) else str(value)):
            assert holds({"f": value}, f=cell) is True
            assert holds({"f": {"min": value, "max": value}}, f=cell) is True


@given(st.text(max_size=8))
def test_reading_a_number_never_fails(text: str) -> None:
    read = number(text)
    assert read is None or (isinstance(read, Decimal) and read.is_finite())


def test_a_list_of_mixed_words_can_read_whatever_one_of_them_can() -> None:
    assert holds({"f": [12, "many"]}, f="few") is False
    assert holds({"f": [12, True]}, f="few") is None
    assert holds({"f": [12, "many"]}, f="12.0") is True


def test_a_time_as_a_word_is_its_time_in_utc() -> None:
    korean = datetime(2025, 8, 15, 18, tzinfo=timezone(timedelta(hours=9)))
    assert holds({"f": "2025-08-15T09:00:00+00:00"}, f=korean) is True
    assert canonical_text(korean) == canonical_text(korean.astimezone(UTC))
    assert canonical_text(datetime(2025, 8, 15, 18)) == "2025-08-15T18:00:00"


def test_one_and_true_are_two_words() -> None:
    assert holds({"f": [1, True]}, f="yes") is True
    assert holds({"f": [True, 1]}, f="1.0") is True


# Vocabulary


def test_a_class_word_stands_for_its_members() -> None:
    roles = {"ministry_of_health": True, "ministry_of_industry": True, "ministry": True, "nra": False, None: None}
    assert {role: holds({"role": "ministry"}, role=role) for role in roles} == roles
    groups = {"LIC": True, "LMC": True, "UMC": True, "HIC": False, None: None}
    assert {group: holds({"income_group": "LMIC"}, income_group=group) for group in groups} == groups
    assert holds({"citizenship.income_group": "LMIC"}, **{"citizenship.income_group": "UMC"}) is True


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"income_group": "LMX"}, "Did you mean 'LMC'?"),
        ({"income_group": "lic"}, "Did you mean 'LIC'?"),
        ({"residence.income_group": ["LIC", "LMICS"]}, "Did you mean 'LMIC'?"),
        ({"income_group": 3}, "not 3"),
        ({"income_group": {"min": 3}}, "no min or max"),
        ({"who_region": "AFRO"}, "Did you mean 'AFR'?"),
        ({"ldc": "LDC"}, "true or false"),
        ({"ldc": {"max": 1}}, "no min or max"),
        ({"country": "Ethiopia"}, "Did you mean 'ETH'?"),
        ({"citizenship": "ET"}, "alpha-3"),
        ({"role": "nraa"}, "Did you mean 'nra'?"),
        ({"role": "NRA"}, "Did you mean 'nra'?"),
        ({"role": "Ministry of Health"}, "Did you mean 'ministry_of_health'?"),
        ({"role": "manufacterer"}, "Did you mean 'manufacturer'?"),
        ({"role": "manufacutrer"}, "Did you mean 'manufacturer'?"),
        ({"sector": ["vaccine", "vacine"]}, "Did you mean 'vaccine'?"),
        ({"function": "quality-control"}, "Did you mean 'quality_control'?"),
        ({"any": [{"role": "nra"}, {"not": {"role": "nraa"}}]}, "Did you mean 'nra'?"),
    ],
)
def test_a_word_that_cannot_be_meant_is_answered_with_the_nearest(table: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(table)


@pytest.mark.parametrize("word", ["student", "nurse", "nca", "mother", "professor", "wholesaler"])
def test_another_call_may_bring_words_of_its_own(word: str) -> None:
    assert holds({"role": word}, role=word) is True


@pytest.mark.parametrize("word", ["yes", "true", True])
def test_a_truth_of_a_country_may_be_written_as_a_word(word: Any) -> None:
    assert holds({"ldc": word}, ldc=True) is True
    assert holds({"ldc": word}, ldc=False) is False


def test_misspelt_is_one_slip_and_not_two() -> None:
    assert misspelt("vaccines", "vaccine")
    assert misspelt("vacicne", "vaccine")
    assert not misspelt("vacicnes", "vaccine")
    assert not misspelt("", "nra")


# Tables that say nothing sensible


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("nra", "a condition is a table"),
        (["nra"], "a condition is a table"),
        ({}, "is empty"),
        ({"not": {}}, "is empty"),
        ({"all": [{}]}, "is empty"),
        ({"role": []}, "list of values for 'role' is empty"),
        ({"any": []}, "takes a list of conditions"),
        ({"all": {"role": "nra"}}, "takes a list of conditions"),
        ({"any": "nra"}, "takes a list of conditions"),
        ({"not": "nra"}, "a condition is a table"),
        ({"f": {"mn": 1}}, "Did you mean 'min'?"),
        ({"f": {"mising": True}}, "Did you mean 'missing'?"),
        ({"f": {"missing": "yes"}}, "{ missing = true }"),
        ({"f": {"missing": True, "min": 1}}, "{ missing = true }"),
        ({"f": {}}, "nothing"),
        ({"f": {"min": None}}, "take numbers"),
        ({"f": {"min": "12"}}, "take numbers"),
        ({"f": {"min": True}}, "take numbers"),
        ({"f": {"min": 5, "max": 3}}, "min is above max"),
        ({"f": {"min": 5, "max": date(2025, 1, 1)}}, "not of the same kind"),
        ({"f": {"min": date(2025, 1, 1), "max": datetime(2025, 1, 2, tzinfo=UTC)}}, "not of the same kind"),
        ({"f": {"min": datetime(2025, 1, 1)}}, "has no zone"),
        ({"f": datetime(2025, 1, 1)}, "has no zone"),
        ({"f": {"min": float("nan")}}, "not finite"),
        ({"f": {"max": Decimal("inf")}}, "not finite"),
        ({"f": Decimal("1e999999")}, "too large or small"),
        ({"f": [1, None]}, "is compared with"),
        ({"f": [[1]]}, "is compared with"),
        ({"f": b"nra"}, "is compared with"),
        ({"f": {"a", "b"}}, "is compared with"),
    ],
)
def test_a_table_that_conditions_cannot_say_is_refused_in_a_sentence(table: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse(table)


@pytest.mark.parametrize("depth", [DEEPEST, 100_000])
def test_tables_nested_without_end_are_refused(depth: int) -> None:
    table: dict[str, Any] = {"f": 1}
    for _ in range(depth):
        table = {"not": table}
    with pytest.raises(ValueError, match="tables within tables"):
        parse(table)


def test_as_deep_as_is_allowed_can_be_evaluated() -> None:
    table: dict[str, Any] = {"f": 1}
    for _ in range(DEEPEST - 1):
        table = {"not": table}
    assert holds(table, f=1) is (DEEPEST % 2 == 1)


# Relations between groups

words = st.sampled_from(["x", "y", "yes", "true", "12", "12.0", 12, 1, True, False, Decimal("12.5"), date(2025, 1, 1)])
conjunctions = st.dictionaries(
    st.sampled_from(["a", "b"]), st.one_of(words, st.lists(words, min_size=1, max_size=2)), min_size=1, max_size=2
)
CELLS = [
    *("x", "y", "z", "yes", "true", "no", "1", "12", "12.0", "12.5", "2025-01-01"),
    *(12, 1, 0, True, False, Decimal("12.0"), Decimal("12.5"), None),
    *(date(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC)),
]


@given(conjunctions, conjunctions)
def test_a_claim_about_two_groups_holds_in_every_pool_of_single_values(one: Any, other: Any) -> None:
    mine, theirs = parse(one), parse(other)
    claim = relation(Group.of(mine), Group.of(theirs), lambda _: True)
    for a, b in product(CELLS, CELLS):
        row = {"a": a, "b": b}
        here, there = mine.holds(row) is True, theirs.holds(row) is True
        assert not (claim == "disjoint" and here and there)
        assert not (claim in ("inside", "same") and here and not there)
        assert not (claim in ("contains", "same") and there and not here)


@given(conjunctions, conjunctions)
def test_a_claim_about_two_groups_holds_with_several_values(one: Any, other: Any) -> None:
    mine, theirs = parse(one), parse(other)
    claim = relation(Group.of(mine), Group.of(theirs), lambda _: False)
    assert claim != "disjoint"
    for cells in product(["x", "y", "12", "yes"], repeat=3):
        row = {"a": cells[:2], "b": cells[2]}
        here, there = mine.holds(row) is True, theirs.holds(row) is True
        assert not (claim in ("inside", "same") and here and not there)
        assert not (claim in ("contains", "same") and there and not here)


@given(tables, tables)
def test_claims_about_richer_conditions_hold_too(one: Any, other: Any) -> None:
    mine, theirs = parse(one), parse(other)
    claim = relation(Group.of(mine), Group.of(theirs), lambda _: True)
    for values in product([None, "x", "y", "z"], repeat=3):
        row = dict(zip("abc", values, strict=True))
        here, there = mine.holds(row) is True, theirs.holds(row) is True
        assert not (claim == "disjoint" and here and there)
        assert not (claim in ("inside", "same") and here and not there)
        assert not (claim in ("contains", "same") and there and not here)


@pytest.mark.parametrize(
    ("one", "other", "claim"),
    [
        ({"role": "nra"}, {"role": ["nra"]}, "same"),
        ({"role": "nra"}, {"role": "ministry"}, "disjoint"),
        ({"role": "ministry_of_health"}, {"role": "ministry"}, "inside"),
        ({"income_group": "LMIC"}, {"income_group": "LIC"}, "contains"),
        ({"income_group": "HIC"}, {"income_group": "LMIC"}, "disjoint"),
        ({"role": "nra", "income_group": "LIC"}, {"role": "nra"}, "inside"),
        ({"role": "nra", "income_group": "LIC"}, {"role": "ministry"}, "disjoint"),
        ({"role": "nra"}, {"income_group": "LIC"}, "unknown"),
        ({"role": "nra"}, {"not": {"role": "nra"}}, "unknown"),
        ({"f": 1}, {"f": True}, "unknown"),
        ({"f": 12}, {"f": "12"}, "unknown"),
        ({"f": "yes"}, {"f": "true"}, "unknown"),
        ({"f": "12"}, {"f": "12.0"}, "unknown"),
        ({"f": 1}, {"f": 2}, "disjoint"),
        ({"f": True}, {"f": False}, "disjoint"),
    ],
)
def test_relations_that_officers_write(one: Any, other: Any, claim: str) -> None:
    assert relation(Group.of(parse(one)), Group.of(parse(other)), lambda _: True) == claim
