"""How the times of a column are written: the one format that reads them all, or the two that would differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from selection.intake.formats import in_plain_words, unknown_zone

#: Ways in which the systems known here write times, the most telling first.
FORMATS: Final = (
    "%Y/%m/%d %I:%M:%S %p %z",
    "%Y/%m/%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M %z",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
    "%Y. %m. %d %I:%M:%S %p",
    "%Y. %m. %d %H:%M:%S",
    "%Y. %m. %d. %I:%M:%S %p",
    "%Y. %m. %d. %H:%M:%S",
    "%Y. %m. %d. %H:%M",
    "%Y/%m/%d %I:%M:%S %p",
    "%Y/%m/%d %I:%M %p",
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y %H:%M",
    "%b %d, %Y",
    "%d %b %Y, %H:%M:%S",
    "%d %b %Y, %H:%M",
    "%d %b %Y %I:%M:%S %p",
    "%d %b %Y, %I:%M:%S %p",
    "%d %b %Y, %H:%M:%S %z",
    "%d %b %Y %H:%M:%S %z",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%d %b %Y",
    "%d %B %Y",
    "%d %B %Y %H:%M",
    "%d-%b-%Y",
    "%d-%b-%Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%B %d, %Y",
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y %H:%M",
    "%B %d, %Y %I:%M:%S %p",
    "%b %d, %Y, %I:%M %p",
    "%b %d, %Y, %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d. %m. %Y %H:%M:%S",
    "%d. %m. %Y %H:%M",
    "%d.%m.%Y, %H:%M:%S",
    "%d.%m.%Y, %H:%M",
    "%d.%m.%y, %H:%M:%S",
    "%d.%m.%y, %H:%M",
    "%d.%m.%y %H:%M:%S",
    "%d.%m.%y %H:%M",
    "%d.%m.%y",
    *(
        f"{day}{hour}"
        for day in ("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%m-%d-%Y", "%d-%m-%Y")
        for hour in (
            "",
            " %H:%M:%S",
            " %H:%M",
            " %I:%M:%S %p",
            " %I:%M %p",
            ", %H:%M:%S",
            ", %H:%M",
            ", %I:%M:%S %p",
            ", %I:%M %p",
        )
    ),
)
LOOKED_AT: Final = 2000

#: What systems write where there is no time.
NO_TIME: Final = frozenset({"--", "-", "[not completed]", "n/a", "N/A"})


@dataclass(frozen=True)
class Writing:
    """The formats that read all times of a column, and an example; several mean that nobody knows.

    `zone` is a zone that the times name and that may be several.
    """

    formats: tuple[str, ...]
    example: str = ""
    zone: str | None = None

    @property
    def known(self) -> str | None:
        """The one format, `iso` for ISO 8601; None if there is none, or if several would give other days."""
        return self.formats[0] if len(self.formats) == 1 else None


def writing(cells: Iterable[Any]) -> Writing | None:
    """How a column's times are written; None if they are no times."""
    values = [v for _, v in zip(range(LOOKED_AT), cells, strict=False)]
    texts = [v for v in values if isinstance(v, str) and v not in NO_TIME]
    if not texts:
        return Writing(("iso",)) if any(isinstance(v, date) for v in values) else None
    if all(_iso(t) is not None for t in texts):
        return Writing(("iso",), texts[0])
    zone = next(filter(None, (unknown_zone(t, "UTC") for t in texts)), None)
    plain = [t.removesuffix(zone) + "UTC" if zone and t.endswith(zone) else t for t in texts]
    read: dict[tuple[Any, ...], str] = {}
    for form in FORMATS:
        found = _all(plain, form)
        if found is not None:
            read.setdefault(found, form)
    return Writing(tuple(read.values()), texts[0], zone) if read else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) >= 8 and not text.isdigit() else None
    except ValueError:
        return None


def _all(texts: Iterable[str], form: str) -> tuple[Any, ...] | None:
    found = []
    for text in texts:
        try:
            found.append(datetime.strptime(in_plain_words(text, form, "UTC"), form))
        except (ValueError, OverflowError):
            return None
    return tuple(found)
