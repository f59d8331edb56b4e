"""The kind of dataframe that came in, so that answers go out as the same."""

from __future__ import annotations

from typing import Any, Self


class Kind(str):
    """The library of a dataframe (pandas, polars, pyarrow, duckdb); whether it is lazy, and the relation it came as."""

    lazy: bool
    relation: Any

    def __new__(cls, library: str, *, lazy: bool = False, relation: Any = None) -> Self:
        kind = super().__new__(cls, library)
        kind.lazy, kind.relation = lazy, relation
        return kind

    def __reduce__(self) -> tuple[Any, ...]:
        # A relation belongs to a connection of this process; elsewhere answers go to the connection that is there.
        return _again, (str(self), self.lazy)


def _again(library: str, lazy: bool) -> Kind:
    return Kind(library, lazy=lazy)


def kind_of(frame: Any) -> Kind:
    """The kind of a dataframe that narwhals knows; one of an engine nobody writes to comes back as pyarrow."""
    import narwhals.stable.v2 as nw

    library = frame.implementation.name.lower()
    if not isinstance(frame, nw.LazyFrame):
        return Kind(library)
    if library == "duckdb":
        return Kind(library, lazy=True, relation=frame.to_native())
    return Kind(library, lazy=True) if library == "polars" else Kind("pyarrow")
