"""The outcome of a round: everything an outcome can be asked, over those who remain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool
from selection.assessment import Assessment
from selection.choice import choose
from selection.intake import Intake
from selection.outcome import Outcome, without_reserves
from selection.profiles import Fields
from selection.replacement.seats import Answer, kept, known

if TYPE_CHECKING:
    from selection.replacement.rounds import Round

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Remaining(Outcome):
    """An outcome after withdrawals; who withdrew is in its pool no longer.

    `previous` the outcome before the round, `rounds` all rounds so far, `start` the outcome before the first.
    """

    previous: Outcome
    start: Outcome
    rounds: tuple[Round, ...]

    @cached_property
    def without(self) -> Mapping[str | None, Mask]:
        """Per rank, who would be selected in this round if a reserve kept no seats; under None, if no reserve did."""
        names = [r.name for r in self.policy.reserve] or [r.name for b in self.policy.block for r in b.reserve]
        found: dict[str | None, Mask] = {None: self._dropping(frozenset(names))}
        return MappingProxyType(found | {name: self._dropping(frozenset([name])) for name in names})

    def _dropping(self, names: frozenset[str]) -> Mask:
        if not names:
            return self.choice.selected
        held = Counter(self.held.values())
        plan = kept(without_reserves(self.policy, names), held, held)
        return choose(self.ranking, plan, self.held, known(self, plan), self.choice.seconds).selected

    @cached_property
    def because_of(self) -> Mapping[str, Mask]:
        """Per reserve and rank, who has a seat because of it; of a seat that was kept, as it was when given."""
        here, before = self.choice.selected, self.previous.because_of
        now = {g: here & ~there for g, there in self.without.items() if g is not None}
        mine, theirs = self._kept
        for name, members in now.items():
            members[mine] = before[name][theirs]
        return MappingProxyType(now)

    @cached_property
    def reason(self) -> npt.NDArray[np.int8]:
        """The reason of each decision; of a seat that was kept, the one it was given for."""
        from selection.outcome.reasons import reasons

        found = reasons(self)
        mine, theirs = self._kept
        found[self.ranking.order[mine]] = self.previous.reason[self.previous.ranking.order[theirs]]
        return found

    @cached_property
    def _kept(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The ranks whose seats were kept, here and in the outcome before."""
        mine = np.array(sorted(self.held), dtype=np.int64)
        ids = self.intake.pool.ids[self.ranking.order[mine]].tolist()
        places = np.array([self.previous.intake.pool.places[one] for one in ids], dtype=np.int64)
        return mine, self.previous.rank_of[places]

    def record(self) -> dict[str, Any]:
        """What proves the outcome without personal data, with every round that led to it."""
        return {**super().record(), "rounds": [one.to_dict() for one in self.rounds]}


def remaining(outcome: Outcome, gone: npt.NDArray[np.int64], answer: Answer, rounds: tuple[Round, ...]) -> Remaining:
    """The outcome of an answer, the places `gone` and their duplicates out of the pool."""
    pool = outcome.intake.pool
    keep = np.ones(len(pool), dtype=bool)
    keep[gone] = False
    keep[np.isin(pool.duplicate_of, gone)] = False
    number = np.append(np.cumsum(keep) - 1, -1)
    intake = _intake(outcome.intake, keep, number)
    assessment = _assessment(outcome.assessment, intake.pool, keep)
    ranking = replace(answer.choice.ranking, assessment=assessment, order=number[answer.choice.ranking.order])
    choice = replace(
        answer.choice, ranking=ranking, signatures=replace(answer.choice.signatures, assessment=assessment)
    )
    start = outcome.start if isinstance(outcome, Remaining) else outcome
    return Remaining(
        intake, outcome.policy, outcome.seed, assessment, ranking, choice, MappingProxyType(dict(answer.held)),
        outcome, start, rounds,
    )  # fmt: skip


def _intake(intake: Intake, keep: Mask, number: npt.NDArray[np.int64]) -> Intake:
    pool = intake.pool
    open_cells = {(int(number[p]), name): said for (p, name), said in pool.open_cells.items() if keep[p]}
    left = Pool(
        ids=pool.ids[keep],
        columns=MappingProxyType({name: Column(c.codes[keep], c.values) for name, c in pool.columns.items()}),
        rows=pool.rows[keep],
        duplicate_of=number[pool.duplicate_of][keep],
        open_cells=MappingProxyType(open_cells),
    )
    doubles = int((left.duplicate_of >= 0).sum())
    change = {"duplicates": doubles, "applicants": len(left) - doubles}
    rows = intake.counts["rows"] - int((~keep).sum())
    return replace(intake, pool=left, counts=MappingProxyType({**intake.counts, **change, "rows": rows}))


def _assessment(made: Assessment, pool: Pool, keep: Mask) -> Assessment:
    """What was weighed stays as it was: everybody is weighed alone."""
    return replace(
        made,
        pool=pool,
        fields=Fields(pool, made.policy),
        rules=tuple(replace(rule, codes=rule.codes[keep]) for rule in made.rules),
        standing=made.standing[keep],
        cause=made.cause[keep],
        score=made.score[keep],
        tier=made.tier[keep],
    )
