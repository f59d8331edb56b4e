"""One applicant weighed alone as in a pool, and where they would stand in an outcome as running it again puts them."""

from __future__ import annotations

import cProfile
import pstats
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from selection import Applicant, Outcome, Policy, read_applicants, select
from selection.errors import InputError, PolicyError, SelectionError

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "cgmp_2025"
STANDING = ("eligible", "ineligible", "incomplete")


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    intake = read_applicants(EXAMPLE / "registrations.csv", form=EXAMPLE / "form.toml")
    return select(intake, EXAMPLE / "policy.toml", seed="cGMP 2025")


def test_one_alone_is_weighed_as_among_all(outcome: Outcome) -> None:
    policy, pool, made = outcome.policy, outcome.intake.pool, outcome.assessment
    for place in np.flatnonzero(pool.duplicate_of < 0)[::7].tolist():
        verdict = policy.assess(pool.applicant(place))
        assert verdict.standing == STANDING[made.standing[place]]
        assert (verdict.score, verdict.tier) == (outcome.score(place), int(made.tier[place]))
        assert sum(part.points or 0 for part in verdict.parts) == verdict.score
        assert verdict.cause == (made.rules[made.cause[place]].name if made.cause[place] >= 0 else None)


def test_where_somebody_would_stand_is_where_they_stand(outcome: Outcome) -> None:
    """Each ranked applicant, asked for again under their own id, stands right before themselves."""
    pool, codes = outcome.intake.pool, outcome.choice.signatures.code
    for rank in range(0, len(outcome.ranking), 97):
        found = outcome.standings.of(pool.applicant(int(outcome.ranking.order[rank])))
        assert found.place == rank + 1
        alike = np.flatnonzero((codes == codes[rank]) & outcome.choice.selected)
        assert found.cutoff == (int(alike[-1]) + 1 if len(alike) else None)
        assert found.above == bool(outcome.choice.selected[rank])
        assert "cut-off" in str(found) or found.cutoff is None


def test_a_newcomer_stands_where_running_again_puts_them() -> None:
    rules: dict[str, Any] = {
        "capacity": 3,
        "points": [{"name": "Years", "field": "years", "per": 1}],
        "cap": [{"name": "Country", "per": "country", "seats": 2}],
        "ties": {"order": [{"field": "age", "first": "highest"}, "lottery"]},
    }
    people = [{"id": str(n), "years": n % 3, "age": n % 2 or None, "country": "Kenya"} for n in range(12)]
    people = [{k: v for k, v in one.items() if v is not None} for one in people]
    before = select(people, rules, seed="s")
    for years, age in ((0, 1), (1, 0), (2, 7), (5, 1)):
        new = {"id": "new", "years": years, "age": age, "country": "Kenya"}
        after = select([*people, new], rules, seed="s")
        assert before.standings.of(new).place == after.rank_of[after.place("new")] + 1


def test_mappings_are_read_as_records_are() -> None:
    rules = {
        "capacity": 1,
        "on": "2025-08-31",
        "eligible": [{"name": "LMIC", "where": {"income_group": "LMIC"}}],
        "points": [{"name": "Years", "field": "years", "per": 1}],
    }
    policy = Policy.model_validate(rules)
    assert policy.assess({"country": "Kenia", "years": 3}).standing == "eligible"
    assert policy.assess(Applicant.model_validate({"id": "1", "country": "KEN", "years": 3})).score == 3
    assert policy.assess({"country": "France", "years": 3}).cause == "LMIC"
    assert "LMIC" in str(policy.assess({"country": "France", "years": 3}))
    assert policy.assess({"country": "KEN"}).standing == "incomplete"
    with pytest.raises(InputError, match="not a list"):
        policy.assess([1])  # type: ignore[arg-type]


def test_no_one_order_is_said() -> None:
    rules = {"capacity": 1, "ties": {"order": ["lottery"]}, "lottery": {"weight": "w"}}
    with pytest.raises(PolicyError, match="no one order"):
        select([{"id": "1", "w": 1}], rules, seed="s").standings.of({"id": "2", "w": 1})


@given(st.text(st.characters(max_codepoint=0x2FF), min_size=1, max_size=6))
def test_an_id_is_read_alone_as_in_a_pool(own: str) -> None:
    try:
        pool = read_applicants([{"id": own}]).pool
    except SelectionError:
        return
    assume(len(pool))  # a blank id alone makes an empty row
    pooled = str(pool.ids[0])
    assert Policy.model_validate({"capacity": 1}).assess({"id": own}).id == pooled


def test_an_applicant_nobody_has_seen_costs_hardly_more(outcome: Outcome) -> None:
    """Counted calls: a new id, and new answers to what the policy does not read, open nothing."""
    policy, one = outcome.policy, {"id": "1", "country": "Kenya", "role": "nra", "essay": "0"}
    policy.assess(one)
    counted = []
    for again in (one, {**one, "id": "2", "essay": "1"}):
        profile = cProfile.Profile()
        profile.runcall(policy.assess, again)
        counted.append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]
    assert counted[1] < counted[0] + 20


def test_many_threads_get_the_same_answers(outcome: Outcome) -> None:
    policy = Policy.load(EXAMPLE / "policy.toml")
    people = [outcome.intake.pool.applicant(place) for place in range(200)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(policy.assess, people * 3))
    assert together == [policy.assess(one) for one in people] * 3


def test_one_alone_costs_far_less_than_a_pool_of_one(outcome: Outcome) -> None:
    """A ratio within one run: a policy made ready once against the whole corridor for one applicant."""
    policy, one = outcome.policy, outcome.intake.pool.applicant(0)

    def seconds(work: Any, times: int) -> float:
        work()
        start = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - start) / times

    assert 10 * seconds(lambda: policy.assess(one), 400) < seconds(lambda: select([one], policy, seed="s"), 8)
