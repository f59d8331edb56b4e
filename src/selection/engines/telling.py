"""The decision of each row of a partition, and ranks where whole cells have come together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection import arrow
from selection.engines.engine import CELL, Decisions
from selection.engines.partitions import Joining, orders_in, tickets
from selection.numbering import places_among

Ints = npt.NDArray[np.int64]


def _pandas() -> Any:
    import pandas as pd

    return pd


@dataclass(frozen=True, eq=False)
class Telling:
    """Everything a partition needs to tell each row its decision.

    `joining` what follows from a key (with `other`, what is said about who is not ranked, and `micro`, the score in
    millionths); `cells` the columns of decided cells; `own` what is said about single ids; `words` (now, block, seat,
    because) by their number; a row of the `ranked` goes to one of so many `parts` by how many stand before its cell.
    """

    joining: Joining
    cells: Mapping[str, Ints]
    own: Mapping[str, int]
    words: Any
    seated: int
    pinned: tuple[str, ...]
    places: int
    ranked: int
    parts: int

    @classmethod
    def of(cls, decisions: Decisions, seed: str | None, parts: int) -> Telling:
        table = decisions.by_key
        names = ("now", "block", "seat", "because")
        words = list(zip(*(decisions.words[n].to_pylist() for n in names), strict=True))
        unranked = list(zip(table["status"].to_pylist(), table["reason"].to_pylist(), strict=True))
        more = {told: len(words) + n for n, told in enumerate(dict.fromkeys(unranked))}
        words += [(status, None, None, reason) for status, reason in more]
        whole = {n: table[n].to_numpy() for n in table.column_names if n not in ("key", "score", "status", "reason")}
        whole["micro"] = arrow.millionths(table["score"].combine_chunks())
        whole["other"] = np.array([more[told] if told[0] is not None else -1 for told in unranked], dtype=np.int64)
        cells = {n: decisions.by_cell[n].to_numpy() for n in decisions.by_cell.column_names}
        own = dict(zip(decisions.by_id["id"].to_pylist(), decisions.by_id["said"].to_pylist(), strict=True))
        return cls(
            Joining({"key": table["key"].to_pylist(), **whole}, decisions.grid, seed),
            cells,
            own,
            words,
            decisions.seated,
            decisions.pinned,
            decisions.places,
            int(cells["offset"].max(initial=0)) + 1,
            parts,
        )


def decided(told: Telling, frame: Any) -> Any:
    """What is said about each row, and where it is going to be ranked."""
    frame = told.joining.on(frame)
    other = frame["other"].to_numpy()
    cell = [frame[name].to_numpy().astype(np.int64) for name in CELL]
    at = places_among(cell, [told.cells[name] for name in CELL])
    of_cell = {name: np.append(told.cells[name], 0)[at] for name in ("said", "offset", "waiting")}
    ranked = other < 0
    if told.pinned:
        ranked |= frame["id"].isin(told.pinned).to_numpy(dtype=bool)
    own = frame["id"].map(told.own)
    said = np.where(own.notna(), own.fillna(-1), of_cell["said"]).astype(np.int64)
    offset = of_cell["offset"]
    part = np.where(ranked, offset * told.parts // told.ranked, np.arange(len(frame)) % told.parts)
    columns: dict[str, Any] = {
        "id": frame["id"].to_numpy(),
        "said": np.where(ranked, said, other),
        "offset": np.where(ranked, offset, -1),
        "waiting": of_cell["waiting"],
        **{name: frame[name].to_numpy() for name in ("tier", "micro", *orders_in(frame))},
        "part": part.astype(np.int64),
    }
    return _pandas().DataFrame(columns)


def ranked(told: Telling, frame: Any) -> Any:
    """The decisions of whole cells, numbered within each."""
    frame = frame.iloc[_order(told, frame)]
    said, offset = frame["said"].to_numpy(), frame["offset"].to_numpy()
    known = offset >= 0
    starts = np.flatnonzero(np.diff(offset, prepend=-2))
    start = np.repeat(starts, np.diff(np.append(starts, len(offset))))
    rank = np.where(known, offset + np.arange(len(frame)) - start + 1, 0)
    seatless = said >= told.seated
    before = np.cumsum(seatless) - seatless
    place = frame["waiting"].to_numpy() + before - before[start] + 1
    texts = zip(*told.words, strict=True) if told.words else [()] * 4
    status, block, seat, because = (np.array([*column, None], dtype=object)[said] for column in texts)
    refused = np.where(place <= told.places, "waitlisted", "declined").astype(object)
    return _frame(
        {
            "id": frame["id"].to_numpy(),
            "status": np.where(known & seatless, refused, status),
            "rank": rank,
            "tier": frame["tier"].to_numpy(),
            "score": frame["micro"].to_numpy(),
            "block": block,
            "seat": seat,
            "reason": because,
        }
    )


def _order(told: Telling, frame: Any) -> Ints:
    """The places of rows in their order; tickets are made only for ranked rows that are level otherwise."""
    keys = [frame[name].to_numpy() for name in ("offset", *orders_in(frame))]
    order = np.lexsort(tuple(reversed(keys)))
    same = np.ones(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    tied = (np.append(same, False) | np.append(False, same) if len(order) else same) & (keys[0][order] >= 0)
    among = order[tied]
    ids = frame["id"].to_numpy()[among].tolist()
    number = np.cumsum(np.append(True, ~same))[: len(order)][tied]
    drawn = tickets(ids, told.joining.seed)
    order[tied] = among[sorted(range(len(ids)), key=lambda n: (number[n], drawn[n], ids[n]))] if len(ids) else among
    return order


def others(decisions: Decisions) -> Any:
    """The decisions made already, as a partition."""
    table, nothing = decisions.others, np.zeros(decisions.others.num_rows, dtype=np.int64)
    numbers = ("rank", "tier", "score")
    return _frame({n: nothing if n in numbers else table[n].to_pylist() for n in decisions.columns})


def _frame(columns: Mapping[str, Any]) -> Any:
    """Decisions as users get them; a rank of 0 is none, and whoever has none has no tier and no score."""
    import pyarrow as pa

    pd = _pandas()
    none = columns["rank"] == 0
    made: dict[str, Any] = {}
    for name, cells in columns.items():
        if name == "score":
            made[name] = pd.array(pd.arrays.ArrowExtensionArray(arrow.decimals(cells, none)))
        elif name in ("rank", "tier"):
            made[name] = pd.arrays.IntegerArray(np.asarray(cells, dtype=np.int64), none.copy())
        else:
            made[name] = pd.array(pa.array(cells, pa.string(), from_pandas=True), dtype="string[pyarrow]")
    return pd.DataFrame(made)
