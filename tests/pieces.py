"""An engine of a few lines: a table as a list of pandas dataframes, so that many small calls can be tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from selection.engines.engine import Sort
from selection.engines.partitioned import Partitioned

Pieces = list[pd.DataFrame]
Work = Callable[[Any], Any]


class PiecesEngine(Partitioned):
    kind = "pieces"

    def __init__(self, pieces: Pieces) -> None:
        self.frame = pieces

    @classmethod
    def of(cls, rows: list[dict[str, Any]], pieces: int = 3) -> PiecesEngine:
        """Rows dealt out to so many pieces, an empty one after them."""
        names = list(dict.fromkeys(name for row in rows for name in row))
        whole = pd.DataFrame({n: pd.Series([row.get(n) for row in rows], dtype=object) for n in names})
        return cls([*(whole.iloc[place::pieces] for place in range(pieces)), whole.iloc[:0]])

    @property
    def parts(self) -> int:
        return len(self.frame)

    def sorts(self) -> Mapping[str, Sort]:
        return {name: self._sort(name) for name in self.frame[0].columns}

    def _sort(self, name: str) -> Sort:
        kinds = {type(cell) for piece in self.frame for cell in piece[name]} - {type(None)}
        return "whole" if kinds == {int} else "time" if kinds == {pd.Timestamp} else "text"

    def mapped(self, work: Work, frame: Pieces) -> Pieces:
        return [work(piece) for piece in frame]

    def gathered(self, work: Work, frame: Pieces) -> list[Any]:
        return [work(piece) for piece in frame]

    def spread(self, work: Work, frame: Pieces, parts: int) -> Pieces:
        whole = pd.concat(frame)
        return [work(whole[whole["part"] == part]) for part in range(parts)]

    def joined_by(self, frame: Pieces, more: pd.DataFrame) -> Pieces:
        return [*frame, more]
