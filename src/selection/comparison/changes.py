"""A policy with some numbers changed, and its outcome over the same pool: weighed again only where it must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selection.choice import choose
from selection.errors import PolicyError, did_you_mean
from selection.outcome import Outcome, select
from selection.outcome.ties import check_ties
from selection.policy import Policy

if TYPE_CHECKING:
    from selection.policy import Criterion

Seats = Mapping[str, int | str]

#: What a criterion may be given anew by name; any other key is a value of its field.
_PARTS = frozenset({"values", "other", "per", "min", "max", "bands", "points", "take", "missing"})


def changed(
    policy: Policy,
    capacity: int | None = None,
    reserve: Seats | None = None,
    cap: Seats | None = None,
    points: Mapping[str, Any] | None = None,
) -> Policy:
    """The policy with other seats or points; `PolicyError` for a name it does not have, or where seats do not add up.

    `points` gives a criterion another number (of points, or for each unit), or a table with parts of it: points by
    value, or any of values, other, per, min, max, bands, points.
    """
    update: dict[str, Any] = {}
    if capacity is not None:
        update["capacity"] = capacity
    if reserve:
        named = [*policy.reserve, *(r for b in policy.block for r in b.reserve)]
        _check("reserve", reserve, [r.name for r in named])
        update["reserve"] = _reseated(policy.reserve, reserve)
        update["block"] = tuple(b.model_copy(update={"reserve": _reseated(b.reserve, reserve)}) for b in policy.block)
    if cap:
        _check("cap", cap, [c.name for c in policy.cap])
        update["cap"] = _reseated(policy.cap, cap)
    if points:
        _check("points", points, [c.name for c in policy.points])
        update["points"] = tuple(_weighed(c, points[c.name]) if c.name in points else c for c in policy.points)
    return policy.model_copy(update=update)


def _check(kind: str, given: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in given:
        if name not in names:
            known = ", ".join(map(repr, names)) or "none"
            sentence = f"The policy has no {kind} called {name!r}.{did_you_mean(name, names)} It has: {known}."
            raise PolicyError("unknown_name", sentence, kind=kind, name=name, known=list(names))


def _reseated(rules: Sequence[Any], seats: Seats) -> tuple[Any, ...]:
    return tuple(r.model_copy(update={"seats": seats[r.name]}) if r.name in seats else r for r in rules)


def _weighed(criterion: Criterion, given: Any) -> Criterion:
    if isinstance(given, Mapping):
        if set(given) <= _PARTS:
            return criterion.model_copy(update=dict(given))
        if criterion.values is not None:
            return criterion.model_copy(update={"values": {**criterion.values, **given}})
    way = "points" if criterion.where is not None else "per" if criterion.per is not None else None
    if way is None or isinstance(given, Mapping):
        sentence = (
            f"The criterion {criterion.name!r} gives points by value or by band: say which, as in "
            f'{{"values": {{...}}}} or {{"bands": [...]}}.'
        )
        raise PolicyError("which_points", sentence, criterion=criterion.name)
    return criterion.model_copy(update={way: given})


def again(outcome: Outcome, policy: Policy | Mapping[str, Any] | str | Path) -> Outcome:
    """The same pool and seed under another policy; where only seats differ, everybody keeps score and rank."""
    if not isinstance(policy, Policy):
        policy = Policy.model_validate(dict(policy)) if isinstance(policy, Mapping) else Policy.load(policy)
    if _without_seats(policy) != _without_seats(outcome.policy):
        return select(outcome.intake, policy, seed=outcome.seed, seconds=outcome.choice.seconds)
    assessment = replace(outcome.assessment, policy=policy)
    ranking = replace(outcome.ranking, assessment=assessment)
    table = replace(outcome.choice.signatures.under(policy.plan), assessment=assessment)
    choice = choose(ranking, policy.plan, outcome.held, table, outcome.choice.seconds)
    made = Outcome(outcome.intake, policy, outcome.seed, assessment, ranking, choice, outcome.held)
    check_ties(made)
    return made


def _without_seats(policy: Policy) -> dict[str, Any]:
    """Everything a policy says but numbers of seats."""
    said = policy.to_dict()
    for key in ("title", "capacity", "waitlist"):
        said.pop(key, None)
    for kind in ("reserve", "cap", "block"):
        for rule in said.get(kind, ()):
            for one in (rule, *rule.get("reserve", ())):
                one.pop("seats", None)
                one.pop("round", None)
    return said
