"""Registrations of one applicant in a table in an engine: fetched and looked at one by one, as in one process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Pool
from selection.engines.reading import Table


@dataclass(frozen=True, eq=False)
class Duplicates:
    """The rows whose id or address may stand more than once, fetched and looked at one by one."""

    pool: Pool | None
    own: Mapping[str, Any]
    standing: npt.NDArray[np.bool_]
    changed: Mapping[str, int]

    @classmethod
    def none(cls) -> Duplicates:
        return cls(None, {"id": [], "key": []}, np.zeros(0, dtype=bool), {})

    def __len__(self) -> int:
        """How many registrations do not stand."""
        return int((~self.standing).sum())

    @property
    def looked_at(self) -> list[str]:
        return sorted(set(self.own["id"]))

    @property
    def gone(self) -> list[str]:
        """The id of each registration that does not stand."""
        return [str(one) for one, stands in zip(self.own["id"], self.standing, strict=True) if not stands]

    def standing_rows(self, table: Table) -> Any:
        """The registrations that stand, as rows."""
        import pyarrow as pa

        names = [f"order_{order.place}" for order in table.reading.orders]
        kinds = {"id": pa.string(), "key": pa.string(), **dict.fromkeys(names, pa.int64())}
        places = np.flatnonzero(self.standing).tolist()
        return pa.table({n: pa.array([self.own[n][i] for i in places], kind) for n, kind in kinds.items()})
