"""How the times of a column are written: the one format that reads them all, or the two that would differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from selection.intake.times import WORDED_ZONE, with_offset

#: Ways in which the systems known here write times, the most telling first.
FORMATS: Final = (
    "%Y/%m/%d %I:%M:%S %p %z",
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y %H:%M",
    "%b %d, %Y",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%d %b %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d.%m.%y %H:%M:%S",
    "%d.%m.%y",
    *(
        f"{day}{hour}"
        for day in ("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%m-%d-%Y", "%d-%m-%Y")
        for hour in ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
    ),
)
LOOKED_AT: Final = 2000

#: What systems write where there is no time.
NO_TIME: Final = frozenset({"--", "-", "[not completed]", "n/a", "N/A"})


@dataclass(frozen=True)
class Writing:
    """The formats that read all times of a column, and an example; several mean that nobody knows."""

    formats: tuple[str, ...]
    example: str = ""

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
    read: dict[tuple[Any, ...], str] = {}
    for form in FORMATS:
        found = _all(texts, form)
        if found is not None:
            read.setdefault(found, form)
    return Writing(tuple(read.values()), texts[0]) if read else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if len(text) >= 8 and not text.isdigit() else None
    except ValueError:
        return None


def _all(texts: Iterable[str], form: str) -> tuple[Any, ...] | None:
    found = []
    for text in texts:
        try:
            found.append(datetime.strptime(WORDED_ZONE.sub(with_offset, text) if "%z" in form else text, form))
        except (ValueError, OverflowError):
            return None
    return tuple(found)
