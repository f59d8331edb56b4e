"""Counting once: one applicant fills one reserved seat.

Matching applicants to reserved seats, known only by the mask of reserves each belongs to. Without caps the sets that
can be completed form a matroid, so going down the ranks and taking everybody who still fits is exact (Sonmez and
Yenmez, Econometrica 2022):

1. match as many reserved seats as possible (in the order listed: reserve by reserve);
2. go down the ranks; an applicant for whom an augmenting path exists takes a reserved seat;
3. any other takes one of the seats that no reserve needs, while there are any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from selection.choice.problem import BlockProblem, Refusal, Solution


def bits(mask: int) -> list[int]:
    """The reserves of a mask."""
    return [g for g in range(mask.bit_length()) if mask >> g & 1]


@dataclass
class Matching:
    """Applicants matched to reserved seats: `pairs[mask][g]` so many of a mask sit on a seat of reserve g."""

    limits: list[int]
    pairs: dict[int, dict[int, int]] = field(default_factory=dict)
    seats: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seats = [0] * len(self.limits)

    @property
    def filled(self) -> tuple[int, ...]:
        return tuple(self.seats)

    def add(self, mask: int, most: int = 1) -> int:
        """Match more applicants of a mask, moving others along one augmenting path if need be; how many, up to `most`.

        One after the other they would all take the same path, until a seat at its end or somebody on it is lacking.
        """
        came: dict[int, tuple[int, int] | None] = dict.fromkeys(bits(mask))
        queue = list(came)
        for g in queue:
            if self.seats[g] < self.limits[g]:
                number = min(most, self.limits[g] - self.seats[g])
                number = self._shift(mask, g, came, number)
                self.seats[g] += number
                return number
            for other, row in self.pairs.items():
                if row.get(g, 0):
                    for h in bits(other):
                        if h not in came:
                            came[h] = (other, g)
                            queue.append(h)
        return 0

    def _shift(self, mask: int, end: int, came: Mapping[int, tuple[int, int] | None], most: int) -> int:
        """Walk the path back: all on it move one reserve along, the newcomers take the first; how many can."""
        path = []
        step = came[end]
        while step is not None:
            other, before = step
            path.append((other, before, end))
            end, step = before, came[before]
        number = min([most, *(self.pairs[other][before] for other, before, _ in path)])
        for other, before, after in path:
            self._move(other, before, -number)
            self._move(other, after, number)
        self._move(mask, end, number)
        return number

    def _move(self, mask: int, g: int, by: int) -> None:
        row = self.pairs.setdefault(mask, {})
        row[g] = row.get(g, 0) + by


def matching(counts: Mapping[int, int], minimums: Sequence[int]) -> Matching:
    """A matching of so many applicants of each mask that fills reserves in the order listed (and as many as can be)."""
    found = Matching([0] * len(minimums))
    spare = {mask: n for mask, n in counts.items() if mask and n}
    for g, least in enumerate(minimums):
        found.limits[g] = least
        for mask in list(spare):
            # A mask without an augmenting path has none later either, so each is tried until it fails once.
            while spare[mask] and (number := found.add(mask, min(spare[mask], least - found.seats[g]))):
                spare[mask] -= number
        found.limits[g] = found.seats[g]
    return found


def solve_once(problem: BlockProblem) -> Solution | None:
    """The exact block without caps, counting once, by the matroid greedy; None if reserves need more than all seats."""
    supply = problem.supply
    counts: dict[int, int] = {}
    for mask, n in zip(problem.masks.tolist(), supply.tolist(), strict=True):
        counts[mask] = counts.get(mask, 0) + n
    for mask in problem.held:
        counts[mask] = counts.get(mask, 0) + 1
    best = matching(counts, problem.minimums).filled
    limits = list(best) if problem.compliance == "order" else list(problem.minimums)
    seated = Matching(limits)
    for mask in problem.held:
        seated.add(mask)
    return _take(problem, seated, sum(best)) if sum(best) - sum(seated.filled) <= problem.seats else None


def _take(problem: BlockProblem, seated: Matching, goal: int) -> Solution:
    missing = goal - sum(seated.filled)
    free = problem.seats - missing
    taken = np.zeros(len(problem.sequence), dtype=bool)
    refusals: dict[int, Refusal] = {}
    unmatched: set[int] = set()
    masks = problem.masks.tolist()
    for turn, signature in enumerate(problem.sequence.tolist()):
        if not missing and not free:
            break
        mask = masks[signature]
        if mask and missing and mask not in unmatched:
            if seated.add(mask):
                missing -= 1
                taken[turn] = True
                continue
            unmatched.add(mask)
        if free:
            free -= 1
            taken[turn] = True
        elif signature not in refusals:
            refusals[signature] = Refusal(turn, "reserved", {"reserves": _short(seated)})
    return Solution(taken, seated.filled, refusals, "once", "matroid greedy")


def _short(seated: Matching) -> tuple[int, ...]:
    return tuple(g for g, (have, want) in enumerate(zip(seated.filled, seated.limits, strict=True)) if have < want)
