"""A folder of results opened for what comes after the selection, and the desk beside its results.

The desk is the folder `desk` inside: the programme and everybody's name and address, kept there by whichever command
was first told of them, so that the next one need not ask again. It is personal data and never for publication.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from selection import dossier
from selection.applicants import Pool
from selection.dossier import folders
from selection.editions import people
from selection.editions.people import People, Person
from selection.errors import InputError, NotFoundError, OutputError
from selection.intake import Form, read_applicants
from selection.outcome import Outcome
from selection.programme import Programme
from selection.replacement import offers, replay

DESK: Final = "desk"
PROGRAMME: Final = "programme.toml"
PEOPLE: Final = "people.json"


@dataclass(frozen=True, eq=False, repr=False)
class Edition:
    """A call after its selection: folder, outcome after every round of withdrawals, programme, people by id."""

    folder: Path
    outcome: Outcome
    programme: Programme | None
    people: People
    record_sha256: str

    def __repr__(self) -> str:
        return f"Edition({str(self.folder)!r}, {len(self.people):,} people)"

    @classmethod
    def open(
        cls,
        folder: str | Path,
        programme: str | Path | None = None,
        registrations: str | Path | None = None,
        form: Form | str | Path | None = None,
        *,
        corrected: bool = False,
    ) -> Self:
        """Open a folder of results; what is told here is kept on its desk, what is not is looked for there.

        Registrations and form may stand in the programme file. `InputError` if they are not the table that was
        selected from (`corrected` accepts one that has the same applicants).
        """
        folder = Path(folder)
        start = dossier.read(folder)
        outcome = replay(start, offers.rounds(offers.read(folder)))
        text, told = _programme(folder, programme)
        found = _people(folder, _sources(programme, told, registrations, form), start.intake.pool, corrected=corrected)
        _keep(folder, text, found)
        digest = folders.digest((folder / folders.RECORD).read_bytes())
        return cls(folder, outcome, told, MappingProxyType(dict(found)), digest)

    @property
    def title(self) -> str:
        """What the call is called."""
        return self.programme.title if self.programme else self.outcome.policy.title

    def person(self, one: str) -> Person:
        """Who an applicant is; without names and addresses only the id is known."""
        return self.people.get(one) or Person(one)

    def needs_programme(self) -> Programme:
        """The programme; `NotFoundError` with what to write if none was ever given."""
        if self.programme is None:
            sentence = f"No programme is known for {str(self.folder)!r}: give its file with --programme programme.toml."
            raise NotFoundError("no_programme", sentence, folder=str(self.folder))
        return self.programme


def _programme(folder: Path, path: str | Path | None) -> tuple[str | None, Programme | None]:
    """The text of the programme file and what it says; from the desk if none is given."""
    if path is not None:
        told = Programme.load(path)
        return Path(path).read_text(encoding="utf-8-sig"), told
    kept = folder / DESK / PROGRAMME
    return None, Programme.load(kept) if kept.is_file() else None


def _sources(
    path: str | Path | None, told: Programme | None, registrations: str | Path | None, form: Form | str | Path | None
) -> tuple[str | Path, Form | str | Path | None] | None:
    """The table of registrations and its form: as told, else as the programme file says."""
    if registrations is not None:
        return registrations, form
    if path is None or told is None or not told.registrations:
        return None
    beside = Path(path).parent
    return beside / told.registrations, form or (beside / told.form if told.form else None)


def _people(
    folder: Path, sources: tuple[str | Path, Form | str | Path | None] | None, stored: Pool, *, corrected: bool
) -> People:
    if sources is not None:
        table, form = sources
        record = json.loads((folder / folders.RECORD).read_text(encoding="utf-8"))
        pool = read_applicants(table, form=form).pool
        return people.matching(pool, stored, record["pool_sha256"], corrected=corrected)
    kept = folder / DESK / PEOPLE
    return people.load(kept.read_text(encoding="utf-8")) if kept.is_file() else {}


def _keep(folder: Path, text: str | None, found: People) -> None:
    """Lay programme and people on the desk, readable by the officer alone."""
    written = {
        name: said for name, said in ((PROGRAMME, text), (PEOPLE, people.dump(found) if found else None)) if said
    }
    try:
        for name, said in written.items():
            place = folder / DESK / name
            if not place.is_file() or place.read_text(encoding="utf-8") != said:
                place.parent.mkdir(mode=0o700, exist_ok=True)
                place.write_text(said, encoding="utf-8", newline="\n")
                place.chmod(0o600)
    except OSError as error:
        sentence = f"The desk of {str(folder)!r} cannot be written: {error.strerror or error}."
        raise OutputError("not_writable", sentence, folder=str(folder)) from None


def needs_people(edition: Edition, purpose: str) -> None:
    """`InputError` where names and addresses are needed and none are known."""
    if not edition.people:
        sentence = (
            f"{purpose} needs names and addresses, which a folder of results never holds: give the table of "
            "registrations with --registrations and --form, or name both in the programme file."
        )
        raise InputError("no_people", sentence, folder=str(edition.folder))
