"""The code of each decision's reason, a few table look-ups for the whole pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from selection.assessment import DUPLICATE, INCOMPLETE, INELIGIBLE
from selection.choice.problem import CAUSES
from selection.vocabulary import REASONS

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
    """For each rank the recorded cause of its refusal (of no meaning for the selected)."""
    table = np.array([_CODE[cause] for cause in (*CAUSES, "no_block")], dtype=np.int8)
    reasons = np.zeros(len(outcome.ranking), dtype=np.int8)
    out = np.flatnonzero(~outcome.choice.selected)
    reasons[out] = table[outcome.choice.causes(out)]
    return reasons
