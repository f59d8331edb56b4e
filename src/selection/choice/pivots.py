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

import numpy as np

from selection.choice.coverage import rows_for
from selection.choice.effort import Effort
from selection.choice.matrices import by_key, load
from selection.choice.problem import BlockProblem, Ints, Solution, alike
from selection.choice.programme import Programme

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
    return np.minimum(last, room[problem.keys].min(axis=1, initial=last))


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
        self._uncapped: dict[int, int] = {}

    def of(self, signatures: Ints) -> Ints:
        """The pivot of each of these signatures."""
        keys = self.problem.keys[signatures]
        tight = np.where((keys >= 0) & np.append(self.tight, False)[keys], keys, -1)
        alike, place = np.unique(np.column_stack([self.mask_of[signatures], tight]), axis=0, return_inverse=True)
        least = np.array([self._by_exchange(mask, [k for k in row if k >= 0]) for mask, *row in alike.tolist()])
        found = least[place.reshape(-1)]
        if not self.exact:
            for i, signature in enumerate(signatures.tolist()):
                found[i] = self._between(signature, int(found[i]))
        return np.asarray(found, dtype=np.int64)

    def _by_exchange(self, mask: int, keys: list[int]) -> int:
        """The last of the seated for whom one more of this mask under these full caps can be exchanged."""
        kept = (self.spare + self.weights[mask] - self.weights >= 0).all(axis=1)
        if not keys:
            return int(self.last[kept[self.mask_of]].max(initial=-1))
        members = self.under.members(keys[0])
        for key in keys[1:]:
            members = np.intersect1d(members, self.under.members(key))
        return int(self.last[members[kept[self.mask_of[members]]]].max(initial=-1))

    def _between(self, signature: int, low: int) -> int:
        """The pivot, at least `low`: by bisection between that and what caps and reserves leave."""
        keys = self.problem.keys[signature]
        high = min(len(self.seated) - 1, int(self.room[keys[keys >= 0]].min(initial=len(self.seated))))
        if high > low:
            high = min(high, self._without_caps(int(self.mask_of[signature])))
        return self._bisected(low, high, lambda place: self._seats_one_more(signature, place))

    def _without_caps(self, mask: int) -> int:
        """The pivot of somebody of a mask under no cap at all: nobody of that mask gets further down."""
        if mask not in self._uncapped:
            low, high = self._by_exchange(mask, []), len(self.seated) - 1
            self._uncapped[mask] = self._bisected(low, high, lambda place: self._seats_uncapped(mask, place))
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
        lower = self._before(place)
        lower[signature] += 1
        programme = self._asked()
        if lower[signature] > programme.supply[signature]:
            return False
        return programme.feasible(lower, programme.supply) is not None

    def _seats_uncapped(self, mask: int, place: int) -> bool:
        programme = self._asked()
        cost = np.zeros(len(programme.supply))
        return not programme.refuses(self._before(place), programme.supply, mask, cost)

    def _before(self, place: int) -> Ints:
        """How many of each signature are seated before this place."""
        return np.bincount(self.seated[:place], minlength=len(self.problem.masks)).astype(np.int64)

    def _asked(self) -> Programme:
        if self._programme is None:
            self._programme = Programme(self.problem, self.rows, Effort(), self.least)
        return self._programme
