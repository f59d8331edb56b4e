"""Works that take turns within one process, so that a machine whose speed drifts drifts for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any


def seconds_of(works: Mapping[str, Callable[[], Any]], times: int) -> dict[str, list[float]]:
    """The seconds of each work in each round, after one round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(times + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return seconds
