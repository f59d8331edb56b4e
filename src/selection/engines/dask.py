"""Dask: a `dask.dataframe`, its decisions one of the same client."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from selection.engines.engine import Sort
from selection.engines.partitioned import Partitioned, Work
from selection.engines.telling import finished


class DaskEngine(Partitioned):
    """A dataframe of Dask."""

    kind = "dask"

    def __init__(self, native: Any) -> None:
        self.frame = native

    @property
    def parts(self) -> int:
        return int(self.frame.npartitions)

    def sorts(self) -> Mapping[str, Sort]:
        return {str(name): _sort(dtype) for name, dtype in self.frame.dtypes.items()}

    def mapped(self, work: Work, frame: Any) -> Any:
        return frame.map_partitions(work, meta=work(frame._meta))

    def gathered(self, work: Work, frame: Any) -> list[Any]:
        dask: Any = import_module("dask")
        return list(dask.compute(*(dask.delayed(work, pure=False)(part) for part in frame.to_delayed())))

    def spread(self, work: Work, frame: Any, parts: int) -> Any:
        together = frame.shuffle(on="part", npartitions=parts) if frame.npartitions > 1 else frame
        return self.mapped(work, together)

    def joined_by(self, frame: Any, more: Any) -> Any:
        dask, dd = import_module("dask"), import_module("dask.dataframe")
        meta = frame._meta
        more = more[list(meta.columns)].astype({n: t for n, t in meta.dtypes.items() if t.kind == "i"})
        return dd.from_delayed([*frame.to_delayed(), dask.delayed(more)], meta=meta, verify_meta=False)

    def finished(self, frame: Any) -> Any:
        return self.mapped(finished, frame)


def _sort(dtype: Any) -> Sort:
    if getattr(dtype, "kind", "") in "iu":
        return "whole"
    return "time" if getattr(dtype, "kind", "") == "M" else "text"
