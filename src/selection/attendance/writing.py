"""Attendance as the files of a folder, and read again."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from selection.attendance.attended import Attended
from selection.conditions import number
from selection.dossier import folders
from selection.dossier.pools import read_fields
from selection.dossier.sheets import lines
from selection.editions import Edition
from selection.errors import NotFoundError, OutputError
from selection.outcome.frames import field_cells
from selection.vocabulary import PERSONAL

FOLDER: Final = "attendance"
TABLE: Final = "attendance.csv"
COMPLETION: Final = "completion.csv"
UNMATCHED: Final = "unmatched.csv"
RECORD: Final = "record.json"
OWN: Final[Collection[str]] = (TABLE, COMPLETION, UNMATCHED, RECORD)


def write(attended: Attended, reports: Iterable[Path] = (), *, force: bool = False) -> Path:
    """Write attendance, completion with its reasons and unmatched rows into the folder, whole or not at all.

    No file holds a name or an e-mail address: rows of reports are told by file and number.
    """
    place = attended.edition.folder / FOLDER
    with folders.filled(place, force=force, own=OWN) as fresh:
        (fresh / TABLE).write_bytes(b"".join(lines(_table(attended))))
        if attended.completed is not None:
            (fresh / COMPLETION).write_bytes(b"".join(lines(_completion(attended))))
        rows = {name: [getattr(one, name) for one in attended.unmatched] for name in ("file", "row", "why", "near")}
        (fresh / UNMATCHED).write_bytes(b"".join(lines(rows, addresses=("near",))))
        record = json.dumps(_record(attended, reports, fresh), sort_keys=True, ensure_ascii=False, indent=1) + "\n"
        (fresh / RECORD).write_text(record, encoding="utf-8", newline="\n")
    return place


def read(edition: Edition) -> Attended:
    """The attendance that was written into an edition's folder; `OutputError` if it was changed or is of another."""
    place = edition.folder / FOLDER
    record = _stored(place)
    table = place / TABLE
    if folders.digest(table.read_bytes()) != record["files"].get(TABLE):
        sentence = f"{TABLE} in {str(place)!r} was changed since it was written. Run `selection attendance` again."
        raise OutputError("changed_result", sentence, file=TABLE)
    sessions = tuple(record["sessions"])
    with table.open(encoding="utf-8", newline="") as file:
        shown = list(csv.DictReader(file))
    ids = tuple(record["ids"])
    minutes = [[int(row[f"minutes_{n + 1}"]) for n in range(len(sessions))] for row in shown]
    quiz = tuple(number(row["quiz"]) for row in shown)
    made = np.array(minutes, dtype=np.int64).reshape(len(ids), len(sessions))
    return Attended(edition, sessions, ids, made, quiz)


def _stored(place: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((place / RECORD).read_text(encoding="utf-8")))
    except OSError:
        sentence = f"No attendance is known in {str(place.parent)!r}: run `selection attendance` first."
        raise NotFoundError("no_attendance", sentence, folder=str(place.parent)) from None
    except ValueError:
        raise OutputError("damaged_record", f"{str(place / RECORD)!r} was changed.", folder=str(place)) from None


def _table(attended: Attended) -> dict[str, Any]:
    """A row for each of the selected: the fields the policy read, and what was attended."""
    pool = attended.intake.pool
    everybody = np.arange(len(pool))
    kept = sorted(read_fields(attended.edition.outcome) - PERSONAL)
    read = {name: field_cells(pool.columns[name], everybody) for name in kept}
    return {"id": list(attended.ids), **read, **attended.fields}


def _completion(attended: Attended) -> dict[str, list[Any]]:
    made = attended.completed
    assert made is not None
    facts = [made.facts(one) for one in attended.ids]
    languages = [attended.edition.person(one).speaks(made.programme.language) for one in attended.ids]
    return {
        "id": list(attended.ids),
        "status": [one["status"] for one in facts],
        "condition": [one["rule"] for one in facts],
        "missing": [one["missing"] for one in facts],
        "language": languages,
        "explanation": [made.explain(one, spoken) for one, spoken in zip(attended.ids, languages, strict=True)],
    }


def _record(attended: Attended, reports: Iterable[Path], fresh: Path) -> dict[str, Any]:
    """What proves the attendance: of which outcome, by which programme, from which reports."""
    programme = attended.edition.programme
    return {
        "record_sha256": attended.edition.record_sha256,
        "programme_sha256": folders.digest(programme.canonical().encode()) if programme else None,
        "reports": sorted(folders.digest(Path(path).read_bytes()) for path in reports),
        "sessions": list(attended.sessions),
        "ids": list(attended.ids),
        "counts": attended.completed.counts if attended.completed else None,
        "files": {path.name: folders.digest(path.read_bytes()) for path in sorted(fresh.iterdir())},
    }
