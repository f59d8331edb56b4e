"""Dask: a `dask.dataframe`, its decisions one of the same client."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from selection.engines.engine import Sort
from selection.engines.partitioned import Partitioned, Work


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
        dask: Any = import_module("dask")
        return frame.map_partitions(_applied, dask.delayed(work, pure=False), meta=work(frame._meta))

    def gathered(self, work: Work, frame: Any) -> list[Any]:
        dask: Any = import_module("dask")
        shared, apply = dask.delayed(work, pure=False), dask.delayed(_applied, pure=False)
        return list(dask.compute(*(apply(part, shared) for part in frame.to_delayed())))

    def spread(self, work: Work, frame: Any, parts: int) -> Any:
        together = frame.shuffle(on="part", npartitions=parts) if frame.npartitions > 1 else frame
        return self.mapped(work, together)

    def joined_by(self, frame: Any, more: Any) -> Any:
        dask, dd = import_module("dask"), import_module("dask.dataframe")
        meta = frame._meta
        more = more[list(meta.columns)].astype({n: t for n, t in meta.dtypes.items() if t.kind == "i"})
        return dd.from_delayed([*frame.to_delayed(), dask.delayed(more)], meta=meta, verify_meta=False)


def _applied(part: Any, work: Work) -> Any:
    """What a function makes of a partition; the function comes once to each worker, not once with each partition."""
    return work(part)


def _sort(dtype: Any) -> Sort:
    if getattr(dtype, "kind", "") in "iu":
        return "whole"
    return "time" if getattr(dtype, "kind", "") == "M" else "text"
