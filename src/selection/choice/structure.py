"""The structure class of a policy: what kind of groups it has, which method is exact, what a withdrawal may do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from selection.policy import Cap, Plan, PlannedBlock, PlannedCap
from selection.policy.blocks import lying
from selection.vocabulary import COUNTRY_FACTS

Class = Literal["nested", "once", "crossing", "general"]

METHODS: dict[Class, str] = {
    "nested": "one pass in rank order",
    "once": "matroid greedy with augmenting paths",
    "crossing": "linear programme on signature counts",
    "general": "integer programme on signature counts",
}

WITHDRAWALS: dict[Class, str] = {
    "nested": "A withdrawal admits at most one applicant and costs nobody a seat.",
    "once": "A withdrawal admits at most one applicant and costs nobody a seat.",
    "crossing": "A withdrawal may cost somebody else a seat unless offers already made are locked.",
    "general": "A withdrawal may cost somebody else a seat unless offers already made are locked.",
}


@dataclass(frozen=True)
class Structure:
    """The class of a policy and the pair of groups that puts it there."""

    name: Class
    because: str

    @property
    def method(self) -> str:
        return METHODS[self.name]

    @property
    def withdrawals(self) -> str:
        return WITHDRAWALS[self.name]

    @property
    def sentence(self) -> str:
        return f"{self.name.capitalize()}: {self.because} {self.withdrawals}"


def classify(plan: Plan) -> Structure:
    """The class a plan of seats has in every pool, as far as the policy alone proves it."""
    crossing_caps = _crossing_caps(plan.caps)
    overlap = _overlapping(plan.blocks)
    across = _crossing_reserve_and_cap(plan)
    if len(plan.blocks) > 1 and plan.caps:
        return Structure("general", "caps hold across several blocks.")
    if overlap is None and crossing_caps is None and across is None:
        return Structure("nested", "every two groups of reserves and caps lie one inside the other or apart.")
    if not plan.caps and overlap is not None and overlap[0] == "once":
        return Structure(
            "once", f"{overlap[1]} may overlap, each applicant fills one reserved seat, and there are no caps."
        )
    pair = next(p for p in (across, crossing_caps, overlap and overlap[1]) if p)
    if crossing_caps is None and (overlap is None or overlap[0] == "once"):
        return Structure("crossing", f"{pair} may cross.")
    return Structure("general", f"{pair} may cross.")


def _overlapping(blocks: Sequence[PlannedBlock]) -> tuple[str, str] | None:
    """A pair of reserves of one block that may overlap without one containing the other, with their counting."""
    found: tuple[str, str] | None = None
    for block in blocks:
        needed = [reserve for reserve in block.reserves if reserve.seats]
        for one, other in combinations(needed, 2):
            if lying(one.rule.condition, other.rule.condition) == "unknown":
                found = (block.counting, f"the reserves {one.name!r} and {other.name!r}")
                if block.counting == "each":
                    return found
    return found


def _crossing_caps(caps: Sequence[PlannedCap]) -> str | None:
    for cap in caps:
        if cap.rule.per == "sector":
            return f"the values of {cap.name!r}"
    for one, other in combinations(caps, 2):
        if not _caps_nested(one.rule, other.rule):
            return f"the caps {one.name!r} and {other.name!r}"
    return None


def _caps_nested(one: Cap, other: Cap) -> bool:
    if one.condition is not None and other.condition is not None:
        return lying(one.condition, other.condition) != "unknown"
    if one.per is not None and other.per is not None:
        return one.per == other.per or _follows({one.per}, other.per) or _follows({other.per}, one.per)
    group, valued = (one, other) if one.condition is not None else (other, one)
    return _follows(group.fields, str(valued.per))


def _crossing_reserve_and_cap(plan: Plan) -> str | None:
    for block in plan.blocks:
        for reserve in (r for r in block.reserves if r.seats):
            for cap in plan.caps:
                if cap.rule.condition is not None:
                    nested = lying(reserve.rule.condition, cap.rule.condition) != "unknown"
                else:
                    nested = _follows(reserve.rule.fields, str(cap.rule.per))
                if not nested:
                    return f"the reserve {reserve.name!r} and the cap {cap.name!r}"
    return None


def _follows(fields: Iterable[str], basis: str) -> bool:
    """Whether all these fields are known once `basis` is: the field itself, or a country's facts."""
    facts = {basis} | ({*COUNTRY_FACTS} if basis == "country" else {f"{basis}.{fact}" for fact in COUNTRY_FACTS})
    return set(fields) <= facts
