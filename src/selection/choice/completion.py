"""A quick way to complete a set of admitted applicants, so that many can be admitted at one look.

It works on counts: take for the rows that still miss somebody, then for the seats that must be filled, always within
the caps. What it finds is a proof that the admitted can be completed; that it finds nothing proves nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from selection.choice.matrices import load
from selection.choice.problem import BlockProblem, Ints
from selection.choice.programme import Programme


class Completion:
    """Completes counts of admitted applicants within one block; `cost` says whom to prefer among the rest."""

    def __init__(self, problem: BlockProblem, programme: Programme, cost: npt.NDArray[np.float64]) -> None:
        self.problem, self.programme = problem, programme
        order = np.argsort(cost, kind="stable")
        mask_of = programme.mask_of[order]
        self._of_mask = [order[mask_of == mask] for mask in range(len(programme.masks))]
        self._any = order

    def of(self, admitted: Ints, still_open: npt.NDArray[np.bool_]) -> Ints | None:
        """Counts that contain the admitted and keep every rule, or None if none were found."""
        programme = self.programme
        counts, self._room = admitted.copy(), self.problem.slack - load(self.problem, admitted)
        self._open = still_open
        self._left = self.problem.seats - int(admitted.sum())
        missing = programme.needed - programme.reached(admitted)
        while (missing > 0).any():
            mask, number = self._most_useful(counts, missing)
            if not number:
                return None
            missing = missing - number * programme.weights[mask]
        short = programme.least - int(counts.sum())
        if short > 0 and self._take(counts, self._any, short) < short:
            return None
        # Where applicants have several keys of one cap, a key stands in several columns and may be overdrawn.
        return counts if programme.fits(counts) else None

    def _most_useful(self, counts: Ints, missing: Ints) -> tuple[int, int]:
        """Take as many as are useful of the mask that helps most rows; the mask and how many were taken."""
        weights = self.programme.weights
        useful = np.minimum(weights, np.maximum(missing, 0)).sum(axis=1)
        for mask in np.argsort(-useful, kind="stable").tolist():
            if not useful[mask]:
                break
            helped = (weights[mask] > 0) & (missing > 0)
            wanted = int(np.ceil(missing[helped] / weights[mask][helped]).min())
            taken = self._take(counts, self._of_mask[mask], wanted)
            if taken:
                return mask, taken
        return 0, 0

    def _take(self, counts: Ints, signatures: Ints, wanted: int) -> int:
        """Take up to so many of these signatures, the preferred first, within seats and caps."""
        wanted = min(wanted, self._left)
        spare = np.where(self._open[signatures], self.programme.supply[signatures] - counts[signatures], 0)
        some = spare > 0
        signatures, spare = signatures[some], spare[some]
        keys = self.problem.keys[signatures]
        for column in range(keys.shape[1]):
            spare = _within(spare, keys[:, column], self._room)
        before = np.cumsum(spare) - spare
        spare = np.clip(wanted - before, 0, spare)
        counts[signatures] += spare
        for column in range(keys.shape[1]):
            used = keys[:, column] >= 0
            number = np.bincount(keys[used, column], weights=spare[used], minlength=len(self._room))
            self._room = self._room - number.astype(np.int64)
        taken = int(spare.sum())
        self._left -= taken
        return taken


def _within(spare: Ints, key: Ints, room: Ints) -> Ints:
    """Cut what each signature has to spare so that no key takes more than its room, earlier ones first."""
    order = np.argsort(key, kind="stable")
    key, ordered = key[order], spare[order]
    total = np.cumsum(ordered)
    starts = np.flatnonzero(np.diff(key, prepend=-2))
    sizes = np.diff(np.append(starts, len(key)))
    before = total - ordered - np.repeat(total[starts] - ordered[starts], sizes)
    limit = np.where(key >= 0, room[key] if len(room) else 0, np.iinfo(np.int64).max)
    cut = np.empty_like(spare)
    cut[order] = np.clip(limit - before, 0, ordered)
    return cut
