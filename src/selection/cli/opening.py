"""A folder of results opened with what the command line tells of its programme and its people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selection.editions import Edition


@dataclass(frozen=True)
class Told:
    """A folder of results, and what was said with it; the rest is looked for on the folder's desk."""

    results: Path
    programme: Path | None = None
    registrations: Path | None = None
    form: Path | None = None
    corrected: bool = False

    def open(self) -> Edition:
        """The edition behind the folder."""
        from selection.editions import Edition

        return Edition.open(self.results, self.programme, self.registrations, self.form, corrected=self.corrected)
