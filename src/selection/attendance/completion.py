"""Who completed: the conditions of the programme, weighed like those of a call, with the same reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from selection.applicants import canonical_text
from selection.errors import PolicyError, ProgrammeError
from selection.explanations.catalogues import wording
from selection.intake import Intake
from selection.outcome import Outcome, select
from selection.policy import Policy
from selection.programme import Programme
from selection.vocabulary import STATUSES

#: What the status of an outcome means for completion.
STATUS: Final[Mapping[str, str]] = {"selected": "completed", "ineligible": "not_completed", "incomplete": "open"}


@dataclass(frozen=True, eq=False, repr=False)
class Completed:
    """Completion as an outcome: every condition of the programme is a condition that must be met."""

    outcome: Outcome
    programme: Programme

    @property
    def counts(self) -> dict[str, int]:
        """How many completed, did not, or are open because something is missing."""
        return {said: self.outcome.counts[status] for status, said in STATUS.items()}

    @property
    def ids(self) -> tuple[str, ...]:
        """Who completed, by id."""
        return tuple(one for one in sorted(self.outcome.intake.pool.places) if self.status(one) == "completed")

    def status(self, one: str) -> str:
        """`completed`, `not_completed`, or `open` where a condition needs what is missing."""
        return STATUS[STATUSES[self.outcome.status[self.outcome.place(one)]]]

    def facts(self, one: str) -> Mapping[str, Any]:
        """The reason: the condition not met or not known, and the values it saw."""
        found = self.outcome.explain(one).facts
        return {"status": self.status(one), "rule": found["rule"], "seen": found["seen"], "missing": found["field"]}

    def explain(self, one: str, language: str = "en") -> str:
        """Whether somebody completed and why, in words."""
        facts, words = self.facts(one), wording("certificates", language)["completion"]
        seen = ", ".join(f"{words.get(name, name)} {canonical_text(value)}" for name, value in facts["seen"].items())
        names = (rule.name for rule in self.programme.completion)
        said = dict(zip(names, self.programme.wording(language).completion, strict=True))
        missing = words.get(facts["missing"], facts["missing"])
        facts = {**facts, "seen": seen, "missing": missing, "rule": said.get(facts["rule"])}
        return str(words[facts["status"]]).format_map(facts)


def completed(intake: Intake, programme: Programme) -> Completed:
    """Weigh everybody by the conditions of completion; `ProgrammeError` where one reads what nobody has."""
    seats = max(1, len(intake.pool))
    policy = Policy(title=programme.title, capacity=seats, eligible=programme.completion)
    try:
        return Completed(select(intake, policy, seed="completion"), programme)
    except PolicyError as error:
        raise ProgrammeError(error.code, str(error).replace("[[eligible]]", "[[completion]]")) from None
