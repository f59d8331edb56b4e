"""Small cells kept back before a table is published.

A count from 1 to below the smallest allowed is kept back, and everything that follows from it. Since totals are known,
a cell kept back alone in a line of a table could be worked out from the others: so the next smallest of its line is
kept back too, in every line (of a table of pairs, along both fields), until no line gives one away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from selection.auditing.groups import COUNTS, Group

_FROM_SELECTED: Final = (
    "share_of_selected", "rate", "low", "high", "rate_of_eligible", "ratio", "below_four_fifths", "representation",
    "representation_in_population",
)  # fmt: skip
_FROM: Final = {
    "pool": ("share_of_pool", "rate", "low", "high", "ratio", "below_four_fifths", "representation"),
    "eligible": ("rate_of_eligible", "exposure", "exposure_ratio"),
    "selected": _FROM_SELECTED,
    "waitlisted": (),
}


def suppressed(groups: Sequence[Group], smallest: int) -> tuple[Group, ...]:
    """The groups with small counts and what follows from them as None."""
    kept: list[Group] = []
    by_table: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in groups:
        by_table[group.by].append(group)
    for table in by_table.values():
        hidden = {name: _hidden(table, name, smallest) for name in COUNTS}
        # The ratios of the others would give the best-off group's rate away.
        best = {i for i, g in enumerate(table) if g.ratio == 1.0}
        lost = ("ratio", "below_four_fifths") if best & (hidden["pool"] | hidden["selected"]) else ()
        kept += [_without(group, [n for n in COUNTS if i in hidden[n]], lost) for i, group in enumerate(table)]
    return tuple(kept)


def _without(group: Group, names: Iterable[str], lost: Iterable[str]) -> Group:
    gone: dict[str, Any] = dict.fromkeys(lost)
    for name in names:
        gone |= dict.fromkeys((name, *_FROM[name]))
    return replace(group, **gone)


def _hidden(table: Sequence[Group], name: str, smallest: int) -> set[int]:
    counts = [getattr(group, name) for group in table]
    hidden = {i for i, count in enumerate(counts) if 0 < count < smallest}
    lines = _lines(table)
    while True:
        more = {other for line in lines if (other := _next(line, hidden, counts, smallest)) is not None}
        if not more:
            return hidden
        hidden |= more


def _next(line: Sequence[int], hidden: set[int], counts: Sequence[int], smallest: int) -> int | None:
    """The cell to keep back besides, where what is kept back in a line is one cell or too few applicants."""
    mine = [i for i in line if i in hidden]
    if not mine or (len(mine) > 1 and sum(counts[i] for i in mine) >= smallest):
        return None
    others = sorted((counts[i], i) for i in line if i not in hidden and counts[i])
    return others[0][1] if others else None


def _lines(table: Sequence[Group]) -> list[list[int]]:
    """Cells that add up to a number which is known: the whole table, and of pairs each row and column."""
    lines: dict[Any, list[int]] = defaultdict(list)
    for i, group in enumerate(table):
        lines[()].append(i)
        for place, word in enumerate(group.value if len(group.value) > 1 else ()):
            lines[place, word].append(i)
    return list(lines.values())
