"""How far the weight of a criterion may go up or down, for everybody alike, before a decision changes.

All points of the criterion are multiplied by one factor. Scores are linear in it, so the order changes only where two
applicants of different points cross; and only where somebody passes one who is seated before them can the seats
change. From 1 outwards those crossings are looked at one after the other, exactly, and the seats are given out again
where the crossing can matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from selection.applicants import objects
from selection.assessment import MISSING, Weighed
from selection.choice import choose
from selection.choice.problem import Ints
from selection.comparison.crossings import Crossing, Lines
from selection.intake.natives import native
from selection.outcome import Outcome
from selection.ranking import rank

#: What is known of an end of the interval: it belongs to it, it does not, there is none, or the runs were used up.
End = Literal["included", "excluded", "none", "open"]

#: So often the seats are given out again, for each criterion and direction, unless told otherwise.
RUNS: Final = 200


@dataclass(frozen=True)
class Reach:
    """How far a factor goes in one direction, and what is known of that end."""

    factor: Fraction | None
    end: End


def weights(outcome: Outcome, place: int | None = None, runs: int = RUNS) -> Any:
    """A row for each criterion: criterion, least, least_end, most, most_end.

    Between the factors `least` and `most` of all its points the applicant at this place (by default: everybody) is
    selected or not as now. An end is "included" or "excluded" from that, just beyond it a decision is another; "none"
    where none is, down to 0 or without end; "open" where `runs` runs did not suffice, so at least as far as this.
    """
    rules = outcome.assessment.of_kind("points") if place is None or outcome.rank_of[place] >= 0 else ()
    cells: dict[str, npt.NDArray[Any]] = {"criterion": objects([rule.name for rule in rules])}
    for side, up in (("least", False), ("most", True)):
        ends = [_Walk(outcome, rule, place, up).reach(runs) for rule in rules]
        cells |= {side: objects([one.factor for one in ends]), f"{side}_end": objects([one.end for one in ends])}
    return native(cells, outcome.intake.kind)


class _Walk:
    """From the factor 1 in one direction, from crossing to crossing, with the seats as they are there."""

    def __init__(self, outcome: Outcome, rule: Weighed, place: int | None, up: bool) -> None:
        self.outcome, self.up = outcome, up
        self.places = np.sort(outcome.ranking.order)
        self.mine = None if place is None else int(np.searchsorted(self.places, place))
        given = rule.answers[rule.codes[self.places]]
        own = np.where(given == MISSING, 0, given)
        score, tier = outcome.assessment.score[self.places], outcome.assessment.tier[self.places]
        self.lines = Lines.made(tier.astype(np.int64), score - own, own)
        self.held = {int(outcome.ranking.order[rank]): block for rank, block in outcome.held.items()}
        self.code = self._of_places(outcome.choice.signatures.code, outcome.ranking.order)
        self.seats = self._of_places(outcome.choice.block_of, outcome.ranking.order)

    def _of_places(self, by_rank: npt.NDArray[Any], order: Ints) -> Ints:
        """What stands for each rank of an order, by place in the pool."""
        found = np.empty(len(order), dtype=np.int64)
        found[np.searchsorted(self.places, order)] = by_rank
        return found

    def reach(self, runs: int) -> Reach:
        """How far the factor goes without another decision."""
        factor, left = Fraction(1), runs
        seats = self._run(factor, 1 if self.up else -1)
        if self._other(seats):
            return Reach(factor, "included")
        while True:
            for crossing in self.lines.crossings(*self._blocks(seats), factor, self.up):
                factor = crossing.factor
                if not self._matters(crossing, seats):
                    continue
                if left < 2:
                    return Reach(factor, "open")
                left -= 2
                if self._other(self._run(factor)):
                    return Reach(factor, "excluded")
                beyond = self._run(factor, 1 if self.up else -1) if factor else seats
                if self._other(beyond):
                    return Reach(factor, "included")
                if (beyond != seats).any():
                    seats = beyond
                    break
            else:
                return Reach(None if self.up else Fraction(0), "none")

    def _blocks(self, seats: Ints) -> tuple[Ints, Ints]:
        """Per line the first and the last block its applicants sit in; whoever sits in none comes after all."""
        none = int(seats.max(initial=-1)) + 1
        by, size = np.where(seats < 0, none, seats), len(self.lines.tier)
        first, last = np.full(size, none), np.full(size, -1)
        np.minimum.at(first, self.lines.of, by)
        np.maximum.at(last, self.lines.of, by)
        return first, last

    def _other(self, seats: Ints) -> bool:
        """Whether the decision, or any of all, is another than it was."""
        here, there = self.seats >= 0, seats >= 0
        return bool((here != there).any()) if self.mine is None else bool(here[self.mine] != there[self.mine])

    def _run(self, factor: Fraction, beyond: int = 0) -> Ints:
        """Who sits where, by place, with a factor, or just beyond it."""
        outcome, level = self.outcome, np.zeros(self.outcome.pool_size, dtype=np.int64)
        level[self.places] = self.lines.levels(factor, beyond)[self.lines.of]
        ranking = rank(replace(outcome.assessment, score=level), outcome.seed, outcome.rank_of >= 0)
        at = np.searchsorted(self.places, ranking.order)
        table = replace(outcome.choice.signatures, code=self.code[at])
        rank_of = {int(place): number for number, place in enumerate(ranking.order.tolist())} if self.held else {}
        held = {rank_of[place]: block for place, block in self.held.items()}
        choice = choose(ranking, outcome.choice.plan, held, table, outcome.choice.seconds)
        return self._of_places(choice.block_of, ranking.order)

    def _matters(self, crossing: Crossing, seats: Ints) -> bool:
        """Whether somebody who comes level may be seated: not while a cap over them is full of those before them."""
        if len(self.outcome.choice.plan.blocks) > 1:
            return True
        table, level = self.outcome.choice.signatures, self.lines.levels(crossing.factor)
        height = level[self.lines.of] - self.lines.tier[self.lines.of] * (int(level.max(initial=0)) + 1)
        seated = seats >= 0
        lowest = np.full(len(table.limits) + 1, np.iinfo(np.int64).max)
        for column in table.keys[self.code[seated]].T:
            np.minimum.at(lowest, column, height[seated])
        full = table.used(self.code[seated]) >= table.limits
        lowest = np.where(np.append(full, False), lowest, np.iinfo(np.int64).min)
        behind = np.flatnonzero(np.isin(self.lines.of, crossing.behind) & ~seated)
        return bool((height[behind, None] >= lowest[table.keys[self.code[behind]]]).all(axis=1).any())
