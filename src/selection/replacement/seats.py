"""Seats that are kept: whoever is locked stays in their block, and so does a seat that came there from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from selection.choice import Choice, Signatures, choose
from selection.outcome import Outcome
from selection.outcome.selecting import held_seats
from selection.policy import CLOSING, OPEN, Plan, PlannedBlock
from selection.ranking import Ranking

Lock = Literal["selected", "none"]
LOCKS: Final[tuple[Lock, ...]] = ("selected", "none")
Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Seats:
    """Which ranks of an outcome remain (`left`, ascending), and in which block each seated one sits."""

    outcome: Outcome
    left: Ranks
    block: Mapping[int, str]

    @classmethod
    def of(cls, outcome: Outcome) -> Seats:
        """The seats as an outcome gave them out."""
        names = [seated.block.name for seated in outcome.choice.blocks]
        given = np.flatnonzero(outcome.choice.selected)
        blocks = {int(r): names[b] for r, b in zip(given, outcome.choice.block_of[given], strict=True)}
        return cls(outcome, np.arange(len(outcome.ranking)), blocks)

    @cached_property
    def taken(self) -> Counter[str]:
        """How many sit in each block."""
        return Counter(self.block.values())

    @cached_property
    def pinned(self) -> frozenset[int]:
        """The ranks of those the policy itself holds seats for."""
        places, rank_of = self.outcome.intake.pool.places, self.outcome.rank_of
        earlier = [one for made in getattr(self.outcome, "rounds", ()) for one in made.pinned]
        there = [int(rank_of[places[one]]) for one in (*self.outcome.policy.pinned, *earlier) if one in places]
        return frozenset(there) & self.block.keys()

    def without(self, gone: frozenset[int], lock: Lock, pinned: frozenset[int] = frozenset()) -> Answer:
        """Answer the withdrawal of these ranks: the exact choice among the others, locked and pinned seats kept."""
        left = self.left[~np.isin(self.left, list(gone))]
        locked = sorted(
            (self.block.keys() if lock == "selected" else self.pinned | (pinned & self.block.keys())) - gone
        )
        seats = {r: self.block[r] for r in locked}
        seats |= self._seats_for(sorted(pinned - seats.keys()), Counter(seats.values()))
        held = {int(np.searchsorted(left, r)): seats[r] for r in sorted(seats)}
        policy_plan = self.outcome.policy.plan
        plan = kept(policy_plan, Counter(held.values()), self.taken) if lock == "selected" else policy_plan
        seconds = self.outcome.choice.seconds
        choice = choose(_ranked(self.outcome.ranking, left), plan, held, known(self.outcome, plan, left), seconds)
        names = [seated.block.name for seated in choice.blocks]
        given = np.flatnonzero(choice.selected)
        after = {int(left[r]): names[b] for r, b in zip(given, choice.block_of[given], strict=True)}
        return Answer(choice, held, Seats(self.outcome, left, after))

    def _seats_for(self, pinned: Sequence[int], taken: Mapping[str, int]) -> dict[int, str]:
        """In which block each newly pinned rank gets a seat."""
        if not pinned:
            return {}
        outcome = self.outcome
        places = outcome.ranking.order[list(pinned)].tolist()
        return held_seats(outcome.policy.plan, outcome.assessment, places, outcome.rank_of, taken)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a withdrawal led to: the choice among those left, which of its ranks were held, the seats afterwards."""

    choice: Choice
    held: Mapping[int, str]
    seats: Seats


def _ranked(ranking: Ranking, left: Ranks) -> Ranking:
    """The same order among fewer; ties are numbered anew."""
    _, ties = np.unique(ranking.ties[left], return_inverse=True)
    return replace(ranking, order=ranking.order[left], ties=ties.astype(np.int64))


def known(outcome: Outcome, plan: Plan, left: Ranks | None = None) -> Signatures:
    """The signatures of an outcome (of those left), for a plan that may have a closing block open to all."""
    table = outcome.choice.signatures
    member, masks = table.member[:, : len(plan.blocks)], table.masks[:, : len(plan.blocks)]
    if more := len(plan.blocks) - member.shape[1]:
        member = np.hstack([member, np.ones((len(member), more), dtype=bool)])
        masks = np.hstack([masks, np.zeros((len(masks), more), dtype=np.int64)])
    code = table.code if left is None else table.code[left]
    return replace(table, code=code, member=member, masks=masks, plan=plan)


def kept(plan: Plan, held: Mapping[str, int], taken: Mapping[str, int]) -> Plan:
    """The plan in which every held seat is one of its block's own.

    Unfilled seats move on to a later block. Where more are held in a block than it has, the seats that had come there
    (`taken`: how many sat in each block when they came) stay, and the blocks they came from have so many fewer; once
    such a seat is given back, it is its first block's again. Seats that nothing explains are taken in block order.
    """
    closing = PlannedBlock(CLOSING, 0, None, (), "each", "order", plan.blocks[-1].fill, "hold")
    blocks = (*plan.blocks, closing) if held.get(CLOSING) else plan.blocks
    seats = [block.seats for block in blocks]
    if all(held.get(block.name, 0) <= block.seats for block in blocks):
        return plan
    goes = [target(blocks, place) for place in range(len(blocks))]
    came = _came(blocks, goes, taken)
    for place in range(len(blocks) - 1, -1, -1):
        for giver in (g for g in range(place) if goes[g] == place):
            _give(seats, giver, place, min(held.get(blocks[place].name, 0) - seats[place], came[giver]))
    for place, block in enumerate(blocks):
        for giver, other in enumerate(blocks):
            short, spare = held.get(block.name, 0) - seats[place], seats[giver] - held.get(other.name, 0)
            _give(seats, giver, place, min(short, spare))
    return replace(plan, blocks=tuple(replace(b, seats=n) for b, n in zip(blocks, seats, strict=True)))


def _give(seats: list[int], giver: int, place: int, number: int) -> None:
    if number > 0:
        seats[giver] -= number
        seats[place] += number


def target(blocks: Sequence[PlannedBlock], place: int) -> int | None:
    """To which of these blocks the unfilled seats of one go; None if they stay empty or close the seating."""
    named = blocks[place].unfilled
    later = range(place + 1, len(blocks))
    if named == OPEN:
        return next((i for i in later if blocks[i].rule is None), None)
    return next((i for i in later if blocks[i].name == named), None)


def _came(blocks: Sequence[PlannedBlock], goes: Sequence[int | None], taken: Mapping[str, int]) -> list[int]:
    """How many seats each block handed on when so many were taken."""
    seats = [block.seats for block in blocks]
    handed = [0] * len(blocks)
    for place, goal in enumerate(goes):
        if goal is not None:
            handed[place] = max(seats[place] - taken.get(blocks[place].name, 0), 0)
            seats[goal] += handed[place]
    return handed


def compliance(choice: Choice, plan: Plan) -> dict[str, tuple[int, int]]:
    """What each reserve reached and how many seats it states, also where its seats are a block of their own."""
    reached: dict[str, tuple[int, int]] = {}
    stated = {block.name: block.seats for block in plan.blocks}
    for number, seated in enumerate(choice.blocks):
        for reserve, filled in zip(seated.block.reserves, seated.filled, strict=True):
            reached[reserve.name] = (filled, reserve.seats)
        if is_reserve(seated.block.rule):
            sitting = int((choice.block_of == number).sum())
            seats = stated[seated.block.name]
            reached[seated.block.name] = (min(sitting, seats), seats)
    return reached


def is_reserve(rule: Any) -> bool:
    """Whether a block is the seats of a reserve that takes seats of its own."""
    return getattr(rule, "kind", "guarantee") != "guarantee"
