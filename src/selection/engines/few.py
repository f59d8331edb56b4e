"""The few rows that can matter, as a pool of their own, and the exact choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool, objects
from selection.choice import LeftOut, Signatures
from selection.engines.engine import LAST, Cells, Upto
from selection.engines.pruning import with_room
from selection.engines.reading import Table
from selection.engines.weighing import Weights
from selection.intake import Intake
from selection.keys import hashes_of, order_of
from selection.outcome import Outcome
from selection.outcome.selecting import Beyond, decide
from selection.policy import Policy
from selection.texts import Texts

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Few:
    """Rows that were fetched: their `ids`, the place of their `profile`, the numbers of native tie-breaks; and the
    `bucket` of those that were fetched by it."""

    ids: npt.NDArray[Any]
    profile: Ints
    orders: Mapping[str, Ints]
    bucket: Ints

    @classmethod
    def of(cls, cells: Cells, weights: Weights) -> Few:
        """Rows as an engine gives them, each id once."""
        ids = objects(list(cells["id"]))
        once = _once(ids)
        profile = np.array([weights.place[key] for key in cells["key"]], dtype=np.int64)
        orders = {n: np.array(v, dtype=np.int64)[once] for n, v in cells.items() if n.startswith("order_")}
        bucket = np.array(cells.get("bucket", np.zeros(len(ids))), dtype=np.int64)
        return cls(ids[once], profile[once], orders, bucket[once])

    def __len__(self) -> int:
        return len(self.ids)

    def plus(self, other: Few) -> Few:
        """These rows and others, each id once."""
        new = ~np.isin(other.ids.astype(str), self.ids.astype(str))
        orders = {n: np.concatenate([v, other.orders[n][new]]) for n, v in self.orders.items()}
        ids, profile = np.concatenate([self.ids, other.ids[new]]), np.concatenate([self.profile, other.profile[new]])
        return Few(ids, profile, orders, np.concatenate([self.bucket, other.bucket[new]]))


@dataclass(frozen=True, eq=False)
class Call:
    """One selection in an engine: the policy, the seed, the table and its weighed profiles."""

    policy: Policy
    seed: str | None
    seconds: float | None
    table: Table
    weights: Weights

    def decide(self, few: Few, duplicate_of: Mapping[int, int] | None = None) -> Outcome:
        """The exact outcome among these rows, knowing how many more each signature has."""
        return decide(
            self._intake(few, duplicate_of or {}),
            self.policy,
            self.seed,
            self.seconds,
            self._beyond(few, duplicate_of or {}),
        )

    def _intake(self, few: Few, duplicate_of: Mapping[int, int]) -> Intake:
        weights, size = self.weights, len(few)
        columns = {n: Column(c.codes[few.profile], c.values) for n, c in weights.pool.columns.items()}
        fields = {heading: name for name, heading in self.table.headings.items()}
        for order in self.table.reading.orders:
            columns[fields[order.heading]] = _column(order.sort, order.highest, few.orders[f"order_{order.place}"])
        standing = np.full(size, -1, dtype=np.int64)
        standing[list(duplicate_of)] = list(duplicate_of.values())
        cells = {
            (row, name): said
            for (place, name), said in weights.pool.open_cells.items()
            for row in np.flatnonzero(few.profile == place).tolist()
        }
        ids = Texts.of(few.ids)
        pool = Pool(
            few.ids if ids is None else cast("npt.NDArray[Any]", ids),
            MappingProxyType(columns),
            np.arange(1, size + 1),
            standing,
            MappingProxyType(cells),
            weights.pool.called,
        )
        gone = len(duplicate_of)
        counts = {
            "rows": size,
            "applicants": size - gone,
            "rejected": 0,
            "incomplete_submissions": 0,
            "duplicates": gone,
        }
        return Intake(pool, (), MappingProxyType(counts), source="rows of an engine")

    @cached_property
    def numbers(self) -> Ints:
        """How many eligible applicants each signature has."""
        weights = self.weights
        counted = np.where(weights.eligible, weights.numbers, 0)[weights.lot >= 0]
        lots = weights.lot[weights.lot >= 0]
        return np.bincount(lots, weights=counted, minlength=len(weights.table.keys)).astype(np.int64)

    @cached_property
    def roomy(self) -> npt.NDArray[np.bool_]:
        """Per signature whether all its applicants would sit if there were seats for everybody."""
        return with_room(self.numbers, self.weights.table, self.policy.plan, len(self.policy.pinned))

    def _beyond(self, few: Few, duplicate_of: Mapping[int, int]) -> Beyond:
        """Who is not among the rows: how many of each signature, and the masks of those with room for all of them."""
        weights = self.weights
        pinned = np.isin(few.ids.astype(str), list(self.policy.pinned))
        here = np.delete(weights.lot[few.profile], list(duplicate_of))
        total = self.numbers - np.bincount(here[here >= 0], minlength=len(self.numbers))
        roomy = np.repeat(weights.table.masks[:, 0], np.where(self.roomy, total, 0))

        def beyond(table: Signatures, order: Ints) -> LeftOut:
            lots = weights.lot[few.profile[order]]
            further = np.zeros(len(table.keys), dtype=np.int64)
            known = (lots >= 0) & ~pinned[order]
            further[table.code[known]] = total[lots[known]]
            return LeftOut(further, tuple(roomy.tolist()))

        return beyond

    def place_of(self, outcome: Outcome, few: Few, place: int) -> Upto:
        """The place of a fetched row in the order of all rows."""
        profile = int(few.profile[place])
        made = {name: int(values[profile]) for name, values in self.weights.made.items()}
        mine = {**{name: int(values[place]) for name, values in few.orders.items()}, **made}
        orders = tuple(mine[name] for name in sorted(mine, key=lambda n: int(n.removeprefix("order_"))))
        ticket = outcome.ranking.ticket(place)
        return Upto(int(self.weights.level[profile]), orders, str(few.ids[place]) if ticket is None else ticket)


def _once(ids: npt.NDArray[Any]) -> Ints:
    """The place of each id, one of those who share it, in an order that does not depend on theirs."""
    packed = Texts.of(ids)
    if packed is not None:
        order, hashes = order_of(packed), hashes_of(packed)
        if (hashes[order][1:] != hashes[order][:-1]).all():
            return order
    return np.unique(ids.astype(str), return_index=True)[1]


def _column(sort: str, highest: bool, numbers: Ints) -> Column:
    """The values behind the numbers an engine orders by."""
    values, codes = np.unique(np.where(numbers == LAST, LAST, -numbers if highest else numbers), return_inverse=True)
    known = values != LAST
    codes = np.where(known[codes], codes, -1)
    values = values[known]
    places = np.asarray(codes, dtype=np.int32)
    if sort == "time":
        return Column(places, values.astype("datetime64[us]"))
    return Column(places, objects([int(value) for value in values]))
