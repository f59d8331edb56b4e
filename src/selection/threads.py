"""Some work at a time on each processor, handed back in order: for parsers and numpy, which let others go on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

#: So many threads at most: more of them only hold more memory.
AT_ONCE: Final = 4

Item = TypeVar("Item")
Made = TypeVar("Made")


@contextmanager
def beside(*works: Callable[[], Made]) -> Iterator[list[Future[Made]]]:
    """Work done by a thread of its own while the block runs; what is not begun when the block fails is dropped."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        try:
            yield [thread.submit(work) for work in works]
        except BaseException:
            thread.shutdown(wait=False, cancel_futures=True)
            raise


def ahead(work: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
    """What comes of each item, in their order; where there are several, some are worked on at a time."""
    left = iter(items)
    first = list(islice(left, 2))
    workers = min(os.cpu_count() or 1, AT_ONCE)
    if len(first) < 2 or workers < 2:
        yield from map(work, chain(first, left))
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as threads:
        waiting = deque[Future[Made]]()
        for item in chain(first, left):
            waiting.append(threads.submit(work, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
