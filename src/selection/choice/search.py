"""The exact block in general: down the ranks, each applicant in if the rest can still be completed.

1. find the best compliance, then (seats first) the largest number of seats;
2. keep a witness: counts per signature that reach both and contain everybody admitted so far;
3. go down the ranks: who is in the witness is in; who can be swapped in for someone not yet admitted is in; who is
   refused by counting (cap full, every remaining seat needed by reserves) is out; only otherwise is the solver asked.

A refusal closes its signature, and a refusal that would also hold without the applicant's caps closes every signature
that counts for no more reserves. Feasibility does not depend on rank, so what is refused once is refused for good.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from selection.choice.coverage import Rows, components, filled_by, rows_for, subsets, sum_over
from selection.choice.once import bits
from selection.choice.problem import BlockProblem, Cause, Ints, Refusal, Solution
from selection.choice.programme import Programme
from selection.choice.witness import Witness, first_witness

Best = tuple[int, ...] | int


def solve_general(problem: BlockProblem) -> Solution:
    """The exact block for any reserves and caps, by the integer programme on signature counts."""
    full = problem.fill == "seats_first"
    cost = _preference(problem)
    # Usually every reserve and every seat can be filled at once, and one question settles both.
    ideal = Programme(problem, rows_for(problem, problem.minimums), problem.seats if full else 0)
    witness = first_witness(problem, ideal)
    if witness is None:
        witness = ideal.feasible(np.zeros_like(ideal.supply), ideal.supply, cost)
    if witness is not None:
        return _Descent(problem, ideal, cost, witness, 0).run()
    best, calls = best_compliance(problem)
    programme = Programme(problem, rows_for(problem, best))
    if full:
        least, _ = programme.largest()
        calls += programme.calls
        programme = Programme(problem, programme.rows, least)
    witness = programme.feasible(np.zeros_like(programme.supply), programme.supply, cost)
    assert witness is not None, "the compliance and size just found can be reached"
    return _Descent(problem, programme, cost, witness, ideal.calls + calls).run()


def _preference(problem: BlockProblem) -> npt.NDArray[np.float64]:
    """Prefer signatures whose best members rank high, so that a witness is near the final answer."""
    size = len(problem.sequence)
    first = np.full(len(problem.masks), size, dtype=np.float64)
    first[problem.sequence[::-1]] = np.arange(size - 1, -1, -1)
    return (first + 1.0) / (size + 1.0) - 1.0


def best_compliance(problem: BlockProblem) -> tuple[Best, int]:
    """The best compliance any feasible set has, and the solver calls it took."""
    ideal = Programme(problem, rows_for(problem, problem.minimums))
    if ideal.feasible(np.zeros_like(ideal.supply), ideal.supply) is not None:
        return problem.minimums, ideal.calls
    if problem.compliance == "total":
        needed = [g for g, least in enumerate(problem.minimums) if least > 0]
        sets = subsets(needed)
        total = sum(problem.minimums)
        rows = Rows(sets, sum_over(sets, problem.minimums) - total, problem.counting == "once")
        programme = Programme(problem, rows, goal=(np.ones(len(sets), dtype=np.int64), total))
        return programme.most_of_goal(), ideal.calls + programme.calls
    return _reserve_by_reserve(problem, ideal.calls)


def _reserve_by_reserve(problem: BlockProblem, calls: int) -> tuple[Best, int]:
    filled = [0] * len(problem.minimums)
    once = problem.counting == "once"
    cluster = components(problem)
    for g, least in enumerate(problem.minimums):
        if least:
            before = [h for h in range(g + 1) if problem.minimums[h]]
            sets = subsets(before, cluster) if once else np.array([1 << h for h in before], dtype=np.int64)
            rows = Rows(sets, sum_over(sets, filled), once)
            programme = Programme(problem, rows, goal=((sets >> g) & 1, least))
            filled[g] = programme.most_of_goal()
            calls += programme.calls
    return tuple(filled), calls


class _Descent:
    """The state of one walk down the ranks."""

    def __init__(
        self, problem: BlockProblem, programme: Programme, cost: npt.NDArray[np.float64], witness: Ints, calls: int
    ) -> None:
        self.problem, self.programme, self.cost, self.calls = problem, programme, cost, calls
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

    def run(self) -> Solution:
        problem = self.problem
        taken = np.zeros(len(problem.sequence), dtype=bool)
        seats = 0
        for turn, signature in enumerate(problem.sequence.tolist()):
            if seats == self.limit:
                break
            if not self.open[signature]:
                continue
            if self._admit(signature, turn):
                taken[turn] = True
                seats += 1
        return self._solution(taken)

    def _solution(self, taken: npt.NDArray[np.bool_]) -> Solution:
        problem = self.problem
        counts: dict[int, int] = {}
        for mask in [*problem.masks[problem.sequence[taken]].tolist(), *problem.held]:
            counts[mask] = counts.get(mask, 0) + 1
        calls = self.calls + self.programme.calls
        proof = "integer programme, gap 0"
        return Solution(taken, filled_by(problem, counts), self.refusals, "general", proof, calls)

    def _admit(self, signature: int, turn: int) -> bool:
        if self.admitted[signature] < self.witness.counts[signature] or self._swap_in(signature):
            self._count(signature)
            return True
        key = self._full_key(signature)
        if key is not None:
            self._close(self._under(key), turn, "cap", {"key": key})
            return False
        missing = self._missing(signature)
        if missing is None and self._ask(signature):
            self._count(signature)
            return True
        self._refuse(signature, turn)
        return False

    def _count(self, signature: int) -> None:
        self.admitted[signature] += 1
        keys = self.problem.keys[signature]
        self.full[keys[keys >= 0]] += 1
        self.reached += self.weights[self.mask_of[signature]]

    def _swap_in(self, signature: int) -> bool:
        if self._full_key(signature) is not None:
            return False
        return self.witness.swap_in(signature, self.admitted, self.open)

    def _full_key(self, signature: int) -> int | None:
        """A cap key of the signature that the admitted alone have filled."""
        for key in self.problem.keys[signature].tolist():
            if key >= 0 and self.full[key] >= self.problem.slack[key]:
                return int(key)
        return None

    def _under(self, key: int) -> npt.NDArray[np.bool_]:
        under = np.zeros(len(self.open), dtype=bool)
        under[self.programme.under.members(key)] = True
        return under

    def _missing(self, signature: int) -> Ints | None:
        """The rows that could not be reached any more with one seat fewer, by counting alone."""
        left = self.limit - int(self.admitted.sum()) - 1
        after = self.programme.needed - self.reached - self.weights[self.mask_of[signature]]
        short = after > left * self.weights.max(axis=0, initial=0)
        return np.flatnonzero(short) if short.any() else None

    def _ask(self, signature: int) -> bool:
        lower = self.admitted.copy()
        lower[signature] += 1
        upper = np.where(self.open, self.supply, self.admitted)
        witness = self.programme.feasible(lower, upper, self.cost)
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
        keys = tuple(k for k in self.problem.keys[signature].tolist() if k >= 0)
        self._close(alone, turn, "combination", {"reserves": short, "keys": keys})

    def _refused_without_caps(self, mask: int) -> bool:
        """Whether somebody of this mask under no cap at all would be refused as well."""
        at = int(np.flatnonzero(self.programme.masks == mask)[0])
        left = self.limit - int(self.admitted.sum()) - 1
        after = self.programme.needed - self.reached - self.weights[at]
        if (after > left * self.weights.max(axis=0, initial=0)).any():
            return True
        return self.programme.refuses(self.admitted, np.where(self.open, self.supply, self.admitted), at, self.cost)

    def _short(self) -> tuple[int, ...]:
        """The reserves for which seats are still missing among the admitted."""
        sets = self.programme.rows.sets[self.reached < self.programme.needed]
        return tuple(bits(int(np.bitwise_or.reduce(sets)))) if len(sets) else ()

    def _close(self, which: npt.NDArray[np.bool_], turn: int, cause: Cause, facts: dict[str, Any]) -> None:
        for signature in np.flatnonzero(which & self.open).tolist():
            self.refusals[signature] = Refusal(turn, cause, facts)
        self.open &= ~which
