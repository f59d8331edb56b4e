"""Seat numbers as an officer writes them: `300`, `"15%"` or `"1/3"`, and the exact integers they become."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

Rounding = Literal["up", "down", "nearest"]

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%|(\d+)\s*/\s*([1-9]\d*)")


def share(text: str) -> Fraction | None:
    """The exact share a text states, or None if it states none."""
    found = _SHARE.fullmatch(text.strip())
    if not found:
        return None
    if found[1]:
        return Fraction(found[1]) / 100
    return Fraction(int(found[2]), int(found[3]))


def _seats(value: Any) -> int | str:
    if isinstance(value, (float, Decimal)) and 0 < value < 1:
        value = f"{Decimal(repr(value) if isinstance(value, float) else value) * 100:f}%"
    if isinstance(value, str):
        part = share(value)
        if part is None:
            raise ValueError(f'{value!r} is no number of seats: write a whole number (300), a share ("15%") or "1/3"')
        if part > 1:
            raise ValueError(f"{value!r} is more than all seats")
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f'{value!r} is no number of seats: write a whole number (300), a share ("15%") or "1/3"')
    if value < 0:
        raise ValueError(f"{value} seats: a number of seats is never negative")
    return value


#: A number of seats, or a share of them.
Seats = Annotated[
    int | str,
    BeforeValidator(_seats),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^\s*(\d+(\.\d+)?\s*%|\d+\s*/\s*[1-9]\d*)\s*$"},
            ],
            "description": 'A whole number of seats, or a share of them such as "15%" or "1/3".',
        }
    ),
]


def whole(seats: int | str, of: int, rounding: Rounding) -> int:
    """The whole number of seats a number or share stands for, by exact rational arithmetic."""
    if isinstance(seats, int):
        return seats
    part = share(seats)
    assert part is not None, "checked when the policy was read"
    exact = part * of
    if rounding == "up":
        return math.ceil(exact)
    return math.floor(exact) if rounding == "down" else math.floor(exact + Fraction(1, 2))
