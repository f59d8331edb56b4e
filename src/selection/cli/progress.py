"""A progress bar for work over two seconds, where a terminal is attached."""

from __future__ import annotations

from threading import Timer
from types import TracebackType
from typing import Any

from selection.cli.answers import on_terminal

PATIENCE = 2.0


class Progress:
    """Names each step; draws a bar on stderr once the work has taken two seconds."""

    def __init__(self, steps: int) -> None:
        self._steps, self._done, self._name = steps, -1, ""
        self._bar: Any = None
        self._task: Any = None
        self._timer = Timer(PATIENCE, self._draw)
        self._timer.daemon = True

    def __enter__(self) -> Progress:
        if on_terminal():
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._bar is not None:
            self._bar.stop()

    def step(self, name: str) -> None:
        """Say what is being done now."""
        self._name, self._done = name, self._done + 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done, description=name)

    def _draw(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        parts = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        bar = Bar(*parts, console=Console(stderr=True), transient=True)
        self._task = bar.add_task(self._name, total=self._steps, completed=self._done)
        bar.start()
        self._bar = bar
