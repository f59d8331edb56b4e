"""What if, over ranges: a row for each value, ready to plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np

from selection.applicants import objects
from selection.comparison.changes import again, changed
from selection.intake.natives import native
from selection.outcome import Outcome
from selection.outcome.frames import Cells, field_cells

Ranges = Mapping[str, Iterable[Any]]


def sweep(
    outcome: Outcome,
    capacity: Iterable[int] | None = None,
    reserve: Ranges | None = None,
    cap: Ranges | None = None,
    points: Ranges | None = None,
    by: str | None = None,
) -> Any:
    """A row for every combination of the values given, and with `by` for every value of that field.

    Columns: one for each number that is swept (`capacity`, else the name of the reserve, cap or criterion), selected,
    enters, leaves, short (reserved seats not filled), cutoff_rank, cutoff_score; with `by` also that field's `value`
    and how many `members` are selected.
    """
    return native(cells(outcome, capacity, reserve, cap, points, by), outcome.intake.kind)


def cells(
    outcome: Outcome,
    capacity: Iterable[int] | None = None,
    reserve: Ranges | None = None,
    cap: Ranges | None = None,
    points: Ranges | None = None,
    by: str | None = None,
) -> Cells:
    """The columns of a sweep."""
    axes: list[tuple[str, str, list[Any]]] = [] if capacity is None else [("capacity", "capacity", _values(capacity))]
    for kind, ranges in (("reserve", reserve), ("cap", cap), ("points", points)):
        axes += [(kind, name, _values(values)) for name, values in (ranges or {}).items()]
    of = None if by is None else field_cells(outcome.assessment.fields.column(by), np.arange(outcome.pool_size))
    rows: list[dict[str, Any]] = []
    for values in product(*(given for _, _, given in axes)):
        made = again(outcome, changed(outcome.policy, **_arguments(axes, values)))
        row = {name: value for (_, name, _), value in zip(axes, values, strict=True)} | _measured(outcome, made)
        if of is None:
            rows.append(row)
            continue
        chosen = of[made.status == 0].tolist()
        every = dict.fromkeys(of.tolist())
        rows += [{**row, "value": value, "members": chosen.count(value)} for value in every]
    names = list(rows[0]) if rows else []
    return {name: _column([row[name] for row in rows]) for name in names}


def _values(given: Any) -> list[Any]:
    """The values of a range; one alone is a range of one."""
    return [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)


def _arguments(axes: list[tuple[str, str, list[Any]]], values: tuple[Any, ...]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for (kind, name, _), value in zip(axes, values, strict=True):
        if kind == "capacity":
            given[kind] = value
        else:
            given.setdefault(kind, {})[name] = value
    return given


def _measured(outcome: Outcome, made: Outcome) -> dict[str, Any]:
    here, there = outcome.status == 0, made.status == 0
    chosen = np.flatnonzero(made.choice.selected)
    last = int(chosen[-1]) if len(chosen) else None
    short = [r.seats - have for s in made.choice.blocks for r, have in zip(s.block.reserves, s.filled, strict=True)]
    return {
        "selected": len(chosen),
        "enters": int((there & ~here).sum()),
        "leaves": int((here & ~there).sum()),
        "short": sum(short),
        "cutoff_rank": None if last is None else last + 1,
        "cutoff_score": None if last is None else made.score(int(made.ranking.order[last])),
    }


def _column(values: list[Any]) -> Any:
    whole = all(type(value) is int for value in values)
    return np.array(values, dtype=np.int64) if whole else objects(values)
