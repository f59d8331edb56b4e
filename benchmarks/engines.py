"""One selection on several engines: seconds, candidates, memory, and whether the decisions are the same.

    python benchmarks/engines.py > docs/figures/engines.md
    python benchmarks/engines.py [--rows 1000000] [--engines memory,duckdb,polars,dask,spark,cluster,ray] [--times 2]

Registrations are made up and written as Parquet; each engine is a process of its own, reads the file, selects N/10 of
the applicants and writes every decision as Parquet. The last of so many times in the same process is printed (warm),
with the rows fetched for the exact choice, the peak of memory of the driver's Python process, and the ratio to the
single process ("memory", which is always run). Spark, Dask and Ray have two worker threads or processes. `selected`,
ranks, scores, seats and reasons are compared row by row with those of the single process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

SEED = "engines 2025"


def main() -> None:
    """Make the tables, run each engine on each, print what it took as a page."""
    read = argparse.ArgumentParser(description="Seconds, candidates and memory of one selection on several engines.")
    read.add_argument("--rows", default="100000,1000000", help="sizes, with commas between")
    read.add_argument(
        "--engines",
        default="duckdb,polars,dask,spark,cluster",
        help="some of memory, duckdb, polars, dask, spark, cluster, ray",
    )
    read.add_argument("--times", type=int, default=2, help="runs in one process; the last is printed")
    read.add_argument("--one", nargs=3, metavar=("ENGINE", "TABLE", "OUT"), help=argparse.SUPPRESS)
    asked = read.parse_args()
    if asked.one:
        print(json.dumps(run(asked.one[0], Path(asked.one[1]), Path(asked.one[2]), asked.times)))
        return
    names = [name for name in ("memory", *asked.engines.split(",")) if name in ON]
    print(HEAD.format(command=" ".join(sys.argv[1:]), cores=os.cpu_count(), load=os.getloadavg()[0]), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, asked.rows.split(",")):
            table = make(Path(folder) / f"{size}.parquet", size)
            single: dict[str, Any] = {}
            for name in dict.fromkeys(names):
                took = in_own_process(name, table, Path(folder) / name, asked.times)
                single = single or took
                same = name == "memory" or equal(Path(folder) / "memory", Path(folder) / name)
                print(line(size, name, took, single, same), flush=True)
    print(f"\nThe load of the machine at the end was {os.getloadavg()[0]:.1f}.")


HEAD = """\
# One selection on several engines

`python benchmarks/engines.py {command}`: registrations made up, written as Parquet, seats for a tenth of them, three
reserves that overlap, a cap on each country and one on an income group. Each engine is a process of its own, reads the
file and writes every decision; the last of the runs in one process is shown (warm). The ratio is to the single process
(`memory`) in the same run, which decides on the whole table without candidates. `spark` is `local[2]`, `cluster` is
Spark's `local-cluster[2,1,1024]`, `dask` two worker processes. Memory is the peak of the driver's own Python process,
with DuckDB's and polars' engines inside it, without Spark's virtual machine. Decisions are compared row by row.

The machine had {cores} cores and a load of {load:.1f} at the start: ratios say more than seconds.

| rows | engine | seconds | ratio | candidates | candidates / seats | driver, MiB | decisions |
|---:|---|---:|---:|---:|---:|---:|---|"""


def line(size: int, name: str, took: dict[str, Any], single: dict[str, Any], same: bool) -> str:
    """One engine on one table as a line of the page."""
    ratio, times = took["seconds"] / single["seconds"], took["candidates"] / (size // 10)
    few = " | " if name == "memory" else f"{took['candidates']:,} | {times:.2f}"
    decisions = "the same" if same else "OTHERS"
    return f"| {size:,} | {name} | {took['seconds']:.1f} | {ratio:.2f} | {few} | {took['memory']:,.0f} | {decisions} |"


def make(path: Path, size: int) -> Path:
    """A table of so many registrations: 180 countries of very different size, times to the second."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    draw = np.random.default_rng(11)
    countries = np.array(_countries())
    weights = 1 / np.arange(1, len(countries) + 1) ** 1.1
    words = {
        "employer_country": (countries, weights),
        "role": (np.array(["manufacturer", "nra", "ministry_of_health", "other"]), np.array([70, 12, 5, 13])),
        "gender": (np.array(["female", "male", None], dtype=object), np.array([40, 50, 10])),
        "sector": (np.array(["vaccine", "pharmaceutical", None], dtype=object), np.array([20, 60, 20])),
    }
    columns: dict[str, Any] = {"id": pa.array([f"R{number:09d}" for number in range(size)])}
    for name, (values, share) in words.items():
        codes = draw.choice(len(values), size=size, p=share / share.sum()).astype(np.int32)
        columns[name] = pa.DictionaryArray.from_arrays(codes, values.tolist()).cast(pa.string())
    columns["years_experience"] = pa.array(draw.integers(0, 31, size))
    moments = np.datetime64("2025-07-01", "us") + draw.integers(0, 5_000_000, size).astype("timedelta64[s]")
    columns["submitted_at"] = pa.array(moments, pa.timestamp("us", "UTC"))
    pq.write_table(pa.table(columns), path, row_group_size=max(size // 8, 1))
    return path


def _countries() -> list[str]:
    import pycountry

    return sorted(country.alpha_2 for country in pycountry.countries)[:180]


def policy(size: int) -> dict[str, Any]:
    """A tenth of the applicants get a seat: three reserves that overlap, a cap per country, one on income."""
    from datetime import date

    return {
        "capacity": size // 10,
        "waitlist": "5%",
        "on": date(2025, 8, 31),
        "country": "employer_country",
        "unclassified": "carry_forward",
        "not_covered": {"as": "UMC"},
        "counting": "each",
        "points": [
            {"name": "income", "field": "income_group", "values": {"LIC": 40, "LMC": 30, "UMC": 20, "HIC": 0}},
            {"name": "years", "field": "years_experience", "per": 1, "max": 10},
            {"name": "vaccines", "where": {"sector": "vaccine"}, "points": 5, "missing": 0},
        ],
        "reserve": [
            {"name": "LMIC", "where": {"income_group": "LMIC"}, "seats": "60%"},
            {"name": "NRA", "where": {"role": "nra"}, "seats": "15%"},
            {"name": "women", "where": {"gender": "female"}, "seats": "40%", "missing": "no"},
        ],
        "cap": [
            {"name": "country", "per": "country", "seats": "5%"},
            {"name": "HIC", "where": {"income_group": "HIC"}, "seats": "10%"},
        ],
        "ties": {"order": ["submitted_at", "lottery"]},
    }


def in_own_process(name: str, table: Path, out: Path, times: int) -> dict[str, Any]:
    """One engine on one table, as a process of its own."""
    command = [sys.executable, __file__, "--times", str(times), "--one", name, str(table), str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run(name: str, table: Path, out: Path, times: int) -> dict[str, Any]:
    """Select and write so many times; seconds of the last time, candidates, peak of memory in MiB."""
    from contextlib import ExitStack

    import pyarrow.parquet as pq

    rules = policy(pq.read_metadata(table).num_rows)
    with ExitStack() as stack:
        once = ON[name](stack, str(table))
        for _ in range(times):
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            start = time.perf_counter()
            candidates = once(rules, str(out / "decisions.parquet"))
            seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "candidates": candidates, "memory": memory}


def on_memory(_: Any, table: str) -> Any:
    import polars as pl

    from selection import select

    def once(rules: dict[str, Any], out: str) -> int:
        outcome = select(pl.read_parquet(table), rules, seed=SEED)
        outcome.to_frame().write_parquet(out)
        return outcome.pool_size

    return once


def on_duckdb(_: Any, table: str) -> Any:
    import duckdb

    duckdb.execute("SET threads = 2")
    return _lazily(lambda: duckdb.read_parquet(table), lambda made, out: made.write_parquet(out))


def on_polars(_: Any, table: str) -> Any:
    import polars as pl

    return _lazily(lambda: pl.scan_parquet(table), lambda made, out: made.collect().write_parquet(out))


def on_dask(stack: Any, table: str) -> Any:
    import dask.dataframe as dd
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    stack.enter_context(Client(stack.enter_context(cluster)))
    return _lazily(lambda: dd.read_parquet(table, split_row_groups=True), _dask_out)


def _dask_out(made: Any, out: str) -> None:
    import pyarrow as pa

    kinds = {"rank": pa.int64(), "tier": pa.int64(), "score": pa.decimal128(38, 6)}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in made.columns])
    made.to_parquet(out, schema=schema, write_index=False)


def on_spark(stack: Any, table: str, master: str = "local[2]") -> Any:
    import pyspark
    from pyspark.sql import SparkSession

    os.environ |= {"SPARK_HOME": str(Path(pyspark.__file__).parent), "PYSPARK_PYTHON": sys.executable}
    build = SparkSession.builder.master(master).config("spark.ui.enabled", "false")
    build = build.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    build = build.config("spark.sql.shuffle.partitions", "8").config("spark.driver.memory", "3g")
    session = build.config("spark.driver.maxResultSize", "2g").getOrCreate()
    stack.callback(session.stop)
    session.sparkContext.setLogLevel("OFF")
    return _lazily(lambda: session.read.parquet(table), lambda made, out: made.write.parquet(out))


def on_cluster(stack: Any, table: str) -> Any:
    return on_spark(stack, table, "local-cluster[2,1,1024]")


def on_ray(stack: Any, table: str) -> Any:
    import ray
    import ray.data

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    stack.callback(ray.shutdown)
    ray.data.DataContext.get_current().enable_progress_bars = False
    return _lazily(lambda: ray.data.read_parquet(table), lambda made, out: made.write_parquet(out))


def _lazily(source: Any, write: Any) -> Any:
    from selection import select
    from selection.engines import engine_of

    def once(rules: dict[str, Any], out: str) -> int:
        outcome: Any = select(engine_of(source(), also=True), rules, seed=SEED)
        write(outcome.to_native(), out)
        return int(outcome.candidates)

    return once


def equal(one: Path, other: Path) -> bool:
    """Whether two folders of decisions hold the same rows."""
    import polars as pl

    def rows(folder: Path) -> Any:
        files = [str(path) for path in sorted(folder.rglob("*.parquet")) if path.is_file()]
        frame = pl.concat([pl.read_parquet(path) for path in files])
        numbers = [pl.col(n).cast(pl.Int64) for n in ("rank", "tier")]
        names = ["id", "status", "rank", "tier", "score", "block", "seat", "reason"]
        return frame.with_columns(*numbers, pl.col("score").cast(pl.Decimal(38, 6))).select(names).sort("id")

    return bool(rows(one).equals(rows(other)))


ON = {
    "memory": on_memory,
    "duckdb": on_duckdb,
    "polars": on_polars,
    "dask": on_dask,
    "spark": on_spark,
    "cluster": on_cluster,
    "ray": on_ray,
}


if __name__ == "__main__":
    main()
