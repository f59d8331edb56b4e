"""The names that one call adds to the known ones: reviewed by its officer, each use of them recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from selection.countries.economies import known_codes, listed
from selection.countries.repairing import repaired, unwrapped
from selection.countries.spelling import folded_key
from selection.errors import CountryDataError, did_you_mean

OWN_TABLE = "the call's own table of names"
COLUMNS = ("text", "code")


@dataclass(frozen=True)
class OwnNames:
    """Texts and the countries that the officer of a call says they mean; case, accents and spacing do not matter."""

    codes: Mapping[str, str]
    source: str = OWN_TABLE

    @classmethod
    def of(cls, names: Mapping[str, str], source: str = OWN_TABLE) -> OwnNames:
        """From text and code; CountryDataError for an unknown code, or for a text that would name two countries."""
        return cls._checked(((text, code, "") for text, code in names.items()), source)

    @classmethod
    def read(cls, path: str | Path) -> OwnNames:
        """From a CSV file with the columns text and code; rows without a code are still open and say nothing."""
        path = Path(path)
        rows = ((text, code, f"{path}, row {row}: ") for row, text, code in _rows(path))
        return cls._checked((row for row in rows if row[1]), path.name)

    @staticmethod
    def answers(path: str | Path) -> dict[str, str]:
        """The texts of such a file that have a code, as they stand in it."""
        return {text: code for _, text, code in _rows(Path(path)) if code}

    @classmethod
    def _checked(cls, rows: Iterable[tuple[str, str, str]], source: str) -> OwnNames:
        codes: dict[str, str] = {}
        for text, written, where in rows:
            code = _code(written, where)
            if not text.strip():
                raise CountryDataError("own_name_empty", f"{where}there is no text for the code {code}.", country=code)
            if codes.setdefault(_key(text), code) != code:
                said = f"{where}{text!r} is given the codes {codes[_key(text)]} and {code}; one text names one country."
                raise CountryDataError("own_name_doubled", said, text=text, codes=[codes[_key(text)], code])
        return cls(MappingProxyType(codes), source)

    def find(self, text: str) -> str | None:
        """The code that the officer gave to this text, or None."""
        return self.codes.get(_key(text)) if self.codes else None


def _key(text: str) -> str:
    return folded_key(unwrapped(repaired(text))) or text.strip()


def _code(written: str, where: str) -> str:
    """The alpha-3 code meant by an alpha-3 or alpha-2 code in any case."""
    typed = written.strip().upper()
    if typed in known_codes():
        return typed
    found = next((code for code, entry in listed().items() if entry.alpha2 == typed), None)
    if found is None:
        said = f"{where}{written!r} is not an ISO 3166-1 code (or XKX).{did_you_mean(typed, known_codes())}"
        raise CountryDataError("unknown_country", said, country=written)
    return found


def _rows(path: Path) -> list[tuple[int, str, str]]:
    """Row number, text and code of each filled row."""
    text = _text(path)
    separator = max(",;\t", key=text.partition("\n")[0].count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    headings = {heading.strip().casefold(): heading for heading in table.fieldnames or ()}
    if missing := [name for name in COLUMNS if name not in headings]:
        said = f"{path}: a table of country names has the columns text and code; {' and '.join(missing)} is missing."
        raise CountryDataError("own_names_headings", said, file=str(path), headings=list(headings))
    found = ((row[headings["text"]] or "", (row[headings["code"]] or "").strip()) for row in table)
    return [(number, text, code) for number, (text, code) in enumerate(found, start=2)]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        near = did_you_mean(path.name, _beside(path)) if isinstance(error, FileNotFoundError) else ""
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        said = f"The table of country names {str(path)!r} cannot be read: {why}.{near}"
        raise CountryDataError("own_names_unreadable", said, file=str(path)) from None


def _beside(path: Path) -> list[str]:
    try:
        return [p.name for p in path.parent.iterdir()]
    except OSError:
        return []
