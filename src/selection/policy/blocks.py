"""A policy's seats as ordered blocks: every share a whole number, every rule in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from selection.conditions import Group, relation
from selection.errors import did_you_mean
from selection.policy.reserves import Block, Cap, Compliance, Counting, Fill, Reserve
from selection.policy.shares import whole

if TYPE_CHECKING:
    from selection.policy.policy import Policy

OPEN = "open"
CLOSING = "closing"


@dataclass(frozen=True)
class PlannedReserve:
    """A minimum of a block: so many seats for the members of a group."""

    name: str
    rule: Reserve
    seats: int


@dataclass(frozen=True)
class PlannedBlock:
    """A block with whole numbers; `rule` is who may sit there (None: everybody eligible).

    `counting_stated` is false where the policy leaves the counting out since its reserves cannot overlap, as far as
    it can be known without the pool.
    """

    name: str
    seats: int
    rule: Reserve | Block | None
    reserves: tuple[PlannedReserve, ...]
    counting: Counting
    compliance: Compliance
    fill: Fill
    unfilled: str
    counting_stated: bool = True


@dataclass(frozen=True)
class PlannedCap:
    """A cap with its whole number of seats."""

    name: str
    rule: Cap
    seats: int


@dataclass(frozen=True)
class Plan:
    """All seats of a call: ordered blocks, and the caps that hold across them."""

    capacity: int
    blocks: tuple[PlannedBlock, ...]
    caps: tuple[PlannedCap, ...]


def plan(policy: Policy) -> Plan:
    """Compile a policy's seats; `ValueError` with a sentence where they cannot add up."""
    if policy.block and policy.reserve:
        raise ValueError("with [[block]] every reserve belongs to a block: write it as [[block.reserve]] below it")
    capacity = policy.capacity if policy.capacity is not None else _capacity_of_blocks(policy)
    blocks = _stated(policy, capacity) if policy.block else _from_reserves(policy, capacity)
    _names_free(policy)
    _targets_exist(blocks)
    caps = tuple(PlannedCap(c.name, c, whole(c.seats, capacity, c.round)) for c in policy.cap)
    return Plan(capacity, blocks, caps)


def _capacity_of_blocks(policy: Policy) -> int:
    if not policy.block:
        raise ValueError("the number of seats is missing: add a line such as  capacity = 2100")
    if not all(isinstance(block.seats, int) for block in policy.block):
        raise ValueError("blocks with shares need the whole number of seats: add a line such as  capacity = 2100")
    total = sum(block.seats for block in policy.block if isinstance(block.seats, int))
    if total < 1:
        raise ValueError("the blocks have no seats at all")
    return total


def _fill(policy: Policy) -> Fill:
    if policy.fill is not None:
        return policy.fill
    return "seats_first" if policy.reserve or any(block.reserve for block in policy.block) else "priority_first"


def _from_reserves(policy: Policy, capacity: int) -> tuple[PlannedBlock, ...]:
    """Reserves by kind: `first` blocks, then the open block with its guarantees, then the over-and-above blocks."""
    seats = {r.name: whole(r.seats, capacity, r.round) for r in policy.reserve}
    moved = [r for r in policy.reserve if r.kind != "guarantee"]
    room = capacity - sum(seats[r.name] for r in moved)
    if room < 0:
        raise ValueError(
            f"the reserves that take seats of their own add up to {capacity - room:,} seats, "
            f"more than the capacity of {capacity:,}"
        )
    guarantees = tuple(PlannedReserve(r.name, r, seats[r.name]) for r in policy.reserve if r.kind == "guarantee")
    stated = _check_reserves(OPEN, guarantees, room, policy.counting)
    counting, fill = policy.counting or "each", _fill(policy)

    def own(reserve: Reserve) -> PlannedBlock:
        named = reserve.unfilled
        size = seats[reserve.name]
        return PlannedBlock(reserve.name, size, reserve, (), counting, policy.compliance, fill, named)

    first = tuple(own(r) for r in moved if r.kind == "first")
    after = tuple(own(r) for r in moved if r.kind == "over_and_above")
    opened = PlannedBlock(OPEN, room, None, guarantees, counting, policy.compliance, fill, "open", stated)
    return (*first, opened, *after)


def _stated(policy: Policy, capacity: int) -> tuple[PlannedBlock, ...]:
    rest = [block.name for block in policy.block if block.seats == "rest"]
    if len(rest) > 1:
        raise ValueError(f'only one block can have seats = "rest"; here {" and ".join(rest)} do')
    sizes = {b.name: whole(b.seats, capacity, b.round) for b in policy.block if b.seats != "rest"}
    left = capacity - sum(sizes.values())
    if left < 0 or (left and not rest):
        how = "more" if left < 0 else "fewer"
        hint = "" if left < 0 else ' (give one block seats = "rest")'
        raise ValueError(f"the blocks have {capacity - left:,} seats, {how} than the capacity of {capacity:,}{hint}")
    return tuple(_stated_block(policy, block, sizes.get(block.name, left)) for block in policy.block)


def _stated_block(policy: Policy, block: Block, seats: int) -> PlannedBlock:
    for reserve in block.reserve:
        if reserve.kind != "guarantee":
            raise ValueError(
                f"reserve {reserve.name!r} of block {block.name!r} can only be a guarantee: "
                "write a block of its own before or after for the other kinds"
            )
    reserves = tuple(PlannedReserve(r.name, r, whole(r.seats, seats, r.round)) for r in block.reserve)
    counting = block.counting or policy.counting
    stated = _check_reserves(block.name, reserves, seats, counting)
    return PlannedBlock(
        block.name,
        seats,
        block if block.where is not None else None,
        reserves,
        counting or "each",
        block.compliance or policy.compliance,
        block.fill or _fill(policy),
        block.unfilled,
        stated,
    )


def _check_reserves(block: str, reserves: Sequence[PlannedReserve], seats: int, counting: Counting | None) -> bool:
    """Refuse reserves that no pool could fill, and overlapping ones without a counting; whether one is stated."""
    for reserve in reserves:
        if reserve.seats > seats:
            raise ValueError(
                f"reserve {reserve.name!r} keeps {reserve.seats:,} seats, more than the {seats:,} in block {block!r}"
            )
    overlap = next((pair for pair in combinations(reserves, 2) if may_overlap(pair[0].rule, pair[1].rule)), None)
    if overlap and counting is None:
        one, other = (reserve.name for reserve in overlap)
        raise ValueError(two_readings(one, other))
    total = sum(reserve.seats for reserve in reserves)
    if total > seats and (counting == "once" or not overlap):
        hint = _rounding_hint(reserves, seats)
        raise ValueError(
            f"the reserves of block {block!r} keep {total:,} seats, more than the {seats:,} there are{hint}"
        )
    return counting is not None


def _rounding_hint(reserves: Sequence[PlannedReserve], seats: int) -> str:
    down = sum(whole(reserve.rule.seats, seats, "down") for reserve in reserves)
    return ' (the shares were rounded up: write round = "down")' if down <= seats else ""


def may_overlap(one: Reserve, other: Reserve) -> bool:
    """Whether somebody could belong to both groups; who left the field empty may, if that counts as yes in both."""
    return one.missing == other.missing == "yes" or lying(one.group, other.group) != "disjoint"


def two_readings(one: str, other: str) -> str:
    """The sentence that asks for `counting`."""
    return (
        f"somebody may belong to both {one!r} and {other!r}, so the policy must say how they count: "
        f'counting = "each" (such an applicant counts towards both reserves) or '
        f'counting = "once" (such an applicant fills one reserved seat, of either reserve)'
    )


def lying(one: Group, other: Group) -> str:
    """How two groups lie to each other in every pool, as far as the policy alone proves it."""
    return relation(one, other, lambda field: field != "sector")


def _names_free(policy: Policy) -> None:
    """Refuse blocks called by a word that `unfilled` or an outcome uses for another thing."""
    moved = [reserve.name for reserve in policy.reserve if reserve.kind != "guarantee"]
    limited = [block.name for block in policy.block if block.where is not None]
    taken = {"hold": "keeps seats empty", CLOSING: "is the block of seats left over", OPEN: "is open to everybody"}
    for name in (*moved, *limited, *(block.name for block in policy.block if block.name != OPEN)):
        if name in taken:
            raise ValueError(f"{name!r} {taken[name]}, so no other block can be called so")


def _targets_exist(blocks: Sequence[PlannedBlock]) -> None:
    names = [block.name for block in blocks]
    for place, block in enumerate(blocks):
        if block.unfilled not in ("open", "hold") and block.unfilled not in names[place + 1 :]:
            later = ", ".join(["open", "hold", *names[place + 1 :]])
            raise ValueError(
                f"unfilled seats of block {block.name!r} cannot go to {block.unfilled!r}: they go to one of {later}."
                f"{did_you_mean(block.unfilled, names[place + 1 :])}"
            )
