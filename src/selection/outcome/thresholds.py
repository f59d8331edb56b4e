"""The smallest score that would have been enough, exact because whoever rises never loses by it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from selection.assessment import points
from selection.choice import choose
from selection.ranking import rank

if TYPE_CHECKING:
    from selection.outcome.outcome import Outcome


def threshold(outcome: Outcome, place: int) -> Decimal | None:
    """The smallest score with which the applicant at this place would have been selected.

    None where no score would be enough, and for whoever is selected or was not ranked. Every other applicant keeps
    their own score; tier, tie-breaks and ticket stay the applicant's own.
    """
    at = int(outcome.rank_of[place])
    if at < 0 or outcome.choice.selected[at]:
        return None
    scores = _candidates(outcome, place)
    if not len(scores) or not _selected_with(outcome, place, int(scores[-1])):
        return None
    low, high = -1, len(scores) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _selected_with(outcome, place, int(scores[middle])):
            high = middle
        else:
            low = middle
    return points(int(scores[high]))


def _candidates(outcome: Outcome, place: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Every score at which the applicant's place in the order changes: level with somebody, or just above them."""
    assessment = outcome.assessment
    ranked = outcome.ranking.order
    tier = ranked[assessment.tier[ranked] == assessment.tier[place]]
    own = int(assessment.score[place])
    levels = np.unique(assessment.score[tier])
    levels = levels[levels >= own]
    scores = np.unique(np.concatenate([levels, levels + 1]))
    return scores[scores > own]


def _selected_with(outcome: Outcome, place: int, score: int) -> bool:
    scores = outcome.assessment.score.copy()
    scores[place] = score
    among = outcome.rank_of >= 0
    ranking = rank(replace(outcome.assessment, score=scores), outcome.seed, among)
    places = {int(outcome.ranking.order[r]): block for r, block in outcome.held.items()}
    rank_of = np.full(len(among), -1, dtype=np.int64)
    rank_of[ranking.order] = np.arange(len(ranking))
    held = {int(rank_of[p]): block for p, block in places.items()}
    return bool(choose(ranking, outcome.choice.plan, held).selected[rank_of[place]])
