"""A `where` table read as a condition, each mistake answered with the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from selection.conditions.comparing import kind, number, plain, truth, typed
from selection.conditions.terms import AllOf, AnyOf, Between, Condition, Missing, Not, OneOf
from selection.countries import country, known_codes
from selection.errors import brief, did_you_mean
from selection.vocabulary import CLASSES, CLOSED, COUNTRY_FIELDS, TRUTHS, USUAL, expand, last_part

#: Tables within tables: more than anybody writes, few enough for every recursion.
DEEPEST: Final = 40


def parse(table: Any) -> Condition:
    """Read a `where` table; `ValueError` with a sentence where it says something conditions cannot say."""
    return _parse(table, DEEPEST)


def _parse(table: Any, depth: int) -> Condition:
    if not isinstance(table, Mapping):
        raise ValueError(f'a condition is a table such as {{ role = "nra" }}, not {brief(table)}')
    if not table:
        raise ValueError("the condition is empty: it would hold for everybody")
    if not depth:
        raise ValueError(f"the condition has more than {DEEPEST} tables within tables")
    parts = tuple(_part(str(key), value, depth) for key, value in table.items())
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _part(key: str, value: Any, depth: int) -> Condition:
    if key in ("any", "all"):
        if not _is_list(value) or not value:
            raise ValueError(f"`{key}` takes a list of conditions: {key} = [ {{ ... }}, {{ ... }} ]")
        parts = tuple(_parse(part, depth - 1) for part in value)
        return AnyOf(parts) if key == "any" else AllOf(parts)
    if key == "not":
        return Not(_parse(value, depth - 1))
    if isinstance(value, Mapping):
        return _table_test(key, value)
    if not _is_list(value):
        return _one_of(key, [value])
    if not value:
        raise ValueError(f"the list of values for {key!r} is empty: nobody could ever meet it")
    return _one_of(key, value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _table_test(field: str, table: Mapping[str, Any]) -> Condition:
    if set(table) == {"missing"} and isinstance(table["missing"], bool):
        return Missing(field, table["missing"])
    if table and set(table) <= {"min", "max"}:
        return _between(field, table)
    wrong = next((k for k in table if k not in ("min", "max", "missing")), None)
    hint = did_you_mean(str(wrong), ("min", "max", "missing")) if wrong is not None else ""
    keys = ", ".join(map(str, table)) or "nothing"
    raise ValueError(f"a test of {field!r} knows {{ min, max }} or {{ missing = true }}, not a table of {keys}.{hint}")


def _between(field: str, table: Mapping[str, Any]) -> Between:
    if last_part(field) in CLOSED or last_part(field) in TRUTHS or field in COUNTRY_FIELDS:
        raise ValueError(f"{field!r} holds words or true/false, which have no min or max: write the words themselves")
    bounds = {end: _bound(field, value) for end, value in table.items()}
    low, high = bounds.get("min"), bounds.get("max")
    if low is not None and high is not None:
        if kind(low) != kind(high):
            raise ValueError(f"min and max of {field!r} are not of the same kind")
        if low > high:
            raise ValueError(f"min is above max for {field!r}: nobody could ever meet it")
    return Between(field, low, high)


def _bound(field: str, value: Any) -> Any:
    if isinstance(value, (bool, str)) or not isinstance(value, (int, float, Decimal, date)):
        raise ValueError(f"min and max of {field!r} take numbers, dates or times, not {brief(value)}")
    return _checked(field, plain(value))


def _one_of(field: str, values: Iterable[Any]) -> OneOf:
    words: list[Any] = []
    for value in map(plain, values):
        if not isinstance(value, (str, int, Decimal, date)):
            raise ValueError(f"{field!r} is compared with words, numbers, dates or true/false, not {brief(value)}")
        check_word(field, value)
        words += expand(field, value) if isinstance(value, str) else [_checked(field, value)]
    return OneOf(field, tuple({typed(word): word for word in words}.values()))


def _checked(field: str, value: Any) -> Any:
    """A number, day or time that cells can be compared with."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(
            f"the time {value.isoformat()} for {field!r} has no zone: write it as {value.isoformat()}Z "
            "or with an offset such as +09:00"
        )
    if isinstance(value, (int, Decimal)) and number(value) is None and not isinstance(value, bool):
        raise ValueError(f"a number for {field!r} is not finite, or too large or small to count with")
    return value


def check_word(field: str, word: Any) -> None:
    """Refuse a word that a closed field does not know, or that looks like a misspelt usual word (`ValueError`)."""
    fact = last_part(field)
    if fact in CLOSED:
        known = CLOSED[fact] + tuple(CLASSES.get(fact, {}))
        if word not in known:
            raise ValueError(f"{field!r} knows {', '.join(known)}, not {word!r}.{did_you_mean(str(word), known)}")
    elif fact in TRUTHS and truth(word) is None:
        raise ValueError(f"{field!r} is true or false, not {word!r}")
    elif field in COUNTRY_FIELDS and word not in known_codes():
        raise ValueError(_no_country(field, str(word)))
    usual = USUAL.get(fact, ())
    if isinstance(word, str) and word not in usual and any(misspelt(word, known) for known in usual):
        raise ValueError(f"{word!r} is not a word of {field!r}.{did_you_mean(word, usual)}")


def _no_country(field: str, word: str) -> str:
    code = country(word).code or country(word.strip().upper()).code
    hint = f" Did you mean {code!r}?" if code else did_you_mean(word.upper(), known_codes())
    return f"{field!r} holds countries as ISO 3166-1 alpha-3 codes (or XKX), and {word!r} is none.{hint}"


def misspelt(word: str, known: str) -> bool:
    """Whether a word is one slip away from a known one, or the same but for case and spacing.

    Of short known words only doubled, added and forgotten letters count: `nca` may be a word of the call's own.
    """
    if word.casefold().strip().replace(" ", "_").replace("-", "_") == known:
        return True
    if len(word) < 3 or abs(len(word) - len(known)) > 1 or (len(known) < 6 and word[:1] != known[:1]):
        return False
    head = next((i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known)))
    rest, other = word[head:], known[head:]
    if len(word) != len(known):
        return rest[1:] == other or rest == other[1:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return len(known) > 5 and (rest[1:] == other[1:] or swapped)
