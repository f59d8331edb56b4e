"""Fields as a policy reads them, and the distinct profiles of several fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool, objects
from selection.countries import Facts, country_name, facts
from selection.errors import PolicyError, did_you_mean
from selection.policy import As, Derive, Policy
from selection.vocabulary import COUNTRY_FACTS, COUNTRY_FIELDS

Codes = npt.NDArray[np.int32]
Profile = tuple[Any, ...]


class Fields:
    """The fields of a pool in the policy's words: the counting country, dated facts, derived tables."""

    def __init__(self, pool: Pool, policy: Policy) -> None:
        self.pool, self.policy = pool, policy
        self._derived = {table.field: table for table in policy.derive}
        self._made: dict[str, Column] = {}

    def column(self, name: str) -> Column:
        """The field as a column; `PolicyError` with the nearest name if the pool has no such field."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

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
        head, _, fact = name.rpartition(".")
        if fact in COUNTRY_FACTS and (not head or head in COUNTRY_FIELDS):
            return self._fact(head or "country", fact)
        if not len(self.pool):
            return Column(np.empty(0, dtype=np.int32), objects([]))
        raise self._unknown(basis)

    def _unknown(self, name: str) -> PolicyError:
        known = sorted(self.pool.columns)
        sentence = (
            f"The policy reads the field {name!r}, which the applicants do not have.{did_you_mean(name, known)} "
            f"Their fields: {', '.join(known) or 'none but the id'}."
        )
        return PolicyError("unknown_field", sentence, field=name, known=known)

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
        values = [self._fact_of(code, fact) for code in countries.python_values()]
        return _recoded(countries, values)

    def _fact_of(self, code: str, fact: str) -> Any:
        assert self.policy.on is not None
        known = facts(code, self.policy.on)
        return self.income_group(known) if fact == "income_group" else getattr(known, fact)

    def income_group(self, known: Facts) -> str | None:
        """The income group that counts for the policy, with what it says of unclassified and not covered economies."""
        rule = {"classified": None, "unclassified": self.policy.unclassified, "not_covered": self.policy.not_covered}[
            known.income_status
        ]
        if isinstance(rule, As):
            return rule.as_
        if rule == "carry_forward":
            return known.carried_group
        return known.sovereign_group if rule == "sovereign" else known.income_group

    def _derive(self, table: Derive) -> Column:
        names = sorted(table.fields)
        codes, rows = profiles([self.column(name) for name in names])
        values = [_first_match(table, dict(zip(names, row, strict=True))) for row in rows]
        return _recoded(Column(codes, objects(values)), values)

    def why_missing(self, name: str, place: int) -> str | None:
        """Why a field counts as missing for the applicant at this place, as a sentence; None if simply left empty."""
        head, _, fact = name.rpartition(".")
        if name not in self.pool.columns and fact in COUNTRY_FACTS:
            code = self.column(head or "country").at(place)
            if code is None:
                return self.why_missing(head or "country", place)
            assert self.policy.on is not None
            known = facts(code, self.policy.on)
            return (
                f"{country_name(code)} is {known.income_status.replace('_', ' ')} in the World Bank's list for "
                f"fiscal year {known.fiscal_year}, and the policy does not say what that counts as"
            )
        return self.pool.open_cells.get((place, self.basis(name)))


def _first_match(table: Derive, row: dict[str, Any]) -> Any:
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


def combine(codes: Sequence[npt.NDArray[np.integer[Any]]], sizes: Sequence[int]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Number the distinct rows of several code arrays (0 <= code < size): a number per row, and the distinct rows."""
    if not codes:
        raise ValueError("nothing to combine")
    number = codes[0].astype(np.int64)
    size = int(sizes[0])
    for code, more in zip(codes[1:], sizes[1:], strict=True):
        if size * more >= 2**62:
            kept, number = np.unique(number, return_inverse=True)
            size = len(kept)
        number = number * more + code
        size *= int(more)
    _, first, dense = _distinct(number, size)
    return dense, np.stack([code[first].astype(np.int64) for code in codes], axis=1)


def _distinct(number: npt.NDArray[np.int64], size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Codes]:
    """Distinct numbers in ascending order, where each first stands, and each row's place among them."""
    if size > 4 * len(number) + 1024:
        kept, first, dense = np.unique(number, return_index=True, return_inverse=True)
        return kept, first, dense.astype(np.int32)
    first_of = np.full(size, -1, dtype=np.int64)
    first_of[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    kept = np.flatnonzero(first_of >= 0)
    lookup = np.empty(size, dtype=np.int32)
    lookup[kept] = np.arange(len(kept), dtype=np.int32)
    return kept, first_of[kept], lookup[number]


def weigh(
    columns: Sequence[Column], rule: Callable[[Profile], int]
) -> tuple[Codes, list[Profile], npt.NDArray[np.int64]]:
    """Ask a rule once for each distinct profile of the columns."""
    codes, rows = profiles(columns)
    return codes, rows, np.fromiter(map(rule, rows), dtype=np.int64, count=len(rows))
