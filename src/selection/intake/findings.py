"""What was found while reading: each problem with its row, and the collector that gathers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from selection.applicants import Column
from selection.vocabulary import ADDRESS, PERSONAL

Action = Literal["rejected", "left empty", "kept", "changed", "duplicate"]

SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """A row or cell that could not be read as it stands: where, what is wrong, and what was done."""

    row: int | None
    column: str | None
    value: str | None
    code: str
    sentence: str
    action: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one distinct value, whichever rows hold it."""

    code: str
    sentence: str
    action: Action = "left empty"


@dataclass(frozen=True)
class Ledger:
    """Gathers findings and unreadable cells while a table is read; `rows` are the row numbers of the source."""

    rows: npt.NDArray[np.int64]
    findings: list[Problem] = field(default_factory=list)
    open_cells: dict[tuple[int, str], str] = field(default_factory=dict)

    def note(self, code: str, sentence: str, action: Action, *, row: int | None = None, column: str | None = None,
             value: str | None = None) -> None:  # fmt: skip
        """Write down a finding about the whole table, or about one row of it."""
        self.findings.append(Problem(row, column, value, code, sentence, action))

    def report(self, name: str, heading: str, raw: Column, troubles: Mapping[int, Trouble]) -> None:
        """Write down, row by row, what is wrong with some of a column's distinct values."""
        for code, place in _places(raw.codes, troubles):
            trouble, row = troubles[code], int(self.rows[place])
            shown = None if name in PERSONAL else short(raw.value(code))
            self.findings.append(Problem(row, heading, shown, trouble.code, trouble.sentence, trouble.action))
            if trouble.action == "left empty":
                self.open_cells[place, name] = trouble.sentence


def _places(codes: npt.NDArray[np.int32], troubles: Mapping[int, Trouble]) -> list[tuple[int, int]]:
    """The (code, place) of every cell that holds one of the troubled values, in row order."""
    if not troubles:
        return []
    found = np.flatnonzero(np.isin(codes, np.fromiter(troubles, dtype=np.int32, count=len(troubles))))
    return list(zip(codes[found].tolist(), found.tolist(), strict=True))


def short(value: Any) -> str:
    """A cell as a sentence may quote it: one line, at most 80 characters, e-mail addresses left out."""
    text = ADDRESS.sub("(e-mail address)", str(value)[: 8 * SHOWN])
    if len(text) > SHOWN or not text.isprintable():
        text = " ".join(text[: 4 * SHOWN].split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
