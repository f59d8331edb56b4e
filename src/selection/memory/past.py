"""An earlier edition as the next one sees it: who applied, who was selected, who took part, who completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from selection import attendance
from selection.applicants import Pool
from selection.attendance import Attended
from selection.editions import Edition
from selection.editions.people import folded_address, people
from selection.errors import InputError
from selection.outcome import Outcome


@dataclass(frozen=True, eq=False, repr=False)
class Past:
    """An earlier edition. `attended` and `completed` are ids, or None where nobody knows.

    `pool` of those who applied; `addresses` their e-mail addresses by id, as far as known.
    """

    title: str
    pool: Pool
    addresses: Mapping[str, str]
    selected: frozenset[str]
    attended: frozenset[str] | None = None
    completed: frozenset[str] | None = None

    def __repr__(self) -> str:
        return f"Past({self.title!r}, {len(self.selected):,} of {len(self.pool):,} selected)"

    @classmethod
    def of(cls, given: Any) -> Past:
        """The past of a folder of results, an edition, its attendance, or an outcome in memory."""
        if isinstance(given, Past):
            return given
        if isinstance(given, Attended):
            return _of_attended(given)
        if isinstance(given, Edition):
            return _of_edition(given)
        if isinstance(given, Outcome):
            return _of_outcome(given)
        if isinstance(given, str | Path):
            return _of_edition(Edition.open(given))
        sentence = f"Earlier editions are folders of results, outcomes or attendance, not a {type(given).__name__}."
        raise InputError("not_an_edition", sentence, type=type(given).__name__)

    @cached_property
    def by_address(self) -> Mapping[str, frozenset[str]]:
        """The ids behind each address, as several registrations of one person have the same."""
        table: dict[str, frozenset[str]] = {}
        for one, address in self.addresses.items():
            table[address] = table.get(address, frozenset()) | {one}
        return table


def _of_outcome(outcome: Outcome) -> Past:
    pool = outcome.intake.pool
    found = people(pool) if "email" in pool.columns else {}
    return Past(outcome.policy.title, pool, _addresses(found), _selected(outcome))


def _of_edition(edition: Edition) -> Past:
    if (edition.folder / attendance.FOLDER).is_dir():
        return _of_attended(attendance.read(edition))
    outcome = edition.outcome
    return Past(edition.title, outcome.intake.pool, _addresses(edition.people), _selected(outcome))


def _of_attended(attended: Attended) -> Past:
    edition, completed = attended.edition, attended.completed
    took_part = attended.minutes.sum(axis=1) > 0
    return Past(
        edition.title,
        edition.outcome.intake.pool,
        _addresses(edition.people),
        _selected(edition.outcome),
        frozenset(one for one, there in zip(attended.ids, took_part.tolist(), strict=True) if there),
        None if completed is None else frozenset(completed.ids),
    )


def _addresses(found: Mapping[str, Any]) -> dict[str, str]:
    return {one: folded_address(person.email) for one, person in found.items() if person.email}


def _selected(outcome: Outcome) -> frozenset[str]:
    return frozenset(map(str, outcome.intake.pool.ids[outcome.ranking.order[outcome.choice.selected]].tolist()))
