"""Everything decided, and how to read it: the object users hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from selection.assessment import DUPLICATE, ELIGIBLE, INCOMPLETE, INELIGIBLE, Assessment, assess
from selection.choice import Choice, choose
from selection.choice.structure import Structure, classify
from selection.errors import NotFoundError, PolicyError, TieError, did_you_mean
from selection.intake import Intake, read_applicants
from selection.policy import MICRO, Plan, Policy
from selection.policy.blocks import two_readings
from selection.ranking import Ranking, rank
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    from selection.explanations import Explanation
    from selection.repairs import Repair, Shortfall

SELECTED, WAITLISTED, DECLINED = 0, 1, 2
_STATUS_OF_STANDING: Final = {INELIGIBLE: 3, INCOMPLETE: 4, DUPLICATE: 5}

REASONS: Final = (
    "merit",
    "reserve",
    "pinned",
    "capacity",
    "cap",
    "reserved",
    "combination",
    "no_block",
    "rule",
    "missing_field",
    "duplicate",
)
COLUMNS: Final = ("id", "status", "rank", "tier", "score", "block", "seat", "reason")


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
    _check_ties(outcome)
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


@dataclass(frozen=True, eq=False, repr=False)
class Outcome:
    """Everything decided, with the pool, the policy and the seed it follows from."""

    intake: Intake
    policy: Policy
    seed: str | None
    assessment: Assessment
    ranking: Ranking
    choice: Choice
    held: Mapping[int, str]

    def __repr__(self) -> str:
        parts = ", ".join(f"{number:,} {status}" for status, number in self.counts.items() if number)
        return f"Outcome({self.policy.title!r}: {parts})"

    @property
    def pool_size(self) -> int:
        return len(self.intake.pool)

    @cached_property
    def rank_of(self) -> npt.NDArray[np.int64]:
        """Each applicant's place in the order from 0, -1 for the unranked."""
        ranks = np.full(self.pool_size, -1, dtype=np.int64)
        ranks[self.ranking.order] = np.arange(len(self.ranking))
        return ranks

    @cached_property
    def waiting(self) -> npt.NDArray[np.int64]:
        """The ranks on the waiting list, in order."""
        return np.flatnonzero(~self.choice.selected)[: self.policy.waiting_places]

    @cached_property
    def status(self) -> npt.NDArray[np.int8]:
        """The status of each applicant as its place in `STATUSES`."""
        by_rank = np.full(len(self.ranking), DECLINED, dtype=np.int8)
        by_rank[self.waiting] = WAITLISTED
        by_rank[self.choice.selected] = SELECTED
        status = np.array([-1, *(_STATUS_OF_STANDING[s] for s in (1, 2, 3))], dtype=np.int8)[self.assessment.standing]
        status[self.ranking.order] = by_rank
        return status

    @property
    def counts(self) -> dict[str, int]:
        """How many applicants have each status; they add up to all applicants."""
        return dict(zip(STATUSES, np.bincount(self.status, minlength=len(STATUSES)).tolist(), strict=True))

    @cached_property
    def display_order(self) -> npt.NDArray[np.int64]:
        """Places in rank order, then the unranked by status and id."""
        rest = np.flatnonzero(self.rank_of < 0)
        ids = self.intake.pool.ids[rest].astype(str)
        return np.concatenate(
            [self.ranking.order, rest[np.lexsort((self.intake.pool.rows[rest], ids, self.status[rest]))]]
        )

    @cached_property
    def without(self) -> Mapping[str | None, npt.NDArray[np.bool_]]:
        """Per rank, who would be selected if a reserve kept no seats; under None, if no reserve did."""
        return MappingProxyType(dict(_variants(self)))

    @cached_property
    def because_of(self) -> Mapping[str, npt.NDArray[np.bool_]]:
        """Per reserve and rank, who has a seat because of it: selected, and out if it kept none."""
        here = self.choice.selected
        return MappingProxyType({g: here & ~there for g, there in self.without.items() if g is not None})

    @cached_property
    def displaced(self) -> npt.NDArray[np.bool_]:
        """Per rank, who would have been selected if no reserve kept seats."""
        return ~self.choice.selected & self.without[None]

    @cached_property
    def reason(self) -> npt.NDArray[np.int8]:
        """The reason of each applicant's decision as its place in `REASONS`."""
        from selection.reasons import reasons

        return reasons(self)

    @cached_property
    def structure(self) -> Structure:
        """The structure class of the policy."""
        return classify(self.policy.plan)

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """How the outcome is known to be the exact one: class, proof and compliance of each block, versions."""
        from selection.certificate import certificate

        return certificate(self)

    def score(self, place: int) -> Decimal:
        """The exact score of the applicant at this place."""
        return points(int(self.assessment.score[place]))

    def to_frame(self) -> Any:
        """One row per applicant, in rank order, then the rest; the kind of dataframe that came in.

        Columns: id, status, rank, tier, score, block, seat, reason; unranked applicants have no rank, tier or score.
        """
        from selection.frames import decisions

        return decisions(self, self.display_order)

    @property
    def shortlist(self) -> Any:
        """The selected in rank order, with the fields the policy reads."""
        from selection.frames import listed

        return listed(self, np.flatnonzero(self.choice.selected))

    @property
    def waitlist(self) -> Any:
        """The waiting list in rank order, with the fields the policy reads."""
        from selection.frames import listed

        return listed(self, self.waiting)

    def place(self, applicant_id: str) -> int:
        """Where an applicant stands in the pool; `NotFoundError` with the nearest id."""
        places = self.intake.pool.places
        if str(applicant_id) not in places:
            close = did_you_mean(str(applicant_id), places) if len(places) <= 20_000 else ""
            raise NotFoundError("unknown_applicant", f"There is no applicant {applicant_id!r}.{close}", id=applicant_id)
        return places[str(applicant_id)]

    def explain(self, applicant_id: str, language: str = "en") -> Explanation:
        """The decision about one applicant in words, with the facts behind it."""
        from selection.explanations import explain

        return explain(self, self.place(applicant_id), language)

    @cached_property
    def shortfalls(self) -> tuple[Shortfall, ...]:
        """The reserves that could not be filled, each with its causes."""
        from selection.repairs import shortfalls

        return shortfalls(self)

    def repairs(self) -> tuple[Repair, ...]:
        """The smallest single changes of the policy that would fill every reserve, and whom each adds and removes."""
        from selection.repairs import repairs

        return repairs(self)

    def record(self) -> dict[str, Any]:
        """What proves the outcome without personal data: policy, hashes, seed, versions, counts, certificate."""
        from selection.certificate import record

        return record(self)

    def write(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write decisions, shortlist, waiting list, problems and record into a folder, whole or not at all."""
        from selection.dossier import write

        return write(self, Path(folder), force=force)


def points(micro: int) -> Decimal:
    """Micropoints as the exact decimal they are, without trailing zeros."""
    whole, part = divmod(micro, MICRO)
    return Decimal(whole) if not part else (Decimal(micro) / MICRO).normalize()


def _variants(outcome: Outcome) -> Iterable[tuple[str | None, npt.NDArray[np.bool_]]]:
    names = [r.name for r in outcome.policy.reserve] or [r.name for b in outcome.policy.block for r in b.reserve]
    choice, selected = outcome.choice, outcome.choice.selected
    if not names:
        yield None, selected
        return
    free = _again(outcome, frozenset(names))
    yield None, free
    whole = len(choice.blocks) == 1 and choice.blocks[0].filled == tuple(
        r.seats for r in choice.plan.blocks[0].reserves
    )
    for name in names:
        # Where the best set without any reserve fills them all anyway, no single reserve can matter either.
        yield name, selected if whole and (free == selected).all() else _again(outcome, frozenset([name]))


def _again(outcome: Outcome, dropped: frozenset[str]) -> npt.NDArray[np.bool_]:
    plan = without_reserves(outcome.policy, dropped)
    return choose(outcome.ranking, plan, outcome.held, outcome.choice.signatures).selected


def without_reserves(policy: Policy, dropped: frozenset[str]) -> Plan:
    """The plan of a policy where these reserves keep no seats."""

    def zero(rule: Any) -> Any:
        return rule.model_copy(update={"seats": 0}) if rule.name in dropped else rule

    blocks = tuple(b.model_copy(update={"reserve": tuple(map(zero, b.reserve))}) for b in policy.block)
    from selection.policy.blocks import plan

    return plan(policy.model_copy(update={"reserve": tuple(map(zero, policy.reserve)), "block": blocks}))


def _check_ties(outcome: Outcome) -> None:
    """Without tickets no decision may hang on a tie: swapping tied applicants must change nobody's seat."""
    if outcome.seed is not None and outcome.policy.ties.lottery:
        return
    split = _split_ties(outcome)
    if not len(split):
        return
    tied = int(split[0])
    number = int((outcome.ranking.ties == tied).sum())
    score = outcome.score(int(outcome.ranking.order[np.argmax(outcome.ranking.ties == tied)]))
    how = (
        "give a seed, so that the lottery can decide"
        if outcome.policy.ties.lottery
        else 'add "lottery" as the last entry of order in [ties] and give a seed'
    )
    sentence = f"{number:,} applicants are tied at the cut with {score} points, and nothing tells them apart: {how}."
    raise TieError("tie_at_the_cut", sentence, tied=number, score=str(score))


def _split_ties(outcome: Outcome) -> npt.NDArray[np.int64]:
    """Ties whose order decides about somebody's seat or place on the waiting list."""
    ranking, choice = outcome.ranking, outcome.choice
    status = outcome.status[ranking.order]
    sizes = np.bincount(ranking.ties, minlength=1)
    mixed = np.zeros(len(sizes), dtype=bool)
    first = status[np.searchsorted(ranking.ties, np.arange(len(sizes)))] if len(ranking) else status
    mixed[ranking.ties[status != first[ranking.ties]]] = True
    return np.array([tie for tie in np.flatnonzero(mixed) if _order_matters(outcome, int(tie), choice)], dtype=np.int64)


def _order_matters(outcome: Outcome, tie: int, choice: Choice) -> bool:
    """Whether some refused applicant of a tie would get in if put first of the tie."""
    ranks = np.flatnonzero(outcome.ranking.ties == tie)
    chosen = choice.selected[ranks]
    codes = choice.signatures.code[ranks]
    if set(codes[chosen]) & set(codes[~chosen]):
        return True
    if (outcome.status[outcome.ranking.order[ranks]][~chosen] == WAITLISTED).any() and not chosen.all():
        waiting = outcome.status[outcome.ranking.order[ranks[~chosen]]]
        if (waiting == WAITLISTED).any() and (waiting == DECLINED).any():
            return True
    if not chosen.any():
        return False
    for code in set(codes[~chosen].tolist()):
        refused = ranks[~chosen & (codes == code)][0]
        order = outcome.ranking.order.copy()
        order[ranks] = np.concatenate([[order[refused]], np.delete(order[ranks], np.flatnonzero(ranks == refused))])
        again = choose(replace(outcome.ranking, order=order), held=_moved(outcome.held, order, outcome.ranking.order))
        if again.selected[ranks[0]]:
            return True
    return False


def _moved(held: Mapping[int, str], order: npt.NDArray[np.int64], before: npt.NDArray[np.int64]) -> dict[int, str]:
    """The held ranks in another order."""
    places = {int(before[rank]): block for rank, block in held.items()}
    return {int(rank): places[int(place)] for rank, place in enumerate(order) if int(place) in places}
