"""The times of a dataframe as numbers: a long column of them without an object for each."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from selection.applicants import Column

#: The days that Python has too.
FIRST: Final = np.datetime64("0001-01-01", "D")
LAST: Final = np.datetime64("9999-12-31", "D")

Times = npt.NDArray[np.datetime64]


class Stamps:
    """A read-only sequence of times, all in UTC or all by some clock; reads like an object array of them."""

    def __init__(self, times: Times, *, utc: bool) -> None:
        self.times, self.utc = times, utc

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of the object array it stands for."""
        return np.dtype(object)

    def __len__(self) -> int:
        return len(self.times)

    def __repr__(self) -> str:
        return f"Stamps({len(self):,})"

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, (int, np.integer)):
            return self.copy()[key]
        time = self.times[int(key)].item()
        return time.replace(tzinfo=UTC) if time and self.utc else time

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self.copy() if dtype is None else self.copy().astype(dtype)

    def tolist(self) -> list[Any]:
        """A Python time for each, None where there is none."""
        return [time and time.replace(tzinfo=UTC) for time in self.times.tolist()] if self.utc else self.times.tolist()

    def copy(self) -> npt.NDArray[Any]:
        """The object array it stands for."""
        array = np.empty(len(self), dtype=object)
        array[:] = self.tolist()
        return array


def stamped(series: Any) -> Column | None:
    """A column of times of a dataframe; None where they are others, in another zone, or Python has no such times."""
    import narwhals.stable.v2 as nw

    zone = series.dtype.time_zone if isinstance(series.dtype, nw.Datetime) else "none"
    if zone not in (None, "UTC"):
        return None
    times = (series if zone is None else series.dt.replace_time_zone(None)).to_numpy()
    if times.dtype.kind != "M":
        return None
    # Looked at by days, since seconds of far years are too many microseconds.
    days, missing = times.astype("datetime64[D]"), np.isnat(times)
    if not (missing | ((days >= FIRST) & (days <= LAST))).all():
        return None
    codes = np.where(missing, np.int32(-1), np.arange(len(times), dtype=np.int32))
    return Column(codes, cast("npt.NDArray[Any]", Stamps(times.astype("datetime64[us]"), utc=zone is not None)))
