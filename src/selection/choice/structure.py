"""The structure class of a policy: what kind of groups it has, which method is exact, what a withdrawal may do.

A class is a promise for every pool, so it is given only where the policy proves it:

- two groups are nested or apart if their conditions say so, *and* what they make of missing fields does: somebody who
  left a field empty belongs to every group with `missing = "yes"`;
- "apart" is proved by a field that holds one value; a field may hold several (`sector`, and any other in a pool);
- a group lies within the values of a capped field only if that field decides it: the field itself, or a dated fact of
  the capped country, unless the applicants (or a decision table) bring that fact themselves;
- caps hold across blocks, so caps with more than one block are *general*, also where the second is the closing block
  that takes the seats a block with members of its own left unfilled.

Without caps, blocks one after the other keep the promise of each: an applicant whom an earlier block takes leaves a
later one with one candidate fewer, an unfilled seat gives it one seat more, and either admits at most one there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from selection.conditions import relation
from selection.policy import OPEN, Cap, Plan, PlannedBlock, PlannedCap, Reserve
from selection.profiles import Fields, country_fact
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
class Known:
    """What the class rests on beside the policy: fields of several values, and country facts that are brought along."""

    several: frozenset[str] = frozenset({"sector"})
    brought: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Structure:
    """The class of a policy and the pair of groups that puts it there; `caps_alone` if rank is all there is besides."""

    name: Class
    because: str
    caps_alone: bool = False

    @property
    def method(self) -> str:
        return METHODS["nested"] if self.caps_alone else METHODS[self.name]

    @property
    def withdrawals(self) -> str:
        return WITHDRAWALS[self.name]

    @property
    def sentence(self) -> str:
        return f"{self.name.capitalize()}: {self.because} {self.withdrawals}"


def known_of(fields: Fields) -> Known:
    """What the applicants of a pool add to the policy: which fields hold several values, which facts they bring."""
    columns = fields.pool.columns
    read = {fields.basis(name) for name in fields.policy.fields} & columns.keys()
    cells = {name: columns[name].values for name in read if columns[name].values.dtype == object}
    lists = {name for name, values in cells.items() if any(type(value) is tuple for value in values.tolist())}
    derived = {table.field for table in fields.policy.derive}
    return Known(frozenset(lists | {"sector"}), frozenset(name for name in {*columns, *derived} if country_fact(name)))


def classify(plan: Plan, known: Known | None = None) -> Structure:
    """The class a plan of seats has in every pool, as far as the policy (and what is known besides) proves it."""
    known = known or Known()
    rank_first = all(not any(r.seats for r in b.reserves) and b.fill == "priority_first" for b in plan.blocks)
    name, because = _named(plan, known)
    return Structure(name, because, rank_first)


def _named(plan: Plan, known: Known) -> tuple[Class, str]:
    if plan.caps and _several_blocks(plan.blocks):
        return "general", "caps hold across several blocks."
    caps = _crossing_caps(plan.caps, known)
    counting, reserves = _overlapping(plan.blocks, known)
    across = _crossing_reserve_and_cap(plan, known)
    if not (caps or reserves or across):
        return "nested", "every two groups of reserves and caps lie one inside the other or apart."
    if not plan.caps and counting == "once":
        return "once", f"{reserves} may overlap, each applicant fills one reserved seat, and there are no caps."
    because = f"{across or caps or reserves} may cross."
    return ("crossing" if caps is None and counting != "each" else "general"), because


def _several_blocks(blocks: Sequence[PlannedBlock]) -> bool:
    """Whether seats are given out more than once: the closing block comes after seats that members left unfilled."""
    return len(blocks) > 1 or any(block.rule is not None and block.unfilled == OPEN for block in blocks)


def _overlapping(blocks: Sequence[PlannedBlock], known: Known) -> tuple[str | None, str | None]:
    """The counting and the names of two reserves of one block that may cross; those that count each come first."""
    found: tuple[str | None, str | None] = (None, None)
    for block in blocks:
        needed = [reserve for reserve in block.reserves if reserve.seats]
        for one, other in combinations(needed, 2):
            if not _apart_or_inside(one.rule, other.rule, known):
                found = (block.counting, f"the reserves {one.name!r} and {other.name!r}")
                if block.counting == "each":
                    return found
    return found


def _apart_or_inside(one: Reserve | Cap, other: Reserve | Cap, known: Known) -> bool:
    """Whether two groups are nested or apart in every pool, those who left a field empty included."""
    lying = relation(one.group, other.group, lambda field: field not in known.several)
    mine, theirs = one.missing == "yes", other.missing == "yes"
    return {
        "same": True,
        "disjoint": not (mine and theirs),
        "inside": theirs or not mine,
        "contains": mine or not theirs,
        "unknown": False,
    }[lying]


def _crossing_caps(caps: Sequence[PlannedCap], known: Known) -> str | None:
    for cap in caps:
        if cap.rule.per in known.several:
            return f"the values of {cap.name!r}"
    for one, other in combinations(caps, 2):
        if not _caps_nested(one.rule, other.rule, known):
            return f"the caps {one.name!r} and {other.name!r}"
    return None


def _caps_nested(one: Cap, other: Cap, known: Known) -> bool:
    if one.per is None and other.per is None:
        return _apart_or_inside(one, other, known)
    if one.per is not None and other.per is not None:
        return _follows({one.per}, other.per, known) or _follows({other.per}, one.per, known)
    group, valued = (one, other) if one.per is None else (other, one)
    return _follows(group.fields, str(valued.per), known)


def _crossing_reserve_and_cap(plan: Plan, known: Known) -> str | None:
    for block in plan.blocks:
        for reserve in (r for r in block.reserves if r.seats):
            for cap in plan.caps:
                if not _reserve_nested(reserve.rule, cap.rule, known):
                    return f"the reserve {reserve.name!r} and the cap {cap.name!r}"
    return None


def _reserve_nested(reserve: Reserve, cap: Cap, known: Known) -> bool:
    if cap.per is None:
        return _apart_or_inside(reserve, cap, known)
    return _follows(reserve.fields, cap.per, known)


def _follows(fields: Iterable[str], basis: str, known: Known) -> bool:
    """Whether all these fields are known once `basis` is: the field itself, or a country's facts."""
    facts = {*COUNTRY_FACTS} if basis == "country" else {f"{basis}.{fact}" for fact in COUNTRY_FACTS}
    return set(fields) <= {basis} | (facts - known.brought)
