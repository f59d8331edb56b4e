"""Shares become whole numbers once, exactly."""

from __future__ import annotations

import math
import re
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.policy.shares import MOST_SEATS, seats, share, whole


@pytest.mark.parametrize(
    ("stated", "of", "number"),
    [
        ("7%", 366_000, 25_620),
        (0.07, 366_000, 25_620),
        (Decimal("0.07"), 366_000, 25_620),
        ("2 %", 366_000, 7_320),
        ("7%", 55_000, 3_850),
        ("60%", 2_100, 1_260),
        ("15%", 2_100, 315),
        ("1/3", 2_100, 700),
        ("0%", 2_100, 0),
        ("100%", 2_100, 2_100),
        (300, 2_100, 300),
        (0, 2_100, 0),
    ],
)
@pytest.mark.parametrize("rounding", ["up", "down", "nearest"])
def test_what_is_whole_is_not_rounded(stated: Any, of: int, number: int, rounding: Any) -> None:
    assert whole(seats(stated), of, rounding) == number


@pytest.mark.parametrize(
    ("stated", "of", "down", "nearest", "up"),
    [
        ("1/3", 100, 33, 33, 34),
        ("2/3", 100, 66, 67, 67),
        ("50%", 5, 2, 3, 3),
        ("2.5%", 100, 2, 3, 3),
        ("1%", 1, 0, 0, 1),
    ],
)
def test_rounding_is_the_one_that_is_stated(stated: str, of: int, down: int, nearest: int, up: int) -> None:
    assert (whole(stated, of, "down"), whole(stated, of, "nearest"), whole(stated, of, "up")) == (down, nearest, up)


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 10**7))
def test_whole_numbers_lie_around_the_exact_share(part: int, of_parts: int, of: int) -> None:
    text = f"{min(part, of_parts)}/{of_parts}"
    exact = Fraction(min(part, of_parts), of_parts) * of
    down, nearest, up = (whole(text, of, r) for r in ("down", "nearest", "up"))  # type: ignore[arg-type]
    assert (down, up) == (math.floor(exact), math.ceil(exact))
    assert abs(nearest - exact) <= Fraction(1, 2)


@given(st.decimals(min_value="0.000001", max_value="0.999999", places=6))
def test_a_decimal_is_a_share_exactly_in_every_precision(part: Decimal) -> None:
    with localcontext(prec=2):
        text = seats(part)
    assert isinstance(text, str)
    assert share(text) == Fraction(part)
    assert seats(float(part)) == text


@pytest.mark.parametrize(
    ("written", "kept"),
    [("15 %", "15%"), (" 15.0% ", "15%"), ("015%", "15%"), (0.150, "15%"), (Decimal("0.50"), "50%"), ("01 / 3", "1/3")],
)
def test_one_share_has_one_spelling(written: Any, kept: str) -> None:
    assert seats(written) == kept


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("fifteen", "is no number of seats"),
        ("15", "is no number of seats"),
        ("-5%", "is no number of seats"),
        ("1/0", "is no number of seats"),
        ("15%%", "is no number of seats"),
        ("1e1%", "is no number of seats"),
        ("", "is no number of seats"),
        ("1٥%", "is no number of seats"),
        (True, "is no number of seats"),
        (None, "is no number of seats"),
        (300.0, "is no number of seats"),
        (1.0, "is no number of seats"),
        (-0.5, "is no number of seats"),
        (float("nan"), "is no number of seats"),
        (Decimal("nan"), "is no number of seats"),
        (Decimal("inf"), "is no number of seats"),
        ([1], "is no number of seats"),
        (-1, "never negative"),
        ("101%", "more than all seats"),
        ("4/3", "more than all seats"),
        (MOST_SEATS + 1, "can be counted with"),
        pytest.param(10**5000, "can be counted with", id="huge"),
        ("9" * 5000 + "%", "is no number of seats"),
    ],
)
def test_what_is_no_number_of_seats_is_answered_in_a_sentence(written: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        seats(written)
