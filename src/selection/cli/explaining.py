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
        since = _since(results, applicant)
        say(printable("\n".join([found.for_officer() if officer else str(found), *since])))


def _since(results: Path, applicant: str) -> list[str]:
    """What rounds of withdrawals did to the applicant after the selection that is explained."""
    from selection.replacement import offers

    rounds = offers.rounds(offers.read(results))
    ways = (("withdrawn", "withdrew"), ("admitted", "received a seat"), ("removed", "lost the seat"))
    said = [(made.number, way) for made in rounds for name, way in ways if applicant in getattr(made, name)]
    return [f"Since that selection: {way} in round {number} of withdrawals." for number, way in said]
