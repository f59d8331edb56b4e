"""Policies: every mistake answered where it stands, one meaning one fingerprint, seats that add up."""

from __future__ import annotations

import copy
import json
import pickle
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from selection.errors import FormError, OutputError, PolicyError, SelectionError
from selection.intake import Form
from selection.policy import Policy, schema
from selection.policy.file_schema import text as schema_text

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/policy.toml"))

NRA = {"name": "NRA", "where": {"role": "nra"}, "seats": 10}
MOH = {"name": "Ministries", "where": {"role": "ministry"}, "seats": 10}
LMIC = {"name": "LMIC", "where": {"income_group": "LMIC"}, "seats": 60}
POINTS = {"name": "Years", "field": "years", "per": 1}


def policy(**keys: Any) -> Policy:
    return Policy.model_validate({"capacity": 100, **keys})


def refused(table: Any) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        Policy.model_validate(table)
    return caught.value


def said_of(**keys: Any) -> str:
    return str(refused({"capacity": 100, **keys}))


# Files


def write(folder: Path, content: str | bytes) -> Path:
    file = folder / "policy.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def load_error(file: Any) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        Policy.load(file)
    return caught.value


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_the_examples_load_and_come_back_the_same(file: Path, tmp_path: Path) -> None:
    loaded = Policy.load(file)
    loaded.dump(tmp_path / "again.toml")
    again = Policy.load(str(tmp_path / "again.toml"))
    assert again == loaded
    assert again.fingerprint == loaded.fingerprint


def test_a_mistake_names_file_key_and_nearest_word(tmp_path: Path) -> None:
    file = write(tmp_path, 'capacity = 10\n\n[[points]]\nname = "Years"\nfield = "years"\npr = 1\n')
    error = load_error(file)
    assert isinstance(error, SelectionError)
    assert str(error).startswith(f"{file}: [[points]] number 1 key `pr`: there is no key `pr` here.")
    assert "Did you mean 'per'?" in str(error)
    assert error.facts["file"] == str(file)


def test_several_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    file = write(tmp_path, 'capactiy = 10\ncapacity = 0\n[[cap]]\nname = "C"\nper = "country"\nseats = "x"\n')
    lines = str(load_error(file)).splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{file}: ") for line in lines)
    assert [m["key"] for m in load_error(file).facts["mistakes"]] == [
        "key `capacity`",
        "[[cap]] number 1 key `seats`",
        "key `capactiy`",
    ]


def test_mistakes_of_the_whole_are_reported_at_once_too() -> None:
    lines = said_of(points=[POINTS, POINTS], pinned=["A", "A"], reserve=[{**NRA, "seats": 200}]).splitlines()
    assert [re.sub(".*called", "called", line)[:20] for line in lines] == [
        "called 'Years': a re",
        "called 'A': a reason",
        "reserve 'NRA' keeps ",
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"capacity = 10\x00", "not_toml"),
        (b"\x00" * 20, "not_toml"),
        (b"capacity = \xff\xfe", "not_text"),
        ("capacity = 10".encode("utf-16"), "not_text"),
        (b"capacity = ", "not_toml"),
        (b"capacity = 10\ncapacity = 11", "not_toml"),
        (b"on = 2025-13-45", "not_toml"),
        (b"capacity = " + b"9" * 5000, "not_toml"),
        (b"a = " + b"[" * 5000, "too_deep"),
        (b"a = " + b"{a = " * 5000, "too_deep"),
        (b"", "bad_policy"),
        (b"id,name\n1,2\n", "not_toml"),
    ],
)
def test_a_file_that_is_no_policy_is_answered(tmp_path: Path, content: bytes, code: str) -> None:
    file = write(tmp_path, content)
    error = load_error(file)
    assert error.code == code
    assert str(file) in str(error)


@pytest.mark.parametrize("depth", [30, 60, 2000])
def test_dotted_keys_nest_as_deep_as_conditions_may(tmp_path: Path, depth: int) -> None:
    keys = ".".join(["not"] * depth)
    file = write(tmp_path, f'capacity = 1\n[[eligible]]\nname = "Deep"\nwhere.{keys}.f = 1\n')
    if depth == 30:
        assert Policy.load(file).eligible[0].condition.holds({"f": 1}) is True
    else:
        assert load_error(file).code in ("bad_policy", "too_deep")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert Policy.load(write(tmp_path, b"\xef\xbb\xbfcapacity = 10")).seats == 10


def test_a_file_that_cannot_be_read_is_answered(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none.toml", "nul\0byte"):
        assert load_error(file).code == "unreadable_policy"


def test_a_policy_that_cannot_be_written_is_answered(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        policy().dump(tmp_path)


@pytest.mark.parametrize("table", [None, "x", 5, [], [1]])
def test_what_is_no_table_is_answered(table: Any) -> None:
    assert "is not a table" in str(refused(table))


# Keys


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"capactiy": 1}, "Did you mean 'capacity'?"),
        ({"eligible": [{"name": "E", "were": {"a": 1}, "where": {"a": 1}}]}, "Did you mean 'where'?"),
        ({"tier": [{"name": "T", "where": {"a": 1}, "mising": "no"}]}, "Did you mean 'missing'?"),
        ({"points": [{**POINTS, "maximum": 3}]}, "there is no key `maximum` here."),
        ({"points": [{"name": "P", "field": "x", "bands": [{"mn": 1, "min": 1, "points": 2}]}]}, "Did you mean 'min'?"),
        ({"derive": [{"field": "x", "rows": [{"where": {"a": 1}, "valu": 1, "value": 1}]}]}, "Did you mean 'value'?"),
        ({"derive": [{"field": "x", "row": [], "rows": [{"where": {"a": 1}, "value": 1}]}]}, "Did you mean 'rows'?"),
        ({"reserve": [{**NRA, "sets": 1}]}, "Did you mean 'seats'?"),
        ({"cap": [{"name": "C", "per": "country", "seats": 1, "rond": "up"}]}, "Did you mean 'round'?"),
        ({"block": [{"name": "B", "seats": 100, "unfiled": "hold"}]}, "Did you mean 'unfilled'?"),
        ({"block": [{"name": "B", "seats": 100, "reserve": [{**NRA, "knd": "x"}]}]}, "Did you mean 'kind'?"),
        ({"ties": {"ordr": []}}, "Did you mean 'order'?"),
        ({"ties": {"order": [{"field": "x", "frist": "lowest"}]}}, "Did you mean 'first'?"),
        ({"lottery": {"ticket": "single"}}, "Did you mean 'tickets'?"),
        ({"unclassified": {"as": "LMC", "since": 1}}, "Known keys: as."),
    ],
)
def test_no_kind_of_table_takes_an_unknown_key(keys: dict[str, Any], said: str) -> None:
    error = refused({"capacity": 100, **keys})
    assert said in str(error)
    assert len(error.facts["mistakes"]) == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"capacity": 0}, "key `capacity`: a capacity of 0 leaves nothing"),
        ({"capacity": -3}, "a capacity of -3 leaves nothing"),
        ({"capacity": 10.0}, "whole number of seats, not 10.0"),
        ({"capacity": Decimal("10.5")}, "whole number of seats"),
        ({"capacity": True}, "whole number of seats, not True"),
        ({"capacity": "100"}, "whole number of seats, not '100'"),
        ({"capacity": [1]}, "whole number of seats"),
        ({"capacity": 10**40}, "can be counted with"),
        ({"capacity": 10**5000}, "can be counted with"),
        ({"capacity": None}, "capacity = 2100"),
        ({"title": 5}, "key `title`: 5 is not text in quotes."),
        ({"on": "soon"}, "is not a day"),
        ({"on": 20250831}, "is not a day"),
        ({"on": True}, "is not a day"),
        ({"on": datetime(2025, 8, 31)}, "is not a day"),
        ({"country": "employer"}, "Did you mean 'employer_country'?"),
        ({"unclassified": "carry"}, "carry_forward, incomplete or a table such as { as"),
        ({"unclassified": "LMC"}, '{ as = "LMC" }'),
        ({"unclassified": {"as": "LCM"}}, "Did you mean 'LMC'?"),
        ({"unclassified": {"as": "LMIC"}}, "name one of them"),
        ({"unclassified": "sovereign"}, "is not one of carry_forward, incomplete"),
        ({"not_covered": "carry_forward"}, "is not one of sovereign, incomplete"),
        ({"not_covered": {}}, "key `not_covered` key `as`: this key is missing"),
        ({"counting": "all"}, "is not one of each, once"),
        ({"fill": "seat_first"}, "Did you mean 'seats_first'?"),
        ({"compliance": "totl"}, "Did you mean 'total'?"),
        ({"lock": "selectd"}, "Did you mean 'selected'?"),
        ({"lock": ["x"] * 10_000}, "is not one of selected, none"),
        ({"waitlist": -1}, "never negative"),
        ({"waitlist": Decimal("nan")}, "key `waitlist`"),
        ({"pinned": "A"}, "'A' is not a list."),
        ({"pinned": [1]}, "key `pinned` number 1: 1 is not text in quotes."),
        ({"eligible": {"name": "x"}}, "key `eligible`"),
        ({"eligible": ["x"]}, "[[eligible]] number 1: 'x' is not a table."),
        ({"eligible": [{"name": "x"}]}, "[[eligible]] number 1 key `where`: this key is missing"),
        ({"eligible": [{"name": "", "where": {"a": 1}}]}, "key `name`: this is empty."),
        ({"eligible": [{"name": "x", "where": {"role": "nraa"}}]}, "key `where`: 'nraa' is not a word of 'role'."),
        ({"eligible": [{"name": "x", "where": {}}]}, "it would hold for everybody"),
        ({"eligible": [{"name": "x", "where": {"a": 1}, "missing": "maybe"}]}, "is not one of incomplete, no, yes"),
        ({"tier": [{"name": "x", "where": {"income_group": "LMX"}}]}, "Did you mean 'LMC'?"),
        ({"points": [{"name": "x"}]}, "this has none"),
        ({"points": [{**POINTS, "values": {"a": 1}}]}, "this has `values` and `per`"),
        ({"points": [{"name": "x", "per": 1}]}, "need a `field`"),
        ({"points": [{"name": "x", "where": {"a": 1}}]}, "need `where` and `points`"),
        ({"points": [{"name": "x", "where": {"a": 1}, "points": 1, "field": "a"}]}, "and no `field`"),
        ({"points": [{**POINTS, "other": 1}]}, "`other` belongs to"),
        ({"points": [{"name": "x", "field": "a", "values": {"b": 1}, "max": 1}]}, "`min` and `max` belong to"),
        ({"points": [{**POINTS, "min": 3, "max": 1}]}, "`min` is above `max`"),
        ({"points": [{**POINTS, "per": True}]}, "True is no number of points"),
        ({"points": [{**POINTS, "per": "ten"}]}, "'ten' is no number of points"),
        ({"points": [{**POINTS, "per": [1]}]}, "is no number of points"),
        ({"points": [{**POINTS, "per": Decimal("0.0000001")}]}, "more than six decimal places"),
        ({"points": [{**POINTS, "per": Decimal("0." + "1" * 40)}]}, "more than six decimal places"),
        ({"points": [{**POINTS, "per": Decimal("1e-999999")}]}, "more than six decimal places"),
        ({"points": [{**POINTS, "per": 10**10}]}, "points lie between"),
        ({"points": [{**POINTS, "per": Decimal("nan")}]}, "points lie between"),
        ({"points": [{**POINTS, "missing": "incomplte"}]}, "Did you mean 'incomplete'?"),
        ({"points": [{"name": "x", "field": "income_group", "values": {"LMCC": 1}}]}, "Did you mean 'LMC'?"),
        ({"points": [{"name": "x", "field": "role", "values": {"nraa": 1}}]}, "Did you mean 'nra'?"),
        ({"points": [{"name": "x", "field": "a", "values": {}}]}, "could never give a point"),
        ({"points": [{"name": "x", "field": "a", "bands": []}]}, "could never give a point"),
        ({"points": [{"name": "x", "field": "a", "bands": [{"points": 1}]}]}, "{ min, max }"),
        ({"points": [{"name": "x", "field": "a", "bands": [{"min": "b", "points": 1}]}]}, "take numbers"),
        ({"points": [{"name": "x", "field": "a", "bands": [{"min": 5, "max": 4, "points": 1}]}]}, "min is above max"),
        ({"derive": [{"field": "x", "rows": []}]}, "key `rows`: this is empty."),
        ({"derive": [{"field": "x", "rows": [{"where": {"a": 1}, "value": [1]}]}]}, "is no value for a field"),
        ({"derive": [{"field": "x", "rows": [{"where": {"a": 1}, "value": Decimal("1e9999")}]}]}, "is no value"),
        ({"derive": [{"field": "x", "rows": [{"where": {"x": 1}, "value": 1}]}]}, "derived only after it"),
        ({"derive": [{"field": "country", "rows": [{"where": {"a": 1}, "value": 1}]}]}, "it is given already"),
        ({"derive": [{"field": "ldc", "rows": [{"where": {"a": 1}, "value": 1}]}]}, "it is given already"),
        ({"reserve": [{**NRA, "kind": "minimum"}]}, "is not one of guarantee, over_and_above, first"),
        ({"reserve": [{**NRA, "seats": 101}]}, "keeps 101 seats, more than the 100"),
        ({"reserve": [{**NRA, "seats": 101, "kind": "first"}]}, "add up to 101 seats, more than the capacity of 100"),
        ({"reserve": [{**NRA, "seats": 60}, {**MOH, "seats": 60}]}, "keep 120 seats, more than the 100"),
        ({"reserve": [{**NRA, "unfilled": "hold"}]}, "`unfilled` belongs to a reserve with seats of its own"),
        ({"reserve": [{**NRA, "kind": "first", "name": "hold"}]}, "no other block can be called so"),
        ({"reserve": [{**NRA, "kind": "first", "unfilled": "opne"}]}, "cannot go to 'opne'"),
        ({"cap": [{"name": "C", "seats": 1}]}, "either each value of a field (`per`) or a group (`where`)"),
        ({"cap": [{"name": "C", "per": "a", "where": {"a": 1}, "seats": 1}]}, "either each value"),
        ({"cap": [{"name": "C", "per": "a", "seats": 1, "missing": "yes"}]}, "belongs to a cap on a group"),
        ({"cap": [{"name": "C", "per": "a", "seats": "110%"}]}, "more than all seats"),
        ({"ties": {"order": ["lottery", "submitted_at"]}}, "nothing can come after it"),
        ({"ties": {"order": ["submitted_at", "lotery"]}}, "Did you mean 'lottery'?"),
        ({"ties": {"order": [{"field": "lottery", "first": "highest"}]}}, "has no `highest`"),
        ({"ties": {"order": "lottery"}}, "is not a list"),
        ({"ties": {"order": [{"field": "x", "first": "last"}]}}, "is not one of lowest, highest"),
        ({"lottery": {"tickets": "perblock"}}, "Did you mean 'per_block'?"),
    ],
)
def test_each_mistake_is_answered_in_one_sentence(keys: dict[str, Any], said: str) -> None:
    error = refused({"capacity": 100, **keys})
    assert said in str(error)
    assert len(error.facts["mistakes"]) == 1, str(error)
    assert len(str(error)) < 600
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_constructor_answers_as_the_file_does() -> None:
    with pytest.raises(PolicyError, match="leaves nothing"):
        Policy(capacity=0)


# Seats


def test_overlapping_reserves_without_counting_show_both_readings() -> None:
    said = said_of(reserve=[NRA, LMIC])
    assert "both 'NRA' and 'LMIC'" in said
    assert 'counting = "each" (such an applicant counts towards both reserves)' in said
    assert 'counting = "once" (such an applicant fills one reserved seat' in said
    assert policy(counting="each", reserve=[NRA, LMIC]).plan.blocks[0].counting == "each"
    assert policy(counting="once", reserve=[NRA, LMIC]).plan.blocks[0].counting == "once"


def test_disjoint_reserves_need_no_counting() -> None:
    (block,) = policy(reserve=[NRA, MOH]).plan.blocks
    assert not block.counting_stated


def test_reserves_that_both_take_whoever_left_the_field_empty_overlap() -> None:
    one, other = {**NRA, "missing": "yes"}, {**MOH, "missing": "yes"}
    assert "somebody may belong to both" in said_of(reserve=[one, other])
    assert policy(reserve=[one, MOH]).seats == 100


def test_reserves_of_a_field_with_several_values_overlap() -> None:
    one = {"name": "V", "where": {"sector": "vaccine"}, "seats": 1}
    other = {"name": "P", "where": {"sector": "pharmaceutical"}, "seats": 1}
    assert "somebody may belong to both" in said_of(reserve=[one, other])


def test_reserves_that_only_rounding_makes_too_many_say_so() -> None:
    thirds = [{"name": r, "where": {"role": r}, "seats": "1/3"} for r in ("nra", "manufacturer", "other")]
    assert 'round = "down"' in said_of(reserve=thirds)
    assert policy(reserve=[{**third, "round": "down"} for third in thirds]).seats == 100


def test_shares_become_seats_in_the_plan() -> None:
    made = policy(
        capacity=366_000,
        counting="each",
        reserve=[{**NRA, "seats": 0.07}, {**LMIC, "seats": "1/7"}],
        cap=[{"name": "Country", "per": "country", "seats": "2%"}, {"name": "H", "per": "x", "seats": "1/7"}],
        waitlist="0.001%",
    )
    assert [r.seats for r in made.plan.blocks[0].reserves] == [25_620, 52_286]
    assert [c.seats for c in made.plan.caps] == [7_320, 52_285]
    assert made.waiting_places == 4


def test_reserves_of_three_kinds_become_blocks_in_order() -> None:
    made = policy(
        reserve=[
            {**NRA, "kind": "over_and_above", "seats": 20},
            {**LMIC, "seats": "50%"},
            {**MOH, "kind": "first", "seats": 5, "unfilled": "NRA"},
        ]
    )
    assert [(b.name, b.seats, b.unfilled) for b in made.plan.blocks] == [
        ("Ministries", 5, "NRA"),
        ("open", 75, "open"),
        ("NRA", 20, "open"),
    ]
    assert [b.fill for b in made.plan.blocks] == ["seats_first"] * 3
    assert policy(cap=[{"name": "C", "per": "country", "seats": 1}]).plan.blocks[0].fill == "priority_first"


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([{"name": "A", "seats": 60}, {"name": "B", "seats": 60}], "the blocks have 120 seats, more than"),
        ([{"name": "A", "seats": 60}, {"name": "B", "seats": 30}], "fewer than the capacity of 100 (give one block"),
        ([{"name": "A", "seats": "rest"}, {"name": "B", "seats": "rest"}], 'only one block can have seats = "rest"'),
        ([{"name": "A", "seats": 60}, {"name": "A", "seats": 40}], "two entries of block are called 'A'"),
        ([{"name": "A", "seats": 60}, {"name": "B", "seats": 40, "unfilled": "A"}], "cannot go to 'A'"),
        ([{"name": "A", "seats": 60, "unfilled": "A"}, {"name": "B", "seats": 40}], "they go to one of open, hold, B"),
        ([{"name": "Alpha", "seats": 60, "unfilled": "Bta"}, {"name": "Beta", "seats": 40}], "Did you mean 'Beta'?"),
        ([{"name": "A", "seats": 100, "reserve": [{**NRA, "kind": "first"}]}], "can only be a guarantee"),
        ([{"name": "A", "seats": 100, "reserve": [NRA, LMIC]}], "somebody may belong to both"),
        ([{"name": "A", "seats": 100, "reserve": [{**NRA, "seats": 101}]}], "more than the 100 in block 'A'"),
        ([{"name": "closing", "seats": 100}], "no other block can be called so"),
        ([{"name": "open", "seats": 100, "where": {"role": "nra"}}], "no other block can be called so"),
        ([{"name": "A", "seats": "50%"}, {"name": "B", "seats": "rst"}], "Did you mean 'rest'?"),
    ],
)
def test_blocks_that_do_not_add_up_are_answered(blocks: list[dict[str, Any]], said: str) -> None:
    assert said in said_of(block=blocks)


def test_blocks_and_reserves_beside_them_do_not_mix() -> None:
    assert "write it as [[block.reserve]]" in said_of(block=[{"name": "A", "seats": 100}], reserve=[NRA])


def test_blocks_give_the_capacity_where_it_is_left_out() -> None:
    blocks = [{"name": "A", "seats": 60}, {"name": "B", "seats": 40}]
    assert Policy.model_validate({"block": blocks}).seats == 100
    assert "whole number of seats" in str(refused({"block": [{"name": "A", "seats": "50%"}]}))
    assert "no seats at all" in str(refused({"block": [{"name": "A", "seats": 0}]}))
    assert "capacity = 2100" in str(refused({}))


def test_the_rest_goes_to_the_block_that_asks_for_it() -> None:
    made = policy(block=[{"name": "A", "seats": "1/3"}, {"name": "B", "seats": "rest"}])
    assert [block.seats for block in made.plan.blocks] == [33, 67]


# One meaning, one fingerprint

names = st.text("abcé ß_'\"\\\n#]", min_size=1, max_size=6)
numbers = st.decimals(min_value=-1000, max_value=1000, places=3) | st.integers(-1000, 1000)
days = st.dates(date(1990, 1, 1), date(2030, 1, 1))
plain_words = names | numbers | st.booleans() | days | st.datetimes(timezones=st.just(UTC))
fields_ = st.sampled_from(["a", "b", "years", "some field", "x.y", "Ünï"])
between = numbers.map(lambda n: {"min": n}) | days.map(lambda d: {"max": d}) | st.just({"missing": True})
where = st.recursive(
    st.dictionaries(
        fields_, plain_words | st.lists(plain_words, min_size=1, max_size=3) | between, min_size=1, max_size=2
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=2), "not": inner}),
    ),
    max_leaves=4,
)
points = st.decimals(min_value=-100, max_value=100, places=6) | st.integers(-100, 100)
criteria = st.one_of(
    st.fixed_dictionaries({"field": fields_, "values": st.dictionaries(names, points, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"field": fields_, "per": points}, optional={"max": points}),
    st.fixed_dictionaries(
        {"field": fields_, "bands": st.lists(st.fixed_dictionaries({"min": numbers, "points": points}), min_size=1)},
        optional={"other": points},
    ),
    st.fixed_dictionaries({"where": where, "points": points}, optional={"missing": points}),
)
stated = st.integers(0, 5) | st.sampled_from(["5%", "2.50 %", "1/33", 0.01, Decimal("0.020")])
missing = st.sampled_from(["incomplete", "no", "yes"])


def named(rules: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(rules, max_size=2).map(lambda many: [{**r, "name": f"{i}"} for i, r in enumerate(many)])


policies = st.fixed_dictionaries(
    {"capacity": st.integers(50, 500)},
    optional={
        "title": names,
        "on": days,
        "country": st.sampled_from(["residence", "citizenship"]),
        "unclassified": st.sampled_from(["carry_forward", "incomplete", {"as": "LMC"}]),
        "not_covered": st.sampled_from(["sovereign", "incomplete", {"as": "HIC"}]),
        "counting": st.just("each"),
        "waitlist": stated,
        "pinned": st.lists(names, unique=True, max_size=2),
        "eligible": named(st.fixed_dictionaries({"where": where}, optional={"missing": missing})),
        "tier": named(st.fixed_dictionaries({"where": where})),
        "points": named(criteria),
        "derive": st.fixed_dictionaries(
            {
                "rows": st.lists(
                    st.fixed_dictionaries({"where": where, "value": names | numbers | st.booleans()}), min_size=1
                )
            },
            optional={"other": names | st.booleans()},
        ).map(lambda table: [{**table, "field": "made"}]),
        "cap": named(
            st.fixed_dictionaries({"seats": stated, "per": fields_})
            | st.fixed_dictionaries({"seats": stated, "where": where})
        ),
        "ties": st.sampled_from([{"order": ["a", "lottery"]}, {"order": [{"field": "b", "first": "highest"}]}, {}]),
        "lottery": st.sampled_from([{"tickets": "per_block"}, {"tickets": "single"}, {"beacon": "drand 5"}]),
    },
).flatmap(
    lambda table: named(
        st.fixed_dictionaries(
            {"where": where, "seats": stated},
            optional={"kind": st.sampled_from(["guarantee", "first", "over_and_above"]), "missing": missing},
        )
    ).map(lambda reserves: {**table, "counting": "each", "reserve": [{**r, "name": f"r{r['name']}"} for r in reserves]})
)


@settings(max_examples=60, deadline=None)
@given(policies)
def test_dumped_and_loaded_a_policy_is_the_same(table: dict[str, Any]) -> None:
    before = copy.deepcopy(table)
    made = Policy.model_validate(table)
    again = Policy.model_validate(tomllib.loads(made.dump(), parse_float=Decimal))
    assert again == made
    assert again.fingerprint == made.fingerprint
    assert again.plan == made.plan
    assert Policy.model_validate(made.to_dict()).fingerprint == made.fingerprint
    assert pickle.loads(pickle.dumps(made)).fingerprint == made.fingerprint
    assert table == before


def turned(value: Any) -> Any:
    """The same table with its keys in another order and its numbers spelt otherwise."""
    if isinstance(value, Mapping):
        return {key: turned(one) for key, one in reversed(value.items())}
    if isinstance(value, list):
        return [turned(one) for one in value]
    return value + Decimal("0.0000000") if isinstance(value, Decimal) else value


@settings(max_examples=60, deadline=None)
@given(policies)
def test_key_order_and_trailing_zeros_do_not_change_the_fingerprint(table: dict[str, Any]) -> None:
    one, other = Policy.model_validate(table), Policy.model_validate(turned(table))
    assert one.fingerprint == other.fingerprint


def floated(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: floated(one) for key, one in value.items()}
    if isinstance(value, list):
        return [floated(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


@settings(max_examples=60, deadline=None)
@given(policies)
def test_floats_are_taken_as_the_decimals_they_print_as(table: dict[str, Any]) -> None:
    assert Policy.model_validate(floated(table)) == Policy.model_validate(table)


def test_defaults_written_out_do_not_change_the_fingerprint() -> None:
    short = policy(reserve=[NRA], points=[POINTS], cap=[{"name": "C", "per": "country", "seats": 5}])
    long = policy(
        title="",
        unclassified="incomplete",
        not_covered="incomplete",
        compliance="order",
        waitlist=0,
        lock="selected",
        pinned=[],
        eligible=[],
        reserve=[{**NRA, "kind": "guarantee", "round": "up", "unfilled": "open", "missing": "incomplete"}],
        points=[{**POINTS, "take": "highest", "missing": "incomplete"}],
        cap=[{"name": "C", "per": "country", "seats": 5, "round": "down", "missing": "incomplete"}],
        ties={"order": ["lottery"]},
        lottery={"tickets": "single"},
    )
    assert long.fingerprint == short.fingerprint
    assert long.dump() == short.dump()


@pytest.mark.parametrize(
    "keys",
    [
        {"capacity": 101},
        {"title": "x"},
        {"points": [{**POINTS, "per": Decimal("1.000001")}]},
        {"points": [{"name": "Years", "where": {"years": 1}, "points": 1}]},
        {"points": [{"name": "Years", "where": {"years": "1"}, "points": 1}]},
        {"points": [{"name": "Years", "where": {"years": True}, "points": 1}]},
        {"points": [{"name": "Years", "where": {"years": date(2025, 1, 1)}, "points": 1}]},
        {"points": [{"name": "Years", "where": {"years": "2025-01-01"}, "points": 1}]},
        {"reserve": [NRA, MOH]},
        {"reserve": [MOH, NRA]},
        {"unclassified": {"as": "LMC"}},
        {"unclassified": {"as": "LIC"}},
        {"ties": {"order": []}},
        {"ties": {"order": ["a"]}},
        {"ties": {"order": [{"field": "a", "first": "highest"}]}},
    ],
)
def test_what_means_something_else_has_another_fingerprint(keys: dict[str, Any]) -> None:
    others = [{}, {"points": [POINTS]}, {"reserve": [NRA]}]
    assert policy(**keys).fingerprint not in {policy(**other).fingerprint for other in others}
    assert len(policy(**keys).fingerprint) == 64


def test_fingerprints_are_all_different() -> None:
    table = [
        {"points": [{"name": "Y", "where": {"years": word}, "points": 1}]}
        for word in (1, "1", True, "true", date(2025, 1, 1), "2025-01-01", datetime(2025, 1, 1, tzinfo=UTC), 1.5, "1.5")
    ]
    assert len({policy(**keys).fingerprint for keys in table}) == len(table)


# A policy is never changed


def test_a_copy_is_worked_out_and_checked_again() -> None:
    made = policy(reserve=[NRA])
    before = (made.seats, made.fingerprint, made.reserve[0].condition)
    smaller = made.model_copy(update={"capacity": 20})
    assert (smaller.seats, smaller.plan.blocks[0].seats) == (20, 20)
    assert smaller.fingerprint != made.fingerprint
    assert (made.seats, made.fingerprint, made.reserve[0].condition) == before
    other = made.reserve[0].model_copy(update={"where": {"role": "other"}})
    assert other.condition.holds({"role": "other"}) is True
    with pytest.raises(PolicyError, match="more than the 5"):
        made.model_copy(update={"capacity": 5})


def test_what_a_giver_changes_later_does_not_change_the_policy() -> None:
    table: dict[str, Any] = {"capacity": 10, "eligible": [{"name": "E", "where": {"any": [{"a": ["x"]}, {"b": 1}]}}]}
    made = Policy.model_validate(table)
    fingerprint = made.fingerprint
    table["eligible"][0]["where"]["any"][0]["a"].append("y")
    assert Policy.model_validate(made.to_dict()).fingerprint == fingerprint
    with pytest.raises(ValidationError, match="frozen"):
        made.capacity = 5  # type: ignore[misc]


def test_a_policy_shows_its_title_and_seats_and_no_applicant() -> None:
    made = policy(title="Call", pinned=["jane@example.org"], reserve=[NRA])
    assert repr(made) == str(made) == f"Policy('Call', 100 seats, {made.fingerprint[:12]})"


def test_a_policy_knows_the_fields_it_reads() -> None:
    made = policy(
        eligible=[{"name": "E", "where": {"a": 1, "not": {"b": 1}}}],
        derive=[
            {"field": "d", "rows": [{"where": {"c": 1}, "value": 1}]},
            {"field": "e", "rows": [{"where": {"d": 1}, "value": 1}]},
        ],
        points=[POINTS, {"name": "By e", "field": "e", "per": 1}],
        cap=[{"name": "C", "per": "country", "seats": 5}],
        ties={"order": ["f", "lottery"]},
        reserve=[NRA],
    )
    assert made.fields == {"a", "b", "c", "years", "country", "f", "role"}


# The schema that editors use


def test_the_schema_at_the_root_is_fresh() -> None:
    written = (ROOT / "policy.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == schema(), "remake it: python -m selection.policy.file_schema"
    assert schema_text().endswith("}\n")


def test_the_schema_says_what_it_is_and_explains_every_key() -> None:
    made = schema()
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "#:schema" in made["description"]
    assert set(made["properties"]) == set(Policy.model_fields)
    for key, about in made["properties"].items():
        assert about.get("description"), key
    for name, table in made["$defs"].items():
        assert table.get("description"), name


def fits(value: Any, about: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """The part of JSON Schema that ours uses."""
    if "$ref" in about:
        return fits(value, root["$defs"][about["$ref"].rpartition("/")[2]], root)
    any_of = about.get("anyOf", about.get("oneOf"))
    if any_of is not None and not any(fits(value, one, root) for one in any_of):
        return False
    if ("const" in about and value != about["const"]) or ("enum" in about and value not in about["enum"]):
        return False
    kinds = {
        "object": dict,
        "array": list,
        "string": (str, date),
        "boolean": bool,
        "integer": int,
        "number": (int, float, Decimal),
    }
    wanted = about.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if wanted and not any(isinstance(value, kinds[k]) and (k == "boolean" or value is not True) for k in wanted):
        return False
    if isinstance(value, str) and ("pattern" in about and not re.search(about["pattern"], value)):
        return False
    if "minimum" in about and value < about["minimum"]:
        return False
    if isinstance(value, (dict, list, str)) and len(value) < max(
        about.get(k, 0) for k in ("minItems", "minProperties", "minLength")
    ):
        return False
    if isinstance(value, list):
        return all(fits(one, about.get("items", {}), root) for one in value)
    return not isinstance(value, dict) or fits_table(value, about, root)


def fits_table(value: dict[str, Any], about: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    known, more = about.get("properties", {}), about.get("additionalProperties", True)
    if not set(about.get("required", ())) <= set(value):
        return False
    return all(
        fits(one, known[key], root) if key in known else bool(more) and (more is True or fits(one, more, root))
        for key, one in value.items()
    )


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_the_examples_fit_the_schema_they_name(file: Path) -> None:
    written = file.read_text(encoding="utf-8")
    first = written.splitlines()[0]
    assert first.startswith("#:schema ")
    assert (file.parent / first.removeprefix("#:schema ")).resolve() == ROOT / "policy.schema.json"
    assert fits(tomllib.loads(written), schema(), schema())


@settings(max_examples=60, deadline=None)
@given(policies)
def test_every_policy_that_loads_fits_the_schema(table: dict[str, Any]) -> None:
    made = schema()
    assert fits(table, made, made)
    assert fits(tomllib.loads(Policy.model_validate(table).dump()), made, made)


@pytest.mark.parametrize(
    "keys",
    [
        {"capactiy": 1},
        {"capacity": 0},
        {"capacity": "100"},
        {"counting": "all"},
        {"reserve": [{**NRA, "seats": "many"}]},
        {"reserve": [{**NRA, "knd": "first"}]},
        {"eligible": [{"name": "E"}]},
        {"eligible": [{"name": "E", "where": {}}]},
        {"eligible": [{"name": "E", "where": {"a": {"mn": 1}}}]},
        {"eligible": [{"name": "E", "where": {"any": {"a": 1}}}]},
        {"unclassified": "sovereign"},
        {"points": [{**POINTS, "per": "x"}]},
    ],
)
def test_an_editor_marks_what_the_library_would_refuse(keys: dict[str, Any]) -> None:
    refused({"capacity": 100, **keys})
    assert not fits({"capacity": 100, **keys}, schema(), schema())


def test_a_policy_kept_as_text_reads_like_a_file_and_says_where_it_is_wrong(tmp_path: Path) -> None:
    text = 'capacity = 2\n[[points]]\nname = "Years"\nfield = "years"\nper = 0.5\n'
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    assert Policy.parse(text) == Policy.load(tmp_path / "p.toml")
    with pytest.raises(PolicyError, match=r"the policy of this event: .*capcity.*Did you mean 'capacity'"):
        Policy.parse("capcity = 2", "the policy of this event")
    with pytest.raises(PolicyError, match=r"^policy is not valid TOML"):
        Policy.parse("capacity =")


def test_many_reserves_of_one_field_are_seen_to_be_apart() -> None:
    rules = [{"name": f"r{i}", "seats": 1, "where": {"organisation": [f"a{i}", f"b{i}"]}} for i in range(600)]
    assert not policy(capacity=600, reserve=rules).plan.blocks[0].counting_stated
    rules[-1] = {"name": "last", "seats": 1, "where": {"organisation": ["a7", "c"]}}
    with pytest.raises(PolicyError, match="both 'r7' and 'last'"):
        policy(capacity=600, reserve=rules)


@pytest.mark.parametrize(
    "line", ["a" + ".a" * 40_000 + " = 1", "[" + "a . " * 40_000 + "a]", '"x"' + '."x"' * 40_000 + " = 1"]
)
def test_keys_of_thousands_of_parts_are_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(PolicyError, match="nested too deeply to be a policy"):
        Policy.parse(f"capacity = 1\n{line}\n")
    with pytest.raises(FormError, match="a key has more than 100 parts"):
        Form.parse(line)


def test_a_text_with_many_dots_is_no_key_of_many_parts() -> None:
    assert Policy.parse(f'title = "{"a. b" * 200}" # {". a" * 200}\ncapacity = 1\n').seats == 1
