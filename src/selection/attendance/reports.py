"""Attendance reports of meeting systems: preambles and sections found, one join for each row.

Zoom's meeting and webinar reports, Teams' report, and plain tables are all tables with something above them: a row
with a heading for who it is and one for when or how long begins a section, an empty row ends it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Final

from selection.errors import InputError, NotFoundError, did_you_mean
from selection.intake.delimited import SEPARATORS
from selection.intake.encodings import decode, refuse_other_kinds
from selection.intake.headings import folded

#: Headings as `folded` writes them, brackets left out, and what stands below them.
HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("email", "useremail", "emailaddress", "participantid", "mail", "upn"), "email"),
        **dict.fromkeys(("id", "registrationid", "registrantid", "applicantid", "applicant", "registration"), "id"),
        **dict.fromkeys(("name", "fullname", "username", "participant", "displayname"), "name"),
        **dict.fromkeys(("jointime", "joined", "join", "jointimestamp"), "join"),
        **dict.fromkeys(("leavetime", "left", "leave", "leavetimestamp"), "leave"),
        **dict.fromkeys(("firstjoin", "firstjointime"), "first"),
        **dict.fromkeys(("lastleave", "lastleavetime"), "last"),
        **dict.fromkeys(("duration", "minutes", "timeinsession", "totalduration", "inmeetingduration"), "minutes"),
        **dict.fromkeys(("attendanceduration", "meetingduration"), "minutes"),
        **dict.fromkeys(("session", "sessionnumber", "meeting", "topic"), "session"),
        **dict.fromkeys(("date", "day", "sessiondate"), "date"),
        **dict.fromkeys(("quiz", "quizscore", "score"), "quiz"),
        "attended": "attended",
        # What only the summary above a report has, which names the host's address and the length of the meeting.
        **dict.fromkeys(("meetingid", "webinarid", "participants", "#registrants", "actualstarttime"), "summary"),
    }
)
WHO, WHEN = frozenset({"email", "id", "name"}), frozenset({"join", "first", "minutes", "attended", "quiz"})

#: Times as reports write them, beside ISO. Month before day is how Zoom and Teams export in American English.
MONTH_FIRST: Final = (
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%y, %I:%M:%S %p",
    "%m/%d/%Y, %I:%M:%S %p",
    "%m/%d/%y %I:%M:%S %p",
    "%m/%d/%Y, %H:%M:%S",
    "%m/%d/%y, %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M",
)

#: The same with the day before the month; only for a report that cannot be read the other way.
DAY_FIRST: Final = tuple(form.replace("%m/%d", "%d/%m") for form in MONTH_FIRST)

_HALF_OF_DAY: Final = re.compile(r"\b([ap])\.? ?m\.?$", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\s*\([^)]*\)")
_NUMBER: Final = re.compile(r"\d{1,6}(?:[.,]\d{1,9})?", re.ASCII)
_UNITS: Final = re.compile(r"(?:(\d+)\s*h\w*)?\s*(?:(\d+)\s*m\w*)?\s*(?:(\d+)\s*s\w*)?", re.IGNORECASE)
_CLOCK: Final = re.compile(r"(\d+):(\d\d)(?::(\d\d))?")


@dataclass(frozen=True, repr=False)
class Join:
    """One row of a report: somebody, and from when to when or how long. Clock times are the report's own."""

    file: str
    row: int
    email: str = ""
    id: str = ""
    name: str = ""
    join: datetime | None = None
    leave: datetime | None = None
    minutes: float | None = None
    session: str = ""
    day: datetime | None = None
    quiz: str = ""
    attended: bool = False

    def __repr__(self) -> str:
        return f"Join({self.file!r}, row {self.row})"


def read_report(path: str | Path) -> list[Join]:
    """Every join of a report; `InputError` where no table of participants is found in it."""
    path = Path(path)
    rows = list(_rows(_text(path)))
    sections = list(_sections(rows))
    if not sections:
        sentence = (
            f"{path.name}: no table of participants is found. It needs a row of headings with who it is (Email, "
            "Registration ID or Name) and how long (Join Time and Leave Time, or Minutes)."
        )
        raise InputError("no_participants", sentence, file=path.name)
    if any("join" in section.headings for section in sections):
        # Teams lists everybody once in summary and then join by join: the joins say more, and neither counts twice.
        sections = [one for one in sections if "join" in one.headings or "first" not in one.headings]
    try:
        return [join for section in sections for join in section.joins(path.name, MONTH_FIRST)]
    except InputError as unread:
        if unread.code != "unreadable_time":
            raise
        try:
            return [join for section in sections for join in section.joins(path.name, DAY_FIRST)]
        except InputError:
            raise unread from None


@dataclass(frozen=True)
class _Section:
    headings: Mapping[str, int]
    rows: Sequence[tuple[int, Sequence[str]]]

    def joins(self, file: str, forms: Sequence[str]) -> Iterator[Join]:
        for number, row in self.rows:
            cells = {name: row[place].strip() if place < len(row) else "" for name, place in self.headings.items()}
            cells = {name: "" if cell == "--" else cell for name, cell in cells.items()}
            if cells.get("attended", "yes").casefold() in ("no", "n", "false", "0"):
                continue
            if any(cells.get(name) for name in WHO):
                yield _join(file, number, cells, forms)


def _join(file: str, row: int, cells: Mapping[str, str], forms: Sequence[str]) -> Join:
    def time(text: str) -> datetime | None:
        return _time(text, file, row, forms)

    return Join(
        file,
        row,
        email=cells.get("email", ""),
        id=cells.get("id", ""),
        name=cells.get("name", ""),
        join=time(cells.get("join") or cells.get("first", "")),
        leave=time(cells.get("leave") or cells.get("last", "")),
        minutes=_minutes(cells.get("minutes", ""), file, row),
        session=cells.get("session", ""),
        day=time(cells.get("date", "")),
        quiz=cells.get("quiz", ""),
        attended=bool(cells.get("attended")),
    )


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        names = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        sentence = f"There is no file {str(path)!r}.{did_you_mean(path.name, names)}"
        raise NotFoundError("file_not_found", sentence, file=str(path)) from None
    except OSError as error:
        sentence = f"{str(path)!r} cannot be read: {error.strerror or error}."
        raise InputError("unreadable_file", sentence, file=str(path)) from None
    refuse_other_kinds(data, None, path.name)
    return decode(data, None, path.name)[0]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, cut by the separator that finds most headings."""
    best = max(SEPARATORS, key=lambda separator: (_hits(text, separator), text.count(separator)))
    yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=best), start=1)


def _hits(text: str, separator: str) -> int:
    rows = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
    return max((len(_headings(row)) for row in rows), default=0)


def _headings(row: Sequence[str]) -> dict[str, int]:
    """What stands below which heading; the first of several that mean the same."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = HEADINGS.get(folded(_BRACKETS.sub("", cell).strip().lstrip("\ufeff")))
        if name is not None:
            found.setdefault(name, place)
    return found


def _sections(rows: Sequence[tuple[int, list[str]]]) -> Iterator[_Section]:
    heads = [(at, found) for at, (_, row) in enumerate(rows) if _begins(found := _headings(row))]
    for (at, found), (end, _) in pairwise([*heads, (len(rows), {})]):
        body = rows[at + 1 : end]
        length = next((n for n, (_, row) in enumerate(body) if sum(map(bool, row)) <= 1), len(body))
        yield _Section(MappingProxyType(found), body[:length])


def _begins(headings: Mapping[str, int]) -> bool:
    """Whether a row is headings of participants: it says who and when, and is not a summary of the meeting."""
    return "summary" not in headings and bool(headings.keys() & WHO) and bool(headings.keys() & WHEN)


def _time(text: str, file: str, row: int, forms: Sequence[str]) -> datetime | None:
    if not text:
        return None
    text = _HALF_OF_DAY.sub(r"\1m", " ".join(text.split()))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in forms:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    sentence = f"{file}, row {row}: {text[:40]!r} cannot be read as a time."
    raise InputError("unreadable_time", sentence, file=file, row=row)


def _minutes(text: str, file: str, row: int) -> float | None:
    """Minutes from `52`, `52.5`, `1h 2m 3s` or `1:02:03`."""
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds() / 60
    units = _UNITS.fullmatch(text)
    if units and any(units.groups()):
        hours, minutes, seconds = (int(part or 0) for part in units.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds() / 60
    sentence = f"{file}, row {row}: {text[:40]!r} cannot be read as a length of time."
    raise InputError("unreadable_minutes", sentence, file=file, row=row)
