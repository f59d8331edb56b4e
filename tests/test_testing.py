"""The test kit finds every wrong function of the zoo, lets right ones pass, and says what it found."""

from __future__ import annotations

import ast
import asyncio
import json
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import selection
import zoo
from selection import Policy, select
from selection.auditing.verification import check
from selection.draws import ticket_order
from selection.errors import SelectionError
from selection.testing import (
    PROPERTIES,
    REPLACEMENT_PROPERTIES,
    UnfairError,
    applicants,
    check_fairness,
    check_replacement,
    leximin_symmetry,
    lottery_iia,
    policies,
    pools,
    pools_for,
)
from selection.testing.cells import SPELLINGS, cells
from zoo import WITHDRAWALS, ZOO, Bug
from zoo.parts import CAPPED, ONCE, PLAIN, RESERVED, SCORE, WOMEN, ranked

ROOT = Path(__file__).resolve().parents[1]
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def right(rows: list[dict[str, Any]], policy: Any) -> list[str]:
    """The library as any other function: it knows its own seed."""
    return list(select(rows, policy, seed="a seed of its own").shortlist["id"])


@pytest.mark.parametrize("bug", ZOO, ids=lambda bug: bug.name)
def test_every_wrong_function_is_found_by_the_property_named(bug: Bug) -> None:
    with pytest.raises(UnfairError) as found:
        check_fairness(bug.select, bug.policy, promises=[bug.found_by], shrink=False)
    assert {offence.promise for offence in found.value.offences} == {bug.found_by}
    assert PROPERTIES[bug.found_by].usual


@pytest.mark.parametrize("bug", WITHDRAWALS, ids=lambda bug: bug.name)
def test_every_wrong_replacement_is_found_by_the_property_named(bug: Bug) -> None:
    with pytest.raises(UnfairError) as found:
        check_replacement(bug.select, bug.policy, promises=[bug.found_by], shrink=False)
    assert {offence.promise for offence in found.value.offences} == {bug.found_by}


def test_the_zoo_is_large_and_every_bug_is_its_own() -> None:
    assert len(ZOO) >= 25
    assert len(WITHDRAWALS) >= 10
    assert len({bug.name for bug in (*ZOO, *WITHDRAWALS)}) == len(ZOO) + len(WITHDRAWALS)


def replaced(rows: list[dict[str, Any]], policy: Any, _: list[str], withdrawn: list[str], seed: str) -> Any:
    """The library as any other replacement function."""
    return select(rows, policy, seed=seed).replace(withdrawn)


@pytest.mark.parametrize("name", ["PLAIN", "BOTH", "CROSSED", "RUN_AGAIN", "BLOCKS", "HELD", "TWICE", "CAPPED_BLOCKS"])
def test_the_right_replacement_passes_where_wrong_ones_fail(name: str) -> None:
    policy = next(getattr(part, name) for part in (zoo.withdrawing, zoo.blocks) if hasattr(part, name))
    assert check_replacement(replaced, policy, examples=25) == ()
    assert check_replacement(replaced, policy, seed="known to both", examples=12) == ()


def test_a_replacement_is_judged_by_what_is_right_in_any_draw() -> None:
    """Another lottery than ours, by hand, under caps: offers kept, then the best under the cap."""
    from zoo.parts import complete, land

    def by_hand(rows: list[dict[str, Any]], policy: Any, selected: list[str], withdrawn: list[str]) -> list[str]:
        stay = [row for row in rows if row["id"] in selected and row["id"] not in withdrawn]
        for row in ranked(complete(rows, "country")):
            free = len(stay) < policy["capacity"] and land(row) not in map(land, stay)
            stay += [row] if free and row["id"] not in withdrawn else []
        return [row["id"] for row in stay]

    assert check_replacement(by_hand, CAPPED, examples=120) == ()


def test_the_error_about_a_replacement_says_who_left_and_how_to_see_it_again() -> None:
    bug = WITHDRAWALS[0]
    with pytest.raises(UnfairError) as found:
        check_replacement(bug.select, bug.policy)
    error, said = found.value, str(found.value)
    assert "had a seat: " in said
    assert "withdraws: " in said
    assert "next_on_the_list selects: " in said
    told = said[said.rindex("next_on_the_list(rows, policy, ") : said.rindex(")")].split("policy, ")[1]
    selected, withdrawn = ast.literal_eval(f"[{told}]")
    (offence,) = REPLACEMENT_PROPERTIES["max_compliance"](bug.select, error.rows, bug.policy, withdrawn=withdrawn)
    assert offence in error.offences
    assert set(withdrawn) & set(selected)


def test_what_is_lacking_is_said_of_the_block_that_lacks_it() -> None:
    from zoo.blocks import TWICE, reserve_counted_over_all_blocks

    with pytest.raises(UnfairError, match=r"in the block 'evening'"):
        check_fairness(reserve_counted_over_all_blocks, TWICE)


def test_where_fresh_tickets_are_not_known_it_is_said_what_is_not_judged() -> None:
    fresh = {**zoo.blocks.BLOCKS, "lottery": {"tickets": "per_block"}}
    with pytest.raises(UnfairError, match="each block draws fresh tickets"):
        check_fairness(lambda rows, _: [row["id"] for row in rows], fresh)


def test_what_is_no_function_is_said_at_once() -> None:
    for check_it in (check_fairness, check_replacement):
        with pytest.raises(SelectionError, match="not a int"):
            check_it(7, PLAIN)  # type: ignore[operator, arg-type]


@pytest.mark.parametrize(
    "name", ["PLAIN", "DECIMALS", "RESERVED", "ONCE", "CROSSED", "INCOME", "PINNED", "OVER", "TWICE"]
)
def test_the_right_function_passes_where_wrong_ones_fail(name: str) -> None:
    policy = next(
        getattr(part, name) for part in (zoo.counting, zoo.ordering, zoo.reading, zoo.blocks) if hasattr(part, name)
    )
    assert check_fairness(right, policy, examples=25) == ()
    assert check_fairness(select, policy, seed="known to both", examples=12) == ()


def test_a_policy_may_be_a_file_a_table_or_an_object_and_arrives_as_it_was_given(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    Policy.model_validate(RESERVED).dump(file)
    for given_policy in (file, str(file), RESERVED, Policy.model_validate(RESERVED)):
        seen: list[Any] = []

        def spy(rows: list[dict[str, Any]], policy: Any, seen: list[Any] = seen) -> list[str]:
            seen.append(policy)
            return right(rows, policy)

        assert check_fairness(spy, given_policy, examples=4) == ()
        assert all(one is given_policy for one in seen)


@QUICK
@given(rows=pools(), policy=policies())
def test_any_pool_fits_any_policy_and_the_library_keeps_its_promises(
    rows: list[dict[str, Any]], policy: Policy
) -> None:
    assert check(select(rows, policy, seed="s")) == ()


@settings(QUICK, max_examples=15)
@given(data=st.data(), policy=policies())
def test_every_property_holds_of_the_library(data: st.DataObject, policy: Policy) -> None:
    rows = data.draw(pools_for(policy))
    for one in PROPERTIES.values():
        assert one(right, rows, policy) == (), one.name


def test_pools_for_a_policy_put_it_to_the_test() -> None:
    """Ties at the cut, a reserve just short and just met, a full cap, empty cells, one country in two spellings."""
    policy = {**RESERVED, "cap": CAPPED["cap"], "capacity": 4}
    seen: Counter[str] = Counter()

    @settings(QUICK, max_examples=80)
    @given(rows=pools_for(policy))
    def look(rows: list[dict[str, Any]]) -> None:
        outcome = select(rows, policy, seed="s")
        ranking, chosen = outcome.ranking, outcome.choice.selected
        seen["tie at the cut"] += any(
            0 < chosen[ranking.ties == t].sum() < (ranking.ties == t).sum() for t in set(ranking.ties)
        )
        for reserve in outcome.certificate["blocks"][0]["reserves"]:
            seen["reserve one short"] += reserve["eligible_members"] == reserve["seats"] - 1
            seen["reserve just met"] += reserve["eligible_members"] == reserve["seats"]
        seen["cap full"] += outcome.certificate["caps"][0]["full"] > 0
        seen["empty cell"] += any(value is None for row in rows for value in row.values())
        known = {text: code for code, texts in SPELLINGS.items() for text in texts}
        spelt = {row["country"] for row in rows} - {None}
        seen["two spellings"] += len({known[text] for text in spelt}) < len(spelt)

    look()
    assert set(seen) == {name for name, times in seen.items() if times >= 5}, seen


def test_the_witness_is_the_smallest() -> None:
    with pytest.raises(UnfairError) as found:
        check_fairness(ZOO[0].select, PLAIN)
    error = found.value
    assert len(error.rows) == 4, "four tied for three seats"
    assert {row["score"] for row in error.rows} == {0}
    assert error.offences[0].promise == "determinism"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.rows) == (str(error), error.rows)


def test_the_error_says_who_and_how_to_see_it_again() -> None:
    def by_rank(rows: list[dict[str, Any]], policy: dict[str, Any]) -> list[str]:
        return [row["id"] for row in ranked(rows)[: policy["capacity"]]]

    with pytest.raises(UnfairError) as found:
        check_fairness(by_rank, {**PLAIN, "capacity": 1, "reserve": [{**WOMEN, "seats": 1}]})
    said = str(found.value)
    assert said.startswith("by_rank breaks 'max_compliance': Reserves are met as far as")
    assert "The reserves (women) are filled 0, and could be filled 1" in said
    assert "(2 applicants)" in said
    assert "by_rank selects:" in said
    assert "the policy selects:" in said
    code = said[said.index("rows = ") : said.rindex("\nby_rank(rows, policy)")]
    assert ast.literal_eval(code.removeprefix("rows = ")) == found.value.rows


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: 7, "returned int"),
        (lambda _: "p1", "returned str"),
        (lambda _: None, "returned NoneType"),
        (lambda rows: rows, "returned rows"),
        (lambda rows: [True for _ in rows], r"returned bool \(True\)"),
        (lambda rows: [str(row["id"]).encode() for row in rows], "returned bytes"),
        (lambda rows: pd.DataFrame(rows), r'as in table\["id"\]'),
        (lambda _: asyncio.sleep(0), "returned a coroutine"),
        (lambda _: ["nobody"], "not among the rows"),
        (lambda rows: [rows[0]["id"]] * 2, "more than once"),
        (lambda _: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_what_is_no_answer_is_said(answer: Any, words: str) -> None:
    with pytest.raises(UnfairError, match=words):
        check_fairness(lambda rows, _: answer(rows), PLAIN)


@pytest.mark.parametrize("kind", [list, tuple, set, np.array, pd.Series, pd.Index, iter, dict.fromkeys])
def test_ids_come_back_in_whatever_holds_them(kind: Any) -> None:
    assert check_fairness(lambda rows, policy: kind(right(rows, policy)), PLAIN, examples=8) == ()


def test_with_a_seed_the_tickets_must_be_the_known_ones() -> None:
    assert check_fairness(right, PLAIN, examples=30) == ()
    with pytest.raises(UnfairError, match="above"):
        check_fairness(right, PLAIN, seed="another")


def test_pools_of_ones_own_are_taken() -> None:
    plain = pools_for(CAPPED, spellings=False, missing=False)
    assert check_fairness(right, CAPPED, pools=plain, examples=5) == ()


def test_unknown_properties_are_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match="Did you mean 'max_size'"):
        check_fairness(right, PLAIN, promises=["max_sise"])


def test_policies_of_many_seats_get_large_pools() -> None:
    policy = {"capacity": 120, "points": [SCORE], "cap": [{"name": "land", "per": "country", "seats": "10%"}]}

    def one_more(rows: list[dict[str, Any]], policy: dict[str, Any]) -> list[str]:
        return right(rows, {**policy, "cap": [{**policy["cap"][0], "seats": 13}]})

    assert check_fairness(right, policy, examples=5) == ()
    with pytest.raises(UnfairError, match="13 are selected under the cap 'land'"):
        check_fairness(one_more, policy)


#: For each property that `check_fairness` does not ask by itself, a policy and a function that breaks it.
UNUSUAL = {
    "dominance": (PLAIN, lambda rows, policy: [r["id"] for r in ranked(rows)[1 : policy["capacity"] + 1]]),
    "top_k_per_signature": (PLAIN, lambda rows, _: [r["id"] for r in ranked(rows)[: (len(rows) + 1) // 3]]),
    "substitutes": (PLAIN, lambda rows, _: [r["id"] for r in ranked(rows)[: 3 - len(rows) % 3]]),
    "single_replacement": (PLAIN, lambda rows, _: [r["id"] for r in ranked(rows)[: 3 - len(rows) % 3]]),
    "capacity_monotone": (PLAIN, lambda rows, policy: [r["id"] for r in ranked(rows)[: policy["capacity"] % 2]]),
    "single_group_guarantee_formula": (
        {**PLAIN, "reserve": [WOMEN]},
        lambda rows, _: [r["id"] for r in ranked(rows)[:3]],
    ),
    "per_category_cutoffs": (PLAIN, lambda rows, _: [r["id"] for r in ranked(rows)[1:2]]),
    "legal_2smg": (ONCE, lambda rows, _: [r["id"] for r in ranked(rows)[: 3 - len(rows) % 3]]),
    "single_group_open_first": (
        {**PLAIN, "reserve": [{**WOMEN, "kind": "first"}]},
        lambda rows, policy: right(
            rows,
            {**policy, "reserve": [{**policy["reserve"][0], "seats": 0}]}
            if policy["reserve"][0]["kind"] != "first"
            else policy,
        ),
    ),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_each_other_property_finds_something(name: str) -> None:
    policy, wrong = UNUSUAL[name]
    with pytest.raises(UnfairError) as found:
        check_fairness(wrong, policy, promises=name, shrink=False)
    assert found.value.offences


def test_every_known_property_has_a_function() -> None:
    known = {one["id"] for one in json.loads((ROOT / "tests" / "cases" / "properties.json").read_text())["properties"]}
    assert known <= {*PROPERTIES, "lottery_iia", "leximin_symmetry"}
    assert {name for name, one in PROPERTIES.items() if not one.usual} == set(UNUSUAL)


def test_keyed_tickets_are_no_draw_by_place() -> None:
    ids = list("abcdefg")
    assert lottery_iia(lambda some: ticket_order(some, "seed"), ids) == ()
    moved = lottery_iia(lambda some: [some[(5 * i + 2) % len(some)] for i in range(len(some))], ids)
    assert moved
    assert moved[0].promise == "lottery_iia"


def test_alike_applicants_have_equal_chances() -> None:
    assert leximin_symmetry({"a": 0.5, "b": 0.5, "c": 1.0}, {"a": "x", "b": "x", "c": "y"}) == ()
    (one,) = leximin_symmetry({"a": 0.5, "b": 0.25}, {"a": "x", "b": "x"})
    assert one.ids == ("a", "b")


def test_every_spelling_is_read_as_its_country() -> None:
    for code, texts in SPELLINGS.items():
        assert {selection.country(text).code for text in texts} == {code}


def test_cells_come_from_the_words_and_edges_of_the_policy() -> None:
    policy = Policy.load(ROOT / "examples" / "cgmp_2025" / "policy.toml")
    found = cells(policy)
    assert set(found) == {"employer_country", "function", "gender", "organisation", "role", "sector", "submitted_at",
                          "years_experience"}  # fmt: skip
    assert {"nra", "ministry_of_health", "other"} <= set(found["role"])
    assert {9, 10, 11} <= set(found["years_experience"])
    assert "Viet Nam" in found["employer_country"]
    assert len(cells(policy, spellings=False)["employer_country"]) == len(SPELLINGS)


def test_pools_shrink_to_the_plainest() -> None:
    small = find(pools_for(RESERVED), lambda rows: len(rows) >= 2, settings=settings(database=None))
    assert len(small) == 2
    assert (
        find(applicants(missing=False), lambda row: row["score"] >= 3, settings=settings(database=None))["score"] == 3
    )


def test_nothing_else_opens_the_kit() -> None:
    source = ROOT / "src" / "selection"
    for path in source.rglob("*.py"):
        if "testing" not in path.relative_to(source).parts:
            assert "selection.testing" not in path.read_text(encoding="utf-8"), path
