"""The sentences of each language, and how it writes numbers and counts things."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from selection.applicants import canonical_text
from selection.errors import NotFoundError, did_you_mean

Number = int | Decimal

RIGHT_TO_LEFT: Final = ("ar",)


@dataclass(frozen=True, eq=False, repr=False)
class Words:
    """One language: its sentences by section, numbers as it writes them, and things counted in its plural forms."""

    language: str
    sections: Mapping[str, Any]
    number: Callable[[Number], str]
    form: Callable[[Number], str]

    def __getitem__(self, section: str) -> Mapping[str, str]:
        found: Mapping[str, str] = self.sections[section]
        return found

    def count(self, thing: str, number: Number) -> str:
        """So many points or seats; without plural rules in the wording that needs none."""
        forms: Mapping[str, str] = self.sections["counts"][thing]
        wording = forms.get(self.form(number), forms["other"])
        return wording.format(n=self.number(number))

    @property
    def between(self) -> str:
        """What stands between two sentences: nothing in Chinese, whose full stop is as wide as a letter."""
        return "" if self.language == "zh" else " "

    def apart(self, value: str) -> str:
        """A value from the data in a sentence, isolated where the language runs from right to left.

        Without isolates `2025-0001` reads as `0001-2025` in an Arabic sentence.
        """
        return f"\u2068{value}\u2069" if value and self.language in RIGHT_TO_LEFT else value


def languages() -> list[str]:
    """The languages there are words for."""
    folder = resources.files("selection") / "words"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def spoken(language: str) -> str:
    """The language there are words for: as named, whatever its capitals, else without its region (`en-GB` is `en`)."""
    said = str(language).casefold().replace("_", "-")
    known = languages()
    return next((one for one in (language, said, said.partition("-")[0]) if one in known), language)


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """The sentences of a language; `NotFoundError` names the languages there are."""
    known, language = languages(), spoken(language)
    if language not in known:
        hint = did_you_mean(str(language), known)
        sentence = f"There are no words for the language {language!r}.{hint} Known: {', '.join(known)}."
        raise NotFoundError("unknown_language", sentence, language=language, known=known)
    file = resources.files("selection") / "words" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def wording(kind: str, language: str) -> Mapping[str, Any]:
    """The fixed texts of `letters`, `certificates` or `pages` in one of the languages."""
    place = resources.files("selection") / "words" / kind / f"{language}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))


@cache
def words(language: str) -> Words:
    """A language with its plural and number rules, those of Babel (extra `languages`) where it is installed."""
    sections, language = catalogue(language), spoken(language)
    try:
        import babel
    except ImportError:
        return Words(language, sections, canonical_text, lambda number: _plainly(language, number))
    from babel.numbers import get_decimal_symbol

    locale = babel.Locale.parse(language)
    mark = get_decimal_symbol(locale)
    form: Callable[[Number], str] = locale.plural_form
    return Words(language, sections, lambda number: _marked(number, mark), form)


def _marked(number: Number, mark: str) -> str:
    """Every digit, with the decimal mark of the language; nothing is grouped, since ranks are looked up in lists."""
    return str(number) if isinstance(number, int) else canonical_text(number).replace(".", mark)


def _plainly(language: str, number: Number) -> str:
    """Without Babel: one or several where that is the whole rule, else the wording that needs no plural."""
    if language in ("en", "es"):
        return "one" if number == 1 else "other"
    if language == "fr":
        return "one" if -2 < number < 2 else "other"
    return "neutral"
