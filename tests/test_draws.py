"""Draws against their published worked examples, tickets and weights against their law."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import lcm
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import Policy, SelectionError, read_applicants, select, ticket
from selection.draws import (
    Beacon,
    Commitment,
    check,
    check_ticket,
    commit,
    hkdf,
    inclusion_odds,
    randomness_of,
    rfc3797,
    ticket_order,
    weighted_order,
)
from selection.draws.weighted import key_interval, minus_log


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    return found


IDS = st.lists(st.text(min_size=1, max_size=6), unique=True, max_size=30)


# Tickets


def test_a_ticket_is_what_sha256sum_prints() -> None:
    printed = "86880076ed9086d6482c0e37b659ec669fe574ff2507e49aa3c20a5cc39be103  -"
    assert ticket("cGMP 2025", "A-17") == printed.split()[0]
    assert check_ticket("cGMP 2025", "A-17", printed)
    assert check_ticket("s", "1", ticket("s", "1").upper() + "  -\n")
    assert not check_ticket("s", "2", ticket("s", "1"))
    assert not check_ticket("s", "1", "")
    assert check_ticket("s", "1", ticket("s", "1", "open"), block="open")


@given(IDS, st.text(max_size=5), st.randoms(use_true_random=False))
def test_leaving_an_applicant_out_moves_no_other(ids: list[str], seed: str, chance: Any) -> None:
    order = ticket_order(ids, seed)
    chance.shuffle(ids)
    assert ticket_order(ids, seed) == order
    for one in ids[:3]:
        assert ticket_order([i for i in ids if i != one], seed) == [i for i in order if i != one]


def test_nobody_has_two_chances() -> None:
    for draw in (lambda: ticket_order(["a", "a"], "s"), lambda: rfc3797.order(["a", "a"], "1./")):
        with pytest.raises(SelectionError, match="more than once"):
            draw()


# RFC 3797


def test_rfc_3797_worked_example() -> None:
    shown = case("rfc3797_section6")
    key = rfc3797.key_string(shown["rule"]["sources"])
    assert key == shown["expected"]["key"]
    assert [rfc3797.digest(key, i).hex().upper() for i in range(4)] == shown["expected"]["first_md5_hex"]
    names = shown["pool"]["ordered_names"]
    order = rfc3797.order(names, key)
    assert order[:10] == shown["expected"]["selected_first_10"]
    assert [names.index(one) + 1 for one in order] == shown["expected"]["full_order_recomputed_here"]
    for turn, (left, place) in enumerate(shown["expected"]["first_mod"]):
        assert int.from_bytes(rfc3797.digest(key, turn), "big") % left == place


def test_rfc_3797_entropy_table() -> None:
    table = case("rfc3797_entropy_table")["expected"]
    assert {str(pool): rfc3797.entropy_needed(int(pool), 10) for pool in table} == table
    assert rfc3797.entropy_needed(5, 5) == 0


def test_rfc_3797_sources_are_put_in_one_form() -> None:
    assert rfc3797.key_string([[10, 2], Decimal("18.50"), [Decimal("0.25"), 7]]) == "2.10./18.5/0.257./"
    for wrong in (-1, True, Decimal("nan")):
        with pytest.raises(SelectionError, match="no number a source can give"):
            rfc3797.key_string([[wrong]])


def test_rfc_3797_unlike_tickets_depends_on_who_else_is_there() -> None:
    names = case("rfc3797_section6")["pool"]["ordered_names"]
    order = rfc3797.order(names, "1./")
    fewer = rfc3797.order([n for n in names if n != order[-1]], "1./")
    assert fewer != order[:-1]


# The draft on verifiable random selection


def test_hkdf_draft_worked_example() -> None:
    shown = case("vrs_bikeshed")
    rule, expected = shown["rule"], shown["expected"]
    secret = rule["secret"].encode()
    assert hkdf.link(secret, 10).hex() == expected["commit_H10"]
    assert hkdf.link(secret, 9).hex() == expected["reveal_H9"]
    assert hkdf.link(secret, 8).hex() == expected["reveal_H8"]
    assert hkdf.check_link(expected["commit_H10"], expected["reveal_H9"])
    assert hkdf.check_link(expected["commit_H10"], expected["reveal_H8"], 2)
    assert not hkdf.check_link(expected["commit_H10"], expected["reveal_H8"])
    first = hkdf.order(shown["pool"]["labels"], hkdf.link(secret, 9), rule["randomness"])
    assert [list(one) for one in first[:6]] == expected["round1_top6"]
    kept = [label for _, label in first if label not in rule["disqualified"]]
    assert dict(zip(("walls", "doors", "trim"), kept, strict=False)) == expected["allocation"]
    left = set(shown["pool"]["labels"]) - set(kept[:3]) - set(rule["disqualified"])
    second = hkdf.order(left, hkdf.link(secret, 8), rule["randomness"])
    assert [list(one) for one in second[:3]] == expected["round2_top3"]
    assert second[0][1] == expected["substitute_for_walls"]


# Beacons and commitments


@pytest.mark.parametrize("shown", case("drand_randomness_derivation")["expected"], ids=lambda one: one["which"])
def test_drand_randomness_is_the_hash_of_the_signature(shown: Mapping[str, str]) -> None:
    assert randomness_of(shown["signature_hex"]) == shown["randomness_hex"]


def test_rounds_come_out_at_their_time() -> None:
    assert Beacon("quicknet", 1).at == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    assert Beacon("default", 2).at == datetime.fromtimestamp(1_595_431_080, UTC)
    for chain in ("default", "quicknet"):
        for add in (0, 1, 29, 30, 31, 12345.5):
            moment = Beacon(chain, 1000).at + timedelta(seconds=add)
            found = Beacon.after(chain, moment)
            assert Beacon(chain, found.round - 1).at <= moment < found.at
    assert Beacon.after("quicknet", datetime(2000, 1, 1, tzinfo=UTC)) == Beacon("quicknet", 1)
    assert Beacon.parse(str(Beacon("quicknet", 17))) == Beacon("quicknet", 17)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Beacon("quiknet", 1), "Did you mean 'quicknet'"),
        (lambda: Beacon("default", 0), "from 1"),
        (lambda: Beacon.parse("drand quicknet 12"), "write it as"),
        (lambda: Beacon.after("default", datetime(2025, 1, 1)), "no time zone"),
        (lambda: randomness_of("xyz"), "hexadecimal"),
        (lambda: Commitment.parse("[]"), "no commitment"),
        (lambda: Commitment("a", "b", "c").seed("12"), "64 hexadecimal"),
    ],
)
def test_mistakes_are_answered_with_what_to_write(make: Any, said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        make()


TABLE: dict[str, Any] = {"capacity": 2, "lottery": {"beacon": "drand quicknet round 657413"}}


def test_a_commitment_fixes_rules_pool_and_seed_beforehand() -> None:
    shown = case("drand_randomness_derivation")["expected"][1]
    policy, intake = Policy(**TABLE), read_applicants([{"id": one} for one in "abcd"])
    made = commit(policy, intake.pool)
    assert Commitment.parse(made.canonical()) == made
    assert made.beacon == TABLE["lottery"]["beacon"]
    seed = made.seed(shown["randomness_hex"])
    before = Beacon.parse(made.beacon).at - timedelta(hours=1)
    asked: dict[str, Any] = {"seed": seed, "signature": shown["signature_hex"], "published": before}
    answers = check(made, policy, intake.pool, randomness=shown["randomness_hex"], **asked)
    assert answers == dict.fromkeys(("policy", "pool", "randomness", "seed", "published_before"), True)
    assert select(intake, policy, seed=seed).counts["selected"] == 2
    other = read_applicants([{"id": one} for one in "abce"])
    assert check(made, Policy(**{**TABLE, "capacity": 3}), other.pool) == {"policy": False, "pool": False}
    late = check(made, policy, intake.pool, randomness="0" * 64, seed=seed, published=before + timedelta(hours=2))
    assert late == {"policy": True, "pool": True, "seed": False, "published_before": False}


def test_the_commitment_does_not_depend_on_row_order_and_needs_a_beacon() -> None:
    policy = Policy(**TABLE)
    pools = [read_applicants([{"id": one} for one in ids]).pool for ids in ("abcd", "dbca")]
    assert commit(policy, pools[0]) == commit(policy, pools[1])
    assert commit(policy, pools[0], Beacon("default", 5)).beacon == "drand default round 5"
    with pytest.raises(SelectionError, match="No beacon is named"):
        commit(Policy(capacity=2), pools[0])


# Weights


def by_definition(numbers: Sequence[int], weights: Sequence[int]) -> list[int]:
    """-ln(u)/w ascending is u^(1/w) descending: compared by whole powers, without any logarithm."""
    common = lcm(*weights)
    return sorted(range(len(numbers)), key=lambda i: Fraction(numbers[i] + 1, 2**256) ** (common // weights[i]))[::-1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.integers(1, 4)), unique_by=lambda p: p[0], max_size=8), st.text())
def test_weighted_order_is_the_order_of_exact_powers(people: list[tuple[str, int]], seed: str) -> None:
    ids = [one for one, _ in people]
    order = weighted_order(ids, dict(people), seed)
    numbers = [int(ticket(seed, one), 16) for one in ids]
    assert order == [ids[i] for i in by_definition(numbers, [w for _, w in people])]
    assert weighted_order(ids[::-1], dict(people), seed) == order
    if ids:
        assert weighted_order(ids[1:], dict(people), seed) == [one for one in order if one != ids[0]]


def test_equal_weights_draw_by_the_highest_ticket() -> None:
    ids = [str(i) for i in range(200)]
    assert weighted_order(ids, dict.fromkeys(ids, "0.5"), "s") == ticket_order(ids, "s")[::-1]


def series(number: int, bits: int) -> int:
    """-ln((T + 1) / 2^256) * 2^bits by whole numbers alone: ln m = 2 artanh((m - 1) / (m + 1)) after halving."""
    guard = bits + 32
    shift = (number + 1).bit_length()
    m = Fraction(number + 1, 1 << shift)
    return ((256 - shift) * _log(Fraction(2), guard) - _log(m, guard)) >> 32


def _log(x: Fraction, bits: int) -> int:
    z = (x - 1) / (x + 1)
    power = (z.numerator << bits) // z.denominator
    square = (z * z).limit_denominator(1 << 300)
    total, k = 0, 1
    while power not in (0, -1):
        total += power // k
        power = power * square.numerator // square.denominator
        k += 2
    return 2 * total


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**256 - 1) | st.integers(0, 9) | st.integers(2**256 - 10, 2**256 - 1))
def test_logarithms_lie_in_their_interval(number: int) -> None:
    """Against a series in whole numbers that shares nothing with `Decimal.ln`."""
    digits = 40
    low, high = key_interval(number, Fraction(1), digits)
    exact = Fraction(series(number, 200), 1 << 200) * 10**digits
    assert low - 1 <= exact <= high + 1
    assert high - low <= 4
    assert abs(minus_log(number, digits) - minus_log(number, 2 * digits) // 10**digits) <= 1


def test_more_digits_decide_where_the_first_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [str(i) for i in range(300)]
    weights = {one: 1 + int(one) % 3 for one in ids}
    expected = weighted_order(ids, weights, "s")
    monkeypatch.setattr("selection.draws.weighted.FIRST", 1)
    assert weighted_order(ids, weights, "s") == expected


@pytest.mark.parametrize("weight", [0, -1, 0.5, True, "x", None])
def test_a_weight_is_an_exact_number_above_0(weight: Any) -> None:
    with pytest.raises(SelectionError, match="no weight"):
        weighted_order(["a"], {"a": weight}, "s")
    with pytest.raises(SelectionError, match="'a' has no weight"):
        weighted_order(["a"], {}, "s")


def by_enumeration(weights: Sequence[int], seats: int) -> list[Fraction]:
    """The chance of each to be among the first drawn, over all orders."""
    found = [Fraction(0)] * len(weights)
    for first in permutations(range(len(weights)), seats):
        left, p = Fraction(sum(weights)), Fraction(1)
        for i in first:
            p *= weights[i] / left
            left -= weights[i]
        for i in first:
            found[i] += p
    return found


@pytest.mark.parametrize("weights", [[1, 2], [1, 1, 1, 4], [1, 2, 3, 4, 5], [2, 2, 7, 7, 7, 50]])
def test_odds_are_those_of_all_orders(weights: list[int]) -> None:
    sizes = Counter(weights)
    for seats in range(len(weights) + 1):
        exact = by_enumeration(weights, seats)
        found = inclusion_odds({w: (n, w) for w, n in sizes.items()}, seats)
        assert [found[w] for w in weights] == pytest.approx([float(p) for p in exact], abs=1e-9)


def test_western_states_2014() -> None:
    shown = case("wser_2014_lottery")
    groups = {str(one["weight"]): (one["n"], one["weight"]) for one in shown["pool"]["recipe"]}
    found = {w: 100 * p for w, p in inclusion_odds(groups, shown["rule"]["K"]).items()}
    assert found == pytest.approx(shown["expected"]["published_percent"], abs=shown["tolerance_percentage_points"])
    assert found == pytest.approx(shown["expected"]["exact_percent"], abs=5e-5)
    assert sum(groups[w][0] * p for w, p in found.items()) == pytest.approx(100 * 270)


def test_upmc_weighted_lottery() -> None:
    shown = case("upmc_evusheld_weighted_lottery")
    found = inclusion_odds({"1": (9034, 1), "2": (1800, "2")}, 450)
    share = 1800 * found["2"] / 450
    assert share == pytest.approx(shown["expected"]["exact_expected_share"], abs=1e-12)
    assert abs(share - shown["expected"]["published_share_weighted"]) < shown["tolerance"]


def test_h1b_by_wage_level_is_concave_in_the_weight() -> None:
    weights = case("h1b_weighted_2025_structure")["rule"]["weights"]
    found = inclusion_odds({level: (1000, weight) for level, weight in weights.items()}, 1200)
    one, two, three, four = (found[level] for level in ("I", "II", "III", "IV"))
    assert one < two < three < four < 4 * one
    assert two - one > three - two > four - three


def test_draws_follow_their_odds() -> None:
    ids = [str(i) for i in range(30)]
    weights = {one: 1 + int(one) % 3 for one in ids}
    runs, drawn = 400, Counter[int]()
    for run in range(runs):
        drawn.update(weights[one] for one in weighted_order(ids, weights, f"run {run}")[:10])
    for weight, p in inclusion_odds({w: (10, w) for w in (1, 2, 3)}, 10).items():
        assert drawn[weight] / runs / 10 == pytest.approx(p, abs=5 * (p * (1 - p) / runs / 10) ** 0.5)


@pytest.mark.parametrize("groups", [{"a": (-1, 1)}, {"a": (1, 0)}])
def test_groups_have_sizes_and_weights(groups: Any) -> None:
    with pytest.raises(SelectionError, match="weights are above 0"):
        inclusion_odds(groups, 1)


def test_empty_groups_and_full_draws() -> None:
    assert inclusion_odds({"a": (0, 1), "b": (4, 2)}, 1) == {"a": 0.0, "b": pytest.approx(0.25)}
    assert inclusion_odds({"a": (3, 1)}, 3) == {"a": 1.0}
    assert inclusion_odds({"a": (3, 1)}, 0) == {"a": 0.0}
