"""What gives points, and what derives a field from others."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from selection.applicants import canonical_text
from selection.conditions import Condition, check_word, fields, number, parse, plain
from selection.errors import brief, did_you_mean
from selection.policy.rules import Name, Rule, Where
from selection.vocabulary import expand

#: One point is a million micropoints: scores are whole numbers, exact to six decimal places.
MICRO = 1_000_000
MOST_POINTS = 1_000_000_000


def _points(value: Any) -> Decimal:
    try:
        points = None if isinstance(value, bool) else Decimal(repr(float(value)) if isinstance(value, float) else value)
    except (ArithmeticError, TypeError, ValueError):
        points = None
    if points is None:
        raise ValueError(f"{brief(value)} is no number of points")
    if not points.is_finite() or abs(points) > MOST_POINTS:
        raise ValueError(f"{brief(value)} points: points lie between -{MOST_POINTS:,} and {MOST_POINTS:,}")
    if points and (points.adjusted() < -6 or len(canonical_text(points).partition(".")[2]) > 6):
        raise ValueError(f"{brief(value)} has more than six decimal places")
    return points


def _points_or_incomplete(value: Any) -> Any:
    if isinstance(value, str) and value != "incomplete" and number(value) is None:
        raise ValueError(
            f'{value!r} is neither a number of points nor "incomplete".{did_you_mean(value, ["incomplete"])}'
        )
    return value if value == "incomplete" else _points(value)


def _value(value: Any) -> Any:
    """What a decision table may give a field: a word, a number or a truth value."""
    value = plain(value)
    if isinstance(value, (str, bool)) or (isinstance(value, (int, Decimal)) and number(value) is not None):
        return value
    raise ValueError(f"{brief(value)} is no value for a field: write a word, a number or true/false")


Points = Annotated[Decimal, BeforeValidator(_points), WithJsonSchema({"type": "number"})]
Bound = Annotated[
    Any, BeforeValidator(plain), WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "format": "date"}]})
]
Value = Annotated[
    str | int | Decimal | bool,
    BeforeValidator(_value),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]


class Band(Rule):
    """Points for a range of a number, a day or a time, both ends included; the first band that fits counts."""

    min: Bound = Field(default=None, description="From here on.")
    max: Bound = Field(default=None, description="Up to here.")
    points: Points


class Criterion(Rule):
    """A rule that gives points: by value, by unit, by band or by condition."""

    name: Name
    field: str | None = Field(default=None, min_length=1, description="The field the points depend on.")
    values: dict[str, Points] | None = Field(default=None, description="Points for each value of the field.")
    other: Points | None = Field(default=None, description="Points for a value that is not listed (default 0).")
    per: Points | None = Field(default=None, description="Points for each unit of the field.")
    min: Points | None = Field(default=None, description="At least so many points (with `per`).")
    max: Points | None = Field(default=None, description="At most so many points (with `per`).")
    bands: tuple[Band, ...] | None = Field(default=None, description="Points for ranges; the first that fits counts.")
    where: Where | None = None
    points: Points | None = Field(default=None, description="Points where the condition holds.")
    take: Literal["highest", "sum"] = Field(
        default="highest", description="With several values in the field: the highest, or the sum."
    )
    missing: Annotated[Decimal | Literal["incomplete"], BeforeValidator(_points_or_incomplete)] = Field(
        default="incomplete",
        description="Points where the field is missing; by default the applicant is incomplete.",
        json_schema_extra={"anyOf": [{"type": "number"}, {"const": "incomplete"}]},
    )

    @model_validator(mode="after")
    def _one_way(self) -> Criterion:
        ways = [way for way in ("values", "per", "bands", "where") if getattr(self, way) is not None]
        if len(ways) != 1:
            said = " and ".join(f"`{way}`" for way in ways) or "none"
            raise ValueError(f"a criterion gives points by one of `values`, `per`, `bands` or `where`; this has {said}")
        (way,) = ways
        if way == "where" and (self.points is None or self.field is not None):
            raise ValueError("points by condition need `where` and `points`, and no `field`")
        if way != "where" and (self.field is None or self.points is not None):
            raise ValueError(f"points by `{way}` need a `field`, and no `points` of their own")
        if self.other is not None and way not in ("values", "bands"):
            raise ValueError("`other` belongs to points by `values` or `bands`")
        if (self.min is not None or self.max is not None) and way != "per":
            raise ValueError("`min` and `max` belong to points by unit (`per`)")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is above `max`")
        return self

    @model_validator(mode="after")
    def _known_words(self) -> Criterion:
        if self.values == {} or self.bands == ():
            raise ValueError("this criterion lists nothing, so it could never give a point")
        for word in self.values or ():
            check_word(str(self.field), word)
        for band in self.bands or ():
            parse({str(self.field): {k: v for k, v in (("min", band.min), ("max", band.max)) if v is not None}})
        return self

    @cached_property
    def condition(self) -> Condition | None:
        return parse(self.where) if self.where is not None else None

    @cached_property
    def table(self) -> Mapping[str, Decimal]:
        """Points by value, class words (`ministry`) spelt out; a word of its own wins over its class."""
        spelt: dict[str, Decimal] = {}
        for word, points in (self.values or {}).items():
            for one in expand(str(self.field), word):
                spelt.setdefault(one, points)
        return spelt | {w: p for w, p in (self.values or {}).items() if expand(str(self.field), w) == (w,)}

    @property
    def fields(self) -> frozenset[str]:
        return fields(self.condition) if self.condition is not None else frozenset({str(self.field)})


class DeriveRow(Rule):
    """One line of a decision table: where the condition holds, the field gets this value."""

    where: Where
    value: Value = Field(description="What the field holds where the condition is met.")

    @cached_property
    def condition(self) -> Condition:
        return parse(self.where)


class Derive(Rule):
    """A decision table: the first row that matches gives a new field its value."""

    field: str = Field(min_length=1, description="The new field.")
    rows: tuple[DeriveRow, ...] = Field(min_length=1, description="Tried in order.")
    other: Value | None = Field(default=None, description="Value where no row matches.")

    @property
    def fields(self) -> frozenset[str]:
        return frozenset().union(*(fields(row.condition) for row in self.rows))
