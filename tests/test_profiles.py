"""Distinct profiles: what comes out joined back is what went in, whatever the sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.applicants import Column
from selection.numbering import combine
from selection.profiles import country_fact, profiles, weigh

cells = st.sampled_from([None, "x", "y", 1, True, ("a", "b")])


@settings(deadline=None)
@given(st.integers(0, 12).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=4)))
def test_every_applicants_profile_is_their_row(columns: list[list[Any]]) -> None:
    codes, distinct = profiles([Column.of(column) for column in columns])
    rows = list(zip(*columns, strict=True))
    assert [distinct[code] for code in codes] == rows
    assert [list(map(type, distinct[c])) for c in codes] == [list(map(type, row)) for row in rows]
    if len(columns) > 1:
        assert len(distinct) == len({tuple((type(v), v) for v in row) for row in rows})


@settings(deadline=None)
@given(st.integers(0, 30), st.data())
def test_rows_get_the_same_number_exactly_if_they_are_the_same(n: int, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.sampled_from([1, 2, 5, 10**6, 2**40]), min_size=1, max_size=5))
    codes = [
        np.array(
            data.draw(st.lists(st.sampled_from([0, (size - 1) // 2, size - 1]), min_size=n, max_size=n)), dtype=np.int64
        )
        for size in sizes
    ]
    number, rows = combine(codes, sizes)
    assert [rows[i].tolist() for i in number] == np.stack(codes, axis=1).tolist()
    assert len({tuple(row) for row in rows.tolist()}) == len(rows)
    assert sorted(set(number.tolist())) == list(range(len(rows)))


def test_a_rule_is_asked_once_for_each_distinct_profile() -> None:
    asked: list[Any] = []
    columns = [Column.of(["x", "y", "x", None] * 50), Column.of([1, 2, 1, 1] * 50)]
    codes, rows, answers = weigh(columns, lambda row: asked.append(row) or len(asked))
    assert len(asked) == len(rows) == 3
    assert answers[codes].tolist() == [answers[i] for i in codes]


def test_nothing_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="nothing to combine"):
        combine([], [])


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("income_group", ("country", "income_group")),
        ("citizenship.ldc", ("citizenship", "ldc")),
        ("country.who_region", ("country", "who_region")),
        ("mother.income_group", None),
        ("citizenship.capital", None),
        ("citizenship", None),
        ("a.citizenship.ldc", None),
    ],
)
def test_a_name_asks_for_a_country_fact_only_where_it_says_so(name: str, fact: Any) -> None:
    assert country_fact(name) == fact
