"""A whole set of seats that proves the admitted can be completed, mended by exchanges before the solver is asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from selection.choice.matrices import load
from selection.choice.problem import BlockProblem, Ints
from selection.choice.programme import Programme

Which = npt.NDArray[np.bool_]

#: Exchanges of two that are tried before the solver is asked.
_TRIES = 4


class Witness:
    """Counts per signature that keep every cap, reach the compliance and the size, and contain all admitted.

    `load` how many fall under each cap key; `spare` how far each compliance row is above what it needs; `last` finds
    where the n-th candidate of a signature stands, so that the lowest-ranked leave first.
    """

    def __init__(self, problem: BlockProblem, programme: Programme, counts: Ints) -> None:
        self.problem, self.programme = problem, programme
        self.supply, self.mask_of, self.weights = programme.supply, programme.mask_of, programme.weights
        order = np.argsort(problem.sequence, kind="stable")
        sizes = np.bincount(problem.sequence, minlength=len(problem.masks))
        self._places, self._starts = order, np.cumsum(sizes) - sizes
        self.replace(counts)

    def replace(self, counts: Ints) -> None:
        """Take over new counts."""
        self.counts = counts
        self.load = load(self.problem, counts)
        self.spare = self.programme.reached(counts) - self.programme.needed
        self.total = int(counts.sum())

    def swap_in(self, signature: int, admitted: Ints, still_open: Which) -> bool:
        """Put in one more of a signature: into a free seat, for one not yet admitted, or by two such exchanges."""
        tight = self._tight(signature)
        if not len(tight) and self.total < self.problem.seats:
            self._change([signature], [])
            return True
        surplus = self.counts > admitted
        surplus[signature] = False
        return self._one_out(signature, tight, surplus) or self._two_out(signature, tight, surplus, still_open)

    def _tight(self, signature: int) -> Ints:
        """The full cap keys of a signature."""
        keys = self.problem.keys[signature]
        keys = keys[keys >= 0]
        tight: Ints = keys[self.load[keys] >= self.problem.slack[keys]]
        return tight

    def _sharing(self, keys: Ints) -> Which:
        """The signatures under all these cap keys."""
        if not len(keys):
            return np.ones(len(self.counts), dtype=bool)
        sharing = np.zeros(len(self.counts), dtype=bool)
        members = self.programme.under.members(int(keys[0]))
        for key in keys[1:].tolist():
            members = np.intersect1d(members, self.programme.under.members(key), assume_unique=True)
        sharing[members] = True
        return sharing

    def _one_out(self, signature: int, tight: Ints, surplus: Which) -> bool:
        kept = np.asarray((self.spare + self.weights[self.mask_of[signature]] - self.weights >= 0).all(axis=1))
        out = surplus & kept[self.mask_of] & self._sharing(tight)
        if not out.any():
            return False
        self._change([signature], [self._lowest(out)])
        return True

    def _two_out(self, signature: int, tight: Ints, surplus: Which, still_open: Which) -> bool:
        """Two leave and another helps out, chosen by mask so that every row is still reached."""
        first, second = surplus & self._sharing(tight[:1]), surplus & self._sharing(tight[1:])
        if len(tight) == 1:
            first, second = second & self._sharing(tight), surplus
        roomy = still_open & (self.counts < self.supply) & self._roomy(signature)
        present = (np.bincount(self.mask_of[which], minlength=len(self.weights)) for which in (first, second, roomy))
        masks = [np.flatnonzero(counts) for counts in present]
        if not all(map(len, masks)):
            return False
        weights = self.weights
        base = self.spare + weights[self.mask_of[signature]]
        change = (
            base
            - weights[masks[0]][:, None, None, :]
            - weights[masks[1]][None, :, None, :]
            + weights[masks[2]][None, None, :, :]
        )
        for i, j, k in np.argwhere((change >= 0).all(axis=3))[:_TRIES].tolist():
            one = self._lowest(first & (self.mask_of == masks[0][i]))
            rest = second & (self.mask_of == masks[1][j])
            rest[one] = False
            helper = roomy & (self.mask_of == masks[2][k])
            helper[one] = False
            if rest.any() and helper.any():
                self._change([signature, self._highest(helper)], [one, self._lowest(rest)])
                return True
        return False

    def _roomy(self, signature: int) -> Which:
        """Signatures with room under all their caps even after one more of the given signature."""
        full = self.load >= self.problem.slack
        keys = self.problem.keys[signature]
        full[keys[keys >= 0]] = True
        padded = np.append(full, False)
        room = np.ones(len(self.counts), dtype=bool)
        for column in range(self.problem.keys.shape[1]):
            room &= ~padded[self.problem.keys[:, column]]
        room[signature] = False
        return room

    def _lowest(self, which: Which) -> int:
        """Of these signatures the one whose last member in the witness ranks lowest."""
        choices = np.flatnonzero(which)
        return int(choices[np.argmax(self._places[self._starts[choices] + self.counts[choices] - 1])])

    def _highest(self, which: Which) -> int:
        """Of these signatures the one whose next member ranks highest."""
        choices = np.flatnonzero(which)
        return int(choices[np.argmin(self._places[self._starts[choices] + self.counts[choices]])])

    def _change(self, into: list[int], out: list[int]) -> None:
        for group, by in ((into, 1), (out, -1)):
            for one in group:
                self.counts[one] += by
                keys = self.problem.keys[one]
                self.load[keys[keys >= 0]] += by
                self.spare = self.spare + by * self.weights[self.mask_of[one]]
                self.total += by
