"""How far each reserve and each cap was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from selection.charts.labels import Labels, labels

if TYPE_CHECKING:
    from selection.outcome import Outcome

_FULLEST: Final = 8


@dataclass(frozen=True)
class UsedReserve:
    """A reserve: the seats it kept (`seats`), filled, held by members at all, and held because of it.

    None is a number withheld because it is small.
    """

    reserve: str
    block: str
    stated: str
    seats: int
    filled: int | None
    members: int
    holding: int | None
    because_of: int | None

    @property
    def short(self) -> int | None:
        """Seats nobody of the group could be found for; None where how many are filled is withheld."""
        return None if self.filled is None else self.seats - self.filled


@dataclass(frozen=True)
class UsedKey:
    """One group under a cap, and how many of it were selected."""

    label: str
    used: int | None


@dataclass(frozen=True)
class UsedCap:
    """A cap: its limit for each group, the fullest groups, and how many groups are at the limit."""

    cap: str
    per: str | None
    stated: str
    seats: int
    fullest: tuple[UsedKey, ...]
    full: int


def used_reserves(outcome: Outcome) -> tuple[UsedReserve, ...]:
    """Every reserve in the order of the policy, seats of blocks of their own included."""
    found = []
    for block in outcome.certificate["blocks"]:
        for row in block["reserves"]:
            names = ("reserve", "seats", "filled", "because_of")
            found.append(
                UsedReserve(
                    **{name: row[name] for name in names}, block=str(block["block"]), stated=str(row["stated"]),
                    members=row["eligible_members"], holding=row["selected_members"],
                )
            )  # fmt: skip
    return (*found, *_own(outcome))


def _own(outcome: Outcome) -> list[UsedReserve]:
    """Reserves whose seats are a block of their own."""
    found = []
    codes, table = outcome.choice.signatures.code, outcome.choice.signatures
    for number, seated in enumerate(outcome.choice.blocks):
        rule = seated.block.rule
        if getattr(rule, "kind", "guarantee") == "guarantee" or seated.place >= table.member.shape[1]:
            continue
        member = table.member[codes, seated.place]
        sitting = int((outcome.choice.block_of == number).sum())
        because = int(outcome.because_of[seated.block.name].sum()) if seated.block.name in outcome.because_of else 0
        holding = int((member & outcome.choice.selected).sum())
        stated = str(getattr(rule, "seats", ""))
        found.append(
            UsedReserve(seated.block.name, seated.block.name, stated, seated.block.seats, sitting,
                        int(member.sum()), holding, because)
        )  # fmt: skip
    return found


def used_caps(outcome: Outcome, said: Labels | None = None) -> tuple[UsedCap, ...]:
    """Every cap in the order of the policy."""
    said = said or labels()
    table = outcome.choice.signatures
    used = table.used(table.code[outcome.choice.selected])
    ends = [*table.offsets, len(used)][1:]
    found = []
    for cap, start, end in zip(outcome.choice.plan.caps, table.offsets, ends, strict=True):
        order = start + np.argsort(-used[start:end], kind="stable")[:_FULLEST]
        keys = [table.key(int(number)) for number in order if used[number] or end - start == 1]
        fullest = tuple(
            UsedKey(cap.name if key.value is None else said.word(str(cap.rule.per), key.value), int(used[number]))
            for number, key in zip(order, keys, strict=False)
        )
        full = int((used[start:end] >= cap.seats).sum())
        found.append(UsedCap(cap.name, cap.rule.per, str(cap.rule.seats), cap.seats, fullest, full))
    return tuple(found)
