"""What an officer marked in a list and gave back: who withdraws, who is pinned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from selection.applicants import Column
from selection.dossier.sheets import as_read
from selection.errors import InputError, did_you_mean
from selection.intake.forms import Form
from selection.intake.sources import raw_table
from selection.intake.tables import Table
from selection.outcome import Outcome

Mark = Literal["withdrawn", "pinned"]

#: The column that holds marks, as the workbook has it.
MARK: Final = "mark"

#: What officers write for each mark, in lower case.
WORDS: Final[Mapping[str, Mark]] = MappingProxyType(
    {"withdrawn": "withdrawn", "withdraws": "withdrawn", "withdraw": "withdrawn", "withdrew": "withdrawn",
     "pinned": "pinned", "pin": "pinned"}
)  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """The ids marked in a file, each once, in its order."""

    withdrawn: tuple[str, ...]
    pinned: tuple[str, ...]


def read_marks(path: str | Path, outcome: Outcome) -> Marks:
    """The marks of a workbook or CSV file with the columns `id` and `mark`, on whichever sheets have both.

    `InputError` where there is no such column, for a word that is no mark, for an id not in the pool, and for an id
    marked twice in different ways.
    """
    path = Path(path)
    tables = [table for table in _tables(path) if {"id", MARK} <= set(_headings(table))]
    if not tables:
        sentence = (
            f'{path.name} has no columns "id" and "{MARK}": mark who withdraws, or is pinned, in a column "{MARK}".'
        )
        raise InputError("no_marks_column", sentence, file=str(path))
    found: dict[str, Mark] = {}
    for table in tables:
        for row, one, word in _marked(table):
            applicant, mark = _applicant(one, row, path, outcome), _mark(word, row, path)
            if found.setdefault(applicant, mark) != mark:
                sentence = f"{path.name}: {applicant!r} is marked both withdrawn and pinned."
                raise InputError("two_marks", sentence, id=applicant)
    return Marks(*(tuple(one for one, mark in found.items() if mark == kind) for kind in ("withdrawn", "pinned")))


def _tables(path: Path) -> Iterator[Table]:
    try:
        yield raw_table(path, Form())
    except InputError as error:
        if error.code != "several_sheets":
            raise
        for sheet in error.facts["sheets"]:
            try:
                yield raw_table(path, Form.model_validate({"sheet": sheet}))
            except InputError as empty:
                if empty.code != "no_registrations":
                    raise


def _headings(table: Table) -> list[str]:
    return [heading.strip().casefold() for heading in table.headings]


def _marked(table: Table) -> Iterator[tuple[int, str, str]]:
    """Row number, id and mark of each row that has one."""
    ids, marks = (_column(table, name) for name in ("id", MARK))
    for place, row in enumerate(table.rows.tolist()):
        word = marks.at(place)
        if word is not None and str(word).strip():
            yield row, str(ids.at(place) or ""), str(word).strip()


def _column(table: Table, name: str) -> Column:
    column = table.columns[_headings(table).index(name)]
    assert column is not None
    return column


def _applicant(one: str, row: int, path: Path, outcome: Outcome) -> str:
    places = outcome.intake.pool.places
    for spelling in (one, as_read(one)):
        if spelling in places:
            return spelling
    gone = {w for made in getattr(outcome, "rounds", ()) for w in made.withdrawn}
    if as_read(one) in gone:
        return as_read(one)
    hint = did_you_mean(one, places) if len(places) <= 20_000 else ""
    sentence = f"{path.name}, row {row}: there is no applicant {one!r}.{hint}"
    raise InputError("unknown_applicant", sentence, id=one, row=row)


def _mark(word: str, row: int, path: Path) -> Mark:
    mark = WORDS.get(word.casefold())
    if mark is None:
        sentence = (
            f'{path.name}, row {row}: {word!r} is no mark.{did_you_mean(word, WORDS)} Write "withdrawn" or "pinned".'
        )
        raise InputError("unknown_mark", sentence, word=word, row=row)
    return mark
