"""How likely each applicant is drawn in a lottery with weights, computed before anybody draws.

The chance is not proportional to the weight (p = w c): who is heavy is drawn early, and then no longer competes. With
arrival times of rate w for everybody, applicant i is drawn among K if fewer than K others come before:

    p_i = integral over t of  w_i exp(-w_i t)  P(N(t) < K),  N(t) = sum over groups of Binomial(n_g, 1 - exp(-w_g t))

where i is left out of its own group. N(t) is summed exactly group by group; the integral is taken over the times at
which P is neither 0 nor 1 to 10^-20 (Bernstein's inequality) by Gauss and Legendre with twice as many points until
nothing moves by 10^-11, and the expected number drawn must come out as K.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.errors import InputError, SelectionError

Floats = npt.NDArray[np.float64]

#: ln(10^20): chances below 10^-20 are taken for 0.
_TAIL: Final = 46.06
_NEAR: Final = 1e-11


def inclusion_odds(groups: Mapping[Any, tuple[int, Any]], seats: int) -> dict[Any, float]:
    """The chance of an applicant of each group to be among the first `seats` drawn; groups as {name: (size, weight)}.

    Successive sampling (Rosen 1972) by the integral described in the module, right to 10^-9; reporting only.
    """
    sizes, rates = _checked(groups, seats)
    kept = [g for g, size in enumerate(sizes) if size]
    if seats >= sum(sizes):
        return dict.fromkeys(groups, 1.0)
    found = dict.fromkeys(range(len(sizes)), 0.0)
    if seats:
        found |= dict(zip(kept, _odds([sizes[g] for g in kept], [rates[g] for g in kept], seats), strict=True))
    return dict(zip(groups, found.values(), strict=True))


def _checked(groups: Mapping[Any, tuple[int, Any]], seats: int) -> tuple[list[int], list[float]]:
    weights = [Fraction(weight) for _, weight in groups.values()]
    sizes = [size for size, _ in groups.values()]
    if min([seats, *sizes]) < 0 or any(weight <= 0 for weight in weights):
        raise InputError("bad_groups", "Sizes and seats are whole numbers from 0, and weights are above 0.")
    mean = sum(weights) / len(weights) if weights else Fraction(1)
    return sizes, [float(weight / mean) for weight in weights]


def _odds(sizes: Sequence[int], rates: Sequence[float], seats: int) -> list[float]:
    start, end = _window(sizes, rates, seats)
    before = None
    points = 64
    while points <= 1 << 14:
        now = _integrals(sizes, rates, seats, start, end, points)
        if before is not None and max(abs(a - b) for a, b in zip(now, before, strict=True)) < _NEAR:
            drawn = sum(n * p for n, p in zip(sizes, now, strict=True))
            if abs(drawn - seats) < 1e-9 * max(seats, 1) * len(sizes):
                return now
        before, points = now, 2 * points
    raise SelectionError("no_convergence", "The chances could not be computed to the digits promised.")


def _window(sizes: Sequence[int], rates: Sequence[float], seats: int) -> tuple[float, float]:
    """The times between which the K-th drawing falls, but for chances of 10^-20."""

    def reach(t: float, sign: int) -> float:
        p = [-math.expm1(-w * t) for w in rates]
        mean = sum(n * q for n, q in zip(sizes, p, strict=True)) - (sign < 0)
        variance = sum(n * q * (1 - q) for n, q in zip(sizes, p, strict=True))
        return mean + sign * (_TAIL / 3 + math.sqrt((_TAIL / 3) ** 2 + 2 * _TAIL * variance))

    last = (math.log(sum(sizes)) + _TAIL) / min(rates)
    return _crossing(lambda t: reach(t, 1) < seats, last), _crossing(lambda t: reach(t, -1) < seats, last)


def _crossing(before: Any, last: float) -> float:
    """The latest time, by halving, up to which a condition holds that fails for good once it fails."""
    low, high = 0.0, last
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if before(middle) else (low, middle)
    return high


def _integrals(
    sizes: Sequence[int], rates: Sequence[float], seats: int, start: float, end: float, points: int
) -> list[float]:
    """The integral for each group: certain up to `start`, nothing after `end`, panels of 32 points between.

    Taken over x = exp(-w t) with w the smallest weight: where weights are multiples of it, a polynomial in x.
    """
    slowest = min(rates)
    low, high = math.exp(-slowest * end), math.exp(-slowest * start)
    nodes, weights = np.polynomial.legendre.leggauss(32)
    panels = points // 32
    width = (high - low) / panels
    places = low + width * np.add.outer(np.arange(panels), (nodes + 1) / 2).ravel()
    powers = [w / slowest for w in rates]
    total = [1 - high**power for power in powers]
    for x, weight in zip(places.tolist(), np.tile(weights * width / 2, panels).tolist(), strict=True):
        for g, p in enumerate(_fewer(sizes, rates, seats, -math.log(x) / slowest)):
            total[g] += weight * powers[g] * x ** (powers[g] - 1) * p
    return total


def _fewer(sizes: Sequence[int], rates: Sequence[float], seats: int, t: float) -> Iterator[float]:
    """P(fewer than K of all others have come by t), for one of each group."""
    whole = [_come(n, w * t) for n, w in zip(sizes, rates, strict=True)]
    for g, (n, w) in enumerate(zip(sizes, rates, strict=True)):
        low, pmf = _come(n - 1, w * t)
        for h, (first, other) in enumerate(whole):
            if h != g:
                low, pmf = low + first, np.convolve(pmf, other)
        yield float(pmf[: max(seats - low, 0)].sum())


def _come(n: int, x: float) -> tuple[int, Floats]:
    """How many of n have come, each by 1 - exp(-x): the first number that matters, and the chances from there on."""
    p, q = -math.expm1(-x), math.exp(-x)
    if n * q < 1e-30:
        return n, np.ones(1)
    spread = _TAIL / 3 + math.sqrt((_TAIL / 3) ** 2 + 2 * _TAIL * n * p * q)
    low, high = max(math.floor(n * p - spread), 0), min(math.ceil(n * p + spread), n)
    mode = min(max(int((n + 1) * p), low), high)
    k = np.arange(low, high, dtype=np.float64)
    ratios = (n - k) / (k + 1) * (p / q)
    up = np.cumprod(ratios[mode - low :])
    down = np.cumprod(1 / ratios[: mode - low][::-1])[::-1]
    pmf = np.concatenate([down, [1.0], up])
    return low, pmf / pmf.sum()
