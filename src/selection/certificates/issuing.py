"""Certificates of everybody who completed, in one folder with the record that proves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from selection.attendance import Attended, read
from selection.certificates import seals
from selection.certificates.printing import Press, qr_code
from selection.dossier import folders
from selection.editions import Edition, Person
from selection.editions.edition import needs_people
from selection.errors import InputError, ProgrammeError
from selection.explanations.catalogues import wording
from selection.letters.wording import day_words
from selection.letters.writing import file_name
from selection.programme import Programme

FOLDER: Final = "certificates"
PDF: Final = "pdf"


@dataclass(frozen=True)
class Issued:
    """What was issued: the folder, how many certificates by language."""

    folder: Path
    languages: Mapping[str, int]

    def __len__(self) -> int:
        return sum(self.languages.values())


def issue(
    edition: Edition,
    folder: str | Path | None = None,
    *,
    language: str | None = None,
    fonts: str | Path | None = None,
    force: bool = False,
) -> Issued:
    """Print a certificate for everybody who completed, and the record to be published; whole or not at all.

    Files: `pdf/ID.pdf`, and `certificates.json` with a hash for each, which alone is for publication.
    """
    needs_people(edition, "A certificate")
    programme, attended = edition.needs_programme(), read(edition)
    if attended.completed is None:
        sentence = "The programme states no [[completion]], so nobody can be said to have completed it."
        raise ProgrammeError("no_completion", sentence)
    place = Path(folder) if folder is not None else edition.folder / FOLDER
    with folders.filled(place, force=force, own=(PDF, seals.RECORD)) as fresh:
        found = list(_certificates(attended, programme, language))
        (fresh / PDF).mkdir()
        press = Press(_day(programme), Path(fonts) if fonts is not None else None)
        for facts in found:
            (fresh / PDF / f"{file_name(facts['id'])}.pdf").write_bytes(press.pdf(facts))
        lines = [facts["line"] for facts in found]
        said = seals.record(edition, programme.title, _day(programme), lines)
        (fresh / seals.RECORD).write_text(said, encoding="utf-8", newline="\n")
    return Issued(place, Counter(facts["language"] for facts in found))


def _certificates(attended: Attended, programme: Programme, language: str | None) -> Iterator[dict[str, Any]]:
    """What each certificate says."""
    assert attended.completed is not None
    key = seals.secret(attended.edition)
    sessions = dict(zip(attended.ids, attended.fields["sessions_attended"], strict=True))
    for one in attended.completed.ids:
        person = attended.edition.person(one)
        if not person.name:
            sentence = f"The applicant {one!r} has no name in the registrations, and a certificate needs one."
            raise InputError("no_name", sentence, id=one)
        spoken = language or person.speaks(programme.language)
        line = seals.line(person, programme.title, _day(programme), key)
        yield facts_of(programme, person, spoken, sessions[one], line)


def facts_of(programme: Programme, person: Person, language: str, attended: int, line: str) -> dict[str, Any]:
    """Everything a certificate shows, in its language."""
    words, named, day = wording("certificates", language), programme.wording(language), _day(programme)
    first, last = programme.begins(programme.session[0]).date(), programme.last_day
    held = words["held"] if first != last else words["held_once"]
    return {
        "id": person.id,
        "language": language,
        "direction": wording("letters", language)["direction"],
        "certificate": words["certificate"],
        "certifies": words["certifies"],
        "name": person.name,
        "has": words["has"],
        "title": named.title,
        "theme": named.theme,
        "held": held.format(first=day_words(first, language), last=day_words(last, language)),
        "attended": words["attended"].format(attended=attended, sessions=len(programme.session)),
        "topics": list(named.topics),
        "topics_word": words["topics"],
        "issued": words["issued"].format(date=day_words(day, language)),
        "signed_by": named.signed_by,
        "organiser": named.organiser,
        "number": words["number"].format(id=person.id),
        "check": words["check"],
        "line": line,
        "qr": qr_code(line),
    }


def _day(programme: Programme) -> date:
    return programme.certified or programme.last_day
