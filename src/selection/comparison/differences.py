"""What one policy says otherwise than another, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from selection.applicants import canonical_text
from selection.policy import Policy, Reserve

_NAMED = ("eligible", "tier", "points", "derive", "reserve", "cap", "block")


def differences(one: Policy, other: Policy) -> tuple[str, ...]:
    """Each difference of the second policy from the first, in the order of a policy file; empty for the same policy."""
    before, after = one.to_dict(), other.to_dict()
    said = [*_keys("", before, after, skip=_NAMED)]
    for kind in _NAMED:
        said += _rules(kind, before.get(kind, ()), after.get(kind, ()))
    return (*said, *_shares(one, other))


def _shares(one: Policy, other: Policy) -> Iterator[str]:
    """Reserves and caps that both policies state as the same share, and that come to other numbers of seats."""
    old, new = (dict(_seated(policy)) for policy in (one, other))
    for rule, (stated, seats) in new.items():
        if rule in old and old[rule][0] == stated and old[rule][1] != seats:
            yield f"{rule}: {stated} comes to {seats:,} seats instead of {old[rule][1]:,}"


def _seated(policy: Policy) -> Iterator[tuple[str, tuple[int | str, int]]]:
    """Each reserve and cap with its seats as stated and as a whole number."""
    for block in policy.plan.blocks:
        if isinstance(block.rule, Reserve):
            yield f"reserve {block.name!r}", (block.rule.seats, block.seats)
        for reserve in block.reserves:
            yield f"reserve {reserve.name!r}", (reserve.rule.seats, reserve.seats)
    for cap in policy.plan.caps:
        yield f"cap {cap.name!r}", (cap.rule.seats, cap.seats)


def _keys(where: str, before: Mapping[str, Any], after: Mapping[str, Any], skip: tuple[str, ...]) -> Iterator[str]:
    for key in dict.fromkeys([*before, *after]):
        if key not in skip and before.get(key) != after.get(key):
            yield f"{where}{key}: {_said(before.get(key))} becomes {_said(after.get(key))}"


def _rules(kind: str, before: Any, after: Any) -> Iterator[str]:
    """Rules taken out, put in, changed, or put in another order."""
    old, new = ({rule.get("name", rule.get("field")): rule for rule in rules} for rules in (before, after))
    for name in old.keys() - new.keys():
        yield f"{kind} {name!r} is taken out"
    for name, rule in new.items():
        if name not in old:
            yield f"{kind} {name!r} is new: {_said({k: v for k, v in rule.items() if k != 'name'})}"
        else:
            yield from _keys(f"{kind} {name!r}: ", old[name], rule, skip=("name", "reserve"))
            yield from _rules(f"{kind} {name!r}: reserve", old[name].get("reserve", ()), rule.get("reserve", ()))
    if [n for n in old if n in new] != [n for n in new if n in old]:
        yield f"{kind}: the order becomes {', '.join(map(repr, new))}"


def _said(value: Any) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_said(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_said, value)) + "]"
    return repr(value) if isinstance(value, str) else canonical_text(value)
