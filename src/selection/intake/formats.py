"""Times in declared formats, with the halves of a day and the zones as systems write them in many languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from selection.errors import brief

#: How the halves of a day are written, as the common locale data has them.
HALVES: Final = MappingProxyType(
    {
        "AM": "a.m.|a. m.|am|a|vorm.|上午|午前|오전|ص|صباحا|öö|дп|ق.ظ.|قبل‌ازظهر|priešpiet|dop.|de.|ap.|fm|π.μ.|πμ|"
        "ก่อนเที่ยง|sa|pg|priekšp.|priekšpusdienā|पूर्वाह्न|ү.ө.|ጥዋት|f.h.",
        "PM": "p.m.|p. m.|pm|p|nachm.|下午|午後|오후|م|مساء|ös|пп|ب.ظ.|بعدازظهر|popiet|odp.|pop.|du.|ip.|em|μ.μ.|μμ|"
        "หลังเที่ยง|ch|ptg|pēcp.|pēcpusdienā|अपराह्न|ү.х.|ከሰዓት|e.h.",
    }
)

#: Offsets of names that stand for one zone only; others (IST, CST, BST ...) are those of the form's zone, or unknown.
OFFSETS: Final = MappingProxyType(
    {
        "GMT": "+00:00", "UTC": "+00:00", "Z": "+00:00", "WET": "+00:00", "WEST": "+01:00", "WEZ": "+00:00",
        "WESZ": "+01:00", "CET": "+01:00", "CEST": "+02:00", "MEZ": "+01:00", "MESZ": "+02:00", "EET": "+02:00",
        "EEST": "+03:00", "OEZ": "+02:00", "OESZ": "+03:00", "MSK": "+03:00", "WAT": "+01:00", "CAT": "+02:00",
        "SAST": "+02:00", "EAT": "+03:00", "JST": "+09:00", "KST": "+09:00", "HKT": "+08:00", "SGT": "+08:00",
        "WIB": "+07:00", "WITA": "+08:00", "WIT": "+09:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00",
        "NZDT": "+13:00", "EDT": "-04:00", "MDT": "-06:00", "PDT": "-07:00",
    }
)  # fmt: skip

_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?"
_GREENWICH = r"(?:GMT|UTC|غرينتش|گرینویچ|Гринуич|格林尼治标准时间|格林威治標準時間|グリニッジ標準時|그리니치 표준시)"
_SHIFT = r"([+\-−–])\s?(\d{1,2}):?(\d\d)?"
_FROM_GREENWICH = re.compile(rf"\s*(?:{_GREENWICH}\s?{_SHIFT}|{_SHIFT}\s?{_GREENWICH})$")
_NAMED = re.compile(rf"\s*({_GREENWICH}|[A-Z]{{1,5}})$")
_NUMBERED = re.compile(r"(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]")
_WORDED = re.compile(r"(?<!\d)(\d{1,2})\.? (?:de |d')?([^\W\d_][^\s\d,]*) (?:de |del )?(\d{4})(?: г\.| р\.)?")
_INVISIBLE = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069]")

#: What reads a longer format tries very many ways of reading each cell.
LONGEST: Final = 60

#: What may follow a percent sign: parts of a date and of a time, and the sign itself. Weeks of a year are no dates, and
#: what a machine's own language takes for a whole date is another on the next machine.
PARTS: Final = frozenset("aAbBdfHIjmMpSuwyYzZ%")

#: What some systems put between the percent sign and a number to write it without a zero.
UNPADDED: Final = frozenset("-#")

Times = npt.NDArray[np.datetime64]


@cache
def _half_words() -> tuple[re.Pattern[str], Mapping[str, str]]:
    known = {_dense(word): half for half, words in HALVES.items() for word in words.split("|")}
    longest = sorted((word for words in HALVES.values() for word in words.split("|")), key=len, reverse=True)
    words = "|".join(re.escape(word).replace(r"\ ", r"\s?").replace(r"\.", r"\.?") for word in longest)
    # Chinese and Korean write the half of the day before the time.
    pattern = rf"(?:(?P<before>{words})\s*)?(?P<clock>{_CLOCK})(?:\s*(?P<after>{words})(?=\s|$|\d|{_GREENWICH}))?"
    return re.compile(pattern, re.IGNORECASE), MappingProxyType(known)


def _dense(word: str) -> str:
    return re.sub(r"[\s.]", "", word).casefold()


def in_plain_words(text: str, dates: str, zone: str) -> str:
    """A time with its month, AM or PM and offset as the format asks for them, in whatever words it was written."""
    if not text.isascii() or any(part in dates for part in ("%p", "%z", "%b")):
        text = " ".join(_INVISIBLE.sub("", text).replace("،", ",").split())
    if "%b" in dates:
        text = _with_month(text)
    if "%p" in dates:
        pattern, known = _half_words()
        found = pattern.search(text)
        if found and (half := found["before"] or found["after"]):
            text = f"{text[: found.start()]}{found['clock']} {known[_dense(half)]}{text[found.end() :]}"
    return _with_offset(text, zone) if "%z" in dates else text


@cache
def _months() -> Mapping[str, str]:
    """Each name of a month, in full or cut short, and its English short name."""
    with Path(__file__).with_name("months.toml").open("rb") as file:
        listed: dict[str, list[str]] = tomllib.load(file)
    return MappingProxyType({word: month for month, words in listed.items() for word in words})


def _with_month(text: str) -> str:
    """`1 de ago. de 2025` and `2025年8月1日` as `1 Aug 2025`."""
    numbered = _NUMBERED.search(text)
    if numbered:
        month = list(_months_in_order())[int(numbered[2]) - 1] if 1 <= int(numbered[2]) <= 12 else numbered[2]
        return f"{text[: numbered.start()]}{numbered[3]} {month} {numbered[1]}{text[numbered.end() :]}"
    found = _WORDED.search(text)
    month = _months().get(found[2].casefold().rstrip(".")) if found else None
    if found is None or month is None:
        return text
    return f"{text[: found.start()]}{found[1]} {month} {found[3]}{text[found.end() :]}"


def _months_in_order() -> Iterable[str]:
    return dict.fromkeys(_months().values())


def _with_offset(text: str, zone: str) -> str:
    found = _FROM_GREENWICH.search(text)
    if found:
        sign, hours, minutes = found.group(1, 2, 3) if found[1] else found.group(4, 5, 6)
        return f"{text[: found.start()]} {'+' if sign == '+' else '-'}{int(hours):02d}:{minutes or '00'}"
    named = _NAMED.search(text)
    if named is None or named[1] in ("AM", "PM"):
        return text
    offset = OFFSETS["GMT"] if re.fullmatch(_GREENWICH, named[1]) else {**OFFSETS, **_own_names(zone)}.get(named[1])
    return text if offset is None else f"{text[: named.start()]} {offset}"


@cache
def _own_names(zone: str) -> Mapping[str, str]:
    """What the zone itself is called in summer and winter, where a name has one offset."""
    found: dict[str, set[str]] = {}
    for month in range(1, 13):
        time = datetime(2025, month, 1, tzinfo=ZoneInfo(zone))
        found.setdefault(time.tzname() or "", set()).add(time.isoformat()[-6:])
    return MappingProxyType({name: offsets.pop() for name, offsets in found.items() if len(offsets) == 1})


def unknown_zone(text: str, zone: str) -> str | None:
    """The zone that a text names where that may be several zones: IST is India's, Israel's and Ireland's."""
    found = _NAMED.search(_INVISIBLE.sub("", text).strip())
    known = found is None or found[1] in ("AM", "PM") or _with_offset(text, zone) != text
    return None if known or found is None else found[1]


def by_format(texts: Sequence[str | None], dates: str, zone: str) -> Times:
    """The clock times of texts in one format, in UTC where the format has a zone; NaT where it does not fit."""
    import pandas as pd

    zoned = "%z" in dates
    plain = [t and in_plain_words(t, dates, zone) for t in texts]
    parsed = pd.to_datetime(pd.Series(plain, dtype=object), format=dates, errors="coerce", utc=zoned)
    return (parsed.dt.tz_localize(None) if zoned else parsed).to_numpy().astype("datetime64[us]")


def opposed(formats: Sequence[Any]) -> tuple[str, str] | None:
    """Two formats that differ only in whether the day or the month comes first, so that nobody knows which is meant."""
    seen: dict[str, str] = {}
    for form in formats:
        other = seen.setdefault(re.sub("%[dm]", "%?", form), form)
        if other != form:
            return other, form
    return None


def _refuse_unknown_parts(text: str) -> None:
    """Each part of a format stands for something in a date, and no two for the same."""
    signs = re.findall("%(.?)", text, re.DOTALL)
    for sign in signs:
        if sign not in PARTS:
            said = "stands for no part of a date; a percent sign itself is written '%%'."
            if sign in UNPADDED:
                said = f"is not needed: {text.replace(f'%{sign}', '%')!r} reads numbers with and without a zero."
            raise ValueError(f"{brief(text)} is not a date format: {f'%{sign}'!r} {said}")
        if sign != "%" and signs.count(sign) > 1:
            raise ValueError(f"{brief(text)} is not a date format: {f'%{sign}'!r} stands in it twice.")


def checked_formats(value: Any) -> Any:
    """One format or several, each of which is one, and no two of which are each other's days and months."""
    formats = value if isinstance(value, list | tuple) else (value,)
    for text in formats:
        if not isinstance(text, str):
            raise ValueError(f"{brief(text)} is not text in quotes.")
        if text != "iso" and "%" not in text:
            said = "write \"iso\" or a pattern such as '%d/%m/%Y %H:%M'."
            raise ValueError(f"{brief(text)} is not a date format: {said}")
        if len(text) > LONGEST:
            raise ValueError(f"{brief(text)} is no date format: none is longer than {LONGEST} signs.")
        _refuse_unknown_parts(text)
    if found := opposed(formats):
        said = "differ only in whether the day or the month comes first: name the one that is meant."
        raise ValueError(f"{found[0]!r} and {found[1]!r} {said}")
    return value
