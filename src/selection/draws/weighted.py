"""Tickets with weights: successive sampling, each draw in proportion to the weights still left.

An applicant of weight w with ticket T (a 256-bit number) has u = (T + 1) / 2^256 and the key -ln(u) / w; the smallest
keys are drawn (Efraimidis and Spirakis 2006; the same law as drawing slips from a drum until enough distinct names
have come). Logarithms are computed as intervals of whole numbers, with more digits until every comparison is decided,
so that the order is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Final

from selection.draws.tickets import distinct, ticket
from selection.errors import InputError, brief

Weight = int | Decimal | Fraction | str

#: Digits after the point to begin with, and where two keys are taken for equal: different tickets never come so near.
FIRST, LAST = 20, 1280

_BITS: Final = 256


def weighted_order(ids: Iterable[str], weights: Mapping[str, Weight], seed: str, block: str | None = None) -> list[str]:
    """The ids in the order a weighted lottery draws them, whatever order they come in; leaving one out moves no other.

    Efraimidis and Spirakis (2006) with SHA-256 tickets. A weight is a number above 0, exact: floats are refused.
    """
    listed = distinct(ids)
    exact = {one: _weight(one, weights) for one in listed}
    tickets = {one: int(ticket(seed, one, block), 16) for one in listed}
    return _sorted(listed, tickets, exact, FIRST)


def _weight(one: str, weights: Mapping[str, Weight]) -> Fraction:
    if one not in weights:
        raise InputError("no_weight", f"{one!r} has no weight.", id=one)
    given = weights[one]
    try:
        weight = None if isinstance(given, (bool, float)) else Fraction(given)
    except (ValueError, TypeError, ArithmeticError):
        weight = None
    if weight is None or weight <= 0:
        sentence = f'{brief(given)} is no weight: write an exact number above 0, such as 3 or "0.5".'
        raise InputError("bad_weight", sentence, id=one)
    return weight


def _sorted(ids: list[str], tickets: Mapping[str, int], weights: Mapping[str, Fraction], digits: int) -> list[str]:
    """Sort by key with so many digits; those whose intervals meet are sorted again with four times as many."""
    if len(ids) < 2:
        return ids
    if digits > LAST:
        return sorted(ids, key=lambda one: (tickets[one], one))
    keys = {one: key_interval(tickets[one], weights[one], digits) for one in ids}
    order: list[str] = []
    run: list[str] = []
    top = -1
    for one in sorted(ids, key=lambda one: keys[one]):
        low, high = keys[one]
        if run and low > top:
            order += _sorted(run, tickets, weights, 4 * digits)
            run = []
        run.append(one)
        top = max(top, high) if len(run) > 1 else high
    return order + _sorted(run, tickets, weights, 4 * digits)


def key_interval(number: int, weight: Fraction, digits: int) -> tuple[int, int]:
    """Whole numbers between which -ln(u) / w * 10^digits lies, for the ticket with this number."""
    log = minus_log(number, digits)
    p, q = weight.numerator, weight.denominator
    return (log - 2) * q // p, -(-(log + 2) * q // p)


def minus_log(number: int, digits: int) -> int:
    """-ln((T + 1) / 2^256) * 10^digits rounded down, or one beside it.

    u has at most 256 decimal places; rounding it to digits + 6 significant ones moves ln u by less than 10^-digits / 9.
    `Decimal.ln` is correctly rounded: with digits + 6 digits of a value below 178 its error is below 10^-digits / 9.
    """
    context = Context(prec=digits + 6, Emax=MAX_EMAX, Emin=MIN_EMIN)
    u = Decimal((number + 1) * 5**_BITS).scaleb(-_BITS, Context(prec=2 * _BITS))
    return int(context.plus(u).ln(context).copy_negate().scaleb(digits, context))
