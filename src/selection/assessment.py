"""Each distinct profile weighed once, point by point, and joined back to its applicants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Pool, canonical_text
from selection.conditions import LARGEST, Between, Condition, held, number, same
from selection.errors import PolicyError
from selection.numbering import Codes
from selection.policy import MICRO, MOST_POINTS, Block, Cap, Criterion, Eligible, Policy, Reserve, Tier, Truth
from selection.policy.blocks import two_readings
from selection.profiles import Fields, Profile, weigh

#: What a rule answers where a field it needs is missing.
MISSING: Final = np.iinfo(np.int64).min

#: Digits enough for every product of points and numbers, whatever the precision of the moment.
PRECISION: Final = 3 * LARGEST

ELIGIBLE, INELIGIBLE, INCOMPLETE, DUPLICATE = range(4)


@dataclass(frozen=True, eq=False, repr=False)
class Weighed:
    """One rule's answer for each distinct profile of the fields it reads.

    `codes` each applicant's profile; `answers` per profile: 1 or 0 for conditions, micropoints for criteria, the
    place of a tier; `MISSING` where a field is missing and the policy does not say what that means.
    """

    kind: str
    name: str
    fields: tuple[str, ...]
    codes: Codes
    profiles: Sequence[Profile]
    answers: npt.NDArray[np.int64]

    @property
    def values(self) -> npt.NDArray[np.int64]:
        """The answer for each applicant."""
        return self.answers[self.codes]

    def at(self, place: int) -> int:
        return int(self.answers[self.codes[place]])

    def seen(self, place: int) -> dict[str, Any]:
        """The values of the fields this rule read for the applicant at this place."""
        return dict(zip(self.fields, self.profiles[self.codes[place]], strict=True))


@dataclass(frozen=True, eq=False, repr=False)
class Assessment:
    """Every applicant weighed alone: eligible or not and why, tier, score, groups.

    `standing` one of ELIGIBLE, INELIGIBLE, INCOMPLETE, DUPLICATE per applicant; `cause` the place in `rules` of the
    first rule that failed or lacked a field, or -1; `score` in micropoints; `tier` from 1.
    """

    pool: Pool
    policy: Policy
    fields: Fields
    rules: tuple[Weighed, ...]
    standing: npt.NDArray[np.int8]
    cause: npt.NDArray[np.int16]
    score: npt.NDArray[np.int64]
    tier: npt.NDArray[np.int64]

    def of_kind(self, kind: str) -> tuple[Weighed, ...]:
        return tuple(rule for rule in self.rules if rule.kind == kind)

    def group(self, kind: str, name: str) -> npt.NDArray[np.bool_]:
        """Who belongs to the group of a reserve, block or cap; missing counts as no."""
        rule = next(r for r in self.rules if r.kind == kind and r.name == name)
        members: npt.NDArray[np.bool_] = rule.values == 1
        return members

    @property
    def counts(self) -> Mapping[str, int]:
        names = ("eligible", "ineligible", "incomplete", "duplicate")
        return dict(zip(names, np.bincount(self.standing, minlength=4).tolist(), strict=True))

    def __repr__(self) -> str:
        return f"Assessment({', '.join(f'{n:,} {word}' for word, n in self.counts.items() if n)})"


def assess(pool: Pool, policy: Policy, numbers: npt.NDArray[np.int64] | None = None) -> Assessment:
    """Weigh every applicant of a pool by a policy, each distinct profile once.

    `numbers` how many applicants each row of the pool stands for, where that is not one.
    """
    fields = Fields(pool, policy)
    rules = tuple(_weighed(fields, policy))
    failed, cause = _first(rules, pool, "eligible", lambda answers: answers == 0)
    lacking, lacked = _first(rules, pool, None, lambda answers: answers == MISSING)
    duplicate = pool.duplicate_of >= 0
    standing = np.select([duplicate, failed, lacking], [DUPLICATE, INELIGIBLE, INCOMPLETE], ELIGIBLE).astype(np.int8)
    cause = np.select([duplicate, failed, lacking], [-1, cause, lacked], -1).astype(np.int16)
    score = np.zeros(len(pool), dtype=np.int64)
    for rule in rules:
        if rule.kind == "points":
            values = rule.values
            score += np.where(values == MISSING, 0, values)
    made = Assessment(pool, policy, fields, rules, standing, cause, score, _tiers(rules, policy, pool))
    _check_counting(made, np.ones(len(pool), dtype=np.int64) if numbers is None else numbers)
    return made


def _check_counting(made: Assessment, numbers: npt.NDArray[np.int64]) -> None:
    """Refuse, without a stated counting, a pool where a field of several values puts somebody into two reserves."""
    eligible = made.standing == ELIGIBLE
    for block in made.policy.plan.blocks:
        groups = [(r.name, made.group(f"reserve of {block.name}", r.name) & eligible) for r in block.reserves]
        several = not block.counting_stated and bool(np.any(sum(mine.astype(int) for _, mine in groups) > 1))
        for (one, mine), (other, theirs) in combinations(groups if several else (), 2):
            if both := int(numbers[mine & theirs].sum()):
                sentence = f"In this pool {both:,} applicants belong to two reserves: {two_readings(one, other)}."
                raise PolicyError("counting_needed", sentence, reserves=[one, other], applicants=both)


@dataclass(frozen=True)
class Question:
    """One rule as what it asks of a row: the fields it reads and the whole number it answers."""

    kind: str
    name: str
    fields: tuple[str, ...]
    answer: Callable[[Mapping[str, Any]], int]


def questions(policy: Policy) -> Iterator[Question]:
    """All rules of a policy in the order in which they are asked."""
    yield from (_condition("eligible", rule) for rule in policy.eligible)
    yield from (_condition("tier", rule) for rule in policy.tier)
    yield from (_criterion(rule) for rule in policy.points)
    for block in policy.plan.blocks:
        if block.rule is not None:
            yield _condition("block", block.rule, block.name)
        yield from (_condition(f"reserve of {block.name}", r.rule, r.name) for r in block.reserves)
    yield from map(_cap, policy.cap)
    yield from (_present(tie.field) for tie in policy.ties.declared)
    if policy.lottery.weight is not None:
        yield _weight(policy.lottery.weight)


def _weighed(fields: Fields, policy: Policy) -> Iterator[Weighed]:
    for question in questions(policy):
        yield _given_or_not(fields, question) if question.kind == "ties" else _ask(fields, question)


def _ask(fields: Fields, question: Question) -> Weighed:
    names, answer = question.fields, question.answer
    if not names:
        codes = np.zeros(len(fields.pool), dtype=np.int32)
        return Weighed(question.kind, question.name, (), codes, [()], np.array([answer({})], dtype=np.int64))
    weighed = weigh([fields.column(one) for one in names], lambda row: answer(dict(zip(names, row, strict=True))))
    return Weighed(question.kind, question.name, names, *weighed)


def _condition(kind: str, rule: Eligible | Tier | Reserve | Block, name: str | None = None) -> Question:
    condition = rule.condition
    assert condition is not None
    read = tuple(sorted(rule.fields))
    return Question(kind, name or rule.name, read, lambda row: truth(condition, row, rule.missing))


def truth(condition: Condition, row: Mapping[str, Any], missing: Truth) -> int:
    """1, 0 or `MISSING` for a condition, with what the rule says of missing fields."""
    answer = condition.holds(row)
    if answer is None:
        return {"incomplete": MISSING, "no": 0, "yes": 1}[missing]
    return int(answer)


def _cap(cap: Cap) -> Question:
    condition = cap.condition
    if condition is not None:
        return Question("cap", cap.name, tuple(sorted(cap.fields)), lambda row: truth(condition, row, cap.missing))
    absent, field = MISSING if cap.missing == "incomplete" else 0, str(cap.per)
    return Question("cap", cap.name, (field,), lambda row: absent if row[field] is None else 1)


def _present(field: str) -> Question:
    return Question("ties", field, (field,), lambda row: MISSING if row[field] is None else 1)


def _given_or_not(fields: Fields, question: Question) -> Weighed:
    """A tie-break asks only whether its field is there: two profiles, however many values it has."""
    codes = (fields.column(question.name).codes >= 0).astype(np.int32)
    answers = np.array([MISSING, 1], dtype=np.int64)
    return Weighed("ties", question.name, question.fields, codes, [(None,), ("given",)], answers)


def _weight(field: str) -> Question:
    """A ticket weighs a number above 0; without one the applicant cannot be drawn."""

    def weighs(row: Mapping[str, Any]) -> int:
        amount = number(row[field])
        return 1 if amount is not None and amount > 0 else MISSING

    return Question("lottery", field, (field,), weighs)


def _criterion(rule: Criterion) -> Question:
    return Question("points", rule.name, tuple(sorted(rule.fields)), lambda row: micropoints(rule, row))


def micropoints(rule: Criterion, row: Mapping[str, Any]) -> int:
    """What a criterion gives for a row, in millionths of a point; `MISSING` if a field is missing or unreadable."""
    with localcontext(prec=PRECISION):
        given = _given(rule, row)
        if given is None:
            given = None if rule.missing == "incomplete" else rule.missing
        return MISSING if given is None else int((given * MICRO).to_integral_value(ROUND_HALF_UP))


def points(micro: int) -> Decimal:
    """Micropoints as the exact decimal they are, without trailing zeros."""
    whole, part = divmod(micro, MICRO)
    return Decimal(whole) if not part else (Decimal(micro) / MICRO).normalize()


def _given(rule: Criterion, row: Mapping[str, Any]) -> Decimal | None:
    if rule.condition is not None:
        answer = rule.condition.holds(row)
        return None if answer is None else rule.points if answer else Decimal(0)
    each = [_for_value(rule, value) for value in held(row, str(rule.field))]
    if not each or None in each:
        return None
    given = [one for one in each if one is not None]
    total = max(given) if rule.take == "highest" else sum(given, Decimal(0))
    return _within(total, rule.min, rule.max)


def _for_value(rule: Criterion, value: Any) -> Decimal | None:
    """The points for one value of the field, None if it cannot be read."""
    if rule.values is not None:
        listed = rule.table.get(canonical_text(value))
        return listed if listed is not None else _by_sense(rule, value)
    if rule.per is not None:
        amount = number(value)
        return None if amount is None else rule.per * amount
    return _by_band(rule, value)


def _by_sense(rule: Criterion, value: Any) -> Decimal:
    """Points for a value that is not spelt as the policy spells it (`yes` for true, `2.50` for 2.5), or unlisted."""
    same_sense = (points for word, points in rule.table.items() if not isinstance(value, str) and same(value, word))
    return next(same_sense, rule.other or Decimal(0))


def _within(points: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """The points between their bounds; None for more than any score can hold, as of a number that nobody means."""
    if low is not None:
        points = max(points, low)
    points = points if high is None else min(points, high)
    return points if abs(points) <= MOST_POINTS else None


def _by_band(rule: Criterion, value: Any) -> Decimal | None:
    field = str(rule.field)
    for band in rule.bands or ():
        answer = Between(field, band.min, band.max).holds({field: value})
        if answer is None:
            return None
        if answer:
            return band.points
    return rule.other or Decimal(0)


def _tiers(rules: Sequence[Weighed], policy: Policy, pool: Pool) -> npt.NDArray[np.int64]:
    """The first tier whose condition holds, from 1; whoever fits none comes after the last."""
    tier = np.full(len(pool), len(policy.tier) + 1, dtype=np.int64)
    tiers = [rule for rule in rules if rule.kind == "tier"]
    for place in range(len(tiers) - 1, -1, -1):
        tier[tiers[place].values == 1] = place + 1
    return tier


def _first(
    rules: Sequence[Weighed],
    pool: Pool,
    kind: str | None,
    hit: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int16]]:
    """Which applicants some rule hits, and the place of the first that does."""
    cause = np.full(len(pool), -1, dtype=np.int16)
    for place in range(len(rules) - 1, -1, -1):
        rule = rules[place]
        answers = hit(rule.answers)
        if (kind is None or rule.kind == kind) and answers.any():
            cause[answers[rule.codes]] = place
    return cause >= 0, cause
