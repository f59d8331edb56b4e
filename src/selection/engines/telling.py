"""The decision of each row of a partition, and ranks where whole cells have come together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from selection.engines.engine import Decisions
from selection.engines.partitions import Joining, orders_in, tickets, upto
from selection.vocabulary import COLUMNS

#: The columns of a decision while scores are still millionths and ranks of the unranked -1.
RANKED: Final = tuple("micro" if name == "score" else name for name in COLUMNS)


def _pandas() -> Any:
    import pandas as pd

    return pd


@dataclass(frozen=True, eq=False)
class Telling:
    """Everything a partition needs to tell each row its decision; `part` per cell, so that ranks are counted there."""

    joining: Joining
    texts: Mapping[str, Any]
    before: Mapping[tuple[int, int], int] | None
    seats: Mapping[str, tuple[str, str, str]]
    decisions: Decisions
    ranked: int
    parts: int

    @classmethod
    def of(cls, decisions: Decisions, joining: Joining, seed: str | None, parts: int) -> Telling:
        table = decisions.by_key
        whole = {n: v for n, v in joining.columns.items() if n not in ("limit", "next")}
        for name in ("tier", "offset"):
            whole[name] = table[name].to_numpy()
        whole["micro"] = np.array([int(score * 10**6) for score in table["score"].to_pylist()], dtype=np.int64)
        texts = {n: np.array([*table[n].to_pylist(), None], dtype=object) for n in ("cause", "status", "reason")}
        whole["at"] = np.arange(table.num_rows)
        cells = None
        if decisions.by_cell is not None:
            level, bucket, offset = (decisions.by_cell[n].to_pylist() for n in ("level", "bucket", "offset"))
            cells = dict(zip(zip(level, bucket, strict=True), offset, strict=True))
        rows = (decisions.by_id[n].to_pylist() for n in ("id", "block", "seat", "reason"))
        seats = {one: rest for one, *rest in zip(*rows, strict=True)}
        slim = Decisions(None, None, None, None, decisions.pinned, decisions.waiting)
        last = max(list(cells.values()) if cells else whole["offset"].tolist(), default=0)
        return cls(Joining(whole, joining.grid, seed), texts, cells, seats, slim, int(last) + 1, parts)  # type: ignore[arg-type]


def decided(told: Telling, frame: Any) -> Any:
    """Each row's decision but its rank, and where it is going to be ranked."""
    frame = told.joining.on(frame)
    frame = frame.assign(ticket=tickets(frame["id"].tolist(), told.joining.seed))
    at = frame["at"].to_numpy()
    status, reason = told.texts["status"][at], told.texts["reason"][at]
    open_ = np.array([s is None for s in status], dtype=bool) | frame["id"].isin(told.decisions.pinned).to_numpy(
        dtype=bool
    )
    waiting = upto(told.decisions.waiting, frame)
    status = np.where(open_, np.where(waiting, "waitlisted", "declined"), status)
    reason = np.where(open_, told.texts["cause"][at], reason)
    seat = [
        told.seats.get(one, (None, None, None)) if o else (None,) * 3 for one, o in zip(frame["id"], open_, strict=True)
    ]
    seated = np.array([s[0] is not None for s in seat], dtype=bool)
    offset = frame["offset"].to_numpy()
    if told.before is not None:
        cells = zip(frame["level"].tolist(), frame["bucket"].tolist(), strict=True)
        offset = np.array([told.before.get(cell, 0) for cell in cells], dtype=np.int64)
    pd = _pandas()
    columns: dict[str, Any] = {
        "id": frame["id"].to_numpy(),
        "status": np.where(seated, "selected", status),
        "rank": np.where(open_, offset, -1).astype(np.int64),
        "tier": np.where(open_, frame["tier"].to_numpy(), -1).astype(np.int64),
        "micro": frame["micro"].to_numpy(),
        "block": _texts([s[0] for s in seat]),
        "seat": _texts([s[1] for s in seat]),
        "reason": np.where([s[2] is not None for s in seat], _texts([s[2] for s in seat]), reason),
        "ticket": frame["ticket"].to_numpy(),
        **{name: frame[name].to_numpy() for name in ("level", "bucket", *orders_in(frame))},
        "part": np.where(open_, offset * told.parts // told.ranked, np.arange(len(frame)) % told.parts).astype(
            np.int64
        ),
    }
    return pd.DataFrame(columns)


def _texts(cells: list[Any]) -> Any:
    return np.array([*cells, None], dtype=object)[:-1]


def ranked(frame: Any) -> Any:
    """The decisions of whole cells, numbered within each."""
    pd = _pandas()
    names = ["level", "bucket", *orders_in(frame), "ticket", "id"]
    frame = frame.sort_values(names, kind="stable")
    known = frame["rank"].to_numpy() >= 0
    here = frame[known]
    rank = np.full(len(frame), -1, dtype=np.int64)
    rank[known] = here["rank"].to_numpy() + here.groupby(["level", "bucket"]).cumcount().to_numpy() + 1
    made = {n: frame[n].to_numpy() for n in RANKED if n != "rank"}
    return pd.DataFrame({**made, "rank": rank})[list(RANKED)]


def others(decisions: Decisions) -> Any:
    """The decisions made already, as a partition."""
    table = decisions.others
    nothing = np.full(table.num_rows, -1, dtype=np.int64)
    cells = {n: nothing if n in ("rank", "tier", "micro") else _texts(table[n].to_pylist()) for n in RANKED}
    return _pandas().DataFrame(cells)


def finished(frame: Any) -> Any:
    """Decisions as users get them: ranks, tiers and scores of the ranked, missing for others."""
    import pyarrow as pa

    pd = _pandas()
    known = (frame["rank"] >= 0).to_numpy()
    scores = [
        Decimal(m).scaleb(-6) if k else None for m, k in zip(frame["micro"].tolist(), known.tolist(), strict=True)
    ]
    kind = pa.decimal128(38, 6)
    exact = pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array(scores, kind)], type=kind))
    made = {n: frame[n].astype("Int64").mask(~known) for n in ("rank", "tier")}
    return frame.assign(**made, score=pd.Series(exact, index=frame.index))[list(COLUMNS)]
