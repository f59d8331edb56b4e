"""polars: a LazyFrame, its decisions a LazyFrame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from selection.engines.relational import Relational


class PolarsEngine(Relational):
    """A LazyFrame of polars."""

    kind = "polars"

    def drawn(self, frame: Any, seed: str) -> Any:
        import polars as pl

        start = sha256(f"{seed}:".encode())

        def tickets(ids: Any) -> Any:
            return pl.Series([_digest(start, one) for one in ids], dtype=pl.String)

        frame = frame.with_columns(pl.col("id").map_batches(tickets, return_dtype=pl.String).alias("ticket"))
        return frame.with_columns(pl.col("ticket").str.slice(0, 3).str.to_integer(base=16).alias("start"))

    def numbered(self, frame: Any, names: Sequence[str]) -> Any:
        import polars as pl

        return frame.with_columns(pl.col(*names).dt.timestamp("us"))

    def texts(self, frame: Any, names: Mapping[str, str]) -> Any:
        import polars as pl

        schema = frame.collect_schema()
        several = {h for h in names if isinstance(schema[h], pl.List)}
        cells = {h: pl.col(h).cast(pl.List(pl.String)).list.join("\x1e") if h in several else pl.col(h) for h in names}
        return frame.with_columns(cell.cast(pl.String).alias(names[h]) for h, cell in cells.items())

    def taken_in(self, table: Any) -> Any:
        import polars as pl

        return pl.DataFrame(table).lazy()


def _digest(start: Any, one: str) -> str:
    fresh = start.copy()
    fresh.update(one.encode("utf-8", "surrogatepass"))
    return str(fresh.hexdigest())
