"""What came of a table of registrations: the pool, every finding, and counts that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from selection.applicants import Pool
from selection.errors import InputError
from selection.html import heading, table
from selection.intake.findings import Problem

if TYPE_CHECKING:
    import pandas as pd

    from selection.intake.report import Report


@dataclass(frozen=True, eq=False, repr=False)
class Intake:
    """The pool read from a table, with all that was found on the way; no row is lost.

    `counts` has `rows`, and what became of them: `applicants` that stand, `duplicates`, `rejected` and
    `incomplete_submissions`. `ignored` are the headings nobody reads; `kind` is the dataframe it came in; `form_sha256`
    the hash of the form it was read by; `read_from` the headings each field was read from.
    """

    pool: Pool
    findings: tuple[Problem, ...]
    counts: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    kind: str = "pandas"
    source: str = ""
    form_sha256: str | None = None
    read_from: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        counts, duplicates = self.counts, int((self.pool.duplicate_of >= 0).sum())
        parts = ("applicants", "rejected", "incomplete_submissions", "duplicates")
        if (
            sum(counts[p] for p in parts) != counts["rows"]
            or counts["duplicates"] != duplicates
            or counts["applicants"] != len(self.pool) - duplicates
        ):
            sentence = f"{self.source}: the rows of the table and what became of them do not add up: {dict(counts)}."
            raise InputError("rows_do_not_add_up", sentence, **counts)

    def __repr__(self) -> str:
        parts = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in self.counts.items())
        return f"Intake({self.source!r}: {parts}; {len(self.findings):,} findings)"

    def _repr_html_(self) -> str:
        counts = {name.replace("_", " "): number for name, number in self.counts.items()}
        found = Counter((one.code.replace("_", " "), one.column, one.action) for one in self.findings)
        rows = [(number, *what) for what, number in found.most_common(8)]
        parts = [heading(self.source or "Registrations"), table(list(counts), [list(counts.values())])]
        return "".join([*parts, table(("findings", "problem", "column", "done"), rows)] if rows else parts)

    @property
    def problems(self) -> pd.DataFrame:
        """All findings, a row for each: row, column, value, code, sentence, action."""
        return _frame(self.findings)

    @property
    def changes(self) -> pd.DataFrame:
        """The findings whose action is `changed`: undone masks, repaired encodings, ids made."""
        return _frame(p for p in self.findings if p.action == "changed")

    @cached_property
    def report(self) -> Report:
        """What was read, mapped, changed and is open: `report.frame()`, `report.text()`."""
        from selection.intake.report import Report

        return Report(self)


def _frame(problems: Iterable[Problem]) -> pd.DataFrame:
    import pandas as pd

    listed = list(problems)
    names = [f.name for f in fields(Problem)]
    frame = pd.DataFrame({name: pd.Series([getattr(p, name) for p in listed], dtype=object) for name in names})
    return frame.astype({"row": "Int64"})
