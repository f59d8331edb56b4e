"""An engine for every table that narwhals can query lazily; only what SQL dialects spell differently is left open."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw

from selection.engines.deciding import decided
from selection.engines.engine import (
    LAST,
    NO_ID,
    NOT_PLAIN,
    ODD_ID,
    PLAIN,
    Cells,
    Decisions,
    Engine,
    Grid,
    Reading,
    Rows,
    Sort,
    Upto,
)
from selection.engines.expressions import bucket, upto
from selection.engines.repeated import MOST_REPEATED, NOT_ASCII, Addresses, check_repeated, coarse

#: What stands for a missing value in the key of a profile, and between its parts.
MISSING, BETWEEN = "\x1d", "\x1f"


class Relational(Engine):
    """A lazy dataframe known to narwhals. A dialect says how to hash, to number times and to take in a small table."""

    def __init__(self, native: Any) -> None:
        self.frame = nw.from_native(native).lazy()

    @abstractmethod
    def drawn(self, frame: Any, seed: str) -> Any:
        """A native frame with `ticket`, the SHA-256 of `seed:id` in lower-case hexadecimal, and `start`, the number of
        its first three digits."""

    def drawn_among(self, frame: Any, seed: str, alike: Sequence[str]) -> Any:  # noqa: ARG002 - for dialects that can
        """The same, where tickets need only tell apart rows that are alike in these columns; others may have none."""
        return self.drawn(frame, seed)

    @abstractmethod
    def numbered(self, frame: Any, names: Sequence[str]) -> Any:
        """A native frame in which these columns of times are microseconds since 1970."""

    @abstractmethod
    def taken_in(self, table: Any) -> Any:
        """A small `pyarrow.Table` as a native frame."""

    def texts(self, frame: Any, names: Mapping[str, str]) -> Any:
        """A native frame with the columns `names` as texts, under their new names."""
        lazy = nw.from_native(frame)
        return lazy.with_columns(*(nw.col(old).cast(nw.String).alias(new) for old, new in names.items())).to_native()

    def small(self, table: Any) -> Any:
        """A small table as a lazy frame of this engine."""
        return nw.from_native(self.taken_in(table)).lazy()

    def sorts(self) -> Mapping[str, Sort]:
        return {name: _sort(dtype) for name, dtype in self.frame.collect_schema().items()}

    def tickets(self, seed: str, ids: Sequence[str]) -> Cells:
        import pyarrow as pa

        drawn = nw.from_native(self.drawn(self.taken_in(pa.table({"id": list(ids)})), seed)).lazy()
        return cells(drawn.sort("id").select("id", "ticket", "start"))

    def collected(self, native: Any) -> Cells:
        return cells(nw.from_native(native).lazy())

    def read(self, reading: Reading) -> Rows:
        raws = {name: f"raw_{place}" for place, name in enumerate(self.sorts())}
        texts = {h: f"text_{i}" for i, h in enumerate(reading.profile)}
        frame = nw.from_native(self.texts(self.frame.to_native(), texts)).lazy()
        orders = [nw.col(o.heading).alias(f"order_{o.place}") for o in reading.orders]
        has = [(~nw.col(o.heading).is_null()).alias(f"has_{o.place}") for o in reading.orders]
        fields = [nw.col(h).alias(f"field_{i}") for i, h in enumerate(reading.profile)]
        frame = frame.select(
            nw.col(reading.id).cast(nw.String).alias("id"),
            *([nw.col(reading.email).cast(nw.String).alias("email")] if reading.email else []),
            *(nw.col(t) for t in texts.values()),
            *(nw.col(name).alias(raw) for name, raw in raws.items()),
            *orders,
            *has,
            *fields,
        )
        times = [f"order_{o.place}" for o in reading.orders if o.sort == "time"]
        if times:
            frame = nw.from_native(self.numbered(frame.to_native(), times)).lazy()
        frame = frame.with_columns(*map(_directed, reading.orders), _state())
        # Ids that are not plain end in an error once profiles are known, so that no later question need look at them.
        parts: list[nw.Expr] = [nw.lit("0")]
        parts += [nw.col(t).fill_null(MISSING) for t in texts.values()]
        parts += [nw.when(nw.col(f"has_{o.place}")).then(nw.lit("1")).otherwise(nw.lit("0")) for o in reading.orders]
        key = nw.concat_str(parts, separator=BETWEEN).alias("key")
        return RelationalRows(self, reading, frame.with_columns(key), tuple(raws))


def _sort(dtype: Any) -> Sort:
    if dtype.is_integer():
        return "whole"
    return (
        "time" if isinstance(dtype, nw.Datetime) or dtype == nw.Datetime else "text" if dtype == nw.String else "other"
    )


def _directed(order: Any) -> nw.Expr:
    """An order that begins with its lowest number, missing last."""
    number = nw.col(f"order_{order.place}").cast(nw.Int64)
    return (number * -1 if order.highest else number).fill_null(LAST).alias(f"order_{order.place}")


def _state() -> nw.Expr:
    one = nw.col("id")
    empty = one.is_null() | (one.str.strip_chars() == nw.lit(""))
    odd = nw.when(one.str.contains(NOT_PLAIN)).then(nw.lit(ODD_ID)).otherwise(nw.lit(PLAIN))
    return nw.when(empty).then(nw.lit(NO_ID)).otherwise(odd).alias("state")


@dataclass(frozen=True)
class RelationalRows(Rows):
    """Rows as lazy queries; nothing runs but what a question asks for."""

    engine: Relational
    reading: Reading
    frame: Any
    raws: tuple[str, ...]
    extra: tuple[str, ...] = ()

    @property
    def orders(self) -> list[str]:
        return orders_of([*self.row, *self.extra])

    @property
    def row(self) -> list[str]:
        return ["id", "key", *(f"order_{o.place}" for o in self.reading.orders)]

    def profiles(self) -> Cells:
        by = ["key", "state", *(f"has_{o.place}" for o in self.reading.orders)]
        by += [f"field_{i}" for i in range(len(self.reading.profile))]
        wanted = [nw.len().alias("number")]
        if self.reading.orders:
            first = nw.col(f"order_{self.reading.orders[0].place}")
            there = nw.when(first < LAST).then(first)
            frame = self.frame.with_columns(there.alias("there"))
            wanted += [nw.col("there").min().alias("low"), nw.col("there").max().alias("high")]
        else:
            frame = self.frame
        return cells(frame.group_by(*by).agg(*wanted))

    def repeated(self) -> tuple[Cells, Cells]:
        twice = [self._twice(self.frame.select("id"), "id")]
        if self.reading.email:
            twice += self._addresses()
        ids = sorted({one for part in twice for one in part})
        if not ids:
            return {}, {}
        there = self.frame.join(self._texts("id", ids), on="id", how="semi")
        got = self._limited(there.select(*self.row, *(f"raw_{i}" for i in range(len(self.raws)))))
        return {name: got[f"raw_{i}"] for i, name in enumerate(self.raws)}, {n: got[n] for n in self.row}

    def _addresses(self) -> list[list[str]]:
        """The ids of the rows whose address may lead to a mailbox that another row has too."""
        said = self.frame.select("id", "email").filter(nw.col("email").str.contains("@"))
        odd = nw.col("email").str.contains(NOT_ASCII)
        others = Addresses.of(self._limited(said.filter(odd)))
        ascii_ = said.filter(~odd).select("id", coarse(nw.col("email")).alias("address"))
        alike = sorted({*self._twice(ascii_.select("address"), "address"), *others.ascii})
        table = self._texts("address", alike)
        found = self._limited(ascii_.join(table, on="address", how="semi").select("id"))["id"] if alike else []
        return [list(found), others.ids]

    def _twice(self, frame: Any, name: str) -> list[str]:
        """The texts of a column that stand more than once."""
        counted = frame.group_by(name).agg(nw.len().alias("number"))
        return list(self._limited(counted.filter(nw.col("number") > 1))[name])

    def _limited(self, frame: Any) -> Cells:
        """Few rows; `SelectionError` where there are more than can be looked at one by one."""
        found = cells(frame.head(MOST_REPEATED + 1))
        check_repeated(len(next(iter(found.values()))))
        return found

    def _texts(self, name: str, texts: Sequence[str]) -> Any:
        import pyarrow as pa

        return self.engine.small(pa.table({name: pa.array(texts, pa.string())}))

    def replaced(self, left_out: Sequence[str], added: Any) -> Rows:
        if not left_out:
            return self
        kept = self.frame.join(self._texts("id", left_out), on="id", how="anti").select(*self.row)
        frame = nw.concat([kept, self.engine.small(added).select(*self.row)], how="vertical")
        return replace(self, frame=frame)

    def joined(self, table: Any, grid: Grid) -> Rows:
        frame = self._with_tickets().join(self.engine.small(table), on="key", how="left")
        return replace(self, frame=frame.with_columns(bucket(grid)), extra=tuple(table.column_names))

    def _with_tickets(self) -> Any:
        return self._drawn(self.frame.select(*self.row), None)

    def _drawn(self, frame: Any, alike: Sequence[str] | None) -> Any:
        """Rows with their tickets; where it says in which columns rows are alike, others need none."""
        engine, seed = self.engine, self.reading.seed
        if seed is None:
            return frame.with_columns(nw.col("id").alias("ticket"), nw.lit(0).alias("start"))
        native = frame.to_native()
        return nw.from_native(engine.drawn_among(native, seed, alike) if alike else engine.drawn(native, seed)).lazy()

    def cells(self) -> Cells:
        there = self.frame.filter(nw.col("lot") >= 0)
        return cells(there.group_by("lot", "level", "bucket").agg(nw.len().alias("number")))

    def few(self, ids: Sequence[str]) -> Cells:
        wanted = nw.col("bucket") <= nw.col("limit")
        if ids:
            wanted = wanted | nw.col("id").is_in(list(ids))
        return cells(self.frame.filter(wanted).select(*self.row, "bucket"))

    def find(self, ids: Sequence[str]) -> Cells:
        return cells(self.frame.filter(nw.col("id").is_in(list(ids))).select(*self.row))

    def before(self, place: Upto) -> int:
        there = (nw.col("lot") >= 0) & (nw.col("level") == place.level) & upto(place, self.orders)
        return int(cells(self.frame.filter(there).select(nw.len().alias("number")))["number"][0])

    def decided(self, decisions: Decisions) -> Any:
        orders = orders_of([*self.row, *decisions.by_key.column_names])
        by_ticket = decisions.grid.by_ticket
        frame = self._with_tickets() if by_ticket else self.frame.select(*self.row)

        def draw(ranked: Any, alike: Sequence[str]) -> Any:
            return ranked if by_ticket else self._drawn(ranked, alike)

        return decided(frame, decisions, orders, self.engine.small, draw).to_native()


def cells(frame: Any) -> Cells:
    """A lazy frame as columns: whole numbers as arrays, everything else as lists."""
    found = frame.collect("pyarrow")
    schema = found.schema
    whole = {n for n, dtype in schema.items() if dtype.is_integer() and not found[n].is_null().any()}
    return {n: found[n].to_numpy() if n in whole else found[n].to_list() for n in schema}


def orders_of(names: Iterable[str]) -> list[str]:
    """The orders among some columns, the first first."""
    return sorted({n for n in names if n.startswith("order_")}, key=lambda n: int(n.removeprefix("order_")))
