"""`selection report` and `selection workbook`: a folder of results as one page to look at, and as a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress

if TYPE_CHECKING:
    from selection.outcome import Outcome


def run(results: Path, out: Path | None, key: str | None, language: str, *, public: bool, as_json: bool) -> None:
    """Read the folder, with every round of withdrawals since, and write the page."""
    with Progress(2) as progress:
        progress.step("Reading results")
        outcome = _now(results)
        progress.step("Drawing and writing")
        place = out or results / ("public.html" if public else "report.html")
        path = outcome.report(place, public=public, key=key, language=language)
    size = path.stat().st_size
    if as_json:
        say_json({"file": str(path), "bytes": size, "edition": "public" if public else "internal"})
    else:
        say(printable(f"Written to {path} ({size / 1e6:.1f} MB). Open it in a browser; it needs no network."))


def run_workbook(results: Path, out: Path | None) -> None:
    """Read the folder, with every round of withdrawals since, and write the workbook."""
    with Progress(2) as progress:
        progress.step("Reading results")
        outcome = _now(results)
        progress.step("Writing")
        path = outcome.to_excel(out or results / "shortlist.xlsx")
    say(printable(f"Written to {path}. Mark in it who withdraws, then: selection replace {results} --file {path}"))


def _now(results: Path) -> Outcome:
    """The outcome of a folder after every round recorded in it."""
    from selection import dossier
    from selection.replacement import offers, replay

    return replay(dossier.read(results), offers.rounds(offers.read(results)))
