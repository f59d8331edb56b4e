"""A messy table as coded columns of raw cells, whatever it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

from selection.applicants import Column
from selection.intake.coding import one_each
from selection.intake.findings import Problem
from selection.texts import Texts


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Raw cells by column: texts from files, Python values from memory; columns nobody reads are None.

    `rows` each record's row number in its source; `rejected` how many further records could not be taken at all;
    `typed` whether the cells are Python values already; `masks` whether a
    cell may begin with an exporter's mask; `kind` the dataframe they came in.
    """

    headings: tuple[str, ...]
    columns: tuple[Column | None, ...]
    rows: npt.NDArray[np.int64]
    rejected: int = 0
    findings: tuple[Problem, ...] = ()
    typed: bool = False
    masks: bool = True
    kind: str = "pandas"
    source: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def filled(self) -> npt.NDArray[np.bool_]:
        """For each record, whether any column that is read holds something."""
        found = np.zeros(len(self), dtype=bool)
        for column in self.columns:
            if column is not None:
                found |= column.codes >= 0
        return found

    def take(self, keep: npt.NDArray[np.bool_]) -> Table:
        """The same table with some of its records only."""
        if keep.all():
            return self
        columns = tuple(c and _taken(c, keep) for c in self.columns)
        return replace(self, columns=columns, rows=self.rows[keep])


def _taken(column: Column, keep: npt.NDArray[np.bool_]) -> Column:
    if isinstance(column.values, Texts) and len(column.values) == len(column):
        return one_each(column.values.where(keep))
    return Column(column.codes[keep], column.values)


def numbered(places: Iterable[int]) -> str:
    """Column numbers as a sentence says them: `2 and 5`."""
    words = [str(p + 1) for p in islice(places, 7)]
    words[6:] = ["others"] if len(words) > 6 else []
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
