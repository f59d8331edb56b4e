"""The library beside the scripts a skilled user would write instead: one table of ratios.

    python benchmarks/race.py [--rows 1000000] [--times 5] [--letters 0]

Every run is a process of its own, from the CSV file to the written decisions; all take turns in any order, so that a
machine whose speed drifts drifts for everybody. The scripts must all select the same applicants. The library does more:
an exact choice, checked reading, duplicates, explanations, a record. It runs with polars, with pyarrow instead, and
with neither: as the command `select`, which writes a folder that can be run again, and as `alone`, three lines of
Python that write the decisions alone, as the scripts do. `x reference` is the median beside that of the polars script,
`x floor` beside the floor. Modules are compiled once, as they are where a package is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import race_table

HERE = Path(__file__).resolve().parent
NO_ARROW = "pandas (no pyarrow)"
SCRIPTS = (
    *("dicts", "pandas", NO_ARROW, "pandas_tuned", "duckdb", "pyarrow", "polars", "polars_tuned"),
    *("floor", "floor_sha256"),
)
HIDDEN = {"selection (polars)": (), "selection (pyarrow)": ("polars",), "selection (core)": ("polars", "pyarrow")}
PARSER = {"selection (polars)": "polars", "selection (pyarrow)": "pyarrow", "selection (core)": "numpy"}
NEEDS = {
    "pandas (no pyarrow)": "pandas",
    "pandas_tuned": "pandas",
    "polars_tuned": "polars",
    "floor": "polars",
    "floor_sha256": "polars",
}

#: Scripts that run without pyarrow, as the library's core does.
WITHOUT_ARROW = ("dicts", NO_ARROW, "pandas_tuned")
RUN = (
    "import sys, runpy\nfor n in {0!r}: sys.modules[n] = None\n"
    "sys.argv = {1!r}\nrunpy.run_path({2!r}, run_name='__main__')"
)
ALONE = """import sys
for n in {0!r}: sys.modules[n] = None
from selection import read_applicants, select
select(read_applicants({1!r}, form={2!r}), {3!r}, seed={4!r}).to_csv({5!r})"""
VERB = "import sys\nfor n in {0!r}: sys.modules[n] = None\nsys.argv = {1!r}\nfrom selection.cli import main\nmain()"


def main() -> None:
    """Make the table, let everybody run in turns, check what was selected, print the table."""
    read = argparse.ArgumentParser(description="Ratios of time and memory beside hand-written scripts.")
    read.add_argument("--rows", type=int, default=1_000_000)
    read.add_argument("--times", type=int, default=5, help="runs of each; the median is printed")
    read.add_argument("--letters", type=int, default=0, help="of free text in a further column, which nobody reads")
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = race_table.write(folder, asked.rows, asked.letters)
        racers = {script: _script(script, table) for script in SCRIPTS if _installed(NEEDS.get(script, script))}
        racers |= {name: _library(hidden, folder) for name, hidden in HIDDEN.items() if _installed(PARSER[name])}
        racers |= {f"{name}, alone": _alone(HIDDEN[name], folder) for name in HIDDEN if name in racers}
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in racers}
        for turn in range(asked.times):
            # Who runs after whom finds the memory of the machine in another state.
            for name in Random(turn).sample(list(racers), len(racers)):
                runs[name].append(run(racers[name]))
        _check(folder, racers)
        _print(runs, table.stat().st_size)


def _installed(name: str) -> bool:
    return (
        name == "dicts" or subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0
    )


def _script(name: str, table: Path) -> list[str]:
    hidden = ("pyarrow",) if name in WITHOUT_ARROW else ()
    arguments = [name, name.partition(" ")[0], str(table), str(table.parent / f"{name}.csv")]
    return [sys.executable, "-c", RUN.format(hidden, arguments, str(HERE / "race_scripts.py"))]


def _library(hidden: tuple[str, ...], folder: Path) -> list[str]:
    files = ["-f", str(folder / "form.toml"), "-p", str(folder / "policy.toml")]
    arguments = ["selection", "select", str(folder / "table.csv"), *files, "-s", race_table.SEED]
    return [sys.executable, "-c", VERB.format(hidden, [*arguments, "-o", str(folder / "results"), "--force"])]


def _alone(hidden: tuple[str, ...], folder: Path) -> list[str]:
    files = [str(folder / name) for name in ("table.csv", "form.toml", "policy.toml")]
    return [sys.executable, "-c", ALONE.format(hidden, *files, race_table.SEED, str(folder / "alone.csv"))]


def run(command: list[str]) -> tuple[float, float]:
    """One process: seconds, and the peak of memory in bytes."""
    start = time.perf_counter()
    paths = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{command[-1][-200:]} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, used.ru_maxrss * 1024.0


def _check(folder: Path, racers: dict[str, list[str]]) -> None:
    """All scripts select the same applicants; the floor decides nothing."""
    hashes = {name: _selected(folder / f"{name}.csv") for name in racers if name in SCRIPTS and "floor" not in name}
    if len(set(hashes.values())) != 1:
        raise SystemExit(f"the scripts do not select the same applicants: {hashes}")
    if (folder / "alone.csv").read_bytes() != (folder / "results" / "decisions.csv").read_bytes():
        raise SystemExit("the decisions alone are not those in the folder")


def _selected(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").replace('"', "").splitlines()
    return hashlib.sha256(
        "\n".join(sorted(x.partition(",")[0] for x in lines if ",selected," in x)).encode()
    ).hexdigest()


def _print(runs: dict[str, list[tuple[float, float]]], size: int) -> None:
    median = {name: statistics.median(seconds for seconds, _ in one) for name, one in runs.items()}
    print(f"{size / 1e6:,.0f} MB\n{'':28} {'seconds':>8} {'x floor':>8} {'x reference':>12} {'memory / file':>14}")
    for name in sorted(median, key=median.__getitem__, reverse=True):
        beside = [median[name] / median[other] if other in median else float("nan") for other in ("floor", "polars")]
        peak = max(memory for _, memory in runs[name]) / size
        print(f"{name:28} {median[name]:8.2f} {beside[0]:8.1f} {beside[1]:12.2f} {peak:14.2f}")


if __name__ == "__main__":
    main()
