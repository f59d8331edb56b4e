"""Who would replace whom, before it happens: one answer for each applicant with a seat.

With every other seat locked, what follows from one withdrawal depends only on the leaver's signature and block, and
at most one seat is free if none was before. Whoever takes it is then found by looking at the best applicant of each
signature: the set of at most one that is best by compliance, seats and rank. Everything else is run exactly, once for
each signature and block (with locks) or for each applicant (without).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from selection.applicants import objects
from selection.choice import Signatures
from selection.choice.once import bits, matching
from selection.choice.problem import Ints
from selection.outcome import Outcome
from selection.policy import CLOSING, OPEN, Plan, PlannedBlock
from selection.replacement.seats import Lock, Seats, kept, known, target

Answered = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Substitute:
    """What one withdrawal would lead to: who leaves, from which block, who comes in, who else would lose a seat."""

    id: str
    rank: int
    block: str
    admitted: tuple[str, ...]
    removed: tuple[str, ...]


def substitutes(outcome: Outcome, lock: Lock, ids: Iterable[str] | None = None) -> list[Substitute]:
    """For each applicant with a seat (or each of `ids`, those without a seat left out) who would come in, exactly."""
    seats = Seats.of(outcome)
    asked = sorted(seats.block) if ids is None else sorted({int(outcome.rank_of[outcome.place(one)]) for one in ids})
    finder = _Finder(outcome, seats, _same_as_locked(outcome, lock))
    name = outcome.intake.pool.ids[outcome.ranking.order]
    found = []
    for rank in (rank for rank in asked if rank in seats.block):
        admitted, removed = (tuple(str(name[r]) for r in ranks) for ranks in finder.answer(rank, lock))
        found.append(Substitute(str(name[rank]), rank + 1, seats.block[rank], admitted, removed))
    return found


def _same_as_locked(outcome: Outcome, lock: Lock) -> bool:
    """Whether locks decide nothing: in a single block of a nested or once policy nobody ever loses a seat."""
    single = len(outcome.choice.blocks) == 1 and not len(getattr(outcome, "rounds", ()))
    return lock == "selected" or (single and outcome.structure.name in ("nested", "once"))


class _Finder:
    """Answers to single withdrawals, each worked out once."""

    def __init__(self, outcome: Outcome, seats: Seats, locked: bool) -> None:
        self.outcome, self.seats, self.locked = outcome, seats, locked
        self.quick = locked and all(seated.left == 0 for seated in outcome.choice.blocks)
        self.answers: dict[tuple[int, str], Answered] = {}
        self.blocks: dict[str, _FreeSeat] = {}

    def answer(self, rank: int, lock: Lock) -> Answered:
        """The ranks that come in and those that lose a seat if the applicant at this rank withdraws."""
        if not self.locked:
            return self.run(rank, lock)
        key = (int(self.outcome.choice.signatures.code[rank]), self.seats.block[rank])
        if key not in self.answers:
            self.answers[key] = self.look_up(*key) if self.quick else self.run(rank, "selected")
        return self.answers[key]

    def run(self, rank: int, lock: Lock) -> Answered:
        """The exact choice among the others."""
        after = self.seats.without(frozenset([rank]), lock).seats.block.keys()
        before = self.seats.block.keys() - {rank}
        return tuple(sorted(after - before)), tuple(sorted(before - after))

    def look_up(self, signature: int, block: str) -> Answered:
        """The best set of at most one for the one seat that comes free."""
        if block not in self.blocks:
            self.blocks[block] = _FreeSeat.of(self.outcome, self.seats, block)
        rank = self.blocks[block].taken_by(signature)
        return ((rank,) if rank is not None else ()), ()


@dataclass(frozen=True, eq=False)
class _FreeSeat:
    """One seat left by somebody in `block`; it is block `start`'s of the plan, and goes on from there."""

    outcome: Outcome
    seats: Seats
    block: str
    plan: Plan
    start: int
    heads: dict[str, tuple[Ints, Ints]]
    sitting: dict[int, Counter[int]]

    @classmethod
    def of(cls, outcome: Outcome, seats: Seats, block: str) -> _FreeSeat:
        held = seats.taken - Counter([block])
        plan = kept(outcome.policy.plan, held, seats.taken)
        start = next(place for place, one in enumerate(plan.blocks) if one.seats > held[one.name])
        return cls(outcome, seats, block, plan, start, {}, {})

    @cached_property
    def table(self) -> Signatures:
        return known(self.outcome, self.plan)

    @cached_property
    def slack(self) -> Ints:
        """Seats left under each cap key while the seat is still taken."""
        used = self.table.keys[self.table.code[sorted(self.seats.block)]]
        return self.table.limits - np.bincount(used[used >= 0], minlength=len(self.table.limits))

    def taken_by(self, signature: int) -> int | None:
        """The rank that takes the seat an applicant of this signature leaves, block after block; None if nobody can."""
        room = self.slack.copy()
        keys = self.table.keys[signature]
        room[keys[keys >= 0]] += 1
        has_room = np.append(room > 0, True)
        free = has_room[self.table.keys].all(axis=1)
        place: int | None = self.start
        while place is not None:
            found = self._best(place, free, signature)
            onward = target(self.plan.blocks, place)
            if found is not None or (onward is None and self.plan.blocks[place].unfilled != OPEN):
                return found
            place = onward
        return self._first(free, CLOSING)

    def _best(self, place: int, free: Any, signature: int) -> int | None:
        """The best candidate of a block by compliance, then rank."""
        block = self.plan.blocks[place]
        open_to = self.table.member[:, place] & free
        if not any(reserve.seats for reserve in block.reserves):
            return self._first(open_to, block.name)
        masks = self.table.masks[:, place]
        sitting = self._sitting(place)
        if block.name == self.block:
            sitting = sitting - Counter([int(masks[signature])])
        worth = {mask: _reached(block, sitting, mask) for mask in set(masks[open_to & self._there].tolist())}
        if not worth:
            return None
        most = max(worth.values())
        return self._first(open_to & np.isin(masks, [m for m, w in worth.items() if w == most]), block.name)

    @cached_property
    def _there(self) -> Any:
        """Per signature whether anybody without a seat has it."""
        there = np.zeros(len(self.table.keys), dtype=bool)
        there[self.table.code[~self.outcome.choice.selected]] = True
        return there

    def _first(self, wanted: Any, block: str) -> int | None:
        """The first without a seat, in a block's order, whose signature is wanted."""
        ranks, turns = self._heads(block)
        best = int(np.argmin(np.where(wanted, turns, len(ranks)))) if len(wanted) else 0
        return int(ranks[turns[best]]) if len(wanted) and wanted[best] and turns[best] < len(ranks) else None

    def _heads(self, block: str) -> tuple[Ints, Ints]:
        """The ranks without a seat in a block's order, and per signature where its first stands among them."""
        if block not in self.heads:
            order = self.outcome.ranking.for_block(block)
            ranks = order[~self.outcome.choice.selected[order]]
            turns = np.full(len(self.table.keys), len(ranks), dtype=np.int64)
            turns[self.table.code[ranks[::-1]]] = np.arange(len(ranks) - 1, -1, -1)
            self.heads[block] = ranks, turns
        return self.heads[block]

    def _sitting(self, place: int) -> Counter[int]:
        """How many of each mask sit in a block."""
        if place not in self.sitting:
            name, masks = self.plan.blocks[place].name, self.table.masks[:, place]
            ranks = [rank for rank, block in self.seats.block.items() if block == name]
            self.sitting[place] = Counter(masks[self.table.code[ranks]].tolist())
        return self.sitting[place]


def _reached(block: PlannedBlock, sitting: Counter[int], mask: int) -> tuple[int, ...]:
    """The compliance of a block with one more applicant of a mask, so that the greater is the better."""
    minimums = [reserve.seats for reserve in block.reserves]
    together = sitting + Counter([mask])
    if block.counting == "once":
        vector = matching(together, minimums).filled
    else:
        members = Counter[int]()
        for one, number in together.items():
            members.update(dict.fromkeys(bits(one), number))
        vector = tuple(min(members[g], least) for g, least in enumerate(minimums))
    return vector if block.compliance == "order" else (sum(vector),)


def replacements(outcome: Outcome, ids: Iterable[str] | None = None, lock: Lock | None = None) -> Any:
    """A row for each applicant with a seat: who would come in if they withdrew, and who would lose a seat by it.

    Columns: id, rank, tier, block, replaced_by, loses; several ids joined by a semicolon and a space, None for nobody.
    """
    from selection.intake.natives import native
    from selection.replacement.rounds import chosen_lock

    rows = substitutes(outcome, chosen_lock(outcome, lock), ids)
    places = outcome.ranking.order[[row.rank - 1 for row in rows]] if rows else np.empty(0, dtype=np.int64)
    cells = {
        "id": objects([row.id for row in rows]),
        "rank": np.array([row.rank for row in rows], dtype=np.int64),
        "tier": outcome.assessment.tier[places],
        "block": objects([row.block for row in rows]),
        "replaced_by": objects(["; ".join(row.admitted) or None for row in rows]),
        "loses": objects(["; ".join(row.removed) or None for row in rows]),
    }
    return native(cells, outcome.intake.kind)
