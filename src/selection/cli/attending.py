"""`selection attendance`: who took part, who completed, and which rows count for nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selection.cli.answers import printable, say, say_json, table
from selection.cli.opening import Told
from selection.cli.progress import Progress

#: So many unmatched rows are shown; all are in the file.
SHOWN = 5


def run(
    told: Told,
    reports: list[Path],
    *,
    session: int | None,
    zone: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Count the attendance of a folder of results and write it there."""
    with Progress(3) as progress:
        progress.step("Reading results and registrations")
        from selection import attendance
        from selection.dossier import ready

        ready(told.results / attendance.FOLDER, force=force, own=attendance.OWN)
        edition = told.open()
        progress.step("Reading reports")
        attended = attendance.attend(edition, reports, session=session, zone=zone)
        progress.step("Weighing completion")
        place = attendance.write(attended, reports, force=force)
    answer = {
        "folder": str(place),
        "selected": len(attended.ids),
        "took_part": int((attended.minutes.sum(axis=1) > 0).sum()),
        "sessions": [
            {"session": name, "attended": int((attended.minutes[:, n] >= attended.least).sum())}
            for n, name in enumerate(attended.sessions)
        ],
        "completion": attended.completed.counts if attended.completed else None,
        "unmatched": [{"file": u.file, "row": u.row, "why": u.why, "near": u.near} for u in attended.unmatched],
        "without_addresses": not edition.people,
    }
    say_json(answer) if as_json else say(printable(_text(answer)))


def _text(answer: dict[str, Any]) -> str:
    rows = [[str(n + 1), one["session"], f"{one['attended']:,}"] for n, one in enumerate(answer["sessions"])]
    parts = [
        f"{answer['took_part']:,} of {answer['selected']:,} selected took part",
        table(["", "session", "attended"], rows),
    ]
    if answer["completion"]:
        done = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in answer["completion"].items())
        parts.append(f"Completion: {done}")
    if answer["without_addresses"]:
        parts.append("No addresses are known, so rows were matched by registration id alone (--registrations, --form).")
    if answer["unmatched"]:
        said = {
            "no_such_person": "nobody registered like that",
            "not_selected": "registered, not selected",
            "several_people": "several of the selected share this address",
        }
        shown = [
            f"  {u['file']}, row {u['row']}: {said[u['why']]}" + (f" (perhaps {u['near']})" if u["near"] else "")
            for u in answer["unmatched"][:SHOWN]
        ]
        more = ["  ..."] if len(answer["unmatched"]) > SHOWN else []
        parts.append("\n".join([f"{len(answer['unmatched']):,} rows count for nobody (unmatched.csv)", *shown, *more]))
    parts.append(f"Written to {answer['folder']}")
    return "\n\n".join(parts)
