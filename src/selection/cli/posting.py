"""`selection letters`: what was written, to whom not, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from selection.cli.answers import printable, say, say_json
from selection.cli.opening import Told
from selection.cli.progress import Progress


def run(
    told: Told,
    out: Path | None,
    *,
    language: str | None,
    templates: Path | None,
    statuses: Sequence[str] | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the letters of a folder of results."""
    with Progress(2) as progress:
        progress.step("Reading results and registrations")
        from selection.letters import WRITTEN_TO, post

        edition = told.open()
        progress.step("Writing letters")
        asked = tuple(statuses or WRITTEN_TO)
        made = post(edition, out, language=language, statuses=asked, templates=templates, force=force)
    left = {name: n for name, n in edition.outcome.counts.items() if n and name not in (*asked, "duplicate")}
    answer = {
        "folder": str(made.folder),
        "letters": dict(made.letters),
        "new": made.new,
        "languages": dict(made.languages),
        "not_written_to": left,
        "without_address": list(made.without_address),
        "mail_merge": str(made.folder / "mail_merge.csv"),
    }
    if as_json:
        say_json(answer)
        return
    lines = [
        f"Letters: {_numbers(answer['letters'])} ({made.new:,} new since the last time)",
        f"Languages: {_numbers(answer['languages'])}",
        f"Written to {made.folder}: a folder for each status, mail/*.eml, calendars/*.ics, mail_merge.csv",
    ]
    if left:
        lines.append(f"No letter for {_numbers(left)}; ask for them with --status.")
    if made.without_address:
        lines.append(_without(made.without_address))
    lines.append("They hold names and addresses: not for publication. Nothing was sent.")
    say(printable("\n".join(lines)))


def _numbers(counts: object) -> str:
    assert isinstance(counts, dict)
    return ", ".join(f"{number:,} {name}" for name, number in counts.items()) or "none"


def _without(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:5]) + (" ..." if len(ids) > 5 else "")
    return f"No message for {len(ids):,} whose e-mail address is missing or none: {shown}"
