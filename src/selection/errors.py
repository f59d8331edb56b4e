"""What goes wrong, said so that it can be mended: a code, the facts, a sentence, the nearest right word.

SelectionError
  PolicyError        the policy file is wrong
  FormError          the form is wrong, or does not fit the file it is used on
  ProgrammeError     the programme file is wrong
  InputError         a table of registrations cannot be read at all
  CountryDataError   country facts asked for that are not there
  TieError           a tie reaches the lottery and no seed was given
  NotFoundError      an applicant, block or file that was asked for is not there
  OutputError        results cannot be written
  MissingExtraError  an optional dependency is not installed
"""

from __future__ import annotations

import difflib
import re
import reprlib
from collections.abc import Iterable
from typing import Any

DISTRIBUTION = "applicant-selection"


class SelectionError(Exception):
    """Root of every error raised on purpose: `code` and `facts` for programs, the sentence for people."""

    def __init__(self, code: str, sentence: str, **facts: Any) -> None:
        super().__init__(code, sentence, facts)
        self.code = code
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.sentence, self.facts)


class PolicyError(SelectionError):
    """The policy file is wrong: which key, what is wrong with it, what to write instead."""


class FormError(SelectionError):
    """The form is wrong, or does not fit the file it is used on."""


class ProgrammeError(SelectionError):
    """The programme file is wrong: which key, what is wrong with it, what to write instead."""


class InputError(SelectionError):
    """A table of registrations cannot be read at all."""


class CountryDataError(SelectionError):
    """Country facts were asked for that the shipped reference data do not hold."""


class TieError(SelectionError):
    """A tie reaches the lottery and no seed was given."""


class NotFoundError(SelectionError):
    """An applicant, a file or a name that was asked for is not there."""


class OutputError(SelectionError):
    """Results cannot be written where they were asked to go."""


class MissingExtraError(SelectionError):
    """An optional dependency is not installed; the sentence holds the exact install line."""

    @classmethod
    def of(cls, package: str, extra: str, purpose: str) -> MissingExtraError:
        line = f"pip install '{DISTRIBUTION}[{extra}]'"
        sentence = f"{purpose} needs the package {package}, which is not installed. Install it with: {line}"
        return cls("missing_extra", sentence, package=package, extra=extra, install=line)


def _rebuild(kind: type[SelectionError], code: str, sentence: str, facts: dict[str, Any]) -> SelectionError:
    return kind(code, sentence, **facts)


def brief(value: Any) -> str:
    """A value as it stands in a sentence, cut short however long or deep it is."""
    cut = reprlib.Repr()
    cut.maxstring = cut.maxother = 80
    try:
        return cut.repr(value)
    except ValueError:
        return "a number of thousands of digits"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like `word`, or None if none comes close."""
    by_fold = {k.casefold(): k for k in sorted(known)}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the nearest known word, or nothing."""
    close = nearest(word, known)
    return f" Did you mean {close!r}?" if close else ""


#: A key of more parts than any file of this project has: reading it takes time with the square of their number.
MOST_PARTS = 100
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_STOPS = re.compile(r"[=,{}\[\]]")
_JOINED = re.compile(r"\w\s*\.(?=\s*\w)")


def toml(text: str, **options: Any) -> dict[str, Any]:
    """The table of TOML text; `RecursionError` also where a key has so many parts that reading it would not end."""
    import tomllib

    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= MOST_PARTS:
            bare = _QUOTED.sub("q", line).partition("#")[0]
            if any(len(_JOINED.findall(piece)) >= MOST_PARTS for piece in _STOPS.split(bare)):
                raise RecursionError(f"a key has more than {MOST_PARTS} parts (at line {number})")
    table: dict[str, Any] = tomllib.loads(text, **options)
    return table


def not_toml(what: str, text: str, error: Exception) -> str:
    """The sentence on text that is not TOML: the line as it stands, and what is often meant.

    No line is shown of a file that does not call itself TOML: it may be a table with people in it.
    """
    said = f"{what} is not valid TOML: {error}."
    place = re.search(r"line (\d+)", str(error))
    lines = text.splitlines() if ".toml" in what else []
    line = lines[int(place[1]) - 1].strip() if place and int(place[1]) <= len(lines) else ""
    if "twice" in str(error) and re.fullmatch(r"\[[^\[\]]+\]", line):
        return f"{said} A table that may be there several times has two brackets, each time: [{line}]"
    return f"{said} The line: {line[:120]}" if line else said
