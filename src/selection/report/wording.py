"""What a policy says, in words that an officer would use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selection.applicants import canonical_text
from selection.charts.labels import field_label, word_label
from selection.policy import Cap, Criterion, Plan, Policy
from selection.vocabulary import CLASSES, last_part


@dataclass(frozen=True)
class Said:
    """One rule in words: what it is called, and what it says."""

    name: str
    text: str


@dataclass(frozen=True)
class Chapter:
    """Rules of one kind, under a heading."""

    heading: str
    rules: tuple[Said, ...]


def policy_words(policy: Policy) -> tuple[Chapter, ...]:
    """Every rule of a policy in words, chapter by chapter; chapters without rules are left out."""
    chapters = (
        Chapter("Seats", tuple(_seats(policy))),
        Chapter("Who can be selected", tuple(_eligible(policy))),
        Chapter("Who comes first", tuple(_tiers(policy))),
        Chapter("Points", tuple(Said(rule.name, criterion_words(rule)) for rule in policy.points)),
        Chapter("At least", tuple(_reserves(policy.plan))),
        Chapter("At most", tuple(Said(c.name, cap_words(c.rule, c.seats)) for c in policy.plan.caps)),
        Chapter("Between equals", tuple(_ties(policy))),
    )
    return tuple(chapter for chapter in chapters if chapter.rules)


def condition_words(where: Mapping[str, Any]) -> str:
    """A `where` table in words; several keys hold together."""
    return " and ".join(_clause(key, value, len(where) > 1) for key, value in where.items())


def _clause(key: str, value: Any, inner: bool) -> str:
    if key in ("any", "all"):
        said = (" or " if key == "any" else " and ").join(_bracketed(one) for one in value)
        return f"({said})" if inner else said
    if key == "not":
        return f"not ({condition_words(value)})"
    name = field_label(key).lower() if not field_label(key).startswith("WHO") else field_label(key)
    if isinstance(value, Mapping):
        return f"{name} {_range(value)}"
    several = value if isinstance(value, (list, tuple)) else [value]
    return f"{name} is {listed([_word(key, one) for one in several], 'or')}"


def _bracketed(where: Mapping[str, Any]) -> str:
    said = condition_words(where)
    return f"({said})" if len(where) > 1 else said


def _range(bounds: Mapping[str, Any]) -> str:
    if "missing" in bounds:
        return "is not given" if bounds["missing"] else "is given"
    low, high = (None if bounds.get(k) is None else canonical_text(bounds[k]) for k in ("min", "max"))
    if low is not None and high is not None:
        return f"is from {low} to {high}"
    return f"is at least {low}" if low is not None else f"is at most {high}"


def _word(field: str, value: Any) -> str:
    """A value of a condition; a class word with what it stands for."""
    members = CLASSES.get(last_part(field), {}).get(str(value))
    said = word_label(field, value)
    if members is None or members == (value,):
        return said if said.isupper() or last_part(field).endswith("country") else said[:1].lower() + said[1:]
    return said[:1].lower() + said[1:]


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _seats(policy: Policy) -> Iterator[Said]:
    waiting = f", and a waiting list of {policy.waiting_places:,}" if policy.waiting_places else ""
    yield Said("Seats", f"{policy.seats:,} seats{waiting}.")
    blocks = policy.plan.blocks
    if len(blocks) > 1:
        said = [f"{b.seats:,} {'open to everybody' if b.rule is None else f'for {b.name}'}" for b in blocks]
        yield Said("In this order", f"{listed(said, 'then')}.")
    if policy.on is not None:
        yield Said("Facts about countries", f"As they stood on {policy.on.day} {policy.on:%B %Y}.")
    if policy.pinned:
        yield Said("Promised before", f"{len(policy.pinned):,} seats went to applicants invited before the selection.")


def _eligible(policy: Policy) -> Iterator[Said]:
    for rule in policy.eligible:
        left_empty = {"no": " Left empty counts as no.", "yes": " Left empty counts as yes.", "incomplete": ""}
        yield Said(rule.name, _sentence(condition_words(rule.where)) + left_empty[rule.missing])
    if policy.eligible or policy.points:
        yield Said("Missing answers", "Who left an answer empty that a rule needs is incomplete, never silently a no.")


def _tiers(policy: Policy) -> Iterator[Said]:
    for number, rule in enumerate(policy.tier, start=1):
        yield Said(rule.name, f"Tier {number}: {condition_words(rule.where)}.")


def criterion_words(rule: Criterion) -> str:
    """What gives points, and how many."""
    if rule.where is not None:
        return f"{_points(rule.points)} if {condition_words(rule.where)}."
    field = str(rule.field)
    if rule.per is not None:
        low = f", at least {_plain(rule.min)}" if rule.min is not None else ""
        high = f", at most {_plain(rule.max)}" if rule.max is not None else ""
        return f"{_points(rule.per)} for each unit of {field_label(field).lower()}{low}{high}."
    if rule.values is not None:
        said = [f"{word_label(field, word)} {_plain(given)}" for word, given in rule.values.items()]
    else:
        said = [f"{_range({'min': b.min, 'max': b.max})[3:]}: {_plain(b.points)}" for b in rule.bands or ()]
    if rule.other is not None:
        said.append(f"anything else {_plain(rule.other)}")
    return f"{', '.join(said)}."


def _reserves(plan: Plan) -> Iterator[Said]:
    for block in plan.blocks:
        where = "" if len(plan.blocks) == 1 else f" of the block {block.name}"
        if getattr(block.rule, "kind", "guarantee") != "guarantee":
            rule: Any = block.rule
            when = "before the open seats" if rule.kind == "first" else "over and above the open seats"
            yield Said(
                block.name, f"{_share(rule.seats, block.seats)}, given out {when}: {condition_words(rule.where)}."
            )
        for reserve in block.reserves:
            said = condition_words(reserve.rule.where)
            yield Said(reserve.name, f"{_share(reserve.rule.seats, reserve.seats)}{where}: {said}.")


def _share(stated: Any, seats: int) -> str:
    return f"{seats:,} seats" if isinstance(stated, int) else f"{stated}, that is {seats:,} seats"


def cap_words(rule: Cap, seats: int) -> str:
    """The limit of a cap, and for whom."""
    share = _share(rule.seats, seats)
    if rule.per is not None:
        return f"{share} for each {field_label(rule.per).lower()}."
    return f"{share}: {condition_words(rule.where or {})}."


def _ties(policy: Policy) -> Iterator[Said]:
    said = [
        f"{'lowest' if t.first == 'lowest' else 'highest'} {field_label(t.field).lower()}" for t in policy.ties.declared
    ]
    said = ["first to register" if one == "lowest submitted at" else one for one in said]
    if policy.ties.lottery:
        weight = policy.lottery.weight
        said.append("lot" if weight is None else f"lot, weighed by {field_label(weight).lower()}")
    if said:
        yield Said("Equal points", f"Decided by {listed(said, 'then by')}.")
    if policy.ties.lottery and policy.lottery.tickets == "per_block":
        yield Said("Tickets", "A fresh ticket for each block.")


def _points(number: Any) -> str:
    return f"{_plain(number)} {'point' if _plain(number) == '1' else 'points'}"


def _plain(number: Any) -> str:
    return canonical_text(number)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
