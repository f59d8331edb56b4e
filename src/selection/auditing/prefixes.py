"""Ranked-prefix fairness: does every beginning of a ranked list hold enough members of a group?

If each place were filled by a coin that shows a member with probability p, a list of length i would hold fewer than
m(i) = min{m : P(Binomial(i, p) <= m) >= alpha} members with a probability below alpha. A list fails at i if it holds
fewer. That is the minimum table of FA*IR (Zehlike et al., CIKM 2017, arXiv:1706.06368). A list is tested at every
length, so a fair list fails somewhere with more than one test's share of probability; `fail_probability` is the exact
one, the last place included, and `adjusted_table` finds the alpha for single lengths that brings it nearest to alpha.

Everything is counted in whole numbers: p = a/b makes each probability a whole number over a power of b.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import comb

from selection.errors import SelectionError

Probability = str | Decimal | Fraction


@dataclass(frozen=True)
class Shortfall:
    """A beginning of the list, `position` places long, that holds fewer members than the table asks for."""

    position: int
    have: int
    need: int


@dataclass(frozen=True)
class Adjusted:
    """A table adjusted for testing every length.

    Every alpha for a single length with `above` < alpha <= `upto` gives this table; `fail` is the exact probability
    that a fair list of this length fails somewhere.
    """

    table: tuple[int, ...]
    above: Fraction
    upto: Fraction
    fail: Fraction


def minimum_table(k: int, p: Probability, alpha: Probability) -> tuple[int, ...]:
    """The least number of members in the first 1, 2, ..., k places (FA*IR, Zehlike et al. 2017, without adjustment)."""
    return tuple(least for least, _, _ in _steps(k, _open_share(p, "p"), _open_share(alpha, "alpha")))


def fail_probability(table: Sequence[int], p: Probability) -> Fraction:
    """The exact probability that a fair list as long as the table holds too few members at one of its lengths.

    Lists are counted by their number of members, as paths: those below the minimum fall out and are weighed where
    they fall (Zehlike et al. 2017, section 4, with the last length included).
    """
    share = _open_share(p, "p")
    yes, no, all_ = share.numerator, share.denominator - share.numerator, share.denominator
    most = max(table, default=0)
    low, alive, fail = 0, [1], 0
    for length, need in enumerate(table, start=1):
        alive = [a + b for a, b in zip([*alive, 0], [0, *alive], strict=True)][: max(most - low, 0)]
        fail *= all_
        while alive and low < need:
            fail += alive.pop(0) * yes**low * no ** (length - low)
            low += 1
    return Fraction(fail, all_ ** len(table))


def adjusted_table(k: int, p: Probability, alpha: Probability) -> Adjusted:
    """The table whose exact fail probability is nearest to alpha (the smaller of two equally near).

    Tables change only where alpha passes one of the binomial probabilities, and a larger alpha never gives a smaller
    table: halving the interval and jumping to the next change on either side ends at two neighbouring tables.
    """
    share, goal = _open_share(p, "p"), _open_share(alpha, "alpha")
    below, above = _adjusted(k, share, Fraction(0)), _adjusted(k, share, goal)
    if above.fail <= goal:
        return above
    while below.upto < above.above:
        middle = _adjusted(k, share, (below.upto + above.above) / 2)
        if middle.fail <= goal:
            below = middle
        else:
            above = middle
    return below if goal - below.fail <= above.fail - goal else above


def check_prefixes(members: Sequence[bool], table: Sequence[int]) -> tuple[Shortfall, ...]:
    """Every beginning of a ranked list (best first, true for members) that holds fewer members than the table asks."""
    found, have = [], 0
    for position, (member, need) in enumerate(zip(members, table, strict=False), start=1):
        have += bool(member)
        if have < need:
            found.append(Shortfall(position, have, need))
    return tuple(found)


def _adjusted(k: int, share: Fraction, alpha: Fraction) -> Adjusted:
    """The table for this alpha, and between which two changes of the table alpha lies."""
    steps = list(_steps(k, share, alpha))
    table = tuple(least for least, _, _ in steps)
    above = max((below for _, below, _ in steps), default=Fraction(0))
    upto = min((upto for _, _, upto in steps), default=Fraction(1))
    return Adjusted(table, above, upto, fail_probability(table, share))


def _steps(k: int, share: Fraction, alpha: Fraction) -> Iterator[tuple[int, Fraction, Fraction]]:
    """For each length the least number m, P(fewer than m) and P(at most m), of which alpha lies between the two.

    From length i to i + 1: P(at most m) falls by p P(exactly m); where it falls below alpha, m rises by one.
    """
    yes, all_ = share.numerator, share.denominator
    least, upto, power = 0, 1, 1
    for length in range(1, k + 1):
        exactly = comb(length - 1, least) * yes**least * (all_ - yes) ** (length - 1 - least)
        upto = upto * all_ - exactly * yes
        power *= all_
        if upto * alpha.denominator < alpha.numerator * power:
            least += 1
            upto += comb(length, least) * yes**least * (all_ - yes) ** (length - least)
        here = comb(length, least) * yes**least * (all_ - yes) ** (length - least)
        yield least, Fraction(upto - here, power), Fraction(upto, power)


def _open_share(value: Probability, name: str) -> Fraction:
    """The exact number a text, decimal or fraction states, between 0 and 1."""
    if not isinstance(value, (str, Decimal, Fraction)):
        sentence = f'{name} = {value!r} is no exact number: write it as text ("0.1" or "1/3"), Decimal or Fraction.'
        raise SelectionError("bad_probability", sentence, name=name, value=value)
    try:
        share = Fraction(value)
    except (ValueError, InvalidOperation, OverflowError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share < 1:
        sentence = f"{name} = {value} is no probability between 0 and 1."
        raise SelectionError("bad_probability", sentence, name=name, value=str(value))
    return share
