"""One block's question in numbers: who may sit here, in rank order, under which minimums and caps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from selection.numbering import combine, turn_within
from selection.policy.reserves import Compliance, Counting, Fill

Ints = npt.NDArray[np.int64]
Cause = Literal["capacity", "cap", "reserved", "combination"]
CAUSES: Final[tuple[Cause, ...]] = ("capacity", "cap", "reserved", "combination")


@dataclass(frozen=True)
class Refusal:
    """Why a signature got no further seat in a block, recorded at its turn.

    `turn` the place in the block's order at which its next member was refused; `cause` what stood in the way;
    `facts` the full cap key, or the reserves whose missing seats were kept.
    """

    turn: int
    cause: Cause
    facts: Mapping[str, Any] = field(default_factory=dict)


class Refusals(Mapping[int, Refusal]):
    """The refusals of a block, found when somebody asks for them."""

    def __init__(self, find: Callable[[], Mapping[int, Refusal]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> Mapping[int, Refusal]:
        return self._find()

    def __getitem__(self, signature: int) -> Refusal:
        return self._found[signature]

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True, eq=False)
class BlockProblem:
    """The candidates of a block in rank order, known only by their signature.

    `sequence` the signature of each candidate, best rank first; `masks` per signature the reserves it counts for (bit
    g for reserve g); `keys` per signature its cap keys, one column per cap family, -1 for none; `slack` seats left
    under each cap key; `held` the masks of applicants who already hold a seat here (their seats and cap places are
    already taken off `seats` and `slack`); `further` per signature how many more candidates it has, all behind those in
    `sequence` and none of whom can be taken: they count where it is asked what is possible.
    """

    sequence: Ints
    masks: Ints
    keys: Ints
    slack: Ints
    seats: int
    minimums: tuple[int, ...]
    counting: Counting
    compliance: Compliance
    fill: Fill
    held: tuple[int, ...] = ()
    further: Ints | None = None

    @property
    def listed(self) -> Ints:
        """How many candidates of each signature stand in the sequence."""
        return np.bincount(self.sequence, minlength=len(self.masks)).astype(np.int64)

    @property
    def supply(self) -> Ints:
        """How many candidates each signature has."""
        return self.listed if self.further is None else self.listed + self.further


@dataclass(frozen=True, eq=False)
class Solution:
    """Who sits in a block.

    `taken` per candidate; `filled` the compliance vector: what each reserve reached, as it counts; `refusals` per
    signature that was refused; `method` and `proof` how the outcome is known to be the exact one; `calls` solver calls;
    `proved` false only where a time limit of the caller's stopped the solver.
    """

    taken: npt.NDArray[np.bool_]
    filled: tuple[int, ...]
    refusals: Mapping[int, Refusal]
    method: str
    proof: str
    calls: int = 0
    proved: bool = True


@dataclass(frozen=True, eq=False)
class Reduction:
    """A smaller question with the same answer, and the way back."""

    problem: BlockProblem
    kept: Ints
    merged: Ints


def reduce(problem: BlockProblem) -> Reduction:
    """Drop caps that cannot bind, merge signatures that are then alike, keep the best few of each.

    Only the best min(seats, cap) of a signature can matter, since within a signature the taken are a rank prefix.
    """
    kept, merged = np.arange(len(problem.sequence)), np.arange(len(problem.masks))
    for _ in range(3):
        before = (len(problem.sequence), len(problem.masks), int((problem.keys >= 0).sum()))
        problem, step = alike(problem)
        merged = step[merged]
        few, problem = _best_few(problem)
        kept = kept[few]
        if (len(problem.sequence), len(problem.masks), int((problem.keys >= 0).sum())) == before:
            break
    return Reduction(problem, kept, merged)


def alike(problem: BlockProblem) -> tuple[BlockProblem, Ints]:
    """The same question with one signature for all that no cap and no reserve that can bind tells apart."""
    return _merge(_drop_idle(problem))


def _drop_idle(problem: BlockProblem) -> BlockProblem:
    """Forget cap keys with room for all their candidates, and reserves that keep no seat."""
    needed = sum(1 << g for g, least in enumerate(problem.minimums) if least > 0)
    supply, keys = problem.supply, problem.keys.copy()
    used = keys >= 0
    # A key may stand in several columns: of a field with several values, each value is a key of its own.
    total = np.bincount(keys[used], weights=supply[np.nonzero(used)[0]], minlength=len(problem.slack))
    keys[used] = np.where((total <= problem.slack)[keys[used]], -1, keys[used])
    keys = keys[:, (keys >= 0).any(axis=0)]
    return replace(problem, masks=problem.masks & needed, keys=keys)


def _merge(problem: BlockProblem) -> tuple[BlockProblem, Ints]:
    """One signature for all that are alike."""
    if not len(problem.masks):
        return problem, np.arange(0)
    columns = [problem.masks, *(problem.keys[:, c] + 1 for c in range(problem.keys.shape[1]))]
    dense, rows = combine(columns, [int(column.max()) + 1 for column in columns])
    code = dense.astype(np.int64)
    further = problem.further
    if further is not None:
        further = np.zeros(len(rows), dtype=np.int64)
        np.add.at(further, code, np.asarray(problem.further))
    merged = replace(problem, sequence=code[problem.sequence], masks=rows[:, 0], keys=rows[:, 1:] - 1, further=further)
    return merged, code


def _best_few(problem: BlockProblem) -> tuple[Ints, BlockProblem]:
    """The places of the best min(seats, room under its caps) candidates of each signature, and the question of them."""
    room = np.full(len(problem.masks), max(problem.seats, 0), dtype=np.int64)
    for column in range(problem.keys.shape[1]):
        key = problem.keys[:, column]
        room = np.where(key >= 0, np.minimum(room, np.maximum(problem.slack[key], 0)), room)
    few = np.flatnonzero(turn_within(problem.sequence, len(problem.masks)) < room[problem.sequence])
    small = replace(problem, sequence=problem.sequence[few])
    if problem.further is not None:
        small = replace(small, further=np.minimum(room, problem.supply) - small.listed)
    return few, small
