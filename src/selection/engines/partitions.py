"""What is done within one partition, a pandas dataframe, wherever it lies."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.engines.engine import (
    LAST,
    NO_ID,
    NOT_PLAIN,
    ODD_ID,
    PLAIN,
    Cells,
    Grid,
    Reading,
    Upto,
)
from selection.engines.repeated import mailbox
from selection.intake.frames import plain

Ints = npt.NDArray[np.int64]


def _pandas() -> Any:
    import pandas as pd

    return pd


def rows(reading: Reading, frame: Any) -> Any:
    """Id, key and orders of each row."""
    pd = _pandas()
    orders, _ = _orders(reading, frame)
    return pd.DataFrame({"id": _ids(reading, frame), "key": _keys(reading, frame)[0], **orders})


def _ids(reading: Reading, frame: Any) -> Any:
    cells = [plain_id(one) for one in frame[reading.id].tolist()]
    return np.array([*cells, None], dtype=object)[:-1]


def plain_id(value: Any) -> str | None:
    """An id as a text, None where there is none."""
    if value is None or value != value or type(value).__name__ == "NAType":
        return None
    return str(value)


def _states(ids: Any) -> Ints:
    odd = re.compile(NOT_PLAIN)
    states = (NO_ID if not one or not one.strip() else ODD_ID if odd.search(one) else PLAIN for one in ids)
    return np.fromiter(states, dtype=np.int64, count=len(ids))


def _orders(reading: Reading, frame: Any) -> tuple[dict[str, Ints], dict[str, npt.NDArray[np.bool_]]]:
    """The numbers of the native tie-breaks, and where there are any."""
    numbers, there = {}, {}
    for order in reading.orders:
        column = frame[order.heading]
        has = column.notna().to_numpy(dtype=bool)
        number = np.full(len(frame), LAST, dtype=np.int64)
        if order.sort == "time" and has.any():
            times = column[has].dt.tz_convert("UTC").dt.tz_localize(None) if column.dt.tz is not None else column[has]
            number[has] = times.to_numpy().astype("datetime64[us]").astype(np.int64)
        elif has.any():
            number[has] = column[has].to_numpy().astype(np.int64)
        if order.highest:
            number[has] = -number[has]
        numbers[f"order_{order.place}"], there[f"has_{order.place}"] = number, has
    return numbers, there


def _keys(reading: Reading, frame: Any) -> tuple[Any, Ints, Ints]:
    """The key of each row, the number of its key, and where each key first stands."""
    ids = _ids(reading, frame)
    parts = [_states(ids), *(there.astype(np.int64) for there in _orders(reading, frame)[1].values())]
    texts: list[list[str]] = [[str(n) for n in range(int(p.max(initial=0)) + 1)] for p in parts]
    for heading in reading.profile:
        codes, named = _coded(frame[heading].tolist())
        parts.append(codes)
        texts.append(named)
    number = np.zeros(len(frame), dtype=np.int64)
    for codes, named in zip(parts, texts, strict=True):
        number = np.unique(number * max(len(named), 1) + codes, return_inverse=True)[1].reshape(-1)
    _, first = np.unique(number, return_index=True)
    columns = list(zip(parts, texts, strict=True))
    keys = ["\x1f".join(named[codes[place]] for codes, named in columns) for place in first.tolist()]
    return np.array([*keys, None], dtype=object)[number], number, first


def _coded(cells: list[Any]) -> tuple[Ints, list[str]]:
    """A number for each different cell, and the text that stands for each in a key."""
    places: dict[Any, int] = {}
    shown: list[str] = []
    codes = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        same = (type(cell), cell) if cell.__hash__ is not None else (type(cell), repr(cell))
        place = places.get(same)
        if place is None:
            place = places[same] = len(shown)
            value = plain(cell)
            shown.append("\x1d" if value is None else f"{type(value).__name__}:{value!r}")
        codes[row] = place
    return codes, shown


def profiles(reading: Reading, frame: Any) -> list[dict[str, Any]]:
    """Each distinct profile of the partition."""
    keys, number, first = _keys(reading, frame)
    orders, there = _orders(reading, frame)
    counts = np.bincount(number, minlength=len(first))
    states = _states(_ids(reading, frame))
    low, high = _bounds(next(iter(orders.values()), np.zeros(len(frame), dtype=np.int64)), number, len(first))
    cells = {h: frame[h].iloc[first].tolist() for h in reading.profile}
    return [
        {
            "key": keys[place],
            "state": int(states[place]),
            "number": int(counts[n]),
            "low": low[n],
            "high": high[n],
            **{name: bool(has[place]) for name, has in there.items()},
            **{f"field_{i}": cells[h][n] for i, h in enumerate(reading.profile)},
        }
        for n, place in enumerate(first.tolist())
    ]


def _bounds(values: Ints, group: Ints, groups: int) -> tuple[list[Any], list[Any]]:
    low, high = np.full(groups, LAST), np.full(groups, -LAST)
    known = values < LAST
    np.minimum.at(low, group[known], values[known])
    np.maximum.at(high, group[known], values[known])
    return [None if v == LAST else v for v in low.tolist()], [None if v == -LAST else v for v in high.tolist()]


def merged(reading: Reading, parts: Sequence[Sequence[dict[str, Any]]]) -> Cells:
    """The profiles of all partitions as one table."""
    whole: dict[str, dict[str, Any]] = {}
    for one in (profile for part in parts for profile in part):
        known = whole.setdefault(one["key"], {**one, "number": 0})
        known["number"] += one["number"]
        known["low"] = min((v for v in (known["low"], one["low"]) if v is not None), default=None)
        known["high"] = max((v for v in (known["high"], one["high"]) if v is not None), default=None)
    names = ["key", "state", "number", "low", "high", *(f"has_{order.place}" for order in reading.orders)]
    names += [f"field_{place}" for place in range(len(reading.profile))]
    return {name: [profile[name] for profile in whole.values()] for name in names}


def hashed(reading: Reading, name: str, parts: int, frame: Any) -> Any:
    """Ids or addresses with the number of the part where equal ones meet."""
    pd = _pandas()
    texts = _ids(reading, frame) if name == "id" else _addresses(reading, frame)
    texts = [one for one in texts if one is not None]
    numbers = pd.util.hash_array(np.array([*texts, ""], dtype=object), categorize=False)[:-1] % np.uint64(parts)
    return pd.DataFrame({"text": pd.Series(texts, dtype=object), "part": numbers.astype(np.int64)})


def _addresses(reading: Reading, frame: Any) -> list[str | None]:
    read = (plain(one) for one in frame[reading.email].tolist())
    return [mailbox(one) if isinstance(one, str) else None for one in read]


def doubled(frame: Any) -> Any:
    """The texts that stand more than once, and how often."""
    number = frame["text"].value_counts()
    number = number[number > 1]
    texts = _pandas().Series(number.index.tolist(), dtype=object)
    return _pandas().DataFrame({"text": texts, "number": number.to_numpy(dtype=np.int64)})


def among(reading: Reading, twice: Mapping[str, set[str]], frame: Any) -> tuple[Cells, Cells]:
    """The rows with one of these ids or addresses: as they are, and as rows."""
    wanted = np.isin(_ids(reading, frame).astype(str), list(twice["id"]))
    if reading.email:
        wanted |= np.array([one in twice["email"] for one in _addresses(reading, frame)], dtype=bool)
    found = frame[wanted]
    return listed(found), listed(rows(reading, found))


def without(left_out: frozenset[str], frame: Any) -> Any:
    """The rows of other ids."""
    return frame[~frame["id"].isin(left_out)]


def listed(frame: Any) -> dict[str, list[Any]]:
    """A partition as lists."""
    return {str(name): frame[name].tolist() for name in frame.columns}


def put_together(parts: Sequence[Cells]) -> Cells:
    """The lists of several partitions one after the other."""
    return {name: [cell for part in parts for cell in part[name]] for name in (parts[0] if parts else ())}


def tickets(ids: Sequence[str], seed: str | None) -> list[str]:
    """The ticket of each id, or the id itself where nothing is drawn."""
    if seed is None:
        return list(ids)
    start = hashlib.sha256(f"{seed}:".encode("utf-8", "surrogatepass"))
    found = []
    for one in ids:
        fresh = start.copy()
        fresh.update(one.encode("utf-8", "surrogatepass"))
        found.append(fresh.hexdigest())
    return found


@dataclass(frozen=True, eq=False)
class Joining:
    """What each row is given by its key: the columns of a table, and its bucket."""

    columns: Mapping[str, Any]
    grid: Grid
    seed: str | None

    @property
    def orders(self) -> list[str]:
        return [name for name in self.columns if name.startswith("order_")]

    def on(self, frame: Any) -> Any:
        """The rows with the columns of the table and their bucket."""
        at = _pandas().Index(self.columns["key"]).get_indexer(frame["key"])
        frame = frame.assign(**{n: np.append(v, -1)[at] for n, v in self.columns.items() if n != "key"})
        bucket = np.zeros(len(frame), dtype=np.int64)
        cut = np.flatnonzero(frame["split"].to_numpy() == 1)
        if self.grid.column == "start":
            ids = frame["id"].to_numpy()[cut].tolist()
            number = np.array([int(t[:3], 16) for t in tickets(ids, self.seed)] if self.seed else [0] * len(cut))
        else:
            number = frame[self.grid.column].to_numpy()[cut]
        bucket[cut] = (number.astype(np.int64) - self.grid.low) // self.grid.width
        return frame.assign(bucket=bucket)


def cells(joining: Joining, frame: Any) -> Counter[tuple[int, int, int]]:
    """How many rows each signature has at each level and bucket."""
    frame = joining.on(frame)
    frame = frame[frame["lot"] >= 0]
    return Counter(frame.groupby(["lot", "level", "bucket"]).size().to_dict())


def few(joining: Joining, ids: frozenset[str], frame: Any) -> Cells:
    """The rows within the limits of their profile, and of these ids."""
    there = joining.on(frame)
    wanted = (there["bucket"] <= there["limit"]) | (there["bucket"] == there["next"]) | there["id"].isin(ids)
    return listed(frame[wanted.to_numpy(dtype=bool)])


def find(ids: frozenset[str], frame: Any) -> Cells:
    """The rows of these ids."""
    return listed(frame[frame["id"].isin(ids)])


def orders_in(frame: Any) -> list[str]:
    """The orders of a partition, the first first."""
    return sorted((n for n in frame.columns if n.startswith("order_")), key=lambda n: int(n.removeprefix("order_")))


def before(joining: Joining, place: Upto, frame: Any) -> int:
    """How many eligible rows of the level stand at or before a place."""
    frame = joining.on(frame)
    frame = frame[(frame["lot"] >= 0) & (frame["level"] == place.level)]
    frame = frame.assign(ticket=tickets(frame["id"].tolist(), joining.seed))
    return int(upto(place, frame).sum())


def upto(place: Upto, frame: Any) -> npt.NDArray[np.bool_]:
    """Which rows stand at or before a place."""
    if place.everybody or place.nobody:
        return np.full(len(frame), place.everybody)
    within = np.array([ticket <= place.ticket for ticket in frame["ticket"].tolist()], dtype=bool)
    names = ("level", *orders_in(frame))
    for name, value in reversed(list(zip(names, (place.level, *place.orders), strict=True))):
        number = frame[name].to_numpy()
        within = (number < value) | ((number == value) & within)
    return within
