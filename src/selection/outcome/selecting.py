"""Applicants, a policy and a seed become an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.assessment import ELIGIBLE, Assessment, assess
from selection.choice import Choice, choose
from selection.errors import PolicyError, did_you_mean
from selection.intake import Intake, read_applicants
from selection.outcome.outcome import Outcome
from selection.outcome.ties import check_ties
from selection.policy import Plan, Policy
from selection.policy.blocks import two_readings
from selection.ranking import rank


def select(
    applicants: Any,
    policy: Policy | Mapping[str, Any] | str | Path,
    *,
    seed: str | int | None = None,
    seconds: float | None = None,
) -> Outcome:
    """Select from applicants (an intake, applicants, mappings or a dataframe) by a policy.

    `seed` is the public key of the lottery. `seconds` limits the solver in each block; an outcome that could not be
    proved in time says so in its certificate and never calls itself exact. Raises `PolicyError` where policy and
    applicants do not fit together and `TieError` where a tie would decide about a seat and there is no seed.
    """
    policy = _policy(policy)
    intake = applicants if isinstance(applicants, Intake) else read_applicants(applicants)
    assessment = assess(intake.pool, policy)
    pinned = _pinned(assessment)
    among = assessment.standing == ELIGIBLE
    among[pinned] = True
    ranking = rank(assessment, None if seed is None else str(seed), among)
    place_to_rank = np.full(len(intake.pool), -1, dtype=np.int64)
    place_to_rank[ranking.order] = np.arange(len(ranking))
    held = _held(policy.plan, assessment, pinned, place_to_rank)
    choice = choose(ranking, held=held, seconds=seconds)
    _check_counting(policy, choice)
    outcome = Outcome(intake, policy, ranking.seed, assessment, ranking, choice, MappingProxyType(held))
    check_ties(outcome)
    return outcome


def _policy(policy: Policy | Mapping[str, Any] | str | Path) -> Policy:
    if isinstance(policy, Policy):
        return policy
    return Policy.model_validate(dict(policy)) if isinstance(policy, Mapping) else Policy.load(policy)


def _pinned(assessment: Assessment) -> list[int]:
    """The places of the pinned applicants."""
    places = assessment.pool.places
    found = []
    for one in assessment.policy.pinned:
        if one not in places:
            sentence = f"The pinned applicant {one!r} is not in the pool.{did_you_mean(one, places)}"
            raise PolicyError("unknown_pinned", sentence, id=one)
        found.append(places[one])
    return found


def _held(plan: Plan, assessment: Assessment, pinned: Iterable[int], rank_of: npt.NDArray[np.int64]) -> dict[int, str]:
    """In which block each pinned applicant holds a seat: the open one, else the first that has them as a member."""
    held: dict[int, str] = {}
    for place in pinned:
        open_to = [b.name for b in plan.blocks if b.rule is None]
        member = [b.name for b in plan.blocks if b.rule is not None and assessment.group("block", b.name)[place]]
        if not open_to + member:
            sentence = f"The pinned applicant {assessment.pool.ids[place]!r} belongs to no block of the policy."
            raise PolicyError("pinned_nowhere", sentence, id=str(assessment.pool.ids[place]))
        held[int(rank_of[place])] = (open_to + member)[0]
    return held


def _check_counting(policy: Policy, choice: Choice) -> None:
    """Groups that the policy alone could not show to overlap may still do so in the pool."""
    stated = {block.name: block.counting for block in policy.block}
    for place, block in enumerate(choice.plan.blocks):
        if (stated.get(block.name) or policy.counting) is None:
            masks = choice.signatures.masks[:, place]
            both = masks[(masks & (masks - 1)) != 0]
            if len(both):
                names = [r.name for g, r in enumerate(block.reserves) if int(both[0]) >> g & 1]
                raise PolicyError("counting_needed", f"{two_readings(names[0], names[1])}.", reserves=names[:2])
