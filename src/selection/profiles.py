"""Fields as a policy reads them, and the distinct profiles of several fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool, objects
from selection.countries import Facts, country_name, facts
from selection.errors import InputError, PolicyError, brief, did_you_mean
from selection.intake.organisations import counted
from selection.numbering import Codes, combine
from selection.policy import As, Derive, Policy, rule_fields
from selection.vocabulary import CLOSED, COUNTRY_FACTS, COUNTRY_FIELDS, PERSONAL, REMEMBERED, last_part

Profile = tuple[Any, ...]


class Fields:
    """The fields of a pool in the policy's words: the counting country, dated facts, derived tables.

    Every field the policy reads is looked for at once; `PolicyError` names all that are not there.
    """

    def __init__(self, pool: Pool, policy: Policy) -> None:
        self.pool, self.policy = pool, policy
        self._derived = {table.field: table for table in policy.derive}
        self._made: dict[str, Column] = {}
        if len(pool):
            self._check()

    def column(self, name: str) -> Column:
        """The field as a column; `PolicyError` with the nearest name if the pool has no such field."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def counted(self, name: str) -> Column:
        """The field as a cap counts it: spellings of one organisation are one value, never two."""
        if name != "organisation" or name in self._derived:
            return self.column(name)
        key = f"{name} counted"
        if key not in self._made:
            self._made[key] = counted(self.column(name), self.pool.called)
        return self._made[key]

    def basis(self, name: str) -> str:
        """The field of the pool behind a name: `country` stands for the country that counts."""
        return self._counting_country() if name == "country" else name

    def _make(self, name: str) -> Column:
        if name in self._derived:
            return self._derive(self._derived[name])
        if name == "id":
            return Column(np.arange(len(self.pool), dtype=np.int32), self.pool.ids)
        basis = self.basis(name)
        if basis in self.pool.columns:
            return self.pool.columns[basis]
        if (fact := country_fact(name)) is not None:
            return self._fact(*fact)
        if not len(self.pool):
            return Column(np.empty(0, dtype=np.int32), objects([]))
        raise self._unknown([("A rule", basis)])

    def _check(self) -> None:
        """Every field that is read is there, and no derived one takes the place of the applicants' own."""
        hidden = sorted(self._derived.keys() & self.pool.columns.keys())
        if hidden:
            sentence = (
                f"[[derive]] makes the field {hidden[0]!r}, which the applicants have already: call it otherwise."
            )
            raise PolicyError("field_twice", sentence, field=hidden[0])
        wanted = ((rule, self._source(name)) for rule, names in rule_fields(self.policy) for name in sorted(names))
        lacking = [(rule, name) for rule, name in wanted if name is not None]
        if lacking:
            raise self._unknown(lacking)
        for name in self.policy.fields & self.pool.columns.keys():
            self._check_words(name)

    def _source(self, name: str) -> str | None:
        """The field that a name needs and the applicants do not have, if there is one."""
        basis = self.basis(name)
        if name == "id" or name in self._derived or basis in self.pool.columns:
            return None
        fact = country_fact(name)
        return basis if fact is None else self._source(fact[0])

    def _unknown(self, lacking: Sequence[tuple[str, str]]) -> PolicyError:
        columns = sorted(self.pool.columns)
        countries = [name for name in COUNTRY_FIELDS if name in columns]
        facts_there = [f"{head}{fact}" for head in ("", *(f"{c}." for c in countries)) for fact in COUNTRY_FACTS]
        known = [*columns, *self._derived, *(facts_there if countries else ()), *REMEMBERED]
        sentences = dict.fromkeys(
            f"{rule} reads the field {name!r}, which the applicants do not have.{did_you_mean(name, known)}"
            for rule, name in lacking
        )
        if any(name in REMEMBERED for _, name in lacking):
            sentences["Earlier editions give it: select(..., history=[...]), or --history FOLDER."] = None
        sentence = "\n".join([*sentences, f"Their fields: {', '.join(columns) or 'none but the id'}."])
        return PolicyError(
            "unknown_field", sentence, field=lacking[0][1], fields=[n for _, n in lacking], known=columns
        )

    def _check_words(self, name: str) -> None:
        """A field with words of the library's own holds no other: `Low income` would silently be none of them."""
        words = CLOSED.get(last_part(name))
        strange = [v for v in self.pool.columns[name].python_values() if v not in words] if words else []
        if strange:
            sentence = (
                f"The field {name!r} of the applicants holds {brief(strange[0])}, which is none of "
                f"{', '.join(words or ())}.{did_you_mean(str(strange[0]), words or ())}"
            )
            raise InputError("unknown_word", sentence, field=name)

    def _counting_country(self) -> str:
        if self.policy.country is not None:
            return self.policy.country
        there = [name for name in COUNTRY_FIELDS if name in self.pool.columns]
        if "country" in there or not there:
            return "country"
        if len(there) > 1:
            choices = " or ".join(f'country = "{name}"' for name in there)
            sentence = (
                f"Applicants have several countries, and the policy does not say which one counts: add {choices}."
            )
            raise PolicyError("which_country", sentence, choices=there)
        return there[0]

    def _fact(self, basis: str, fact: str) -> Column:
        """A dated fact for each distinct country of a field."""
        if self.policy.on is None:
            sentence = (
                f"The policy reads {fact!r}, a dated country fact, so it must say of which day: "
                "add a line such as  on = 2025-08-31."
            )
            raise PolicyError("no_day", sentence, field=fact)
        countries = self.column(basis)
        values = [fact_of(self.policy, code, fact) for code in countries.python_values()]
        return _recoded(countries, values)

    def _derive(self, table: Derive) -> Column:
        names = sorted(table.fields)
        codes, rows = profiles([self.column(name) for name in names])
        values = [first_match(table, dict(zip(names, row, strict=True))) for row in rows]
        return _recoded(Column(codes, objects(values)), values)

    def why_missing(self, name: str, place: int) -> str | None:
        """Why a field counts as missing for the applicant at this place, as a sentence; None if simply left empty."""
        value = self.column(name).at(place)
        if value is not None:
            return None if name in PERSONAL else f"{brief(value)} cannot be read as what the rule compares it with"
        if name in self._derived:
            return self._why_not_derived(self._derived[name], place)
        fact = country_fact(name)
        if fact is None or self.basis(name) in self.pool.columns:
            return self.pool.open_cells.get((place, self.basis(name)))
        code = self.column(fact[0]).at(place)
        return self.why_missing(fact[0], place) if code is None else self._why_no_fact(code, fact[1])

    def _why_not_derived(self, table: Derive, place: int) -> str | None:
        empty = [name for name in sorted(table.fields) if self.column(name).at(place) is None]
        if not empty:
            return f"no row of the table that makes {table.field!r} fits"
        why = self.why_missing(empty[0], place)
        return f"{table.field!r} follows from {empty[0]!r}, which was left empty" if why is None else why

    def _why_no_fact(self, code: str, fact: str) -> str:
        assert self.policy.on is not None
        known = facts(code, self.policy.on)
        if fact != "income_group":
            return f"{country_name(code)} is {known.who_source}"
        status = known.income_status.replace("_", " ")
        listed = f"{country_name(code)} is {status} in the World Bank's list for fiscal year {known.fiscal_year}"
        rule = self.policy.unclassified if known.income_status == "unclassified" else self.policy.not_covered
        if rule == "carry_forward":
            return f"{listed}, and has no earlier group to carry forward"
        if rule == "sovereign":
            theirs = f"{country_name(known.sovereign)} has no group either" if known.sovereign else "has no sovereign"
            return f"{listed}, and {theirs}"
        return f"{listed}, and the policy does not say what that counts as"


def fact_of(policy: Policy, code: str, fact: str) -> Any:
    """A fact of a country on the policy's day."""
    assert policy.on is not None
    known = facts(code, policy.on)
    return income_group(policy, known) if fact == "income_group" else getattr(known, fact)


def income_group(policy: Policy, known: Facts) -> str | None:
    """The income group that counts for the policy, with what it says of unclassified and not covered economies."""
    rule = {"classified": None, "unclassified": policy.unclassified, "not_covered": policy.not_covered}[
        known.income_status
    ]
    if isinstance(rule, As):
        return rule.as_
    if rule == "carry_forward":
        return known.carried_group
    return known.sovereign_group if rule == "sovereign" else known.income_group


def country_fact(name: str) -> tuple[str, str] | None:
    """The country field and the fact that a name such as `income_group` or `citizenship.ldc` asks for."""
    head, _, fact = name.rpartition(".")
    return (head or "country", fact) if fact in COUNTRY_FACTS and (not head or head in COUNTRY_FIELDS) else None


def first_match(table: Derive, row: dict[str, Any]) -> Any:
    """What a decision table makes of a row: None where a field it needs is missing."""
    for line in table.rows:
        answer = line.condition.holds(row)
        if answer is None:
            return None
        if answer:
            return line.value
    return table.other


def _recoded(column: Column, values: Sequence[Any]) -> Column:
    """A column whose values are replaced one by one; equal new values share a code, None is missing."""
    places: dict[Any, int] = {}
    new = [-1 if v is None else places.setdefault((type(v), v), len(places)) for v in values]
    lookup = np.array([*new, -1], dtype=np.int32)
    return Column(lookup[column.codes], objects([v for _, v in places]))


def profiles(columns: Sequence[Column]) -> tuple[Codes, list[Profile]]:
    """The distinct combinations of values in several columns: a code for each applicant, and the combinations."""
    if len(columns) == 1:
        (column,) = columns
        return column.codes + np.int32(1), [(None,), *((v,) for v in column.python_values())]
    codes, members = combine([column.codes + 1 for column in columns], [len(c.values) + 1 for c in columns])
    values = [[None, *column.python_values()] for column in columns]
    return codes, [tuple(v[i] for v, i in zip(values, row, strict=True)) for row in members.tolist()]


def weigh(
    columns: Sequence[Column], rule: Callable[[Profile], int]
) -> tuple[Codes, list[Profile], npt.NDArray[np.int64]]:
    """Ask a rule once for each distinct profile of the columns."""
    codes, rows = profiles(columns)
    return codes, rows, np.fromiter(map(rule, rows), dtype=np.int64, count=len(rows))
