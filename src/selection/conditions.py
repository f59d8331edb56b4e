"""`where` tables as data: three-valued (yes, no, missing), closed vocabulary, nothing evaluated but comparisons.

A condition is read once from a table and answers `True`, `False` or `None` (a field it needs is missing) for a row.
`any`, `all` and `not` follow Kleene's strong three-valued logic: `any` is yes as soon as one part is yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from selection.errors import did_you_mean
from selection.vocabulary import CLASSES, CLOSED, USUAL, expand, last_part

Truth = bool | None
Row = Mapping[str, Any]
Relation = Literal["same", "inside", "contains", "disjoint", "unknown"]


@dataclass(frozen=True)
class OneOf:
    """The field holds one of these words (or numbers, or truth values); of several values any may match."""

    field: str
    words: tuple[Any, ...]

    def holds(self, row: Row) -> Truth:
        value = row.get(self.field)
        if value is None:
            return None
        held = value if isinstance(value, tuple) else (value,)
        return any(same(one, word) for one in held for word in self.words)


@dataclass(frozen=True)
class Between:
    """The field lies between two bounds, both included; one of them may be open."""

    field: str
    low: Any
    high: Any

    def holds(self, row: Row) -> Truth:
        value = comparable(row.get(self.field), self.low if self.low is not None else self.high)
        if value is None:
            return None
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Missing:
    """The field was left empty (`missing = true`) or was not (`missing = false`); never itself missing."""

    field: str
    wanted: bool

    def holds(self, row: Row) -> Truth:
        return (row.get(self.field) is None) is self.wanted


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, row: Row) -> Truth:
        answers = [part.holds(row) for part in self.parts]
        return False if False in answers else None if None in answers else True


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, row: Row) -> Truth:
        answers = [part.holds(row) for part in self.parts]
        return True if True in answers else None if None in answers else False


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, row: Row) -> Truth:
        answer = self.part.holds(row)
        return None if answer is None else not answer


Condition = OneOf | Between | Missing | AllOf | AnyOf | Not


def parse(table: Any) -> Condition:
    """Read a `where` table; `ValueError` with a sentence where it says something conditions cannot say."""
    if not isinstance(table, Mapping):
        raise ValueError(f'a condition is a table such as {{ role = "nra" }}, not {table!r}')
    parts = tuple(_part(str(key), value) for key, value in table.items())
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _part(key: str, value: Any) -> Condition:
    if key in ("any", "all"):
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise ValueError(f"`{key}` takes a list of conditions: {key} = [ {{ ... }}, {{ ... }} ]")
        parts = tuple(parse(part) for part in value)
        return AnyOf(parts) if key == "any" else AllOf(parts)
    if key == "not":
        return Not(parse(value))
    if isinstance(value, Mapping):
        return _table_test(key, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if not value:
            raise ValueError(f"the list of values for {key!r} is empty: nobody could ever meet it")
        return _one_of(key, value)
    return _one_of(key, [value])


def _table_test(field: str, table: Mapping[str, Any]) -> Condition:
    if set(table) == {"missing"} and isinstance(table["missing"], bool):
        return Missing(field, table["missing"])
    if table and set(table) <= {"min", "max"}:
        low, high = _bound(field, table.get("min")), _bound(field, table.get("max"))
        if low is not None and high is not None:
            try:
                empty = low > high
            except TypeError:
                raise ValueError(f"min and max of {field!r} are not of the same kind") from None
            if empty:
                raise ValueError(f"min is above max for {field!r}: nobody could ever meet it")
        return Between(field, low, high)
    wrong = next((k for k in table if k not in ("min", "max", "missing")), None)
    hint = did_you_mean(str(wrong), ("min", "max", "missing")) if wrong else ""
    raise ValueError(f"a test of {field!r} knows {{ min, max }} or {{ missing = true }}, not {dict(table)!r}.{hint}")


def _bound(field: str, value: Any) -> Any:
    value = plain(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(
            f"the time {value.isoformat()} for {field!r} has no zone: write it as {value.isoformat()}Z "
            "or with an offset such as +09:00"
        )
    if value is not None and (isinstance(value, (bool, str)) or not isinstance(value, (int, Decimal, date))):
        raise ValueError(f"min and max of {field!r} take numbers, dates or times, not {value!r}")
    return value


def _one_of(field: str, values: Iterable[Any]) -> OneOf:
    words: list[Any] = []
    for value in map(plain, values):
        if not isinstance(value, (str, int, Decimal, date)):
            raise ValueError(f"{field!r} is compared with words, numbers, dates or true/false, not {value!r}")
        if isinstance(value, str):
            check_word(field, value)
            words += expand(field, value)
        else:
            words.append(value)
    return OneOf(field, tuple(dict.fromkeys(words)))


def check_word(field: str, word: str) -> None:
    """Refuse a word that a closed field does not know, or that looks like a misspelt usual word (`ValueError`)."""
    fact = last_part(field)
    classes = tuple(CLASSES.get(fact, {}))
    if fact in CLOSED and word not in CLOSED[fact] + classes:
        known = CLOSED[fact] + classes
        raise ValueError(f"{field!r} knows {', '.join(known)}, not {word!r}.{did_you_mean(word, known)}")
    usual = USUAL.get(fact, ())
    if word not in usual and any(_misspelt(word, known) for known in usual):
        raise ValueError(f"{word!r} is not a word of {field!r}.{did_you_mean(word, usual)}")


def _misspelt(word: str, known: str) -> bool:
    """Whether a word is at most one letter away from a known one, or the same but for case and spacing."""
    if word.casefold().replace(" ", "_").replace("-", "_") == known:
        return True
    if min(len(word), len(known)) < 3 or abs(len(word) - len(known)) > 1:
        return False
    head = next((i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known)))
    rest, other = word[head:], known[head:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]


def plain(value: Any) -> Any:
    """A value as rules compare it: floats become the exact decimal they print as."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def same(value: Any, word: Any) -> bool:
    """Whether a cell and a word of the policy are the same, reading text as what the word is."""
    if isinstance(word, bool):
        return _truth(value) is word
    if isinstance(word, str):
        return str(value) == word if not isinstance(value, bool) else ("true" if value else "false") == word.casefold()
    read = comparable(value, word)
    return read is not None and bool(read == word)


def comparable(value: Any, bound: Any) -> Any:
    """The cell as the kind of thing a bound is (number, day or time), or None if it cannot be read as one."""
    if value is None or isinstance(value, tuple):
        return None
    if isinstance(bound, datetime):
        return value if isinstance(value, datetime) else None
    if isinstance(bound, date):
        return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
    return number(value)


def number(value: Any) -> int | Decimal | None:
    """The exact number a cell holds, also where it was typed as text; None if it holds none."""
    if isinstance(value, (int, Decimal)):
        return value
    if isinstance(value, float):
        value = repr(value)
    if not isinstance(value, str):
        return None
    try:
        read = Decimal(value.strip())
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return bool(value) if value in (0, 1) else None
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(str(value).casefold())


def fields(condition: Condition) -> frozenset[str]:
    """The fields a condition reads."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*(fields(part) for part in parts))
        case Not(part):
            return fields(part)
        case _:
            return frozenset({condition.field})


def relation(one: Condition, other: Condition, single_valued: Callable[[str], bool]) -> Relation:
    """How the groups of two conditions lie to each other in every pool, as far as the conditions alone prove it."""
    if one == other:
        return "same"
    mine, theirs = _words(one), _words(other)
    if mine is None or theirs is None:
        return "unknown"
    if any(single_valued(f) and not (mine[f] & theirs[f]) for f in mine.keys() & theirs.keys()):
        return "disjoint"
    if _implies(mine, theirs):
        return "same" if _implies(theirs, mine) else "inside"
    return "contains" if _implies(theirs, mine) else "unknown"


def _words(condition: Condition) -> dict[str, frozenset[Any]] | None:
    """A conjunction of `OneOf` tests as field -> words, or None for anything richer."""
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    table: dict[str, frozenset[Any]] = {}
    for part in parts:
        if not isinstance(part, OneOf) or part.field in table:
            return None
        table[part.field] = frozenset(part.words)
    return table


def _implies(one: dict[str, frozenset[Any]], other: dict[str, frozenset[Any]]) -> bool:
    return all(f in one and one[f] <= words for f, words in other.items())
