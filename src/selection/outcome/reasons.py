"""The code of each decision's reason, a few table look-ups for the whole pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from selection.assessment import DUPLICATE, INCOMPLETE, INELIGIBLE
from selection.choice.problem import CAUSES
from selection.vocabulary import REASONS, STATUSES

if TYPE_CHECKING:
    from selection.outcome.outcome import Outcome

_CODE = {name: code for code, name in enumerate(REASONS)}


def reasons(outcome: Outcome) -> npt.NDArray[np.int8]:
    """The reason of every applicant: unranked by standing, selected by reserve or merit, refused by signature."""
    assessment, choice = outcome.assessment, outcome.choice
    by_standing = np.zeros(4, dtype=np.int8)
    by_standing[INELIGIBLE] = _CODE["rule"]
    by_standing[INCOMPLETE] = _CODE["missing_field"]
    by_standing[DUPLICATE] = _CODE["duplicate"]
    reason = by_standing[assessment.standing]
    by_rank = refused(outcome)
    by_rank[choice.selected] = _CODE["merit"]
    by_rank[choice.selected & ~outcome.without[None]] = _CODE["reserve"]
    for members in outcome.because_of.values():
        by_rank[members] = _CODE["reserve"]
    by_rank[list(outcome.held)] = _CODE["pinned"]
    reason[outcome.ranking.order] = by_rank
    return reason


def refused(outcome: Outcome) -> npt.NDArray[np.int8]:
    """For each rank why it was refused (of no meaning for the selected).

    The cause recorded at the turn, if the decision would have been another without it; else another cause of which
    that is true; else "combination".
    """
    choice = outcome.choice
    reasons = np.full(len(outcome.ranking), _CODE["combination"], dtype=np.int8)
    out = np.flatnonzero(~choice.selected)
    recorded = np.full(len(outcome.ranking), -1, dtype=np.int8)
    recorded[out] = choice.causes(out)
    true = _but_for(outcome)
    for cause in ("capacity", "cap", "reserved"):
        reasons[true[cause]] = _CODE[cause]
    for place, cause in enumerate(CAUSES):
        if cause in true:
            reasons[true[cause] & (recorded == place)] = _CODE[cause]
    reasons[recorded == -1] = _CODE["no_block"]
    return reasons


def _but_for(outcome: Outcome) -> dict[str, npt.NDArray[np.bool_]]:
    """Per cause and rank, who would have been selected without it."""
    caps = np.zeros(len(outcome.ranking), dtype=bool)
    for place, cap in enumerate(outcome.choice.plan.caps):
        if cap.name in outcome.lifted:
            caps |= outcome.choice.under_full_cap(place) & outcome.lifted[cap.name]
    kept = outcome.without[None] | np.any(list(outcome.without.values()), axis=0)
    return {"capacity": outcome.lifted[None], "cap": caps, "reserved": kept}


def statuses(outcome: Outcome) -> npt.NDArray[np.int8]:
    """The status of each applicant as its place in `STATUSES`."""
    selected, waitlisted, declined, *unranked = range(len(STATUSES))
    by_rank = np.full(len(outcome.ranking), declined, dtype=np.int8)
    by_rank[outcome.waiting] = waitlisted
    by_rank[outcome.choice.selected] = selected
    # In the order of the standings: ineligible, incomplete, duplicate.
    status = np.array([-1, *unranked], dtype=np.int8)[outcome.assessment.standing]
    status[outcome.ranking.order] = by_rank
    return status
