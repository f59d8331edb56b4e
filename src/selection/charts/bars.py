"""Bars with names beside them and numbers at their ends, in one width whatever the texts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

from selection.charts import drawing as d
from selection.charts.labels import Labels, labels
from selection.charts.tallies import Count, Tally

WIDE: Final = 640

#: About how wide a letter of a label is, and what is left free around a chart, in pixels.
LETTER: Final = {"ru": 6.7, "zh": 12.0}
USUAL_LETTER, EDGE = 5.9, 2


def seats_by(found: Tally, width: int = WIDE, said: Labels | None = None) -> Any:
    """A bar for each value: the eligible, and within them the selected; numbers withheld are shown as none."""
    alt, words = d.altair(), said or labels()
    shown = [c for c in found.counts if c.eligible]
    rows: list[dict[str, Any]] = [
        {"label": in_lines(c.label, width, words), "eligible": c.eligible, "selected": c.selected or 0,
         "said": _of(c, words)} for c in shown
    ]  # fmt: skip
    most = max((c.eligible or 0 for c in shown), default=1)
    across = width - margin(width) - 2 * EDGE
    text_room = 14 + USUAL_LETTER * max((len(row["said"]) for row in rows), default=0)
    room = across / max(across - text_room, across / 4)
    y = alt.Y("label:N", sort=[row["label"] for row in rows], title=None, axis=names_axis(alt, width, words))
    scale = alt.Scale(domain=[0, most * room], nice=False, reverse=words.mirrored)
    base = alt.Chart(alt.Data(values=rows))
    hidden = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
    behind = base.mark_bar(color=d.REST, height=17).encode(
        y=y, x=alt.X("eligible:Q", scale=scale, title=None, axis=hidden)
    )
    front = base.mark_bar(color=d.SEAT, height=17).encode(y=y, x=alt.X("selected:Q", scale=scale, title=None))
    text = base.mark_text(**beside(words), color=d.QUIET).encode(y=y, x=alt.X("eligible:Q", scale=scale), text="said:N")
    return d.dressed(framed(behind + front + text, width, words), 28 * max(len(rows), 1))


def framed(chart: Any, width: int, said: Labels) -> Any:
    """A chart without an axis below as wide as it is told, however wide its texts are, so that several look alike."""
    names = margin(width)
    sides = (EDGE, names) if said.mirrored else (names, EDGE)
    padding = {"left": sides[0], "right": sides[1], "top": EDGE, "bottom": EDGE}
    return chart.properties(width=width - names - 2 * EDGE, autosize="none", padding=padding)


def _of(count: Count, said: Labels) -> str:
    charts, eligible = said["charts"], said.number(count.eligible)
    if count.selected is None or not count.eligible:
        return charts["few_of"].format(eligible=eligible)
    share = said.share(count.selected, count.eligible)
    return charts["of"].format(selected=said.number(count.selected), eligible=eligible, share=share)


def beside(said: Labels) -> dict[str, Any]:
    """Where the text at the end of a bar stands."""
    return {"align": "right", "dx": -6} if said.mirrored else {"align": "left", "dx": 6}


def names_axis(alt: Any, width: int, said: Labels) -> Any:
    """The axis of bars: names where the language begins to read, in a margin of one width, so that charts align."""
    return alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=0, labelExpr="split(datum.value, '\\n')",
                    minExtent=margin(width), maxExtent=margin(width), labelLineHeight=12,
                    labelOffset=alt.ExprRef("indexof(datum.value, '\\n') < 0 ? 0 : -6"),
                    orient="right" if said.mirrored else "left")  # fmt: skip


def in_lines(label: str, width: int, said: Labels) -> str:
    """A name in at most two lines that fit the margin; what is longer is cut."""
    most = int((margin(width) - 8) / LETTER.get(said.language, USUAL_LETTER))
    return "\n".join(textwrap.wrap(label, most, max_lines=2, placeholder="…")) or label


def margin(width: int) -> int:
    """The room for names beside the bars of a chart of this width."""
    return 130 if width < 400 else 172 if width < 600 else 210


def plain_bars(
    rows: Sequence[dict[str, Any]], label: str, number: str, width: int, colours: dict[str, str], said: Labels
) -> Any:
    """A bar for each row with its number at the end, each in the colour of its label."""
    alt = d.altair()
    y = alt.Y(f"{label}:N", sort=[row[label] for row in rows], title=None, axis=names_axis(alt, width, said))
    most = max((row[number] for row in rows), default=1) * 1.2
    scale = alt.Scale(domain=[0, most], nice=False, reverse=said.mirrored)
    x = alt.X(f"{number}:Q", scale=scale, title=None, axis=None)
    colour = alt.Color(f"{label}:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values())))
    base = alt.Chart(alt.Data(values=list(rows))).encode(y=y, x=x)
    text = base.mark_text(**beside(said)).encode(text=alt.Text(f"{number}:Q", format=","))
    return (base.mark_bar(height=17).encode(color=colour) + text).properties(width=width - margin(width))
