"""All letters of an edition as files: one each, messages, calendars, and one table for a mail merge."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from selection.dossier import folders
from selection.dossier.sheets import as_read, lines
from selection.editions import Edition
from selection.errors import InputError, did_you_mean
from selection.letters.letter import WRITTEN_TO, Letter, Writer
from selection.letters.mail import message
from selection.programme import Programme
from selection.vocabulary import STATUSES

FOLDER: Final = "letters"
MERGE: Final = "mail_merge.csv"
MAIL, CALENDARS = "mail", "calendars"
_OWN: Final = (*STATUSES, MAIL, CALENDARS, MERGE)

#: File names longer than this are refused by some systems.
LONGEST: Final = 100


@dataclass(frozen=True)
class Posted:
    """What was written: the folder, letters by status, how many are new since the last time, who has no address."""

    folder: Path
    letters: Mapping[str, int]
    new: int
    without_address: tuple[str, ...]
    languages: Mapping[str, int]


def post(
    edition: Edition,
    folder: str | Path | None = None,
    *,
    language: str | None = None,
    statuses: Iterable[str] = WRITTEN_TO,
    templates: str | Path | None = None,
    force: bool = False,
) -> Posted:
    """Write all letters into a folder, whole or not at all; nothing is sent.

    Columns of `mail_merge.csv`: id, name, email, language, status, new (the status is not the one of the letters that
    stood there before), subject, explanation, letter, mail, calendar (files).
    """
    _known(asked := tuple(statuses))
    place = Path(folder) if folder is not None else edition.folder / FOLDER
    before = _statuses(place)
    writer = Writer(edition, language, Path(templates) if templates is not None else None)
    programme = edition.needs_programme()
    with folders.filled(place, force=force, own=_OWN) as fresh:
        rows = [_written(fresh, one, programme, before) for one in writer.letters(asked)]
        columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {"id": []}
        (fresh / MERGE).write_bytes(b"".join(lines(columns, addresses=("id", "email"))))
    return Posted(
        place,
        Counter(row["status"] for row in rows),
        sum(row["new"] == "yes" for row in rows),
        tuple(row["id"] for row in rows if not row["mail"]),
        Counter(row["language"] for row in rows),
    )


def _known(statuses: Iterable[str]) -> None:
    """Refuse a status that nobody has, or that of duplicates: the registration that stands gets the letter."""
    for status in statuses:
        if status not in STATUSES[:-1]:
            sentence = f"{status!r} is not the status of a letter.{did_you_mean(status, STATUSES[:-1])}"
            raise InputError("unknown_status", sentence, status=status, known=STATUSES[:-1])


def file_name(one: str) -> str:
    """An id as a name for files on every system; ids are data and may hold anything."""
    name = quote(one, safe=" ").replace(".", "%2E") if one.startswith(".") else quote(one, safe=" ")
    if len(name) > LONGEST or name != name.strip() or not name:
        name = f"{name.strip()[: LONGEST // 2]}-{hashlib.sha256(one.encode()).hexdigest()[:16]}"
    return name


def _written(folder: Path, letter: Letter, programme: Programme, before: Mapping[str, str]) -> dict[str, Any]:
    """Write one letter; its row of the table."""
    name, one = file_name(letter.person.id), letter.person
    files = {"letter": f"{letter.status}/{name}.html", "mail": "", "calendar": ""}
    _put(folder / files["letter"], letter.html.encode())
    if (mail := message(letter, programme)) is not None:
        files["mail"] = f"{MAIL}/{name}.eml"
        _put(folder / files["mail"], mail)
    if letter.calendar is not None:
        files["calendar"] = f"{CALENDARS}/{name}.ics"
        _put(folder / files["calendar"], letter.calendar)
    return {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "language": letter.language,
        "status": letter.status,
        "new": "no" if before.get(one.id) == letter.status else "yes",
        "subject": letter.subject,
        "explanation": letter.explanation,
        **files,
    }


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def _statuses(folder: Path) -> dict[str, str]:
    """What the letters that stand in a folder said, by id."""
    try:
        with (folder / MERGE).open(encoding="utf-8", newline="") as file:
            return {as_read(row["id"]): row["status"] for row in csv.DictReader(file)}
    except (OSError, KeyError, ValueError):
        return {}
