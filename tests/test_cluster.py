"""Spark with worker processes of its own: decisions are the same when one of them dies while it works."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from selection import select
from test_engines import decisions, policy, spark, text_of
from test_engines import pytestmark as pytestmark
from test_faults import faulty
from test_pruning import rows_of


def executors(parent: int) -> list[int]:
    """The worker processes of a local cluster, found below the process of its driver."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = []
    for one in parents:
        above = one
        while above in parents and above != parent:
            above = parents[above]
        with suppress(OSError):
            if above == parent and b"CoarseGrainedExecutorBackend" in Path(f"/proc/{one}/cmdline").read_bytes():
                found.append(one)
    return found


def test_a_worker_killed_in_the_middle_changes_nothing() -> None:
    """Two real worker processes; one of them is killed while a job of the selection runs."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("there is no /proc here: workers cannot be found, so that NONE is killed")
    frame = faulty()
    here = select(frame, policy(), seed="2025")
    killed: list[int] = []
    with spark("local-cluster[2,1,1024]") as opened:
        table = opened(frame)
        context = table.sparkSession.sparkContext
        assert context.master.startswith("local-cluster")
        driver = context._gateway.proc.pid

        def kill() -> None:
            while not context.statusTracker().getActiveJobsIds() or not executors(driver):
                time.sleep(0.02)
            killed.append(executors(driver)[0])
            os.kill(killed[0], signal.SIGKILL)

        thread = Thread(target=kill, daemon=True)
        assert table.count() == len(frame)
        assert len(executors(driver)) == 2
        thread.start()
        there = select(table, policy(), seed="2025")
        assert killed, "no worker was killed before the selection had ended"
        assert killed[0] not in executors(driver)
        assert text_of(decisions(there)) == text_of(rows_of(here))
        thread.join(1)
    assert there.counts == here.counts
