"""How fields, their words and numbers are shown to people, in one of the six languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Final

from selection.applicants import canonical_text
from selection.countries import country_name
from selection.countries.economies import entry
from selection.errors import MissingExtraError, SelectionError
from selection.explanations.catalogues import Words, spoken, wording, words
from selection.vocabulary import ADDRESS, COUNTRY_FIELDS, last_part

#: Marks around a text whose direction is its own, so that it does not turn the sentence it stands in.
_OPEN, _CLOSE = "\u2068", "\u2069"

_TRUTHS: Final[Mapping[str, str]] = {"true": "yes", "false": "no"}


@dataclass(frozen=True, eq=False, repr=False)
class Labels:
    """What one language calls fields and their values, and how it writes numbers; `labels["page"]` a section."""

    language: str
    sections: Mapping[str, Any]
    words: Words

    def __getitem__(self, section: str) -> Mapping[str, str]:
        found: Mapping[str, str] = self.sections[section]
        return found

    @property
    def mirrored(self) -> bool:
        """Whether the language is written from right to left."""
        return bool(self.sections["direction"] == "rtl")

    def field(self, name: str, *, inside: bool = False) -> str:
        """A field as a heading, `income_group` is Income group; small where it stands `inside` a sentence."""
        known = self["fields"].get(name) or self["fields"].get(last_part(name))
        said = known if known and "." not in name else name.replace("_", " ").replace(".", ", ").capitalize()
        return small(said) if inside else said

    def word(self, field: str, value: Any) -> str:
        """A value as people read it: LIC in `income_group` is Low income, KEN in `country` Kenya; no e-mail address."""
        if value is None:
            return self["words"]["not_given"]
        if isinstance(value, tuple):
            return self["numbers"]["between"].join(self.word(field, one) for one in value)
        if isinstance(value, Decimal):
            return self.plain(value)
        text = self.without_addresses(canonical_text(value))
        if last_part(field) in COUNTRY_FIELDS:
            return self._country(text)
        if text in _TRUTHS:
            return self["words"][_TRUTHS[text]]
        known: Mapping[str, str] = self.sections["words"].get(last_part(field), {})
        usual = text.replace("_", " ").capitalize() if text.isidentifier() and text.islower() else text
        return known.get(text) or usual

    def number(self, value: int | None) -> str:
        """A number with its digits in groups; the word for a few where it is withheld."""
        if value is None:
            return self["page"]["few"]
        numbers: Mapping[str, Any] = self.sections["numbers"]
        grouped = abs(value) >= numbers["grouped_from"]
        return f"{value:,}".replace(",", numbers["thousands"]) if grouped else str(value)

    @property
    def axis(self) -> dict[str, Any]:
        """How numbers on an axis are written, as d3 wants it told."""
        numbers = self["numbers"]
        return {"decimal": numbers["decimal"], "thousands": numbers["thousands"], "grouping": [3], "currency": ["", ""]}

    def plain(self, value: Any) -> str:
        """A stated number, share, score or day: every digit, with the decimal mark of the language."""
        text = canonical_text(value)
        return text.replace(".", self["numbers"]["decimal"]) if isinstance(value, (Decimal, float)) else text

    def share(self, part: float, whole: float = 1) -> str:
        """A part of a whole in per cent, `25 %`."""
        return self["numbers"]["percent"].format(n=f"{100 * part / whole:.0f}") if whole else ""

    def count(self, thing: str, number: Any) -> str:
        """So many `seats` or `points`, in the right plural form."""
        forms: Mapping[str, str] = self.words.sections["counts"][thing]
        said = self.number(number) if isinstance(number, int) else self.plain(number)
        return forms.get(self.words.form(number), forms["other"]).format(n=said)

    def listed(self, texts: Sequence[str], last: str = "and") -> str:
        """`a, b and c`; `last` is what stands before the last one: and, or, then, then_by."""
        if len(texts) == 1:
            return texts[0]
        numbers = self["numbers"]
        return numbers[last].format(first=numbers["between"].join(texts[:-1]), last=texts[-1])

    def day(self, day: date) -> str:
        """A day as the language writes it, 31 August 2025."""
        if self.language == "en":
            return f"{day.day} {day:%B %Y}"
        from babel.dates import format_date

        return str(format_date(day, "long", locale=self.language))

    def named(self, text: str) -> str:
        """A name somebody wrote in whatever script, as it stands in a sentence of this language."""
        return f"{_OPEN}{text}{_CLOSE}" if self.mirrored else text

    def without_addresses(self, text: str) -> str:
        """The text with e-mail addresses replaced by a word that says so."""
        return ADDRESS.sub(self["words"]["address"], text) if "@" in text else text

    def _country(self, code: str) -> str:
        """English names are the project's own; others those of the United Nations or, for most, of Unicode."""
        try:
            return self["countries"].get(code) or (country_name(code) if self.language == "en" else self._name(code))
        except (SelectionError, KeyError):
            return code

    def _name(self, code: str) -> str:
        from babel import Locale

        name: str | None = Locale.parse(self.language).territories.get(entry(code).alpha2)
        return name or country_name(code)


@cache
def labels(language: str = "en") -> Labels:
    """The labels of a language; `NotFoundError` where there are no words for it."""
    sentences = words(language)
    language = spoken(language)
    if language != "en":
        try:
            import babel  # noqa: F401
        except ImportError:
            raise MissingExtraError.of("babel", "report", f"A page in the language {language!r}") from None
    return Labels(language, wording("pages", language), sentences)


def small(text: str) -> str:
    """A label as it stands inside a sentence: abbreviations keep their capitals."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
