"""Where an applicant would stand in an outcome there is already, without running anything again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from selection.draws.tickets import ticket
from selection.errors import PolicyError
from selection.intake.organisations import organisation_key
from selection.policy import Cap, TieBreak
from selection.ranking import sortable
from selection.single import Verdict

if TYPE_CHECKING:
    from selection.applicants import Applicant
    from selection.outcome.outcome import Outcome

_SIDES: Final[tuple[Literal["left"], Literal["right"]]] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Provisional:
    """A place in an order that was made without this applicant.

    `place` from 1, None for whoever is not eligible; `cutoff` the last place with a seat among applicants of the same
    groups, None if none of them has one (or nobody is like them).
    """

    verdict: Verdict
    place: int | None
    cutoff: int | None

    @property
    def above(self) -> bool:
        """Whether the place is above the cut-off of the applicant's own groups."""
        return self.place is not None and self.cutoff is not None and self.place <= self.cutoff

    def __str__(self) -> str:
        if self.place is None:
            return str(self.verdict)
        if self.cutoff is None:
            return f"If submitted now: place {self.place:,}; nobody of the same groups has a seat."
        return (
            f"If submitted now: place {self.place:,}, {'above' if self.above else 'below'} the cut-off of your group."
        )


@dataclass(frozen=True, eq=False, repr=False)
class Standings:
    """The order of an outcome, ready to be asked: tier and score of each rank, the last seat of each signature."""

    outcome: Outcome
    tiers: npt.NDArray[np.int64]
    scores: npt.NDArray[np.int64]
    cutoffs: Mapping[tuple[Any, ...], int]

    def __repr__(self) -> str:
        return f"Standings({len(self.scores):,} ranked)"

    def of(self, applicant: Applicant | Mapping[str, Any]) -> Provisional:
        """The place an applicant (not one of the pool) would have, and the cut-off of their groups."""
        policy = self.outcome.policy
        verdict = policy.assess(applicant)
        if verdict.standing != "eligible":
            return Provisional(verdict, None, None)
        given = policy.single.cells(applicant)
        last = self.cutoffs.get(_signature(self.outcome, policy.single.groups(given)))
        return Provisional(verdict, self._before(verdict, given) + 1, None if last is None else last + 1)

    def _before(self, verdict: Verdict, given: Mapping[str, Any]) -> int:
        """How many stand before: by tier and score at a glance, among equals one comparison after the other."""
        first, last = (int(np.searchsorted(self.tiers, verdict.tier, side)) for side in _SIDES)
        within = -self.scores[first:last]
        low, high = (first + int(np.searchsorted(within, -verdict.micro, side)) for side in _SIDES)
        ties = self.outcome.policy.ties.declared
        own = _keys(self.outcome, [given.get(tie.field) for tie in ties], str(given.get("id", "")))
        while low < high:
            middle = (low + high) // 2
            if _before(_keys_at(self.outcome, middle), own, ties):
                low = middle + 1
            else:
                high = middle
        return low


def standings(outcome: Outcome) -> Standings:
    """The order of an outcome made ready; `PolicyError` where tickets give no one order."""
    lottery = outcome.policy.lottery
    if lottery.weight is not None or lottery.tickets == "per_block":
        raise PolicyError("no_single_order", "Weighted tickets and tickets by block give no one order to stand in.")
    order, made = outcome.ranking.order, outcome.assessment
    return Standings(outcome, made.tier[order], made.score[order], MappingProxyType(_cutoffs(outcome)))


def _keys_at(outcome: Outcome, rank: int) -> tuple[Any, ...]:
    place = int(outcome.ranking.order[rank])
    fields = outcome.assessment.fields
    values = [fields.column(tie.field).at(place) for tie in outcome.policy.ties.declared]
    return _keys(outcome, values, str(outcome.intake.pool.ids[place]))


def _keys(outcome: Outcome, values: list[Any], own: str) -> tuple[Any, ...]:
    drawn = outcome.policy.ties.lottery and outcome.seed is not None
    return *(None if value is None else sortable(value) for value in values), ticket(
        str(outcome.seed), own
    ) if drawn else own


def _before(theirs: tuple[Any, ...], own: tuple[Any, ...], ties: tuple[TieBreak, ...]) -> bool:
    for tie, their, mine in zip(ties, theirs, own, strict=False):
        if their == mine:
            continue
        if their is None or mine is None:
            return mine is None
        if their[0] != mine[0]:
            return bool(their[0] < mine[0])
        return bool(their[1] > mine[1] if tie.first == "highest" else their[1] < mine[1])
    return bool(theirs[-1] < own[-1])


def _signature(outcome: Outcome, groups: Mapping[tuple[str, str], Any]) -> tuple[Any, ...]:
    """Blocks and reserves somebody belongs to, and the values caps are kept on."""
    plan = outcome.choice.plan
    member = tuple(b.rule is None or groups.get(("block", b.name)) is True for b in plan.blocks)
    reserves = tuple(groups.get((f"reserve of {b.name}", r.name)) is True for b in plan.blocks for r in b.reserves)
    return (
        member,
        reserves,
        frozenset(
            (c.name, _counted(c.rule, one))
            for c in plan.caps
            for one in _values(groups.get(("cap", c.name)), c.rule.per is None)
        ),
    )


def _counted(cap: Cap, value: Any) -> Any:
    """A value as its cap counts it: of an organisation what all its spellings share."""
    return organisation_key(value) if cap.per == "organisation" and isinstance(value, str) else value


def _values(value: Any, group: bool) -> tuple[Any, ...]:
    if value is None or value is False:
        return ()
    return (None,) if group else value if isinstance(value, tuple) else (value,)


def _cutoffs(outcome: Outcome) -> dict[tuple[Any, ...], int]:
    """Per signature, as what it stands for, the last rank with a seat."""
    table, plan = outcome.choice.signatures, outcome.choice.plan
    rules = {cap.name: cap.rule for cap in plan.caps}
    chosen = np.flatnonzero(outcome.choice.selected)
    last = np.full(len(table.keys), -1, dtype=np.int64)
    last[table.code[chosen]] = chosen
    found = {}
    for signature in np.flatnonzero(last >= 0).tolist():
        member = tuple(map(bool, table.member[signature]))
        masks = table.masks[signature].tolist()
        reserves = tuple(bool(masks[n] >> g & 1) for n, b in enumerate(plan.blocks) for g in range(len(b.reserves)))
        keys = [table.key(number) for number in table.keys[signature].tolist() if number >= 0]
        found[member, reserves, frozenset((key.cap, _counted(rules[key.cap], key.value)) for key in keys)] = int(
            last[signature]
        )
    return found
