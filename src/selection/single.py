"""One applicant weighed alone, by a policy made ready once: for systems that score on every submit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from selection.applicants import Applicant
from selection.assessment import MISSING, Question, points, questions
from selection.errors import InputError, PolicyError, brief
from selection.intake import read_applicants
from selection.intake.headings import field_of
from selection.intake.registrations import registration
from selection.policy import Policy
from selection.profiles import country_fact, fact_of, first_match
from selection.vocabulary import COUNTRY_FIELDS, PERSONAL

#: So many different answers are kept at hand for each question.
KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion gave, and the values it saw; points are None where a field is missing."""

    name: str
    points: Decimal | None
    seen: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One applicant by the rules alone, whoever else applies.

    `standing` eligible, ineligible or incomplete; `cause` the rule that failed or lacked a field; `tier` from 1;
    `parts` add up to the `score`; `reserves` the groups the applicant counts for, as block and reserve.
    """

    id: str | None
    standing: str
    cause: str | None
    tier: int
    micro: int
    parts: tuple[Part, ...]
    reserves: tuple[tuple[str, str], ...]
    values: Mapping[str, Any]

    @property
    def score(self) -> Decimal:
        """The exact score."""
        return points(self.micro)

    def __str__(self) -> str:
        if self.standing != "eligible":
            seen = ", ".join(f"{k} {brief(v)}" for k, v in self.values.items() if k in self._read and k not in PERSONAL)
            return f"{self.standing.capitalize()}: {self.cause}." + (f" Given: {seen}." if seen else "")
        lines = [f"Eligible with {self.score} points:"]
        lines += [f"  {0 if p.points is None else p.points} for {p.name}" for p in self.parts]
        return "\n".join(lines)

    @property
    def _read(self) -> frozenset[str]:
        return frozenset(name for part in self.parts for name in part.seen)


class Single:
    """A policy made ready to weigh applicants one at a time; may be used by many threads at once."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._derived = {table.field: table for table in policy.derive}
        self._read = policy.fields | {*COUNTRY_FIELDS, "id"}
        self._questions = tuple((q, _kept(q)) for q in questions(policy))
        self._fact = lru_cache(KEPT)(lambda code, fact: fact_of(policy, code, fact))
        self._cell = lru_cache(KEPT, typed=True)(_cell)
        self._field = lru_cache(KEPT)(field_of)

    def assess(self, applicant: Applicant | Mapping[str, Any]) -> Verdict:
        """Weigh one applicant; values are read as from records, each different one once."""
        given = self.cells(applicant)
        values: dict[str, Any] = {}
        failed = lacked = None
        tier, tiers, micro = 0, 0, 0
        parts, reserves = list[Part](), list[tuple[str, str]]()
        for question, answered in self._questions:
            row = tuple(self._value(name, given, values) for name in question.fields)
            answer, part = answered(row)
            kind = question.kind
            if kind == "points":
                micro += 0 if answer == MISSING else answer
                parts.append(part)
            elif kind == "tier":
                tiers += 1
                tier = tier or (tiers if answer == 1 else 0)
            elif kind.startswith("reserve of ") and answer == 1:
                reserves.append((kind.removeprefix("reserve of "), question.name))
            if answer == 0 and kind == "eligible" and failed is None:
                failed = question.name
            if answer == MISSING and lacked is None:
                lacked = question.name
        standing = "ineligible" if failed is not None else "incomplete" if lacked is not None else "eligible"
        cause, own = failed or lacked, given.get("id")
        return Verdict(own, standing, cause, tier or tiers + 1, micro, tuple(parts), tuple(reserves), values)

    def cells(self, applicant: Applicant | Mapping[str, Any]) -> dict[str, Any]:
        """The fields of one applicant that the policy reads, as a pool holds them."""
        given = registration(applicant)
        if given is None:
            sentence = f"One applicant is a mapping or an Applicant, not a {type(applicant).__name__}."
            raise InputError("not_a_registration", sentence, type=type(applicant).__name__)
        return {
            field: value if field in PERSONAL or _as_it_is(field, value) else self._cell(field, _hashable(value))
            for field, value in zip(map(self._field, given), given.values(), strict=True)
            if value is not None and field in self._read
        }

    def groups(self, given: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
        """For each block, reserve and cap whether the applicant belongs to it; of a cap on each value, the value."""
        known: dict[str, Any] = {}
        per = {cap.name: cap.per for cap in self.policy.cap if cap.per is not None}
        found: dict[tuple[str, str], Any] = {}
        for question, answered in self._questions:
            if question.kind == "cap" or question.kind == "block" or question.kind.startswith("reserve of "):
                yes = answered(tuple(self._value(name, given, known) for name in question.fields))[0] == 1
                field = per.get(question.name) if question.kind == "cap" else None
                found[question.kind, question.name] = self._value(field, given, known) if yes and field else yes
        return found

    def _value(self, name: str, given: Mapping[str, Any], known: dict[str, Any]) -> Any:
        if name not in known:
            known[name] = self._made(name, given, known)
        return known[name]

    def _made(self, name: str, given: Mapping[str, Any], known: dict[str, Any]) -> Any:
        if name in self._derived:
            table = self._derived[name]
            return first_match(table, {one: self._value(one, given, known) for one in sorted(table.fields)})
        basis = self._counting(given) if name == "country" else name
        if basis in given:
            return given[basis]
        fact = country_fact(name)
        if fact is None:
            return None
        if self.policy.on is None:
            sentence = (
                f"The policy reads {name!r}, a dated country fact, so it must say of which day: add on = 2025-08-31."
            )
            raise PolicyError("no_day", sentence, field=name)
        code = self._value(fact[0], given, known)
        return None if code is None else self._fact(code, fact[1])

    def _counting(self, given: Mapping[str, Any]) -> str:
        there = [name for name in COUNTRY_FIELDS if name in given]
        if self.policy.country is not None or "country" in there or not there:
            return self.policy.country or "country"
        if len(there) > 1:
            sentence = "Applicants have several countries, and the policy does not say which one counts."
            raise PolicyError("which_country", sentence, choices=there)
        return there[0]


def _kept(question: Question) -> Callable[[tuple[Any, ...]], tuple[int, Part]]:
    """The question's answer for a row of its fields, with what it gives; the last few thousand are kept."""

    def ask(row: tuple[Any, ...]) -> tuple[int, Part]:
        seen = dict(zip(question.fields, row, strict=True))
        answer = question.answer(seen)
        given = None if answer == MISSING or question.kind != "points" else points(answer)
        return answer, Part(question.name, given, seen)

    return lru_cache(KEPT, typed=True)(ask)


def _as_it_is(field: str, value: Any) -> bool:
    """Values that reading would not change."""
    if field == "id" and type(value) is str:
        return value.isascii() and value.isprintable() and value.strip() == value != ""
    return type(value) in (int, bool, Decimal) or (isinstance(value, datetime) and value.tzinfo is not None)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, set, frozenset)) else value


def _cell(name: str, value: Any) -> Any:
    """One value of a field as a pool of one registration would hold it."""
    if name == "id":
        return str(read_applicants([{"id": value}]).pool.ids[0])
    columns = read_applicants([{"id": "1", name: value}]).pool.columns
    return next(iter(columns.values())).at(0) if columns else None
