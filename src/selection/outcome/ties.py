"""Ties that would decide about somebody's seat: found exactly, and refused where nothing may break them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from selection.choice import Choice, choose
from selection.errors import TieError
from selection.outcome.outcome import DECLINED, WAITLISTED, Outcome


def check_ties(outcome: Outcome) -> None:
    """Without tickets no decision may hang on a tie: swapping tied applicants must change nobody's seat."""
    if outcome.seed is not None and outcome.policy.ties.lottery:
        return
    split = _split_ties(outcome)
    if not len(split):
        return
    tied = int(split[0])
    number = int((outcome.ranking.ties == tied).sum())
    score = outcome.score(int(outcome.ranking.order[np.argmax(outcome.ranking.ties == tied)]))
    how = (
        "give a seed, so that the lottery can decide"
        if outcome.policy.ties.lottery
        else 'add "lottery" as the last entry of order in [ties] and give a seed'
    )
    sentence = f"{number:,} applicants are tied at the cut with {score} points, and nothing tells them apart: {how}."
    raise TieError("tie_at_the_cut", sentence, tied=number, score=str(score))


def _split_ties(outcome: Outcome) -> npt.NDArray[np.int64]:
    """Ties whose order decides about somebody's seat or place on the waiting list."""
    ranking, choice = outcome.ranking, outcome.choice
    status = outcome.status[ranking.order]
    sizes = np.bincount(ranking.ties, minlength=1)
    mixed = np.zeros(len(sizes), dtype=bool)
    first = status[np.searchsorted(ranking.ties, np.arange(len(sizes)))] if len(ranking) else status
    mixed[ranking.ties[status != first[ranking.ties]]] = True
    return np.array([tie for tie in np.flatnonzero(mixed) if _order_matters(outcome, int(tie), choice)], dtype=np.int64)


def _order_matters(outcome: Outcome, tie: int, choice: Choice) -> bool:
    """Whether some refused applicant of a tie would get in if put first of the tie."""
    ranks = np.flatnonzero(outcome.ranking.ties == tie)
    chosen = choice.selected[ranks]
    codes = choice.signatures.code[ranks]
    if set(codes[chosen]) & set(codes[~chosen]):
        return True
    if (outcome.status[outcome.ranking.order[ranks]][~chosen] == WAITLISTED).any() and not chosen.all():
        waiting = outcome.status[outcome.ranking.order[ranks[~chosen]]]
        if (waiting == WAITLISTED).any() and (waiting == DECLINED).any():
            return True
    if not chosen.any():
        return False
    for code in set(codes[~chosen].tolist()):
        refused = ranks[~chosen & (codes == code)][0]
        order = outcome.ranking.order.copy()
        order[ranks] = np.concatenate([[order[refused]], np.delete(order[ranks], np.flatnonzero(ranks == refused))])
        again = choose(replace(outcome.ranking, order=order), held=_moved(outcome.held, order, outcome.ranking.order))
        if again.selected[ranks[0]]:
            return True
    return False


def _moved(held: Mapping[int, str], order: npt.NDArray[np.int64], before: npt.NDArray[np.int64]) -> dict[int, str]:
    """The held ranks in another order."""
    places = {int(before[rank]): block for rank, block in held.items()}
    return {int(rank): places[int(place)] for rank, place in enumerate(order) if int(place) in places}
