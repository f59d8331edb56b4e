"""`selection verify`: what was checked of a folder of results, and what differs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from selection.cli.answers import PROBLEMS, printable, say, say_json, table
from selection.cli.progress import Progress


def run(results: Path, *, as_json: bool) -> None:
    """Verify a folder and say so; the exit code is 1 where something differs."""
    with Progress(1) as progress:
        progress.step("Verifying")
        from selection.dossier import verify

        found = verify(results)
    if as_json:
        say_json(asdict(found) | {"holds": found.holds})
    else:
        differs = ["Nothing differs."] if found.holds else ["Differs:", *(f"  {one}" for one in found.differences)]
        aside = [f"Not in the record, so not checked: {', '.join(found.unlisted)}"] if found.unlisted else []
        say(printable("\n".join(["Checked:", *(f"  {one}" for one in found.checked), *aside, *differs])))
    if not found.holds:
        raise typer.Exit(PROBLEMS)


def run_claims(results: Path, sample: int | None, *, as_json: bool) -> None:
    """Try the claims of the explanations of a folder; the exit code is 1 where one fails."""
    with Progress(2) as progress:
        progress.step("Reading results")
        from selection import dossier
        from selection.faithfulness import spread, tried

        outcome = dossier.read(results)
        progress.step("Trying every claim")
        found = tried(outcome, None if sample is None else spread(outcome, sample))
    if as_json:
        failures = [{"id": one, "claim": kind} for one, kind in found.failures]
        facts = {"holds": found.holds, "class": outcome.structure.name}
        say_json({**facts, "claims": found.claims, "failed": found.failed, "failures": failures})
    else:
        rows = [[kind, f"{number:,}", f"{found.failed[kind]:,}"] for kind, number in found.claims.items()]
        rows.append(["all", f"{sum(found.claims.values()):,}", f"{sum(found.failed.values()):,}"])
        say(f"Claims tried by running again, class {outcome.structure.name}:")
        say(table(["claim", "tried", "failed"], rows))
        say(printable("\n".join(f"Not true: {kind}, of {one}" for one, kind in found.failures)) or "All are true.")
    if not found.holds:
        raise typer.Exit(PROBLEMS)
