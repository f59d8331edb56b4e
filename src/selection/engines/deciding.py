"""Every row's decision as one lazy query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from selection.engines.engine import Decisions
from selection.engines.expressions import upto

Small = Callable[[Any], Any]


def decided(frame: Any, decisions: Decisions, orders: Sequence[str], small: Small) -> Any:
    """Rows with level, bucket, orders and tickets become id, status, rank, tier, score, block, seat and reason."""
    frame = frame.drop("lot", "level", "split", "limit", "next", *(n for n in orders if n in _made(decisions)))
    frame = frame.join(small(decisions.by_key), on="key", how="left")
    pinned = nw.col("id").is_in(list(decisions.pinned)) if decisions.pinned else nw.lit(False)
    weighed = nw.col("status").is_null() | pinned
    ranked = _refused(_ranked(frame.filter(weighed), decisions, orders, small), decisions, orders)
    seated = small(decisions.by_id)
    ranked = (
        ranked.drop("status", "reason")
        .join(seated, on="id", how="left")
        .with_columns(
            nw.coalesce("now", "status_here").alias("status"), nw.coalesce("reason", "reason_here").alias("reason")
        )
    )
    ranked = ranked.select(*decisions.columns)
    nobody = nw.col("level") < -1
    others = frame.filter(~weighed).with_columns(
        *(nw.when(nobody).then(nw.col("level")).alias(name) for name in ("rank", "tier")),
        nw.when(nobody).then(nw.col("score")).alias("score"),
        *(nw.when(nobody).then(nw.col("id")).alias(name) for name in ("block", "seat")),
    )
    return nw.concat([ranked, others.select(*decisions.columns), small(decisions.others)], how="vertical")


def _made(decisions: Decisions) -> set[str]:
    return set(decisions.by_key.column_names)


def _ranked(frame: Any, decisions: Decisions, orders: Sequence[str], small: Small) -> Any:
    """Ranks: whoever stands in earlier cells is counted already, so each cell is numbered by itself."""
    if decisions.by_cell is not None:
        frame = frame.drop("offset").join(small(decisions.by_cell), on=["level", "bucket"], how="left")
    within = nw.col("one").cum_sum().over("level", "bucket", order_by=[*orders, "ticket", "id"])
    frame = frame.with_columns(nw.lit(1).cast(nw.Int64).alias("one"))
    return frame.with_columns((nw.col("offset") + within).cast(nw.Int64).alias("rank"))


def _refused(frame: Any, decisions: Decisions, orders: Sequence[str]) -> Any:
    """What becomes of a row without a seat: waiting or declined, and the cause of its signature."""
    waiting = nw.when(upto(decisions.waiting, orders)).then(nw.lit("waitlisted")).otherwise(nw.lit("declined"))
    return frame.with_columns(nw.col("cause").alias("reason_here"), waiting.alias("status_here"))
