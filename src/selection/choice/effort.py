"""What the solver was asked, and whether it was given the time to prove its answers."""

from __future__ import annotations

import time
from typing import Any

from selection.errors import SelectionError


class SolverError(SelectionError):
    """The solver stopped without a proof."""


class Effort:
    """Counts questions to the solver and keeps to a time limit, given in seconds by the caller (None: no limit).

    `unproved` becomes true as soon as something had to be decided without a proof.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self.linear = self.integer = 0
        self.unproved = False
        self._deadline = None if seconds is None else time.monotonic() + seconds

    @property
    def calls(self) -> int:
        return self.linear + self.integer

    @property
    def proof(self) -> str:
        """How the answer is known to be exact, or that it is not."""
        if self.unproved:
            return f"not proved: the solver was stopped after {self.seconds:g} seconds"
        if self.integer:
            return "integer programme, gap 0"
        return "linear programme, whole answers" if self.linear else "counting, no solver needed"

    def before(self, solver: Any, whole: bool) -> None:
        """Called before each question: counts it and hands the solver the time that is left."""
        if whole:
            self.integer += 1
        else:
            self.linear += 1
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise SolverError("no_proof", "The time limit was reached without a proof.", seconds=self.seconds)
            # The solver counts the time of all its runs together.
            solver.setOptionValue("time_limit", solver.getRunTime() + left)
