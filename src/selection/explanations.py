"""A decision in words: the facts recorded at the turn, rendered last from a catalogue of sentences by language."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from selection.applicants import canonical_text
from selection.assessment import INCOMPLETE, MISSING, Weighed, points
from selection.errors import NotFoundError, did_you_mean
from selection.outcome.frames import decision_cells
from selection.outcome.thresholds import threshold
from selection.policy import MICRO

if TYPE_CHECKING:
    from selection.choice import Blocked
    from selection.outcome import Outcome


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


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """One decision with all its facts. `str()` is the applicant's text; `for_officer()` the full one."""

    facts: Mapping[str, Any]
    contributions: tuple[Contribution, ...]
    cutoff: CutOff | None
    language: str = "en"
    find_threshold: Callable[[], Decimal | None] = lambda: None

    @property
    def cause(self) -> str:
        """The code of the reason."""
        return str(self.facts["reason"])

    @cached_property
    def threshold(self) -> Decimal | None:
        """The smallest score with which the applicant would have been selected; None if none would, or if selected."""
        return self.find_threshold()

    @property
    def refused(self) -> bool:
        """Whether the applicant was weighed and got no seat."""
        return self.facts["status"] in ("waitlisted", "declined")

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        return catalogue(self.language)

    def __str__(self) -> str:
        facts, words = self._spoken, self.words["applicant"]
        lines = [self.words["status"][facts["status"]].format_map(facts), words[self._sentence].format_map(facts)]
        if self.refused and self.cause != "no_block":
            lines += self._what_was_needed(words)
        return " ".join(lines)

    def __repr__(self) -> str:
        return f"Explanation({self.facts['id']!r}: {self.facts['status']}, {self.cause})"

    def for_officer(self) -> str:
        """Everything recorded about the decision, a line for each fact."""
        facts, words = self._spoken, self.words["officer"]
        if facts["rank"] is None:
            return "\n".join([words["unranked"].format_map(facts), words[self._sentence].format_map(facts)])
        lines = [words["heading"].format_map(facts)]
        for one in self.contributions:
            seen = ", ".join(f"{k} {_shown(v)}" for k, v in one.seen.items())
            lines.append(words["points"].format(points=one.points, criterion=one.criterion, seen=seen))
        lines.append(words["total"].format_map(facts))
        for optional in ("tier", "ticket", "seat"):
            if facts.get(optional) is not None and not (optional == "tier" and not facts["tier_name"]):
                lines.append(words[optional].format_map({**facts, "name": facts["tier_name"]}))
        lines.append(words[self._sentence].format_map(facts))
        if facts["displaced"]:
            lines.append(words["displaced"])
        if self.refused:
            lines += self._what_was_needed(words)
        return "\n".join(lines)

    def _what_was_needed(self, words: Mapping[str, str]) -> list[str]:
        """The cut-off of the applicant's own signature, and the score that would have been enough."""
        cutoff = {"rank": self.cutoff.rank, "score": self.cutoff.score} if self.cutoff else {}
        return [words["cutoff" if cutoff else "no_cutoff"].format_map(cutoff), self._enough(words)]

    def _enough(self, words: Mapping[str, str]) -> str:
        """The threshold in words; a millionth above a round score is said as "more than" that score."""
        least = self.threshold
        if least is None:
            return words["no_threshold"]
        below = points(int(least * MICRO) - 1)
        above = least.as_tuple().exponent == -6 and below == round(below, 5)
        return words["threshold_above" if above else "threshold"].format(score=below if above else least)

    @property
    def _sentence(self) -> str:
        """The sentence of the cause, in the form its facts allow."""
        if self.cause == "reserve" and not self.facts["because_of"]:
            return "reserve_joint"
        if self.cause == "missing_field" and self.facts["why"]:
            return "missing_reason"
        return self.cause

    @cached_property
    def _spoken(self) -> dict[str, Any]:
        facts = self.facts
        reserves = facts["because_of"] if self.cause == "reserve" else facts["kept_for"]
        full = facts["caps"][0] if facts["caps"] else {"cap": "", "value": None, "seats": ""}
        named = full["cap"] if full["value"] is None else f"{full['cap']}: {_shown(full['value'])}"
        return {
            **facts,
            "reserves": ", ".join(reserves),
            "cap": named,
            "limit": full["seats"],
            "facts": ", ".join([*(c["cap"] for c in facts["caps"]), *facts["kept_for"]]) or "seats first",
            "seen": ", ".join(f"{k} {_shown(v)}" for k, v in facts["seen"].items()),
        }


@cache
def catalogue(language: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences of a language; `NotFoundError` names the languages there are."""
    folder = resources.files("selection") / "words"
    known = sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    if language not in known:
        hint = did_you_mean(language, known)
        sentence = f"There are no words for the language {language!r}.{hint} Known: {', '.join(known)}."
        raise NotFoundError("unknown_language", sentence, language=language, known=known)
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def explain(outcome: Outcome, place: int, language: str = "en") -> Explanation:
    """Put together what was recorded about the applicant at this place."""
    catalogue(language)
    rank = int(outcome.rank_of[place])
    facts = _facts(outcome, place, rank)
    if rank < 0:
        return Explanation(facts, (), None, language)
    find = partial(threshold, outcome, place)
    return Explanation(facts, _contributions(outcome, place), _cutoff(outcome, rank), language, find)


def _facts(outcome: Outcome, place: int, rank: int) -> dict[str, Any]:
    row = {name: cell[0] for name, cell in decision_cells(outcome, np.array([place])).items()}
    blocked = outcome.choice.blocked(rank) if rank >= 0 and not outcome.choice.selected[rank] else None
    tiers = outcome.policy.tier
    ranked = rank >= 0
    waiting = np.flatnonzero(outcome.waiting == rank)
    return {
        **row,
        "rank": rank + 1 if ranked else None,
        "ranked": len(outcome.ranking),
        "tier": int(row["tier"]) if ranked else None,
        "tier_name": tiers[int(row["tier"]) - 1].name if ranked and 0 < row["tier"] <= len(tiers) else None,
        "ticket": outcome.ranking.ticket(place) if ranked else None,
        "position": int(waiting[0]) + 1 if len(waiting) else None,
        "seats": outcome.policy.seats,
        "because_of": [g for g, members in outcome.because_of.items() if members[rank]] if ranked else [],
        "displaced": bool(outcome.displaced[rank]) if ranked else False,
        "last": int(np.flatnonzero(outcome.choice.selected)[-1]) + 1 if outcome.choice.selected.any() else None,
        **_standing(outcome, place),
        **_blocked(blocked, row),
    }


def _blocked(blocked: Blocked | None, row: Mapping[str, Any]) -> dict[str, Any]:
    caps = [{"cap": key.cap, "value": key.value, "seats": key.seats} for key in blocked.keys] if blocked else []
    turn = blocked.refusal.turn + 1 if blocked else None
    kept = list(blocked.reserves) if blocked else []
    return {"caps": caps, "kept_for": kept, "turn": turn, "block": blocked.block if blocked else row["block"]}


def _standing(outcome: Outcome, place: int) -> dict[str, Any]:
    """The rule that failed or lacked a field, with what it saw; the registration that stands for a duplicate."""
    nothing: dict[str, Any] = {"rule": None, "seen": {}, "field": None, "why": None, "stands": None}
    stands = int(outcome.intake.pool.duplicate_of[place])
    if stands >= 0:
        return {**nothing, "stands": str(outcome.intake.pool.ids[stands])}
    cause = int(outcome.assessment.cause[place])
    if cause < 0:
        return nothing
    rule = outcome.assessment.rules[cause]
    seen = rule.seen(place)
    field = next((name for name, value in seen.items() if value is None), next(iter(seen)) if len(seen) == 1 else None)
    lacking = outcome.assessment.standing[place] == INCOMPLETE
    field = (field or ", ".join(seen)) if lacking else None
    why = outcome.assessment.fields.why_missing(field, place) if field in seen else None
    return {
        **nothing,
        "rule": rule.name,
        "seen": {k: v for k, v in seen.items() if v is not None},
        "field": field,
        "why": why,
    }


def _contributions(outcome: Outcome, place: int) -> tuple[Contribution, ...]:
    return tuple(_contribution(rule, place) for rule in outcome.assessment.of_kind("points"))


def _contribution(rule: Weighed, place: int) -> Contribution:
    given = rule.at(place)
    return Contribution(rule.name, points(0 if given == MISSING else given), rule.seen(place))


def _cutoff(outcome: Outcome, rank: int) -> CutOff | None:
    """The last admitted rank among those with the applicant's own signature."""
    codes = outcome.choice.signatures.code
    same = np.flatnonzero((codes == codes[rank]) & outcome.choice.selected)
    if not len(same):
        return None
    last = int(same[-1])
    return CutOff(last + 1, outcome.score(int(outcome.ranking.order[last])))


def _shown(value: Any) -> str:
    return "missing" if value is None else canonical_text(value)
