"""The rules a policy file may hold, one class for each kind of table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_serializer, model_validator

from selection.conditions import Condition, check_word, fields, parse
from selection.policy.shares import Rounding, Seats
from selection.vocabulary import expand

#: One point is a million micropoints: scores are whole numbers, exact to six decimal places.
MICRO = 1_000_000


def _points(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise ValueError(f"{value!r} is no number of points")
    try:
        points = Decimal(repr(value) if isinstance(value, float) else value)
    except ArithmeticError:
        raise ValueError(f"{value!r} is no number of points") from None
    if not points.is_finite() or abs(points) > 1_000_000_000:
        raise ValueError(f"{value!r} points: points lie between -1,000,000,000 and 1,000,000,000")
    if points * MICRO != int(points * MICRO):
        raise ValueError(f"{value!r} has more than six decimal places")
    return points


def _where(value: Any) -> Any:
    parse(value)
    return value


Points = Annotated[Decimal, BeforeValidator(_points), WithJsonSchema({"type": "number"})]
Where = Annotated[
    dict[str, Any],
    BeforeValidator(_where),
    WithJsonSchema(
        {
            "type": "object",
            "description": "field = value, [values], { min, max } or { missing = true }; combined by any, all and not.",
        }
    ),
]
Truth = Literal["incomplete", "no", "yes"]
Counting = Literal["each", "once"]
Compliance = Literal["order", "total"]
Fill = Literal["seats_first", "priority_first"]
Kind = Literal["guarantee", "over_and_above", "first"]


class Rule(BaseModel):
    """What every table of a policy has in common: nothing unknown in it, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Conditional(Rule):
    """A rule with a condition; `missing` says what counts when a field it needs was left empty."""

    where: Where
    missing: Truth = Field(default="incomplete", description="What the condition answers where a field is missing.")

    @cached_property
    def condition(self) -> Condition:
        return parse(self.where)

    @property
    def fields(self) -> frozenset[str]:
        return fields(self.condition)


class Eligible(Conditional):
    """A condition an applicant must meet."""

    name: str = Field(min_length=1)


class Tier(Conditional):
    """A class of strict priority that comes before points; the first tier that fits counts."""

    name: str = Field(min_length=1)


class Band(Rule):
    """Points for a range of a number, a day or a time, both ends included; the first band that fits counts."""

    min: Any = None
    max: Any = None
    points: Points


class Criterion(Rule):
    """A rule that gives points: by value, by unit, by band or by condition."""

    name: str = Field(min_length=1)
    field: str | None = None
    values: dict[str, Points] | None = Field(default=None, description="Points for each value of the field.")
    other: Points | None = Field(default=None, description="Points for a value that is not listed (default 0).")
    per: Points | None = Field(default=None, description="Points for each unit of the field.")
    min: Points | None = Field(default=None, description="At least so many points (with `per`).")
    max: Points | None = Field(default=None, description="At most so many points (with `per`).")
    bands: tuple[Band, ...] | None = None
    where: Where | None = None
    points: Points | None = Field(default=None, description="Points where the condition holds.")
    take: Literal["highest", "sum"] = Field(
        default="highest", description="With several values in the field: the highest, or the sum."
    )
    missing: Points | Literal["incomplete"] = Field(
        default="incomplete", description="Points where the field is missing; by default the applicant is incomplete."
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
    value: str | int | Decimal | bool

    @cached_property
    def condition(self) -> Condition:
        return parse(self.where)


class Derive(Rule):
    """A decision table: the first row that matches gives a new field its value."""

    field: str = Field(min_length=1)
    rows: tuple[DeriveRow, ...] = Field(min_length=1)
    other: str | int | Decimal | bool | None = Field(default=None, description="Value where no row matches.")

    @property
    def fields(self) -> frozenset[str]:
        return frozenset().union(*(fields(row.condition) for row in self.rows))


class Reserve(Conditional):
    """Seats kept for a group: a minimum in the open block, or a block of their own before or after it."""

    name: str = Field(min_length=1)
    seats: Seats
    kind: Kind = "guarantee"
    round: Rounding = Field(default="up", description="How a share becomes a whole number of seats.")
    unfilled: str = Field(
        default="open",
        description="Where unfilled seats of an over-and-above or first reserve go: open, hold or a later block.",
    )


class Cap(Rule):
    """A hard upper limit, on a group (`where`) or on each value of a field (`per`)."""

    name: str = Field(min_length=1)
    per: str | None = None
    where: Where | None = None
    seats: Seats
    round: Rounding = Field(default="down", description="How a share becomes a whole number of seats.")
    missing: Truth = Field(default="incomplete", description="Whether an empty field counts under the cap.")

    @model_validator(mode="after")
    def _one_way(self) -> Cap:
        if (self.per is None) == (self.where is None):
            raise ValueError("a cap limits either each value of a field (`per`) or a group (`where`)")
        if self.per is not None and self.missing == "yes":
            raise ValueError('`missing = "yes"` belongs to a cap on a group; with `per` write "no" or "incomplete"')
        return self

    @cached_property
    def condition(self) -> Condition | None:
        return parse(self.where) if self.where is not None else None

    @property
    def fields(self) -> frozenset[str]:
        return fields(self.condition) if self.condition is not None else frozenset({str(self.per)})


class Block(Rule):
    """An ordered part of the seats with its own membership condition and its own reserves."""

    name: str = Field(min_length=1)
    seats: Seats | Literal["rest"]
    where: Where | None = None
    missing: Truth = "incomplete"
    reserve: tuple[Reserve, ...] = ()
    counting: Counting | None = None
    compliance: Compliance | None = None
    fill: Fill | None = None
    unfilled: str = Field(default="open", description="Where unfilled seats go: open, hold or a later block.")
    round: Rounding = "down"

    @cached_property
    def condition(self) -> Condition | None:
        return parse(self.where) if self.where is not None else None

    @property
    def fields(self) -> frozenset[str]:
        return fields(self.condition) if self.condition is not None else frozenset()


class TieBreak(Rule):
    """A field that orders applicants of equal score."""

    field: str
    first: Literal["lowest", "highest"] = "lowest"


class Ties(Rule):
    """How ties are broken, in order; `lottery` can only be the last."""

    order: tuple[TieBreak, ...] = (TieBreak(field="lottery"),)

    @model_validator(mode="before")
    @classmethod
    def _words(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("order"), (list, tuple)):
            return {**data, "order": tuple({"field": x} if isinstance(x, str) else x for x in data["order"])}
        return data

    @model_validator(mode="after")
    def _lottery_last(self) -> Ties:
        if any(tie.field == "lottery" for tie in self.order[:-1]):
            raise ValueError("`lottery` decides every tie, so nothing can come after it in `order`")
        return self

    @field_serializer("order")
    def _short(self, order: tuple[TieBreak, ...]) -> list[Any]:
        return [tie.field if tie.first == "lowest" else {"field": tie.field, "first": tie.first} for tie in order]

    @property
    def lottery(self) -> bool:
        return bool(self.order) and self.order[-1].field == "lottery"

    @property
    def declared(self) -> tuple[TieBreak, ...]:
        """The tie-breaks before the lottery."""
        return tuple(tie for tie in self.order if tie.field != "lottery")


class Lottery(Rule):
    """How tickets are drawn: one for the whole call, or a fresh one for each block."""

    tickets: Literal["single", "per_block"] = "single"
    beacon: str | None = Field(default=None, description="Public beacon round announced before the draw.")


class As(Rule):
    """A group of the officer's choice, stated in the policy."""

    as_: str = Field(alias="as")

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _known(self) -> As:
        check_word("income_group", self.as_)
        if expand("income_group", self.as_) != (self.as_,):
            raise ValueError(f"{self.as_!r} is a class of several groups: name one of them")
        return self
