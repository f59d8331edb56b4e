"""Deciding over dataframes that are in memory already, beside what polars needs to parse the file they came from.

    python benchmarks/in_memory.py [--rows 1000000] [--times 5]

The race's table and policy (`race_table.py`), read by each library as it reads a file by itself. `select` is
`select(frame, policy, seed=...)` without writing; `decide` the same over registrations that are read already. Rounds
take turns within one process, after one that is not counted; medians are printed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas
import polars
import race_table
from pyarrow import csv
from turns import seconds_of

from selection import Policy, read_applicants, select

READERS: dict[str, Callable[[Path], Any]] = {
    "pandas": pandas.read_csv,
    "polars": polars.read_csv,
    "pyarrow": csv.read_csv,
}


def main() -> None:
    """Make the table, let everybody decide in turns, print medians and ratios."""
    read = argparse.ArgumentParser(description="Deciding over dataframes in memory.")
    read.add_argument("--rows", type=int, default=1_000_000)
    read.add_argument("--times", type=int, default=5, help="rounds of each; the median is printed")
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as name:
        table = race_table.write(Path(name), asked.rows)
        policy = Policy.load(Path(name) / "policy.toml")
        frames = {kind: reader(table) for kind, reader in READERS.items()}
        intake = read_applicants(frames["polars"])
        works: dict[str, Callable[[], Any]] = {"polars, parsing alone": lambda: polars.read_csv(table)}
        for kind, frame in frames.items():
            works[f"select, {kind}"] = partial(select, frame, policy, seed=race_table.SEED)
        works["decide"] = partial(select, intake, policy, seed=race_table.SEED)
        seconds = seconds_of(works, asked.times)
    median = {what: statistics.median(one) for what, one in seconds.items()}
    print(f"| {asked.rows:,} rows | seconds | range | times parsing alone |\n|---|---:|---|---:|")
    for what, one in seconds.items():
        ratio = median[what] / median["polars, parsing alone"]
        print(f"| {what} | {median[what]:.2f} | {min(one):.2f} to {max(one):.2f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
