"""The history of offers: what was offered, answered, let lapse, and how each round was answered; only ever added to.

A line for each event, as JSON; each line names the SHA-256 of the line before, so that nothing can be taken out or
changed unseen. Functions take the events so far and give the new ones; only `append` and `read` touch a file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from selection.errors import InputError, OutputError, did_you_mean
from selection.replacement.rounds import Round

Kind = Literal["offered", "accepted", "declined", "expired", "withdrawn", "round"]

#: What may follow what: an applicant without an event has none.
_AFTER: Final[Mapping[str | None, tuple[Kind, ...]]] = MappingProxyType(
    {
        None: ("offered", "withdrawn"),
        "offered": ("accepted", "declined", "expired", "withdrawn"),
        "accepted": ("withdrawn",),
    }
)
#: Events that give a seat up.
GIVEN_UP: Final = ("declined", "expired", "withdrawn")

FILE: Final = "history.jsonl"
_FIRST: Final = "0" * 64


@dataclass(frozen=True)
class Event:
    """One thing that happened: to an applicant (`id`), or a round (`round`); `deadline` of an offer in its `zone`."""

    kind: Kind
    at: datetime
    id: str | None = None
    deadline: datetime | None = None
    zone: str | None = None
    round: Round | None = None

    def to_dict(self) -> dict[str, Any]:
        """The event as plain data; what it does not have is left out."""
        data = {
            "kind": self.kind,
            "at": self.at.isoformat(),
            "id": self.id,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "zone": self.zone,
            "round": self.round.to_dict() if self.round else None,
        }
        return {name: value for name, value in data.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Event:
        """The event of a line."""
        deadline, made = data.get("deadline"), data.get("round")
        return cls(
            kind=data["kind"],
            at=datetime.fromisoformat(data["at"]),
            id=data.get("id"),
            deadline=datetime.fromisoformat(deadline) if deadline else None,
            zone=data.get("zone"),
            round=Round.from_dict(made) if made else None,
        )


def local_time(text: str, zone: str) -> datetime:
    """A wall-clock time such as `2025-09-05 17:00` in a time zone such as `Africa/Nairobi`.

    In the hour that comes twice when clocks go back, the later; a time that clocks skip is refused.
    """
    try:
        clock = datetime.fromisoformat(text)
        there = UTC if zone == "UTC" else ZoneInfo(zone)
    except (ValueError, KeyError, OSError):
        sentence = f"{text!r} in {zone!r} is no time: write it as '2025-09-05 17:00' with a zone as 'Africa/Nairobi'."
        raise InputError("bad_time", sentence) from None
    if clock.tzinfo is not None:
        raise InputError("two_zones", f"{text!r} has a time zone of its own; leave it out, or the other.", time=text)
    moment = clock.replace(tzinfo=there, fold=1)
    if moment.astimezone(UTC).astimezone(there).replace(tzinfo=None) != clock:
        raise InputError("skipped_time", f"Clocks in {zone} skip {text}: there is no such time.", time=text)
    return moment


def offer(history: Sequence[Event], ids: Iterable[str], at: datetime, deadline: datetime) -> list[Event]:
    """Offers to these applicants, open until the deadline."""
    zone = str(_aware(deadline).tzinfo)
    if deadline <= _aware(at):
        raise InputError("past_deadline", f"The deadline {deadline.isoformat()} has passed when the offer is made.")
    states = standing(history)
    events = [Event("offered", at, one, deadline, zone) for one in ids]
    for event in events:
        _check(states, event)
        states[str(event.id)] = event
    return events


def answer(history: Sequence[Event], one: str, kind: Kind, at: datetime) -> Event:
    """An applicant's answer: accepted, declined, or withdrawn (later, or by not turning up).

    `InputError` if there is no open offer, or its deadline has passed.
    """
    if kind not in ("accepted", "declined", "withdrawn"):
        hint = did_you_mean(kind, ("accepted", "declined", "withdrawn"))
        raise InputError("bad_answer", f"{kind!r} is no answer.{hint}", kind=kind)
    states = standing(history)
    event = Event(kind, _aware(at), one)
    _check(states, event)
    due = states[one].deadline if one in states and states[one].kind == "offered" else None
    if kind == "accepted" and due is not None and at > due:
        sentence = f"The offer to {one!r} was open until {due.isoformat()} ({states[one].zone}); this is later."
        raise InputError("too_late", sentence, id=one, deadline=due.isoformat())
    return event


def expire(history: Sequence[Event], at: datetime) -> list[Event]:
    """The offers whose deadline has passed without an answer."""
    open_offers = ((i, e) for i, e in standing(history).items() if e.kind == "offered" and e.deadline is not None)
    return [Event("expired", at, one) for one, e in open_offers if e.deadline is not None and e.deadline < _aware(at)]


def answered(history: Sequence[Event], made: Round, at: datetime) -> Event:
    """The event that a round has answered the withdrawals so far; rounds follow one another."""
    expected = sum(e.kind == "round" for e in history) + 1
    if made.number != expected:
        sentence = f"This is round {made.number}; the next one of the history is round {expected}."
        raise InputError("other_round", sentence, number=made.number, expected=expected)
    return Event("round", _aware(at), round=made)


def standing(history: Iterable[Event]) -> dict[str, Event]:
    """The last event of each applicant."""
    return {event.id: event for event in history if event.id is not None}


def withdrawals(history: Sequence[Event]) -> list[str]:
    """Whose seats have been given up and not been answered by a round yet: what to replace next."""
    done = {one for event in history if event.round is not None for one in event.round.withdrawn}
    return sorted(i for i, event in standing(history).items() if event.kind in GIVEN_UP and i not in done)


def rounds(history: Iterable[Event]) -> list[Round]:
    """The rounds so far, to be replayed."""
    return [event.round for event in history if event.round is not None]


def lines(history: Iterable[Event], previous: str = _FIRST) -> list[str]:
    """Events as the lines of a file, each with the SHA-256 of the line before."""
    made = []
    for event in history:
        line = json.dumps({**event.to_dict(), "previous": previous}, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(line.encode()).hexdigest()
        made.append(line)
    return made


def events(text: str) -> list[Event]:
    """The events of a file's text; `OutputError` with the number of the first line that does not follow."""
    found: list[Event] = []
    previous, states = _FIRST, dict[str, Event]()
    for number, line in enumerate(text.splitlines(), start=1):
        event = _following(line, previous, states)
        if event is None:
            sentence = f"Line {number} of {FILE} does not follow from the line before: the history was changed."
            raise OutputError("changed_history", sentence, line=number)
        found.append(event)
        states |= standing([event])
        previous = hashlib.sha256(line.encode()).hexdigest()
    return found


def _following(line: str, previous: str, states: Mapping[str, Event]) -> Event | None:
    """The event of a line, None if it cannot follow."""
    try:
        data = json.loads(line)
        event = Event.from_dict(data)
        _check(states, event)
    except (ValueError, KeyError, TypeError, AttributeError, InputError):
        return None
    return event if data.get("previous") == previous else None


def read(folder: str | Path) -> list[Event]:
    """The history of an outcome's folder; nothing yet is an empty one."""
    try:
        return events((Path(folder) / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []


def append(folder: str | Path, new: Iterable[Event]) -> list[Event]:
    """Add events to the history of a folder, on disk when this returns; the whole history."""
    history = read(folder)
    path = Path(folder) / FILE
    before = lines(history)
    previous = hashlib.sha256(before[-1].encode()).hexdigest() if before else _FIRST
    text = "".join(f"{line}\n" for line in lines(new, previous))
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        sentence = f"The history cannot be added to {str(path)!r}: {error.strerror or error}."
        raise OutputError("not_writable", sentence, file=str(path)) from error
    return read(folder)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InputError("no_time_zone", f"The time {moment.isoformat()} has no time zone.", time=moment.isoformat())
    return moment


def _check(states: Mapping[str, Event], event: Event) -> None:
    """Refuse what cannot follow from what happened to the applicant before."""
    if event.id is None:
        return
    last = states[event.id].kind if event.id in states else None
    if event.kind not in _AFTER.get(last, ()):
        has = f"has {last}" if last in ("accepted", "declined", "withdrawn") else "has no offer" if last is None else ""
        said = has or ("has an open offer" if last == "offered" else "let the offer expire")
        raise InputError("out_of_order", f"{event.id!r} {said}, so {event.kind!r} cannot follow.", id=event.id)
