"""An audit as an officer reads it: one small table for each field, then the reserves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selection.auditing.audit import Audit
    from selection.auditing.groups import Group

#: So many groups of a table are shown; the dataframe has all.
MOST = 25


def text(audit: Audit) -> str:
    """All tables one below the other."""
    whole = ", ".join(f"{name} {number:,}" for name, number in audit.totals.items())
    parts = [f"In all: {whole}"]
    for by, groups in groupby(audit.groups, key=lambda group: group.by):
        parts.append(_table(" and ".join(by), list(groups), audit.smallest))
    if audit.reserves:
        rows = [
            [r.reserve, *map(str, (r.seats, r.filled, r.members_selected, r.on_merit, r.by_reserve))]
            for r in audit.reserves
        ]
        parts.append(aligned(["reserve", "seats", "filled", "selected", "on merit", "by reserve"], rows))
    if audit.smallest:
        parts.append(f"- kept back: counts below {audit.smallest}, and what they could be worked out from.")
    return "\n\n".join(parts)


def _table(name: str, groups: Sequence[Group], smallest: int | None) -> str:
    given = any(group.population is not None for group in groups)
    headings = [name, "pool", "eligible", "selected", "waiting", "rate", "95 %", "to best", "repr.", "exposure"]
    rows = [_row(group, "-" if smallest else "") for group in groups[:MOST]]
    if given:
        headings.append("repr. in population")
        for row, group in zip(rows, groups, strict=False):
            row.append(_number(group.representation_in_population, ""))
    shown = aligned(headings, rows)
    left = len(groups) - MOST
    return shown if left <= 0 else f"{shown}\n... and {left:,} smaller groups"


def _row(group: Group, hidden: str) -> list[str]:
    counts = (group.pool, group.eligible, group.selected, group.waitlisted)
    interval = hidden if group.low is None or group.high is None else f"{group.low:.0%}-{group.high:.0%}"
    flag = " < 4/5" if group.below_four_fifths else ""
    return [
        ", ".join(group.value),
        *(hidden if count is None else f"{count:,}" for count in counts),
        hidden if group.rate is None else f"{group.rate:.1%}",
        interval,
        _number(group.ratio, hidden) + flag,
        _number(group.representation, hidden),
        _number(group.exposure_ratio, hidden),
    ]


def _number(number: float | None, hidden: str) -> str:
    return hidden if number is None else f"{number:.2f}"


def aligned(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns under their headings, the first to the left and the others to the right."""
    lines = [list(headings), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    )
