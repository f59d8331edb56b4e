"""The one way from a country text to a code: known names answer, everything else is left to a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Literal

from selection.countries.containing import contained
from selection.countries.cut_short import cut_short
from selection.countries.economies import known_codes, listed
from selection.countries.lookup import Hit, whole
from selection.countries.own_names import OwnNames
from selection.countries.repairing import LOST, repaired, unwrapped
from selection.countries.resolution import Resolution
from selection.countries.spelling import folded_key
from selection.countries.suggesting import suggested, suggestions
from selection.errors import InputError

REMEMBERED = 65536

#: A longer text is a page and no answer; nobody looks for a country in it.
LONGEST = 2000

_STATUS = {
    "exact": "exact",
    "alias": "alias",
    "misspelling": "alias",
    "demonym": "alias",
    "code": "alias",
    "ambiguous": "ambiguous",
    "region": "region",
    "not_a_country": "not_a_country",
    "dissolved": "not_a_country",
    "place": "unknown",
}


def country(text: str, *, aliases: Mapping[str, str] | OwnNames | None = None) -> Resolution:
    """The country that a text names, or why it names none; `aliases` are the call's own names, which win."""
    if not isinstance(text, str):
        sentence = f"A country is looked up by a text, not by an object of type {type(text).__name__}."
        raise InputError("not_a_text", sentence, type=type(text).__name__)
    if aliases:
        own = aliases if isinstance(aliases, OwnNames) else _own_names(tuple(sorted(aliases.items())))
        if code := own.find(text):
            return Resolution(text, code, "alias", text.strip(), own.source, own=True)
    return _resolved(text)


@lru_cache(maxsize=64)
def _own_names(pairs: tuple[tuple[str, str], ...]) -> OwnNames:
    return OwnNames.of(dict(pairs))


@lru_cache(maxsize=REMEMBERED)
def _resolved(text: str) -> Resolution:
    if len(text) > LONGEST:
        return Resolution(text, None, "unknown", source="too long for a country")
    plain = unwrapped(repaired(text))
    hit = whole(plain) or _typed_mark(text)
    if hit is not None:
        return _from_hit(text, hit)
    if not any(c.isalpha() for c in plain):
        return Resolution(text, None, "not_a_country", source="no letters in it")
    if LOST in plain:
        return Resolution(text, None, "unknown", suggestions=suggestions(folded_key(plain.replace(LOST, ""))))
    return _from_parts(text, plain)


def _typed_mark(text: str) -> Hit | None:
    # Marks such as "-" or "\N" vanish when punctuation is taken off; as typed they are known.
    return whole(text.strip()) if text.strip() else None


def _from_hit(text: str, hit: Hit) -> Resolution:
    answer = hit.answer
    status = _STATUS[answer.kind]
    if not answer.automatic:
        reason = "a state that is no more; name the one meant now" if answer.kind == "dissolved" else answer.source
        return Resolution(text, None, status, hit.matched, reason, suggested(answer.codes))
    if status == "exact" and not hit.literal:
        status = "alias"
    return Resolution(text, answer.codes[0], status, hit.matched, answer.source)


def _from_parts(text: str, plain: str) -> Resolution:
    if plain in known_codes():
        # A code that is also a word (KEN, PER): likely meant, but not for certain.
        return Resolution(text, None, "unknown", suggestions=suggested([plain]))
    folded = folded_key(plain)
    found = contained(plain)
    if found is None and (cut := cut_short(folded)):
        return Resolution(text, cut[0], "contained", cut[1], "the beginning of no other country's name")
    if found is None:
        return Resolution(text, None, "unknown", suggestions=suggestions(folded))
    if found.status == "contained":
        return Resolution(text, found.codes[0], "contained", found.matched, "the only country named in the text")
    near = suggestions(folded)
    choices = _without_repeats([*found.codes, *(s.code for s in near)])
    return Resolution(text, None, found.status, suggestions=suggested(choices))


def _without_repeats(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def resolve_codes(text: str, kind: Literal["alpha-2", "alpha-3", "numeric"]) -> Resolution:
    """The country of a cell in a column that a form declares to hold ISO codes; here `NA` is Namibia."""
    typed = text.strip().upper()
    if kind == "numeric" and typed.isdecimal():
        typed = typed.zfill(3)
    code = _coded(kind).get(typed)
    source = f"ISO 3166-1 {kind}"
    if code:
        return Resolution(text, code, "exact", typed, source)
    if not typed:
        return Resolution(text, None, "not_a_country", source="nothing in the cell")
    return Resolution(text, None, "unknown", source=f"no {source} code", suggestions=_resolved(text).suggestions)


@cache
def _coded(kind: str) -> dict[str, str]:
    field = {"alpha-2": "alpha2", "alpha-3": "code", "numeric": "numeric"}[kind]
    return {value: code for code, country in listed().items() if (value := getattr(country, field))}
