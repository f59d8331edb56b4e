"""How far each criterion's points of one applicant may go up or down before the decision about them changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from selection.applicants import objects
from selection.assessment import points
from selection.choice import choose
from selection.choice.problem import Ints
from selection.intake.natives import native
from selection.outcome import Outcome
from selection.outcome.thresholds import NEVER
from selection.policy import MICRO
from selection.ranking import rank


def sensitivity(outcome: Outcome, place: int) -> Any:
    """A row for each criterion: criterion, points, least, most.

    With the applicant's points between `least` and `most` (both included; None: without end) the decision stays, all
    others as they are, and a millionth of a point beyond it is another one: whoever rises never loses by it. Nothing
    is said of whoever was not ranked, or holds a seat that was promised.
    """
    at = int(outcome.rank_of[place])
    given = outcome.recorded.contributions(place) if at >= 0 and at not in outcome.held else ()
    down, up = _room(outcome, place, at) if given else (None, None)
    cells = {
        "criterion": objects([one.criterion for one in given]),
        "points": objects([one.points for one in given]),
        "least": objects([None if down is None else points(int(one.points * MICRO) - down) for one in given]),
        "most": objects([None if up is None else points(int(one.points * MICRO) + up) for one in given]),
    }
    return native(cells, outcome.intake.kind)


def _room(outcome: Outcome, place: int, at: int) -> tuple[int | None, int | None]:
    """How many micropoints the score may fall, and rise, without changing the decision."""
    own = int(outcome.assessment.score[place])
    if outcome.choice.selected[at]:
        kept = _least_kept(outcome, place)
        return (None if kept is None else own - kept), None
    least = int(outcome.enough[at])
    return None, None if least == NEVER else least - 1 - own


def _least_kept(outcome: Outcome, place: int) -> int | None:
    """The smallest score with which a selected applicant would still be selected; None if there is none."""
    scores = _steps(outcome, place)
    if selected_with(outcome, place, int(scores[0])):
        return None
    low, high = 0, len(scores) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if selected_with(outcome, place, int(scores[middle])):
            high = middle
        else:
            low = middle
    return int(scores[high])


def _steps(outcome: Outcome, place: int) -> Ints:
    """Scores at which the applicant's place in the order changes, up to the own: below all, level, just above."""
    assessment, ranked = outcome.assessment, outcome.ranking.order
    tier = ranked[assessment.tier[ranked] == assessment.tier[place]]
    own = int(assessment.score[place])
    levels = np.unique(assessment.score[tier])
    scores = np.unique(np.concatenate([levels[:1] - 1, levels, levels + 1, [own]]))
    return np.asarray(scores[scores <= own])


def selected_with(outcome: Outcome, place: int, score: int) -> bool:
    """Whether the applicant would be selected with a score in micropoints, all others as they are: one full run."""
    scores = outcome.assessment.score.copy()
    scores[place] = score
    ranking = rank(replace(outcome.assessment, score=scores), outcome.seed, outcome.rank_of >= 0)
    rank_of = np.full(outcome.pool_size, -1, dtype=np.int64)
    rank_of[ranking.order] = np.arange(len(ranking))
    held = {int(rank_of[outcome.ranking.order[r]]): block for r, block in outcome.held.items()}
    return bool(choose(ranking, outcome.choice.plan, held).selected[rank_of[place]])
