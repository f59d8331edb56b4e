"""The cases of `tests/cases/`, each met through `select` on plain records, or listed here with the reason why not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from selection import Policy, select
from selection.odds import expected_seats

CASES = Path(__file__).parent / "cases"
Record = dict[str, Any]

#: Where the other cases are met.
ELSEWHERE = {
    "boston_walk_zone_k2": "test_policies: an invented district with the published shares, within a percentage point",
    "drand_randomness_derivation": "test_draws",
    "fair_failprob_reference_bug": "test_auditing",
    "fair_mtable_alpha_0_1": "test_auditing",
    "fair_mtable_unadjusted": "test_auditing",
    "h1b_fy2019_open_first": "test_odds",
    "h1b_fy2019_reserve_first": "test_odds",
    "h1b_fy2019_single_ticket": "test_odds",
    "h1b_weighted_2025_structure": "test_draws",
    "rfc3797_entropy_table": "test_draws",
    "rfc3797_section6": "test_draws",
    "upmc_evusheld_weighted_lottery": "test_draws",
    "vrs_bikeshed": "test_draws",
    "wser_2014_lottery": "test_draws",
    "properties": "test_select_oracle and the properties of the choice",
}

#: What is not met, and why.
NOT_MET = {
    "sortition_real_instances_table": "probabilities over panels (leximin); the pools are not public",
}

#: Rules some cases show to be wrong; they are not to be had here, so their columns are not compared.
NAIVE = {"naive_fill_each_group_in_order", "naive_topk_then_swap", "greedy_two_pass"}


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def toys() -> list[str]:
    return sorted(path.stem for path in CASES.glob("toy_*.json"))


MET_HERE = {
    *toys(),
    "brazil_lei_12711_80_seats",
    "daria_2007_general_59",
    "detgreedy_infeasible_four_values",
    "ina_per_country_caps",
    "sortition_example_large_200",
}


def test_every_case_is_met_or_listed_with_a_reason() -> None:
    listed = [*MET_HERE, *ELSEWHERE, *NOT_MET]
    assert sorted(listed) == sorted(path.stem for path in CASES.glob("*.json"))


BY_RANK = [{"name": "rank", "field": "rank", "per": -1}]


def records(applicants: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Groups and cap keys as fields that are true or false."""
    found = list(applicants)
    marks = {mark for one in found for mark in [*one.get("groups", ()), *one.get("caps", ())]}
    return [
        {
            "id": one["id"],
            "rank": one["rank"],
            **{m: m in [*one.get("groups", ()), *one.get("caps", ())] for m in marks},
        }
        for one in found
    ]


def policy_of(rule: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The case's rule as a policy: minimums as reserves of one kind, limits as caps on a group."""
    kind = more.pop("kind", "guarantee")
    reserves = [
        {"name": m["group"], "where": {m["group"]: True}, "seats": m["seats"], "kind": kind}
        for m in rule.get("minimums", ())
    ]
    limits = [{"name": key, "where": {key: True}, "seats": n} for key, n in rule.get("caps", {}).items()]
    counting = {"counting": rule["counting"]} if "counting" in rule else {}
    return {"capacity": rule["capacity"], "points": BY_RANK, "reserve": reserves, "cap": limits} | counting | more


def seated(pool: Sequence[Record], policy: Mapping[str, Any]) -> list[str]:
    """Who is selected, by id."""
    frame = select(pool, Policy.model_validate(dict(policy))).to_frame()
    return sorted(frame["id"][frame["status"] == "selected"])


#: What the cases call a rule, and how a policy says it.
READINGS: dict[str, dict[str, Any]] = {
    "priority_only": {"reserve": []},
    "over_and_above(open first)": {"kind": "over_and_above"},
    "sequential_reserve_first": {"kind": "first"},
    "minimum_guarantee_once(exact)": {"counting": "once"},
    "minimum_guarantee_each(exact)": {"counting": "each"},
    "exact_fill": {"fill": "seats_first"},
    "exact_priority_first": {"fill": "priority_first"},
}


def readings() -> list[tuple[str, str]]:
    paradox = "toy_proportional_reserve_paradox"
    pairs = [(name, reading) for name in toys() if name != paradox for reading in case(name)["expected"]]
    return [(name, reading) for name, reading in pairs if reading not in NAIVE and "after" not in reading]


@pytest.mark.parametrize(("name", "reading"), readings())
def test_toy_cases(name: str, reading: str) -> None:
    toy = case(name)
    pool = records(toy["pool"]["applicants"])
    assert seated(pool, policy_of(toy["rule"], **READINGS[reading])) == sorted(toy["expected"][reading])


@pytest.mark.parametrize("name", ["toy_sequential_reserve_underfills", "toy_two_pass_misses_minimum"])
def test_no_reserve_that_can_be_filled_stays_empty(name: str) -> None:
    toy = case(name)
    outcome = select(records(toy["pool"]["applicants"]), policy_of(toy["rule"], counting="once"))
    assert [r["short"] for r in outcome.certificate["blocks"][0]["reserves"]] == [0, 0]


def test_toy_proportional_reserve_paradox() -> None:
    toy = case("toy_proportional_reserve_paradox")
    pool = records(toy["pool"]["applicants"])
    for label, expected in toy["expected"].items():
        capacity = int(label.partition("=")[2])
        shares = toy["rule"]["minimum_share"]
        reserves = [{"name": g, "where": {g: True}, "seats": s, "round": "down"} for g, s in shares.items()]
        policy = {"capacity": capacity, "counting": "each", "points": BY_RANK, "reserve": reserves}
        assert seated(pool, policy) == expected


def test_a_withdrawal_under_crossing_caps_may_cost_a_seat() -> None:
    toy = case("toy_crossing_caps_revocation")
    rest = [one for one in records(toy["pool"]["applicants"]) if one["id"] != "p1"]
    after = toy["expected"]["after_withdrawal_of_p1"]["exact_fill"]
    assert seated(rest, policy_of(toy["rule"], fill="seats_first")) == after
    assert seated(rest, policy_of(toy["rule"], fill="priority_first")) == after


def test_a_withdrawal_counting_each_costs_a_seat_unless_it_is_kept() -> None:
    """Kept seats are those of pinned applicants. The case keeps p1 and lets rank decide which reserve stays short:
    that is compliance by total; in the order listed, reserve A comes first and p5 is in instead of p4."""
    toy = case("toy_waitlist_revocation_each")
    after = toy["after_withdrawal"]
    rest = [one for one in records(toy["pool"]["applicants"]) if one["id"] != after["withdrawn"]]
    assert seated(rest, policy_of(toy["rule"], counting="each")) == after["expected_full_recompute"]
    kept = policy_of(toy["rule"], counting="each", pinned=["p1"])
    assert seated(rest, kept | {"compliance": "total"}) == after["expected_with_lock_p1"]
    assert seated(rest, kept) == ["p1", "p5"]
    outcome = select(rest, kept | {"compliance": "total"})
    assert sum(r["short"] for r in outcome.certificate["blocks"][0]["reserves"]) == after["compliance_lost_by_locking"]


@pytest.mark.parametrize(
    ("reading", "kind"), [("minimum_guarantee", "guarantee"), ("over_and_above_open48_then_women11", "over_and_above")]
)
def test_rajesh_kumar_daria(reading: str, kind: str) -> None:
    daria = case("daria_2007_general_59")
    women = set(daria["pool"]["women_ranks"])
    pool = [{"id": f"{i:03}", "rank": i, "women": i in women} for i in range(1, daria["pool"]["n"] + 1)]
    rule = {"capacity": 59, "minimums": [{"group": "women", "seats": 11}]}
    chosen = [int(one) for one in seated(pool, policy_of(rule, kind=kind))]
    expected = daria["expected"][reading]
    ranks = list(range(1, 60)) if expected["selected_ranks"] == "1..59" else expected["selected_ranks"]
    assert chosen == ranks
    assert len(women & set(chosen)) == expected["women"]


def test_brazilian_seats_are_split_exactly() -> None:
    law = case("brazil_lei_12711_80_seats")
    public, low, black = (Fraction(str(law["rule"][k])) for k in ("public_school", "low_income_of_that", "black_share"))
    shares = {
        "public_lowinc_black": public * low * black,
        "public_lowinc_nonblack": public * low * (1 - black),
        "public_highinc_black": public * (1 - low) * black,
        "public_highinc_nonblack": public * (1 - low) * (1 - black),
    }
    blocks: list[Record] = [{"name": n, "seats": str(s), "where": {"claim": n}} for n, s in shares.items()]
    policy = Policy.model_validate({"capacity": 80, "block": [*blocks, {"name": "broad", "seats": "rest"}]})
    seats = {block.name: block.seats for block in policy.plan.blocks}
    expected = law["expected"]
    assert seats == {name: expected[name] for name in shares} | {"broad": expected["open"]}
    assert sum(seats[name] for name in shares) == expected["public"]
    assert sum(n for name, n in seats.items() if "lowinc" in name) == expected["low_income_total"]
    assert sum(n for name, n in seats.items() if name.endswith("_black")) == expected["black_total"]


@pytest.mark.parametrize(("product", "seats"), case("ina_per_country_caps")["expected"].items())
@pytest.mark.parametrize("written", ["percent", "float", "decimal"])
def test_shares_of_seats_become_whole_numbers_exactly(product: str, seats: int, written: str) -> None:
    share, _, total = product.partition("*")
    stated = {"percent": f"{Decimal(share) * 100:f}%", "float": float(share), "decimal": Decimal(share)}[written]
    cap = {"name": "a country", "per": "state", "seats": stated}
    policy = Policy.model_validate({"capacity": int(total), "cap": [cap]})
    assert policy.plan.caps[0].seats == seats


def floors(case_: Mapping[str, Any], k: int) -> dict[str, int]:
    return {value: int(Fraction(share) * k) for value, share in case_["rule"]["p"].items()}


def detgreedy(case_: Mapping[str, Any], pool: Sequence[Record], k: int) -> list[str]:
    """The published greedy: somebody of a value below its floor, else the best of a value below its ceiling."""
    order: list[str] = []
    left = sorted(pool, key=lambda one: int(one["rank"]))
    for place in range(1, k + 1):
        have = {value: order.count(value) for value in case_["rule"]["p"]}
        low = {v for v, n in floors(case_, place).items() if have[v] < n}
        room = {v for v, s in case_["rule"]["p"].items() if have[v] < -(-Fraction(s) * place // 1)}
        one = next(one for one in left if one["value"] in (low or room))
        left.remove(one)
        order.append(one["value"])
    return order


def test_floors_of_four_values_hold_where_the_greedy_breaks_them() -> None:
    """Each length is a call of its own here: its best set, not the beginning of a longer list."""
    geyik = case("detgreedy_infeasible_four_values")
    values = [*geyik["rule"]["adversarial_first_two"], *["a0", "a3", "a1", "a2"] * 9]
    pool = [{"id": f"{i:02}", "rank": i, "value": value} for i, value in enumerate(values)]
    broken = geyik["expected"]["violated_at_k"]
    greedy = detgreedy(geyik, pool, broken)
    assert greedy[:2] == geyik["rule"]["adversarial_first_two"]
    assert any(greedy.count(v) < n for v, n in floors(geyik, broken).items())
    for k in range(1, 25):
        reserves = [
            {"name": v, "where": {"value": v}, "seats": share, "round": "down"}
            for v, share in geyik["rule"]["p"].items()
        ]
        chosen = seated(pool, {"capacity": k, "points": BY_RANK, "reserve": reserves})
        reached = [values[int(one)] for one in chosen]
        assert len(chosen) == k
        assert all(reached.count(v) >= n for v, n in floors(geyik, k).items())


def test_a_panel_within_its_quotas() -> None:
    """The panel is possible and within all quotas; the probabilities of the case belong to another kind of draw."""
    sortition = case("sortition_example_large_200")
    quotas: dict[str, list[int]] = sortition["rule"]["quotas"]
    pool = [
        {"id": f"{part}-{i}", **{q: q in recipe["groups"] for q in quotas}}
        for part, recipe in enumerate(sortition["pool"]["recipe"])
        for i in range(recipe["n"])
    ]
    reserves = [{"name": q, "where": {q: True}, "seats": least} for q, (least, _) in quotas.items()]
    caps = [{"name": q, "where": {q: True}, "seats": most} for q, (_, most) in quotas.items()]
    policy = {"capacity": sortition["rule"]["panel"], "counting": "each", "reserve": reserves, "cap": caps}
    outcome = select(pool, policy, seed="panel")
    chosen = set(outcome.to_frame().query("status == 'selected'")["id"])
    panel = [one for one in pool if one["id"] in chosen]
    assert len(panel) == sortition["rule"]["panel"]
    for q, (least, most) in quotas.items():
        assert least <= sum(bool(one[q]) for one in panel) <= most


def test_h1b_on_a_single_ticket_is_the_top_of_one_list() -> None:
    """A hundredth of the pool: the reserve taken first leaves exactly the first by ticket selected."""
    pool = [{"id": f"{i:04}", "advanced": i < 959} for i in range(1901)]
    reserve = {"name": "advanced", "where": {"advanced": True}, "seats": 200, "kind": "first"}
    call = {"capacity": 850, "reserve": [reserve]}
    both = select(pool, call, seed=2019), select(pool, call | {"reserve": []}, seed=2019)
    ids = [set(o.to_frame().query("status == 'selected'")["id"]) for o in both]
    assert ids[0] == ids[1]
    odds = expected_seats({"a": 959, "o": 942}, [(200, ["a"]), (650, None)])
    assert float(odds["a"]) == pytest.approx(850 * 959 / 1901, abs=1e-9)
