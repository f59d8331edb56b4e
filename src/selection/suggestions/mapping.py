"""Answers to a question mapped to the vocabulary where that is plain; the others with the nearest word."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

from selection.vocabulary import USUAL

FILE: Final = Path(__file__).with_name("words.toml")

#: So many answers of one question are shown; a question with more different ones is no closed choice.
LISTED: Final = 60
COMPARED: Final = 80


@dataclass(frozen=True)
class Unmapped:
    """An answer that was not mapped, how many rows hold it, and the nearest word of the vocabulary if one is near."""

    answer: str
    rows: int
    nearest: str | None


@dataclass(frozen=True)
class Mapped:
    """The answers to one question: what each of the plain ones means, and the others."""

    values: Mapping[str, str]
    unmapped: tuple[Unmapped, ...]

    @property
    def share(self) -> float:
        """Which part of the different answers is mapped."""
        total = len(self.values) + len(self.unmapped)
        return len(self.values) / total if total else 0.0


@cache
def word_lists() -> Mapping[str, Any]:
    """The words by which headings and answers are taken for fields and their values."""
    with FILE.open("rb") as file:
        return tomllib.load(file)


def plain(text: str) -> str:
    """A text without case, accents and punctuation, to compare answers by."""
    flat = unicodedata.normalize("NFKD", text[: 4 * COMPARED].casefold())
    return " ".join(re.sub(r"[^\w\s]|_", " ", "".join(c for c in flat if not unicodedata.combining(c))).split())


def mapped(field: str, answers: Mapping[str, int]) -> Mapped:
    """Each answer that is a word of the field, or a usual way to say one; the rest with the nearest word."""
    known = _known(field)
    found = {answer: known[plain(answer)] for answer in answers if plain(answer) in known}
    rest = sorted(((rows, answer) for answer, rows in answers.items() if answer not in found), key=lambda r: -r[0])
    listed = tuple(Unmapped(answer, rows, _nearest(field, answer)) for rows, answer in rest[:LISTED])
    return Mapped(found, listed)


def word_for(field: str, answer: str) -> str | None:
    """The word of a field's vocabulary that an answer plainly is; None if it is none."""
    return _known(field).get(plain(answer))


def nearest_word(field: str, answer: str) -> str | None:
    """The word of a field's vocabulary that an answer looks most like."""
    return _nearest(field, answer)


@cache
def _known(field: str) -> Mapping[str, str]:
    words = {plain(word): word for word in USUAL.get(field, ())}
    usual = word_lists()["values"].get(field, {})
    return {**{plain(said): word for word, ways in usual.items() for said in ways}, **words}


def _nearest(field: str, answer: str) -> str | None:
    known = _known(field)
    text = plain(answer)
    if not text or len(text) > COMPARED:
        return None
    close = get_close_matches(text, known, n=1, cutoff=0.72)
    if close:
        return known[close[0]]
    return _by_words(text.split(), known)


def _by_words(parts: Iterable[str], known: Mapping[str, str]) -> str | None:
    """The word whose way of saying it is part of the answer, the longest one; None if two words are."""
    text = f" {' '.join(parts)} "
    inside = sorted((said for said in known if len(said) > 2 and f" {said} " in text), key=len, reverse=True)
    return known[inside[0]] if inside else None
