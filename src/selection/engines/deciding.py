"""Every row's decision as one lazy query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from selection.engines.engine import CELL, Decisions
from selection.engines.expressions import bucket

Small = Callable[[Any], Any]

#: Adds tickets that tell apart rows which are alike in these columns.
Draw = Callable[[Any, Sequence[str]], Any]


def decided(frame: Any, decisions: Decisions, orders: Sequence[str], small: Small, draw: Draw) -> Any:
    """Rows with keys and orders become id, status, rank, tier, score, block, seat and reason."""
    frame = frame.join(small(decisions.by_key), on="key", how="left")
    pinned = nw.col("id").is_in(list(decisions.pinned)) if decisions.pinned else nw.lit(False)
    weighed = nw.col("status").is_null() | pinned
    told = draw(_told(frame.filter(weighed), decisions, small), ["level", "bucket", *orders])
    ranked = _ranked(told, decisions, orders)
    ranked = ranked.join(small(decisions.words), on="said", how="left").with_columns(
        nw.coalesce("now", _without_a_seat(decisions)).alias("status"), nw.col("because").alias("reason")
    )
    nobody = nw.col("level") < -1
    others = frame.filter(~weighed).with_columns(
        *(nw.when(nobody).then(nw.col("level")).alias(name) for name in ("rank", "tier")),
        nw.when(nobody).then(nw.col("score")).alias("score"),
        *(nw.when(nobody).then(nw.col("id")).alias(name) for name in ("block", "seat")),
    )
    parts = [frame.select(*decisions.columns) for frame in (ranked, others)]
    return nw.concat([*parts, small(decisions.others)], how="vertical")


def _told(frame: Any, decisions: Decisions, small: Small) -> Any:
    """What is said about each row: about its id, else about its cell."""
    frame = frame.drop("status", "reason").with_columns(bucket(decisions.grid))
    frame = frame.join(small(decisions.by_cell), on=list(CELL), how="left")
    if not decisions.by_id.num_rows:
        return frame
    own = small(decisions.by_id.rename_columns(["id", "own"]))
    return frame.join(own, on="id", how="left").with_columns(nw.coalesce("own", "said").alias("said"))


def _ranked(frame: Any, decisions: Decisions, orders: Sequence[str]) -> Any:
    """Ranks and places on the waiting list: earlier cells are counted already, so each is numbered by itself."""

    def numbered(name: str, before: str) -> Any:
        within = nw.col(name).cum_sum().over("level", "bucket", order_by=[*orders, "ticket", "id"])
        return (nw.col(before) + within).cast(nw.Int64)

    frame = frame.with_columns(nw.lit(1).cast(nw.Int64).alias("one"))
    made = [numbered("one", "offset").alias("rank")]
    if decisions.places:
        seatless = nw.when(nw.col("said") >= decisions.seated).then(nw.lit(1)).otherwise(nw.lit(0))
        frame = frame.with_columns(seatless.cast(nw.Int64).alias("seatless"))
        made.append(numbered("seatless", "waiting").alias("place"))
    return frame.with_columns(*made)


def _without_a_seat(decisions: Decisions) -> nw.Expr:
    """What becomes of a row without a seat: waiting or declined."""
    if not decisions.places:
        return nw.lit("declined")
    return nw.when(nw.col("place") <= decisions.places).then(nw.lit("waitlisted")).otherwise(nw.lit("declined"))
