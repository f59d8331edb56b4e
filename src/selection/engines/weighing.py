"""Distinct profiles, each weighed once on the driver: level in the order, signature, standing, score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Pool
from selection.assessment import ELIGIBLE, Assessment, assess
from selection.choice import Signatures, signatures
from selection.engines.engine import LAST, MOST_PROFILES, Cells
from selection.engines.reading import Table, check_ids
from selection.errors import InputError
from selection.intake import Intake, read_applicants
from selection.intake.organisations import usual
from selection.policy import Policy
from selection.ranking import tie_key

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Weights:
    """All profiles of a table with how many applicants have each.

    `place` of each key; `level` in the order by tier, score and the first tie-breaks; `lot` the signature, -1 for who
    is not eligible; `made` the numbers of later tie-breaks that follow from the profile, by the name of their column.
    """

    intake: Intake
    assessment: Assessment
    place: Mapping[str, int]
    numbers: Ints
    level: Ints
    lot: Ints
    table: Signatures
    made: Mapping[str, Ints]
    low: int = 0
    high: int = 0
    keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def pool(self) -> Pool:
        return self.intake.pool

    @cached_property
    def eligible(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self.assessment.standing == ELIGIBLE
        return found

    def arrow(self, **more: Ints) -> Any:
        """What is joined to each row by its key: level, signature, orders of profiles, and more."""
        import pyarrow as pa

        columns = {"level": self.level, "lot": self.lot, **more, **self.made}
        return pa.table(
            {"key": pa.array(self.keys, pa.string()), **{n: pa.array(v, pa.int64()) for n, v in columns.items()}}
        )


def weigh(table: Table, policy: Policy, found: Cells, changed: Mapping[str, int]) -> Weights:
    """Weigh the profiles an engine found; `changed` by how much their numbers change for duplicates."""
    check_ids(found)
    keys = tuple(found["key"])
    if len(keys) > MOST_PROFILES:
        raise _too_many(table, found)
    if len(set(keys)) < len(keys):
        sentence = "Some texts of the table hold control characters that profiles are told apart by: clean them."
        raise InputError("profiles_not_apart", sentence)
    intake = _intake(table, found)
    numbers = np.array(found["number"], dtype=np.int64)
    intake = _called(intake, numbers)
    numbers = numbers + np.array([changed.get(key, 0) for key in keys], dtype=np.int64)
    assessment = assess(intake.pool, policy, numbers)
    eligible = np.flatnonzero(assessment.standing == ELIGIBLE)
    signed = signatures(assessment, policy.plan, eligible)
    lot = np.full(len(keys), -1, dtype=np.int64)
    lot[eligible] = signed.code
    level, made = _levels(table, assessment)
    low, high = _bounds(found)
    return Weights(
        intake, assessment, {k: i for i, k in enumerate(keys)}, numbers, level, lot, signed, made, low, high, keys
    )


def _called(intake: Intake, numbers: Ints) -> Intake:
    """The same profiles, organisations called as most rows of the table call them."""
    column = intake.pool.columns.get("organisation")
    if column is None:
        return intake
    return replace(intake, pool=replace(intake.pool, called=MappingProxyType(usual(column, numbers))))


def _bounds(found: Cells) -> tuple[int, int]:
    lows = [int(v) for v in found.get("low", ()) if v is not None]
    highs = [int(v) for v in found.get("high", ()) if v is not None]
    return min(lows, default=0), max(highs, default=0)


def _too_many(table: Table, found: Cells) -> InputError:
    sizes = {h: len(set(map(str, found[f"field_{i}"]))) for i, h in enumerate(table.reading.profile)}
    worst = max(sizes, key=sizes.__getitem__, default="")
    sentence = (
        f"The fields the policy reads have more than {MOST_PROFILES:,} distinct combinations; most are due to the "
        f"column {worst!r}. A tie-break is no part of them if its column holds whole numbers (submitted_at: times)."
    )
    return InputError("too_many_profiles", sentence, column=worst)


def _intake(table: Table, found: Cells) -> Intake:
    """The profiles read as a table of applicants, every other column empty."""
    import pandas as pd

    size = len(found["key"])
    nothing = [None] * size
    columns: dict[str, Any] = dict.fromkeys(table.headings.values(), nothing)
    columns |= {heading: found[f"field_{i}"] for i, heading in enumerate(table.reading.profile)}
    for order in table.reading.orders:
        some: Any = datetime(2000, 1, 1, tzinfo=UTC) if order.sort == "time" else 1
        columns[order.heading] = [some if has else None for has in found[f"has_{order.place}"]]
    columns[table.reading.id] = [f"profile {place}" for place in range(size)]
    return read_applicants(pd.DataFrame({heading: _series(cells) for heading, cells in columns.items()}))


def _series(cells: Sequence[Any]) -> Any:
    """Cells as they are: whole numbers as an array; texts, which are most, as Arrow has them."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(cells, np.ndarray):
        return pd.Series(cells)
    if set(map(type, cells)) <= {str, type(None)}:
        return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(cells, pa.large_string())))
    return pd.Series(cells, dtype=object)


def _levels(table: Table, assessment: Assessment) -> tuple[Ints, dict[str, Ints]]:
    """The place of each profile in the order as far as it alone decides, and the numbers of later tie-breaks."""
    native = {order.place for order in table.reading.orders}
    keys: list[Ints] = [assessment.tier, -assessment.score]
    made: dict[str, Ints] = {}
    first = min(native, default=len(assessment.policy.ties.declared))
    for place, tie in enumerate(assessment.policy.ties.declared):
        if place in native:
            continue
        key = np.minimum(tie_key(assessment.fields.column(tie.field), tie), LAST)
        if place < first:
            keys.append(key)
        else:
            made[f"order_{place}"] = key
    order = np.lexsort(tuple(reversed(keys)))
    new = np.zeros(len(order), dtype=np.int64)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    level = np.empty(len(order), dtype=np.int64)
    level[order] = np.cumsum(new)
    return level, made


def taken_off(keys: Sequence[str], by: int, changed: dict[str, int]) -> None:
    """Note that so many rows of these profiles come or go."""
    for key in keys:
        changed[key] = changed.get(key, 0) + by
