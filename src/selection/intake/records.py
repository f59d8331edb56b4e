"""Records one by one: those that do not fit the headings are counted and written down, not lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from selection.intake.coding import Coder
from selection.intake.findings import Action, Problem

#: Stands after the last record, so that a quotation mark left open is noticed: it would swallow this record.
END: Final = "\0end"


class Records:
    """Collects records one block at a time; those that do not fit the headings are counted and written down."""

    def __init__(self, separator: str, coders: Sequence[Coder | None]) -> None:
        self.separator, self.coders, self.width = separator, coders, len(coders)
        self.rows: list[int] = []
        self.rejected = 0
        self.findings: list[Problem] = []

    def add(self, records: list[tuple[int, list[str]]], one_line_each: bool) -> None:
        """Take in records with their row numbers; blank lines are none."""
        records = [(n, r) for n, r in records if r and r != [END]]
        if any(len(r) != self.width for _, r in records):
            fitted = ((n, r if len(r) == self.width else self._fit(r, n)) for n, r in records)
            records = [(n, r) for n, r in fitted if r is not None]
        if not one_line_each and self.width > 2:
            self._look_for_swallowed(records)
        self.rows.extend(n for n, _ in records)
        for coder, cells in zip(self.coders, zip(*(r for _, r in records), strict=True), strict=False):
            if coder is not None:
                coder.add(cells)

    def _fit(self, record: list[str], row: int) -> list[str] | None:
        """The record with as many cells as there are headings, or None if it has more."""
        width, found = self.width, f"This row has {len(record)} cells under {self.width} headings"
        if len(record) > width and not any(map(str.strip, record[width:])):
            return record[:width]
        if len(record) > width:
            self.rejected += 1
            self._note(row, "too_many_cells", f"{found}; perhaps a separator stands in a cell.", "rejected")
            return None
        self._note(row, "too_few_cells", f"{found}; the rest is taken as empty.", "left empty")
        return record + [""] * (width - len(record))

    def _look_for_swallowed(self, records: list[tuple[int, list[str]]]) -> None:
        """A closing quotation mark that is missing makes one cell of several rows."""
        for row, record in records:
            if any("\n" in cell and cell.count(self.separator) >= self.width - 1 for cell in record):
                said = "A cell of this row holds what looks like further rows; perhaps a quotation mark is missing."
                self._note(row, "swallowed_rows", said, "kept")

    def _note(self, row: int, code: str, sentence: str, action: Action) -> None:
        self.findings.append(Problem(row, None, None, code, sentence, action))
