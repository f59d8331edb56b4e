"""One decision with all its facts, in words for the applicant and for the officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from selection.explanations.catalogues import words
from selection.explanations.facts import Contribution, CutOff, Recorded
from selection.explanations.sentences import applicant, officer
from selection.html import heading, line, table

if TYPE_CHECKING:
    from selection.outcome import Outcome


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """One decision with all its facts. `str()` is the applicant's text; `for_officer()` the full one."""

    recorded: Recorded
    place: int
    language: str = "en"

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """Everything recorded, as in the published JSON Schema (`selection schema explanation`)."""
        return self.recorded.facts(self.place)

    @property
    def cause(self) -> str:
        """The code of the reason."""
        return str(self.facts["reason"])

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What each criterion gave, adding up to the score; nothing for whoever was not ranked."""
        return self.recorded.contributions(self.place) if self.facts["rank"] is not None else ()

    @property
    def cutoff(self) -> CutOff | None:
        """The last admitted of the applicant's own signature; None if nobody was."""
        return CutOff(**self.facts["cutoff"]) if self.facts["cutoff"] else None

    @property
    def threshold(self) -> Decimal | None:
        """The smallest score with which the applicant would have been selected; None if none would, or if selected."""
        found: Decimal | None = self.facts["threshold"]
        return found

    @property
    def refused(self) -> bool:
        """Whether the applicant was weighed and got no seat."""
        return self.facts["status"] in ("waitlisted", "declined")

    def __str__(self) -> str:
        return applicant(self.facts, words(self.language), proved=self.recorded.outcome.choice.proved)

    def __repr__(self) -> str:
        return f"Explanation({self.facts['id']!r}: {self.facts['status']}, {self.cause})"

    def _repr_html_(self) -> str:
        rows = [(one.criterion, one.points) for one in self.contributions]
        parts = [heading(f"{self.facts['id']}: {self.facts['status']}"), line(str(self))]
        return "".join([*parts, table(("criterion", "points"), rows)] if rows else parts)

    def for_officer(self) -> str:
        """Everything recorded about the decision, a line for each fact."""
        return officer(self.facts, words(self.language), proved=self.recorded.outcome.choice.proved)


def explain(outcome: Outcome, place: int, language: str = "en") -> Explanation:
    """What was recorded about the applicant at this place; `NotFoundError` for a language without words."""
    words(language)
    return Explanation(outcome.recorded, place, language)
