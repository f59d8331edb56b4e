"""The smallest score that would have been enough, for all who were refused at once.

Whoever rises never loses by it, and where nothing changes for the others it is enough to stand before one applicant,
the pivot of one's signature in a block: to have a better score, or the same and win the tie.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.assessment import points
from selection.choice.problem import Ints

if TYPE_CHECKING:
    from selection.choice import SeatedBlock
    from selection.outcome.frames import Cells
    from selection.outcome.outcome import Outcome

#: Stands for a score that would not be enough, however high.
NEVER: Final = np.iinfo(np.int64).max


def enough(outcome: Outcome) -> Ints:
    """Per rank the smallest score, in micropoints, with which the applicant would have been selected.

    `NEVER` where no score would be enough, for the selected, and where the choice itself could not be proved. Every
    other applicant keeps their own score; tier, tie-breaks and ticket stay the applicant's own.
    """
    least = np.full(len(outcome.ranking), NEVER, dtype=np.int64)
    if outcome.choice.proved:
        out = np.flatnonzero(~outcome.choice.selected)
        for seated in outcome.choice.blocks:
            least[out] = np.minimum(least[out], _enough_in(outcome, seated, out))
    return least


def _enough_in(outcome: Outcome, seated: SeatedBlock, out: Ints) -> Ints:
    """The same for one block and the refused at these ranks."""
    least = np.full(len(out), NEVER, dtype=np.int64)
    codes = outcome.choice.signatures.code[out]
    asked = np.flatnonzero(np.isin(out, seated.ranks))
    asked = asked[seated.pivots[codes[asked]] >= 0]
    order, assessment = outcome.ranking.order, outcome.assessment
    mine, pivot = order[out[asked]], order[seated.pivots[codes[asked]]]
    within = assessment.tier[mine] == assessment.tier[pivot]
    asked, mine, pivot = asked[within], mine[within], pivot[within]
    wins = outcome.ranking.wins_tie(mine, pivot, seated.block.name)
    least[asked] = assessment.score[pivot] + ~wins
    return least


def threshold(outcome: Outcome, place: int) -> Decimal | None:
    """The threshold of the applicant at this place; None where no score would be enough, and for the selected."""
    rank = int(outcome.rank_of[place])
    least = int(outcome.enough[rank]) if rank >= 0 else NEVER
    return None if least == NEVER else points(least)


def frame(outcome: Outcome) -> Any:
    """A row for each applicant without a seat, as a dataframe of the kind that came in."""
    from selection.intake.natives import native

    return native(cells(outcome), outcome.intake.kind)


def cells(outcome: Outcome) -> Cells:
    """A row for each applicant without a seat, in rank order, then the unranked."""
    from selection.outcome.frames import decimals, decision_cells

    places = outcome.display_order[outcome.status[outcome.display_order] != 0]
    decided = decision_cells(outcome, places)
    ranks = outcome.rank_of[places]
    least = np.append(outcome.enough, NEVER)[ranks]
    known = least != NEVER
    more = np.where(known, least - outcome.assessment.score[places], 0)
    thresholds, missing = decimals(np.where(known, least, 0)), decimals(more)
    thresholds[~known] = missing[~known] = None
    kept = {name: decided[name] for name in ("id", "status", "rank", "tier", "score", "reason")}
    return {**kept, "threshold": thresholds, "more": missing}
