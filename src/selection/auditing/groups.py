"""The applicants of each group counted along the corridor, and what follows from the counts.

Selection rates, their ratios and the four-fifths rule are those of the Uniform Guidelines on Employee Selection
Procedures (29 CFR 1607.4 D and 1607.16 R): selected per applicant, beside the best-off group. Intervals are Wilson's
(JASA 1927) at 95 %. Exposure is the share of 1 / log2(1 + rank) that falls to a group (Singh and Joachims, KDD 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.applicants import canonical_text
from selection.profiles import profiles
from selection.vocabulary import STATUSES

if TYPE_CHECKING:
    from selection.outcome import Outcome

NOT_GIVEN: Final = "(not given)"
COUNTS: Final = ("pool", "eligible", "selected", "waitlisted")

_Z: Final = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Group:
    """One group of one table of an audit; None stands for what is not defined, or is kept back in a public audit.

    `by` the fields and `value` the words that make the group; `pool` applicants without duplicates; `rate` selected of
    the pool, with its 95 % interval from `low` to `high`; `rate_of_eligible` selected of the eligible; `ratio` the rate
    beside that of the best-off group, `below_four_fifths` if it is less than 4/5 of it; `representation` the share of
    the selected beside the share of the pool, or of a population given; `exposure` the share of attention in the
    ranked list, `exposure_ratio` beside the share of the eligible.
    """

    by: tuple[str, ...]
    value: tuple[str, ...]
    pool: int | None
    eligible: int | None
    selected: int | None
    waitlisted: int | None
    share_of_pool: float | None = None
    share_of_selected: float | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    rate_of_eligible: float | None = None
    ratio: float | None = None
    below_four_fifths: bool | None = None
    representation: float | None = None
    population: float | None = None
    representation_in_population: float | None = None
    exposure: float | None = None
    exposure_ratio: float | None = None


def wilson(selected: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate by Wilson's score; from 0 to 1 where there is nobody."""
    if not of:
        return 0.0, 1.0
    p, z2 = selected / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return (middle - half if selected else 0.0), (middle + half if selected < of else 1.0)


def totals(outcome: Outcome) -> dict[str, int]:
    """How many applicants the pool, the eligible, the selected and the waiting list have in all."""
    return {name: int(mask.sum()) for name, mask in _masks(outcome).items()}


def tables(
    outcome: Outcome, by: Sequence[tuple[str, ...]], population: Mapping[str, Mapping[str, float]]
) -> Iterator[Group]:
    """Every group of every table, the largest of a table first."""
    masks, whole = _masks(outcome), totals(outcome)
    attention = np.zeros(outcome.pool_size)
    attention[outcome.ranking.order] = 1 / np.log2(np.arange(len(outcome.ranking)) + 2)
    for fields in by:
        codes, rows = profiles([outcome.assessment.fields.column(name) for name in fields])
        sums = [np.bincount(codes[mask], minlength=len(rows)).tolist() for mask in masks.values()]
        seen = np.bincount(codes, weights=attention, minlength=len(rows)).tolist()
        counted: dict[tuple[str, ...], list[Any]] = {}
        for row, *numbers in zip(rows, *sums, seen, strict=True):
            for value in product(*map(_words, row)):
                so_far = counted.setdefault(value, [0] * len(numbers))
                counted[value] = [a + b for a, b in zip(so_far, numbers, strict=True)]
        shares = _shares(population.get(fields[0], {})) if len(fields) == 1 else {}
        yield from _table(fields, counted, whole, float(attention.sum()), shares)


def _masks(outcome: Outcome) -> dict[str, Any]:
    status = outcome.status
    return {
        "pool": status != STATUSES.index("duplicate"),
        "eligible": outcome.rank_of >= 0,
        "selected": status == STATUSES.index("selected"),
        "waitlisted": status == STATUSES.index("waitlisted"),
    }


def _words(value: Any) -> tuple[str, ...]:
    """The groups that a cell puts somebody into: several values, several groups."""
    if isinstance(value, tuple):
        return value
    return (NOT_GIVEN,) if value is None else (canonical_text(value),)


def _shares(numbers: Mapping[str, float]) -> dict[str, float]:
    total = sum(numbers.values())
    return {name: number / total for name, number in numbers.items()} if total else {}


def _table(
    fields: tuple[str, ...],
    counted: Mapping[tuple[str, ...], Sequence[Any]],
    whole: Mapping[str, int],
    attention: float,
    shares: Mapping[str, float],
) -> Iterator[Group]:
    made = [
        (Group(fields, value, *numbers[:4]), numbers[4] / attention if attention else None)
        for value, numbers in counted.items()
        if numbers[0]
    ]
    best = _best([group for group, _ in made], whole["pool"])
    for group, exposure in sorted(made, key=lambda one: (-(one[0].pool or 0), one[0].value)):
        yield _derived(group, whole, best, shares.get(group.value[0]), exposure)


def _best(groups: Sequence[Group], pool: int) -> tuple[int, int]:
    """Selected and pool of the group with the highest rate.

    Those who gave no answer, and groups of less than 2 % of the pool, are none to measure others by (if there are any
    others): one selected applicant of one would be a rate of 100 %.
    """
    known = [g for g in groups if NOT_GIVEN not in g.value and 50 * (g.pool or 0) >= pool] or groups
    pairs = [(g.selected or 0, g.pool or 0) for g in known]
    return max(pairs, key=lambda pair: (pair[0] / pair[1], pair[1]), default=(0, 0))


def _derived(
    group: Group, whole: Mapping[str, int], best: tuple[int, int], population: float | None, exposure: float | None
) -> Group:
    pool, eligible, selected = group.pool or 0, group.eligible or 0, group.selected or 0
    low, high = wilson(selected, pool)
    of_pool, of_selected = _part(pool, whole["pool"]), _part(selected, whole["selected"])
    return replace(
        group,
        share_of_pool=of_pool,
        share_of_selected=of_selected,
        rate=_part(selected, pool),
        low=low,
        high=high,
        rate_of_eligible=_part(selected, eligible),
        ratio=_part(selected * best[1], pool * best[0]),
        below_four_fifths=5 * selected * best[1] < 4 * pool * best[0],
        representation=_part(of_selected, of_pool),
        population=population,
        representation_in_population=_part(of_selected, population),
        exposure=exposure,
        exposure_ratio=_part(exposure, _part(eligible, whole["eligible"])),
    )


def _part(part: float | None, of: float | None) -> float | None:
    return part / of if of and part is not None else None
