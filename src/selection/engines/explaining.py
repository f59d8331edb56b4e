"""One applicant of a table in an engine explained: their row is fetched and decided among the few once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from selection.engines.few import Few
from selection.explanations import Explanation
from selection.explanations import explain as explain_here
from selection.outcome import Outcome

if TYPE_CHECKING:
    from selection.engines.spread import EngineOutcome


def explain(outcome: EngineOutcome, one: str, language: str) -> Explanation:
    """The explanation of an applicant, with the ranks they and others have among all."""
    found = outcome.rows.find([one])
    if not len(found["id"]):
        return _duplicate(outcome, one, language)
    few = outcome.few.plus(Few.of(found, outcome.call.weights))
    local = outcome.local if len(few) == len(outcome.few) else outcome.call.decide(few)
    told = explain_here(local, local.place(one), language)
    return _with_true_ranks(outcome, local, few, told)


def _duplicate(outcome: EngineOutcome, one: str, language: str) -> Explanation:
    """The explanation of a registration that does not stand."""
    pool = outcome.duplicates.pool
    if pool is None or one not in outcome.duplicates.gone:
        raise outcome.missing(one)
    place = pool.places[one]
    stands = int(pool.duplicate_of[place])
    rows = {name: [values[place], values[stands]] for name, values in outcome.duplicates.own.items()}
    few = Few.of(rows, outcome.call.weights)
    few = outcome.few.plus(few)
    at = {str(i): n for n, i in enumerate(few.ids)}
    local = outcome.call.decide(few, {at[one]: at[str(pool.ids[stands])]})
    return _with_true_ranks(outcome, local, few, explain_here(local, at[one], language))


@dataclass(frozen=True, eq=False, repr=False)
class EngineExplanation(Explanation):
    """An explanation from the few rows, with the ranks among all rows."""

    among_all: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        return {**self.recorded.facts(self.place), **self.among_all}


def _with_true_ranks(outcome: EngineOutcome, local: Outcome, few: Few, told: Explanation) -> Explanation:
    """The same explanation with the ranks among all rows instead of those among the few."""

    def rank_of(local_rank: int) -> int:
        return outcome.rank_at(outcome.call.place_of(local, few, int(local.ranking.order[local_rank - 1])))

    facts = told.facts
    selected = local.choice.selected
    found: dict[str, Any] = {"ranked": outcome.ranked}
    if facts["rank"] is not None:
        mine = int(facts["rank"])
        rank = rank_of(mine)
        position = rank - int(selected[: mine - 1].sum())
        waits = not selected[mine - 1] and position <= outcome.call.policy.waiting_places
        found |= {"rank": rank, "position": position if waits else None}
        found["last"] = rank_of(int(np.flatnonzero(selected)[-1]) + 1) if selected.any() else None
        if not selected[mine - 1]:
            found["status"] = "waitlisted" if waits else "declined"
        if facts["cutoff"]:
            found["cutoff"] = {**facts["cutoff"], "rank": rank_of(facts["cutoff"]["rank"])}
    return EngineExplanation(told.recorded, told.place, told.language, found)
