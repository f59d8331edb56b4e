"""The exact block in general: down the ranks, each applicant in if the rest can still be completed.

1. find the best compliance, then (seats first) the largest number of seats;
2. keep a witness: counts per signature that reach both and contain everybody admitted so far;
3. go down the ranks: who is in the witness is in; who can be swapped in for someone not yet admitted is in; who is
   refused by counting (cap full, every remaining seat needed by reserves) is out; only otherwise is the solver asked.

A refusal closes its signature, and a refusal that would also hold without the applicant's caps closes every signature
that counts for no more reserves. Feasibility does not depend on rank, so what is refused once is refused for good.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.choice.completion import Completion
from selection.choice.coverage import filled_by
from selection.choice.effort import Effort, SolverError
from selection.choice.matrices import load
from selection.choice.once import bits
from selection.choice.problem import BlockProblem, Cause, Ints, Refusal, Solution
from selection.choice.programme import Programme
from selection.choice.start import Costs, plain_start, preference, proved_start
from selection.choice.trees import UNLIMITED
from selection.choice.witness import Witness

#: Fewer turns than this are decided one by one: a leap would cost more than it saves.
_PATIENCE = 16

#: So many turns are looked at together.
_BLOCK = 1024


def solve_general(problem: BlockProblem, seconds: float | None = None) -> Solution:
    """The exact block for any reserves and caps, by the integer programme on signature counts.

    With a limit of so many seconds the answer keeps every cap and is as good as was found; where something could not
    be proved in time, `proved` is false and `proof` says so.
    """
    effort = Effort(seconds)
    cost = preference(problem)
    try:
        programme, witness = proved_start(problem, effort, cost)
    except SolverError:
        effort.unproved = True
        programme, witness = plain_start(problem, effort)
    return _Descent(problem, programme, cost, witness).run()


class _Descent:
    """The state of one walk down the ranks."""

    def __init__(self, problem: BlockProblem, programme: Programme, cost: Costs, witness: Ints) -> None:
        self.problem, self.programme, self.cost = problem, programme, cost
        self.effort = programme.effort
        self.mask_of = programme.mask_of
        self.weights = programme.weights
        self.supply = programme.supply
        self.limit = problem.seats
        self.admitted = np.zeros(len(self.supply), dtype=np.int64)
        self.open = np.ones(len(self.supply), dtype=bool)
        self.refusals: dict[int, Refusal] = {}
        self.full = np.zeros(len(problem.slack), dtype=np.int64)
        self.reached = np.zeros(len(programme.needed), dtype=np.int64)
        self.witness = Witness(problem, programme, witness)
        self.completion = Completion(problem, programme, cost)
        self.taken = np.zeros(len(problem.sequence), dtype=bool)
        self.closed = np.zeros(len(problem.slack), dtype=bool)
        self.seats = 0
        self.sequence: list[int] = problem.sequence.tolist()
        self.keys = [[key for key in row if key >= 0] for row in problem.keys.tolist()]

    def run(self) -> Solution:
        size = len(self.sequence)
        turn, stride, patience = 0, size, _PATIENCE
        while turn < size and self.seats < self.limit:
            turn = self._next_open(turn)
            reached = self._leap(turn, stride) if stride >= _PATIENCE else turn
            if reached > turn:
                turn, stride, patience = reached, stride * 2, _PATIENCE
            elif stride >= _PATIENCE:
                stride //= 8
            else:
                turn = self._walk(turn, patience)
                stride, patience = patience, patience * 2
        return self._solution()

    def _next_open(self, turn: int) -> int:
        while turn < len(self.sequence) and not self.open[self.sequence[turn]]:
            block = self.open[self.problem.sequence[turn : turn + _BLOCK]]
            turn += int(block.argmax()) if block.any() else len(block)
        return turn

    def _leap(self, turn: int, stride: int) -> int:
        """Admit at once everybody of the next turns whom no cap refuses, if the rest can still be completed.

        A completion that contains them all proves each of them right at their own turn. The turn reached, or `turn`.
        """
        leaping, end = self._unrefused(turn, min(turn + stride, len(self.sequence)))
        more = np.bincount(self.problem.sequence[leaping], minlength=len(self.supply)).astype(np.int64)
        whole = self.completion.of(self.admitted + more, self.open)
        if whole is None:
            return turn
        self.taken[leaping] = True
        self._count(more)
        self.witness.replace(whole)
        for key in np.flatnonzero((self.full >= self.problem.slack) & ~self.closed).tolist():
            self.closed[key] = True
            self.open[self.programme.under.members(key)] = False
        return end

    def _unrefused(self, turn: int, end: int) -> tuple[Ints, int]:
        """The turns up to `end` that no cap refuses if all of these are taken, while there are seats; where that ends.

        Block by block, and one by one only where a cap becomes full within a block. No work grows with signatures.
        """
        # The last place stands for no cap at all, which is never full.
        room = np.append(self.problem.slack - self.full, UNLIMITED)
        left = self.limit - self.seats
        found = [np.zeros(0, dtype=np.int64)]
        for start in range(turn, end, _BLOCK):
            signatures = self.problem.sequence[start : min(start + _BLOCK, end)]
            caps = self.problem.keys[signatures]
            there = np.flatnonzero(self.open[signatures] & (room[caps] > 0).all(axis=1))
            asked, number = np.unique(caps[there], return_counts=True)
            if (number > room[asked]).any():
                rest = dict(zip(asked.tolist(), room[asked].tolist(), strict=True))
                there = there[self._in_turn(signatures[there].tolist(), rest)]
                asked, number = np.unique(caps[there], return_counts=True)
            if len(there) >= left:
                found.append(start + there[:left])
                end = int(found[-1][-1]) + 1
                break
            found.append(start + there)
            left -= len(there)
            room[asked] -= number
        return np.concatenate(found), end

    def _in_turn(self, signatures: list[int], room: dict[int, int]) -> npt.NDArray[np.bool_]:
        """Which of some candidates no cap refuses if those before them are taken; `room` under each cap they are."""
        found = np.zeros(len(signatures), dtype=bool)
        for place, signature in enumerate(signatures):
            if all(room[key] > 0 for key in self.keys[signature]):
                found[place] = True
                for key in self.keys[signature]:
                    room[key] -= 1
        return found

    def _walk(self, turn: int, steps: int) -> int:
        """Decide the next few one by one."""
        while steps and turn < len(self.sequence) and self.seats < self.limit:
            signature = self.sequence[turn]
            if self.open[signature]:
                self.taken[turn] = self._admit(signature, turn)
                steps -= 1
            turn += 1
        return turn

    def _solution(self) -> Solution:
        problem = self.problem
        counts = Counter(problem.held)
        for mask, number in zip(problem.masks.tolist(), self.admitted.tolist(), strict=True):
            counts[mask] += number
        effort = self.effort
        filled = filled_by(problem, counts)
        return Solution(
            self.taken, filled, self.refusals, "general", effort.proof, effort.calls, proved=not effort.unproved
        )

    def _admit(self, signature: int, turn: int) -> bool:
        if self.admitted[signature] < self.witness.counts[signature] or self._swap_in(signature):
            self._count_one(signature)
            return True
        key = self._full_key(signature)
        if key is not None:
            self._close(self._under(key), turn, "cap", {"key": key})
            return False
        if not self._beyond(self.mask_of[signature]) and self._ask(signature):
            self._count_one(signature)
            return True
        self._refuse(signature, turn)
        return False

    def _count_one(self, signature: int) -> None:
        self.seats += 1
        self.admitted[signature] += 1
        for key in self.keys[signature]:
            self.full[key] += 1
        self.reached += self.weights[self.mask_of[signature]]

    def _count(self, more: Ints) -> None:
        self.seats += int(more.sum())
        self.admitted += more
        self.full += load(self.problem, more)
        self.reached += self.programme.reached(more)

    def _swap_in(self, signature: int) -> bool:
        if self._full_key(signature) is not None:
            return False
        return self.witness.swap_in(signature, self.admitted, self.open)

    def _full_key(self, signature: int) -> int | None:
        """A cap key of the signature that the admitted alone have filled."""
        for key in self.keys[signature]:
            if self.full[key] >= self.problem.slack[key]:
                return int(key)
        return None

    def _under(self, key: int) -> npt.NDArray[np.bool_]:
        under = np.zeros(len(self.open), dtype=bool)
        under[self.programme.under.members(key)] = True
        return under

    def _beyond(self, mask: int) -> bool:
        """Whether, by counting alone, the seats left after one more of a mask (by its place) cannot reach some row."""
        left = self.limit - self.seats - 1
        after = self.programme.needed - self.reached - self.weights[mask]
        return bool((after > left * self.weights.max(axis=0, initial=0)).any())

    def _ask(self, signature: int) -> bool:
        lower = self.admitted.copy()
        lower[signature] += 1
        upper = np.where(self.open, self.supply, self.admitted)
        try:
            witness = self.programme.feasible(lower, upper, self.cost)
        except SolverError:
            self.effort.unproved = True
            return False
        if witness is None:
            return False
        self.witness.replace(witness)
        return True

    def _refuse(self, signature: int, turn: int) -> None:
        """Close a refused signature, and all others that the same reason refuses."""
        mask = int(self.problem.masks[signature])
        short = self._short()
        if self._refused_without_caps(mask):
            weaker = (self.problem.masks & ~mask) == 0
            self._close(weaker, turn, "reserved", {"reserves": short})
            return
        alone = np.zeros(len(self.open), dtype=bool)
        alone[signature] = True
        keys = tuple(self.keys[signature])
        self._close(alone, turn, "combination", {"reserves": short, "keys": keys})

    def _refused_without_caps(self, mask: int) -> bool:
        """Whether somebody of this mask under no cap at all would be refused as well."""
        at = int(np.flatnonzero(self.programme.masks == mask)[0])
        if self._beyond(at):
            return True
        try:
            return self.programme.refuses(self.admitted, np.where(self.open, self.supply, self.admitted), at, self.cost)
        except SolverError:
            self.effort.unproved = True
            return False

    def _short(self) -> tuple[int, ...]:
        """The reserves for which seats are still missing among the admitted."""
        sets = self.programme.rows.sets[self.reached < self.programme.needed]
        return tuple(bits(int(np.bitwise_or.reduce(sets)))) if len(sets) else ()

    def _close(self, which: npt.NDArray[np.bool_], turn: int, cause: Cause, facts: dict[str, Any]) -> None:
        for signature in np.flatnonzero(which & self.open).tolist():
            self.refusals[signature] = Refusal(turn, cause, facts)
        self.open &= ~which
