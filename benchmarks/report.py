"""What the report of an outcome costs: seconds to write, bytes, and milliseconds in a real browser.

    python benchmarks/report.py [--rows 2000,20000,100000]

Prints a line for each size: seconds to write the page; its size; from the start of loading to the list in sight; to
filter by a word that is typed, by a status, to sort by a column, and to open an applicant. Each is the median of three,
in Debian's Chromium without a network.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import registrations

import selection

SEARCH = "(word) => { const box = document.getElementById('search'); box.value = word; const t = performance.now();"
SEARCH += " box.dispatchEvent(new Event('input')); return performance.now() - t; }"
CHIP = "() => { const t = performance.now(); document.querySelector('#chips input').click();"
CHIP += " return performance.now() - t; }"
SORT = "() => { const t = performance.now(); document.querySelector('[data-key=id] button').click();"
SORT += " return performance.now() - t; }"
OPEN = "async () => { const t = performance.now(); document.querySelector('#view .open').click();"
OPEN += " while (!document.getElementById('one').open) await new Promise(r => setTimeout(r, 1));"
OPEN += " return performance.now() - t; }"


def main() -> None:
    """Make the outcomes, write their reports, open them."""
    from playwright.sync_api import sync_playwright

    read = argparse.ArgumentParser(description="Sizes and times of reports.")
    read.add_argument("--rows", default="2000,20000,100000", help="sizes, with commas between")
    asked = read.parse_args()
    print(f"{'rows':>8} {'write s':>8} {'MB':>6} {'load ms':>8} {'search':>7} {'status':>7} {'sort':>6} {'open':>6}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size in map(int, asked.rows.split(",")):
            path = Path(folder) / f"{size}.html"
            seconds = written(size, path)
            runs = [looked(browser, path) for _ in range(3)]
            load, search, status, sort, opened = (statistics.median(one) for one in zip(*runs, strict=True))
            mega = path.stat().st_size / 1e6
            line = f"{size:>8,} {seconds:>8.1f} {mega:>6.1f} {load:>8.0f} {search:>7.0f} {status:>7.0f} {sort:>6.0f}"
            print(f"{line} {opened:>6.0f}", flush=True)


def written(size: int, path: Path) -> float:
    """Seconds to write the report of so many registrations."""
    example = registrations.EXAMPLE
    table = registrations.write(path.with_suffix(".csv"), size)
    intake = selection.read_applicants(table, form=example / "form.toml")
    outcome = selection.select(intake, example / "policy.toml", seed="cGMP 2025")
    start = time.perf_counter()
    outcome.report(path)
    return time.perf_counter() - start


def looked(browser: Any, path: Path) -> tuple[float, ...]:
    """Milliseconds to load the page, search, filter, sort and open."""
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    load = page.evaluate("performance.getEntriesByName('ready')[0].startTime")
    search = page.evaluate(SEARCH, "kenya")
    page.evaluate(SEARCH, "")
    times = (load, search, *(page.evaluate(what) for what in (CHIP, SORT, OPEN)))
    page.close()
    return times


if __name__ == "__main__":
    main()
