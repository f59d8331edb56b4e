"""What the choice can tell apart: block membership, reserve groups and cap keys of each ranked applicant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.assessment import Assessment
from selection.numbering import Codes, combine
from selection.policy import Plan, PlannedCap

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CapKey:
    """One upper limit: a cap on a group, or a cap on each value of a field together with the value."""

    cap: str
    value: Any
    seats: int


@dataclass(frozen=True, eq=False)
class Signatures:
    """The signature of each ranked applicant, and what each signature stands for.

    `code` per rank; `member` per signature and block; `masks` per signature and block the reserves of the block it
    counts for (bit g); `keys` per signature its cap keys (-1 none); `limits` seats per cap key; `offsets` where each
    cap's keys begin.
    """

    code: Ints
    member: npt.NDArray[np.bool_]
    masks: Ints
    keys: Ints
    limits: Ints
    offsets: tuple[int, ...]
    assessment: Assessment
    plan: Plan

    def cap_of(self, numbers: Ints) -> Ints:
        """The place of the cap that each key belongs to."""
        return np.searchsorted(self.offsets, numbers, side="right") - 1

    def used(self, codes: Ints) -> Ints:
        """Per cap key how many applicants with these signatures stand under it."""
        count = np.zeros(len(self.limits), dtype=np.int64)
        many = np.bincount(codes, minlength=len(self.keys))
        for keys in self.keys.T:
            np.add.at(count, keys[keys >= 0], many[keys >= 0])
        return count

    def filled(self, codes: Ints) -> Ints:
        """Per signature and column its cap key if applicants with these signatures fill it, else -1."""
        full = np.append(self.used(codes) >= self.limits, False)
        return np.where(full[self.keys], self.keys, -1)

    def under(self, plan: Plan) -> Signatures:
        """The same signatures for a plan whose blocks, reserves and caps differ from this one's in seats alone."""
        ends = [*self.offsets, len(self.limits)][1:]
        sizes = [end - start for start, end in zip(self.offsets, ends, strict=True)]
        limits = np.repeat([cap.seats for cap in plan.caps], sizes).astype(np.int64)
        return replace(self, limits=limits, plan=plan)

    def key(self, number: int) -> CapKey:
        """What a cap key stands for."""
        place = int(np.searchsorted(self.offsets, number, side="right")) - 1
        cap = self.plan.caps[place]
        if cap.rule.per is None:
            return CapKey(cap.name, None, cap.seats)
        values = _key_values(self.assessment, cap)
        return CapKey(cap.name, values[number - self.offsets[place]], cap.seats)


def signatures(assessment: Assessment, plan: Plan, places: Ints) -> Signatures:
    """Number the signatures of the applicants at these places of the pool."""
    groups: list[npt.NDArray[np.bool_]] = []
    for block in plan.blocks:
        if block.rule is not None:
            groups.append(assessment.group("block", block.name)[places])
        groups += [assessment.group(f"reserve of {block.name}", r.name)[places] for r in block.reserves]
    families, limits, offsets = _families(assessment, plan, places)
    columns: list[npt.NDArray[np.integer[Any]]] = [group.view(np.int8) for group in groups]
    columns += [codes + 1 for codes, _, _ in families]
    if columns and len(places):
        code, rows = combine(columns, [2] * len(groups) + [size + 1 for _, size, _ in families])
    else:
        code, rows = np.zeros(len(places), dtype=np.int32), np.zeros((1, len(columns)), dtype=np.int64)
    member, masks = _by_block(plan, rows[:, : len(groups)] == 1)
    keys = rows[:, len(groups) :] - 1
    keys += np.where(keys >= 0, np.array([start for _, _, start in families], dtype=np.int64), 0)
    all_limits = np.concatenate(limits) if limits else np.empty(0, dtype=np.int64)
    return Signatures(code.astype(np.int64), member, masks, keys, all_limits, offsets, assessment, plan)


def _by_block(plan: Plan, rows: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Ints]:
    member = np.ones((len(rows), len(plan.blocks)), dtype=bool)
    masks = np.zeros((len(rows), len(plan.blocks)), dtype=np.int64)
    column = 0
    for place, block in enumerate(plan.blocks):
        if block.rule is not None:
            member[:, place] = rows[:, column]
            column += 1
        for g in range(len(block.reserves)):
            masks[:, place] |= rows[:, column].astype(np.int64) << g
            column += 1
    return member, masks


def _families(
    assessment: Assessment, plan: Plan, places: Ints
) -> tuple[list[tuple[Codes, int, int]], list[Ints], tuple[int, ...]]:
    """For each cap (several times where a field holds several values) the number of its key per applicant, how many
    keys it has and where they begin; how many seats each key has; where each cap's keys begin."""
    families: list[tuple[Codes, int, int]] = []
    limits: list[Ints] = []
    offsets: list[int] = []
    start = 0
    for cap in plan.caps:
        offsets.append(start)
        under = assessment.group("cap", cap.name)[places]
        values = [None] if cap.rule.per is None else _key_values(assessment, cap)
        for codes in _codes(assessment, cap, values, places):
            families.append((np.where(under, codes, np.int32(-1)), len(values), start))
        limits.append(np.full(len(values), cap.seats, dtype=np.int64))
        start += len(values)
    return families, limits, tuple(offsets)


def _key_values(assessment: Assessment, cap: PlannedCap) -> list[Any]:
    """The distinct values a cap is kept on; several values in one cell are keys of their own."""
    column = assessment.fields.counted(str(cap.rule.per))
    values = column.python_values()
    if not any(isinstance(value, tuple) for value in values):
        return values
    return list(dict.fromkeys(one for value in values for one in (value if isinstance(value, tuple) else (value,))))


def _codes(assessment: Assessment, cap: PlannedCap, values: Sequence[Any], places: Ints) -> list[Codes]:
    if cap.rule.per is None:
        return [np.zeros(len(places), dtype=np.int32)]
    column = assessment.fields.counted(str(cap.rule.per))
    cells = column.python_values() if column.values.dtype == object else []
    if not any(isinstance(cell, tuple) for cell in cells):
        return [column.codes[places]]
    number = {value: i for i, value in enumerate(values)}
    lists = [[number[one] for one in (c if isinstance(c, tuple) else (c,))] for c in cells]
    table = np.full((len(lists) + 1, max(map(len, lists))), -1, dtype=np.int32)
    for row, numbers in enumerate(lists):
        table[row, : len(numbers)] = numbers
    return [table[:, c][column.codes[places]] for c in range(table.shape[1])]
