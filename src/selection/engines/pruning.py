"""Which cells of a table can hold somebody who gets a seat; docs/explanation/scale.md has the proof.

A cell is all applicants of one signature at one place of the order (a level, or a bucket of one). In a block, an
applicant *a* is out for certain if the better ones who could sit in their stead are too many:

1. take one family of nested caps, and all seats; sets that keep them are a laminar matroid. Better members of the block
   who count for at least the reserves of *a*, and are under no other cap that can bind, are taken one by one where the
   nested caps allow; once they fill a cap *a* is under, or all seats, *a* is out;
2. so is *a* if min(seats, caps) better ones have exactly the same caps and count for at least the same reserves.

Better is strictly better: those who are level are all kept, so that no ticket is needed to decide what is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from selection.choice import BlockProblem, Signatures
from selection.choice.trees import Tree, tree_of
from selection.numbering import combine
from selection.policy import Plan

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: With more different sets of reserves than this in a block, only the second rule is used.
MOST_MASKS = 64


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells in the order: the signature, the place in the order (equal for cells that are level), how many they are."""

    lot: Ints
    place: Ints
    number: Ints


def kept(cells: Cells, table: Signatures, plan: Plan, waiting: int = 0, roomy: Bools | None = None) -> Bools:
    """For each cell whether it may hold somebody with a seat, or with a place on a waiting list of that length,
    under the plan or under one of those by which the causes of refusals are proved.

    Signatures that are `roomy` would all sit if there were seats for everybody: under that plan none is kept for it.
    """
    order = np.argsort(cells.place, kind="stable")
    sorted_cells = Cells(cells.lot[order], cells.place[order], cells.number[order])
    keep, size = _kept(sorted_cells, table.under(plan), plan, waiting), int(cells.number.sum())
    for other in _without_a_cap(plan, size):
        keep |= _kept(sorted_cells, table.under(other), other, 0)
    if plan.caps:
        other = replace(plan, blocks=tuple(replace(block, seats=block.seats + size) for block in plan.blocks))
        some = _kept(sorted_cells, table.under(other), other, 0)
        keep |= some if roomy is None else some & ~roomy[sorted_cells.lot]
    found = np.empty(len(order), dtype=bool)
    found[order] = keep
    return found


def with_room(numbers: Ints, table: Signatures, plan: Plan, pinned: int = 0) -> Bools:
    """For each signature whether all its applicants, `numbers` of them, would sit if there were seats for everybody.

    Said only where one block is open to everybody, of those under no cap that can be full even if all sit, and so many
    pinned ones beside them.
    """
    if len(plan.blocks) != 1 or plan.blocks[0].rule is not None or not plan.caps:
        return np.zeros(len(numbers), dtype=bool)
    return np.asarray((_binding(numbers, table, pinned) < 0).all(axis=1))


def _without_a_cap(plan: Plan, size: int) -> Iterator[Plan]:
    """The plans without each of the caps."""
    for cap in plan.caps:
        yield replace(plan, caps=tuple(replace(c, seats=c.seats + size) if c is cap else c for c in plan.caps))


def _kept(cells: Cells, table: Signatures, plan: Plan, waiting: int) -> Bools:
    seats = max(plan.capacity, sum(block.seats for block in plan.blocks))
    keep = np.zeros(len(cells.lot), dtype=bool)
    if waiting and len(keep):
        reach = np.searchsorted(np.cumsum(cells.number), seats + waiting)
        keep |= cells.place <= cells.place[min(int(reach), len(keep) - 1)]
    supply = np.bincount(cells.lot, weights=cells.number, minlength=len(table.keys)).astype(np.int64)
    keys = _binding(supply, table)
    tree, free = _laminar(keys, table.limits, seats)
    for place, block in enumerate(plan.blocks):
        needed = sum(1 << g for g, reserve in enumerate(block.reserves) if reserve.seats)
        keep |= _of_block(cells, table, keys, tree, free, table.masks[:, place] & needed, table.member[:, place], seats)
    if any(block.rule is not None for block in plan.blocks):
        everybody = np.ones(len(table.keys), dtype=bool)
        keep |= _of_block(cells, table, keys, tree, free, np.zeros(len(table.keys), dtype=np.int64), everybody, seats)
    return keep


def _binding(supply: Ints, table: Signatures, others: int = 0) -> Ints:
    """The cap keys of each signature without those that have room for all, and so many others."""
    keys = table.keys.copy()
    used = keys >= 0
    total = np.zeros(len(table.limits), dtype=np.int64)
    np.add.at(total, keys[used], supply[np.nonzero(used)[0]])
    keys[used] = np.where((total + others <= table.limits)[keys[used]], -1, keys[used])
    return keys


def _laminar(keys: Ints, limits: Ints, seats: int) -> tuple[Tree, Bools]:
    """Columns of keys that are nested, as a tree with the number of seats at its root, and who is under no other."""
    chosen: list[int] = []
    tree = _tree(keys[:, chosen], limits, seats)
    assert tree is not None, "no group at all is nested"
    alone = [c for c in range(keys.shape[1]) if not _shared(keys, c)]
    for column in sorted(alone, key=lambda c: -int((keys[:, c] >= 0).sum())):
        more = _tree(keys[:, [*chosen, column]], limits, seats)
        if more is not None:
            chosen, tree = [*chosen, column], more
    others = [c for c in range(keys.shape[1]) if c not in chosen]
    return tree, np.asarray((keys[:, others] < 0).all(axis=1))


def _shared(keys: Ints, column: int) -> bool:
    """Whether keys of this column stand in another one too (a field with several values)."""
    mine = np.unique(keys[:, column][keys[:, column] >= 0])
    return any(np.isin(mine, keys[:, c]).any() for c in range(keys.shape[1]) if c != column)


def _tree(keys: Ints, limits: Ints, seats: int) -> Tree | None:
    nobody = np.empty(0, dtype=np.int64)
    masks = np.zeros(len(keys), dtype=np.int64)
    return tree_of(BlockProblem(nobody, masks, keys, limits, seats, (), "each", "order", "seats_first"))


def _of_block(
    cells: Cells,
    table: Signatures,
    keys: Ints,
    tree: Tree,
    free: Bools,
    masks: Ints,
    member: Bools,
    seats: int,
) -> Bools:
    """The cells that may hold somebody with a seat in one block."""
    keep = np.zeros(len(cells.lot), dtype=bool)
    here, mask_of = member[cells.lot], masks[cells.lot]
    room = _room(keys, table.limits, seats)[cells.lot]
    alike = _alike(keys)[cells.lot]
    distinct = np.unique(mask_of[here])
    limits = np.append(table.limits, seats)
    for mask in distinct.tolist():
        rivals = np.flatnonzero(here & (mask_of & mask == mask))
        open_ = _rank_within(alike[rivals], cells.place[rivals], cells.number[rivals]) < room[rivals]
        if len(distinct) <= MOST_MASKS:
            lots = cells.lot[rivals]
            number = np.where(free[lots], cells.number[rivals], 0)
            open_ &= _unfilled(tree, limits, cells.place[rivals], tree.leaf[lots], number)
        keep[rivals[(mask_of[rivals] == mask) & open_]] = True
    return keep


def _room(keys: Ints, limits: Ints, seats: int) -> Ints:
    """The smallest limit each signature is under."""
    room = np.full(len(keys), seats, dtype=np.int64)
    for column in range(keys.shape[1]):
        key = keys[:, column]
        room = np.where(key >= 0, np.minimum(room, np.append(limits, 0)[key]), room)
    return room


def _alike(keys: Ints) -> Ints:
    """A number for each combination of cap keys."""
    if not keys.shape[1]:
        return np.zeros(len(keys), dtype=np.int64)
    columns = [keys[:, c] + 1 for c in range(keys.shape[1])]
    return combine(columns, [int(c.max(initial=0)) + 1 for c in columns])[0].astype(np.int64)


def _rank_within(group: Ints, place: Ints, number: Ints) -> Ints:
    """How many of the same group stand strictly before each cell; cells come in order."""
    order = np.lexsort((place, group))
    group, place, number = group[order], place[order], number[order]
    before = np.cumsum(number) - number
    new_group = np.diff(group, prepend=-1) != 0
    new_run = new_group | (np.diff(place, prepend=-1) != 0)
    run, at = np.cumsum(new_run) - 1, np.cumsum(new_group) - 1
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = before[new_run][run] - before[new_group][at]
    return ranks


def _unfilled(tree: Tree, limits: Ints, place: Ints, group: Ints, number: Ints) -> Bools:
    """Whether the better rivals leave every nested cap of a cell, and the seats, unfilled; rivals come in order.

    However rivals are taken one by one, a group cannot hold more of those up to a place than the groups inside it hold
    of them, added up, and its limit; from where that comes to its limit on, nobody more can come in.
    """
    full = np.where(limits > 0, np.iinfo(np.int64).max, np.int64(-1))
    at, coming = group.copy(), number.copy()
    for level in (*tree.levels, np.array([tree.root])):
        inside = np.zeros(tree.root + 1, dtype=bool)
        inside[level] = True
        rows = np.flatnonzero(inside[at])
        rows = rows[np.argsort(at[rows].astype(np.min_scalar_type(tree.root)), kind="stable")]
        groups = at[rows]
        first = np.diff(groups, prepend=-1) != 0
        total = np.cumsum(coming[rows])
        total -= (total - coming[rows])[first][np.cumsum(first) - 1]
        held = np.minimum(total, limits[groups])
        coming[rows] = np.where(first, held, np.diff(held, prepend=0))
        at[rows] = tree.parent[groups]
        over = np.flatnonzero(total >= limits[groups])
        filled, earliest = np.unique(groups[over], return_index=True)
        full[filled] = np.minimum(full[filled], place[rows[over[earliest]]])
    for level in reversed(tree.levels):
        full[level] = np.minimum(full[level], full[tree.parent[level]])
    return np.asarray(full[group] >= place)
