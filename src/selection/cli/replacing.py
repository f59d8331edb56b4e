"""`selection replace`: withdrawals answered from a folder of results, each round kept in its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from selection.cli.answers import printable, say, say_json
from selection.cli.progress import Progress

if TYPE_CHECKING:
    from selection.dossier import Marks
    from selection.outcome import Outcome
    from selection.replacement import Replacement


def run(
    results: Path,
    withdrawn: list[str],
    file: Path | None,
    lock: Literal["selected", "none"] | None,
    *,
    preview: bool,
    as_json: bool,
) -> None:
    """Answer withdrawals by the rules of the call, after every round before, and record the round."""
    from selection.errors import InputError

    with Progress(3) as progress:
        progress.step("Reading results")
        from selection import dossier
        from selection.replacement import offers, replay

        start = dossier.read(results)
        history = offers.read(results)
        progress.step("Replaying earlier rounds")
        outcome = replay(start, offers.rounds(history))
        marks = dossier.Marks((), ()) if file is None else _news(dossier.read_marks(file, outcome), outcome)
        if not withdrawn and not marks.withdrawn and not marks.pinned:
            where = "Name who withdraws, or give a list back: --file" if file is None else f"{file} has no new mark."
            raise InputError("nobody_withdraws", f"Nobody withdraws. {where}", file=str(file) if file else None)
        progress.step("Giving out the free seats")
        made = outcome.replace([*withdrawn, *marks.withdrawn], lock, marks.pinned)
    if not preview:
        offers.append(results, [offers.answered(history, made.round, datetime.now(UTC))])
    if as_json:
        say_json({**made.round.to_dict(), "recorded": not preview})
    else:
        say(printable("\n".join(_lines(made, results, preview=preview))))


def _lines(made: Replacement, results: Path, *, preview: bool) -> list[str]:
    """The round as an officer reads it."""
    last = (
        ["Only shown, not recorded."]
        if preview
        else [
            f"Recorded in {results / 'history.jsonl'}",
            f"The lists as they are now: selection workbook {results}, or selection report {results}",
        ]
    )
    return [
        f"Round {made.round.number}: {len(made.withdrawn):,} withdrawn",
        *(["Pinned: " + ", ".join(made.pinned)] if made.pinned else []),
        "Admitted: " + (", ".join(made.admitted) or "nobody"),
        *(["Lost their seat: " + ", ".join(made.removed)] if made.removed else []),
        *(
            f"The lock costs the reserve {name!r} {seats:,} seats"
            for name, seats in made.compliance_lost.items()
            if seats
        ),
        *last,
    ]


def _news(marks: Marks, outcome: Outcome) -> Marks:
    """The marks that no earlier round has answered: an officer keeps one list and goes on marking in it."""
    gone = {one for made in getattr(outcome, "rounds", ()) for one in made.withdrawn}
    kept = {one for made in getattr(outcome, "rounds", ()) for one in made.pinned}
    withdrawn = tuple(one for one in marks.withdrawn if one not in gone)
    return replace(marks, withdrawn=withdrawn, pinned=tuple(one for one in marks.pinned if one not in kept | gone))
