"""How applicants of equal score are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import (
    Field,
    field_serializer,
    model_validator,
)

from selection.conditions import misspelt
from selection.policy.rules import Rule


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
