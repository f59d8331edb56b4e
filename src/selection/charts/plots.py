"""The standard charts of an outcome, ready for a notebook: `outcome.plot.scores()` and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.applicants import canonical_text
from selection.assessment import points
from selection.charts import drawing as d
from selection.charts.tallies import Count, Tally, countries, tally
from selection.charts.usage import UsedReserve, used_caps, used_reserves
from selection.errors import NotFoundError
from selection.outcome.outcome import DECLINED
from selection.policy import MICRO
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    from selection.outcome import Outcome

WIDE: Final = 640
_BINS: Final = 48
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, eq=False, repr=False)
class Plots:
    """The standard charts of one outcome, each an Altair chart (extra `report`); `width` in pixels."""

    outcome: Outcome

    def __repr__(self) -> str:
        return "Plots: statuses(), scores(), by(field), countries(), reserves(), caps()"

    def statuses(self, width: int = WIDE) -> Any:
        """How many applicants have each status."""
        rows = [{"status": name, "number": n} for name, n in self.outcome.counts.items() if n]
        return d.dressed(_bars(rows, "status", "number", width, colours=dict(d.STATUS_COLOURS)), 26 * len(rows))

    def scores(self, width: int = WIDE) -> Any:
        """How many of each score got a seat, wait, or were declined, with the lowest score that got one."""
        return d.dressed(_scores(self.outcome, width), 230)

    def by(self, field: str, width: int = WIDE) -> Any:
        """The eligible and the selected by the values of a field."""
        return seats_by(tally(self.outcome, field), width)

    def countries(self, width: int = WIDE) -> Any:
        """A square for each country, the darker the more of its eligible applicants got a seat."""
        found = countries(self.outcome)
        if found is None:
            raise NotFoundError("no_country", "The applicants have no country, so there is no map of countries.")
        return tile_grid(found, width)

    def reserves(self, width: int = WIDE) -> Any:
        """Seats held by the members of each reserve's group, those because of it, and the seats it kept."""
        return d.dressed(_reserves(self.outcome, width))

    def caps(self, width: int = WIDE) -> Any:
        """The fullest groups of each cap against its limit."""
        return d.dressed(_caps(self.outcome, width))


def seats_by(found: Tally, width: int = WIDE) -> Any:
    """A bar for each value: the eligible, and within them the selected; numbers withheld are shown as none."""
    alt = d.altair()
    shown = [c for c in found.counts if c.eligible]
    rows = [{"label": c.label, "eligible": c.eligible, "selected": c.selected or 0, "said": _of(c)} for c in shown]
    most = max((c.eligible or 0 for c in shown), default=1)
    room = 1.3 if width > 600 else 1.62
    y = alt.Y("label:N", sort=[c.label for c in shown], title=None, axis=_labels(alt, width))
    scale = alt.Scale(domain=[0, most * room], nice=False)
    base = alt.Chart(alt.Data(values=rows))
    hidden = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
    behind = base.mark_bar(color=d.REST, height=17).encode(
        y=y, x=alt.X("eligible:Q", scale=scale, title=None, axis=hidden)
    )
    front = base.mark_bar(color=d.SEAT, height=17).encode(y=y, x=alt.X("selected:Q", scale=scale, title=None))
    said = base.mark_text(align="left", dx=6, color=d.QUIET).encode(
        y=y, x=alt.X("eligible:Q", scale=scale), text="said:N"
    )
    return d.dressed((behind + front + said).properties(width=width - _margin(width)), 28 * max(len(rows), 1))


def _of(count: Count) -> str:
    if count.selected is None or not count.eligible:
        return f"few of {count.eligible:,}"
    return f"{count.selected:,} of {count.eligible:,} ({100 * count.selected / count.eligible:.0f} %)"


def _labels(alt: Any, width: int) -> Any:
    """The axis of bars: names to the left in a margin of one width, so that charts stand in line; long ones cut."""
    most = round(_margin(width) / 5.6)
    short = f"length(datum.value) > {most} ? slice(datum.value, 0, {most - 1}) + '…' : datum.value"
    return alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=0, labelExpr=short,
                    minExtent=_margin(width), maxExtent=_margin(width))  # fmt: skip


def _margin(width: int) -> int:
    return 130 if width < 400 else 165 if width < 600 else 210


def tile_grid(found: Tally, width: int = WIDE) -> Any:
    """Countries as squares; those without a square of their own stay out and are told apart in `off_grid`."""
    alt = d.altair()
    there = {c.value: c for c in found.counts if c.value is not None}
    rows = [_tile(code, x, y, there.get(code)) for code, (x, y) in d.tiles().items()]
    size = (width - 8) / 28
    at = {
        "x": alt.X("x:O", axis=None, scale=alt.Scale(paddingInner=0.1, paddingOuter=0)),
        "y": alt.Y("y:O", axis=None, scale=alt.Scale(paddingInner=0.1, paddingOuter=0)),
    }
    base = alt.Chart(alt.Data(values=rows))
    colour = alt.Color(
        "class:N",
        scale=alt.Scale(domain=list(_CLASSES), range=["#f1eee6", *d.SCALE]),
        legend=alt.Legend(columns=2 if width < 400 else 6, symbolSize=140),
    )
    squares = base.mark_rect(cornerRadius=1.5).encode(**at, color=colour)
    ink = alt.condition("datum.dark", alt.value("#ffffff"), alt.value(d.INK))
    codes = base.mark_text(fontSize=max(size * 0.36, 5)).encode(**at, text="code:N", color=ink)
    return d.dressed((squares + codes).properties(width=width - 8), round(17 * size))


_CLASSES: Final = ("no eligible applicant", "none selected", "up to 25 %", "up to 50 %", "up to 75 %", "over 75 %")


def _tile(code: str, x: int, y: int, count: Count | None) -> dict[str, Any]:
    if count is None or not count.eligible:
        return {"code": code, "x": x, "y": y, "class": _CLASSES[0], "dark": False}
    share = (count.selected or 0) / count.eligible
    number = 1 if share == 0 else 2 + min(int(np.ceil(share * 4)) - 1, 3)
    return {"code": code, "x": x, "y": y, "class": _CLASSES[number], "dark": number >= 4}


def off_grid(found: Tally) -> tuple[Count, ...]:
    """The countries of a tally that the grid has no square for."""
    return tuple(c for c in found.counts if c.value is not None and c.value not in d.tiles())


def _bars(rows: Sequence[dict[str, Any]], label: str, number: str, width: int, colours: dict[str, str]) -> Any:
    alt = d.altair()
    y = alt.Y(f"{label}:N", sort=[row[label] for row in rows], title=None, axis=_labels(alt, width))
    scale = alt.Scale(domain=[0, max((row[number] for row in rows), default=1) * 1.2], nice=False)
    x = alt.X(f"{number}:Q", scale=scale, title=None, axis=None)
    colour = alt.Color(f"{label}:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values())))
    base = alt.Chart(alt.Data(values=list(rows))).encode(y=y, x=x)
    text = base.mark_text(align="left", dx=6).encode(text=alt.Text(f"{number}:Q", format=","))
    return (base.mark_bar(height=17).encode(color=colour) + text).properties(width=width - _margin(width))


def _scores(outcome: Outcome, width: int) -> Any:
    """Scores in at most 48 bins whose width is a round number; the cut is exact whatever the bins."""
    alt = d.altair()
    rows = score_bins(outcome)
    names = {"selected": "Selected", "waitlisted": "Waiting list", "declined": "Declined"}
    x = alt.X("from:Q", bin="binned", title="score", axis=alt.Axis(grid=False), scale=alt.Scale(zero=False, nice=False))
    order = alt.Order("place:Q")
    colours = [d.STATUS_COLOURS[n] for n in names]
    colour = alt.Color("status:N", scale=alt.Scale(domain=list(names.values()), range=colours), legend=alt.Legend())
    base = alt.Chart(alt.Data(values=[{**row, "status": names[row["status"]]} for row in rows]))
    axis = alt.Axis(tickCount=4, domain=False, format=",d")
    y = alt.Y("number:Q", title="applicants", stack="zero", axis=axis)
    bars = base.mark_bar(stroke=d.PAPER, strokeWidth=0.6).encode(x=x, x2="to:Q", y=y, color=colour, order=order)
    cut = cut_of(outcome)
    if cut is None:
        return bars.properties(width=width - 60)
    line = alt.Chart(alt.Data(values=[{"cut": float(cut), "said": f"lowest score with a seat: {canonical_text(cut)}"}]))
    rule = line.mark_rule(color=d.MARK, strokeWidth=1.4, strokeDash=[4, 3]).encode(x="cut:Q")
    said = line.mark_text(color=d.MARK, align="left", dx=5, y=2, baseline="top").encode(x="cut:Q", text="said:N")
    return (bars + rule + said).properties(width=width - 60)


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


def _reserves(outcome: Outcome, width: int) -> Any:
    alt = d.altair()
    used = used_reserves(outcome)
    parts = ("would be in anyway", "because of the reserve")
    rows = [
        {"reserve": one.reserve, "part": part, "place": place, "number": number}
        for one in used
        for place, (part, number) in enumerate(zip(parts, _parts(one), strict=True))
    ]
    kept = [{"reserve": one.reserve, "seats": one.seats} for one in used]
    y = alt.Y("reserve:N", sort=[one.reserve for one in used], title=None, axis=_labels(alt, width))
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(parts), range=[d.SEAT, d.WAIT]), legend=alt.Legend())
    axis = alt.Axis(tickCount=4, domain=False, format=",d")
    bars = alt.Chart(alt.Data(values=rows)).mark_bar(height=17).encode(
        y=y, x=alt.X("number:Q", title="seats held by members; the line is what was kept", axis=axis), color=colour,
        order=alt.Order("place:Q"),
    )  # fmt: skip
    tick = alt.Chart(alt.Data(values=kept)).mark_tick(color=d.MARK, thickness=2.5, size=25).encode(y=y, x="seats:Q")
    return (bars + tick).properties(width=width - _margin(width), height=max(34 * len(used), 34))


def _parts(one: UsedReserve) -> tuple[int, int]:
    because = one.because_of or 0
    return max((one.holding or 0) - because, 0), because


def _caps(outcome: Outcome, width: int) -> Any:
    alt = d.altair()
    rows = [
        {"group": one.label, "cap": cap.cap, "used": one.used, "share": one.used / cap.seats if cap.seats else 1.0}
        for cap in used_caps(outcome)
        for one in cap.fullest
    ]
    y = alt.Y("group:N", sort=[row["group"] for row in rows], title=None, axis=_labels(alt, width))
    x = alt.X("share:Q", title="used part of the limit", scale=alt.Scale(domain=[0, 1.12]),
              axis=alt.Axis(format=".0%", values=[0, 0.5, 1], domain=False))  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, x=x)
    ink = alt.condition("datum.share >= 1", alt.value(d.MARK), alt.value(d.SEAT))
    text = base.mark_text(align="left", dx=6).encode(text=alt.Text("used:Q", format=","))
    return (base.mark_bar(height=15).encode(color=ink) + text).properties(
        width=width - _margin(width), height=max(24 * len(rows), 24)
    )
