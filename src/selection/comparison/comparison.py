"""Two outcomes over one pool side by side: who enters, who leaves and why, counts by any field, cut-offs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.applicants import objects
from selection.comparison.changes import Seats, again, changed
from selection.comparison.differences import differences
from selection.errors import PolicyError
from selection.html import heading, line, table
from selection.intake.natives import native
from selection.outcome import Outcome
from selection.outcome.frames import Cells, field_cells
from selection.policy import Policy
from selection.vocabulary import REASONS

#: So many names stand in the text; all of them are in `enters` and `leaves`.
_SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """An outcome, and what it would be under another policy. `str()` says the difference in words."""

    before: Outcome
    after: Outcome

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """What the other policy says otherwise, in sentences."""
        return differences(self.before.policy, self.after.policy)

    @cached_property
    def enters(self) -> tuple[str, ...]:
        """Who would get a seat and has none, best rank first."""
        return self._ids(self.after, _seated(self.after) & ~_seated(self.before))

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Who has a seat and would get none, best rank first."""
        return self._ids(self.before, _seated(self.before) & ~_seated(self.after))

    def _ids(self, outcome: Outcome, moved: npt.NDArray[np.bool_]) -> tuple[str, ...]:
        order = outcome.ranking.order
        return tuple(map(str, outcome.intake.pool.ids[order[moved[order]]].tolist()))

    def why(self, applicant_id: str, language: str = "en") -> str:
        """The decision about an applicant under the other policy, in words."""
        return str(self.after.explain(applicant_id, language))

    def to_frame(self) -> Any:
        """A row for each who enters or leaves: id, change, then rank, score and reason before and after, and why."""
        return native(self.cells(), self.before.intake.kind)

    def cells(self) -> Cells:
        """The columns of `to_frame`."""
        moved = [("enters", one) for one in self.enters] + [("leaves", one) for one in self.leaves]
        places = np.array([self.before.place(one) for _, one in moved], dtype=np.int64)
        cells: dict[str, npt.NDArray[Any]] = {
            "id": objects([one for _, one in moved]),
            "change": objects([change for change, _ in moved]),
        }
        for name, outcome in (("before", self.before), ("after", self.after)):
            ranks = (outcome.rank_of[places] + 1).tolist()
            cells[f"rank_{name}"] = objects([rank or None for rank in ranks])
            cells[f"score_{name}"] = objects([outcome.score(place) for place in places.tolist()])
            cells[f"reason_{name}"] = objects(list(REASONS))[outcome.reason[places]]
        return {**cells, "why": objects([self.why(one) for _, one in moved])}

    def counts(self, field: str) -> Any:
        """How many of each value of a field are selected: value, before, after, difference; largest first."""
        return native(self.counted(field), self.before.intake.kind)

    def counted(self, field: str) -> Cells:
        """The columns of `counts`."""
        column = self.before.assessment.fields.column(field)
        values = field_cells(column, np.arange(self.before.pool_size))
        numbers = []
        for outcome in (self.before, self.after):
            chosen = values[_seated(outcome)].tolist()
            numbers.append({value: chosen.count(value) for value in set(chosen)})
        rows = [(v, numbers[0].get(v, 0), numbers[1].get(v, 0)) for v in {*numbers[0], *numbers[1]}]
        rows.sort(key=lambda row: (-row[1], -row[2], str(row[0])))
        return {
            "value": objects([row[0] for row in rows]),
            "before": np.array([row[1] for row in rows], dtype=np.int64),
            "after": np.array([row[2] for row in rows], dtype=np.int64),
            "difference": np.array([row[2] - row[1] for row in rows], dtype=np.int64),
        }

    @property
    def cutoffs(self) -> Any:
        """The last rank and score admitted, of all, of each block and of the members of each reserve."""
        old, new = dict(_last(self.before)), dict(_last(self.after))
        groups = list(dict.fromkeys([*old, *new]))
        cells = {"group": objects(groups)}
        for name, last, outcome in (("before", old, self.before), ("after", new, self.after)):
            ranks = [last.get(group) for group in groups]
            cells[f"rank_{name}"] = objects([None if rank is None else rank + 1 for rank in ranks])
            scores = [None if r is None else outcome.score(int(outcome.ranking.order[r])) for r in ranks]
            cells[f"score_{name}"] = objects(scores)
        return native(cells, self.before.intake.kind)

    def _repr_html_(self) -> str:
        said = "".join(map(line, self.changes or ("The policy is the same.",)))
        rows = [
            (what, len(ids), ", ".join(ids[:_SHOWN]) + (" …" if len(ids) > _SHOWN else ""))
            for what, ids in (("enter", self.enters), ("leave", self.leaves))
        ]
        return heading("What if") + said + table(("who", "number", "ids"), rows)

    def __repr__(self) -> str:
        return f"Comparison({len(self.enters):,} enter, {len(self.leaves):,} leave)"

    def __str__(self) -> str:
        before, after = (int(one.choice.selected.sum()) for one in (self.before, self.after))
        lines = [*(self.changes or ("The policy is the same.",)), f"Selected: {before:,} before, {after:,} after."]
        lines += [_named("enter", self.enters), _named("leave", self.leaves)]
        old, new = (dict(_last(one)).get("all") for one in (self.before, self.after))
        if old is not None and new is not None:
            scores = [o.score(int(o.ranking.order[r])) for o, r in ((self.before, old), (self.after, new))]
            lines.append(f"Last admitted: rank {old + 1} ({scores[0]} points) before, {new + 1} ({scores[1]}) after.")
        return "\n".join(lines)


def what_if(
    outcome: Outcome,
    capacity: int | None = None,
    reserve: Seats | None = None,
    cap: Seats | None = None,
    points: Mapping[str, Any] | None = None,
    policy: Policy | Mapping[str, Any] | str | Path | None = None,
) -> Comparison:
    """The outcome beside that of its policy with other numbers, or of another policy; `PolicyError` for both."""
    if policy is None:
        return Comparison(outcome, again(outcome, changed(outcome.policy, capacity, reserve, cap, points)))
    if capacity is not None or reserve or cap or points:
        raise PolicyError("policy_and_changes", "Give another policy or changes of this one, not both.")
    return Comparison(outcome, again(outcome, policy))


def _seated(outcome: Outcome) -> npt.NDArray[np.bool_]:
    """Per place of the pool, whether the applicant has a seat."""
    return np.asarray(outcome.status == 0)


def _last(outcome: Outcome) -> Iterator[tuple[str, int]]:
    """The last rank admitted of each group."""
    choice = outcome.choice
    chosen = np.flatnonzero(choice.selected)
    if not len(chosen):
        return
    yield "all", int(chosen[-1])
    for number, seated in enumerate(choice.blocks):
        mine = np.flatnonzero(choice.block_of == number)
        if len(mine):
            yield f"block {seated.block.name}", int(mine[-1])
        masks = (
            choice.signatures.masks[choice.signatures.code[mine], seated.place] if len(seated.block.reserves) else mine
        )
        for g, reserve in enumerate(seated.block.reserves):
            members = mine[(masks >> g & 1).astype(bool)]
            if len(members):
                yield f"reserve {reserve.name}", int(members[-1])


def _named(what: str, ids: tuple[str, ...]) -> str:
    shown = ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN:,} more" if len(ids) > _SHOWN else "")
    return f"{len(ids):,} {what}{'s' if len(ids) == 1 else ''}{': ' + shown if ids else ''}."
