"""A cell and a word of the policy compared as the same kind of thing; what cannot be read so is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from selection.applicants import canonical_text

Truth = bool | None

#: Numbers with more places than this before or after the point cannot be counted with.
LARGEST: Final = 400


def plain(value: Any) -> Any:
    """A value as rules compare it: floats become the exact decimal they print as."""
    return Decimal(repr(float(value))) if isinstance(value, float) else value


def same(value: Any, word: Any) -> Truth:
    """Whether a cell is what a word of the policy says, reading text as what the word is; `None` if it cannot be."""
    if isinstance(word, bool):
        read = truth(value)
        return None if read is None else read is word
    if isinstance(word, str):
        return _is_word(value, word)
    read = comparable(value, word)
    return None if read is None else bool(read == word)


def _is_word(value: Any, word: str) -> bool:
    if isinstance(value, bool):
        return truth(word) is value
    if isinstance(value, (int, Decimal)):
        return number(word) == value
    return canonical_text(value) == word


def comparable(value: Any, bound: Any) -> Any:
    """The cell as the kind of thing a bound is (number, day or time), or None if it cannot be read as one."""
    if isinstance(bound, datetime):
        return _time(value)
    if isinstance(bound, date):
        return _day(value)
    return number(value)


def number(value: Any) -> int | Decimal | None:
    """The exact number a cell holds, also where it was typed as text; None where there is none to count with."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value.bit_length() <= 4 * LARGEST else None
    if isinstance(value, float):
        value = repr(float(value))
    if isinstance(value, str):
        try:
            value = Decimal("" if "_" in value else value.strip())
        except InvalidOperation:
            return None
    fits = isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= LARGEST
    return value if fits else None


def _time(value: Any) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            value = _time(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).date() if value.tzinfo is not None else None
    return value if isinstance(value, date) else None


def truth(value: Any) -> bool | None:
    """Yes or no, also where it was typed as a word; None where it is neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return bool(value) if value in (0, 1) else None
    text = str(value).strip().casefold()
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text)


def typed(word: Any) -> tuple[str, Any]:
    """A word with its kind, since `1 == True` in Python but not in a policy."""
    return kind(word), word


def kind(value: Any) -> str:
    """What kind of thing a word of the policy is: truth, number, time, day or word."""
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, Decimal)):
        return "number"
    return "time" if isinstance(value, datetime) else "day" if isinstance(value, date) else "word"
