"""What is done within one partition, a pandas dataframe, wherever it lies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.engines.engine import (
    CELL,
    LAST,
    NO_ID,
    NOT_PLAIN,
    ODD_ID,
    PLAIN,
    SPACES,
    Cells,
    Grid,
    Reading,
    Upto,
)
from selection.engines.repeated import mailbox
from selection.intake.frames import plain
from selection.numbering import combine, rows_numbered

Ints = npt.NDArray[np.int64]

#: What stands in every id that is not plain.
_SUSPICIOUS = re.compile(rf"[{SPACES}']")


def _pandas() -> Any:
    import pandas as pd

    return pd


def rows(reading: Reading, frame: Any) -> Any:
    """Id, key and orders of each row."""
    pd = _pandas()
    orders, _ = _orders(reading, frame)
    return pd.DataFrame({"id": _ids(reading, frame), "key": _keys(reading, frame)[0], **orders})


def _ids(reading: Reading, frame: Any) -> Any:
    column = frame[reading.id]
    if isinstance(column.dtype, _pandas().StringDtype):
        return column.to_numpy(dtype=object, na_value=None)
    cells = [plain_id(one) for one in column.tolist()]
    return np.array([*cells, None], dtype=object)[:-1]


def plain_id(value: Any) -> str | None:
    """An id as a text, None where there is none."""
    if value is None or value != value or type(value).__name__ == "NAType":
        return None
    return str(value)


def _states(ids: Any) -> Ints:
    """Whether each id is there, and reads as it stands. All are written in one text, so that few are looked at."""
    states = np.full(len(ids), PLAIN, dtype=np.int64)
    missing = np.array([not one for one in ids], dtype=bool)
    states[missing] = NO_ID
    written = "\x00".join(ids[~missing].tolist())
    if written.count("\x00") == max(len(ids) - int(missing.sum()) - 1, 0) and not _SUSPICIOUS.search(written):
        return states
    odd = re.compile(NOT_PLAIN)
    for place in np.flatnonzero(~missing).tolist():
        one = ids[place]
        states[place] = NO_ID if not one.strip() else ODD_ID if odd.search(one) else PLAIN
    return states


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
        codes, named = _coded(frame[heading])
        parts.append(codes)
        texts.append(named)
    number = combine(parts, [max(len(named), 1) for named in texts])[0].astype(np.int64)
    _, first = np.unique(number, return_index=True)
    columns = list(zip(parts, texts, strict=True))
    keys = ["\x1f".join(named[codes[place]] for codes, named in columns) for place in first.tolist()]
    return np.array([*keys, None], dtype=object)[number], number, first


def _coded(column: Any) -> tuple[Ints, list[str]]:
    """A number for each different cell, and the text that stands for each in a key."""
    if column.dtype == object:
        codes, cells = _one_by_one(column.tolist())
    else:
        codes, found = _pandas().factorize(column)
        cells = found.tolist()
        codes = np.where(codes < 0, len(cells), codes).astype(np.int64)
        cells.append(None)
    values = map(plain, cells)
    return codes, ["\x1d" if value is None else f"{type(value).__name__}:{value!r}" for value in values]


def _one_by_one(cells: list[Any]) -> tuple[Ints, list[Any]]:
    """The same for cells of any Python types."""
    places: dict[Any, int] = {}
    shown: list[Any] = []
    codes = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        same = (type(cell), cell) if cell.__hash__ is not None else (type(cell), repr(cell))
        place = places.get(same)
        if place is None:
            place = places[same] = len(shown)
            shown.append(cell)
        codes[row] = place
    return codes, shown


def profiles(reading: Reading, frame: Any) -> Cells:
    """Each distinct profile of the partition."""
    keys, number, first = _keys(reading, frame)
    orders, there = _orders(reading, frame)
    low, high = _bounds(next(iter(orders.values()), np.zeros(len(frame), dtype=np.int64)), number, len(first))
    return {
        "key": keys[first].tolist(),
        "state": _states(_ids(reading, frame)[first]),
        "number": np.bincount(number, minlength=len(first)),
        "low": low,
        "high": high,
        **{name: has[first] for name, has in there.items()},
        **{f"field_{i}": frame[h].iloc[first].tolist() for i, h in enumerate(reading.profile)},
    }


def _bounds(values: Ints, group: Ints, groups: int) -> tuple[Ints, Ints]:
    """The lowest and highest number of each group; where there is none `LAST`, `-LAST`."""
    low, high = np.full(groups, LAST), np.full(groups, -LAST)
    known = values < LAST
    np.minimum.at(low, group[known], values[known])
    np.maximum.at(high, group[known], values[known])
    return low, high


def merged(parts: Sequence[Cells]) -> Cells:
    """The profiles of all partitions as one table."""
    found = put_together(parts)
    place, keys = _pandas().factorize(np.array([*found["key"], None], dtype=object)[:-1])
    first = np.unique(place, return_index=True)[1]
    low, high = np.full(len(keys), LAST), np.full(len(keys), -LAST)
    np.minimum.at(low, place, found["low"])
    np.maximum.at(high, place, found["high"])
    whole = {
        name: cells[first] if isinstance(cells, np.ndarray) else [cells[at] for at in first.tolist()]
        for name, cells in found.items()
    }
    return {
        **whole,
        "number": np.bincount(place, weights=found["number"], minlength=len(keys)).astype(np.int64),
        "low": [None if v == LAST else v for v in low.tolist()],
        "high": [None if v == -LAST else v for v in high.tolist()],
    }


def hashed(reading: Reading, name: str, parts: int, frame: Any) -> Any:
    """The hash of each id or address, with the number of the part where equal ones meet."""
    numbers = _hashes(reading, name, frame)[0]
    return _pandas().DataFrame({"hash": numbers.view(np.int64), "part": (numbers % np.uint64(parts)).astype(np.int64)})


def _hashes(reading: Reading, name: str, frame: Any) -> tuple[Any, Any]:
    """The hash of each id or address there is, and which rows have one."""
    texts = _ids(reading, frame) if name == "id" else _addresses(reading, frame)
    there = np.array([one is not None for one in texts], dtype=bool)
    known = np.array([*texts, None], dtype=object)[:-1][there]
    return _pandas().util.hash_array(known, categorize=False), there


def _addresses(reading: Reading, frame: Any) -> list[str | None]:
    read = (plain(one) for one in frame[reading.email].tolist())
    return [mailbox(one) if isinstance(one, str) else None for one in read]


def doubled(frame: Any) -> Any:
    """The hashes that stand more than once, and how often."""
    found, number = np.unique(frame["hash"].to_numpy(), return_counts=True)
    return _pandas().DataFrame({"hash": found[number > 1], "number": number[number > 1].astype(np.int64)})


def among(reading: Reading, twice: Mapping[str, Ints], frame: Any) -> tuple[Cells, Cells]:
    """The rows whose id or address has one of these hashes: as they are, and as rows."""
    wanted = np.zeros(len(frame), dtype=bool)
    for name, numbers in twice.items():
        found, there = _hashes(reading, name, frame)
        wanted[there] |= np.isin(found.view(np.int64), numbers)
    found = frame[wanted]
    return listed(found), listed(rows(reading, found))


def without(left_out: frozenset[str], frame: Any) -> Any:
    """The rows of other ids."""
    return frame[~frame["id"].isin(left_out)]


def listed(frame: Any) -> dict[str, list[Any]]:
    """A partition as lists."""
    return {str(name): frame[name].tolist() for name in frame.columns}


def put_together(parts: Sequence[Cells]) -> Cells:
    """The columns of several partitions one after the other."""
    return {name: _one_after_another([part[name] for part in parts]) for name in (parts[0] if parts else ())}


def _one_after_another(columns: Sequence[Any]) -> Any:
    if isinstance(columns[0], np.ndarray):
        return np.concatenate(columns)
    return [cell for column in columns for cell in column]


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


def cells(joining: Joining, frame: Any) -> Cells:
    """How many rows each signature has at each level and bucket."""
    frame = joining.on(frame)
    frame = frame[frame["lot"] >= 0]
    return counted({n: frame[n].to_numpy() for n in CELL}, np.ones(len(frame), dtype=np.int64))


def counted(cells: Cells, number: Ints) -> Cells:
    """Distinct cells with the sum of these numbers."""
    code = rows_numbered([np.asarray(cells[n], dtype=np.int64) for n in CELL])
    _, first = np.unique(code, return_index=True)
    return {**{n: cells[n][first] for n in CELL}, "number": np.bincount(code, weights=number).astype(np.int64)}


def few(joining: Joining, ids: frozenset[str], frame: Any) -> Cells:
    """The rows within the limits of their profile, and of these ids."""
    there = joining.on(frame)
    wanted = there["bucket"] <= there["limit"]
    if ids:
        wanted |= there["id"].isin(ids)
    names = ["bucket", *orders_in(there)]
    there = there[wanted.to_numpy(dtype=bool)]
    return {**{n: there[n].tolist() for n in ("id", "key")}, **{n: there[n].to_numpy() for n in names}}


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
    within = np.array([ticket <= place.ticket for ticket in frame["ticket"].tolist()], dtype=bool)
    names = ("level", *orders_in(frame))
    for name, value in reversed(list(zip(names, (place.level, *place.orders), strict=True))):
        number = frame[name].to_numpy()
        within = (number < value) | ((number == value) & within)
    return within
