"""Which session a join belongs to, and how many minutes the joins of one person make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from selection.attendance.reports import Join
from selection.errors import InputError, did_you_mean
from selection.programme import LANGUAGES, Programme

#: A join further from every session than this belongs to none: a session is told by its day, whatever the clock.
FAR: Final = timedelta(hours=14)


@dataclass(frozen=True)
class Timetable:
    """The sessions that attendance is counted by; without a programme, those that the reports speak of.

    `zone` of the reports' clock, which they do not state.
    """

    programme: Programme | None
    zone: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, programme: Programme | None, joins: Sequence[Join], zone: str | None = None) -> Timetable:
        """The timetable of a programme, or the sessions of the reports in the order they are met."""
        if programme is not None:
            return cls(programme, zone or programme.timezone, tuple(session.topic for session in programme.session))
        return cls(None, zone or "UTC", tuple(dict.fromkeys(_own_name(join) for join in joins if _took_part(join))))

    def session(self, join: Join) -> int | None:
        """The place of the session of a join; None for a row that says nothing of taking part (a quiz result)."""
        if not _took_part(join):
            return None
        if self.programme is None:
            return self.names.index(_own_name(join))
        return self._said(join) if join.session else self._nearest(join)

    def minutes(self, joins: Iterable[Join], session: int) -> int:
        """The whole minutes of one person's joins of a session, overlapping ones counted once."""
        spans, counted, said = [], 0.0, False
        for join in joins:
            if join.join is not None and (leave := _leave(join)) is not None:
                spans.append((self._moment(join.join), self._moment(leave)))
            elif join.minutes is not None:
                counted += join.minutes
            else:
                said = said or join.attended
        total = counted + _union(spans)
        return int(total) if total or not said else self._full(session)

    def _full(self, session: int) -> int:
        """What somebody attended of whom only a yes is known: all of it."""
        return self.programme.session[session].minutes if self.programme else 1

    def _said(self, join: Join) -> int:
        """The session a row names, by its number or its topic."""
        assert self.programme is not None
        if join.session.isdigit() and 1 <= int(join.session) <= len(self.names):
            return int(join.session) - 1
        topics = {t.casefold(): n for lang in LANGUAGES for n, t in enumerate(self.programme.wording(lang).topics)}
        if join.session.casefold() in topics:
            return topics[join.session.casefold()]
        if join.join is not None or join.day is not None:
            return self._nearest(join)
        near = did_you_mean(join.session, self.names)
        sentence = f"{join.file}, row {join.row}: the programme has no session {join.session[:60]!r}.{near}"
        raise InputError("unknown_session", sentence, file=join.file, row=join.row)

    def _nearest(self, join: Join) -> int:
        assert self.programme is not None
        starts = [self.programme.begins(session) for session in self.programme.session]
        if join.join is not None:
            gaps = [abs(self._moment(join.join) - start) for start in starts]
        elif join.day is not None:
            gaps = [abs(join.day.date() - start.date()) for start in starts]
        elif len(starts) == 1:
            return 0
        else:
            sentence = (
                f"{join.file}, row {join.row}: nothing says which session this is. Add a column Session or Date, or "
                "say it for the whole file: --session 3."
            )
            raise InputError("which_session", sentence, file=join.file, row=join.row)
        if min(gaps) > FAR:
            when = (join.join or join.day or starts[0]).date()
            sentence = f"{join.file}, row {join.row}: the programme has no session on {when}."
            raise InputError("no_session_then", sentence, file=join.file, row=join.row, day=str(when))
        return gaps.index(min(gaps))

    def _moment(self, clock: datetime) -> datetime:
        return clock if clock.tzinfo is not None else clock.replace(tzinfo=ZoneInfo(self.zone))


def _took_part(join: Join) -> bool:
    return join.join is not None or bool(join.minutes) or join.attended


def _own_name(join: Join) -> str:
    """What a report without a programme calls its session: what it says, its day, or its file."""
    day = join.day or join.join
    return join.session or (day.date().isoformat() if day else join.file)


def _leave(join: Join) -> datetime | None:
    if join.leave is not None or join.join is None:
        return join.leave
    return None if join.minutes is None else join.join + timedelta(minutes=join.minutes)


def _union(spans: Sequence[tuple[datetime, datetime]]) -> float:
    """Minutes covered by at least one span."""
    covered, reached = 0.0, None
    for begin, end in sorted((b.timestamp(), e.timestamp()) for b, e in spans):
        begin = begin if reached is None else max(begin, reached)
        covered += max(0.0, end - begin)
        reached = end if reached is None else max(reached, end)
    return covered / 60
