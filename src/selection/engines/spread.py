"""The outcome of a selection in an engine: decisions stay there, the driver keeps what explains and proves them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection import arrow
from selection.assessment import INCOMPLETE, INELIGIBLE
from selection.engines.cells import CellCounts, told
from selection.engines.duplicates import Duplicates
from selection.engines.engine import Decisions, Engine, Grid, Rows, Upto
from selection.engines.few import Call, Few
from selection.errors import NotFoundError
from selection.outcome import Outcome
from selection.outcome.certificate import certificate
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    from selection.explanations import Explanation

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class EngineOutcome:
    """Everything decided about a table in an engine.

    `rows` all of them, `few` those that were fetched and `local` the exact outcome among these, whose ranks are those
    of the few.
    """

    engine: Engine
    rows: Rows
    call: Call
    few: Few
    local: Outcome
    duplicates: Duplicates
    cells: CellCounts
    cut: Ints
    grid: Grid

    def __repr__(self) -> str:
        parts = ", ".join(f"{number:,} {status}" for status, number in self.counts.items() if number)
        return f"EngineOutcome({self.call.policy.title!r} on {self.engine.kind}: {parts})"

    @property
    def policy(self) -> Any:
        return self.call.policy

    @property
    def seed(self) -> str | None:
        return self.call.seed

    @property
    def candidates(self) -> int:
        """How many rows were fetched for the exact choice."""
        return len(self.few)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many applicants have each status; they add up to all rows."""
        weights = self.call.weights
        by = np.bincount(weights.assessment.standing, weights=weights.numbers, minlength=4).astype(int)
        np.subtract.at(by, weights.assessment.standing[self._pinned_profiles], 1)
        selected, waiting = self._selected, self._waiting_length
        numbers = (
            selected,
            waiting,
            self.ranked - selected - waiting,
            by[INELIGIBLE],
            by[INCOMPLETE],
            len(self.duplicates),
        )
        return dict(zip(STATUSES, map(int, numbers), strict=True))

    @cached_property
    def ranked(self) -> int:
        """How many applicants are ranked."""
        weights = self.call.weights
        return int(weights.numbers[weights.eligible].sum()) + len(self._pinned_profiles)

    @cached_property
    def pinned_places(self) -> Ints:
        """The places of pinned applicants who are ranked although they are not eligible."""
        pinned = np.isin(self.few.ids.astype(str), list(self.call.policy.pinned))
        return np.flatnonzero(pinned & (self.call.weights.lot[self.few.profile] < 0))

    @property
    def _pinned_profiles(self) -> Ints:
        return self.few.profile[self.pinned_places]

    @property
    def _selected(self) -> int:
        return int(self.local.choice.selected.sum())

    @property
    def _waiting_length(self) -> int:
        return min(self.call.policy.waiting_places, self.ranked - self._selected)

    def to_native(self) -> Any:
        """One row per applicant as the engine's own dataframe, lazily, in no order.

        Columns: id, status, rank, tier, score, block, seat, reason, as an outcome in memory has them.
        """
        return self.rows.decided(self.decisions)

    def to_frame(self) -> Any:
        """The same as `to_native`."""
        return self.to_native()

    @cached_property
    def decisions(self) -> Decisions:
        """What the engine is told to write each row's decision."""
        import pyarrow as pa

        others = [(one, "duplicate", None, None, None, None, None, "duplicate") for one in self.duplicates.gone]
        kinds = (pa.string(), pa.string(), pa.int64(), pa.int64(), pa.decimal128(38, 6), *[pa.string()] * 3)
        names = ("id", "status", "rank", "tier", "score", "block", "seat", "reason")
        gone = pa.table(
            {n: pa.array([r[i] for r in others], k) for i, (n, k) in enumerate(zip(names, kinds, strict=True))}
        )
        pinned = tuple(self.few.ids[self.pinned_places].tolist())
        by_cell, by_id, words, seated = told(self)
        return Decisions(self._by_key(), by_cell, by_id, words, seated, gone, pinned, self.grid, self._waiting_length)

    def _by_key(self) -> Any:
        """What follows from an applicant's profile."""
        import pyarrow as pa

        weights = self.call.weights
        made = weights.assessment
        status = {INELIGIBLE: ("ineligible", "rule"), INCOMPLETE: ("incomplete", "missing_field")}
        unranked = [status.get(int(s), (None, None)) for s in made.standing]
        whole = {"level": weights.level, "lot": weights.lot, "split": self.cut, "tier": made.tier, **weights.made}
        return pa.table(
            {
                "key": pa.array(weights.keys, pa.string()),
                **{name: pa.array(values, pa.int64()) for name, values in whole.items()},
                "score": arrow.decimals(made.score),
                "status": pa.array([s for s, _ in unranked], pa.string()),
                "reason": pa.array([r for _, r in unranked], pa.string()),
            }
        )

    def rank_at(self, place: Upto) -> int:
        """How many applicants stand at or before a place in the order, pinned ones included."""
        weights = self.call.weights
        earlier = weights.eligible & (weights.level < place.level)
        number = int(weights.numbers[earlier].sum()) + self._joined.before(place)
        mine = (place.level, *place.orders, place.ticket)
        for one in self.pinned_places.tolist():
            other = self.call.place_of(self.local, self.few, one)
            number += (other.level, *other.orders, other.ticket) <= mine
        return number

    @cached_property
    def _joined(self) -> Rows:
        weights = self.call.weights
        return self.rows.joined(weights.arrow(split=self.cut), self.grid)

    def explain(self, applicant_id: str, language: str = "en") -> Explanation:
        """The decision about one applicant in words; one row is looked up. `NotFoundError` if there is none."""
        from selection.engines.explaining import explain

        return explain(self, str(applicant_id), language)

    def threshold(self, applicant_id: str) -> Decimal | None:
        """The smallest score with which an applicant would have been selected; None if none would, or if selected."""
        return self.explain(applicant_id).threshold

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """How the outcome is known to be the exact one; members are counted over all rows, causes of shortfalls are not
        looked for."""
        made = certificate(replace_shortfalls(self.local))
        weights = self.call.weights
        total = np.zeros(len(weights.table.keys), dtype=np.int64)
        np.add.at(total, weights.lot[weights.eligible], weights.numbers[weights.eligible])
        for seated, block in zip(self.local.choice.blocks, made["blocks"], strict=True):
            for g, row in enumerate(block["reserves"]):
                masks = weights.table.masks[:, seated.place]
                row["eligible_members"] = int(total[masks >> g & 1 == 1].sum())
                if not seated.solved.solution.proved or seated.block.compliance != "order":
                    row["bound"] = min(row["seats"], row["eligible_members"])
        return {**made, "engine": self.engine.kind, "candidates": self.candidates}

    def missing(self, applicant_id: str) -> NotFoundError:
        return NotFoundError("unknown_applicant", f"There is no applicant {applicant_id!r}.", id=applicant_id)


def replace_shortfalls(outcome: Outcome) -> Outcome:
    """The same outcome with no causes looked for: they would be of the few rows only."""
    plain = replace(outcome)
    plain.__dict__["shortfalls"] = ()
    return plain
