"""What is done within one partition, a pandas dataframe, wherever it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.engines.engine import (
    CELL,
    LAST,
    Cells,
    Grid,
    Reading,
    Upto,
)
from selection.engines.keys import ids_of, keys_of, orders_of, states_of
from selection.engines.repeated import mailbox
from selection.intake.frames import plain
from selection.numbering import rows_numbered

Ints = npt.NDArray[np.int64]


def _pandas() -> Any:
    import pandas as pd

    return pd


def rows(reading: Reading, frame: Any) -> Any:
    """Id, key and orders of each row."""
    pd = _pandas()
    orders, _ = orders_of(reading, frame)
    return pd.DataFrame({"id": ids_of(reading, frame), "key": keys_of(reading, frame)[0], **orders})


def profiles(reading: Reading, frame: Any) -> Cells:
    """Each distinct profile of the partition."""
    keys, number, first = keys_of(reading, frame)
    orders, there = orders_of(reading, frame)
    low, high = _bounds(next(iter(orders.values()), np.zeros(len(frame), dtype=np.int64)), number, len(first))
    return {
        "key": keys[first].tolist(),
        "state": states_of(ids_of(reading, frame)[first]),
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
    texts = ids_of(reading, frame) if name == "id" else _addresses(reading, frame)
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
        if self.grid.by_ticket:
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
