"""Seat numbers as an officer writes them: `300`, `"15%"` or `"1/3"`, and the exact integers they become."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, WithJsonSchema

from selection.applicants import canonical_text
from selection.errors import brief

Rounding = Literal["up", "down", "nearest"]

#: More seats than anybody gives out, few enough for every engine's whole numbers.
MOST_SEATS: Final = 10**12

_SHARE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)\s*%|([0-9]{1,12})\s*/\s*([0-9]{1,12})")


def share(text: str) -> Fraction | None:
    """The exact share a text states, or None if it states none."""
    found = _SHARE.fullmatch(text.strip())
    if not found or (found[3] and not int(found[3])):
        return None
    if found[1]:
        return Fraction(found[1]) / 100
    return Fraction(int(found[2]), int(found[3]))


def seats(value: Any) -> int | str:
    """A number of seats or a share in its one spelling; `ValueError` with a sentence for anything else."""
    if isinstance(value, (float, Decimal)) and math.isfinite(value) and 0 < value < 1:
        value = _percent(Decimal(repr(float(value))) if isinstance(value, float) else value)
    if isinstance(value, str) and (part := share(value)) is not None:
        if part > 1:
            raise ValueError(f"{value!r} is more than all seats")
        return _tidy(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f'{brief(value)} is no number of seats: write a whole number (300), a share ("15%") or "1/3"')
    if value < 0:
        raise ValueError(f"{brief(value)} seats: a number of seats is never negative")
    if value > MOST_SEATS:
        raise ValueError(f"{brief(value)} seats are more than the {MOST_SEATS:,} that can be counted with")
    return value


def _percent(part: Decimal) -> str:
    sign, digits, exponent = part.as_tuple()
    return f"{canonical_text(Decimal((sign, digits, int(exponent) + 2)))}%"


def _tidy(text: str) -> str:
    """`15.0 %` as `15%`: one spelling for one share."""
    found = _SHARE.fullmatch(text.strip())
    assert found is not None
    return f"{canonical_text(Decimal(found[1]))}%" if found[1] else f"{int(found[2])}/{int(found[3])}"


SEATS_SCHEMA: Final = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": MOST_SEATS},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "string", "pattern": r"^\s*([0-9]+(\.[0-9]+)?\s*%|[0-9]+\s*/\s*0*[1-9][0-9]*)\s*$"},
    ]
}

#: A number of seats, or a share of them.
Seats = Annotated[int | str, BeforeValidator(seats), WithJsonSchema(dict(SEATS_SCHEMA))]


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
