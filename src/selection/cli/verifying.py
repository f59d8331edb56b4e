"""`selection verify`: what was checked of a folder of results, and what differs."""

from __future__ import annotations

from pathlib import Path

import typer

from selection.cli.answers import PROBLEMS, printable, say, say_json
from selection.cli.progress import Progress


def run(results: Path, *, as_json: bool) -> None:
    """Verify a folder and say so; the exit code is 1 where something differs."""
    with Progress(1) as progress:
        progress.step("Verifying")
        from selection.dossier import verify

        found = verify(results)
    if as_json:
        say_json({"holds": found.holds, "checked": found.checked, "differences": found.differences})
    else:
        differs = ["Nothing differs."] if found.holds else ["Differs:", *(f"  {one}" for one in found.differences)]
        say(printable("\n".join(["Checked:", *(f"  {one}" for one in found.checked), *differs])))
    if not found.holds:
        raise typer.Exit(PROBLEMS)
