"""What a condition is made of, and what it answers for a row: yes, no, or missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from selection.conditions.comparing import Truth, comparable, same

Row = Mapping[str, Any]


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


def fields(condition: Condition) -> frozenset[str]:
    """The fields a condition reads."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*(fields(part) for part in parts))
        case Not(part):
            return fields(part)
        case _:
            return frozenset({condition.field})
