"""`selection audit`: who got what, from a folder of results."""

from __future__ import annotations

from pathlib import Path

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress


def run(results: Path, by: list[str], *, public: bool, chances: bool, as_json: bool) -> None:
    """Read the folder, count, and print the tables; with `chances` also what the lottery was worth to each."""
    with Progress(2) as progress:
        progress.step("Reading results")
        from selection import dossier
        from selection.replacement import offers

        outcome = dossier.read(results)
        progress.step("Counting")
        wanted = [tuple(name.strip() for name in one.split(",")) for one in by]
        found = outcome.audit(list(wanted) if wanted else None)
        found = found.public() if public else found
        drawn = outcome.chances() if chances else None
        rounds = len(offers.rounds(offers.read(results)))
    if as_json:
        listed = None if drawn is None else drawn.to_dict(public=public)
        say_json({**found.to_dict(), **({} if listed is None else {"chances": listed})})
        return
    said = [str(found)] if drawn is None else [str(found), str(drawn)]
    if rounds:
        since = f"{rounds:,} {'round' if rounds == 1 else 'rounds'} of withdrawals since"
        said.append(f"Counted as first selected, without {since}; selection report {results} counts with them.")
    say(printable("\n\n".join(said)))
