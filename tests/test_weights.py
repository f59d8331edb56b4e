"""How far a weight may go: against every factor at which anybody crosses anybody, tried by a run of its own."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from selection import Outcome, select
from selection.assessment import MISSING, Weighed
from selection.choice import choose
from selection.errors import NotFoundError
from selection.ranking import rank

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from faithfulness import drawn


def selected(outcome: Outcome, rule: Weighed, factor: Fraction) -> frozenset[int]:
    """The places of the selected once all points of a criterion are multiplied, by a run of its own."""
    own = np.where(rule.values == MISSING, 0, rule.values)
    score = (outcome.assessment.score - own) * factor.denominator + own * factor.numerator
    ranking = rank(replace(outcome.assessment, score=score), outcome.seed, outcome.rank_of >= 0)
    at = {int(place): number for number, place in enumerate(ranking.order.tolist())}
    held = {at[int(outcome.ranking.order[r])]: block for r, block in outcome.held.items()}
    return frozenset(ranking.order[choose(ranking, outcome.choice.plan, held).selected].tolist())


def factors(outcome: Outcome, rule: Weighed) -> list[Fraction]:
    """Every factor at which two applicants have one score, and one between every two of them; beyond the last."""
    own = {int(p): max(rule.at(int(p)), 0) if rule.at(int(p)) != MISSING else 0 for p in outcome.ranking.order}
    rest = {p: int(outcome.assessment.score[p]) - given for p, given in own.items()}
    met = {Fraction(rest[a] - rest[b], own[b] - own[a]) for a in own for b in own if own[a] != own[b]}
    ends = sorted({Fraction(0), Fraction(1), *(one for one in met if one >= 0)})
    between = [(a + b) / 2 for a, b in pairwise(ends)]
    return sorted([*ends, *between, ends[-1] + 1])


def slowly(outcome: Outcome, rule: Weighed, place: int | None, up: bool) -> tuple[Fraction | None, str]:
    """The end of the interval by looking at every factor in turn: crossings stand at even places."""
    every = factors(outcome, rule)
    start, now = every.index(Fraction(1)), selected(outcome, rule, Fraction(1))
    for at in range(start + 1, len(every)) if up else range(start - 1, -1, -1):
        then = selected(outcome, rule, every[at])
        if (then != now) if place is None else ((place in then) != (place in now)):
            return (every[at - 1 if up else at + 1], "included") if at % 2 else (every[at], "excluded")
    return (None, "none") if up else (Fraction(0), "none")


def test_the_ends_are_those_of_looking_at_every_factor() -> None:
    ends: Counter[str] = Counter()
    for seed in range(300, 350):
        outcome = drawn(seed)
        if outcome is None or not len(outcome.ranking):
            continue
        someone = int(outcome.ranking.order[seed % len(outcome.ranking)])
        for place in (None, someone):
            name = None if place is None else str(outcome.intake.pool.ids[place])
            told = outcome.weights(name)
            for rule, row in zip(outcome.assessment.of_kind("points"), told.itertuples(), strict=True):
                for up, found in ((False, (row.least, row.least_end)), (True, (row.most, row.most_end))):
                    assert found == slowly(outcome, rule, place, up), (seed, name, rule.name, up)
                    ends[found[1]] += 1
    assert ends["included"] > 15
    assert ends["excluded"] > 20
    assert ends["none"] > 20


ROWS = [{"id": f"p{i}", "years": years, "talks": talks} for i, (years, talks) in enumerate(((9, 0), (5, 3), (4, 6)))]
POLICY: dict[str, Any] = {
    "capacity": 2,
    "points": [
        {"name": "Experience", "field": "years", "per": 1},
        {"name": "Talks", "field": "talks", "per": "0.5"},
    ],
    "ties": {"order": ["years"]},
}


def test_a_factor_is_exact_and_says_whether_it_belongs() -> None:
    """9, 6.5 and 7 points: talks at a third make the last two equal, then the fewer years come first."""
    outcome = select(ROWS, POLICY)
    frame = outcome.weights().set_index("criterion")
    assert frame.loc["Talks", "least"] == Fraction(2, 3)
    assert frame.loc["Talks", "least_end"] == "included"
    assert frame.loc["Talks", ["most", "most_end"]].tolist() == [None, "none"] or frame.loc["Talks", "most"] > 1
    one = outcome.weights("p0").set_index("criterion")
    assert one.loc["Experience", "least_end"] in ("included", "excluded")


def test_where_the_runs_do_not_suffice_the_end_is_open() -> None:
    frame = select(ROWS, POLICY).weights(runs=1)
    assert set(frame["least_end"]) | set(frame["most_end"]) <= {"open", "none", "included"}
    assert "open" in {*frame["least_end"], *frame["most_end"]}


def test_nothing_is_said_of_whoever_was_not_ranked() -> None:
    rows = [*ROWS, {"id": "empty", "years": None, "talks": 1}]
    assert len(select(rows, POLICY).weights("empty")) == 0


def test_scores_too_large_for_machine_numbers_are_compared_exactly() -> None:
    rows = [{"id": f"p{i}", "a": a, "b": b} for i, (a, b) in enumerate(((999_999_999, 1), (999_999_998, 999_999_937)))]
    policy = {
        "capacity": 1,
        "points": [{"name": n, "field": n, "per": p} for n, p in (("a", 1), ("b", "0.000001"))],
        "ties": {"order": ["b"]},
    }
    outcome = select(rows, policy)
    (rule,) = [r for r in outcome.assessment.of_kind("points") if r.name == "b"]
    row = outcome.weights().set_index("criterion").loc["b"]
    for up, found in ((False, (row.least, row.least_end)), (True, (row.most, row.most_end))):
        assert found == slowly(outcome, rule, None, up)


def test_bad_ids_are_answered() -> None:
    with pytest.raises(NotFoundError):
        select(ROWS, POLICY).weights("nobody")
