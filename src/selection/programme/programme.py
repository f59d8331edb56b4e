"""A programme file: title, theme, sessions with date, time, time zone, topic and link, and the completion rule."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from selection.errors import ProgrammeError, SelectionError, brief, did_you_mean, toml
from selection.policy import Eligible, Rule
from selection.policy.file_schema import published
from selection.policy.mistakes import Mistakes, explain
from selection.policy.policy import Day
from selection.policy.rules import Name
from selection.replacement.offers import local_time

Language = Literal["en", "fr", "es", "ar", "ru", "zh"]

#: The languages of letters and certificates: the six of the United Nations.
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

LONGEST_SESSION: Final = 24 * 60


def _clock(value: Any) -> time:
    if isinstance(value, str):
        with suppress(ValueError):
            value = time.fromisoformat(value)
    if not isinstance(value, time) or value.tzinfo is not None:
        raise ValueError(f"{brief(value)} is not a time of day: write it as 14:00:00, without a zone")
    return value


def _zone(name: str) -> str:
    zones = available_timezones()
    if name not in zones:
        raise ValueError(f'{name!r} is not a time zone such as "Europe/Zurich".{did_you_mean(name, zones)}')
    return name


def _link(text: str) -> str:
    if text and (not text.startswith(("https://", "http://")) or any(c.isspace() or c in '<>"' for c in text)):
        raise ValueError(f"{brief(text)} is not a link: it begins with https:// and has no spaces")
    return text


Clock = Annotated[
    time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "description": "Such as 14:00:00, no zone."})
]
Zone = Annotated[str, AfterValidator(_zone)]
Link = Annotated[str, AfterValidator(_link)]


class Session(Rule):
    """One session: when it begins, in which time zone's clock, how long it lasts, its topic and its link."""

    topic: Name
    date: Day = Field(description="The day, such as 2025-09-09.")
    time: Clock = Field(description="The clock time it begins at, such as 14:00:00.")
    timezone: Zone | None = Field(default=None, description="Whose clock that is, if not the programme's.")
    minutes: int = Field(default=60, ge=1, le=LONGEST_SESSION, description="How long it lasts.")
    link: Link = Field(default="", description="Where to join; only the selected are told.")


class Wording(Rule):
    """What the programme and its sessions are called in one language."""

    title: Name
    theme: str = ""
    topics: tuple[Name, ...] = Field(default=(), description="The topics in the order of the sessions.")
    completion: tuple[Name, ...] = Field(default=(), description="What the conditions of completion are called.")
    organiser: str = ""
    signed_by: str = ""


class Programme(Rule):
    """What the selected are selected for. `ProgrammeError` says which key is wrong and what to write instead."""

    title: Name
    theme: str = Field(default="", description="The motto, below the title.")
    organiser: str = Field(default="", description="Who invites, as letters and certificates sign.")
    signed_by: str = Field(default="", description="Name or office below letters and certificates.")
    contact: str = Field(default="", description="The e-mail address that letters come from.")
    issued: Day | None = Field(default=None, description="The date of the letters.")
    certified: Day | None = Field(default=None, description="The date of the certificates (default: the last session).")
    timezone: Zone = Field(default="UTC", description="The clock that the sessions' times are of.")
    language: Language = Field(default="en", description="Of applicants who asked for none of the six languages.")
    registrations: str = Field(default="", description="The table of registrations, seen from this file.")
    form: str = Field(default="", description="The form it is read by, seen from this file.")
    attended_minutes: int = Field(default=1, ge=1, description="From so many minutes on a session counts as attended.")
    session: tuple[Session, ...] = Field(min_length=1, description="The sessions.")
    completion: tuple[Eligible, ...] = Field(
        default=(), description="Conditions for a certificate, over sessions_attended, minutes, quiz and the like."
    )
    translation: dict[Language, Wording] = Field(default_factory=dict, description="Title and topics by language.")

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            found = explain(type(self), error)
            raise ProgrammeError("bad_programme", found.sentence, mistakes=found.facts["mistakes"]) from None

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a programme file (TOML); `ProgrammeError` names file, key, what is wrong and the nearest right word."""
        table = _table(Path(path))
        try:
            return cls(**table)
        except ProgrammeError as error:
            said = "\n".join(f"{path}: {line}" for line in error.sentence.splitlines())
            raise ProgrammeError(error.code, said, **error.facts, file=str(path)) from None

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of programme files."""
        return published(
            cls, "Programme of a call", "Title, sessions and completion rule. #:schema programme.schema.json"
        )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wrong = []
        for number, session in enumerate(self.session, start=1):
            try:
                self.begins(session)
            except SelectionError as error:
                wrong.append(f"session {number}: {error.sentence}")
        for language, wording in self.translation.items():
            for what, own in (("topics", self.session), ("completion", self.completion)):
                said = getattr(wording, what)
                if said and len(said) != len(own):
                    wrong.append(f"translation.{language}.{what} has {len(said)} entries and not {len(own)}")
        named = Counter(rule.name for rule in self.completion)
        wrong += [f"two conditions of completion are called {name!r}" for name, times in named.items() if times > 1]
        if wrong:
            raise Mistakes(wrong)
        return self

    def begins(self, session: Session) -> datetime:
        """The moment a session begins, in the zone whose clock it is stated by."""
        return local_time(f"{session.date} {session.time}", session.timezone or self.timezone)

    def ends(self, session: Session) -> datetime:
        """The moment a session ends."""
        begins = self.begins(session)
        # Over a change of clocks a session lasts as long as it lasts: count on the line of time, not on the clock.
        return datetime.fromtimestamp(begins.timestamp() + session.minutes * 60, begins.tzinfo)

    @cached_property
    def last_day(self) -> date:
        return max(self.ends(session) - timedelta(seconds=1) for session in self.session).date()

    def wording(self, language: str) -> Wording:
        """Title, theme and topics in a language, as the file says them first where it does not."""
        own = Wording(
            title=self.title,
            theme=self.theme,
            topics=tuple(session.topic for session in self.session),
            completion=tuple(rule.name for rule in self.completion),
            organiser=self.organiser,
            signed_by=self.signed_by,
        )
        found = next((said for name, said in self.translation.items() if name == language), own)
        return Wording(**{name: getattr(found, name) or getattr(own, name) for name in Wording.model_fields})

    def canonical(self) -> str:
        """The programme as canonical JSON, for hashes."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)


def _table(path: Path) -> dict[str, Any]:
    try:
        return toml(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError:
        names = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        sentence = f"There is no programme file {str(path)!r}.{did_you_mean(path.name, names)}"
        raise ProgrammeError("programme_not_found", sentence, file=str(path)) from None
    except OSError as error:
        sentence = f"The programme file {str(path)!r} cannot be read: {error.strerror or error}."
        raise ProgrammeError("unreadable_programme", sentence, file=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise ProgrammeError("not_toml", f"{path} is not valid TOML: {error}.", file=str(path)) from None
