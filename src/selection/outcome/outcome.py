"""Everything decided, and how to read it: the object users hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.assessment import Assessment, points
from selection.choice import Choice
from selection.choice.structure import Structure, classify, known_of
from selection.errors import NotFoundError, did_you_mean
from selection.intake import Intake
from selection.outcome.files import Files
from selection.outcome.questions import Questions
from selection.policy import Policy
from selection.ranking import Ranking
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    from selection.auditing.audit import Audit, By
    from selection.auditing.chances import Chances
    from selection.charts import Plots
    from selection.dossier import Verification
    from selection.explanations import Explanation
    from selection.explanations.facts import Recorded
    from selection.outcome.repairs import Repair, Shortfall
    from selection.replacement import Lock, Replacement

SELECTED, WAITLISTED, DECLINED = 0, 1, 2


@dataclass(frozen=True, eq=False, repr=False)
class Outcome(Questions, Files):
    """Everything decided, with the pool, the policy and the seed it follows from."""

    intake: Intake
    policy: Policy
    seed: str | None
    assessment: Assessment
    ranking: Ranking
    choice: Choice
    held: Mapping[int, str]

    def __repr__(self) -> str:
        parts = ", ".join(f"{number:,} {status}" for status, number in self.counts.items() if number)
        return f"Outcome({self.policy.title!r}: {parts})"

    def _repr_html_(self) -> str:
        from selection.outcome.display import outcome_html

        return outcome_html(self)

    @property
    def pool_size(self) -> int:
        """How many registrations the pool holds, duplicates included."""
        return len(self.intake.pool)

    @cached_property
    def rank_of(self) -> npt.NDArray[np.int64]:
        """Each applicant's place in the order from 0, -1 for the unranked."""
        ranks = np.full(self.pool_size, -1, dtype=np.int64)
        ranks[self.ranking.order] = np.arange(len(self.ranking))
        return ranks

    @cached_property
    def waiting(self) -> npt.NDArray[np.int64]:
        """The ranks on the waiting list, in order."""
        return np.flatnonzero(~self.choice.selected)[: self.policy.waiting_places]

    @cached_property
    def status(self) -> npt.NDArray[np.int8]:
        """The status of each applicant as its place in `STATUSES`."""
        from selection.outcome.reasons import statuses

        return statuses(self)

    @property
    def counts(self) -> dict[str, int]:
        """How many applicants have each status; they add up to all applicants."""
        return dict(zip(STATUSES, np.bincount(self.status, minlength=len(STATUSES)).tolist(), strict=True))

    @cached_property
    def display_order(self) -> npt.NDArray[np.int64]:
        """Places in rank order, then the unranked by status and id."""
        from selection.outcome.frames import display_order

        return display_order(self)

    @cached_property
    def without(self) -> Mapping[str | None, npt.NDArray[np.bool_]]:
        """Per rank, who would be selected if a reserve kept no seats; under None, if no reserve did."""
        from selection.outcome.variants import variants

        return MappingProxyType(dict(variants(self)))

    @cached_property
    def because_of(self) -> Mapping[str, npt.NDArray[np.bool_]]:
        """Per reserve and rank, who has a seat because of it: selected, and out if it kept none."""
        here = self.choice.selected
        return MappingProxyType({g: here & ~there for g, there in self.without.items() if g is not None})

    @cached_property
    def displaced(self) -> npt.NDArray[np.bool_]:
        """Per rank, who would have been selected if no reserve kept seats."""
        return ~self.choice.selected & self.without[None]

    @cached_property
    def lifted(self) -> Mapping[str | None, npt.NDArray[np.bool_]]:
        """Per rank, who would be selected without a cap that is full; under None, if there were seats for everybody."""
        from selection.outcome.variants import lifted

        return MappingProxyType(dict(lifted(self)))

    @cached_property
    def reason(self) -> npt.NDArray[np.int8]:
        """The reason of each applicant's decision as its place in `REASONS`."""
        from selection.outcome.reasons import reasons

        return reasons(self)

    @cached_property
    def structure(self) -> Structure:
        """The structure class of the policy."""
        return classify(self.policy.plan, known_of(self.assessment.fields))

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """How the outcome is known to be the exact one: class, proof and compliance of each block, versions."""
        from selection.outcome.certificate import certificate

        return certificate(self)

    def score(self, place: int) -> Decimal:
        """The exact score of the applicant at this place."""
        return points(int(self.assessment.score[place]))

    def to_frame(self) -> Any:
        """One row per applicant, in rank order, then the rest; the kind of dataframe that came in.
        Columns: id, status, rank, tier, score, block, seat, reason; unranked applicants have no rank, tier or score.
        """
        from selection.outcome.frames import decisions

        return decisions(self, self.display_order)

    @property
    def shortlist(self) -> Any:
        """The selected in rank order, with the fields the policy reads."""
        from selection.outcome.frames import listed

        return listed(self, np.flatnonzero(self.choice.selected))

    @property
    def waitlist(self) -> Any:
        """The waiting list in rank order, with the fields the policy reads."""
        from selection.outcome.frames import listed

        return listed(self, self.waiting)

    def place(self, applicant_id: str) -> int:
        """Where an applicant stands in the pool; `NotFoundError` with the nearest id."""
        places = self.intake.pool.places
        if str(applicant_id) not in places:
            close = did_you_mean(str(applicant_id), places) if len(places) <= 20_000 else ""
            raise NotFoundError("unknown_applicant", f"There is no applicant {applicant_id!r}.{close}", id=applicant_id)
        return places[str(applicant_id)]

    def threshold(self, applicant_id: str) -> Decimal | None:
        """The smallest score with which an applicant would have been selected; None if none would, or if selected."""
        from selection.outcome.thresholds import threshold

        return threshold(self, self.place(applicant_id))

    @cached_property
    def enough(self) -> npt.NDArray[np.int64]:
        """Per rank the smallest score, in micropoints, that would have been enough; `NEVER` where none would."""
        from selection.outcome.thresholds import enough

        return enough(self)

    def thresholds(self) -> Any:
        """A row for each applicant without a seat: id, status, rank, tier, score, reason, threshold, more.

        `threshold` the smallest score that would have been enough, None where none would; `more` how many points more
        than the applicant's own that is.
        """
        from selection.outcome.thresholds import frame

        return frame(self)

    @cached_property
    def recorded(self) -> Recorded:
        """What explanations look up, found once."""
        from selection.explanations.facts import Recorded

        return Recorded(self)

    def explanations(self, language: str = "en", edition: str = "applicant") -> Any:
        """A row for each applicant, in the order of `to_frame`: id, status, rank, score, reason, text.

        `edition` is "applicant" (a paragraph), "officer" (every fact) or "auditor" (the facts as JSON).
        """
        from selection.explanations import explanations

        return explanations(self, language, edition)

    def explain(self, applicant_id: str, language: str = "en") -> Explanation:
        """The decision about one applicant in words, with the facts behind it."""
        from selection.explanations import explain

        return explain(self, self.place(applicant_id), language)

    @cached_property
    def shortfalls(self) -> tuple[Shortfall, ...]:
        """The reserves that could not be filled, each with its causes."""
        from selection.outcome.repairs import shortfalls

        return shortfalls(self)

    def repairs(self) -> tuple[Repair, ...]:
        """The smallest single changes of the policy that would fill every reserve, and whom each adds and removes."""
        from selection.outcome.repairs import repairs

        return repairs(self)

    def replace(self, withdrawn: Iterable[str], lock: Lock | None = None, pinned: Iterable[str] = ()) -> Replacement:
        """The exact answer to withdrawals; offers are kept with `lock` "selected" (the policy's, unless given).

        `pinned` applicants have a seat afterwards, whatever their rank.
        """
        from selection.replacement import replace

        return replace(self, withdrawn, lock, pinned)

    def replacements(self, ids: Iterable[str] | None = None, lock: Lock | None = None) -> Any:
        """Who would replace whom: a row for each applicant with a seat (or of `ids`); `loses` a seat only unlocked."""
        from selection.replacement import replacements

        return replacements(self, ids, lock)

    def audit(self, by: By = None, *, population: Mapping[str, Mapping[str, float]] | None = None) -> Audit:
        """Who got what by a field, a pair (a tuple) or a list of these; beside a `population`, if one is given."""
        from selection.auditing.audit import audit

        return audit(self, by, population)

    def chances(self, runs: int = 400, key: str = "chances") -> Chances:
        """How likely each ranked applicant was to be selected over all tickets: exact, or drawn with its error."""
        from selection.auditing.chances import chances

        return chances(self, runs, key)

    @property
    def plot(self) -> Plots:
        """The standard charts: `outcome.plot.scores()`, `.by("role")`, `.countries()` and others (extra `report`)."""
        from selection.charts import Plots

        return Plots(self)

    def verify(self) -> Verification:
        """Check the outcome: every decision by running again, every promise by plain counting."""
        from selection.dossier import verify_outcome

        return verify_outcome(self)

    def record(self) -> dict[str, Any]:
        """What proves the outcome without personal data: policy, hashes, seed, versions, counts, certificate."""
        from selection.outcome.certificate import record

        return record(self)
