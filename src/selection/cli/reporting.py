"""`selection report`: a folder of results as one page to look at."""

from __future__ import annotations

from pathlib import Path

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress


def run(results: Path, out: Path | None, *, public: bool, as_json: bool) -> None:
    """Read the folder, with every round of withdrawals since, and write the page."""
    with Progress(3) as progress:
        progress.step("Reading results")
        from selection import dossier
        from selection.replacement import offers, replay

        start = dossier.read(results)
        progress.step("Replaying rounds")
        outcome = replay(start, offers.rounds(offers.read(results)))
        progress.step("Drawing and writing")
        path = outcome.report(out or results / ("public.html" if public else "report.html"), public=public)
    size = path.stat().st_size
    if as_json:
        say_json({"file": str(path), "bytes": size, "edition": "public" if public else "internal"})
    else:
        say(printable(f"Written to {path} ({size / 1e6:.1f} MB). Open it in a browser; it needs no network."))
