"""Ray Data: a `ray.data.Dataset`, its decisions one of the same cluster."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

from selection.engines.engine import Sort
from selection.engines.partitioned import Partitioned, Work


class RayEngine(Partitioned):
    """A dataset of Ray."""

    kind = "ray"

    def __init__(self, native: Any) -> None:
        self.frame = native

    @property
    def parts(self) -> int:
        return max(int(self.frame.materialize().num_blocks()), 1)

    def sorts(self) -> Mapping[str, Sort]:
        schema = self.frame.schema()
        return {name: _sort(kind) for name, kind in zip(schema.names, schema.types, strict=True)}

    def mapped(self, work: Work, frame: Any) -> Any:
        return frame.map_batches(_as_arrow(work), batch_format="pandas", batch_size=None)

    def gathered(self, work: Work, frame: Any) -> list[Any]:
        packed = frame.map_batches(_packed(work), batch_format="pandas", batch_size=None)
        return [pickle.loads(row["packed"]) for row in packed.take_all()]

    def spread(self, work: Work, frame: Any, parts: int) -> Any:
        return frame.groupby("part", num_partitions=parts).map_groups(_as_arrow(work), batch_format="pandas")

    def joined_by(self, frame: Any, more: Any) -> Any:
        import ray

        return frame.union(ray.data.from_arrow(_typed(more)))


def _as_arrow(work: Work) -> Work:
    def run(frame: Any) -> Any:
        return _typed(work(frame))

    return run


def _packed(work: Work) -> Work:
    def run(frame: Any) -> Any:
        return {"packed": [pickle.dumps(work(frame))]}

    return run


def _sort(kind: Any) -> Sort:
    import pyarrow as pa

    if not isinstance(kind, pa.DataType):
        return "text"
    if pa.types.is_integer(kind):
        return "whole"
    return "time" if pa.types.is_timestamp(kind) else "text"


def _typed(frame: Any) -> Any:
    """A partition as an Arrow table whose types do not hang on what it happens to hold."""
    import pyarrow as pa

    def column(name: str) -> Any:
        cells = frame[name]
        kind = getattr(cells.dtype, "pyarrow_dtype", pa.int64() if cells.dtype.kind == "i" else pa.string())
        return pa.array(cells, kind, from_pandas=True)

    return pa.table({name: column(name) for name in frame.columns})
