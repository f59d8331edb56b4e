"""What was recorded about decisions, looked up once for a whole outcome and then applicant by applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.assessment import INCOMPLETE, MISSING, Weighed, points
from selection.choice import CapKey
from selection.choice.problem import Ints
from selection.outcome.frames import block_names, seat_labels
from selection.outcome.thresholds import threshold
from selection.vocabulary import REASONS, STATUSES

if TYPE_CHECKING:
    from selection.outcome import Outcome

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Contribution:
    """What one criterion gave, and the values it saw."""

    criterion: str
    points: Decimal
    seen: Mapping[str, Any]


@dataclass(frozen=True)
class CutOff:
    """The last of an applicant's own signature who was admitted."""

    rank: int
    score: Decimal


class Recorded:
    """Everything about an outcome that its explanations look up."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.labels, self.blocks = seat_labels(outcome), block_names(outcome)
        self.criteria = outcome.assessment.of_kind("points")
        out = ~outcome.choice.selected
        names = [name for name in outcome.without if name is not None]
        self.because = {name: outcome.because_of[name] for name in names}
        self.kept = {name: out & outcome.without[name] for name in names}
        self._caps: dict[int, CapKey] = {}
        chosen = np.flatnonzero(outcome.choice.selected)
        self.selected = len(chosen)
        self.last = int(chosen[-1]) + 1 if len(chosen) else None
        self.position = np.zeros(len(outcome.ranking), dtype=np.int64)
        self.position[outcome.waiting] = np.arange(len(outcome.waiting)) + 1
        self.admitted = np.full(len(outcome.choice.signatures.keys), -1, dtype=np.int64)
        self.admitted[outcome.choice.signatures.code[chosen]] = chosen

    @cached_property
    def causing(self) -> Ints:
        """Per rank and column of caps the full key that keeps the applicant out, else -1.

        Where a cap is the reason only keys of caps without which the applicant would be in; where several things are,
        also keys that would be full with seats for everybody, of caps without which alone they would still be out;
        else every full one.
        """
        choice, table = self.outcome.choice, self.outcome.choice.signatures
        keys = choice.full_keys[table.code].copy()
        reason = self.outcome.reason[self.outcome.ranking.order]
        by_cap, by_several = (reason == REASONS.index(name) for name in ("cap", "combination"))
        if by_several.any():
            roomy = table.filled(table.code[self.outcome.lifted[None]])[table.code]
            keys = np.where(by_several[:, None], np.maximum(keys, roomy), keys)
        for place, cap in enumerate(choice.plan.caps):
            lifted = self.outcome.lifted.get(cap.name)
            idle = by_cap | by_several if lifted is None else by_cap & ~lifted | by_several & lifted
            keys[(table.cap_of(keys) == place) & idle[:, None]] = -1
        keys[choice.selected] = -1
        return keys

    def facts(self, place: int) -> dict[str, Any]:
        """Everything recorded about the applicant at this place, ready for JSON but for exact numbers and times."""
        outcome = self.outcome
        rank = int(outcome.rank_of[place])
        status, reason = STATUSES[outcome.status[place]], REASONS[outcome.reason[place]]
        common = {"id": str(outcome.intake.pool.ids[place]), "status": status, "reason": reason}
        if rank < 0:
            return {**common, **_UNRANKED, "ranked": len(outcome.ranking), **self._standing(place)}
        tier, tiers = int(outcome.assessment.tier[place]), outcome.policy.tier
        cutoff = self.cutoff(rank)
        return {
            **common,
            "rank": rank + 1,
            "ranked": len(outcome.ranking),
            "tier": tier,
            "tier_name": tiers[tier - 1].name if tier <= len(tiers) else None,
            "score": outcome.score(place),
            "contributions": [
                {"criterion": c.criterion, "points": c.points, "seen": dict(c.seen)} for c in self.contributions(place)
            ],
            "ticket": outcome.ranking.ticket(place),
            "position": int(self.position[rank]) or None,
            "seats": outcome.policy.seats,
            "selected": self.selected,
            "last": self.last,
            "block": self.blocks[rank] if outcome.choice.selected[rank] else self._home(rank),
            "seat": self.labels[rank],
            "because_of": [name for name, members in self.because.items() if members[rank]],
            "displaced": bool(outcome.displaced[rank]),
            "caps": [self.cap(key) for key in self.causing[rank].tolist() if key >= 0],
            "kept_for": [name for name, members in self.kept.items() if members[rank]],
            "cutoff": None if cutoff is None else {"rank": cutoff.rank, "score": cutoff.score},
            "threshold": threshold(outcome, place),
            **_WEIGHED,
        }

    def cap(self, key: int) -> dict[str, Any]:
        """What a cap key stands for."""
        if key not in self._caps:
            self._caps[key] = self.outcome.choice.signatures.key(key)
        found = self._caps[key]
        return {"cap": found.cap, "value": found.value, "seats": found.seats}

    def _home(self, rank: int) -> str | None:
        choice = self.outcome.choice
        home = int(choice.home[choice.signatures.code[rank]])
        return choice.blocks[home].block.name if home >= 0 else None

    def cutoff(self, rank: int) -> CutOff | None:
        """The last admitted rank among those with the applicant's own signature."""
        last = int(self.admitted[self.outcome.choice.signatures.code[rank]])
        return CutOff(last + 1, self.outcome.score(int(self.outcome.ranking.order[last]))) if last >= 0 else None

    def contributions(self, place: int) -> tuple[Contribution, ...]:
        """What each criterion gave the applicant at this place."""
        return tuple(Contribution(rule.name, given(rule, place), rule.seen(place)) for rule in self.criteria)

    def _standing(self, place: int) -> dict[str, Any]:
        """The rule that failed or lacked a field, with what it saw; the registration that stands for a duplicate."""
        outcome = self.outcome
        stands = int(outcome.intake.pool.duplicate_of[place])
        if stands >= 0:
            return {**_WEIGHED, "stands": str(outcome.intake.pool.ids[stands])}
        cause = int(outcome.assessment.cause[place])
        if cause < 0:
            return dict(_WEIGHED)
        rule = outcome.assessment.rules[cause]
        said = {"rule": rule.name, "seen": {k: v for k, v in rule.seen(place).items() if v is not None}}
        if outcome.assessment.standing[place] != INCOMPLETE:
            return {**_WEIGHED, **said}
        field, why = self._lacks(rule, place)
        return {**_WEIGHED, **said, "field": field, "why": why}

    def _lacks(self, rule: Weighed, place: int) -> tuple[str, str | None]:
        """The field that a rule lacked, and why it counts as missing."""
        absent = [name for name, value in rule.seen(place).items() if value is None]
        if not absent:
            return ", ".join(rule.fields), None
        return absent[0], self.outcome.assessment.fields.why_missing(absent[0], place)

    def unranked(self, place: int) -> tuple[Any, ...]:
        """What the facts about an applicant without a rank depend on beside the id: equal for equal ones."""
        outcome = self.outcome
        known = int(outcome.status[place]), int(outcome.reason[place]), int(outcome.intake.pool.duplicate_of[place])
        cause = int(outcome.assessment.cause[place])
        if cause < 0 or known[2] >= 0:
            return known
        rule = outcome.assessment.rules[cause]
        why = self._lacks(rule, place) if outcome.assessment.standing[place] == INCOMPLETE else None
        return (*known, cause, int(rule.codes[place]), why)


def given(rule: Weighed, place: int) -> Decimal:
    """What a criterion gave the applicant at this place."""
    answer = rule.at(place)
    return points(0 if answer == MISSING else answer)


_WEIGHED: Mapping[str, Any] = {"rule": None, "seen": {}, "field": None, "why": None, "stands": None}
_UNRANKED: Mapping[str, Any] = {
    **dict.fromkeys(("rank", "ranked", "tier", "tier_name", "score")),
    "contributions": [],
    **dict.fromkeys(("ticket", "position", "seats", "selected", "last", "block", "seat")),
    "because_of": [],
    "displaced": False,
    "caps": [],
    "kept_for": [],
    "cutoff": None,
    "threshold": None,
}
