"""The rules a policy file may hold, one class for each kind of table."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    field_serializer,
    model_validator,
)

from selection.applicants import canonical_text
from selection.conditions import Condition, check_word, fields, misspelt, number, parse, plain
from selection.errors import brief, did_you_mean
from selection.policy.mistakes import explain
from selection.policy.shares import SEATS_SCHEMA, Rounding, Seats, seats
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


def _seats_or_rest(value: Any) -> int | str:
    try:
        return "rest" if value == "rest" else seats(value)
    except ValueError as error:
        hint = did_you_mean(value, ["rest"]) if isinstance(value, str) else ""
        raise ValueError(f'{error}; the remaining seats are seats = "rest".{hint}') from None


def _where(value: Any) -> Any:
    parse(value)
    return _settled(value)


def _settled(value: Any) -> Any:
    """A table of the policy's own, numbers exact: what its giver changes later does not change the policy."""
    if isinstance(value, Mapping):
        return {str(key): _settled(one) for key, one in value.items()}
    return [_settled(one) for one in value] if isinstance(value, (list, tuple)) else plain(value)


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
Where = Annotated[dict[str, Any], BeforeValidator(_where), WithJsonSchema({"type": "object", "format": "where"})]
Name = Annotated[str, Field(min_length=1, description="What reasons, reports and letters call it.")]
Truth = Literal["incomplete", "no", "yes"]
Counting = Literal["each", "once"]
Compliance = Literal["order", "total"]
Fill = Literal["seats_first", "priority_first"]
Kind = Literal["guarantee", "over_and_above", "first"]


class Rule(BaseModel):
    """What every table of a policy has in common: nothing unknown in it, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The rule with some keys changed, checked like any other; nothing worked out before is carried over."""
        said = {key: getattr(self, key) for key in self.model_fields_set}
        kept = copy.deepcopy(said) if deep else said
        try:
            return type(self).model_validate({**kept, **(update or {})})
        except ValidationError as error:
            raise explain(type(self), error) from None


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

    name: Name


class Tier(Conditional):
    """A class of strict priority that comes before points; the first tier that fits counts."""

    name: Name


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


class Reserve(Conditional):
    """Seats kept for a group: a minimum in the open block, or a block of their own before or after it."""

    name: Name
    seats: Seats = Field(description='A whole number of seats, or a share of them such as "15%" or "1/3".')
    kind: Kind = Field(
        default="guarantee",
        description="A minimum among all seats, seats over and above the open ones, or seats given out first.",
    )
    round: Rounding = Field(default="up", description="How a share becomes a whole number of seats.")
    unfilled: str = Field(
        default="open",
        description="Where unfilled seats of an over-and-above or first reserve go: open, hold or a later block.",
    )

    @model_validator(mode="after")
    def _own_seats(self) -> Reserve:
        if self.kind == "guarantee" and self.unfilled != "open":
            raise ValueError(
                '`unfilled` belongs to a reserve with seats of its own: write kind = "over_and_above" or "first"'
            )
        return self


class Cap(Rule):
    """A hard upper limit, on a group (`where`) or on each value of a field (`per`)."""

    name: Name
    per: str | None = Field(default=None, min_length=1, description="The field each of whose values is limited.")
    where: Where | None = None
    seats: Seats = Field(description="Never more than so many seats, or such a share of them.")
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

    name: Name
    seats: Annotated[
        int | str,
        BeforeValidator(_seats_or_rest),
        WithJsonSchema({"anyOf": [*SEATS_SCHEMA["anyOf"], {"const": "rest"}]}),
    ] = Field(description='A whole number of seats, a share of them, or "rest": all that the others leave.')
    where: Where | None = None
    missing: Truth = Field(default="incomplete", description="What the condition answers where a field is missing.")
    reserve: tuple[Reserve, ...] = ()
    counting: Counting | None = Field(default=None, description="As for the whole policy, for this block alone.")
    compliance: Compliance | None = Field(default=None, description="As for the whole policy, for this block alone.")
    fill: Fill | None = Field(default=None, description="As for the whole policy, for this block alone.")
    unfilled: str = Field(default="open", description="Where unfilled seats go: open, hold or a later block.")
    round: Rounding = Field(default="down", description="How a share becomes a whole number of seats.")

    @cached_property
    def condition(self) -> Condition | None:
        return parse(self.where) if self.where is not None else None

    @property
    def fields(self) -> frozenset[str]:
        return fields(self.condition) if self.condition is not None else frozenset()


class TieBreak(Rule):
    """A field that orders applicants of equal score."""

    field: str = Field(min_length=1, description="The field, or lottery.")
    first: Literal["lowest", "highest"] = Field(default="lowest", description="Which value comes first.")


class Ties(Rule):
    """How ties are broken, in order; `lottery` can only be the last."""

    order: tuple[TieBreak, ...] = Field(
        default=(TieBreak(field="lottery"),), description="Fields in order of precedence; lottery comes last."
    )

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
        for tie in self.order:
            if tie.field == "lottery" and tie.first != "lowest":
                raise ValueError("`lottery` has no `highest`: write it as a word")
            if tie.field != "lottery" and misspelt(tie.field, "lottery"):
                raise ValueError(f"{tie.field!r} in `order` is no field. Did you mean 'lottery'?")
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

    tickets: Literal["single", "per_block"] = Field(
        default="single", description="One ticket for the whole call, or a fresh one for each block."
    )
    weight: str | None = Field(default=None, description="Field whose number weighs a ticket: 2 is drawn as two would.")
    beacon: str | None = Field(default=None, description="Public beacon round announced before the draw.")


class As(Rule):
    """A group of the officer's choice, stated in the policy."""

    as_: str = Field(alias="as", description="One of LIC, LMC, UMC, HIC.")

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _known(self) -> As:
        check_word("income_group", self.as_)
        if expand("income_group", self.as_) != (self.as_,):
            raise ValueError(f"{self.as_!r} is a class of several groups: name one of them")
        return self
