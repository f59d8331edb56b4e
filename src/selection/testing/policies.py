"""A hypothesis strategy for policies: valid ones of every kind, over the fields of `pools()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import note
from hypothesis import strategies as st

from selection.policy import Policy

Table = dict[str, Any]

_GROUPS: tuple[Table, ...] = (
    {"gender": "female"},
    {"role": "nra"},
    {"role": "ministry"},
    {"income_group": "LMIC"},
    {"income_group": ["LIC", "LMC"]},
    {"country": ["KEN", "UGA"]},
    {"sector": "vaccine"},
    {"years_experience": {"min": 5}},
    {"all": [{"gender": "female"}, {"income_group": "LMIC"}]},
    {"not": {"role": "manufacturer"}},
)
_POINTS: tuple[Table, ...] = (
    {"field": "score", "per": 1},
    {"field": "score", "per": "0.1"},
    {"field": "years_experience", "per": "0.7", "max": 3},
    {"field": "function", "values": {"production": 2, "quality_control": 1}, "missing": 0},
    {"field": "income_group", "values": {"LIC": "0.3", "LMC": "0.2", "UMC": "0.1"}},
    {"where": {"sector": ["vaccine", "biopharmaceutical"]}, "points": 1, "missing": 0},
)
_TRUTHS = ("no", "incomplete", "yes")


@st.composite
def policies(draw: st.DrawFn, *, most_seats: int = 6) -> Policy:
    """Valid policies of up to `most_seats` seats with eligibility, tiers, points, reserves, caps, blocks and ties.

    They read the fields of `pools()`. A failing test notes the policy as TOML.
    """
    table: Table = {"capacity": draw(st.integers(1, most_seats)), "on": date(2025, 8, 31)}
    table["points"] = [
        {"name": f"criterion {n}", **one} for n, one in enumerate(draw(_some(_POINTS, 2, least=1)), start=1)
    ]
    table["counting"] = draw(st.sampled_from(("each", "once")))
    table["compliance"] = draw(st.sampled_from(("order", "total")))
    table["waitlist"] = draw(st.integers(0, 2))
    if fill := draw(st.sampled_from((None, "seats_first", "priority_first"))):
        table["fill"] = fill
    table["eligible"] = draw(_rules("rule", 1))
    table["tier"] = draw(_rules("tier", 1))
    table["cap"] = draw(_caps())
    table["ties"] = {"order": draw(st.sampled_from((["lottery"], ["submitted_at", "lottery"])))}
    if draw(st.integers(0, 4)) == 4:
        table["block"], table["capacity"] = draw(_blocks(table["capacity"]))
    else:
        kinds = ("guarantee", "guarantee", "over_and_above", "first")
        table["reserve"] = draw(_reserves("reserve", table["capacity"], 3, kinds))
    policy = Policy.model_validate({key: value for key, value in table.items() if value != []})
    note(policy.dump())
    return policy


def _some(of: Sequence[Table], most: int, least: int = 0) -> st.SearchStrategy[list[Table]]:
    return st.lists(st.sampled_from(of), min_size=least, max_size=most, unique_by=repr)


@st.composite
def _rules(draw: st.DrawFn, word: str, most: int) -> list[Table]:
    groups = draw(_some(_GROUPS, most)) if draw(st.booleans()) else []
    return [
        {"name": f"{word} {n}", "where": group, "missing": draw(st.sampled_from(_TRUTHS))}
        for n, group in enumerate(groups, start=1)
    ]


@st.composite
def _reserves(draw: st.DrawFn, word: str, room: int, most: int, kinds: Sequence[str]) -> list[Table]:
    """Reserves that never keep more seats than there are."""
    whole, made = room, []
    for n, group in enumerate(draw(_some(_GROUPS, most)), start=1):
        seats = draw(st.integers(0, room))
        room -= seats
        stated = seats if draw(st.booleans()) or not whole else f"{seats}/{whole}"
        kind = draw(st.sampled_from(kinds))
        missing = draw(st.sampled_from(_TRUTHS))
        made.append({"name": f"{word} {n}", "where": group, "seats": stated, "kind": kind, "missing": missing})
    return made


@st.composite
def _caps(draw: st.DrawFn) -> list[Table]:
    made: list[Table] = []
    for n in range(1, draw(st.integers(0, 2)) + 1):
        seats = draw(st.integers(0, 3) | st.sampled_from(("20%", "34%", "1/2")))
        per = draw(st.sampled_from(("country", "organisation", None)))
        of: Table = {"per": per} if per else {"where": draw(st.sampled_from(_GROUPS))}
        made.append({"name": f"cap {n}", "seats": seats, "missing": draw(st.sampled_from(_TRUTHS[:2])), **of})
    return made


@st.composite
def _blocks(draw: st.DrawFn, seats: int) -> tuple[list[Table], int]:
    """Two blocks, the second of them open to all or not, each with a reserve of its own."""
    made: list[Table] = []
    for n, size in enumerate((seats, draw(st.integers(0, 3))), start=1):
        block: Table = {"name": f"block {n}", "seats": size, "missing": "no"}
        block["reserve"] = draw(_reserves(f"reserve of {n}", size, 1, ("guarantee",)))
        if draw(st.booleans()):
            block["where"] = draw(st.sampled_from(_GROUPS))
        block["unfilled"] = draw(st.sampled_from(("open", "hold")))
        made.append(block)
    return made, sum(block["seats"] for block in made)
