"""What gives out seats: reserves, caps and blocks."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from selection.conditions import Condition, Group, fields, parse
from selection.errors import did_you_mean
from selection.policy.rules import Conditional, Name, Rule, Truth, Where
from selection.policy.shares import SEATS_SCHEMA, Rounding, Seats, seats


def _seats_or_rest(value: Any) -> int | str:
    try:
        return "rest" if value == "rest" else seats(value)
    except ValueError as error:
        hint = did_you_mean(value, ["rest"]) if isinstance(value, str) else ""
        raise ValueError(f'{error}; the remaining seats are seats = "rest".{hint}') from None


Counting = Literal["each", "once"]
Compliance = Literal["order", "total"]
Fill = Literal["seats_first", "priority_first"]
Kind = Literal["guarantee", "over_and_above", "first"]


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

    @cached_property
    def group(self) -> Group:
        """Whom a cap with a condition counts, ready to be compared with other groups."""
        assert self.condition is not None, "a cap on each value of a field has no one group"
        return Group.of(self.condition)

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
