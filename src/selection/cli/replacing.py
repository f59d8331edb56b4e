"""`selection replace`: withdrawals answered from a folder of results, each round kept in its history."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress


def run(
    results: Path, withdrawn: list[str], lock: Literal["selected", "none"] | None, *, preview: bool, as_json: bool
) -> None:
    """Answer withdrawals by the rules of the call, after every round before, and record the round."""
    with Progress(3) as progress:
        progress.step("Reading results")
        from selection import dossier
        from selection.replacement import offers, replay

        start = dossier.read(results)
        history = offers.read(results)
        progress.step("Replaying earlier rounds")
        outcome = replay(start, offers.rounds(history))
        progress.step("Giving out the free seats")
        made = outcome.replace(withdrawn, lock)
    if not preview:
        offers.append(results, [offers.answered(history, made.round, datetime.now(UTC))])
    if as_json:
        say_json({**made.round.to_dict(), "recorded": not preview})
        return
    lines = [
        f"Round {made.round.number}: {len(made.withdrawn):,} withdrawn",
        "Admitted: " + (", ".join(made.admitted) or "nobody"),
        *(["Lost their seat: " + ", ".join(made.removed)] if made.removed else []),
        *(
            f"The lock costs the reserve {name!r} {seats:,} seats"
            for name, seats in made.compliance_lost.items()
            if seats
        ),
        "Only shown, not recorded." if preview else f"Recorded in {results / 'history.jsonl'}",
    ]
    say(printable("\n".join(lines)))
