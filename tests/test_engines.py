"""One suite over all engines: the decisions of a table in an engine are those of the same table in one process."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from pieces import PiecesEngine
from selection import select
from selection.engines import Engine, engine_of
from selection.engines import running as running_module
from selection.errors import InputError, NotFoundError, PolicyError, SelectionError, TieError
from test_pruning import rows_of

Table = dict[str, Any]
Opened = Callable[[pd.DataFrame], Any]

#: What the libraries of others warn of is theirs; ours still stop the tests.
pytestmark = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning",
)  # fmt: skip

POLICY: Table = {
    "capacity": 60,
    "waitlist": 40,
    "counting": "each",
    "country": "employer_country",
    "on": "2025-08-31",
    "eligible": [{"name": "two years", "where": {"years": {"min": 2}}}],
    "points": [
        {"name": "years", "field": "years", "per": 1},
        {"name": "group", "field": "income_group", "values": {"LIC": 4, "LMC": 3, "UMC": 2, "HIC": 0}},
    ],
    "reserve": [
        {"name": "regulators", "where": {"role": "nra"}, "seats": "30%"},
        {"name": "vaccines", "where": {"sector": "vaccine"}, "seats": "40%", "missing": "no"},
    ],
    "cap": [
        {"name": "country", "per": "country", "seats": "30%"},
        {"name": "rich", "where": {"income_group": "HIC"}, "seats": "20%"},
    ],
    "ties": {"order": ["submitted_at", "lottery"]},
}


def policy(**changes: Any) -> Table:
    from datetime import date

    return {**POLICY, "on": date(2025, 8, 31), **changes}


def registrations(number: int = 1500, seed: int = 3) -> pd.DataFrame:
    """Registrations with missing cells, skewed countries, equal times, and some people twice."""
    rng = Random(seed)
    start = datetime(2025, 7, 1, tzinfo=UTC)
    rows = []
    for place in range(number):
        country = rng.choice(["KE"] * 6 + ["India", "FR", "BR", "NG", "Japan", None, "Viet Nam"])
        rows.append(
            {
                "id": f"a{place}",
                "employer_country": country,
                "role": rng.choice(["nra", "manufacturer", "ministry_of_health"]),
                "sector": rng.choice(["vaccine", "pharmaceutical", None, "biopharmaceutical"]),
                "years": rng.choice([None, *range(10)]),
                "submitted_at": start + timedelta(hours=rng.randrange(200), microseconds=rng.randrange(2)),
                "email": f"a{place}@example.org",
            }
        )
    for place in range(0, number - 9, 100):
        rows[place + 7]["id"] = rows[place]["id"]
        rows[place + 9]["email"] = rows[place + 5]["email"].upper()
    frame = pd.DataFrame(rows)
    frame["years"] = frame["years"].astype("Int64")
    frame["submitted_at"] = frame["submitted_at"].astype("datetime64[us, UTC]")
    return frame


def arrow(frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False)


@contextmanager
def pieces() -> Iterator[Opened]:
    yield lambda frame: PiecesEngine([frame.iloc[::2], frame.iloc[:0], frame.iloc[1::2]])


@contextmanager
def polars() -> Iterator[Opened]:
    pl = pytest.importorskip("polars", reason="polars is not installed: its engine is NOT tested")
    yield lambda frame: engine_of(pl.from_arrow(arrow(frame)).lazy(), also=True)


@contextmanager
def duckdb() -> Iterator[Opened]:
    module = pytest.importorskip("duckdb", reason="duckdb is not installed: its engine is NOT tested")
    yield lambda frame: engine_of(module.from_arrow(arrow(frame)), also=True)


@contextmanager
def dask() -> Iterator[Opened]:
    pytest.importorskip("dask.dataframe", reason="dask is not installed: its engine is NOT tested")
    import dask.dataframe as dd
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        Client(cluster),
    ):
        yield lambda frame: dd.from_pandas(frame, npartitions=3)


@contextmanager
def ray() -> Iterator[Opened]:
    module = pytest.importorskip("ray", reason="ray is not installed: its engine is NOT tested")
    import ray.data

    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(running_module.__file__).parents[2]), str(Path(__file__).parent)]
    )
    module.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        yield lambda frame: ray.data.from_arrow([arrow(frame.iloc[::2]), arrow(frame.iloc[1::2])])
    finally:
        module.shutdown()


@contextmanager
def spark(master: str = "local[2]") -> Iterator[Opened]:
    pytest.importorskip("pyspark", reason="pyspark is not installed: Spark is NOT tested")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("there is no Java on this machine: Spark is NOT tested")
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    os.environ |= {"SPARK_HOME": str(Path(found.origin).parent), "PYSPARK_PYTHON": sys.executable}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        session = (
            SparkSession.builder.master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.executor.cores", "1")
            .config("spark.task.maxFailures", "4")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        try:
            yield lambda frame: session.createDataFrame(arrow(frame)).repartition(3)
        finally:
            session.stop()


ENGINES = {"pieces": pieces, "polars": polars, "duckdb": duckdb, "dask": dask, "spark": spark, "ray": ray}


@pytest.fixture(scope="module", params=ENGINES)
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    with ENGINES[request.param]() as made:
        yield made


def decisions(outcome: Any) -> list[tuple[Any, ...]]:
    """The decisions of an outcome in an engine, sorted like those of one in memory."""
    cells = outcome.engine.collected(outcome.to_native())
    columns = [[None if pd.isna(cell) else cell for cell in cells[name]] for name in cells]
    return sorted(zip(*columns, strict=True), key=str)


def text_of(rows: list[tuple[Any, ...]]) -> bytes:
    """Decisions as bytes, numbers in their one spelling."""
    from selection.applicants import canonical_text

    return "\n".join(
        "\t".join("" if c is None else canonical_text(c) for c in row) for row in sorted(rows, key=str)
    ).encode()


def test_every_engine_decides_and_explains_as_one_process(opened: Opened) -> None:
    frame = registrations()
    here = select(frame, policy(), seed="2025")
    there: Any = select(opened(frame), policy(), seed="2025")
    assert there.counts == here.counts
    assert here.counts["duplicate"] > 10
    assert text_of(decisions(there)) == text_of(rows_of(here))
    assert there.candidates < there.ranked
    refused = next(i for i in frame["id"] if here.explain(i).cause == "capacity")
    gone = next(i for i, s in zip(here.to_frame()["id"], here.to_frame()["status"], strict=True) if s == "duplicate")
    for one in (refused, gone):
        assert there.explain(one).for_officer() == here.explain(one).for_officer()
    with pytest.raises(NotFoundError):
        there.explain("nobody")
    mine, theirs = here.certificate, there.certificate
    assert {k: theirs[k] for k in ("class", "exact", "caps")} == {k: mine[k] for k in ("class", "exact", "caps")}
    assert [b["reserves"] for b in theirs["blocks"]] == [b["reserves"] for b in mine["blocks"]]


def test_a_registration_that_does_not_stand_is_explained_where_all_of_its_kind_were_fetched() -> None:
    """Its own row is none of those that count: nobody else of its signature was left out."""
    frame = pd.DataFrame({"id": ["a", "b", "B", "c", "d"], "country": ["KE", "NP", "NP", "PE", "PE"]})
    frame["email"] = [f"{one.lower()}@example.org" for one in frame["id"]]
    rule = {"capacity": 3, "cap": [{"name": "country", "per": "country", "seats": 1}]}
    here, there = select(frame, rule, seed="s"), select(PiecesEngine([frame]), rule, seed="s")
    assert here.counts == there.counts
    for one in frame["id"]:
        assert there.explain(one).for_officer() == here.explain(one).for_officer()


LIGHT = {"pieces": pieces, "polars": polars, "duckdb": duckdb}


@pytest.fixture(scope="module", params=LIGHT)
def light(request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The engines that need no cluster: the same two implementations as those that do."""
    with LIGHT[request.param]() as made:
        yield made


@pytest.mark.parametrize("number", [0, 1, 40])
def test_small_and_empty_tables(light: Opened, number: int) -> None:
    frame = registrations().iloc[:number]
    here, there = select(frame, policy(), seed="s"), select(light(frame), policy(), seed="s")
    assert text_of(decisions(there)) == text_of(rows_of(here))


@pytest.mark.parametrize("number", [3000])
def test_a_pure_lottery_is_cut_into_buckets_by_ticket(light: Opened, number: int) -> None:
    """One level of everybody: only the beginning of the tickets is fetched."""
    frame = pd.DataFrame({"id": [f"x{i}" for i in range(number)], "role": ["nra", "other", "other"] * (number // 3)})
    rule = {"capacity": 200, "waitlist": 10, "reserve": [{"name": "nra", "where": {"role": "nra"}, "seats": "60%"}]}
    here, there = select(frame, rule, seed="s"), select(light(frame), rule, seed="s")
    assert text_of(decisions(there)) == text_of(rows_of(here))
    assert there.candidates < 4 * 200


def test_equal_times_within_a_bucket_are_drawn(light: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels cut by time: only who has the time of another needs a ticket."""
    monkeypatch.setattr(running_module, "SMALL", 2)
    monkeypatch.setattr(running_module, "SHARE", 1000)
    frame = registrations(1200)
    here, there = select(frame, policy(), seed="s"), select(light(frame), policy(), seed="s")
    assert there.grid.column.startswith("order_")
    assert text_of(decisions(there)) == text_of(rows_of(here))


def test_a_lottery_is_the_same_whatever_the_seed_holds(light: Opened) -> None:
    frame = registrations(120)
    for seed in ("it's", "$1 %s {x}", "çé\U0001f3b2", ""):
        here, there = select(frame, policy(), seed=seed), select(light(frame), policy(), seed=seed)
        assert text_of(decisions(there)) == text_of(rows_of(here))


def test_without_a_seed_a_tie_at_the_cut_is_an_error_as_in_one_process(light: Opened) -> None:
    frame = registrations().assign(submitted_at=pd.Timestamp("2025-07-01", tz="UTC"))
    with pytest.raises(TieError):
        select(frame, policy())
    with pytest.raises(TieError):
        select(light(frame), policy())


@pytest.mark.parametrize(
    ("ids", "code"),
    [(["a", None, "c"], "missing_ids"), (["a", " b", "c"], "odd_ids"), (["a", "\u2003", "c"], "missing_ids")],
)
def test_ids_that_would_be_read_otherwise_are_an_error(light: Opened, ids: list[Any], code: str) -> None:
    frame = registrations().iloc[:3].assign(id=ids)
    with pytest.raises(InputError) as error:
        select(light(frame), policy(), seed="s")
    assert error.value.code in (code, "odd_ids")
    assert str(error.value).startswith(
        "1 row has " if error.value.facts["rows"] == 1 else f"{error.value.facts['rows']} rows have "
    )


def test_what_engines_cannot_do_is_said(light: Opened) -> None:
    frame = registrations(30)
    for changes in ({"lottery": {"tickets": "per_block"}}, {"lottery": {"weight": "years"}}):
        with pytest.raises(PolicyError, match="in memory instead"):
            select(light(frame), policy(**changes), seed="s")
    with pytest.raises(PolicyError, match=r"'rolle'.*Did you mean 'role'"):
        select(light(frame), policy(eligible=[{"name": "x", "where": {"rolle": "nra"}}]), seed="s")


class Shouting(PiecesEngine):
    """An engine that spells SHA-256 in capitals."""

    def tickets(self, seed: str, ids: Any) -> Any:
        said = super().tickets(seed, ids)
        return {**said, "ticket": [ticket.upper() for ticket in said["ticket"]]}


class Folding(PiecesEngine):
    """An engine whose collation takes capitals for small letters."""

    def tickets(self, seed: str, ids: Any) -> Any:
        said = super().tickets(seed, ids)
        order = sorted(range(len(ids)), key=lambda place: said["id"][place].casefold())
        return {name: [cells[place] for place in order] for name, cells in said.items()}


@pytest.mark.parametrize("kind", [Shouting, Folding])
def test_an_engine_that_hashes_or_sorts_otherwise_is_refused(kind: type[PiecesEngine]) -> None:
    with pytest.raises(SelectionError, match="none was made") as error:
        select(kind([registrations(30)]), policy(), seed="s")
    assert error.value.code == "engine_differs"


def test_frames_in_memory_are_no_engines() -> None:
    import polars as pl

    assert engine_of(pd.DataFrame()) is None
    assert engine_of(pl.DataFrame().lazy()) is None
    assert isinstance(engine_of(pl.DataFrame().lazy(), also=True), Engine)


def test_an_engine_is_opened_only_for_its_own_dataframes() -> None:
    import subprocess

    code = (
        "import sys; from selection import select; select([{'id': 'a'}], {'capacity': 1}, seed='s'); print([n for n in "
    )
    code += "('pyspark', 'dask', 'ray', 'duckdb') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
