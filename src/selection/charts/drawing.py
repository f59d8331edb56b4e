"""Colours and type of all pictures, and a picture as SVG text."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from selection.errors import MissingExtraError

INK: Final = "#1c2733"
QUIET: Final = "#5b6773"
HAIR: Final = "#d9d5cc"
PAPER: Final = "#fbfaf6"
SEAT: Final = "#0f5c6e"
WAIT: Final = "#c98a1b"
REST: Final = "#ccd3d4"
MARK: Final = "#a8341f"

#: Of codes on squares: without anybody, on a pale square, on a dark one. No other text has these colours.
TILE_INKS: Final = ("#6d6a5e", "#1c2734", "#fffffe")

#: From few to many of the eligible who got a seat.
SCALE: Final = ("#e6ece9", "#bcd6d3", "#84b6b8", "#468f99", "#0f5c6e")

STATUS_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {"selected": SEAT, "waitlisted": WAIT, "declined": REST, "ineligible": "#8d99a3", "incomplete": "#aab4ba",
     "duplicate": "#e4e1d8"}
)  # fmt: skip

_TAG: Final = re.compile(r"<[a-z][^>]*>")

FONT: Final = "'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"


def altair() -> Any:
    """The charting library; `MissingExtraError` with the install line where it is not there."""
    try:
        import altair
    except ImportError:
        raise MissingExtraError.of("altair", "report", "Drawing a chart") from None
    return altair


def dressed(chart: Any, height: int | None = None) -> Any:
    """A chart in the colours and type of all of them."""
    if height is not None:
        chart = chart.properties(height=height)
    return (
        chart.configure(font=FONT, background="transparent", padding=2, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=QUIET, domainColor=HAIR, tickColor=HAIR, gridColor="#ebe8e0", labelFontSize=12,
            titleFontSize=12, titleFontWeight="normal",
        )
        .configure_legend(labelColor=INK, labelFontSize=12, title=None, orient="top", symbolType="square", offset=6,
                          labelLimit=0)
        .configure_text(color=INK, fontSize=12)
    )  # fmt: skip


def svg(chart: Any, locale: dict[str, Any] | None = None) -> str:
    """A chart as one `<svg>` element that takes the width it is given; `locale` how numbers on axes are written."""
    try:
        import vl_convert
    except ImportError:
        raise MissingExtraError.of("vl-convert-python", "report", "Drawing a chart") from None
    drawn = _TAG.sub(_bare, vl_convert.vegalite_to_svg(chart.to_dict(validate=False), format_locale=locale))
    return re.sub(r'<svg ([^>]*?) width="[\d.]+" height="[\d.]+"', r'<svg aria-hidden="true" \1', drawn, count=1)


def _bare(tag: re.Match[str]) -> str:
    """A tag without roles: what a picture says to who cannot see it stands beside it, in one sentence and a table."""
    return re.sub(r' (?:role|class|aria-[a-z]+|pointer-events)="[^"]*"', "", tag[0])


@cache
def tiles() -> Mapping[str, tuple[int, int]]:
    """Where each country's square stands in the tile grid: column from the west, row from the north."""
    text = (resources.files("selection") / "charts" / "tiles.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines()[1:])
    return MappingProxyType({row["code"]: (int(row["x"]), int(row["y"])) for row in rows})
