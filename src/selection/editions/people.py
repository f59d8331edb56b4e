"""Who an applicant is: name, e-mail address, language and country, from the registrations; never in a public file."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from selection.applicants import Pool
from selection.errors import InputError, OutputError
from selection.programme import LANGUAGES

#: Where somebody sits in front of a screen: the first of these that is known tells the time zone.
COUNTRIES: Final = ("residence", "country", "employer_country")

_BREAKS: Final = re.compile(r"[\s\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, repr=False)
class Person:
    """How an applicant is addressed; `language` and `timezone` as registered, `country` ISO alpha-3, "" if unknown."""

    id: str
    name: str = ""
    email: str = ""
    language: str = ""
    timezone: str = ""
    country: str = ""

    def __repr__(self) -> str:
        return f"Person({self.id!r})"

    def speaks(self, otherwise: str) -> str:
        """The language among the six of the United Nations that was registered (`pt` and the like are none)."""
        word = re.split(r"[-_]", self.language.strip().casefold())[0]
        return word if word in LANGUAGES else otherwise


def folded_address(text: str) -> str:
    """An e-mail address as it is compared: without case and spaces around it."""
    return " ".join(text.split()).casefold().removeprefix("mailto:")


People = Mapping[str, Person]


def people(pool: Pool) -> dict[str, Person]:
    """Everybody in a pool by id; of several registrations with one id, the one that stands."""
    return {one: _person(pool, one, place) for one, place in pool.places.items()}


def _person(pool: Pool, one: str, place: int) -> Person:
    def held(*names: str) -> str:
        found = (pool.columns[name].at(place) for name in names if name in pool.columns)
        return next((_one_line(value) for value in found if value is not None), "")

    return Person(
        str(one), held("name"), held("email"), held("language"), held("timezone", "time_zone"), held(*COUNTRIES)
    )


def _one_line(value: Any) -> str:
    """A cell without line breaks, control and direction characters: they have no place in headers and file lines."""
    return _BREAKS.sub(" ", str(value)).strip()


def same_table(pool: Pool, stored: Pool, sha256: str) -> bool:
    """Whether a pool is the one of a record; what earlier editions added to that one is taken from the folder."""
    if pool.sha256 == sha256:
        return True
    if pool.ids.tolist() != stored.ids.tolist():
        return False
    added = {name: column for name, column in stored.columns.items() if name not in pool.columns}
    return bool(added) and dataclasses.replace(pool, columns={**pool.columns, **added}).sha256 == sha256


def matching(pool: Pool, stored: Pool, sha256: str, *, corrected: bool) -> People:
    """The people of a table that is the one selected from, or of a corrected one that has every applicant."""
    if not corrected and not same_table(pool, stored, sha256):
        sentence = (
            "The registrations given are not the ones that were selected from: their hash is not the one in the "
            "record. Give that file and its form; if only names or addresses were corrected since, say --corrected."
        )
        raise InputError("other_registrations", sentence)
    found = people(pool)
    absent = sorted(set(stored.places) - set(found))
    if absent:
        sentence = f"The registrations lack {len(absent):,} of the applicants of the record, such as {absent[0]!r}."
        raise InputError("applicants_absent", sentence, absent=absent)
    return {one: found[one] for one in stored.places}


def dump(found: People) -> str:
    """People as JSON, sorted by id."""
    table = [asdict(found[one]) for one in sorted(found)]
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> People:
    """The people of a file that `dump` wrote."""
    try:
        return {row["id"]: Person(**row) for row in json.loads(text)}
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            "damaged_people", "The stored names and addresses cannot be read: give --programme again."
        ) from None
