"""Places in the order and buckets as narwhals expressions."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from selection.engines.engine import Grid, Upto


def bucket(grid: Grid) -> nw.Expr:
    """The bucket of a row: 0 where its level is not cut."""
    number = (nw.col(grid.column).cast(nw.Int64) - grid.low) // grid.width
    return nw.when(nw.col("split") == 1).then(number).otherwise(nw.lit(0)).cast(nw.Int64).alias("bucket")


def upto(place: Upto, orders: Sequence[str]) -> nw.Expr:
    """Whether a row stands at or before a place: by level, orders and ticket."""
    within = nw.col("ticket") <= nw.lit(place.ticket)
    for name, value in reversed(list(zip(("level", *orders), (place.level, *place.orders), strict=True))):
        within = (nw.col(name) < value) | ((nw.col(name) == value) & within)
    return within
