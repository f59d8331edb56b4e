"""What makes a certificate checkable: a line of text in its QR code, whose SHA-256 stands in a published record.

The record holds hashes only, no name and no id. The line ends in a code that nobody can make up who has not the stored
pool, so that a hash cannot be found by trying out names.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from selection.dossier import folders
from selection.editions import Edition, Person
from selection.errors import NotFoundError, OutputError

RECORD: Final = "certificates.json"
FORMAT: Final = 1

#: Between the parts of the line; hashes take the line as it is, so that it is never taken apart.
BETWEEN: Final = " | "
CODE: Final = 32


@dataclass(frozen=True)
class Check:
    """Whether a line stands in the record, and what that record says it is of."""

    holds: bool
    line: str
    sha256: str
    title: str
    issued: str


def secret(edition: Edition) -> bytes:
    """A key that follows from the stored pool, which is never published; the same for the whole life of a folder."""
    return hashlib.sha256(b"certificates\n" + (edition.folder / folders.POOL).read_bytes()).digest()


def line(person: Person, title: str, day: date, key: bytes) -> str:
    """The line of one certificate: id, name, title, day, code."""
    said = BETWEEN.join((person.id, person.name, title, day.isoformat()))
    return f"{said}{BETWEEN}{hmac.new(key, said.encode(), 'sha256').hexdigest()[:CODE]}"


def sha256(text: str) -> str:
    """What the record holds of a line: `printf %s LINE | sha256sum`."""
    return hashlib.sha256(text.encode()).hexdigest()


def record(edition: Edition, title: str, day: date, lines: Iterable[str]) -> str:
    """The published record: which selection, which programme, and a hash for each certificate, sorted."""
    table = {
        "format": FORMAT,
        "title": title,
        "issued": day.isoformat(),
        "record_sha256": edition.record_sha256,
        "check": "printf %s 'LINE' | sha256sum",
        "certificates": sorted(map(sha256, lines)),
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def check(published: str | Path, text: str) -> Check:
    """Look a line up in a published record: the file, or the folder it stands in."""
    table = _published(Path(published))
    text = text.strip("\r\n")
    found = sha256(text)
    return Check(found in table["certificates"], text, found, str(table["title"]), str(table["issued"]))


def _published(path: Path) -> dict[str, Any]:
    places = (path, path / RECORD, path / "certificates" / RECORD)
    place = next((one for one in places if one.is_file()), None)
    if place is None:
        sentence = f"There is no record of certificates in {str(path)!r}; name {RECORD} or the folder it stands in."
        raise NotFoundError("no_certificates", sentence, file=str(path))
    try:
        table = json.loads(place.read_text(encoding="utf-8"))
        if table["format"] == FORMAT and {"title", "issued", "certificates"} <= table.keys():
            return dict(table)
    except (ValueError, KeyError, TypeError, OSError):
        pass
    raise OutputError("damaged_record", f"{str(place)!r} is not a record of certificates.", file=str(place))
