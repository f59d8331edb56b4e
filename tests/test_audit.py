"""Audits against counting by hand, statsmodels' published interval, and chances against every order of a tie."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from selection import select
from selection.auditing import wilson
from selection.auditing.suppression import suppressed
from selection.choice import choose
from selection.cli.app import app
from selection.errors import NotFoundError, SelectionError

POLICY: dict[str, Any] = {
    "capacity": 4,
    "counting": "each",
    "on": "2025-08-31",
    "waitlist": 2,
    "points": [{"name": "score", "field": "score", "per": 1}],
    "eligible": [{"name": "adult", "where": {"age": {"min": 18}}}],
    "reserve": [
        {"name": "women", "where": {"gender": "f"}, "seats": 2, "missing": "no"},
        {"name": "poor", "where": {"income_group": "LIC"}, "seats": 1, "missing": "no"},
    ],
    "cap": [{"name": "land", "per": "country", "seats": 2}],
}


@st.composite
def pools(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "id": f"p{i}",
            "score": draw(st.integers(0, 2)),
            "age": draw(st.sampled_from((17, 30, 40))),
            "gender": draw(st.sampled_from(("f", "m", None))),
            "country": draw(st.sampled_from(("Kenya", "Uganda", "Norway"))),
            "sector": draw(st.lists(st.sampled_from(("vaccine", "pharmaceutical")), min_size=1, unique=True)),
        }
        for i in range(draw(st.integers(1, 10)))
    ]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=pools())
def test_groups_are_counted_as_by_hand(rows: list[dict[str, Any]]) -> None:
    outcome = select(rows, POLICY, seed="s")
    frame = outcome.to_frame()
    status = dict(zip(frame["id"], frame["status"], strict=True))
    hand: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for sector in row["sector"]:
            group = (sector, row["gender"] or "(not given)")
            hand[group]["pool"] += 1
            hand[group]["eligible"] += row["age"] >= 18
            hand[group]["selected"] += status[row["id"]] == "selected"
            hand[group]["waitlisted"] += status[row["id"]] == "waitlisted"
    audit = outcome.audit(("sector", "gender"))
    found = {g.value: (g.pool, g.eligible, g.selected, g.waitlisted) for g in audit.groups}
    assert found == {v: tuple(c[n] for n in ("pool", "eligible", "selected", "waitlisted")) for v, c in hand.items()}
    known = [g for g in audit.groups if "(not given)" not in g.value] or list(audit.groups)
    best = max(Fraction(g.selected or 0, g.pool or 1) for g in known)
    for g in audit.groups:
        rate = Fraction(g.selected or 0, g.pool or 1)
        assert g.rate == pytest.approx(float(rate))
        assert g.below_four_fifths is (rate < Fraction(4, 5) * best)
        assert g.ratio == (pytest.approx(float(rate / best)) if best else None)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rows=pools())
def test_shares_and_exposure_add_up(rows: list[dict[str, Any]]) -> None:
    outcome = select(rows, POLICY, seed="s")
    groups = outcome.audit("gender").groups
    assert sum(g.share_of_pool or 0 for g in groups) == pytest.approx(1)
    if outcome.counts["selected"]:
        assert sum(g.share_of_selected or 0 for g in groups) == pytest.approx(1)
        assert sum(g.exposure or 0 for g in groups) == pytest.approx(1)


def test_exposure_is_that_of_the_ranked_list() -> None:
    rows = [{"id": c, "score": s, "g": g} for c, s, g in (("a", 3, "x"), ("b", 2, "y"), ("c", 1, "x"))]
    policy = {"capacity": 1, "points": POLICY["points"]}
    x, y = select(rows, policy, seed="s").audit("g").groups
    whole = 1 + 1 / np.log2(3) + 1 / 2
    assert (x.exposure, y.exposure) == (pytest.approx((1 + 1 / 2) / whole), pytest.approx(1 / np.log2(3) / whole))


def test_the_interval_is_wilsons() -> None:
    """81 of 263: Newcombe, Statistics in Medicine 1998, table I (score method without continuity correction)."""
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson(15, 148) == (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5))
    assert wilson(0, 20) == (0.0, pytest.approx(0.1611, abs=5e-5))
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_population_to_compare_with() -> None:
    rows = [{"id": str(i), "score": i, "gender": "f" if i % 2 else "m"} for i in range(8)]
    policy = {"capacity": 4, "points": POLICY["points"]}
    groups = {g.value[0]: g for g in select(rows, policy, seed="s").audit(
        "gender", population={"gender": {"f": 30, "m": 10}}).groups}  # fmt: skip
    assert groups["f"].population == 0.75
    assert groups["f"].representation_in_population == pytest.approx(0.5 / 0.75)
    assert groups["f"].representation == pytest.approx(1)


def test_a_reserve_is_told_apart_by_merit_and_reserve() -> None:
    rows = [{"id": f"m{i}", "score": 9, "gender": "m"} for i in range(3)]
    rows += [{"id": "f1", "score": 10, "gender": "f"}, {"id": "f2", "score": 1, "gender": "f"}]
    policy = {"capacity": 3, "points": POLICY["points"], "reserve": [{**POLICY["reserve"][0]}]}
    for kind in ("guarantee", "over_and_above"):
        policy["reserve"][0]["kind"] = kind
        (fill,) = select(rows, policy, seed="s").audit().reserves
        assert (fill.seats, fill.members_eligible) == (2, 2)
        assert fill.on_merit + fill.by_reserve == fill.members_selected == 2
        assert fill.by_reserve == 1


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    cells=st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy")),
        st.tuples(*[st.integers(0, 12)] * 4),
        min_size=1,
    )
)
def test_no_line_gives_a_suppressed_cell_away(cells: dict[tuple[str, str], tuple[int, ...]]) -> None:
    from selection.auditing.groups import Group

    table = [Group(("p", "q"), value, *counts) for value, counts in cells.items()]
    shown = suppressed(table, 5)
    for name in ("pool", "eligible", "selected", "waitlisted"):
        pairs = [(getattr(a, name), getattr(b, name), a.value) for a, b in zip(table, shown, strict=True)]
        assert not any(new is not None and 0 < new < 5 for _, new, _ in pairs)
        lines = [
            pairs,
            *([p for p in pairs if p[2][i] == word] for i, words in ((0, "abc"), (1, "xy")) for word in words),
        ]
        for line in lines:
            hidden = [old for old, new, _ in line if new is None]
            shown_others = [new for _, new, _ in line if new]
            assert len(hidden) != 1 or not shown_others
            assert not hidden or sum(hidden) >= 5 or not shown_others


def test_a_public_audit_keeps_back_what_follows_from_small_counts() -> None:
    rows = [{"id": str(i), "score": i, "gender": "f" if i < 9 else "m" if i < 30 else None} for i in range(33)]
    policy = {"capacity": 12, "points": POLICY["points"]}
    audit = select(rows, policy, seed="s").audit("gender").public()
    assert audit.smallest == 5
    for group in audit.groups:
        for name in ("pool", "selected"):
            if getattr(group, name) is None:
                assert group.rate is group.low is group.high is group.ratio is group.representation is None
    assert "kept back" in str(audit)
    assert json.dumps(audit.to_dict())


def test_fields_are_known_or_refused() -> None:
    outcome = select([{"id": "a", "score": 1, "gender": "f", "name": "X"}], {"capacity": 1}, seed="s")
    with pytest.raises(NotFoundError, match="'gender'"):
        outcome.audit("gendre")
    for name in ("name", "email", "id"):
        with pytest.raises(SelectionError, match="who somebody is"):
            outcome.audit(name)
    with pytest.raises(SelectionError, match="below 0"):
        outcome.audit("gender", population={"gender": {"f": -1}})


def test_frames_are_of_the_kind_that_came_in() -> None:
    rows = [{"id": "a", "gender": "f"}, {"id": "b", "gender": "m"}]
    for make in (pandas.DataFrame, polars.DataFrame):
        frame = select(make(rows), {"capacity": 1}, seed="s").audit("gender").to_frame()
        assert isinstance(frame, make)
        assert frame["value"].to_list() == ["f", "m"]


def test_the_verb_counts_a_folder(tmp_path: Path) -> None:
    rows = [
        {"id": f"p{i}", "score": i % 3, "age": 30, "gender": "fm"[i % 2], "country": "KEN", "x": "y"} for i in range(9)
    ]
    folder = select(rows, POLICY, seed="s").write(tmp_path / "r")
    runner = CliRunner()
    assert "income_group" in runner.invoke(app, ["audit", str(folder), "--chances"]).stdout
    arguments = ["audit", str(folder), "--by", "gender, country", "--by", "gender", "--public", "--json", "--chances"]
    answer = json.loads(runner.invoke(app, arguments).stdout)
    assert {tuple(g["by"]) for g in answer["groups"]} == {("gender", "country"), ("gender",)}
    assert answer["chances"]["exact"]
    refused = runner.invoke(app, ["audit", str(folder), "--by", "x"])
    assert refused.exit_code == 1
    assert "no field 'x'" in refused.output


@st.composite
def tied(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    size = draw(st.integers(2, 5))
    rows = [
        {"id": f"p{i}", "score": draw(st.integers(0, 1)), "a": draw(st.booleans()), "b": draw(st.booleans())}
        for i in range(size)
    ]
    kind = draw(st.sampled_from(("guarantee", "over_and_above", "first")))
    policy = {
        "capacity": draw(st.integers(2, 3)),
        "counting": draw(st.sampled_from(("each", "once"))),
        "points": POLICY["points"],
        "reserve": [{"name": "A", "where": {"a": True}, "seats": 1, "kind": kind}],
        "cap": [{"name": "B", "where": {"b": True}, "seats": draw(st.integers(0, 2))}],
    }
    return rows, policy


@settings(max_examples=30, deadline=None, derandomize=True)
@given(call=tied())
def test_exact_chances_are_those_of_every_order(call: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    outcome = select(*call, seed="s")
    ranking = outcome.ranking
    ties = [np.flatnonzero(ranking.ties == t) for t in range(int(ranking.ties.max()) + 1)]
    total, number = np.zeros(len(ranking)), 0
    for orders in itertools.product(*(itertools.permutations(tie.tolist()) for tie in ties)):
        order = np.array([rank for one in orders for rank in one])
        chosen = choose(replace(ranking, order=ranking.order[order])).selected
        total[order] += chosen
        number += 1
    found = outcome.chances()
    assert found.exact
    assert found.chance == pytest.approx(total / number)


def test_drawn_chances_come_with_their_error() -> None:
    rows = [{"id": f"p{i}", "score": 0, "a": i % 2 == 0, "b": i % 3 == 0, "c": i % 5 == 0} for i in range(40)]
    caps = [{"name": n, "where": {n: True}, "seats": 5} for n in "abc"]
    outcome = select(rows, {"capacity": 12, "cap": caps}, seed="s")
    found = outcome.chances(200)
    assert not found.exact
    assert found.runs == 200
    assert found.chance.sum() == pytest.approx(outcome.counts["selected"], abs=0.5)
    assert (found.error < 0.04).all()
    again = outcome.chances(200)
    assert (again.chance == found.chance).all()
    other = outcome.chances(200, "another key")
    assert (abs(other.chance - found.chance) <= 6 * np.hypot(found.error, other.error) + 1e-9).all()
    with pytest.raises(NotFoundError):
        found.of("nobody")


def test_without_a_lottery_nothing_is_left_to_chance() -> None:
    rows = [{"id": str(i), "score": i} for i in range(4)]
    policy = {"capacity": 2, "points": POLICY["points"], "ties": {"order": ["score"]}}
    assert select(rows, policy).chances().chance.tolist() == [1, 1, 0, 0]
