"""Which engine a dataframe belongs to, told by the module of its type, so that nothing is imported for others."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from selection.engines.engine import Engine

#: Dataframes that `select` leaves where they are: the root module of the type, the module and the class of the engine.
OWN_ENGINE: Final = {
    "pyspark": ("spark", "SparkEngine"),
    "dask": ("dask", "DaskEngine"),
    "ray": ("ray", "RayEngine"),
}

#: Dataframes of one machine that can be engines too; `select` takes them in unless they are opened here by name.
ALSO: Final = {
    "duckdb": ("duckdb", "DuckDBEngine"),
    "_duckdb": ("duckdb", "DuckDBEngine"),
    "polars": ("polars", "PolarsEngine"),
}


def engine_of(source: Any, *, also: bool = False) -> Engine | None:
    """The engine of a Spark, Dask or Ray dataframe (with `also`, of a DuckDB relation or polars LazyFrame), or None."""
    if isinstance(source, Engine):
        return source
    known = {**OWN_ENGINE, **ALSO} if also else OWN_ENGINE
    for root in (kind.__module__.partition(".")[0] for kind in type(source).__mro__):
        if root in known:
            module, name = known[root]
            engine: Engine = getattr(import_module(f"selection.engines.{module}"), name)(source)
            return engine
    return None
