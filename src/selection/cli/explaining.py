"""`selection explain`: one decision in words, from a folder of results."""

from __future__ import annotations

from pathlib import Path

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress


def run(results: Path, applicant: str, language: str, *, officer: bool, as_json: bool) -> None:
    """Read the folder, run its rules again, and print what was recorded about one applicant."""
    with Progress(2) as progress:
        progress.step("Reading results")
        from selection import dossier

        outcome = dossier.read(results)
        progress.step("Explaining")
        found = outcome.explain(applicant, language)
    if as_json:
        say_json({**found.facts, "text": str(found)})
    else:
        say(printable(found.for_officer() if officer else str(found)))
