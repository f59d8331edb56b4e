"""What every rule of a policy file has in common; eligibility rules and tiers."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from selection.conditions import Condition, Group, check_word, fields, parse, plain
from selection.policy.mistakes import explain
from selection.vocabulary import expand


def _where(value: Any) -> Any:
    parse(value)
    return _settled(value)


def _settled(value: Any) -> Any:
    """A table of the policy's own, numbers exact: what its giver changes later does not change the policy."""
    if isinstance(value, Mapping):
        return {str(key): _settled(one) for key, one in value.items()}
    return [_settled(one) for one in value] if isinstance(value, (list, tuple)) else plain(value)


Where = Annotated[dict[str, Any], BeforeValidator(_where), WithJsonSchema({"type": "object", "format": "where"})]
Name = Annotated[str, Field(min_length=1, description="What reasons, reports and letters call it.")]
Truth = Literal["incomplete", "no", "yes"]


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

    @cached_property
    def group(self) -> Group:
        """Who fits, ready to be compared with other groups."""
        return Group.of(self.condition)

    @property
    def fields(self) -> frozenset[str]:
        return fields(self.condition)


class Eligible(Conditional):
    """A condition an applicant must meet."""

    name: Name


class Tier(Conditional):
    """A class of strict priority that comes before points; the first tier that fits counts."""

    name: Name


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
