"""The one way from a country text to a code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from selection.countries.economies import listed
from selection.countries.resolution import Resolution


def country(text: str, *, aliases: Mapping[str, str] | None = None) -> Resolution:
    """The country a text names, or why it names none."""
    own = {key.casefold().strip(): code for key, code in (aliases or {}).items()}
    key = text.casefold().strip()
    if key in own:
        return Resolution(text, own[key], "alias", key, "the call's own table")
    code = _names().get(key)
    if code:
        return Resolution(text, code, "exact", listed()[code].name, "ISO 3166-1")
    return Resolution(text, None, "unknown")


def resolve_codes(text: str, kind: str) -> Resolution:
    """The country of a cell in a column that is declared to hold codes."""
    typed = text.strip().upper()
    for entry in listed().values():
        if typed and typed == {"alpha-2": entry.alpha2, "alpha-3": entry.code, "numeric": entry.numeric}[kind]:
            return Resolution(text, entry.code, "exact", typed, f"ISO 3166-1 {kind}")
    return Resolution(text, None, "unknown")


@cache
def _names() -> dict[str, str]:
    names = {entry.name.casefold(): code for code, entry in listed().items()}
    return names | {code.casefold(): code for code in listed()}
