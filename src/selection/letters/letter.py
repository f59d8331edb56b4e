"""One applicant's letter: template, fixed sentences, the applicant's own explanation, sessions by their own clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from selection.editions import Edition, Person
from selection.editions.zones import zone_of
from selection.errors import InputError, MissingExtraError, NotFoundError, brief
from selection.explanations.catalogues import wording
from selection.letters.calendars import calendar
from selection.letters.wording import day_words, hours_words, zone_words
from selection.programme import Programme
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    import jinja2

#: Who gets a letter unless others are asked for; a duplicate never does: the registration that stands gets one.
WRITTEN_TO: Final = ("selected", "waitlisted", "declined")

TEMPLATES: Final = ("letter.html.jinja", "letter.txt.jinja")


@dataclass(frozen=True, repr=False)
class Letter:
    """A letter ready to be sent: `html` and `text` say the same; `calendar` for the selected."""

    person: Person
    status: str
    language: str
    subject: str
    explanation: str
    html: str
    text: str
    calendar: bytes | None

    def __repr__(self) -> str:
        return f"Letter({self.person.id!r}, {self.status})"


@dataclass(frozen=True, eq=False, repr=False)
class Writer:
    """Writes the letters of an edition. `language` for all instead of each one's own; `templates` a folder of others.

    Templates are Jinja2, sandboxed: they can print what they are given and nothing else.
    """

    edition: Edition
    language: str | None = None
    templates: Path | None = None

    def letters(self, statuses: tuple[str, ...] = WRITTEN_TO) -> Iterator[Letter]:
        """The letters of everybody with one of these statuses, in the order of the list of decisions."""
        outcome = self.edition.outcome
        for place in outcome.display_order.tolist():
            status = STATUSES[outcome.status[place]]
            if status in statuses:
                yield self.letter(str(outcome.intake.pool.ids[place]), status)

    def letter(self, one: str, status: str) -> Letter:
        """The letter to one applicant."""
        person = self.edition.person(one)
        language = self.language or person.speaks(self._programme.language)
        explanation = str(self.edition.outcome.explain(one, language))
        zone = zone_of(person, self._moments) or self._programme.timezone
        facts = self._facts(person, status, language, zone) | {"explanation": explanation}
        return Letter(
            person,
            status,
            language,
            facts["subject"],
            explanation,
            self._rendered(TEMPLATES[0], facts),
            self._rendered(TEMPLATES[1], facts),
            self._calendar(zone, language) if status == "selected" else None,
        )

    @cached_property
    def _programme(self) -> Programme:
        return self.edition.needs_programme()

    @cached_property
    def _calendar(self) -> Callable[[str, str], bytes]:
        """The calendar of a zone in a language, made once for all who share both."""
        return cache(partial(calendar, self._programme))

    @cached_property
    def _moments(self) -> tuple[Any, ...]:
        return tuple(self._programme.begins(session) for session in self._programme.session)

    def _facts(self, person: Person, status: str, language: str, zone: str) -> dict[str, Any]:
        """Everything a template may use."""
        first = self._moments[0].astimezone(ZoneInfo(zone))
        programme, words = self._programme, wording("letters", language)
        named = programme.wording(language)
        sort = status if status in words["heading"] else "declined"
        return {
            "language": language,
            "direction": words["direction"],
            "status": status,
            "words": words,
            "title": named.title,
            "theme": named.theme,
            "id": person.id,
            "name": person.name,
            "salutation": words["salutation"].format(name=person.name) if person.name else words["salutation_all"],
            "reference": words["reference"].format(id=person.id),
            "subject": words["subject"][sort].format(title=named.title),
            "heading": words["heading"][sort],
            "opening": words["opening"][sort],
            "date": day_words(programme.issued, language) if programme.issued else "",
            "sessions": self._sessions(language, zone) if status == "selected" else [],
            "clock": words["clock"].format(zone=zone_words(zone, first, language)),
            "completion": list(named.completion),
            "withdraw": words["withdraw"].format(contact=programme.contact) if programme.contact else "",
            "organiser": named.organiser,
            "signed_by": named.signed_by,
        }

    def _sessions(self, language: str, zone: str) -> list[dict[str, Any]]:
        programme, there, rows = self._programme, ZoneInfo(zone), list[dict[str, Any]]()
        topics = programme.wording(language).topics
        for number, session in enumerate(programme.session):
            begins, ends = programme.begins(session).astimezone(there), programme.ends(session).astimezone(there)
            rows.append(
                {
                    "number": number + 1,
                    "topic": topics[number],
                    "date": day_words(begins.date(), language, weekday=True),
                    "time": hours_words(begins, ends),
                    "link": session.link,
                }
            )
        return rows

    def _rendered(self, template: str, facts: Mapping[str, Any]) -> str:
        environment = self._environment
        from jinja2 import TemplateError

        try:
            return environment.get_template(template).render(facts)
        except (TemplateError, TypeError, ValueError, ArithmeticError, OverflowError) as error:
            said = getattr(error, "message", None) or str(error)
            sentence = f"The template {template} cannot be used: {brief(said)}."
            raise InputError("bad_template", sentence, template=template) from None

    @cached_property
    def _environment(self) -> jinja2.Environment:
        try:
            from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
            from jinja2.sandbox import ImmutableSandboxedEnvironment
        except ModuleNotFoundError:
            raise MissingExtraError.of("jinja2", "letters", "Writing letters") from None
        if self.templates is not None and not any((self.templates / name).is_file() for name in TEMPLATES):
            sentence = f"There is neither {' nor '.join(TEMPLATES)} in {str(self.templates)!r}."
            raise NotFoundError("no_templates", sentence, folder=str(self.templates))
        own = [FileSystemLoader(self.templates)] if self.templates is not None else []
        return ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, PackageLoader("selection.letters", "templates")]),
            autoescape=lambda name: name is not None and ".html" in name,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
