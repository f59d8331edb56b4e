"""The time zone somebody's clock shows, from what they registered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

import pycountry

from selection.editions.people import Person


def zone_of(person: Person, moments: Iterable[datetime]) -> str | None:
    """The zone that was registered, else the country's, if all clocks of that country show the same at these moments.

    None where nothing tells: a country with several clocks is never guessed at.
    """
    if person.timezone in _known():
        return person.timezone
    zones = zones_of(person.country)
    clocks = {tuple(moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in moments) for zone in zones}
    return zones[0] if len(clocks) == 1 else None


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The time zones of a country (ISO alpha-3), the most populous mostly first: `zone.tab` of the tz database."""
    found = pycountry.countries.get(alpha_3=country) if country else None
    return _table().get(found.alpha_2, ()) if found else ()


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Zones by alpha-2 code, in the order of the tz database."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    table: dict[str, tuple[str, ...]] = {}
    for code, _, zone, *_ in rows:
        table[code] = (*table.get(code, ()), zone)
    return table
