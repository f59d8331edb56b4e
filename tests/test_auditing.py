"""FA*IR tables against the published ones, enumeration, and the binomial distribution of another library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import comb
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.auditing import Shortfall, adjusted_table, check_prefixes, fail_probability, minimum_table
from selection.errors import SelectionError

CASES = Path(__file__).parent / "cases"


def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASES / f"{case}.json").read_text(encoding="utf-8"))["expected"]
    return found


@pytest.mark.parametrize(("p", "table"), expected("fair_mtable_alpha_0_1").items())
def test_the_table_of_the_paper(p: str, table: list[int]) -> None:
    assert minimum_table(12, p, "0.1") == tuple(table)


@pytest.mark.parametrize(("parameters", "table"), expected("fair_mtable_unadjusted").items())
def test_unadjusted_tables_of_the_reference_library(parameters: str, table: list[int]) -> None:
    k, p, alpha = parameters.split(",")
    assert minimum_table(int(k), p, alpha) == tuple(table)


def test_the_fail_probability_counts_the_last_place() -> None:
    """The reference library prints the value without it; here is the exact one."""
    case = expected("fair_failprob_reference_bug")
    table = minimum_table(20, "0.25", "0.1")
    assert fail_probability(table, "0.25") == Fraction(80_752_085_973, 549_755_813_888)
    assert float(fail_probability(table, "0.25")) == pytest.approx(case["exact_value"], abs=1e-15)
    assert float(fail_probability(table[:-1], "0.25")) == pytest.approx(case["library_value"], abs=1e-15)


def test_the_adjusted_table_is_the_nearest() -> None:
    case = expected("fair_failprob_reference_bug")["second_instance"]
    library = minimum_table(30, "0.3", str(case["library_alpha_c"]))
    exact = float(fail_probability(library, "0.3"))
    assert exact == pytest.approx(case["exact_fail_probability_at_that_alpha_c"], abs=1e-14)
    seen = float(fail_probability(library[:-1], "0.3"))
    assert seen == pytest.approx(case["library_view_last_step_dropped"], abs=1e-14)
    nearest = case["exact_nearest"]
    adjusted = adjusted_table(30, "0.3", "0.15")
    assert adjusted.table == tuple(nearest["table"])
    assert float(adjusted.fail) == pytest.approx(nearest["fail"], abs=1e-14)
    assert adjusted.above < Fraction(nearest["alpha_c"]) <= adjusted.upto
    assert float(adjusted.above) == pytest.approx(nearest["alpha_c"], abs=1e-12)


def shares() -> st.SearchStrategy[Fraction]:
    return st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(k=st.integers(0, 60), p=shares(), alpha=shares())
def test_tables_are_the_inverse_binomial_distribution(k: int, p: Fraction, alpha: Fraction) -> None:
    def at_most(m: int, n: int) -> Fraction:
        return sum((comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(m + 1)), Fraction(0))

    table = minimum_table(k, p, alpha)
    assert len(table) == k
    for n, least in enumerate(table, start=1):
        assert at_most(least, n) >= alpha
        assert least == 0 or at_most(least - 1, n) < alpha


@settings(max_examples=60, deadline=None, derandomize=True)
@given(table=st.lists(st.integers(0, 5), max_size=9), p=shares())
def test_fail_probabilities_are_those_of_all_lists(table: list[int], p: Fraction) -> None:
    total = Fraction(0)
    for members in product([True, False], repeat=len(table)):
        if check_prefixes(members, table):
            total += p ** sum(members) * (1 - p) ** (len(table) - sum(members))
    assert fail_probability(table, p) == total


@settings(max_examples=25, deadline=None, derandomize=True)
@given(k=st.integers(1, 14), p=shares(), alpha=shares())
def test_no_other_table_comes_nearer(k: int, p: Fraction, alpha: Fraction) -> None:
    found = adjusted_table(k, p, alpha)
    assert found.upto == 1 or found.table == minimum_table(k, p, found.upto)
    assert found.fail == fail_probability(found.table, p)
    steps = {Fraction(i, 400) * alpha for i in range(1, 401)}
    tables = {minimum_table(k, p, one) for one in steps}
    nearest = min(abs(fail_probability(table, p) - alpha) for table in tables)
    assert abs(found.fail - alpha) <= nearest


@pytest.mark.parametrize("p", ["0.3", "1/2"])
def test_a_thousand_places_take_seconds(p: str) -> None:
    found = adjusted_table(1000, p, "0.1")
    assert len(found.table) == 1000
    assert abs(found.fail - Fraction(1, 10)) < Fraction(1, 1000)


def test_offending_beginnings_are_listed() -> None:
    ranked: Sequence[bool] = [False, False, False, True, False, True]
    assert check_prefixes(ranked, [0, 1, 1, 1, 2, 2]) == (Shortfall(2, 0, 1), Shortfall(3, 0, 1), Shortfall(5, 1, 2))
    assert check_prefixes(ranked, minimum_table(6, "0.4", "0.1")) == ()
    assert check_prefixes([False] * 6, minimum_table(6, "0.4", "0.1")) == (Shortfall(5, 0, 1), Shortfall(6, 0, 1))


@pytest.mark.parametrize("bad", [0.1, "0", "1", "x", "nan", "1/0", "-1/2"])
def test_probabilities_are_exact_and_between_0_and_1(bad: Any) -> None:
    with pytest.raises(SelectionError):
        minimum_table(10, bad, "0.1")
    with pytest.raises(SelectionError):
        minimum_table(10, "0.3", bad)
