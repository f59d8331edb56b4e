"""The files an outcome is written to: the decisions, a workbook, a page, a folder, a public edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from selection.outcome.outcome import Outcome


class Files:
    """The part of an outcome that is written down."""

    def to_csv(self, path: str | Path) -> Path:
        """Write the decisions alone, as in the folder's decisions.csv; nothing in it is ever run as a formula."""
        from selection.dossier import write_decisions

        return write_decisions(cast("Outcome", self), path)

    def to_excel(self, path: str | Path) -> Path:
        """Write all lists into one workbook, every text as text (extra `excel`)."""
        from selection.dossier.workbook import write_workbook

        return write_workbook(cast("Outcome", self), path)

    def write(self, folder: str | Path, *, force: bool = False) -> Path:
        """Write decisions, shortlist, waiting list, problems and record into a folder, whole or not at all."""
        from selection.dossier import write

        return write(cast("Outcome", self), Path(folder), force=force)

    def report(self, path: str | Path, *, public: bool = False, key: str | None = None, language: str = "en") -> Path:
        """Write one HTML page to look at, for the committee or, with codes for ids, for the public (extra `report`)."""
        from selection.report import write_report

        return write_report(cast("Outcome", self), path, public=public, key=key, language=language)

    def publish(self, folder: str | Path, key: str, *, force: bool = False) -> Path:
        """Write the public edition: entries under codes that only the key links to ids, and large counts."""
        from selection import dossier

        return dossier.publish(cast("Outcome", self), folder, key, force=force)
