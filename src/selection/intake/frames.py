"""Dataframes and records from memory: their values keep their types, whatever engine or library they came from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import numpy as np

from selection.applicants import Column, objects
from selection.errors import InputError
from selection.intake.coding import MANY, Coder, recoded
from selection.intake.headings import Plan, field_of
from selection.intake.kinds import kind_of
from selection.intake.parsers import add_arrow, add_polars
from selection.intake.registrations import registration
from selection.intake.stamps import stamped
from selection.intake.tables import Table
from selection.threads import ahead

Planner = Callable[[Sequence[str]], Plan]


def is_frame(source: object) -> bool:
    """Whether this is a dataframe that narwhals knows."""
    if isinstance(source, list | tuple | Mapping | str | Iterable) and type(source).__module__ in (
        "builtins",
        "pathlib",
    ):
        return False
    import narwhals.stable.v2 as nw

    try:
        return isinstance(nw.from_native(source, pass_through=True), nw.DataFrame | nw.LazyFrame)
    except nw.exceptions.DuplicateError:
        return True


def read_frame(source: Any, planned: Planner) -> Table:
    """A pandas, polars, pyarrow or any other dataframe as a table; lazy ones are collected, DuckDB relations too."""
    import narwhals.stable.v2 as nw

    try:
        frame: Any = nw.from_native(_with_named_index(source))
    except nw.exceptions.DuplicateError:
        raise _doubled(source) from None
    kind = kind_of(frame)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    names = list(frame.columns)
    headings = tuple(" ".join(str(n).split()) for n in names)
    plan = planned(headings)
    read, apart = plan.read, plan.apart
    given = [(column if i in read else None, i in apart) for i, column in enumerate(frame.iter_columns())]
    columns = tuple((ahead if len(frame) >= MANY else map)(_column, given))
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    return Table(headings, columns, rows, typed=True, kind=kind, source=f"{kind} dataframe")


def _column(given: tuple[Any, bool]) -> Column | None:
    """A column of a dataframe, `apart` or not, if it is read at all.

    Texts of polars and pyarrow, also inside pandas, are taken without a Python object for each.
    """
    import narwhals.stable.v2 as nw

    series, apart = given
    if series is None:
        return None
    native = series.to_native()
    if series.dtype == nw.String and series.implementation.is_polars():
        return _by(add_polars, native, apart)
    if series.dtype == nw.String and series.implementation.is_pyarrow():
        return _by(add_arrow, native, apart)
    kind = getattr(native, "dtype", None)
    if series.dtype == nw.String and (hasattr(kind, "pyarrow_dtype") or getattr(kind, "storage", "") == "pyarrow"):
        import pyarrow

        held = pyarrow.array(native.array)
        whole = held if isinstance(held, pyarrow.ChunkedArray) else pyarrow.chunked_array([held])
        return _by(add_arrow, whole, apart)
    known = _whole_numbers(series) or stamped(series)
    return coded(series.to_list(), apart) if known is None else known


def _by(add: Callable[[Coder, Any], None], native: Any, apart: bool) -> Column:
    coder = Coder(apart)
    add(coder, native)
    return coder.column()


def _whole_numbers(series: Any) -> Column | None:
    """A column of whole numbers without gaps that lie close together: told apart by where they lie; else None."""
    if not series.dtype.is_integer() or not len(series) or series.null_count():
        return None
    numbers = series.to_numpy()
    if numbers.dtype.kind not in "iu":
        return None
    least, span = int(numbers.min()), int(numbers.max()) - int(numbers.min())
    if span > len(numbers) or not -(2**62) < least < 2**62:
        return None
    places = numbers.astype(np.int64) - least
    held = np.bincount(places, minlength=span + 1) > 0
    codes = (np.cumsum(held) - 1).astype(np.int32)
    return Column(codes[places], objects([least + place for place in np.flatnonzero(held).tolist()]))


def read_records(source: Iterable[Any], planned: Planner, *, formed: bool) -> Table:
    """Mappings and applicants, mixed as they come, as a table; keys are headings."""
    columns, size = _gathered(source, formed)
    headings = tuple(columns)
    chosen = planned(headings).read if headings else frozenset()
    read = tuple(coded(c) if i in chosen else None for i, c in enumerate(columns.values()))
    return Table(headings, read, np.arange(1, size + 1, dtype=np.int64), typed=True, source="records")


def _gathered(source: Iterable[Any], formed: bool) -> tuple[dict[str, list[Any]], int]:
    """The cells of each field in the order of the records, and how many records there are."""
    names: dict[Any, str] = {}
    columns: dict[str, list[Any]] = {}
    size = 0
    for size, record in enumerate(source, start=1):
        for key, value in _cells(record, size).items():
            name = names.get(key)
            if name is None:
                heading = " ".join(str(key).split())
                name = names[key] = heading if formed else field_of(heading)
            column = columns.setdefault(name, [])
            if len(column) < size:
                column.extend([None] * (size - 1 - len(column)))
                column.append(value)
            elif value is not None:
                _refuse_twice(column, name, value)
    for column in columns.values():
        column.extend([None] * (size - len(column)))
    return columns, size


def _cells(record: Any, number: int) -> Mapping[Any, Any]:
    found = registration(record)
    if found is None:
        sentence = f"Record {number} is of type {type(record).__name__}; a registration is a mapping or an Applicant."
        raise InputError("not_a_registration", sentence, row=number)
    return found


def _refuse_twice(column: list[Any], name: str, value: Any) -> None:
    """One record may give a field under two spellings of its name, if one of them is empty."""
    if column[-1] is None:
        column[-1] = value
        return
    sentence = f"Record {len(column)} gives the field {name!r} twice, under two spellings of its name."
    raise InputError("doubled_headings", sentence, row=len(column), headings=[name])


def _with_named_index(native: Any) -> Any:
    """A pandas frame whose index carries a name of its own has one more column."""
    names = [n for n in getattr(getattr(native, "index", None), "names", None) or () if n is not None]
    return native.reset_index() if names and not set(names) & set(native.columns) else native


def _doubled(native: Any) -> InputError:
    listed: Any = getattr(native, "column_names", None)
    names = [str(n) for n in (native.columns if listed is None else listed)]
    doubled = sorted(n for n, times in Counter(names).items() if times > 1)
    sentence = f"The dataframe has these columns more than once: {', '.join(map(repr, doubled))}."
    return InputError("doubled_headings", sentence, headings=doubled)


def coded(cells: Sequence[Any], apart: bool = False) -> Column:
    """A column of Python values: texts as from a file, values of one type told apart before they are looked at.

    `apart` says that hardly two texts are the same.
    """
    kinds = set(map(type, cells)) - {type(None)}
    if kinds <= {str}:
        coder = Coder(apart)
        coder.add([c or "" for c in cells])
        return coder.column()
    if len(kinds) == 1 and kinds <= {int, bool, float, Decimal, date, datetime}:
        places: dict[Any, int] = {}
        try:
            codes = [-1 if c is None else places.setdefault(c, len(places)) for c in cells]
        except TypeError:  # a signalling NaN cannot be told apart
            return recoded(np.arange(len(cells), dtype=np.int32), [plain(c) for c in cells])
        return recoded(np.array(codes, dtype=np.int32), [plain(c) for c in places])
    return recoded(np.arange(len(cells), dtype=np.int32), [plain(c) for c in cells])


def plain(value: Any) -> Any:
    """A Python value as rules may see it: exact numbers, sorted words, None for missing; others stay for a problem."""
    if value is None or type(value) in (int, bool, datetime, date):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value).strip() or None
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, np.generic):
        return plain(_from_numpy(value))
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, np.ndarray):
        return _words(value.tolist() if value.ndim else [value.item()])
    if isinstance(value, list | tuple | set | frozenset):
        return _words(value)
    if isinstance(value, datetime | date):
        return None if value != value else _time(value)
    return None if type(value).__name__ in ("NAType", "NaTType") else Unreadable(type(value).__name__)


class Unreadable(str):
    """Stands for a Python object that is no value of a field; the text is its type."""

    __slots__ = ()


def _from_numpy(value: np.generic) -> Any:
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else value.astype("datetime64[us]").item()
    return value.item()


def _number(value: float | Decimal) -> Any:
    if value.is_nan() if isinstance(value, Decimal) else math.isnan(value):
        return None
    if value == 0:
        return Decimal(0)
    return Decimal(repr(float(value))) if isinstance(value, float) else value


def _words(values: Iterable[Any]) -> Any:
    words = [plain(v) for v in values]
    if any(isinstance(w, Unreadable | tuple) for w in words):
        return Unreadable("list of lists")
    texts = {w if isinstance(w, str) else str(w) for w in words if w is not None}
    return tuple(sorted(texts)) or None


def _time(value: date) -> date:
    to_python = getattr(value, "to_pydatetime", None)
    return to_python(warn=False) if to_python else value
