"""Every applicant weighed alone: the same as reading the rules row by row, slowly, with fractions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.applicants import Column, Pool
from selection.assessment import DUPLICATE, ELIGIBLE, INCOMPLETE, INELIGIBLE, MISSING, assess
from selection.errors import CountryDataError, InputError, PolicyError
from selection.policy import Policy

Row = dict[str, Any]
NAMES = {ELIGIBLE: "eligible", INELIGIBLE: "ineligible", INCOMPLETE: "incomplete", DUPLICATE: "duplicate"}


def pool(rows: Sequence[Row], duplicate_of: Sequence[int] | None = None, open_cells: Any = None) -> Pool:
    """A pool of rows; the fields are all that some row has."""
    names = sorted({name for row in rows for name in row})
    ids = np.array([f"A{i:03}" for i in range(len(rows))], dtype=object)
    columns = {name: Column.of([row.get(name) for row in rows]) for name in names}
    stands = np.array(duplicate_of if duplicate_of is not None else [-1] * len(rows), dtype=np.int64)
    return Pool(ids, columns, np.arange(len(rows), dtype=np.int64), stands, open_cells or {})


def policy(**keys: Any) -> Policy:
    return Policy.model_validate({"capacity": 10, **keys})


def standings(rows: Sequence[Row], **keys: Any) -> list[str]:
    return [NAMES[s] for s in assess(pool(rows), policy(**keys)).standing.tolist()]


def scores(rows: Sequence[Row], criterion: dict[str, Any]) -> list[Any]:
    """What one criterion gives to each row, in points; None where it lacks a field."""
    made = assess(pool(rows), policy(points=[{"name": "P", **criterion}]))
    (rule,) = made.of_kind("points")
    return [None if v == MISSING else Decimal(v) / 1_000_000 for v in rule.values.tolist()]


# The slow way: row by row, with fractions


def slow_truth(where: Row, row: Row) -> bool | None:
    answers: list[bool | None] = []
    for key, test in where.items():
        if key == "any":
            parts = [slow_truth(part, row) for part in test]
            answers.append(True if True in parts else None if None in parts else False)
        elif key == "not":
            inner = slow_truth(test, row)
            answers.append(None if inner is None else not inner)
        elif isinstance(test, dict) and "missing" in test:
            answers.append((row.get(key) is None) is test["missing"])
        elif row.get(key) is None:
            answers.append(None)
        elif isinstance(test, dict):
            answers.append(test.get("min", row[key]) <= row[key] <= test.get("max", row[key]))
        else:
            cells = row[key] if isinstance(row[key], tuple) else (row[key],)
            answers.append(any(cell == word for cell in cells for word in (test if isinstance(test, list) else [test])))
    return False if False in answers else None if None in answers else True


def slow_points(rule: Row, row: Row) -> Fraction | None:
    given = slow_given(rule, row)
    if given is None and rule.get("missing", "incomplete") != "incomplete":
        return Fraction(rule["missing"])
    return given


def slow_given(rule: Row, row: Row) -> Fraction | None:
    if "where" in rule:
        answer = slow_truth(rule["where"], row)
        return None if answer is None else Fraction(rule["points"] if answer else 0)
    cell = row.get(rule["field"])
    if cell is None:
        return None
    each = [slow_one(rule, value) for value in (cell if isinstance(cell, tuple) else (cell,))]
    total = sum(each, Fraction(0)) if rule.get("take") == "sum" else max(each)
    total = max(total, Fraction(rule["min"])) if "min" in rule else total
    return min(total, Fraction(rule["max"])) if "max" in rule else total


def slow_one(rule: Row, value: Any) -> Fraction:
    if "values" in rule:
        return Fraction(rule["values"].get(value, rule.get("other", 0)))
    if "per" in rule:
        return Fraction(rule["per"]) * Fraction(value)
    for band in rule["bands"]:
        if band.get("min", value) <= value <= band.get("max", value):
            return Fraction(band["points"])
    return Fraction(rule.get("other", 0))


def slow(table: Row, row: Row, duplicate: bool) -> tuple[str, Fraction, int]:
    """Status, score and tier of one applicant."""
    row = dict(row)
    for derive in table.get("derive", []):
        row[derive["field"]] = slow_derive(derive, row)
    answers = {"eligible": slow_answers(table, row, "eligible"), "tier": slow_answers(table, row, "tier")}
    given = [slow_points(rule, row) for rule in table.get("points", [])]
    groups = slow_answers(table, row, "reserve")
    for cap in table.get("cap", []):
        absent = None if cap.get("missing", "incomplete") == "incomplete" else False
        groups.append(absent if row.get(cap["per"]) is None else True)
    everything = [*answers["eligible"], *answers["tier"], *given, *groups]
    status = "incomplete" if None in everything else "eligible"
    status = "ineligible" if False in answers["eligible"] else status
    tier = next((i for i, answer in enumerate(answers["tier"], 1) if answer), len(answers["tier"]) + 1)
    return "duplicate" if duplicate else status, sum((g for g in given if g is not None), Fraction(0)), tier


def slow_answers(table: Row, row: Row, kind: str) -> list[bool | None]:
    said = {"incomplete": None, "no": False, "yes": True}
    answers = [(slow_truth(rule["where"], row), rule.get("missing", "incomplete")) for rule in table.get(kind, [])]
    return [said[missing] if answer is None else answer for answer, missing in answers]


def slow_derive(derive: Row, row: Row) -> Any:
    for line in derive["rows"]:
        answer = slow_truth(line["where"], row)
        if answer is not False:
            return None if answer is None else line["value"]
    return derive.get("other")


decimals = st.decimals(min_value=-20, max_value=20, places=2)
quarters = st.integers(-40, 40).map(lambda n: Decimal(n) / 4)
rows = st.fixed_dictionaries(
    {
        "a": st.sampled_from([None, "x", "y", "z"]),
        "many": st.sampled_from([None, ("x",), ("x", "y"), ("y", "z"), ("x", "y", "z")]),
        "n": st.none() | quarters,
    }
)
tests = st.one_of(
    st.fixed_dictionaries({"a": st.sampled_from(["x", ["y", "z"], {"missing": True}])}),
    st.fixed_dictionaries({"many": st.sampled_from(["x", ["y", "z"]])}),
    st.fixed_dictionaries({"n": st.sampled_from([{"min": 0}, {"max": 2}, {"min": -1, "max": Decimal("0.5")}])}),
    st.fixed_dictionaries({"made": st.sampled_from(["x", "w"])}),
    st.fixed_dictionaries({"again": st.sampled_from([True, False])}),
)
wheres = st.one_of(
    tests,
    st.fixed_dictionaries({"any": st.lists(tests, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"not": tests, "any": st.lists(tests, min_size=1, max_size=2)}),
)
truths = st.sampled_from(["incomplete", "no", "yes"])
take = st.sampled_from(["highest", "sum"])
by_values = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["a", "many", "made"]),
        "values": st.dictionaries(st.sampled_from(["x", "y", "w"]), decimals, min_size=1),
    },
    optional={"other": decimals, "missing": decimals, "take": take},
)
by_unit = st.fixed_dictionaries(
    {"field": st.just("n"), "per": decimals},
    optional={"min": st.integers(-9, 0), "max": st.integers(1, 9), "missing": decimals},
)
bands = st.lists(
    st.fixed_dictionaries({"points": decimals, "min": st.integers(-9, 0)}, optional={"max": st.integers(1, 9)}),
    min_size=1,
)
by_band = st.fixed_dictionaries(
    {"field": st.just("n"), "bands": bands}, optional={"other": decimals, "missing": decimals}
)
by_condition = st.fixed_dictionaries({"where": wheres, "points": decimals}, optional={"missing": decimals})


def named(rules: st.SearchStrategy[Row], most: int = 2) -> st.SearchStrategy[list[Row]]:
    return st.lists(rules, max_size=most).map(lambda found: [{**r, "name": f"rule {i}"} for i, r in enumerate(found)])


DERIVE: list[Row] = [
    {
        "field": "made",
        "rows": [{"where": {"a": "x"}, "value": "w"}, {"where": {"n": {"min": 0}}, "value": "x"}],
        "other": "y",
    },
    {"field": "again", "rows": [{"where": {"made": "w", "many": "x"}, "value": True}], "other": False},
]
tables = st.fixed_dictionaries(
    {
        "derive": st.just(DERIVE),
        "eligible": named(st.fixed_dictionaries({"where": wheres}, optional={"missing": truths})),
        "tier": named(st.fixed_dictionaries({"where": wheres}, optional={"missing": truths})),
        "points": named(st.one_of(by_values, by_unit, by_band, by_condition), 4),
        "reserve": named(st.fixed_dictionaries({"where": wheres, "seats": st.just(1)}, optional={"missing": truths})),
        "cap": named(
            st.fixed_dictionaries(
                {"per": st.sampled_from(["a", "made"]), "seats": st.just(1)},
                optional={"missing": st.sampled_from(["incomplete", "no"])},
            )
        ),
    }
)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=12), tables, st.data())
def test_the_fast_way_is_the_slow_way(many: list[Row], table: Row, data: st.DataObject) -> None:
    doubled = data.draw(st.lists(st.booleans(), min_size=len(many), max_size=len(many)))
    doubled[0] = False
    made = assess(pool(many, [0 if d else -1 for d in doubled]), policy(counting="each", **table))
    for place, (row, double) in enumerate(zip(many, doubled, strict=True)):
        status, score, tier = slow(table, row, double)
        assert NAMES[int(made.standing[place])] == status
        assert Fraction(int(made.score[place]), 1_000_000) == score
        assert int(made.tier[place]) == tier
    assert sum(made.counts.values()) == len(many)


@settings(max_examples=50, deadline=None)
@given(st.lists(rows, min_size=1, max_size=8), tables)
def test_contributions_add_up_and_causes_name_a_rule_that_did_it(many: list[Row], table: Row) -> None:
    made = assess(pool(many), policy(counting="each", **table))
    for place, row in enumerate(many):
        given = [rule.at(place) for rule in made.of_kind("points")]
        assert sum(g for g in given if g != MISSING) == made.score[place]
        cause = int(made.cause[place])
        assert (cause >= 0) == (made.standing[place] in (INELIGIBLE, INCOMPLETE))
        if cause >= 0:
            rule = made.rules[cause]
            failed = made.standing[place] == INELIGIBLE
            assert rule.at(place) == (0 if failed else MISSING)
            assert rule.kind == "eligible" or not failed
            if rule.kind != "ties":
                assert {k: v for k, v in rule.seen(place).items() if k in row} == {
                    k: row[k] for k in rule.fields if k in row
                }


@settings(max_examples=30, deadline=None)
@given(st.lists(rows, min_size=1, max_size=8), tables, st.integers(2, 30))
def test_the_precision_of_the_moment_changes_nothing(many: list[Row], table: Row, precision: int) -> None:
    made = assess(pool(many), policy(counting="each", **table))
    with localcontext(prec=precision):
        again = assess(pool(many), policy(counting="each", **table))
    assert (again.score == made.score).all()


# Points


@pytest.mark.parametrize(
    ("criterion", "cells", "given"),
    [
        ({"values": {"x": 3, "y": 5}}, ["x", "y", "z", None], [3, 5, 0, None]),
        ({"values": {"x": 3}, "other": 1, "missing": 0}, ["x", "z", None], [3, 1, 0]),
        ({"values": {"x": 3, "y": 5}}, [("x", "y"), ("x", "z")], [5, 3]),
        ({"values": {"x": 3, "y": 5}, "take": "sum"}, [("x", "y"), ("x", "z")], [8, 3]),
        ({"values": {"x": 3}, "other": 1, "take": "sum"}, [("x", "y", "z")], [5]),
        ({"values": {"x": -3}}, [("x",), ("x", "y")], [-3, 0]),
        ({"values": {"true": 4, "false": 1}}, [True, False], [4, 1]),
        ({"values": {"yes": 4, "no": 1}}, [True, False, "yes", "no"], [4, 1, 4, 1]),
        ({"values": {"1": 4, "2.50": 1}}, [1, Decimal("2.5"), "1", 3], [4, 1, 4, 0]),
        ({"per": 2}, [3, "4", " 1.5 ", "many", True, None], [6, 8, 3, None, None, None]),
        ({"per": Decimal("0.1"), "max": 10}, [3, 1000, 10**30], [Decimal("0.3"), 10, 10]),
        ({"per": 1, "min": 0, "max": 10}, [-3, Decimal("9.9")], [0, Decimal("9.9")]),
        ({"per": 1}, [10**9, 10**9 + 1, 10**30], [10**9, None, None]),
        ({"per": 1, "missing": 0}, ["many", None], [0, 0]),
        ({"per": Decimal("0.333333")}, [Decimal("0.1")], [Decimal("0.033333")]),
        (
            {"per": Decimal("0.5")},
            [Decimal("0.000001"), Decimal("0.000003")],
            [Decimal("0.000001"), Decimal("0.000002")],
        ),
        ({"per": 1}, [("2", "5"), ("2", "many")], [5, None]),
        ({"per": 1, "take": "sum", "max": 6}, [("2", "5"), ("1", "2")], [6, 3]),
        ({"bands": [{"max": 2, "points": 1}, {"min": 2, "points": 5}]}, [1, 2, 3, "2.01", "many"], [1, 1, 5, 5, None]),
        ({"bands": [{"min": 1, "max": 2, "points": 1}], "other": 7}, [0, 1, 2, 3], [7, 1, 1, 7]),
        (
            {"bands": [{"min": 0.1, "max": 0.3, "points": 1}]},
            [Decimal("0.1"), Decimal("0.3"), "0.30", Decimal("0.31")],
            [1, 1, 1, 0],
        ),
        (
            {"bands": [{"max": date(2000, 1, 1), "points": 2}]},
            [date(1999, 1, 1), date(2001, 1, 1), "2000-01-01"],
            [2, 0, 2],
        ),
    ],
)
def test_points_of_one_criterion(criterion: Row, cells: list[Any], given: list[Any]) -> None:
    assert scores([{"f": cell} for cell in cells], {"field": "f", **criterion}) == given


def test_points_by_class_word_and_a_word_of_its_own_before_its_class() -> None:
    rows = [{"role": r} for r in ("ministry_of_health", "ministry_of_industry", "ministry", "nra")]
    assert scores(rows, {"field": "role", "values": {"ministry": 3, "ministry_of_health": 9}}) == [9, 3, 3, 0]
    groups = [{"income_group": g} for g in ("LIC", "LMC", "UMC", "HIC")]
    assert scores(groups, {"field": "income_group", "values": {"LIC": 9, "LMIC": 2}}) == [9, 2, 2, 0]


def test_points_by_condition() -> None:
    rows = [{"a": "x", "b": None}, {"a": "y", "b": None}, {"a": None, "b": 1}]
    assert scores(rows, {"where": {"a": "x"}, "points": Decimal("2.5")}) == [Decimal("2.5"), 0, None]
    assert scores(rows, {"where": {"a": {"missing": True}}, "points": 5}) == [0, 0, 5]
    assert scores(rows, {"where": {"a": "x"}, "points": 5, "missing": -1}) == [5, 0, -1]


def test_one_absurd_answer_does_not_stop_a_call() -> None:
    made = assess(pool([{"n": 3}, {"n": 10**40}]), policy(points=[{"name": "P", "field": "n", "per": 1}]))
    assert made.standing.tolist() == [ELIGIBLE, INCOMPLETE]
    assert "cannot be read" in str(made.fields.why_missing("n", 1))


# Status

EMPTY_AND_WRONG = [
    {"a": "x", "n": 1},
    {"a": "x", "n": None},
    {"a": "y", "n": 1},
    {"a": "y", "n": None},
    {"a": None, "n": 1},
]
RULES: Row = {
    "eligible": [{"name": "E", "where": {"a": "x"}}],
    "points": [{"name": "P", "field": "n", "per": 1}],
}


def test_duplicate_comes_before_ineligible_before_incomplete() -> None:
    assert standings(EMPTY_AND_WRONG, **RULES) == ["eligible", "incomplete", "ineligible", "ineligible", "incomplete"]
    made = assess(pool(EMPTY_AND_WRONG, [-1, 0, 0, 0, 0]), policy(**RULES))
    assert made.standing.tolist() == [ELIGIBLE, DUPLICATE, DUPLICATE, DUPLICATE, DUPLICATE]
    assert made.cause.tolist() == [-1] * 5
    assert repr(made) == "Assessment(1 eligible, 4 duplicate)"


def test_the_first_failed_rule_is_the_cause() -> None:
    rules = [{"name": "One", "where": {"n": {"min": 2}}}, {"name": "Two", "where": {"a": "x"}}]
    made = assess(pool([{"a": "y", "n": 1}, {"a": "y", "n": 2}, {"a": "y", "n": None}]), policy(eligible=rules))
    assert [made.rules[c].name for c in made.cause] == ["One", "Two", "Two"]


@pytest.mark.parametrize(
    ("missing", "status"), [("incomplete", "incomplete"), ("no", "ineligible"), ("yes", "eligible")]
)
def test_an_eligibility_rule_says_what_missing_means(missing: str, status: str) -> None:
    rules = [{"name": "E", "where": {"a": "x"}, "missing": missing}]
    assert standings([{"a": None}], eligible=rules) == [status]


@pytest.mark.parametrize(
    "keys",
    [
        {"tier": [{"name": "T", "where": {"a": "x"}}]},
        {"reserve": [{"name": "R", "where": {"a": "x"}, "seats": 1}]},
        {"reserve": [{"name": "R", "where": {"a": "x"}, "seats": 1, "kind": "first"}]},
        {"cap": [{"name": "C", "where": {"a": "x"}, "seats": 1}]},
        {"cap": [{"name": "C", "per": "a", "seats": 1}]},
        {"block": [{"name": "B", "where": {"a": "x"}, "seats": 10}]},
        {"block": [{"name": "B", "seats": 10, "reserve": [{"name": "R", "where": {"a": "x"}, "seats": 1}]}]},
        {"ties": {"order": ["a", "lottery"]}},
    ],
)
def test_every_kind_of_rule_makes_incomplete_who_lacks_its_field(keys: Row) -> None:
    assert standings([{"a": None}, {"a": "x"}], **keys) == ["incomplete", "eligible"]


@pytest.mark.parametrize(("missing", "member"), [("no", [True, False]), ("yes", [True, True])])
def test_a_group_says_whether_missing_belongs_to_it(missing: str, member: list[bool]) -> None:
    for kind, rule in (
        ("cap", {"cap": [{"name": "G", "where": {"a": "x"}, "seats": 1, "missing": missing}]}),
        ("reserve of open", {"reserve": [{"name": "G", "where": {"a": "x"}, "seats": 1, "missing": missing}]}),
    ):
        made = assess(pool([{"a": "x"}, {"a": None}]), policy(**rule))
        assert made.group(kind, "G").tolist() == member
        assert made.standing.tolist() == [ELIGIBLE, ELIGIBLE]


def test_whoever_fits_no_tier_comes_after_the_last() -> None:
    tiers = [{"name": "One", "where": {"a": "x"}}, {"name": "Two", "where": {"a": ["x", "y"]}}]
    assert assess(pool([{"a": "y"}, {"a": "z"}, {"a": "x"}]), policy(tier=tiers)).tier.tolist() == [2, 3, 1]


def test_an_empty_pool_is_assessed() -> None:
    keys = {**RULES, "ties": {"order": ["t"]}, "cap": [{"name": "C", "per": "country", "seats": 1}]}
    made = assess(
        pool([]),
        policy(on=date(2025, 8, 31), reserve=[{"name": "L", "where": {"income_group": "LIC"}, "seats": 1}], **keys),
    )
    assert len(made.standing) == 0
    assert set(made.counts.values()) == {0}


def test_a_pool_without_rules_is_all_eligible_at_zero() -> None:
    made = assess(pool([{"a": 1}] * 3), policy())
    assert (made.standing.tolist(), made.score.tolist(), made.tier.tolist()) == ([ELIGIBLE] * 3, [0] * 3, [1] * 3)


# Fields

ON = date(2025, 8, 31)  # World Bank fiscal year 2026


def groups(rows: Sequence[Row], field: str = "income_group", **keys: Any) -> list[Any]:
    made = assess(pool(rows), policy(**keys))
    column = made.fields.column(field)
    return [column.at(place) for place in range(len(rows))]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("carry_forward", ["LIC", "UMC", "LMC"]),
        ({"as": "UMC"}, ["UMC", "UMC", "LMC"]),
        ("incomplete", [None, None, "LMC"]),
    ],
)
def test_ethiopia_and_venezuela_count_as_the_policy_says(rule: Any, expected: list[Any]) -> None:
    rows = [{"country": "ETH"}, {"country": "VEN"}, {"country": "KEN"}]
    assert groups(rows, on=ON, unclassified=rule) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("sovereign", [None, None, "LMC", "HIC", "HIC"]),
        ({"as": "UMC"}, ["UMC", "UMC", "LMC", "UMC", "UMC"]),
        ("incomplete", [None, None, "LMC", None, None]),
    ],
)
def test_cook_islands_and_niue_count_as_the_policy_says(rule: Any, expected: list[Any]) -> None:
    """They are states in free association and nobody's territories, so `sovereign` has no answer for them."""
    rows = [{"country": "COK"}, {"country": "NIU"}, {"country": "KEN"}, {"country": "REU"}, {"country": "TKL"}]
    assert groups(rows, on=ON, not_covered=rule) == expected


def test_unclassified_is_not_uncovered_and_the_other_way_round() -> None:
    rows = [{"country": "ETH"}, {"country": "COK"}]
    assert groups(rows, on=ON, unclassified={"as": "LIC"}) == ["LIC", None]
    assert groups(rows, on=ON, not_covered={"as": "HIC"}) == [None, "HIC"]


def test_an_ethiopian_is_incomplete_and_told_why_not_dropped() -> None:
    reserve = [{"name": "LMIC", "where": {"income_group": "LMIC"}, "seats": 5}]
    made = assess(pool([{"country": "ETH"}, {"country": "KEN"}, {"country": None}]), policy(on=ON, reserve=reserve))
    assert made.standing.tolist() == [INCOMPLETE, ELIGIBLE, INCOMPLETE]
    why = [made.fields.why_missing("income_group", place) for place in (0, 2)]
    assert why == [
        "Ethiopia is unclassified in the World Bank's list for fiscal year 2026, and the policy does not say what that "
        "counts as",
        None,
    ]


@pytest.mark.parametrize(
    ("country", "keys", "said"),
    [
        (
            "COK",
            {},
            "Cook Islands is not covered in the World Bank's list for fiscal year 2026, and the policy does not",
        ),
        ("COK", {"not_covered": "sovereign"}, "for fiscal year 2026, and has no sovereign"),
        ("ETH", {"unclassified": "incomplete"}, "Ethiopia is unclassified"),
    ],
)
def test_why_an_income_group_is_missing(country: str, keys: Row, said: str) -> None:
    made = assess(
        pool([{"country": country}]), policy(on=ON, cap=[{"name": "C", "per": "income_group", "seats": 5}], **keys)
    )
    assert made.standing.tolist() == [INCOMPLETE]
    assert said in str(made.fields.why_missing("income_group", 0))


def test_why_a_region_is_missing_has_nothing_to_do_with_income() -> None:
    made = assess(pool([{"country": "VAT"}]), policy(on=ON, cap=[{"name": "C", "per": "who_region", "seats": 5}]))
    said = str(made.fields.why_missing("who_region", 0))
    assert "region" in said
    assert "World Bank" not in said


def test_why_a_cell_was_left_open_is_what_intake_said() -> None:
    cells = {(0, "employer_country"): "'Congo' may be COG or COD."}
    keys: Row = {"on": ON, "country": "employer_country", "cap": [{"name": "C", "per": "income_group", "seats": 5}]}
    made = assess(pool([{"employer_country": None}, {"employer_country": "KEN"}], open_cells=cells), policy(**keys))
    for name in ("country", "income_group", "employer_country", "employer_country.income_group"):
        assert made.fields.why_missing(name, 0) == "'Congo' may be COG or COD."


def test_why_a_derived_field_is_missing_is_why_its_source_is() -> None:
    table = [{"field": "made", "rows": [{"where": {"country": "KEN"}, "value": 1}], "other": 2}]
    rows = [{"country": None, "x": 1}, {"country": None, "x": 2}, {"country": "KEN", "x": 3}]
    cells = {(0, "country"): "'Congo' may be COG or COD."}
    made = assess(pool(rows, open_cells=cells), policy(derive=table, points=[{"name": "P", "field": "made", "per": 1}]))
    assert made.fields.why_missing("made", 0) == "'Congo' may be COG or COD."
    assert made.fields.why_missing("made", 1) == "'made' follows from 'country', which was left empty"
    assert made.standing.tolist() == [INCOMPLETE, INCOMPLETE, ELIGIBLE]
    nothing = [{"field": "made", "rows": [{"where": {"country": "KEN"}, "value": 1}]}]
    made = assess(pool([{"country": "UGA"}]), policy(derive=nothing, points=[{"name": "P", "field": "made", "per": 1}]))
    assert "no row of the table that makes 'made' fits" in str(made.fields.why_missing("made", 0))


def test_why_an_unreadable_answer_counts_as_missing() -> None:
    made = assess(
        pool([{"n": "about five", "email": "x@example.org"}]), policy(points=[{"name": "P", "field": "n", "per": 1}])
    )
    assert made.fields.why_missing("n", 0) == "'about five' cannot be read as what the rule compares it with"
    assert made.fields.why_missing("email", 0) is None


def test_the_policy_names_the_country_that_counts() -> None:
    row = {"residence": "KEN", "citizenship": "ETH", "employer_country": "DEU"}
    for name, group in (("residence", "LMC"), ("citizenship", None), ("employer_country", "HIC")):
        assert groups([row], on=ON, country=name) == [group]
        assert groups([row], "country", on=ON, country=name) == [row[name]]


def test_with_several_countries_and_no_word_of_which_counts_the_policy_is_refused() -> None:
    rows = [{"residence": "KEN", "citizenship": "ETH"}]
    with pytest.raises(PolicyError, match='add country = "residence" or country = "citizenship"'):
        assess(pool(rows), policy(cap=[{"name": "C", "per": "country", "seats": 1}]))
    assert groups([{"citizenship": "DEU"}], on=ON) == ["HIC"]


def test_dotted_facts_are_those_of_the_country_they_name() -> None:
    row = {"country": "KEN", "residence": "DEU", "citizenship": "NPL", "employer_country": "IDN"}
    facts = {
        "country.income_group": "LMC",
        "residence.income_group": "HIC",
        "citizenship.ldc": True,
        "residence.ldc": False,
        "citizenship.lldc": True,
        "employer_country.who_region": "WPR",
        "income_group": "LMC",
        "who_region": "AFR",
    }
    for name, value in facts.items():
        assert groups([row], name, on=ON) == [value], name
    assert groups([row], "employer_country.who_region", on=date(2025, 5, 22)) == ["SEAR"]


def test_a_day_is_needed_only_where_the_pool_must_be_looked_up() -> None:
    keys: Row = {"reserve": [{"name": "L", "where": {"income_group": "LMIC"}, "seats": 1}]}
    assert standings([{"income_group": "LIC"}], **keys) == ["eligible"]
    with pytest.raises(PolicyError, match="on = 2025-08-31"):
        standings([{"country": "KEN"}], **keys)


def test_a_day_after_the_last_fiscal_year_fails_loudly() -> None:
    with pytest.raises(CountryDataError, match="FY2027"):
        standings([{"country": "KEN"}], on=date(2027, 7, 1), cap=[{"name": "C", "per": "income_group", "seats": 1}])


def test_unknown_fields_are_answered_all_at_once_with_the_nearest() -> None:
    keys: Row = {
        "eligible": [{"name": "E", "where": {"rolle": "nra"}}],
        "points": [
            {"name": "P", "field": "yeers", "per": 1},
            {"name": "Q", "field": "residence.incom_group", "per": 1},
        ],
        "ties": {"order": ["submited_at", "lottery"]},
    }
    with pytest.raises(PolicyError) as caught:
        standings(
            [{"role": "nra", "years": 1, "residence": "KEN", "submitted_at": datetime(2025, 1, 1, tzinfo=UTC)}], **keys
        )
    lines = str(caught.value).splitlines()
    assert (
        lines[0] == "[[eligible]] 'E' reads the field 'rolle', which the applicants do not have. Did you mean 'role'?"
    )
    assert "Did you mean 'years'?" in lines[1]
    assert "Did you mean 'residence.income_group'?" in lines[2]
    assert lines[3].startswith("[ties] reads the field 'submited_at'")
    assert lines[4] == "Their fields: residence, role, submitted_at, years."
    assert caught.value.facts["fields"] == ["rolle", "yeers", "residence.incom_group", "submited_at"]


def test_a_fact_of_a_country_nobody_has_is_an_unknown_field() -> None:
    with pytest.raises(PolicyError, match="'citizenship', which the applicants do not have"):
        standings([{"residence": "KEN"}], on=ON, cap=[{"name": "C", "per": "citizenship.income_group", "seats": 1}])


def test_a_derived_field_takes_no_other_fields_place() -> None:
    table = [{"field": "a", "rows": [{"where": {"n": 1}, "value": "x"}]}]
    with pytest.raises(PolicyError, match="'a', which the applicants have already"):
        standings([{"a": "y", "n": 1}], derive=table)


def test_a_field_of_the_librarys_words_holds_no_others() -> None:
    keys: Row = {"reserve": [{"name": "L", "where": {"income_group": "LMIC"}, "seats": 1}]}
    with pytest.raises(InputError, match="holds 'Low income', which is none of LIC, LMC, UMC, HIC"):
        standings([{"income_group": "LIC"}, {"income_group": "Low income"}], **keys)


def test_the_id_may_be_read_like_any_field() -> None:
    assert standings([{"a": 1}, {"a": 1}], eligible=[{"name": "E", "where": {"id": "A001"}}]) == [
        "ineligible",
        "eligible",
    ]


# Counting


def test_a_pool_that_makes_disjoint_reserves_overlap_is_answered_with_both_readings() -> None:
    reserves = [{"name": word, "where": {"language": word}, "seats": 1} for word in ("fr", "es")]
    rows: list[Row] = [{"language": "fr"}, {"language": ("es",)}]
    assert standings(rows, reserve=reserves) == ["eligible", "eligible"]
    both = [*rows, {"language": ("es", "fr")}]
    with pytest.raises(PolicyError, match=r'1 applicants belong to two reserves.*counting = "each".*counting = "once"'):
        standings(both, reserve=reserves)
    assert standings(both, reserve=reserves, counting="once") == ["eligible"] * 3
    assert (
        standings(both, reserve=reserves, eligible=[{"name": "E", "where": {"not": {"language": "es"}}}])[0]
        == "eligible"
    )
