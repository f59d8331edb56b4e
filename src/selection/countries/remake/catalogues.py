"""The names that pycountry's catalogues hold, read at the time the index is made."""

from __future__ import annotations

import gettext
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

MAJOR = frozenset({"fr", "es", "pt", "pt_BR", "de", "it", "nl"})
"""Languages whose names may also be met with their words in another order."""


@dataclass(frozen=True)
class CatalogueName:
    """One name of one country in one language."""

    text: str
    code: str
    language: str
    english: str = ""


def version() -> str:
    """The pycountry release that is read."""
    return f"pycountry {metadata.version('pycountry')}"


def _package() -> Path:
    return Path(str(resources.files("pycountry")))


def english_names() -> tuple[CatalogueName, ...]:
    """The English names, common names and official names of ISO 3166-1."""
    table = json.loads((_package() / "databases" / "iso3166-1.json").read_text(encoding="utf-8"))["3166-1"]
    return tuple(
        CatalogueName(entry[field], entry["alpha_3"], "en")
        for entry in table
        for field in ("name", "common_name", "official_name")
        if field in entry
    )


def other_names() -> Iterator[CatalogueName]:
    """The same names in every other language that has a catalogue."""
    english = english_names()
    for folder in sorted((_package() / "locales").iterdir()):
        file = folder / "LC_MESSAGES" / "iso3166-1.mo"
        if not file.is_file():
            continue
        with file.open("rb") as handle:
            catalogue = gettext.GNUTranslations(handle)
        for name in english:
            text = catalogue.gettext(name.text)
            if text and text != name.text:
                yield CatalogueName(text, name.code, folder.name, name.text)
