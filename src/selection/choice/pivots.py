"""Whom one more applicant of a signature would have to stand before to be seated in a block.

Somebody who was refused rises and all others stay where they are: up to the place where they are seated nothing
changes, so what decides is whether the seats given out before that place, one more of the signature, and some of the
rest make a set as good as the one found. That is monotone, and only the seated matter: the answer is the last of them
before whom one more would still be seated, the *pivot*, the same for all refused of a signature.

- Caps alone, rank first: by counting.
- Nested groups, and counting once without caps: one exchange finds it, since such sets are bases of a matroid.
- In general: an exchange shows how far down it goes at least, caps and a question without caps how far at most, and
  between the two the integer programme answers by bisection.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from selection.choice.coverage import rows_for
from selection.choice.effort import Effort
from selection.choice.matrices import by_key, load
from selection.choice.problem import BlockProblem, Ints, Solution, alike
from selection.choice.programme import Programme
from selection.choice.start import preference
from selection.choice.witness import Witness

_EXCHANGE_IS_ENOUGH = frozenset({"nested", "once"})


def pivots(problem: BlockProblem, solution: Solution) -> Ints:
    """Per signature the place among the seated, best first, of its pivot; -1 if no place would have been enough.

    Only said of signatures of which somebody was refused. `solution` is the exact answer to the problem.
    """
    found = np.full(len(problem.masks), -1, dtype=np.int64)
    asked = np.unique(problem.sequence[~solution.taken])
    seated = problem.sequence[solution.taken]
    if not len(asked) or not len(seated):
        return found
    if solution.method == "greedy":
        found[asked] = _by_counting(problem, seated)[asked]
        return found
    small, merged = alike(problem)
    some = np.unique(merged[asked])
    answers = np.full(len(small.masks), -1, dtype=np.int64)
    answers[some] = _Pivots(small, solution, merged[seated]).of(some)
    found[asked] = answers[merged[asked]]
    return found


def _by_counting(problem: BlockProblem, seated: Ints) -> Ints:
    """Per signature how far down there is a seat and room under each of its caps."""
    last = len(seated) - 1 if len(seated) == problem.seats else len(seated)
    room = np.append(_room(problem, seated), last)
    least: Ints = np.minimum(last, room[problem.keys].min(axis=1, initial=last))
    return least


def _room(problem: BlockProblem, seated: Ints) -> Ints:
    """Per cap key the place of the one who filled it, -1 if it had no room at all, past the end if it never filled."""
    counts = load(problem, np.bincount(seated, minlength=len(problem.masks)).astype(np.int64))
    room = np.where(counts >= problem.slack, -1, len(seated))
    for column in range(problem.keys.shape[1]):
        keys = problem.keys[seated, column]
        places = np.flatnonzero(keys >= 0)
        places = places[counts[keys[places]] >= problem.slack[keys[places]]]
        np.maximum.at(room, keys[places], places)
    return room


class _Pivots:
    """What is known of a block after its turn: its seated, and how tight its caps and reserves are."""

    def __init__(self, problem: BlockProblem, solution: Solution, seated: Ints) -> None:
        self.problem, self.seated = problem, seated
        self.exact = solution.method in _EXCHANGE_IS_ENOUGH
        counts = np.bincount(seated, minlength=len(problem.masks)).astype(np.int64)
        self.counts, self.cost = counts, preference(problem)
        total = problem.compliance == "total"
        self.rows = rows_for(problem, sum(solution.filled) if total else solution.filled)
        self.masks, self.mask_of = np.unique(problem.masks, return_inverse=True)
        self.weights = self.rows.weights(self.masks)
        held = self.rows.weights(np.array(problem.held, dtype=np.int64)).sum(axis=0)
        self.spare = counts @ self.weights[self.mask_of] + held - self.rows.targets
        self.least = len(seated) if problem.fill == "seats_first" else 0
        self.tight = load(problem, counts) >= problem.slack
        self.under = by_key(problem)
        self.room = _room(problem, seated)
        self.last = np.full(len(problem.masks), -1, dtype=np.int64)
        self.last[seated] = np.arange(len(seated))
        self._programme: Programme | None = None
        self._witness: Witness | None = None
        self._uncapped: dict[int, int] = {}

    def of(self, signatures: Ints) -> Ints:
        """The pivot of each of these signatures; those of one mask under the same full caps are asked together."""
        keys = self.problem.keys[signatures]
        tight = np.where((keys >= 0) & np.append(self.tight, False)[keys], keys, -1)
        alike, place = np.unique(np.column_stack([self.mask_of[signatures], tight]), axis=0, return_inverse=True)
        least = [self._by_exchange(mask, [k for k in row if k >= 0]) for mask, *row in alike.tolist()]
        found = np.array(least, dtype=np.int64)[place.reshape(-1)]
        if not self.exact:
            for number, (mask, *row) in enumerate(alike.tolist()):
                high = self._at_most(mask, [k for k in row if k >= 0])
                if high > least[number]:
                    members = np.flatnonzero(place.reshape(-1) == number)
                    found[members] = self._among(signatures[members], least[number], high)
        return found

    def _at_most(self, mask: int, keys: list[int]) -> int:
        """How far down the full caps, and the reserves without any cap, leave a place at most."""
        high = min([len(self.seated) - 1, *(int(self.room[key]) for key in keys)])
        return min(high, self._without_caps(mask)) if high > self._by_exchange(mask, keys) else high

    def _among(self, signatures: Ints, low: int, high: int) -> Ints:
        """The pivots of signatures alike under full caps, between these bounds; a set found for one serves others."""
        found = np.full(len(signatures), -1, dtype=np.int64)
        for i, signature in enumerate(signatures.tolist()):
            if found[i] < 0:
                whole = self._completed(signature, high)
                if whole is None:
                    found[i] = self._bisected(low, high - 1, partial(self._seats_one_more, signature))
                else:
                    found[self._serves(whole, signature, signatures) & (found < 0)] = high
                    found[i] = high
        return found

    def _completed(self, signature: int, place: int) -> Ints | None:
        """A set as good as the one found with everybody seated before a place and one more of a signature, or None."""
        programme, before = self._asked(), self._before(place)
        witness = self._exchanging()
        if witness.swap_in(signature, before, np.ones(len(before), dtype=bool)):
            return witness.counts
        before[signature] += 1
        return programme.feasible(before, programme.supply, self.cost) if self._there(before, signature) else None

    def _serves(self, whole: Ints, one: int, others: Ints) -> npt.NDArray[np.bool_]:
        """Whether another of the same mask could stand in the set in the place of one."""
        used = load(self.problem, whole)
        mine = self.problem.keys[one]
        used[mine[mine >= 0]] -= 1
        full = np.append(used >= self.problem.slack, False)
        return np.asarray(~full[self.problem.keys[others]].any(axis=1))

    def _exchanging(self) -> Witness:
        """The seated, about to be exchanged."""
        if self._witness is None:
            self._witness = Witness(self.problem, self._asked(), self.counts)
        self._witness.replace(self.counts.copy())
        return self._witness

    def _there(self, counts: Ints, signature: int) -> bool:
        return bool(counts[signature] <= self._asked().supply[signature])

    def _by_exchange(self, mask: int, keys: list[int]) -> int:
        """The last of the seated for whom one more of this mask under these full caps can be exchanged."""
        kept = (self.spare + self.weights[mask] - self.weights >= 0).all(axis=1)
        if not keys:
            return int(self.last[kept[self.mask_of]].max(initial=-1))
        members = self.under.members(keys[0])
        for key in keys[1:]:
            members = np.intersect1d(members, self.under.members(key))
        return int(self.last[members[kept[self.mask_of[members]]]].max(initial=-1))

    def _without_caps(self, mask: int) -> int:
        """The pivot of somebody of a mask under no cap at all: nobody of that mask gets further down."""
        if mask not in self._uncapped:
            low, high = self._by_exchange(mask, []), len(self.seated) - 1
            if high > low and not self._seats_uncapped(mask, low + 1):
                high = low  # nearly always: exchanges miss little where no cap is in the way
            self._uncapped[mask] = self._bisected(low, high, partial(self._seats_uncapped, mask))
        return self._uncapped[mask]

    @staticmethod
    def _bisected(low: int, high: int, seats: Callable[[int], bool]) -> int:
        """The largest place that is said yes to; `low` is one, above `high` there is none."""
        while high > low:
            middle = (low + high + 1) // 2
            if seats(middle):
                low = middle
            else:
                high = middle - 1
        return low

    def _seats_one_more(self, signature: int, place: int) -> bool:
        return self._completed(signature, place) is not None

    def _seats_uncapped(self, mask: int, place: int) -> bool:
        programme = self._asked()
        return not programme.refuses(self._before(place), programme.supply, mask, self.cost)

    def _before(self, place: int) -> Ints:
        """How many of each signature are seated before this place."""
        return np.bincount(self.seated[:place], minlength=len(self.problem.masks)).astype(np.int64)

    def _asked(self) -> Programme:
        if self._programme is None:
            self._programme = Programme(self.problem, self.rows, Effort(), self.least)
        return self._programme
