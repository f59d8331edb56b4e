"""All sessions as a calendar, by the clock of one time zone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from selection.errors import MissingExtraError
from selection.programme import Programme

if TYPE_CHECKING:
    from icalendar import Event

#: Around the sessions, so that the rule of each clock in force then is told.
MARGIN: Final = timedelta(days=366)


def calendar(programme: Programme, zone: str, language: str) -> bytes:
    """The sessions as iCalendar (RFC 5545). An event keeps its UID when the programme changes, and so moves."""
    try:
        from icalendar import Calendar
    except ModuleNotFoundError:
        raise MissingExtraError.of("icalendar", "letters", "Writing calendars") from None
    made = Calendar()
    made.add("prodid", "-//selection//letters//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", programme.wording(language).title)
    for number in range(len(programme.session)):
        made.add_component(_event(programme, number, zone, language))
    days = [programme.begins(session).date() for session in programme.session]
    made.add_missing_timezones(first_date=min(days) - MARGIN, last_date=max(days) + MARGIN)
    return bytes(made.to_ical())


def _event(programme: Programme, number: int, zone: str, language: str) -> Event:
    from icalendar import Event

    session, wording = programme.session[number], programme.wording(language)
    event = Event()
    event.add("uid", f"{hashlib.sha256(f'{programme.title}|{number}'.encode()).hexdigest()[:32]}@selection")
    event.add("dtstamp", _stamp(programme))
    event.add("dtstart", programme.begins(session).astimezone(ZoneInfo(zone)))
    event.add("dtend", programme.ends(session).astimezone(ZoneInfo(zone)))
    event.add("summary", wording.topics[number])
    about = (f"{wording.title} ({number + 1}/{len(programme.session)})", wording.theme, session.link)
    event.add("description", "\n".join(filter(None, about)))
    if session.link:
        event.add("url", session.link)
        event.add("location", session.link)
    return event


def _stamp(programme: Programme) -> datetime:
    """When the calendar was made, by the programme: the same programme gives the same bytes."""
    first = min(programme.begins(session) for session in programme.session)
    return datetime.combine(programme.issued or first.date(), time(), UTC)
