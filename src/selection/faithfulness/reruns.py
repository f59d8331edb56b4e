"""The seats given out again with one thing changed, from the policy and the ranking, sharing no look-up with claims."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.assessment import MISSING, micropoints
from selection.choice import choose
from selection.outcome import Outcome, without_reserves
from selection.policy import Plan

if TYPE_CHECKING:
    from selection.policy import Criterion

Bools = npt.NDArray[np.bool_]


class Reruns:
    """Per rank who is selected once something is changed; each change is run once, when it is first asked for."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._without: dict[frozenset[str], Bools] = {}
        self._lifted: dict[str, Bools] = {}

    @cached_property
    def reserves(self) -> list[str]:
        """The names of all reserves."""
        policy = self.outcome.policy
        return [r.name for r in (*policy.reserve, *(r for b in policy.block for r in b.reserve))]

    def without(self, *names: str) -> Bools:
        """Who is selected if these reserves keep no seats."""
        dropped = frozenset(names)
        if dropped not in self._without:
            plan = without_reserves(self.outcome.policy, dropped, Counter(self.outcome.held.values()))
            self._without[dropped] = self._run(plan)
        return self._without[dropped]

    def without_cap(self, name: str) -> Bools:
        """Who is selected if this cap is not there."""
        if name not in self._lifted:
            plan = self.outcome.choice.plan
            self._lifted[name] = self._run(replace(plan, caps=tuple(c for c in plan.caps if c.name != name)))
        return self._lifted[name]

    @cached_property
    def roomy(self) -> Bools:
        """Who is selected if there are seats for everybody: so many more, reserves and caps as many as they were."""
        plan, policy, more = self.outcome.choice.plan, self.outcome.policy, len(self.outcome.ranking)
        if policy.block:
            return self._run(replace(plan, blocks=tuple(replace(b, seats=b.seats + more) for b in plan.blocks)))
        kept = {r.name: r.seats for b in plan.blocks for r in b.reserves}
        kept |= {b.name: b.seats for b in plan.blocks if b.rule is not None} | {c.name: c.seats for c in plan.caps}
        stated: dict[str, Any] = {"capacity": policy.seats + more}
        for kind in ("reserve", "cap"):
            rules = getattr(policy, kind)
            stated[kind] = tuple(rule.model_copy(update={"seats": kept[rule.name]}) for rule in rules)
        return self._run(policy.model_copy(update=stated).plan)

    def _run(self, plan: Plan) -> Bools:
        return choose(self.outcome.ranking, plan, self.outcome.held).selected

    def contribution(self, criterion: Criterion, place: int) -> int:
        """What a criterion gives the applicant at this place, weighed again, in micropoints."""
        fields = self.outcome.assessment.fields
        given = micropoints(criterion, {name: fields.column(name).at(place) for name in criterion.fields})
        return 0 if given == MISSING else given
