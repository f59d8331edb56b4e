"""Any dataframe in, the same kind out, and not one decision different: one suite over all of them."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from selection import Outcome, read_applicants, select

POLICY: dict[str, Any] = {
    "capacity": 40,
    "waitlist": 15,
    "counting": "each",
    "eligible": [{"name": "not withdrawn", "where": {"withdrawn": False}}],
    "points": [
        {"name": "years", "field": "years", "per": "0.5", "max": 10},
        {"name": "grade", "field": "grade", "per": "0.1"},
        {"name": "income", "field": "income_group", "values": {"LIC": 4, "LMC": 3, "UMC": 1.5}},
    ],
    "reserve": [{"name": "authorities", "where": {"role": "nra"}, "seats": "25%"}],
    "cap": [{"name": "country", "per": "country", "seats": 9}, {"name": "unit", "per": "unit", "seats": 4}],
    "ties": {"order": ["submitted_at", "lottery"]},
    "on": date(2025, 8, 31),
}


def rows(number: int = 240) -> list[dict[str, Any]]:
    """Registrations with ties, gaps, repeated addresses, texts beyond ASCII, and every type a cell may have."""
    draw = random.Random(7)
    start = datetime(2025, 7, 1, 8, 0, 0)
    made = []
    for place in range(number):
        gap = draw.random() < 0.06
        made.append(
            {
                "id": f"R{place:04d}",
                "email": f"{'k' if place % 37 == 5 else place}@example.org",
                "country": None
                if gap
                else draw.choice(["Kenya", "Côte d'Ivoire", "India", "Germany", " Peru ", "Narnia"]),
                "role": draw.choice(["nra", "industry", None]),
                "unit": draw.choice(["A", "B", "Ç é", "", None, "D"]) or None,
                "years": None if draw.random() < 0.05 else draw.randrange(-1, 25),
                "grade": None if draw.random() < 0.05 else draw.choice([0.1, 0.2, 0.30000000000000004, 2.5, 1e3, -0.0]),
                "withdrawn": draw.random() < 0.05,
                "submitted_at": None if draw.random() < 0.02 else start + timedelta(seconds=draw.randrange(50)),
            }
        )
    return made


def frame() -> pd.DataFrame:
    """The registrations in pandas, whole numbers and truth values in columns that know missing."""
    return pd.DataFrame(rows()).astype({"years": "Int64", "withdrawn": "bool"})


def arrow() -> pa.Table:
    return pa.Table.from_pylist(rows())


def relation() -> Any:
    registrations = arrow()
    connection = duckdb.connect()
    connection.register("registrations", registrations)
    return connection.sql("SELECT * FROM registrations")


def categorical() -> pd.DataFrame:
    return frame().astype({"country": "category", "role": "category", "years": "category", "withdrawn": "category"})


def polars_categorical() -> pl.DataFrame:
    roles = pl.Enum(["industry", "nra"])
    return pl.DataFrame(rows()).with_columns(pl.col("country").cast(pl.Categorical), pl.col("role").cast(roles))


def encoded() -> pa.Table:
    """Texts as dictionaries, every column in several chunks."""
    table = arrow()
    coded = [c.dictionary_encode() if pa.types.is_string(c.type) and n != "id" else c
             for n, c in zip(table.column_names, table.columns, strict=True)]  # fmt: skip
    whole = pa.table(dict(zip(table.column_names, coded, strict=True)))
    return pa.concat_tables([whole.slice(0, 17), whole.slice(17, 0), whole.slice(17)])


#: Every kind: how the registrations are made, and what must come back.
KINDS: dict[str, tuple[Callable[[], Any], type]] = {
    "records": (rows, pd.DataFrame),
    "pandas": (frame, pd.DataFrame),
    "pandas objects": (lambda: pd.DataFrame(rows()).astype(object), pd.DataFrame),
    "pandas floats": (lambda: pd.DataFrame(rows()), pd.DataFrame),
    "pandas nullable": (lambda: pd.DataFrame(rows()).convert_dtypes(), pd.DataFrame),
    "pandas pyarrow": (lambda: arrow().to_pandas(types_mapper=pd.ArrowDtype), pd.DataFrame),
    "pandas pyarrow chunks": (lambda: encoded().to_pandas(types_mapper=pd.ArrowDtype), pd.DataFrame),
    "pandas texts in chunks": (lambda: pd.concat([frame()[:17], frame()[17:17], frame()[17:]]), pd.DataFrame),
    "pandas categorical": (categorical, pd.DataFrame),
    "pandas, odd index": (lambda: frame().set_index(pd.Index(range(240, 0, -1))), pd.DataFrame),
    "polars": (lambda: pl.DataFrame(rows()), pl.DataFrame),
    "polars categorical": (polars_categorical, pl.DataFrame),
    "polars chunks": (lambda: pl.concat([pl.DataFrame(rows())[p] for p in (slice(50), slice(50, None))]), pl.DataFrame),
    "polars lazy": (lambda: pl.LazyFrame(rows()), pl.LazyFrame),
    "pyarrow": (arrow, pa.Table),
    "pyarrow dictionaries": (encoded, pa.Table),
    "duckdb": (relation, duckdb.DuckDBPyRelation),
}  # fmt: skip

ANSWERS: dict[str, Callable[[Outcome], Any]] = {
    "to_frame": Outcome.to_frame,
    "shortlist": lambda outcome: outcome.shortlist,
    "waitlist": lambda outcome: outcome.waitlist,
    "explanations": Outcome.explanations,
    "thresholds": Outcome.thresholds,
    "audit": lambda outcome: outcome.audit(by="role").to_frame(),
    "what_if": lambda outcome: outcome.what_if(capacity=35).to_frame(),
    "sweep": lambda outcome: outcome.sweep(capacity=[30, 50]),
}


def plain(native: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns of any dataframe and its rows as Python values, None for every kind of missing."""
    table = nw.from_native(native)
    table = table.collect() if isinstance(table, nw.LazyFrame) else table
    columns = [
        [None if pd.api.types.is_scalar(v) and pd.isna(v) else v for v in c.to_list()] for c in table.iter_columns()
    ]
    return table.columns, list(zip(*columns, strict=True))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    outcome = select(rows(), POLICY, seed="2025")
    assert {n for n, size in outcome.counts.items() if size} >= {"selected", "waitlisted", "declined", "ineligible"}
    return {name: plain(ask(outcome)) for name, ask in ANSWERS.items()} | {"pool": outcome.intake.pool.sha256}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_decisions_in_the_same_order_in_the_kind_that_came(kind: str, expected: dict[str, Any]) -> None:
    make, wanted = KINDS[kind]
    outcome = select(make(), POLICY, seed="2025")
    assert outcome.intake.pool.sha256 == expected["pool"]
    for name, ask in ANSWERS.items():
        answer = ask(outcome)
        assert isinstance(answer, wanted), (name, type(answer))
        assert plain(answer) == expected[name], name


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_problems(kind: str) -> None:
    def found(source: Any) -> list[Any]:
        return [(p.row, p.column, p.code, p.action) for p in read_applicants(source).findings]

    assert found(KINDS[kind][0]()) == found(rows())


def test_a_relation_comes_back_to_its_own_connection_and_leaves_nothing_in_it() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE people AS SELECT 'p' || range AS id, range % 7 AS years FROM range(20)")
    people = connection.table("people")
    policy = {"capacity": 3, "points": [{"name": "y", "field": "years", "per": 1}]}
    outcome = select(people, policy, seed="1")
    both = outcome.to_frame().join(people, "id").filter("status = 'selected'").order("rank").project("id, years")
    wanted = [row[0] for row in plain(select(people.df(), policy, seed="1").shortlist)[1]]
    assert [(one, years) for one, years in both.fetchall()] == [(one, int(one[1:]) % 7) for one in wanted]
    views = "SELECT count(*) FROM duckdb_views() WHERE NOT internal"
    assert connection.execute(views).fetchall() == [(0,)]


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "duckdb", "polars lazy"])
def test_columns_of_no_values_and_of_mixed_values_have_a_type(kind: str) -> None:
    table = pa.table({"id": ["a", "b"], "x": pa.array([None, None], pa.int64()), "when": [date(2025, 1, 1), None]})
    sources: dict[str, Callable[[], Any]] = {
        "polars": lambda: pl.from_arrow(table),
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.from_arrow(table),
        "polars lazy": lambda: pl.DataFrame(pl.from_arrow(table)).lazy(),
    }
    points = [{"name": "w", "field": "when", "bands": [{"max": date(2025, 2, 2), "points": 1}]}]
    policy = {"capacity": 1, "eligible": [{"name": "x", "where": {"x": {"min": 1}}}], "points": points}
    outcome = select(sources[kind](), policy, seed="1")
    schema = nw.from_native(outcome.to_frame()).collect_schema()
    assert [schema["score"], schema["block"]] == [nw.Decimal, nw.String]
    assert plain(outcome.shortlist)[1] == []


def test_a_kind_travels_without_its_connection() -> None:
    intake = read_applicants(relation())
    there = pickle.loads(pickle.dumps(intake.kind))
    assert (there, there.lazy, there.relation) == ("duckdb", True, None)
    outcome = select(replace(intake, kind=there), POLICY, seed="2025")
    assert plain(outcome.to_frame()) == plain(select(intake, POLICY, seed="2025").to_frame())


def test_times_with_a_zone_and_times_of_nanoseconds() -> None:
    moments = [datetime(2025, 7, 1, 12, tzinfo=UTC), datetime(2025, 7, 1, 11, tzinfo=UTC), None]
    columns = {"id": ["a", "b", "c"], "submitted_at": moments}
    policy = {"capacity": 1, "ties": {"order": ["submitted_at"]}}
    sources = [pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns), duckdb.from_arrow(pa.table(columns))]
    sources.append(
        pd.DataFrame(columns).assign(
            submitted_at=lambda f: f["submitted_at"].dt.tz_convert("Asia/Tokyo").dt.as_unit("ns")
        )
    )
    found = [select(source, policy) for source in sources]
    assert {o.intake.pool.sha256 for o in found} == {found[0].intake.pool.sha256}
    assert [plain(o.shortlist)[1][0][0] for o in found] == ["b"] * 5


def test_no_other_library_is_imported_for_a_dataframe() -> None:
    code = (
        "import sys, pandas as pd, selection\n"
        "selection.select(pd.DataFrame({'id': ['a', 'b']}), {'capacity': 1}, seed='1').to_frame()\n"
        "print([n for n in ('polars', 'duckdb', 'dask', 'pyspark', 'ray') if n in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_numbers_are_exact_decimals_in_every_kind() -> None:
    source = pl.DataFrame({"id": ["a", "b"], "g": [0.1, 1e6]})
    policy = {"capacity": 1, "points": [{"name": "g", "field": "g", "per": "0.000001"}]}
    assert plain(select(source, policy, seed="1").to_frame())[1][0][4] == Decimal(1)
