"""Wrong counting: capacity, caps, reserves, and what is left over."""

from __future__ import annotations

from collections import Counter
from typing import Any

from zoo.parts import (
    CAPPED,
    CROSSED,
    NRA,
    ONCE,
    PER_COUNTRY,
    PLAIN,
    RESERVED,
    SCORE,
    SMALL,
    WOMEN,
    complete,
    ids,
    land,
    ranked,
    regulator,
    under_cap,
    woman,
)  # fmt: skip

Row = dict[str, Any]
Table = dict[str, Any]

SHARES: Table = {"capacity": 5, "points": [SCORE], "reserve": [{**WOMEN, "seats": "50%"}]}
CAP_SHARE: Table = {**CAPPED, "capacity": 5, "cap": [{**PER_COUNTRY, "seats": "30%"}]}
GROUP_CAP: Table = {**PLAIN, "cap": [{"name": "regulators", "where": {"role": "nra"}, "seats": 1, "missing": "no"}]}
OVER: Table = {**PLAIN, "reserve": [{**WOMEN, "seats": 1, "kind": "over_and_above"}]}
FIRST: Table = {**PLAIN, "reserve": [{**WOMEN, "seats": 1, "kind": "first"}]}
ORDERED: Table = {
    "capacity": 2,
    "points": [SCORE],
    "counting": "once",
    "reserve": [{**WOMEN, "where": {"all": [{"gender": "female"}, {"role": "nra"}]}, "seats": 1}, {**NRA, "seats": 1}],
}


def one_seat_too_many(rows: list[Row], policy: Table) -> list[str]:
    """The last seat is given out twice."""
    return ids(ranked(rows)[: policy["capacity"] + 1])


def one_seat_too_few(rows: list[Row], policy: Table) -> list[str]:
    """The last seat is not given out."""
    return ids(ranked(rows)[: policy["capacity"] - 1])


def cap_off_by_one(rows: list[Row], policy: Table) -> list[str]:
    """A full cap takes one more."""
    return ids(under_cap(ranked(complete(rows, "country")), policy["capacity"], cap=2))


def cap_by_spelling(rows: list[Row], policy: Table) -> list[str]:
    """Viet Nam and Vietnam are counted as two countries."""
    taken: list[Row] = []
    for row in ranked(complete(rows, "country")):
        if len(taken) < policy["capacity"] and row["country"] not in [one["country"] for one in taken]:
            taken.append(row)
    return ids(taken)


def cap_after_the_cut(rows: list[Row], policy: Table) -> list[str]:
    """The cap strikes names off the top of the list, and nobody moves up."""
    return ids(under_cap(ranked(complete(rows, "country"))[: policy["capacity"]], policy["capacity"]))


def cap_ends_the_list(rows: list[Row], policy: Table) -> list[str]:
    """The first applicant over a cap ends the list for all."""
    taken: list[Row] = []
    for row in ranked(complete(rows, "country")):
        if len(taken) == policy["capacity"] or land(row) in map(land, taken):
            break
        taken.append(row)
    return ids(taken)


def cap_rounded_up(rows: list[Row], policy: Table) -> list[str]:
    """30 % of 5 seats are taken for 2."""
    return ids(under_cap(ranked(complete(rows, "country")), policy["capacity"], cap=2))


def group_cap_forgotten(rows: list[Row], policy: Table) -> list[str]:
    """A cap on a group is not looked at."""
    return ids(ranked(rows)[: policy["capacity"]])


def reserve_forgotten(rows: list[Row], policy: Table) -> list[str]:
    """Reserves are not looked at."""
    return ids(ranked(rows)[: policy["capacity"]])


def reserve_rounded_down(rows: list[Row], policy: Table) -> list[str]:
    """50 % of 5 seats are taken for 2."""
    return _guaranteed(rows, policy, 2)


def _guaranteed(rows: list[Row], policy: Table, seats: int) -> list[str]:
    order = ranked(rows)
    kept = [row for row in order if woman(row)][:seats]
    open_ = [row for row in order if row not in kept][: policy["capacity"] - len(kept)]
    return ids(kept + open_)


def reserve_as_ceiling(rows: list[Row], policy: Table) -> list[str]:
    """The least number of women becomes the greatest."""
    taken: list[Row] = []
    for row in ranked(rows):
        if len(taken) < policy["capacity"] and not (woman(row) and sum(map(woman, taken)) == 3):
            taken.append(row)
    return ids(taken)


def reserve_beside_merit(rows: list[Row], policy: Table) -> list[str]:
    """Reserved seats come on top of those that women get by rank."""
    order = ranked(rows)
    by_rank = order[: policy["capacity"] - 3]
    return ids((by_rank + [row for row in order if woman(row) and row not in by_rank][:3] + [
        row for row in order if row not in by_rank and not woman(row)])[: policy["capacity"]])  # fmt: skip


def reserve_as_bonus(rows: list[Row], policy: Table) -> list[str]:
    """Women get two points instead of a reserve."""
    order = sorted(ranked(rows), key=lambda row: -row["score"] - 2 * woman(row))
    return ids(order[: policy["capacity"]])


def unfilled_reserve_stays_empty(rows: list[Row], policy: Table) -> list[str]:
    """Reserved seats for which no woman applies are not given to anybody."""
    order = ranked(rows)
    kept = [row for row in order if woman(row)][:3]
    return ids(kept + [row for row in order if row not in kept][: policy["capacity"] - 3])


def one_reserve_after_the_other(rows: list[Row], policy: Table) -> list[str]:
    """Each reserve takes its best members in turn, though another reserve has nobody else."""
    order, kept = ranked(rows), list[Row]()
    for member in (woman, regulator):
        kept += [row for row in order if member(row) and row not in kept][:1]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


def each_counted_once(rows: list[Row], policy: Table) -> list[str]:
    """A woman regulator counts towards one reserve only, where the policy says each."""
    order, kept = ranked(rows), list[Row]()
    for member, seats in ((regulator, 1), (woman, 2)):
        kept += [row for row in order if member(row) and row not in kept][:seats]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


def once_counted_each(rows: list[Row], policy: Table) -> list[str]:
    """A woman regulator counts towards both reserves, where the policy says once."""
    order, kept = ranked(rows), list[Row]()
    for member in (woman, regulator):
        if not any(map(member, kept)):
            kept += [row for row in order if member(row) and row not in kept][:1]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


def reserves_in_the_other_order(rows: list[Row], policy: Table) -> list[str]:
    """The reserve listed last is served first."""
    order, kept = ranked(rows), list[Row]()
    for member in (regulator, lambda row: woman(row) and regulator(row)):
        kept += [row for row in order if member(row) and row not in kept][:1]
    return ids((kept + [row for row in order if row not in kept])[: policy["capacity"]])


def top_then_swap(rows: list[Row], policy: Table) -> list[str]:
    """The top of the list, then the lowest make place for whoever is lacking, the one just let in too."""
    order = ranked(rows)
    taken = order[: policy["capacity"]]
    for member, seats in ((woman, 2), (regulator, 1)):
        for row in order:
            if sum(map(member, taken)) < seats and member(row) and row not in taken:
                taken = [*taken[:-1], row]
    return ids(taken)


def two_passes(rows: list[Row], policy: Table) -> list[str]:
    """First the best women under the cap, then anybody under the cap."""
    order = ranked(complete(rows, "country"))
    first = under_cap([row for row in order if woman(row)], policy["reserve"][0]["seats"])
    return ids(under_cap(first + [row for row in order if row not in first], policy["capacity"]))


def open_seats_first_capped(rows: list[Row], policy: Table) -> list[str]:
    """First the best under the cap for the open seats, then women for the rest."""
    order = ranked(complete(rows, "country"))
    first = under_cap(order, policy["capacity"] - 2)
    return ids(under_cap(first + [row for row in order if woman(row) and row not in first], policy["capacity"]))


def waitlist_by_rank_alone(rows: list[Row], policy: Table) -> list[str]:
    """Who turns out not to be eligible is replaced by the next in rank, whatever the reserves."""
    order = sorted(rows, key=lambda row: (-(row["score"] if row["score"] is not None else 9), row["id"]))
    kept = [row for row in order if woman(row)][:2]
    kept += [row for row in order if regulator(row) and row not in kept][: 1 - sum(map(regulator, kept))]
    first = (kept + [row for row in order if row not in kept])[: policy["capacity"]]
    stay = complete(first, "score")
    return ids((stay + [row for row in ranked(rows) if row not in stay])[: policy["capacity"]])


def over_and_above_first(rows: list[Row], policy: Table) -> list[str]:
    """Seats over and above the open ones are given out before them."""
    return _guaranteed(rows, policy, 1)


def first_last(rows: list[Row], policy: Table) -> list[str]:
    """Seats to be given out first are given out last."""
    order = ranked(rows)
    taken = order[: policy["capacity"] - 1]
    taken += [row for row in order if woman(row) and row not in taken][:1]
    return ids((taken + [row for row in order if row not in taken])[: policy["capacity"]])


def somebody_twice(rows: list[Row], policy: Table) -> list[str]:
    """Who gets in by rank and by reserve is listed twice."""
    order = ranked(rows)
    return ids(order[: policy["capacity"] - 1] + [row for row in order if woman(row)][:1])


def cap_on_applications(rows: list[Row], policy: Table) -> list[str]:
    """The cap counts those who applied, not those selected."""
    applied: Counter[str | None] = Counter()
    taken = []
    for row in ranked(complete(rows, "country")):
        applied[land(row)] += 1
        if applied[land(row)] <= 1 and len(taken) < policy["capacity"] and row["score"] > 0:
            taken.append(row)
    return ids(taken)


CEILING: Table = {**RESERVED, "reserve": [{**WOMEN, "seats": 3}]}
BUGS = (
    (one_seat_too_many, PLAIN, "capacity"),
    (one_seat_too_few, PLAIN, "nonwaste_maximal"),
    (cap_off_by_one, CAPPED, "capacity"),
    (cap_by_spelling, CAPPED, "capacity"),
    (cap_after_the_cut, CAPPED, "nonwaste_maximal"),
    (cap_ends_the_list, CAPPED, "nonwaste_maximal"),
    (cap_rounded_up, CAP_SHARE, "capacity"),
    (group_cap_forgotten, GROUP_CAP, "capacity"),
    (reserve_forgotten, RESERVED, "max_compliance"),
    (reserve_rounded_down, SHARES, "max_compliance"),
    (reserve_as_ceiling, CEILING, "max_compliance"),
    (reserve_beside_merit, CEILING, "no_justified_envy"),
    (reserve_as_bonus, RESERVED, "max_compliance"),
    (unfilled_reserve_stays_empty, CEILING, "max_size"),
    (one_reserve_after_the_other, ONCE, "no_justified_envy"),
    (each_counted_once, RESERVED, "no_justified_envy"),
    (once_counted_each, ONCE, "max_compliance"),
    (reserves_in_the_other_order, ORDERED, "max_compliance"),
    (top_then_swap, RESERVED, "max_compliance"),
    (two_passes, SMALL, "no_justified_envy"),
    (open_seats_first_capped, CROSSED, "max_size"),
    (waitlist_by_rank_alone, RESERVED, "no_justified_envy"),
    (over_and_above_first, OVER, "nonwaste_maximal"),
    (first_last, FIRST, "best_set"),
    (somebody_twice, RESERVED, "answers"),
    (cap_on_applications, CAPPED, "nonwaste_maximal"),
)
