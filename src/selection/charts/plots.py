"""The standard charts of an outcome, ready for a notebook: `outcome.plot.scores()` and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.assessment import points
from selection.charts import drawing as d
from selection.charts.bars import WIDE, beside, in_lines, margin, names_axis, plain_bars, seats_by
from selection.charts.labels import Labels, labels
from selection.charts.tallies import Count, Tally, countries, tally
from selection.charts.usage import UsedReserve, used_caps, used_reserves
from selection.errors import NotFoundError
from selection.outcome.outcome import DECLINED
from selection.policy import MICRO
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    from selection.outcome import Outcome

_BINS: Final = 48
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, eq=False, repr=False)
class Plots:
    """The standard charts of one outcome, each an Altair chart (extra `report`); `width` in pixels.

    `said` the labels of another language than English: `Plots(outcome, labels("fr"))`.
    """

    outcome: Outcome
    said: Labels = field(default_factory=labels)

    def __repr__(self) -> str:
        return "Plots: statuses(), scores(), by(field), countries(), reserves(), caps()"

    def statuses(self, width: int = WIDE) -> Any:
        """How many applicants have each status."""
        words = self.said["statuses"]
        rows = [{"status": words[name], "number": n} for name, n in self.outcome.counts.items() if n]
        colours = {words[name]: colour for name, colour in d.STATUS_COLOURS.items()}
        return d.dressed(plain_bars(rows, "status", "number", width, colours, self.said), 26 * len(rows))

    def scores(self, width: int = WIDE) -> Any:
        """How many of each score got a seat, wait, or were declined, with the lowest score that got one."""
        return d.dressed(_scores(self.outcome, width, self.said), 230)

    def by(self, field: str, width: int = WIDE) -> Any:
        """The eligible and the selected by the values of a field."""
        return seats_by(tally(self.outcome, field, said=self.said), width, self.said)

    def countries(self, width: int = WIDE) -> Any:
        """A square for each country, the darker the more of its eligible applicants got a seat."""
        found = countries(self.outcome, said=self.said)
        if found is None:
            raise NotFoundError("no_country", "The applicants have no country, so there is no map of countries.")
        return tile_grid(found, width, self.said)

    def reserves(self, width: int = WIDE) -> Any:
        """Seats held by the members of each reserve's group, those because of it, and the seats it kept."""
        return d.dressed(_reserves(self.outcome, width, self.said))

    def caps(self, width: int = WIDE) -> Any:
        """The fullest groups of each cap against its limit."""
        return d.dressed(_caps(self.outcome, width, self.said))


def tile_grid(found: Tally, width: int = WIDE, said: Labels | None = None) -> Any:
    """Countries as squares; those without a square of their own stay out and are told apart in `off_grid`."""
    alt, classes = d.altair(), _classes(said or labels())
    there = {c.value: c for c in found.counts if c.value is not None}
    rows = [_tile(code, x, y, there.get(code), classes) for code, (x, y) in d.tiles().items()]
    size = (width - 8) / 28
    at = {
        "x": alt.X("x:O", axis=None, scale=alt.Scale(paddingInner=0.1, paddingOuter=0)),
        "y": alt.Y("y:O", axis=None, scale=alt.Scale(paddingInner=0.1, paddingOuter=0)),
    }
    base = alt.Chart(alt.Data(values=rows))
    colour = alt.Color(
        "class:N",
        scale=alt.Scale(domain=list(classes), range=["#f1eee6", *d.SCALE]),
        legend=alt.Legend(columns=2 if width < 400 else 3, symbolSize=140),
    )
    squares = base.mark_rect(cornerRadius=1.5).encode(**at, color=colour)
    ink = alt.Color("ink:N", scale=None, legend=None)
    codes = base.mark_text(fontSize=max(size * 0.36, 5)).encode(**at, text="code:N", color=ink)
    both = alt.layer(squares, codes).resolve_scale(color="independent")
    return d.dressed(both.properties(width=width - 8), round(17 * size))


def _classes(said: Labels) -> tuple[str, ...]:
    """What the colours of the squares say, from none to most."""
    charts = said["charts"]
    steps = [charts["up_to"].format(share=said.share(part, 4)) for part in (1, 2, 3)]
    return (charts["no_eligible"], charts["none"], *steps, charts["over"].format(share=said.share(3, 4)))


def _tile(code: str, x: int, y: int, count: Count | None, classes: Sequence[str]) -> dict[str, Any]:
    if count is None or not count.eligible:
        return {"code": code, "x": x, "y": y, "class": classes[0], "ink": d.TILE_INKS[0]}
    share = (count.selected or 0) / count.eligible
    number = 1 if share == 0 else 2 + min(int(np.ceil(share * 4)) - 1, 3)
    return {"code": code, "x": x, "y": y, "class": classes[number], "ink": d.TILE_INKS[1 + (number >= 4)]}


def off_grid(found: Tally) -> tuple[Count, ...]:
    """The countries of a tally that the grid has no square for."""
    return tuple(c for c in found.counts if c.value is not None and c.value not in d.tiles())


def _scores(outcome: Outcome, width: int, said: Labels) -> Any:
    """Scores in at most 48 bins whose width is a round number; the cut is exact whatever the bins."""
    alt = d.altair()
    rows = score_bins(outcome)
    names = {name: said["statuses"][name] for name in STATUSES[: DECLINED + 1]}
    x = alt.X(
        "from:Q",
        bin="binned",
        title=said["charts"]["score"],
        axis=alt.Axis(grid=False),
        scale=alt.Scale(zero=False, nice=False),
    )
    order = alt.Order("place:Q")
    colours = [d.STATUS_COLOURS[n] for n in names]
    colour = alt.Color("status:N", scale=alt.Scale(domain=list(names.values()), range=colours), legend=alt.Legend())
    base = alt.Chart(alt.Data(values=[{**row, "status": names[row["status"]]} for row in rows]))
    axis = alt.Axis(tickCount=4, domain=False, format=",d")
    y = alt.Y("number:Q", title=said["charts"]["applicants"], stack="zero", axis=axis)
    bars = base.mark_bar(stroke=d.PAPER, strokeWidth=0.6).encode(x=x, x2="to:Q", y=y, color=colour, order=order)
    cut = cut_of(outcome)
    if cut is None:
        return bars.properties(width=width - 60)
    lowest = said["charts"]["lowest"].format(score=said.plain(cut))
    line = alt.Chart(alt.Data(values=[{"cut": float(cut), "said": lowest}]))
    rule = line.mark_rule(color=d.MARK, strokeWidth=1.4, strokeDash=[4, 3]).encode(x="cut:Q")
    text = line.mark_text(color=d.MARK, align="left", dx=5, y=2, baseline="top").encode(x="cut:Q", text="said:N")
    return (bars + rule + text).properties(width=width - 60)


def cut_of(outcome: Outcome) -> Any:
    """The lowest score with a seat; None where nobody has one, or scores do not differ."""
    given = outcome.ranking.order[outcome.choice.selected]
    scores = outcome.assessment.score[outcome.ranking.order]
    return points(int(outcome.assessment.score[given].min())) if len(given) and scores.min() < scores.max() else None


def score_bins(outcome: Outcome) -> list[dict[str, Any]]:
    """How many ranked applicants of each status have a score from one bound up to, not including, the next."""
    order = outcome.ranking.order
    if not len(order):
        return []
    scores, status = outcome.assessment.score[order], outcome.status[order]
    low, step = int(scores.min()), _step(int(scores.max()) - int(scores.min()))
    start = low // step * step
    bins = (scores - start) // step
    return [
        {"from": (start + b * step) / MICRO, "to": (start + (b + 1) * step) / MICRO, "number": int(n), "place": place,
         "status": STATUSES[place]}
        for place in range(DECLINED + 1)
        for b, n in enumerate(np.bincount(bins[status == place]).tolist())
        if n
    ]  # fmt: skip


def _step(spread: int) -> int:
    """The smallest round width, in micropoints, with which no more than 48 bins hold every score."""
    unit = 1
    while True:
        for factor in _STEPS:
            if spread // (factor * unit) < _BINS:
                return factor * unit
        unit *= 10


def _reserves(outcome: Outcome, width: int, said: Labels) -> Any:
    alt, charts = d.altair(), said["charts"]
    used = used_reserves(outcome)
    parts = (charts["anyway"], charts["because"])
    rows = [
        {"reserve": in_lines(one.reserve, width, said), "part": part, "place": place, "number": number}
        for one in used
        for place, (part, number) in enumerate(zip(parts, _parts(one), strict=True))
    ]
    kept = [{"reserve": in_lines(one.reserve, width, said), "seats": one.seats} for one in used]
    y = alt.Y("reserve:N", sort=[row["reserve"] for row in kept], title=None, axis=names_axis(alt, width, said))
    scale = alt.Scale(reverse=said.mirrored)
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(parts), range=[d.SEAT, d.WAIT]), legend=alt.Legend())
    axis = alt.Axis(tickCount=4, domain=False, format=",d")
    bars = alt.Chart(alt.Data(values=rows)).mark_bar(height=17).encode(
        y=y, x=alt.X("number:Q", title=charts["held"], axis=axis, scale=scale), color=colour,
        order=alt.Order("place:Q"),
    )  # fmt: skip
    tick = (
        alt.Chart(alt.Data(values=kept))
        .mark_tick(color=d.MARK, thickness=2.5, size=25)
        .encode(y=y, x=alt.X("seats:Q", scale=scale))
    )
    return (bars + tick).properties(width=width - margin(width), height=max(34 * len(used), 34))


def _parts(one: UsedReserve) -> tuple[int, int]:
    because = one.because_of or 0
    return max((one.holding or 0) - because, 0), because


def _caps(outcome: Outcome, width: int, said: Labels) -> Any:
    alt = d.altair()
    rows = [
        {
            "group": in_lines(one.label, width, said),
            "cap": cap.cap,
            "used": one.used,
            "share": (one.used or 0) / cap.seats if cap.seats else 1.0,
        }
        for cap in used_caps(outcome, said)
        for one in cap.fullest
    ]
    y = alt.Y("group:N", sort=[row["group"] for row in rows], title=None, axis=names_axis(alt, width, said))
    x = alt.X("share:Q", title=said["charts"]["used"], scale=alt.Scale(domain=[0, 1.12], reverse=said.mirrored),
              axis=alt.Axis(format=".0%", values=[0, 0.5, 1], domain=False))  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, x=x)
    ink = alt.condition("datum.share >= 1", alt.value(d.MARK), alt.value(d.SEAT))
    text = base.mark_text(**beside(said)).encode(text=alt.Text("used:Q", format=","))
    return (base.mark_bar(height=15).encode(color=ink) + text).properties(
        width=width - margin(width), height=max(24 * len(rows), 24)
    )
