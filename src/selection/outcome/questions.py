"""What may be asked of an outcome beyond what was decided: what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast

from selection.errors import OutputError

if TYPE_CHECKING:
    from selection.comparison import Comparison
    from selection.outcome.outcome import Outcome
    from selection.outcome.provisional import Standings
    from selection.policy import Policy


class Questions:
    """The part of an outcome that answers what if: something changed, or somebody more."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        """Itself: nothing of an outcome ever changes."""
        return self

    def __reduce__(self) -> NoReturn:
        """Not pickled: the next version could not read it, and every answer of every applicant would be in it."""
        sentence = "An outcome is not pickled. Keep selection.dossier.pack(outcome), bytes that dossier.unpack reads."
        raise OutputError("not_pickled", sentence)

    def what_if(
        self,
        *,
        capacity: int | None = None,
        reserve: Mapping[str, int | str] | None = None,
        cap: Mapping[str, int | str] | None = None,
        points: Mapping[str, Any] | None = None,
        policy: Policy | Mapping[str, Any] | str | Path | None = None,
    ) -> Comparison:
        """What other seats, points or another policy would decide over the same pool with the same seed.

        `reserve` and `cap` give seats by name (`{"Women": "40%"}`), `points` the points of a criterion by name. The
        comparison says who enters, who leaves and why, counts by any field, and cut-offs. Raises `PolicyError` for a
        name the policy does not have.
        """
        from selection.comparison import what_if

        return what_if(cast("Outcome", self), capacity, reserve, cap, points, policy)

    def sweep(
        self,
        *,
        capacity: Iterable[int] | None = None,
        reserve: Mapping[str, Iterable[int | str]] | None = None,
        cap: Mapping[str, Iterable[int | str]] | None = None,
        points: Mapping[str, Iterable[Any]] | None = None,
        by: str | None = None,
    ) -> Any:
        """What if, over ranges: a row for each combination of values (and each value of the field `by`).

        Columns: the numbers swept, selected, enters, leaves, short, cutoff_rank, cutoff_score; with `by` also value
        and members.
        """
        from selection.comparison import sweep

        return sweep(cast("Outcome", self), capacity, reserve, cap, points, by)

    def sensitivity(self, applicant_id: str) -> Any:
        """Per criterion the interval of an applicant's own points in which the decision stays: points, least, most."""
        from selection.comparison import sensitivity

        outcome = cast("Outcome", self)
        return sensitivity(outcome, outcome.place(applicant_id))

    def weights(self, applicant_id: str | None = None, *, runs: int = 200) -> Any:
        """Per criterion how far the weight of all its points may go without another decision: factors.

        About one applicant, or (without an id) about who is selected at all. Columns: criterion, least, least_end,
        most, most_end; an end is "included" in the interval or "excluded", "none" (no other decision further on), or
        "open" (at least as far as this: giving the seats out `runs` times did not suffice).
        """
        from selection.comparison import weights

        outcome = cast("Outcome", self)
        return weights(outcome, None if applicant_id is None else outcome.place(applicant_id), runs)

    @cached_property
    def standings(self) -> Standings:
        """Where somebody would stand if submitted now: `standings.of(applicant)`; nothing is run again."""
        from selection.outcome.provisional import standings

        return standings(cast("Outcome", self))

    def counterfactuals(self, applicant_id: str, language: str = "en") -> Any:
        """Single changes of the fields the policy calls `changeable` with which an applicant would have been selected.

        Columns: field, value, instead, text; of numbers the nearest higher and lower value that somebody has.
        """
        from selection.comparison import counterfactuals

        outcome = cast("Outcome", self)
        return counterfactuals(outcome, outcome.place(applicant_id), language)
