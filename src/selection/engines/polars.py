"""polars: a LazyFrame, its decisions a LazyFrame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from selection import arrow
from selection.draws import many
from selection.draws.tickets import tickets
from selection.engines.relational import Relational
from selection.intake.parsers import packed


class PolarsEngine(Relational):
    """A LazyFrame of polars."""

    kind = "polars"

    def drawn(self, frame: Any, seed: str) -> Any:
        import polars as pl

        made = partial(_tickets, seed)
        frame = frame.with_columns(pl.col("id").map_batches(made, return_dtype=pl.String).alias("ticket"))
        return frame.with_columns(pl.col("ticket").str.slice(0, 3).str.to_integer(base=16).alias("start"))

    def drawn_among(self, frame: Any, seed: str, alike: Sequence[str]) -> Any:
        import polars as pl

        among = pl.when(pl.len().over(alike) > 1).then(pl.col("id"))
        made = partial(_tickets, seed)
        return frame.with_columns(among.map_batches(made, return_dtype=pl.String).alias("ticket"))

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


def _tickets(seed: str, ids: Any) -> Any:
    """The tickets of a series of ids, none where there is no id; many are made together where that is faster."""
    import polars as pl

    known = ids.is_not_null()
    if not known.all():
        made, places = _tickets(seed, ids.filter(known)), known.cum_sum() - 1
        return made.gather(places.set(~known, None))
    texts = packed(ids)
    digits = None if texts is None else many.hexadecimal(texts, f"{seed}:".encode("utf-8", "surrogatepass"))
    if digits is None:
        return pl.Series(tickets(seed, ids), dtype=pl.String)
    return pl.Series(arrow.parted(digits))
