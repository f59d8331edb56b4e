"""Scores that are linear in one factor: who passes whom, where, and how everybody stands at a factor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

#: So many of the nearest crossings are looked at before the others are asked for again.
_KEPT: Final = 20_000
#: So many pairs are looked at in one piece.
_PIECE: Final = 2_000_000
#: Floats of different crossings may be equal; those this near are compared exactly.
_NEAR: Final = 1e-9
_SAFE: Final = 2**62


@dataclass(frozen=True)
class Crossing:
    """A factor at which lines of applicants `behind` come level with lines of applicants `ahead` of them."""

    factor: Fraction
    ahead: Ints
    behind: Ints


@dataclass(frozen=True, eq=False)
class Lines:
    """Distinct lines `rest + factor * slope` in each tier; `of` the line of each applicant."""

    tier: Ints
    rest: Ints
    slope: Ints
    of: Ints

    @classmethod
    def made(cls, tier: Ints, rest: Ints, slope: Ints) -> Lines:
        """The lines of applicants; a unit that divides all numbers is taken out of them."""
        unit = max(int(np.gcd.reduce(np.concatenate([rest, slope, [0]]))), 1)
        rows, of = np.unique(np.column_stack([tier, rest // unit, slope // unit]), axis=0, return_inverse=True)
        return cls(rows[:, 0], rows[:, 1], rows[:, 2], of.reshape(-1).astype(np.int64))

    def levels(self, factor: Fraction, beyond: int = 0) -> Ints:
        """A number for each line that orders all lines as their scores at a factor do, alike for equal scores.

        `beyond` 1 or -1: just above or just below the factor.
        """
        p, q = factor.numerator, factor.denominator
        rest, slope = self.rest, self.slope
        if max(int(np.abs(rest).max(initial=0)) * q, int(np.abs(slope).max(initial=0)) * p) >= _SAFE // 2:
            rest, slope = rest.astype(object), slope.astype(object)
        score = np.unique(rest * q + slope * p, return_inverse=True)[1].reshape(-1)
        if not beyond:
            return np.asarray(score, dtype=np.int64)
        then = np.unique(self.slope * beyond, return_inverse=True)[1].reshape(-1)
        both = score.astype(np.int64) * (int(then.max(initial=0)) + 1) + then
        dense: Ints = np.unique(both, return_inverse=True)[1].reshape(-1).astype(np.int64)
        return dense

    def crossings(self, first: Ints, last: Ints, factor: Fraction, up: bool) -> Iterator[Crossing]:
        """From a factor on, upwards or down to 0: where a line comes level with one ahead of it that it may replace.

        `first` and `last` per line the first and the last block any of its applicants sits in: a line is of interest
        to another only if somebody on it sits in an earlier block than somebody on the other.
        """
        while True:
            pairs = self._next(first, last, factor, up)
            if not len(pairs):
                return
            for crossing in self._exactly(pairs, up):
                yield crossing
                factor = crossing.factor

    def _next(self, first: Ints, last: Ints, factor: Fraction, up: bool) -> Ints:
        """The pairs of lines (ahead, behind) that cross next, in two columns."""
        seated, behind = np.flatnonzero(first < last.max(initial=0)), np.flatnonzero(last > first.min(initial=0))
        piece = max(1, _PIECE // max(len(behind), 1))
        way, pairs = np.empty(0), np.empty((0, 2), dtype=np.int64)
        for start in range(0, len(seated), piece):
            a, b = np.meshgrid(seated[start : start + piece], behind, indexing="ij")
            good = (first[a] < last[b]) & (self.tier[a] == self.tier[b])
            good &= (self.slope[b] > self.slope[a]) if up else (self.slope[b] < self.slope[a])
            a, b = a[good], b[good]
            where = (self.rest[a] - self.rest[b]) / (self.slope[b] - self.slope[a])
            ahead = (
                (where > float(factor) * (1 - _NEAR)) if up else (where < float(factor) * (1 + _NEAR)) & (where >= 0)
            )
            way = np.concatenate([way, np.abs(where[ahead] - float(factor))])
            pairs = np.concatenate([pairs, np.column_stack([a[ahead], b[ahead]])])
            if len(way) > _KEPT:
                # Of crossings that floats cannot tell apart all are kept or none.
                cut = np.partition(way, _KEPT)[_KEPT]
                near = way < cut * (1 - _NEAR) - _NEAR
                near = near if near.any() else way <= cut * (1 + _NEAR) + _NEAR
                way, pairs = way[near], pairs[near]
        return self._truly(pairs, factor, up)

    def _parts(self, pairs: Ints) -> Ints:
        """The factor at which each pair crosses as numerator and denominator, in lowest terms."""
        a, b = pairs[:, 0], pairs[:, 1]
        over, under = self.rest[a] - self.rest[b], self.slope[b] - self.slope[a]
        unit = np.gcd(over, under) * np.sign(under)
        return np.column_stack([over // unit, under // unit])

    def _truly(self, pairs: Ints, factor: Fraction, up: bool) -> Ints:
        """The pairs that cross beyond the factor, exactly."""
        parts, of = np.unique(self._parts(pairs), axis=0, return_inverse=True)
        exact = [Fraction(*row) for row in parts.tolist()]
        good = np.array([(one > factor) if up else (0 <= one < factor) for one in exact], dtype=bool)
        return pairs[good[of.reshape(-1)]] if len(pairs) else pairs

    def _exactly(self, pairs: Ints, up: bool) -> Iterator[Crossing]:
        """The crossings of these pairs one after the other."""
        parts, of = np.unique(self._parts(pairs), axis=0, return_inverse=True)
        exact = [Fraction(*row) for row in parts.tolist()]
        groups = np.split(pairs[np.argsort(of.reshape(-1), kind="stable")], np.cumsum(np.bincount(of.reshape(-1)))[:-1])
        for number in sorted(range(len(exact)), key=exact.__getitem__, reverse=not up):
            yield Crossing(exact[number], groups[number][:, 0], groups[number][:, 1])
