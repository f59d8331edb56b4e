"""Times in a declared format and zone become UTC; what cannot be read is never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from selection.applicants import Column
from selection.intake.coding import in_use, recoded
from selection.intake.findings import Trouble, short
from selection.intake.stamps import Stamps
from selection.texts import Texts

#: From this many on it pays to read times together.
MANY: Final = 1000
BLOCK: Final = 1 << 15
#: How many signs a time in full has.
SIGNS: Final = 19
PAIRS_AT: Final = (0, 2, 5, 8, 11, 14, 17)
NUMBERS_AT: Final = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
Times = npt.NDArray[np.datetime64]

#: Declared formats that are ISO 8601 all the same, and so need no other way of reading.
ISO_FORMATS: Final = ("iso", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")

#: A day and a month, one of which comes first.
SLASHED: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b")


def read_times(raw: Column, dates: str | Sequence[str], zone: str) -> tuple[Column, dict[int, Trouble]]:
    """A column of times in UTC, and what is wrong with some of its distinct values."""
    if isinstance(raw.values, Stamps):
        local = raw.values.times
        found, doubtful = _to_utc(local, np.full(len(local), raw.values.utc), zone)
        return Column(raw.codes, found), _doubtful(doubtful, zone)
    packed = _packed(raw) if dates in ISO_FORMATS else None
    if packed is not None:
        found, doubtful = _to_utc(packed, np.zeros(len(packed), dtype=bool), zone)
        return Column(raw.codes, found), _doubtful(doubtful, zone)
    values = in_use(raw)
    local, aware = _parsed(values, dates, zone)
    found, doubtful = _to_utc(local, aware, zone)
    troubles = {
        code: Trouble("unreadable_time", _unreadable(values[code], dates, zone))
        for code in np.flatnonzero(np.isnat(found)).tolist()
        if values[code] is not None
    }
    troubles |= _doubtful(doubtful, zone)
    known = np.append(~np.isnat(found), False)
    return Column(np.where(known[raw.codes], raw.codes, np.int32(-1)).astype(np.int32), found), troubles


def _doubtful(doubtful: npt.NDArray[np.bool_], zone: str) -> dict[int, Trouble]:
    said = f"clocks change in {zone} at this time; it was read as before the change."
    return {code: Trouble("doubtful_time", said, "kept") for code in np.flatnonzero(doubtful).tolist()}


def _packed(raw: Column) -> Times | None:
    """Texts in one piece read as `2025-08-31 18:00:00`; None unless all that is not missing is written so."""
    texts = raw.values
    if not isinstance(texts, Texts) or len(raw) != len(texts):
        return None
    read = list[Times]()
    for piece in texts.pieces():
        times = piece.made(of_piece)
        if times is None:
            return None
        read.append(times)
    found = np.concatenate(read) if read else np.zeros(0, dtype="datetime64[us]")
    gaps = np.isnat(found)
    return None if gaps.any() and gaps[raw.codes[raw.codes >= 0]].any() else found


def of_piece(texts: Texts) -> Times | None:
    """Times in full from some thousand texts, `NaT` for empty ones; None unless all others are written so."""
    lengths = texts.lengths
    held = lengths == SIGNS
    every = bool(held.all())
    if not every and lengths[~held].any():
        return None
    signs = (texts if every else texts.where(held)).signs.reshape(-1, SIGNS + 1)[:, :SIGNS]
    found = np.full(len(texts), np.datetime64("NaT", "us"))
    read = found if every else found[held]
    for start in range(0, len(signs), BLOCK):
        times = _digits(signs[start : start + BLOCK])
        if times is None:
            return None
        read[start : start + BLOCK] = times
    if not every:
        found[held] = read
    return found


def settled(raw: Column, zone: str | None) -> Column:
    """A column in which times are in UTC, or texts if no zone is given."""
    values = raw.values.tolist()
    if not any(isinstance(v, date) for v in values):
        return raw
    return recoded(raw.codes, [_settled(v, zone) if isinstance(v, date) else v for v in values])


def _settled(value: date, zone: str | None) -> Any:
    if zone is None:
        return str(value).removesuffix(" 00:00:00")
    if not isinstance(value, datetime):
        return value
    try:
        return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError:
        return None


def joined(days: Column, hours: Column) -> Column:
    """Dates and times of two columns as one text each, `2025-08-31 18:00:00`; without a date it is missing."""
    width = len(hours.values) + 1
    pairs, codes = np.unique(days.codes.astype(np.int64) * width + hours.codes, return_inverse=True)
    halves = [(int(p + 1) // width, int(p + 1) % width - 1) for p in pairs]
    texts = [None if d < 0 else _joined(days.value(d), hours.value(h)) for d, h in halves]
    return recoded(codes.astype(np.int32), texts)


def _joined(day: Any, hour: Any) -> Any:
    day = day.date().isoformat() if isinstance(day, datetime) else day
    return day if hour is None else f"{day} {hour}"


def _unreadable(value: Any, dates: str | Sequence[str], zone: str) -> str:
    from selection.intake.formats import unknown_zone

    formats = (dates,) if isinstance(dates, str) else dates
    if any("%z" in one for one in formats) and isinstance(value, str) and (name := unknown_zone(value, zone)):
        return f"{short(value)!r} names a zone that may be several, {name}: say the one meant in the form (timezone)."
    iso = "iso" in formats
    others = " or ".join(repr(one) for one in formats if one != "iso")
    wanted = f"in ISO form{f' or {others}' if others else ''}" if iso else others
    hint = '; if it is right, name its format in the form (dates = "...")' if iso else ""
    return f"{short(value)!r} is not a time written {wanted}{hint}.{_either(value) if iso else ''}"


def _either(value: Any) -> str:
    """What a day of which nobody knows whether the month comes first may be."""
    found = SLASHED.match(value) if isinstance(value, str) else None
    if found is None or found[1] == found[2] or not (1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= 12):
        return ""
    return f" It may be day {int(found[1])} of month {int(found[2])}, or day {int(found[2])} of month {int(found[1])}."


def _parsed(values: Sequence[Any], dates: str | Sequence[str], zone: str) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Each value's clock time (NaT where it cannot be read), and whether that is UTC already."""
    if dates not in ISO_FORMATS:
        return _by_formats(values, (dates,) if isinstance(dates, str) else dates, zone)
    fixed = _fixed(values)
    if fixed is not None:
        return fixed, np.zeros(len(fixed), dtype=bool)
    read = [_iso(v) for v in values]
    aware = np.fromiter((t is not None and t.tzinfo is not None for t in read), dtype=bool, count=len(read))
    if aware.any():
        read = [t and _plain_utc(t) for t in read]
    return np.array(read, dtype="datetime64[us]"), aware


def _fixed(values: Sequence[Any]) -> Times | None:
    """Times all written `2025-08-31 18:00:00`, read as digits in blocks; None if any is not."""
    if len(values) < MANY:
        return None
    found = np.empty(len(values), dtype="datetime64[us]")
    for start in range(0, len(values), BLOCK):
        block = values[start : start + BLOCK]
        if {type(v) for v in block} != {str} or set(map(len, block)) != {SIGNS}:
            return None
        text = "".join(block)
        read = _digits(np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, SIGNS)) if text.isascii() else None
        if read is None:
            return None
        found[start : start + BLOCK] = read
    return found


def _digits(signs: npt.NDArray[np.uint8]) -> Times | None:
    """Times from their nineteen characters; None unless every one is a time that exists."""
    if not len(signs):
        return np.zeros(0, dtype="datetime64[us]")
    digits = np.ascontiguousarray(signs.T) - np.uint8(ord("0"))
    between = (signs[:, [4, 7, 13, 16]] == np.frombuffer(b"--::", dtype=np.uint8)).all()
    if not between or not np.isin(signs[:, 10], (32, 84)).all() or (digits[list(NUMBERS_AT)] > 9).any():
        return None
    century, year, month, day, hour, minute, second = (digits[at] * 10 + digits[at + 1] for at in PAIRS_AT)
    fits = (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60) & (century + year > 0)
    if not fits.all():
        return None
    months = (century.astype(np.int32) * 100 + year) * 12 + month - (1970 * 12 + 1)
    first, last = int(months.min()), int(months.max())
    # The first day of each month there is, and of the one after it.
    begins = np.arange(first, last + 2).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    if not ((day >= 1) & (day <= np.diff(begins)[months - first])).all():
        return None
    seconds = (begins[months - first] + day - 1) * 86400 + hour * np.int32(3600) + minute * np.int32(60) + second
    found: Times = (seconds * 1_000_000).view("datetime64[us]")
    return found


def _iso(value: Any) -> datetime | None:
    if type(value) is str:
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


def _plain_utc(time: datetime) -> datetime | None:
    try:
        return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return None


def _by_formats(values: Sequence[Any], formats: Sequence[str], zone: str) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Each text by the first format that fits it; times of a workbook or a dataframe are times already."""
    from selection.intake.formats import by_format

    local = np.full(len(values), np.datetime64("NaT", "us"))
    aware = np.zeros(len(values), dtype=bool)
    left = np.array([isinstance(v, str) for v in values], dtype=bool)
    for dates in formats:
        places = np.flatnonzero(left)
        texts = [values[place] for place in places.tolist()]
        if not texts:
            break
        if dates in ISO_FORMATS:
            found, known = _parsed(texts, "iso", zone)
        else:
            found, known = by_format(texts, dates, zone), np.full(len(texts), "%z" in dates)
        local[places], aware[places] = found, known
        left[places] = np.isnat(found)
    for place, value in enumerate(values):
        if isinstance(value, date):
            time = _iso(value)
            aware[place] = time is not None and time.tzinfo is not None
            local[place] = np.datetime64(time and _plain_utc(time), "us")
    return local, aware


def _to_utc(local: Times, aware: npt.NDArray[np.bool_], zone: str) -> tuple[Times, npt.NDArray[np.bool_]]:
    """Clock times moved to UTC, and which of them fall where clocks change. One look at the zone per minute."""
    doubtful = np.zeros(len(local), dtype=bool)
    if zone == "UTC":
        return local, doubtful
    naive = ~aware & ~np.isnat(local)
    if not naive.any():
        return local, doubtful
    stamps = local[naive].astype("datetime64[m]").astype(np.int64)
    known = np.unique(stamps)
    minutes, places = known.astype("datetime64[m]"), np.searchsorted(known, stamps)
    clocks = [m.replace(tzinfo=ZoneInfo(zone)) for m in minutes.tolist()]
    offsets = [(c.utcoffset(), c.replace(fold=1).utcoffset()) for c in clocks]
    found = local.copy()
    found[naive] -= np.array([before for before, _ in offsets], dtype="timedelta64[us]")[places]
    doubtful[naive] = np.array([a != b for a, b in offsets], dtype=bool)[places]
    return found, doubtful
