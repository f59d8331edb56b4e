"""`selection certificates`: print them, or check the line of one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from selection.cli.answers import PROBLEMS, printable, say, say_json
from selection.cli.opening import Told
from selection.cli.progress import Progress


def run(
    told: Told,
    out: Path | None,
    *,
    language: str | None,
    fonts: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Print the certificates of a folder of results."""
    with Progress(2) as progress:
        progress.step("Reading results and attendance")
        from selection.certificates import RECORD, issue

        edition = told.open()
        progress.step("Printing certificates")
        made = issue(edition, out, language=language, fonts=fonts, force=force)
    record = made.folder / RECORD
    if as_json:
        say_json(
            {
                "folder": str(made.folder),
                "certificates": len(made),
                "languages": dict(made.languages),
                "record": str(record),
            }
        )
        return
    numbers = ", ".join(f"{number:,} {name}" for name, number in sorted(made.languages.items())) or "none"
    lines = [
        f"{len(made):,} certificates ({numbers}) in {made.folder / 'pdf'}",
        f"To be published: {record} (hashes only)",
        f"Anybody can check one: selection certificates {record} --check 'the line of its QR code'",
    ]
    say(printable("\n".join(lines)))


def check_line(published: Path, text: str, *, as_json: bool) -> None:
    """Say whether a line stands in a published record; the exit code is 1 where it does not."""
    from selection.certificates import check

    found = check(published, text)
    if as_json:
        say_json(asdict(found))
    else:
        verdict = "This certificate was issued" if found.holds else "No certificate with this line was issued"
        say(printable(f"{verdict}: {found.title}, {found.issued}.\nSHA-256 of the line: {found.sha256}"))
    if not found.holds:
        raise typer.Exit(PROBLEMS)
