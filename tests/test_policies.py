"""The policies of `examples/policies/`: each loads, has the seats it should, and reproduces the published figures."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas
import pytest

from selection import Policy, select
from selection.odds import expected_seats

ROOT = Path(__file__).parent.parent
POLICIES = ROOT / "examples" / "policies"
CASES = Path(__file__).parent / "cases"

#: Blocks with their seats, and caps with theirs, of every file.
PLANS: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "boston_walk_zone_first": ({"Walk zone": 50, "open": 50}, {}),
    "boston_walk_zone_last": ({"open": 50, "Walk zone": 50}, {}),
    "brazil_quota_law": (
        {
            "Public school, low income, black": 5,
            "Public school, low income": 15,
            "Public school, black": 5,
            "Public school": 15,
            "Broad competition": 40,
        },
        {},
    ),
    "citizens_panel": ({"open": 200}, {"Either gender": 200, "Either leaning": 200}),
    "h1b_open_first": ({"Regular cap": 65_000, "Advanced-degree exemption": 20_000}, {}),
    "h1b_reserve_first": ({"Advanced-degree exemption": 20_000, "Regular cap": 65_000}, {}),
    "h1b_reserve_first_single_ticket": ({"Advanced-degree exemption": 20_000, "Regular cap": 65_000}, {}),
    "india_vertical_horizontal": (
        {"Open": 59, "Scheduled castes": 19, "Scheduled tribes": 14, "Other backward classes": 24},
        {},
    ),
    "school_four_tiers": ({"Rank": 60, "Tier 1": 35, "Tier 2": 35, "Tier 3": 35, "Tier 4": 35}, {}),
    "us_per_country_caps": (
        {"Family-sponsored": 226_000, "Employment-based": 140_000},
        {"Any one country": 25_620, "Any one dependent area": 7_320},
    ),
}
Record = dict[str, Any]


def policy(name: str) -> Policy:
    return Policy.load(POLICIES / f"{name}.toml")


def case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def seats(pool: Sequence[Record], rules: Policy, seed: str | None = None) -> dict[str, str]:
    """The block of everybody who is selected."""
    frame = select(pool, rules, seed=seed).to_frame()
    return {i: b for i, b in zip(frame["id"], frame["block"], strict=True) if b is not None}


def by_mark(people: Iterable[Record]) -> list[Record]:
    """Records in descending order, each with an id and a mark of its own."""
    return [{"id": f"{i:03}", "mark": 1000 - i, **one} for i, one in enumerate(people)]


def test_every_file_has_a_plan_and_a_paragraph() -> None:
    readme = (POLICIES / "README.md").read_text(encoding="utf-8")
    assert sorted(PLANS) == sorted(path.stem for path in POLICIES.glob("*.toml"))
    for path in POLICIES.glob("*.toml"):
        assert path.name in readme
        assert path.read_text(encoding="utf-8").startswith("#:schema ../../policy.schema.json\n")


@pytest.mark.parametrize("name", PLANS)
def test_seats_and_caps_of_each_file(name: str) -> None:
    blocks, caps = PLANS[name]
    plan = policy(name).plan
    assert {b.name: b.seats for b in plan.blocks} == blocks
    assert [b.name for b in plan.blocks] == list(blocks)
    assert {c.name: c.seats for c in plan.caps} == caps
    assert plan.capacity == sum(blocks.values())


@pytest.mark.parametrize("name", PLANS)
def test_each_file_is_the_same_policy_when_written_again(name: str) -> None:
    rules = policy(name)
    assert Policy.model_validate(tomllib.loads(rules.dump())).fingerprint == rules.fingerprint


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("h1b_open_first", "h1b_fy2019_open_first"),
        ("h1b_reserve_first", "h1b_fy2019_reserve_first"),
        ("h1b_reserve_first_single_ticket", "h1b_fy2019_single_ticket"),
    ],
)
def test_h1b_on_the_pool_of_fiscal_year_2019(name: str, known: str) -> None:
    """The odds of the file's own blocks are the exact ones; one draw of the whole pool lands within five deviations."""
    rules, awards = policy(name), case(known)["expected"]["advanced_awards"]
    blocks = [(b.seats, ["advanced"] if b.rule else None) for b in rules.plan.blocks]
    odds = expected_seats({"advanced": 95_885, "other": 94_213}, blocks, rules.lottery.tickets)
    assert float(odds["advanced"]) == pytest.approx(awards, abs=1e-9)
    size = 95_885 + 94_213
    pool = pandas.DataFrame(
        {"id": [f"{i:06}" for i in range(size)], "advanced_degree": [i < 95_885 for i in range(size)]}
    )
    shortlist = select(pool, rules, seed="FY2019").shortlist
    assert len(shortlist) == 85_000
    assert int(shortlist["advanced_degree"].sum()) == pytest.approx(awards, abs=5 * 110)


def test_caps_hold_across_family_and_employment_visas() -> None:
    """A thousandth of the year: 366 visas, at most 25 for a country and 7 for a dependent area."""
    table = tomllib.loads((POLICIES / "us_per_country_caps.toml").read_text(encoding="utf-8"))
    table["capacity"] = 366
    for block, number in zip(table["block"], (226, 140), strict=True):
        block["seats"] = number
    rng = random.Random(366)
    pool = [_petition(i, rng) for i in range(2_000)]
    chosen = seats(pool, Policy.model_validate(table), "2026")
    taken = [one for one in pool if one["id"] in chosen]
    states = [one.get("foreign_state") for one in taken]
    assert max(states.count(s) for s in "ABCDEFGH") == states.count("A") == 25
    assert [one.get("dependent_area") for one in taken].count("Z") == 7
    for one in pool:
        full = states.count(one.get("foreign_state")) == 25 or one.get("dependent_area") == "Z"
        same = [other["priority_date"] for other in taken if other["preference"] == one["preference"]]
        assert one["id"] in chosen or full or one["priority_date"] >= max(same)


def _petition(i: int, rng: random.Random) -> Record:
    state = rng.choice("AAAABBBCCDEFGHZ") if i % 3 else f"state {i}"
    where = {"dependent_area": "Z"} if state == "Z" else {"foreign_state": state}
    preference = rng.choice(["family", "family", "employment"])
    return {"id": f"{i:04}", "priority_date": rng.randint(1, 10_000), "preference": preference, **where}


def test_claiming_a_brazilian_quota_can_cost_a_place() -> None:
    """The pools are exclusive: in the fullest one the cut-off is above that of the broad competition."""
    claims = ["public_low_income_black"] * 20 + ["none"] * 45 + ["public_low_income", "public_black", "public"] * 20
    pool = by_mark({"claim": claim} for claim in claims)
    chosen = seats(pool, policy("brazil_quota_law"))
    assert len(chosen) == 80
    out = next(one for one in pool if one["id"] not in chosen)
    assert out["claim"] == "public_low_income_black"
    unclaimed = [one | {"claim": "none"} if one is out else one for one in pool]
    assert seats(unclaimed, policy("brazil_quota_law"))[out["id"]] == "Broad competition"


def test_unfilled_brazilian_places_pass_down_the_chain() -> None:
    pool = by_mark({"claim": claim} for claim in ["public"] * 60 + ["none"] * 60)
    chosen = list(seats(pool, policy("brazil_quota_law")).values())
    assert chosen.count("Public school") == 5 + 15 + 5 + 15
    assert chosen.count("Broad competition") == 40


def test_women_chosen_on_merit_count_towards_the_minimum() -> None:
    """Rajesh Kumar Daria (2007): the first 59 hold 11 women, so the first 59 are the open list."""
    women = set(case("daria_2007_general_59")["pool"]["women_ranks"])
    pool = by_mark({"gender": "female" if i in women else "male", "category": "none"} for i in range(1, 217))
    assert list(seats(pool, policy("india_vertical_horizontal"))) == [one["id"] for one in pool[:59]]


def test_women_of_every_category_may_fill_open_posts_for_women() -> None:
    """Saurav Yadav (2020): 10 women on merit, and the next woman takes the eleventh post, whatever her category."""
    people = [{"gender": "female" if i < 10 else "male", "category": "none"} for i in range(60)]
    people += [{"gender": "female", "category": "OBC"}, {"gender": "female", "category": "none"}]
    pool = by_mark(people)
    chosen = seats(pool, policy("india_vertical_horizontal"))
    assert chosen["060"] == "Open"
    assert "061" not in chosen
    assert {"058", "059"}.isdisjoint(chosen)


def test_reserved_categories_take_open_posts_on_merit_and_their_own_after() -> None:
    people = [{"gender": "male", "category": "SC"}] * 30 + [{"gender": "male", "category": "none"}] * 60
    people += [{"gender": "female", "category": "SC"}] * 12 + [{"gender": "male", "category": "SC"}] * 30
    pool = by_mark(people)
    outcome = select(pool, policy("india_vertical_horizontal"))
    filled = {b["block"]: [r["filled"] for r in b["reserves"]] for b in outcome.certificate["blocks"]}
    assert filled["Open"] == [11]
    assert filled["Scheduled castes"] == [1]
    frame = outcome.to_frame().set_index("id")
    assert (frame.loc["000":"029", "block"] == "Open").all()
    assert list(frame.index[frame["block"] == "Scheduled castes"]) == ["101", *(f"{i}" for i in range(102, 120))]


#: An invented district: of each kind so many schools of 100 seats, with so many children of the walk zone and others.
DISTRICT = ((6, 24, 96), (9, 75, 52), (5, 118, 82))


def district_share(*blocks: tuple[int, list[str] | None]) -> Fraction:
    """The walk zone's share of all seats, exactly, by the odds of each school."""
    walk = Fraction(0)
    for number, near, far in DISTRICT:
        walk += number * expected_seats({"walk": near, "far": far}, blocks, "single")["walk"]
    return walk / sum(100 * number for number, _, _ in DISTRICT)


def test_a_walk_zone_processed_first_is_almost_no_reserve() -> None:
    """Boston's children are not public. The district is invented so that without a reserve the share is the published
    one; that the first order adds about a percentage point and the last goes three quarters of the way follows."""
    boston = case("boston_walk_zone_k2")["expected"]
    without = district_share((100, None))
    first = district_share((50, ["walk"]), (50, None))
    last = district_share((50, None), (50, ["walk"]))
    alone = district_share((100, ["walk"]))
    assert float(without) == pytest.approx(boston["walk_share_without_priority"], abs=0.005)
    assert float(first) == pytest.approx(boston["walk_share_actual"], abs=0.005)
    assert float((last - without) / (alone - without)) == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize(("name", "number"), [("boston_walk_zone_first", 59), ("boston_walk_zone_last", 79)])
def test_a_school_of_the_district_drawn_by_the_policy(name: str, number: int) -> None:
    pool = [{"id": f"{i:03}", "walk_zone": i < 118} for i in range(200)]
    draws = [sum(int(i) < 118 for i in seats(pool, policy(name), str(seed))) for seed in range(60)]
    assert sum(draws) / 60 == pytest.approx(number, abs=2)


def test_a_school_with_four_tiers() -> None:
    """Each tier has its 35 seats after the 60 given by score, and its own cut-off; better tiers need more points."""
    rng = random.Random(2020)
    pool: list[Record] = [
        {"id": f"{i:04}", "tier": i % 4 + 1, "score": min(900, rng.randint(400, 780) + 40 * (i % 4))}
        for i in range(1200)
    ]
    chosen = seats(pool, policy("school_four_tiers"), "Chicago")
    blocks = list(chosen.values())
    assert [blocks.count(name) for name in ("Rank", "Tier 1", "Tier 2", "Tier 3", "Tier 4")] == [60, 35, 35, 35, 35]
    taken = [one for one in pool if one["id"] in chosen]
    cutoffs = [min(one["score"] for one in taken if one["tier"] == tier) for tier in (1, 2, 3, 4)]
    assert cutoffs == sorted(cutoffs)
    assert min(one["score"] for one in taken if chosen[one["id"]] == "Rank") > cutoffs[3]


def test_a_citizens_panel_of_an_extreme_pool() -> None:
    recipe = case("sortition_example_large_200")["pool"]["recipe"]
    pool = [
        {"id": f"{part}-{i}", "gender": groups[0], "leaning": groups[1]}
        for part, (number, groups) in enumerate((r["n"], r["groups"]) for r in recipe)
        for i in range(number)
    ]
    outcome = select(pool, policy("citizens_panel"), seed="panel")
    (block,) = outcome.certificate["blocks"]
    assert block["taken"] == 200
    assert [r["short"] for r in block["reserves"]] == [0, 0, 0, 0]
