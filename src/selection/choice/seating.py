"""The seats of a call given out block by block, each block exactly, caps kept across all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from selection.choice.block import Solved, solve
from selection.choice.pivots import pivots
from selection.choice.problem import BlockProblem, Ints, Refusal
from selection.choice.signatures import CapKey, Signatures, signatures
from selection.errors import PolicyError
from selection.policy import CLOSING, OPEN, Plan, PlannedBlock
from selection.ranking import Ranking


@dataclass(frozen=True, eq=False)
class SeatedBlock:
    """One block after its turn.

    `block` with the seats it had in the end (unfilled seats of earlier blocks included); `ranks` its candidates in its
    order; `solved` its question and the exact answer; `held` ranks of those who held a seat here before;
    `left` seats nobody took.
    """

    block: PlannedBlock
    place: int
    ranks: Ints
    solved: Solved
    held: tuple[int, ...]
    left: int

    @property
    def filled(self) -> tuple[int, ...]:
        return self.solved.solution.filled

    @cached_property
    def turns(self) -> Ints:
        """For each rank its turn in this block (0 where it was no candidate)."""
        turns = np.zeros(int(self.ranks.max(initial=-1)) + 1, dtype=np.int64)
        turns[self.ranks] = np.arange(len(self.ranks))
        return turns

    @cached_property
    def pivots(self) -> Ints:
        """Per signature the rank before which one more of it would have got a seat here; -1 if no place is enough."""
        seated = np.append(self.ranks[self.solved.solution.taken], -1)
        return seated[pivots(self.solved.problem, self.solved.solution)]


@dataclass(frozen=True)
class Blocked:
    """The recorded cause why an applicant got no seat in a block."""

    block: str
    refusal: Refusal
    keys: tuple[CapKey, ...]
    reserves: tuple[str, ...]

    @property
    def cause(self) -> str:
        return self.refusal.cause


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Applicants who are left out of a ranking since none of them gets a seat.

    `number` per signature of the table how many; `roomy` the masks, in the block open to everybody, of those who would
    all sit if there were seats for everybody.
    """

    number: Ints
    roomy: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Choice:
    """Who got a seat in which block, and at what turn and why each other signature was refused.

    `block_of` per rank the place of the block in `blocks`, or -1; `seconds` the limit the solver was given; `left_out`
    who is not in the ranking.
    """

    ranking: Ranking
    plan: Plan
    signatures: Signatures
    block_of: npt.NDArray[np.int16]
    blocks: tuple[SeatedBlock, ...]
    seconds: float | None = None
    left_out: LeftOut | None = None

    @property
    def proved(self) -> bool:
        """Whether every block is known to be exact."""
        return all(seated.solved.solution.proved for seated in self.blocks)

    @cached_property
    def selected(self) -> npt.NDArray[np.bool_]:
        """Per rank, whether the applicant got a seat."""
        chosen: npt.NDArray[np.bool_] = self.block_of >= 0
        return chosen

    @cached_property
    def full_keys(self) -> Ints:
        """Per signature and column its cap key if the selected fill it, else -1."""
        return self.signatures.filled(self.signatures.code[self.selected])

    def under_full_cap(self, place: int) -> npt.NDArray[np.bool_]:
        """Per rank, whether the applicant is under a full key of the cap at this place of the plan."""
        mine = (self.full_keys >= 0) & (self.signatures.cap_of(self.full_keys) == place)
        return np.asarray(mine.any(axis=1)[self.signatures.code])

    def blocked(self, rank: int) -> Blocked | None:
        """Why the applicant at this rank got no seat in the block open to most; None if in no block at all."""
        signature = int(self.signatures.code[rank])
        home = int(self.home[signature])
        if home < 0:
            return None
        seated = self.blocks[home]
        refusal = seated.solved.refusal(signature, int(seated.turns[rank]))
        facts = refusal.facts
        numbers = facts.get("keys", (facts["key"],) if "key" in facts else ())
        names = tuple(seated.block.reserves[g].name for g in facts.get("reserves", ()))
        return Blocked(seated.block.name, refusal, tuple(map(self.signatures.key, numbers)), names)

    @cached_property
    def home(self) -> Ints:
        """Per signature the block whose refusal explains: the open one, else the last it is a member of, else -1."""
        return self.homes(self.signatures)

    def homes(self, table: Signatures) -> Ints:
        """The same for signatures of the plan that may have nobody here."""
        home = np.full(len(table.keys), -1, dtype=np.int64)
        for number, seated in enumerate(self.blocks):
            if seated.block.rule is not None:
                home[table.member[:, seated.place]] = number
        opened = [i for i, s in enumerate(self.blocks) if s.block.rule is None and s.block.name != CLOSING]
        if opened:
            home[:] = opened[0]
        return home

    def causes(self, ranks: Ints) -> npt.NDArray[np.int8]:
        """Why the applicants at these ranks got no seat, as places in `CAUSES`; -1 where no block was open to them."""
        codes = self.signatures.code[ranks]
        causes = np.full(len(ranks), -1, dtype=np.int8)
        for number, seated in enumerate(self.blocks):
            mine = self.home[codes] == number
            causes[mine] = seated.solved.causes(codes[mine], seated.turns[ranks[mine]])
        return causes


def choose(
    ranking: Ranking,
    plan: Plan | None = None,
    held: Mapping[int, str] | None = None,
    table: Signatures | None = None,
    seconds: float | None = None,
    left_out: LeftOut | None = None,
    seated: tuple[int, ...] = (),
) -> Choice:
    """Give out the seats of a plan (by default the policy's); `held` maps ranks that hold a seat already to blocks.

    `table` the signatures of an earlier choice over the same ranking, for a plan that differs in seats alone;
    `seconds` a limit for the solver in each block; `left_out` who is not in the ranking since they get no seat here;
    `seated` the masks, in the block open to everybody, of applicants who are not in the ranking but sit there.
    """
    plan = plan if plan is not None else ranking.assessment.policy.plan
    if table is None:
        table = signatures(ranking.assessment, plan, ranking.order)
    return _Seating(ranking, plan, table, held or {}, seconds, left_out, seated).run()


class _Seating:
    """The state of giving out seats: who sits where, and what is left under each cap."""

    def __init__(
        self,
        ranking: Ranking,
        plan: Plan,
        table: Signatures,
        held: Mapping[int, str],
        seconds: float | None,
        left_out: LeftOut | None,
        seated: tuple[int, ...],
    ) -> None:
        self.ranking, self.plan, self.table, self.held, self.seconds = ranking, plan, table, held, seconds
        self.left_out, self.seated = left_out, seated
        self.block_of = np.full(len(ranking), -1, dtype=np.int16)
        self.slack = table.limits.copy()
        self.extra = [0] * len(plan.blocks)
        self.closing = 0
        self.done: list[SeatedBlock] = []
        if held:
            self._use(table.code[list(held)])
        if (self.slack < 0).any():
            key = table.key(int(np.flatnonzero(self.slack < 0)[0]))
            what = f" ({key.value})" if key.value is not None else ""
            sentence = f"The applicants who already hold seats alone exceed the cap {key.cap!r}{what} of {key.seats:,}."
            raise PolicyError("held_exceed_cap", sentence, cap=key.cap, seats=key.seats)

    def run(self) -> Choice:
        for place, block in enumerate(self.plan.blocks):
            seats = block.seats + self.extra[place]
            left = self._seat(replace(block, seats=seats), place)
            self._pass_on(block, place, left)
        if self.closing:
            fill = self.plan.blocks[-1].fill
            closing = PlannedBlock(CLOSING, self.closing, None, (), "each", "order", fill, "hold")
            self._seat(closing, len(self.plan.blocks))
        return Choice(self.ranking, self.plan, self.table, self.block_of, tuple(self.done), self.seconds, self.left_out)

    def _seat(self, block: PlannedBlock, place: int) -> int:
        """Fill one block; the number of seats nobody took."""
        held = tuple(rank for rank, name in self.held.items() if name == block.name)
        seats = block.seats - len(held)
        if seats < 0:
            sentence = (
                f"{len(held):,} applicants already hold seats in block {block.name!r}, which has {block.seats:,}."
            )
            raise PolicyError("held_exceed_block", sentence, block=block.name, seats=block.seats)
        ranks = self._candidates(block, place)
        own = place < len(self.plan.blocks)
        masks = self.table.masks[:, place] if own else np.zeros(len(self.table.keys), dtype=np.int64)
        problem = BlockProblem(
            sequence=self.table.code[ranks],
            masks=masks,
            keys=self.table.keys,
            slack=self.slack,
            seats=seats,
            minimums=tuple(reserve.seats for reserve in block.reserves),
            counting=block.counting,
            compliance=block.compliance,
            fill=block.fill,
            held=tuple(int(masks[self.table.code[rank]]) for rank in held) + (() if block.rule else self.seated),
            further=self._further(block, place),
        )
        solved = solve(problem, seconds=self.seconds)
        taken = ranks[solved.solution.taken]
        number = len(self.done)
        self.block_of[taken] = number
        self.block_of[list(held)] = number
        self._use(self.table.code[taken])
        left = seats - len(taken)
        self.done.append(SeatedBlock(block, place, ranks, solved, held, left))
        return left

    def _candidates(self, block: PlannedBlock, place: int) -> Ints:
        free = self.block_of < 0
        free[list(self.held)] = False
        if block.rule is not None:
            free &= self.table.member[self.table.code, place]
        if self.ranking.assessment.policy.lottery.tickets == "per_block":
            order = self.ranking.for_block(block.name)
            return order[free[order]]
        return np.flatnonzero(free)

    def _further(self, block: PlannedBlock, place: int) -> Ints | None:
        """How many members of the block of each signature are left out of the ranking."""
        number = None if self.left_out is None else self.left_out.number
        if number is None or block.rule is None:
            return number
        return np.where(self.table.member[:, place], number, 0)

    def _use(self, codes: Ints) -> None:
        """Take the places of these signatures off the caps."""
        self.slack = self.slack - self.table.used(codes)

    def _pass_on(self, block: PlannedBlock, place: int, left: int) -> None:
        """Move unfilled seats where the block says."""
        if not left or block.unfilled == "hold":
            return
        later = list(enumerate(self.plan.blocks))[place + 1 :]
        if block.unfilled == OPEN:
            target = next((i for i, b in later if b.rule is None), None)
            if target is None:
                # What a block open to everybody leaves, nobody can take: no closing block would fill it either.
                self.closing += left if block.rule is not None else 0
                return
        else:
            target = next(i for i, b in later if b.name == block.unfilled)
        self.extra[target] += left
