"""`selection publish` and `selection entry`: the public edition, and one's own entry in it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress


def write(results: Path, out: Path, key: str, codes: Path | None, *, force: bool) -> None:
    """Write the public edition of a folder, and the list of codes for the organiser where it is asked for."""
    with Progress(2) as progress:
        progress.step("Reading results")
        from selection import dossier

        outcome = dossier.read(results)
        progress.step("Writing")
        outcome.publish(out, key, force=force)
    said = [f"Written to {out}: {outcome.pool_size:,} entries without ids or names."]
    if codes is not None:
        from selection.cli.shipped import write_text
        from selection.dossier.sheets import harmless, quoted

        ids = sorted(map(str, outcome.intake.pool.ids.tolist()))
        lines = [f"{quoted(harmless(one))},{dossier.code_of(key, one)}" for one in ids]
        write_text(codes, "\n".join(["id,code", *lines, ""]))
        said.append(f"Each applicant's code is in {codes}. Keep that file, and the key, to yourself.")
    say(printable("\n".join(said)))


def look(folder: Path, code: str, *, as_json: bool) -> None:
    """Print the entry under a code, after checking that the edition is as it was written."""
    from selection import dossier

    found = dossier.entry(folder, code)
    if as_json:
        say_json(asdict(found))
    else:
        from selection.charts.labels import labels, small

        statuses, reasons = labels()["statuses"], labels()["reasons"]
        reason = small(reasons.get(found.reason, found.reason))
        said = f"{statuses.get(found.status, found.status)}: {reason}"
        say(printable(f"{said}. The edition is as it was written."))
