"""Reports, programme and the selected become attendance: minutes by session, and who completed and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from selection.applicants import Column, Pool, objects
from selection.attendance.completion import Completed, completed
from selection.attendance.matching import Register, Unmatched
from selection.attendance.reports import Join, read_report
from selection.attendance.timetable import Timetable
from selection.conditions import number
from selection.editions import Edition
from selection.errors import InputError
from selection.intake import Intake


@dataclass(frozen=True, eq=False, repr=False)
class Attended:
    """Attendance of everybody selected. `minutes` of shape (selected, sessions); `quiz` None where none was given."""

    edition: Edition
    sessions: tuple[str, ...]
    ids: tuple[str, ...]
    minutes: np.ndarray[Any, np.dtype[np.int64]]
    quiz: tuple[Any, ...]
    unmatched: tuple[Unmatched, ...] = ()

    def __repr__(self) -> str:
        took_part = int((self.minutes.sum(axis=1) > 0).sum())
        return f"Attended({took_part:,} of {len(self.ids):,}, {len(self.sessions)} sessions)"

    @property
    def least(self) -> int:
        """The minutes from which on a session counts as attended."""
        return self.edition.programme.attended_minutes if self.edition.programme else 1

    @property
    def fields(self) -> Mapping[str, list[Any]]:
        """What completion rules and later calls can read, a value for each of `ids`."""
        by_session = {f"minutes_{n + 1}": self.minutes[:, n].tolist() for n in range(len(self.sessions))}
        return {
            "sessions_attended": (self.minutes >= self.least).sum(axis=1).tolist(),
            "minutes": self.minutes.sum(axis=1).tolist(),
            "quiz": list(self.quiz),
            **by_session,
        }

    @cached_property
    def intake(self) -> Intake:
        """The selected as a pool of their own, with what they attended: the pool of the next call."""
        before = self.edition.outcome.intake.pool
        places = np.array([before.places[one] for one in self.ids], dtype=np.int64)
        kept = {name: Column(column.codes[places], column.values) for name, column in before.columns.items()}
        added = {name: Column.of(cells) for name, cells in self.fields.items()}
        nobody = np.full(len(places), -1, dtype=np.int64)
        pool = Pool(objects(list(self.ids)), MappingProxyType({**kept, **added}), before.rows[places], nobody)
        counts = {"rows": len(places), "applicants": len(places)}
        counts |= dict.fromkeys(("rejected", "incomplete_submissions", "duplicates"), 0)
        return Intake(pool, (), MappingProxyType(counts), source=f"the selected of {self.edition.title}")

    @cached_property
    def completed(self) -> Completed | None:
        """Who completed the programme, each with the reason; None where the programme states no condition."""
        programme = self.edition.programme
        return completed(self.intake, programme) if programme and programme.completion else None


def attend(
    edition: Edition, reports: Iterable[str | Path], *, session: int | None = None, zone: str | None = None
) -> Attended:
    """Read reports and count everybody's minutes; `session` where a report does not tell, `zone` of its clock."""
    joins = [
        replace(j, session=str(session)) if session else j for path in _each_once(reports) for j in read_report(path)
    ]
    table = Timetable.of(edition.programme, joins, zone)
    outcome = edition.outcome
    ids = tuple(map(str, outcome.intake.pool.ids[outcome.ranking.order[outcome.choice.selected]].tolist()))
    register = Register(edition.people, frozenset(outcome.intake.pool.places), frozenset(ids))
    matched, unmatched = _matched(register, joins)
    minutes = np.zeros((len(ids), len(table.names)), dtype=np.int64)
    for place, one in enumerate(ids):
        for number_of, own in _by_session(table, matched.get(one, ())).items():
            minutes[place, number_of] = table.minutes(own, number_of)
    return Attended(edition, table.names, ids, minutes, tuple(_quiz(matched.get(one, ())) for one in ids), unmatched)


def _each_once(reports: Iterable[str | Path]) -> list[Path]:
    """The files of the reports; one given twice would count minutes twice."""
    seen: dict[bytes, Path] = {}
    for path in map(Path, reports):
        content = path.read_bytes() if path.is_file() else str(path).encode()
        if content in seen:
            sentence = f"{path.name} holds the same as {seen[content].name}: give each report once."
            raise InputError("report_twice", sentence, file=path.name)
        seen[content] = path
    return list(seen.values())


def _matched(register: Register, joins: Sequence[Join]) -> tuple[Mapping[str, list[Join]], tuple[Unmatched, ...]]:
    own: dict[str, list[Join]] = defaultdict(list)
    others = []
    for join in joins:
        found = register.match(join)
        if isinstance(found, Unmatched):
            others.append(found)
        else:
            own[found].append(join)
    return own, tuple(others)


def _by_session(table: Timetable, joins: Iterable[Join]) -> Mapping[int, list[Join]]:
    own: dict[int, list[Join]] = defaultdict(list)
    for join in joins:
        place = table.session(join)
        if place is not None:
            own[place].append(join)
    return own


def _quiz(joins: Iterable[Join]) -> Any:
    """The best quiz result; None where no number was given."""
    given = [found for join in joins if (found := number(join.quiz)) is not None]
    return max(given, default=None)
