"""Dates and times as a language writes them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from selection.errors import MissingExtraError


def day_words(day: date, language: str, *, weekday: bool = False) -> str:
    """A day as the language writes it, `Tuesday, 9 September 2025`."""
    return _day_words(day, language, "full" if weekday else "long")


@cache
def _day_words(day: date, language: str, style: str) -> str:
    dates = _dates()
    return str(dates.format_date(day, format=style, locale=_locale(language)))


def hours_words(begins: datetime, ends: datetime) -> str:
    """From when to when by the clock, `14:00-15:30` with an en dash."""
    return f"{begins:%H:%M}\N{EN DASH}{ends:%H:%M}"


def zone_words(zone: str, moment: datetime, language: str) -> str:
    """A time zone as people know it: its name and how far it is from UTC at a moment."""
    dates = _dates()
    city = dates.get_timezone_location(zone, locale=_locale(language), return_city=True)
    offset = f"{moment:%z}"
    return f"{city} (UTC{offset[:3]}:{offset[3:]})".replace("+00:00", "")


def _locale(language: str) -> str:
    """English dates as the United Nations write them: day, month, year."""
    return "en_GB" if language == "en" else language


def _dates() -> Any:
    try:
        from babel import dates
    except ModuleNotFoundError:
        raise MissingExtraError.of("babel", "letters", "Writing dates") from None
    return dates
