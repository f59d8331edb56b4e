"""An engine for tables in partitions that run Python: what SQL would do is done by pandas, partition by partition."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from selection.engines import partitions, telling
from selection.engines.engine import Cells, Decisions, Engine, Grid, Reading, Rows, Upto
from selection.engines.repeated import check_repeated

Work = Callable[[Any], Any]


class Partitioned(Engine):
    """A table in partitions. A library says how to run a function on each of them, and how rows find together."""

    frame: Any

    @abstractmethod
    def mapped(self, work: Work, frame: Any) -> Any:
        """The table of what a function makes of each partition, a pandas dataframe each."""

    @abstractmethod
    def gathered(self, work: Work, frame: Any) -> list[Any]:
        """What a function makes of each partition, brought here."""

    @abstractmethod
    def spread(self, work: Work, frame: Any, parts: int) -> Any:
        """The table of what a function makes of all rows that have the same number `part`, below `parts`."""

    @abstractmethod
    def joined_by(self, frame: Any, more: Any) -> Any:
        """The table with the rows of a small pandas dataframe after its own."""

    @property
    @abstractmethod
    def parts(self) -> int:
        """How many partitions the table has."""

    def read(self, reading: Reading) -> Rows:
        return PartitionedRows(self, reading, self.mapped(partial(partitions.rows, reading), self.frame))

    def tickets(self, seed: str, ids: Sequence[str]) -> Cells:
        listed = sorted(ids)
        found = partitions.tickets(listed, seed)
        return {"id": listed, "ticket": found, "start": [int(t[:3], 16) for t in found]}

    def collected(self, native: Any) -> Cells:
        parts = self.gathered(partitions.listed, native)
        names = next((list(part) for part in parts if part), [])
        return {name: [cell for part in parts if part for cell in part[name]] for name in names}


@dataclass(frozen=True)
class PartitionedRows(Rows):
    """Rows as a lazy table; `weights` are what each partition joins by key when it runs."""

    engine: Partitioned
    reading: Reading
    frame: Any
    joining: partitions.Joining | None = None

    def profiles(self) -> Cells:
        parts = self.engine.gathered(partial(partitions.profiles, self.reading), self.engine.frame)
        return partitions.merged(parts)

    def repeated(self) -> tuple[Cells, Cells]:
        engine, twice = self.engine, dict[str, Any]()
        for name in ("id", "email")[: 2 if self.reading.email else 1]:
            hashed = engine.mapped(partial(partitions.hashed, self.reading, name, engine.parts), engine.frame)
            parts = engine.gathered(partitions.listed, engine.spread(partitions.doubled, hashed, engine.parts))
            check_repeated(sum(number for part in parts for number in part["number"]))
            twice[name] = np.array([one for part in parts for one in part["hash"]], dtype=np.int64)
        if not any(map(len, twice.values())):
            return {}, {}
        found = engine.gathered(partial(partitions.among, self.reading, twice), engine.frame)
        return partitions.put_together([a for a, _ in found]), partitions.put_together([b for _, b in found])

    def replaced(self, left_out: Sequence[str], added: Any) -> Rows:
        if not left_out:
            return self
        kept = self.engine.mapped(partial(partitions.without, frozenset(left_out)), self.frame)
        return replace(self, frame=self.engine.joined_by(kept, added.to_pandas()))

    def joined(self, table: Any, grid: Grid) -> Rows:
        columns = {n: table[n].to_pylist() if n == "key" else table[n].to_numpy() for n in table.column_names}
        return replace(self, joining=partitions.Joining(columns, grid, self.reading.seed))

    def cells(self) -> Cells:
        assert self.joining is not None
        found = partitions.put_together(self.engine.gathered(partial(partitions.cells, self.joining), self.frame))
        return partitions.counted(found, found["number"])

    def few(self, ids: Sequence[str]) -> Cells:
        assert self.joining is not None
        work = partial(partitions.few, self.joining, frozenset(ids))
        return partitions.put_together(self.engine.gathered(work, self.frame))

    def find(self, ids: Sequence[str]) -> Cells:
        return partitions.put_together(self.engine.gathered(partial(partitions.find, frozenset(ids)), self.frame))

    def before(self, place: Upto) -> int:
        assert self.joining is not None
        return sum(self.engine.gathered(partial(partitions.before, self.joining, place), self.frame))

    def decided(self, decisions: Decisions) -> Any:
        engine = self.engine
        told = telling.Telling.of(decisions, self.reading.seed, engine.parts)
        decided = engine.mapped(partial(telling.decided, told), self.frame)
        ranked = engine.spread(partial(telling.ranked, told), decided, engine.parts)
        others = telling.others(decisions)
        return engine.joined_by(ranked, others) if len(others) else ranked
