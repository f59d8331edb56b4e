"""Applicants, a policy and a seed become an outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from numbers import Integral
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from selection.assessment import ELIGIBLE, Assessment, assess
from selection.choice import LeftOut, Signatures, choose, signatures
from selection.errors import InputError, PolicyError, brief, did_you_mean
from selection.intake import Intake, read_applicants
from selection.outcome.outcome import Outcome
from selection.outcome.ties import check_ties
from selection.policy import Plan, Policy
from selection.ranking import rank

Beyond = Callable[[Signatures, npt.NDArray[np.int64]], LeftOut]


def select(
    applicants: Any,
    policy: Policy | Mapping[str, Any] | str | Path,
    *,
    seed: str | int | None = None,
    seconds: float | None = None,
    history: Iterable[Any] | None = None,
) -> Outcome:
    """Select from applicants (an intake, applicants, mappings or a dataframe) by a policy.

    A dataframe of Spark, Dask or Ray stays where it is: decisions come back as its kind (`to_native()`).

    `seed` is the public key of the lottery. `seconds` limits the solver in each block; an outcome that could not be
    proved in time says so in its certificate and never calls itself exact. `history` are earlier editions, oldest
    first (folders of results, outcomes, attendance): rules may read what they tell (`selected_before`, `trained`,
    `no_show_last_time` ...). Raises `PolicyError` where policy and applicants do not fit together and `TieError` where
    a tie would decide about a seat and there is no seed.
    """
    policy, key = policy_of(policy), key_of(seed)
    if seconds is not None and not (_is_number(seconds) and seconds > 0):
        sentence = f"`seconds` is a number above 0, or None for no limit, not {brief(seconds)}."
        raise InputError("bad_seconds", sentence)
    from selection.engines import engine_of

    engine = engine_of(applicants)
    if engine is not None and history is not None:
        sentence = "Earlier editions cannot be looked up in an engine: select from a dataframe in memory instead."
        raise PolicyError("not_on_engines", sentence, what="history")
    if engine is not None:
        from selection.engines.running import select_on

        # It answers to the same names as an outcome in memory; its tables are the engine's.
        return cast(Outcome, select_on(engine, policy, key, seconds))
    intake = applicants if isinstance(applicants, Intake) else read_applicants(applicants)
    if history is not None:
        from selection.memory import remember

        intake = remember(intake, policy, history)
    return decide(intake, policy, key, seconds)


def decide(
    intake: Intake, policy: Policy, seed: str | None, seconds: float | None = None, beyond: Beyond | None = None
) -> Outcome:
    """Everything decided about the applicants of an intake.

    `beyond` says, for a table of signatures and the ranked, who was left out since they cannot get a seat.
    """
    assessment = assess(intake.pool, policy)
    pinned = _pinned(assessment)
    among = assessment.standing == ELIGIBLE
    among[pinned] = True
    ranking = rank(assessment, seed, among)
    place_to_rank = np.full(len(intake.pool), -1, dtype=np.int64)
    place_to_rank[ranking.order] = np.arange(len(ranking))
    held = held_seats(policy.plan, assessment, pinned, place_to_rank)
    table = signatures(assessment, policy.plan, ranking.order)
    left_out = None if beyond is None else beyond(table, ranking.order)
    choice = choose(ranking, None, held, table, seconds, left_out)
    outcome = Outcome(intake, policy, ranking.seed, assessment, ranking, choice, MappingProxyType(held))
    check_ties(outcome)
    return outcome


def policy_of(policy: Policy | Mapping[str, Any] | str | Path) -> Policy:
    """A policy, its table or its file as the policy it is."""
    if isinstance(policy, Policy):
        return policy
    return Policy.model_validate(policy) if isinstance(policy, Mapping) else Policy.load(policy)


def key_of(seed: Any) -> str | None:
    """A seed as the text that tickets are made with; `InputError` for what has no one spelling."""
    if seed is None or isinstance(seed, str):
        return seed
    if isinstance(seed, Integral) and not isinstance(seed, bool):
        return str(int(seed))
    raise InputError("bad_seed", f"A seed is a text or a whole number, not {brief(seed)}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _pinned(assessment: Assessment) -> list[int]:
    """The places of the pinned applicants."""
    if not assessment.policy.pinned:
        return []
    places = assessment.pool.places
    found = []
    for one in assessment.policy.pinned:
        if one not in places:
            sentence = f"The pinned applicant {one!r} is not in the pool.{did_you_mean(one, places)}"
            raise PolicyError("unknown_pinned", sentence, id=one)
        found.append(places[one])
    return found


def held_seats(
    plan: Plan,
    assessment: Assessment,
    pinned: Iterable[int],
    rank_of: npt.NDArray[np.int64],
    taken: Mapping[str, int] = MappingProxyType({}),
) -> dict[int, str]:
    """In which block each pinned applicant holds a seat: an open one with room, else one they are a member of.

    `taken` how many seats of each block are held by others; `PolicyError` where there is none for a pinned applicant.
    """
    held: dict[int, str] = {}
    room = {block.name: block.seats - taken.get(block.name, 0) for block in plan.blocks}
    for place in pinned:
        open_to = [b.name for b in plan.blocks if b.rule is None]
        member = [b.name for b in plan.blocks if b.rule is not None and assessment.group("block", b.name)[place]]
        if not open_to + member:
            sentence = f"The pinned applicant {assessment.pool.ids[place]!r} belongs to no block of the policy."
            raise PolicyError("pinned_nowhere", sentence, id=str(assessment.pool.ids[place]))
        block = next((name for name in open_to + member if room[name] > 0), None)
        if block is None:
            sentence = f"There is no seat left for the pinned applicant {assessment.pool.ids[place]!r}."
            raise PolicyError("too_many_pinned", sentence, id=str(assessment.pool.ids[place]))
        room[block] -= 1
        held[int(rank_of[place])] = block
    return held
