"""Reserves that could not be filled: why, and the smallest single change of the policy that would fill them.

Every cause and every repair is found by giving out the seats again with that one thing changed, so it is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from selection.choice import Choice, SeatedBlock, choose
from selection.policy import Plan, PlannedBlock, PlannedCap, PlannedReserve

if TYPE_CHECKING:
    from selection.outcome.outcome import Outcome

ShortCause = Literal["too_few_eligible", "cap", "other_reserve", "combination"]


@dataclass(frozen=True)
class Shortfall:
    """A reserve that kept more seats than could be filled, with the causes that each alone explain it.

    `members` how many eligible applicants of the block belong to the group; `causes` pairs of a code and the name of
    the cap or reserve whose removal alone would fill the reserve.
    """

    block: str
    reserve: str
    seats: int
    filled: int
    members: int
    causes: tuple[tuple[ShortCause, str | None], ...]

    @property
    def short(self) -> int:
        return self.seats - self.filled


@dataclass(frozen=True)
class Repair:
    """One number of the policy changed as little as fills every reserve, and whom that would add and remove."""

    change: Literal["reserve", "cap", "capacity"]
    name: str
    before: int
    after: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


def shortfalls(outcome: Outcome) -> tuple[Shortfall, ...]:
    """Every reserve that is short, in the order of the policy."""
    return tuple(
        _shortfall(outcome, place, seated, g)
        for place, seated in enumerate(outcome.choice.blocks)
        for g, reserve in enumerate(seated.block.reserves)
        if seated.filled[g] < reserve.seats
    )


def repairs(outcome: Outcome) -> tuple[Repair, ...]:
    """The smallest single changes that leave no reserve short; empty where none is short or no single change helps."""
    if not shortfalls(outcome):
        return ()
    return tuple(_repairs(outcome))


def _shortfall(outcome: Outcome, place: int, seated: SeatedBlock, g: int) -> Shortfall:
    reserve = seated.block.reserves[g]
    codes = outcome.choice.signatures.code[np.union1d(seated.ranks, np.array(seated.held, dtype=np.int64))]
    members = int((outcome.choice.signatures.masks[codes, seated.place] >> g & 1).sum())
    causes: list[tuple[ShortCause, str | None]] = []
    if members < reserve.seats:
        causes.append(("too_few_eligible", None))
    else:
        causes += _causes(outcome, place, g, reserve.seats)
    return Shortfall(
        seated.block.name,
        reserve.name,
        reserve.seats,
        seated.filled[g],
        members,
        tuple(causes or [("combination", None)]),
    )


def _causes(outcome: Outcome, place: int, g: int, seats: int) -> Iterator[tuple[ShortCause, str | None]]:
    plan = outcome.choice.plan
    for cap in plan.caps:
        if _again(outcome, _cap_at(plan, cap, len(outcome.ranking))).blocks[place].filled[g] >= seats:
            yield "cap", cap.name
    block = plan.blocks[outcome.choice.blocks[place].place]
    for other in block.reserves:
        without = _reserve_at(plan, block, other.name, 0)
        if other is not block.reserves[g] and _again(outcome, without).blocks[place].filled[g] >= seats:
            yield "other_reserve", other.name


def _repairs(outcome: Outcome) -> Iterator[Repair]:
    plan, most = outcome.choice.plan, len(outcome.ranking)
    for seated in outcome.choice.blocks:
        if seated.place < len(plan.blocks):
            block = plan.blocks[seated.place]
            for reserve in block.reserves:
                lower = _smallest(outcome, 0, reserve.seats, partial(_lowered, plan, block, reserve))
                if lower is not None:
                    number, choice = lower
                    yield _priced(outcome, choice, "reserve", reserve.name, reserve.seats, reserve.seats - number)
    for cap in plan.caps:
        raised = _smallest(outcome, cap.seats, most, partial(_cap_at, plan, cap))
        if raised is not None:
            yield _priced(outcome, raised[1], "cap", cap.name, cap.seats, raised[0])
    grown = _smallest(outcome, 0, most, partial(_more_seats, outcome))
    if grown is not None:
        yield _priced(outcome, grown[1], "capacity", "capacity", plan.capacity, plan.capacity + grown[0])


def _smallest(outcome: Outcome, low: int, high: int, changed: Callable[[int], Plan]) -> tuple[int, Choice] | None:
    """The smallest number above `low` that leaves no reserve short: feasible sets only grow with it, so bisection."""
    best = _whole(outcome, changed(high)) if high > low else None
    if best is None:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        choice = _whole(outcome, changed(middle))
        if choice is None:
            low = middle
        else:
            high, best = middle, choice
    return high, best


def _whole(outcome: Outcome, plan: Plan) -> Choice | None:
    choice = _again(outcome, plan)
    full = all(
        have >= reserve.seats
        for seated in choice.blocks
        for have, reserve in zip(seated.filled, seated.block.reserves, strict=True)
    )
    return choice if full else None


def _again(outcome: Outcome, plan: Plan) -> Choice:
    table = outcome.choice.signatures.under(plan)
    return choose(outcome.ranking, plan, outcome.held, table, outcome.choice.seconds)


def _cap_at(plan: Plan, cap: PlannedCap, seats: int) -> Plan:
    return replace(plan, caps=tuple(replace(c, seats=seats) if c is cap else c for c in plan.caps))


def _reserve_at(plan: Plan, block: PlannedBlock, name: str, seats: int) -> Plan:
    reserves = tuple(replace(r, seats=seats) if r.name == name else r for r in block.reserves)
    return _with_block(plan, block, replace(block, reserves=reserves))


def _lowered(plan: Plan, block: PlannedBlock, reserve: PlannedReserve, by: int) -> Plan:
    return _reserve_at(plan, block, reserve.name, reserve.seats - by)


def _more_seats(outcome: Outcome, number: int) -> Plan:
    """The same reserves with so many more seats in the first block that is short."""
    short = next(
        seated.place
        for seated in outcome.choice.blocks
        if any(have < r.seats for have, r in zip(seated.filled, seated.block.reserves, strict=True))
    )
    block = outcome.choice.plan.blocks[short]
    return _with_block(outcome.choice.plan, block, replace(block, seats=block.seats + number))


def _with_block(plan: Plan, block: PlannedBlock, other: PlannedBlock) -> Plan:
    return replace(plan, blocks=tuple(other if b is block else b for b in plan.blocks))


def _priced(
    outcome: Outcome, choice: Choice, change: Literal["reserve", "cap", "capacity"], name: str, before: int, after: int
) -> Repair:
    ids = outcome.intake.pool.ids[outcome.ranking.order]
    added = ids[choice.selected & ~outcome.choice.selected].tolist()
    removed = ids[outcome.choice.selected & ~choice.selected].tolist()
    return Repair(change, name, before, after, tuple(map(str, added)), tuple(map(str, removed)))
