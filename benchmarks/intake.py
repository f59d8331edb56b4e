"""Reading a table of registrations beside parsing the same file into texts: one table of ratios.

    python benchmarks/intake.py [--rows 1000000] [--times 5]

The file has eleven columns (`race_table.py`). pyarrow only parses it, every cell a text; the library also checks that
every record is whole, reads every distinct cell by the form, finds duplicates by id and e-mail address, and keeps row
numbers: with polars, with pyarrow instead, and with neither. Each run is a process of its own, in which the modules are
opened before the clock starts; runs take turns, so that a machine whose speed drifts drifts for all.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import race_table

HERE = Path(__file__).resolve().parent
PARSE = """
import time, pyarrow
from pyarrow import csv
with open({table!r}, encoding="utf-8") as file:
    names = file.readline().strip().split(",")
texts = csv.ConvertOptions(column_types={{name: pyarrow.string() for name in names}})
start = time.perf_counter()
csv.read_csv({table!r}, convert_options=texts)
print(time.perf_counter() - start)
"""
READ = """
import sys, time
for name in {hidden!r}: sys.modules[name] = None
from selection import read_applicants
read_applicants({small!r}, form={form!r})
start = time.perf_counter()
intake = read_applicants({table!r}, form={form!r})
print(time.perf_counter() - start)
assert intake.counts["applicants"] == intake.counts["rows"] == {rows}
"""
READERS = {"polars": (), "pyarrow": ("polars",), "core": ("polars", "pyarrow")}


def main() -> None:
    """Make the file, let everybody read it in turns, print medians and ratios."""
    read = argparse.ArgumentParser(description="Intake beside parsing alone.")
    read.add_argument("--rows", type=int, default=1_000_000)
    read.add_argument("--times", type=int, default=5, help="runs of each; the median is printed")
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = str(race_table.write(folder, asked.rows))
        with open(table, "rb") as file:
            lines = [file.readline() for _ in range(1000)]
        (folder / "small.csv").write_bytes(b"".join(lines))
        given = {
            "table": table,
            "small": str(folder / "small.csv"),
            "form": str(folder / "form.toml"),
            "rows": asked.rows,
        }
        programs = {"pyarrow, parsing alone": PARSE.format(**given)}
        programs |= {f"selection ({name})": READ.format(hidden=hidden, **given) for name, hidden in READERS.items()}
        runs: dict[str, list[float]] = {name: [] for name in programs}
        for turn in range(asked.times):
            # Who runs after whom finds the memory of the machine in another state.
            for name in Random(turn).sample(list(programs), len(programs)):
                runs[name].append(_run(programs[name]))
    median = {name: statistics.median(seconds) for name, seconds in runs.items()}
    print(f"| {asked.rows:,} rows | seconds | range | times parsing alone |\n|---|---:|---|---:|")
    for name, seconds in runs.items():
        ratio = median[name] / median["pyarrow, parsing alone"]
        print(f"| {name} | {median[name]:.2f} | {min(seconds):.2f} to {max(seconds):.2f} | {ratio:.1f} |")


def _run(program: str) -> float:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=HERE)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout)


if __name__ == "__main__":
    main()
