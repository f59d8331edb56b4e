"""Expected seats against enumeration of all tickets, the published H-1B figures, and draws of the library itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import selection.odds
from selection import select
from selection.errors import SelectionError
from selection.odds import expected_seats

CASES = Path(__file__).parent / "cases"
FY2019 = {"advanced": 95_885, "other": 94_213}
OPEN_FIRST = [(65_000, None), (20_000, ["advanced"])]
RESERVE_FIRST = [(20_000, ["advanced"]), (65_000, None)]
Blocks = Sequence[tuple[int, frozenset[str] | None]]


def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))["expected"]
    return found


@pytest.mark.parametrize("tickets", ["single", "per_block"])
def test_h1b_open_seats_first_is_the_same_with_one_lottery_or_two(tickets: Any) -> None:
    case, odds = expected("h1b_fy2019_open_first"), expected_seats(FY2019, OPEN_FIRST, tickets)
    assert float(odds["advanced"]) == pytest.approx(case["advanced_awards"], abs=1e-9)
    assert float(odds["other"]) == pytest.approx(case["other_awards"], abs=1e-9)
    assert float(odds["advanced"] / 95_885) == pytest.approx(case["advanced_success"], abs=1e-12)
    assert float(odds["other"] / 94_213) == pytest.approx(case["other_success"], abs=1e-12)
    before = expected_seats(FY2019, RESERVE_FIRST, "per_block")
    assert float(odds["advanced"] - before["advanced"]) == pytest.approx(case["gain_to_advanced"], abs=1e-9)


def test_h1b_reserve_first_with_two_lotteries() -> None:
    case, odds = expected("h1b_fy2019_reserve_first"), expected_seats(FY2019, RESERVE_FIRST, "per_block")
    assert abs(odds["advanced"] - 20_000 - Fraction(65_000 * 75_885, 170_098)) < Fraction(1, 10**40)
    assert float(odds["advanced"]) == pytest.approx(case["advanced_awards"], abs=1e-9)
    assert float(odds["other"]) == pytest.approx(case["other_awards"], abs=1e-9)
    assert f"{float(odds['advanced'] / 95_885):.0%}" == case["published_rounded"]["advanced_success"]
    assert f"{float(odds['other'] / 94_213):.0%}" == case["published_rounded"]["other_success"]


def test_h1b_reserve_first_on_a_single_ticket_does_nothing() -> None:
    case, odds = expected("h1b_fy2019_single_ticket"), expected_seats(FY2019, RESERVE_FIRST, "single")
    assert float(odds["advanced"]) == pytest.approx(case["advanced_awards"], abs=1e-9)
    assert abs(odds["advanced"] - Fraction(85_000 * 95_885, 190_098)) < Fraction(1, 10**40)
    assert sum(odds.values()) == pytest.approx(85_000)


@st.composite
def calls(draw: st.DrawFn, most: int = 6) -> tuple[dict[str, int], Blocks]:
    names = "abcd"[: draw(st.integers(1, 4))]
    groups = {name: draw(st.integers(0, 3)) for name in names}
    while sum(groups.values()) > most:
        groups[max(groups, key=lambda g: groups[g])] -= 1
    kept = st.one_of(st.none(), st.frozensets(st.sampled_from(names), min_size=1))
    return groups, draw(st.lists(st.tuples(st.integers(0, 3), kept), min_size=1, max_size=4))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(call=calls())
def test_a_single_ticket_is_the_mean_over_all_orders(call: tuple[dict[str, int], Blocks]) -> None:
    groups, blocks = call
    people = [name for name, number in groups.items() for _ in range(number)]
    seats = [name for order in permutations(range(len(people))) for name in _filled(people, blocks, order)]
    orders = sum(1 for _ in permutations(people))
    assert expected_seats(groups, blocks, "single") == {g: Fraction(seats.count(g), orders) for g in groups}


def _filled(people: Sequence[str], blocks: Blocks, order: Sequence[int]) -> Iterator[str]:
    left = list(order)
    for seats, members in blocks:
        took = [i for i in left if members is None or people[i] in members][:seats]
        left = [i for i in left if i not in took]
        yield from (people[i] for i in took)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(call=calls())
def test_fresh_tickets_are_the_mean_over_all_draws(call: tuple[dict[str, int], Blocks]) -> None:
    groups, blocks = call
    people = tuple(name for name, number in groups.items() for _ in range(number))
    assert expected_seats(groups, blocks, "per_block") == {g: _mean(people, blocks, g) for g in groups}


def _mean(people: tuple[str, ...], blocks: Blocks, group: str) -> Fraction:
    if not blocks:
        return Fraction(0)
    seats, members = blocks[0]
    there = [i for i, name in enumerate(people) if members is None or name in members]
    draws = list(combinations(there, min(seats, len(there))))
    total = Fraction(0)
    for drawn in draws:
        left = tuple(name for i, name in enumerate(people) if i not in drawn)
        total += sum(people[i] == group for i in drawn) + _mean(left, blocks[1:], group)
    return total / len(draws)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(call=calls(5), tickets=st.sampled_from(["single", "per_block"]))
def test_large_pools_are_computed_to_sixty_digits(call: tuple[dict[str, int], Blocks], tickets: Any) -> None:
    groups, blocks = call
    with pytest.MonkeyPatch.context() as patch:
        exact = expected_seats(groups, blocks, tickets)
        patch.setattr(selection.odds, "EXACT", 4)
        if sum(groups.values()) == 5 and len(blocks) > 2:
            return
        rounded = expected_seats(groups, blocks, tickets)
    assert all(abs(exact[g] - rounded[g]) < Fraction(1, 10**50) for g in groups)


@pytest.mark.parametrize("tickets", ["single", "per_block"])
@pytest.mark.parametrize("order", [["reserve", "open"], ["open", "reserve"]])
def test_seats_drawn_by_the_library_come_near_the_odds(tickets: Any, order: Sequence[str]) -> None:
    pool = [{"id": f"{i:02}", "member": i < 12} for i in range(30)]
    table: Mapping[str, Any] = {
        "reserve": {"name": "reserve", "seats": 4, "where": {"member": True}},
        "open": {"name": "open", "seats": 6},
    }
    policy = {"block": [table[name] for name in order], "lottery": {"tickets": tickets}}
    draws = 150
    got = 0
    for seed in range(draws):
        frame = select(pool, policy, seed=seed).to_frame()
        got += sum(int(i) < 12 for i in frame["id"][frame["status"] == "selected"])
    blocks = [(4, ["m"]) if name == "reserve" else (6, None) for name in order]
    odds = expected_seats({"m": 12, "n": 18}, blocks, tickets)["m"]
    assert got / draws == pytest.approx(float(odds), abs=0.35)


def test_mistakes_are_said_in_sentences() -> None:
    with pytest.raises(SelectionError, match="Did you mean 'advanced'"):
        expected_seats(FY2019, [(10, ["advancd"])])
    with pytest.raises(SelectionError, match="whole number"):
        expected_seats({"a": -1}, [(10, None)])
    with pytest.raises(SelectionError, match="too many to count"):
        expected_seats({"a": 500, "b": 500, "c": 500}, [(9, ["a"]), (9, ["b"]), (9, ["c"]), (9, None)], "single")
