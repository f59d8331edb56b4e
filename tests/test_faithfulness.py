"""Explanations are true: every claim about everybody in drawn calls of each class, tried by running again."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

from selection import Outcome, select
from selection.faithfulness import KINDS, spread, tried

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from faithfulness import drawn


def test_every_claim_of_every_kind_holds_in_every_class() -> None:
    """A sample of `python benchmarks/faithfulness.py`."""
    claims: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    # The last ones have reserves with seats of their own beside caps, where more seats are more open seats.
    for seed in (*range(10_000, 10_120), 100_046, 100_356, 100_452):
        outcome = drawn(seed)
        if outcome is not None:
            found = tried(outcome)
            assert not found.failures, seed
            claims.update(found.claims)
            classes[outcome.structure.name] += 1
    assert all(claims[kind] for kind in KINDS), claims
    assert set(classes) == {"nested", "once", "crossing", "general"}, classes


def outcome() -> Outcome:
    rows = [{"id": f"p{i}", "score": i, "a": i < 3} for i in range(8)]
    policy = {
        "capacity": 3,
        "points": [{"name": "score", "field": "score", "per": 1}],
        "reserve": [{"name": "A", "where": {"a": True}, "seats": 1}],
    }
    return select(rows, policy, seed="s")


def test_false_claims_are_found() -> None:
    true = outcome()
    assert tried(true).holds
    higher = outcome()
    higher.__dict__["enough"] = true.enough + 1_000_000
    assert tried(higher).failed["threshold"] > 0
    other = outcome()
    other.__dict__["because_of"] = {"A": true.choice.selected}
    assert tried(other).failed["because of a reserve"] > 0
    scored = outcome()
    scored.assessment.score[:] += 1
    assert tried(scored).failed["points add up"] == 8


def test_a_sample_is_spread_over_the_ranks() -> None:
    true = outcome()
    assert [int(true.rank_of[place]) for place in spread(true, 3)] == [0, 3, 7]
    assert len(spread(true, 100)) == 8
    assert sum(tried(true, spread(true, 1)).claims.values()) == 2
    assert np.isin(spread(true, 4), true.ranking.order).all()
