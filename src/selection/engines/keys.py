"""Ids, keys and orders of the rows of a partition, a pandas dataframe."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.engines.engine import LAST, NO_ID, NOT_PLAIN, ODD_ID, PLAIN, SPACES, Reading
from selection.intake.frames import plain
from selection.numbering import combine

Ints = npt.NDArray[np.int64]

#: What stands in every id that is not plain.
_SUSPICIOUS = re.compile(rf"[{SPACES}']")


def ids_of(reading: Reading, frame: Any) -> Any:
    """The id of each row as a text, None where there is none."""
    import pandas as pd

    column = frame[reading.id]
    if isinstance(column.dtype, pd.StringDtype):
        return column.to_numpy(dtype=object, na_value=None)
    cells = [plain_id(one) for one in column.tolist()]
    return np.array([*cells, None], dtype=object)[:-1]


def plain_id(value: Any) -> str | None:
    """An id as a text, None where there is none."""
    if value is None or value != value or type(value).__name__ == "NAType":
        return None
    return str(value)


def states_of(ids: Any) -> Ints:
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


def orders_of(reading: Reading, frame: Any) -> tuple[dict[str, Ints], dict[str, npt.NDArray[np.bool_]]]:
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


def keys_of(reading: Reading, frame: Any) -> tuple[Any, Ints, Ints]:
    """The key of each row, the number of its key, and where each key first stands."""
    ids = ids_of(reading, frame)
    parts = [states_of(ids), *(there.astype(np.int64) for there in orders_of(reading, frame)[1].values())]
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
    import pandas as pd

    if column.dtype == object:
        codes, cells = _one_by_one(column.tolist())
    else:
        codes, found = pd.factorize(column)
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
