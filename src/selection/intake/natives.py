"""Columns become a dataframe of the kind that came in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import numpy.typing as npt

from selection.applicants import canonical_text
from selection.intake.kinds import Kind

#: Dataframes that are not pandas and not lazy.
EAGER: Final = ("polars", "pyarrow")

#: Columns of whole numbers in which -1 stands for none.
PLACES: Final = ("rank", "tier")

#: Columns of exact decimals, also where nobody has one.
DECIMALS: Final = ("score", "threshold", "more")

#: The most digits of a decimal that dataframes hold exactly, and as many after the point as points have;
#: any whole number of so many digits is one of 64 bits.
DIGITS: Final = 38
WHOLE_DIGITS: Final = 18
SCALE: Final = 6


def native(cells: Mapping[str, npt.NDArray[Any]], kind: str) -> Any:
    """A dataframe of the kind that came in: pandas, polars (lazy if that was), pyarrow, a relation of DuckDB."""
    if kind in (*EAGER, "duckdb"):
        return given_back(_polars(cells) if kind == "polars" else _arrow(cells), kind)
    import pandas

    frame = pandas.DataFrame({name: pandas.Series(cell, dtype=cell.dtype) for name, cell in cells.items()})
    for name in {*PLACES} & cells.keys():
        frame[name] = frame[name].astype("Int64").mask(frame[name] < 0)
    return frame


def given_back(frame: Any, kind: str) -> Any:
    """A polars, pyarrow or pandas dataframe as the lazy one that came in; one of pyarrow as a relation."""
    if kind == "duckdb":
        return _relation(frame, kind.relation if isinstance(kind, Kind) else None)
    return frame.lazy() if kind == "polars" and isinstance(kind, Kind) and kind.lazy else frame


def _polars(cells: Mapping[str, npt.NDArray[Any]]) -> Any:
    import polars

    missing: dict[str, Any] = {"decimal": polars.Decimal(DIGITS, SCALE), "text": polars.String}
    return polars.DataFrame(
        [polars.Series(n, c, dtype=missing.get(_empty(n, c)), strict=False) for n, c in _lists(cells).items()]
    )


def _arrow(cells: Mapping[str, npt.NDArray[Any]]) -> Any:
    import pyarrow

    missing = {"decimal": pyarrow.decimal128(DIGITS, SCALE), "text": pyarrow.string()}
    return pyarrow.table({n: pyarrow.array(c, type=missing.get(_empty(n, c))) for n, c in _lists(cells).items()})


def _relation(decided: Any, relation: Any) -> Any:
    """The table as a relation of the connection that the registrations came from, without a view left in it."""
    if relation is None:
        import duckdb

        return duckdb.from_arrow(decided)
    # DuckDB finds `decided` by its name here, and the relation keeps it.
    return relation.query("selection_registrations", "SELECT * FROM decided").set_alias("decisions")


def _empty(name: str, cells: list[Any]) -> str:
    """What a column without a single value would hold."""
    return "" if any(cell is not None for cell in cells) else "decimal" if name in DECIMALS else "text"


def _lists(cells: Mapping[str, npt.NDArray[Any]]) -> dict[str, list[Any]]:
    return {name: _list(name, column) for name, column in cells.items()}


def _list(name: str, column: npt.NDArray[Any]) -> list[Any]:
    """The cells of a column as one type, since these dataframes have no other columns: texts where types are mixed."""
    listed: list[Any] = column.tolist()
    if column.dtype != object:
        return [None if cell < 0 else cell for cell in listed] if name in PLACES else listed
    kinds = set(map(type, listed)) - {type(None)}
    fits = len(kinds) <= 1
    if kinds and kinds <= {int, Decimal}:
        whole = kinds == {int}
        fits = _digits(listed) <= (WHOLE_DIGITS if whole else DIGITS)
        listed = listed if fits and len(kinds) == 1 else [None if c is None else Decimal(c) for c in listed]
    return listed if fits else [None if c is None else canonical_text(c) for c in listed]


def _digits(cells: list[Any]) -> int:
    """How many digits a column needs that holds all these numbers exactly."""
    numbers = [Decimal(cell) for cell in set(cells) if cell is not None]
    before = max((number.adjusted() + 1 for number in numbers if number), default=1)
    after = max((-int(number.as_tuple().exponent) for number in numbers), default=0)
    return max(before, 1) + max(after, 0)
