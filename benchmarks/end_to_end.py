"""How long a selection takes from the table to the written decisions, as a whole process.

    python benchmarks/end_to_end.py [--rows 6000,100000,1000000] [--times 3]

Prints a line for each size: the median of seconds and of processor seconds, the peak of memory, applicants per second.
Every decision is written with its reason. Each run is a process of its own, so that its start is counted too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import registrations


def main() -> None:
    """Make the tables, run each of them, print what it took."""
    read = argparse.ArgumentParser(description="Seconds, memory and applicants per second from CSV to decisions.")
    read.add_argument("--rows", default="6000,100000,1000000", help="sizes, with commas between")
    read.add_argument("--times", type=int, default=1, help="runs of each size; the median is printed")
    asked = read.parse_args()
    print(f"{'rows':>10} {'seconds':>8} {'of cpu':>8} {'MiB':>7} {'rows/s':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, asked.rows.split(",")):
            table = registrations.write(Path(folder) / f"{size}.csv", size)
            runs = [run(table, Path(folder) / "results") for _ in range(asked.times)]
            seconds, cpu, _ = (statistics.median(one) for one in zip(*runs, strict=True))
            memory = max(peak for *_, peak in runs)
            print(f"{size:>10,} {seconds:>8.2f} {cpu:>8.2f} {memory:>7,.0f} {size / seconds:>10,.0f}", flush=True)


def run(table: Path, out: Path) -> tuple[float, float, float]:
    """One selection as a process of its own: seconds, processor seconds, and the peak of memory in MiB."""
    command = [
        sys.executable,
        "-m",
        "selection",
        "select",
        str(table),
        "--out",
        str(out),
        "--force",
        "--seed",
        "cGMP 2025",
    ]
    for name in ("form", "policy"):
        command += [f"--{name}", str(registrations.EXAMPLE / f"{name}.toml")]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the selection ended with {process.returncode}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
