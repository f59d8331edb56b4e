"""`where` tables as data: three-valued (yes, no, missing), closed vocabulary, nothing evaluated but comparisons.

A condition is read once from a table and answers `True`, `False` or `None` for a row. `None` says that a field it needs
is missing, or holds what cannot be read as the kind of thing it is compared with ("about five" with a number): neither
ever silently means no. `any`, `all` and `not` follow Kleene's strong three-valued logic: `any` is yes as soon as one
part is yes. Days are days in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from selection.applicants import canonical_text
from selection.countries import country, known_codes
from selection.errors import brief, did_you_mean
from selection.vocabulary import CLASSES, CLOSED, COUNTRY_FIELDS, TRUTHS, USUAL, expand, last_part

Truth = bool | None
Row = Mapping[str, Any]
Relation = Literal["same", "inside", "contains", "disjoint", "unknown"]

#: Tables within tables: more than anybody writes, few enough for every recursion.
DEEPEST: Final = 40
#: Numbers with more places than this before or after the point cannot be counted with.
LARGEST: Final = 400


@dataclass(frozen=True)
class OneOf:
    """The field holds one of these words (or numbers, or truth values); of several values any may match."""

    field: str
    words: tuple[Any, ...]

    def holds(self, row: Row) -> Truth:
        return _either(self._holds(value) for value in held(row, self.field))

    def _holds(self, value: Any) -> Truth:
        answers = [same(value, word) for word in self.words]
        return True if True in answers else False if False in answers else None


@dataclass(frozen=True)
class Between:
    """The field lies between two bounds, both included; one of them may be open; of several values any may."""

    field: str
    low: Any
    high: Any

    def holds(self, row: Row) -> Truth:
        return _either(self._holds(value) for value in held(row, self.field))

    def _holds(self, value: Any) -> Truth:
        read = comparable(value, self.low if self.low is not None else self.high)
        if read is None:
            return None
        return bool((self.low is None or self.low <= read) and (self.high is None or read <= self.high))


@dataclass(frozen=True)
class Missing:
    """The field was left empty (`missing = true`) or was not (`missing = false`); never itself missing."""

    field: str
    wanted: bool

    def holds(self, row: Row) -> Truth:
        return (not held(row, self.field)) is self.wanted


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
        return _either(part.holds(row) for part in self.parts)


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition

    def holds(self, row: Row) -> Truth:
        answer = self.part.holds(row)
        return None if answer is None else not answer


Condition = OneOf | Between | Missing | AllOf | AnyOf | Not


def held(row: Row, field: str) -> tuple[Any, ...]:
    """The values a row holds in a field: none, one or several."""
    value = row.get(field)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _either(answers: Iterable[Truth]) -> Truth:
    """Yes if any answer is yes, no if all are no; without any answer it is missing."""
    answers = list(answers)
    return True if True in answers else None if None in answers or not answers else False


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
        if _kind(low) != _kind(high):
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
    return OneOf(field, tuple({_typed(word): word for word in words}.values()))


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
    elif fact in TRUTHS and _truth(word) is None:
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


def plain(value: Any) -> Any:
    """A value as rules compare it: floats become the exact decimal they print as."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def same(value: Any, word: Any) -> Truth:
    """Whether a cell is what a word of the policy says, reading text as what the word is; `None` if it cannot be."""
    if isinstance(word, bool):
        read = _truth(value)
        return None if read is None else read is word
    if isinstance(word, str):
        return _is_word(value, word)
    read = comparable(value, word)
    return None if read is None else bool(read == word)


def _is_word(value: Any, word: str) -> bool:
    if isinstance(value, bool):
        return _truth(word) is value
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
        value = repr(value)
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


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return bool(value) if value in (0, 1) else None
    text = str(value).strip().casefold()
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text)


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
    if repr(one) == repr(other):
        return "same"
    mine, theirs = _words(one), _words(other)
    if mine is None or theirs is None:
        return "unknown"
    if any(single_valued(f) and _apart(mine[f], theirs[f]) for f in mine.keys() & theirs.keys()):
        return "disjoint"
    if _implies(mine, theirs):
        return "same" if _implies(theirs, mine) else "inside"
    return "contains" if _implies(theirs, mine) else "unknown"


Words = frozenset[tuple[str, Any]]


def _words(condition: Condition) -> dict[str, Words] | None:
    """A conjunction of `OneOf` tests as field -> words, or None for anything richer."""
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    table: dict[str, Words] = {}
    for part in parts:
        if not isinstance(part, OneOf) or part.field in table:
            return None
        table[part.field] = frozenset(_typed(word) for word in part.words)
    return table


def _typed(word: Any) -> tuple[str, Any]:
    """A word with its kind, since `1 == True` in Python but not in a policy."""
    return _kind(word), word


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, Decimal)):
        return "number"
    return "time" if isinstance(value, datetime) else "day" if isinstance(value, date) else "word"


def _implies(one: Mapping[str, Words], other: Mapping[str, Words]) -> bool:
    return all(f in one and one[f] <= words for f, words in other.items())


def _apart(mine: Words, theirs: Words) -> bool:
    """Whether no single cell, whatever its kind, could match a word of each: proved for words of one kind alone."""
    if len({kind for kind, _ in mine | theirs}) > 1:
        return False
    return not any(_meet(a, b) for _, a in mine for _, b in theirs)


def _meet(one: Any, other: Any) -> bool:
    """Whether some cell could match both words, both of one kind (`yes` and `true`, `12` and `12.0` are met by one)."""
    if one == other or not isinstance(one, str):
        return bool(one == other)
    truth, amount = _truth(one), number(one)
    return (truth is not None and truth is _truth(other)) or (amount is not None and amount == number(other))
