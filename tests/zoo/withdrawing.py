"""Wrong answers to withdrawals: who gets the seats that come free."""

from __future__ import annotations

from typing import Any

from selection import select
from zoo.parts import CAPPED, CROSSED, NRA, PLAIN, SCORE, WOMEN, complete, ids, land, ranked, regulator, woman

Row = dict[str, Any]
Table = dict[str, Any]

RESERVED: Table = {"capacity": 3, "points": [SCORE], "counting": "each", "reserve": [WOMEN]}
BOTH: Table = {**RESERVED, "capacity": 2, "reserve": [{**WOMEN, "seats": 1}, NRA]}
LISTED: Table = {**PLAIN, "waitlist": 1}
RUN_AGAIN: Table = {**CROSSED, "lock": "none"}


def _left(rows: list[Row], selected: list[str], withdrawn: list[str]) -> tuple[list[Row], list[Row]]:
    """Who keeps a seat, and who else remains, best first."""
    here = [row for row in rows if row["id"] not in withdrawn]
    stay = [row for row in here if row["id"] in selected]
    return stay, [row for row in ranked(here) if row not in stay]


def next_on_the_list(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """The next in rank comes in, whatever seats are kept for."""
    stay, others = _left(rows, selected, withdrawn)
    return ids((stay + others)[: policy["capacity"]])


def next_over_the_cap(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """The next in rank comes in, though the cap on the country is full."""
    stay, others = _left(rows, selected, withdrawn)
    return ids((stay + complete(others, "country"))[: policy["capacity"]])


def cap_keeps_who_left(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Whoever withdrew still counts under the cap."""
    stay, others = _left(rows, selected, withdrawn)
    used = [land(row) for row in rows if row["id"] in selected]
    for row in complete(others, "country"):
        if len(stay) < policy["capacity"] and land(row) not in used:
            stay = [*stay, row]
            used.append(land(row))
    return ids(stay)


def lock_ignored(rows: list[Row], policy: Table, _: list[str], withdrawn: list[str]) -> list[str]:
    """The selection is run again, and somebody with an offer loses it."""
    rest = [row for row in rows if row["id"] not in withdrawn]
    return list(select(rest, policy, seed="zoo").shortlist["id"]) if rest else []


def lock_not_asked_for(rows: list[Row], policy: Table, _: list[str], withdrawn: list[str], seed: str) -> list[str]:
    """Offers are kept, where the policy runs the selection again."""
    if len(withdrawn) == len(rows):
        return []
    return list(select(rows, policy, seed=seed).replace(withdrawn, lock="selected").shortlist["id"])


def revokes_without_need(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """The lowest offer is taken back to make place for a woman, though a seat is free for her."""
    stay, others = _left(rows, selected, withdrawn)
    women = [row for row in others if woman(row)]
    if len(stay) < len(selected) and women and sum(map(woman, stay)) < 2:
        stay = [*ranked(stay)[:-1], women[0]]
        others.remove(women[0])
    return ids((stay + others)[: policy["capacity"]])


def same_group_only(rows: list[Row], _: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Whoever leaves is replaced by one of the same gender, or by nobody."""
    stay, others = _left(rows, selected, withdrawn)
    for gone in (row for row in rows if row["id"] in selected and row["id"] in withdrawn):
        alike = [row for row in others if row["gender"] == gone["gender"] and row not in stay]
        stay = stay + alike[:1]
    return ids(stay)


def seat_stays_empty(_: list[Row], __: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Nobody is asked."""
    return [one for one in selected if one not in withdrawn]


def waiting_list_runs_out(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Only the waiting list of one is asked, and then nobody."""
    stay, others = _left(rows, selected, withdrawn)
    return ids(
        (stay + [row for row in ranked(rows) if row["id"] not in selected and row in others][:1])[: policy["capacity"]]
    )


def back_after_leaving(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Whoever withdrew without having a seat is asked all the same."""
    stay = [one for one in selected if one not in withdrawn]
    others = [row["id"] for row in ranked(rows) if row["id"] not in selected]
    return (stay + others)[: policy["capacity"]]


def one_for_each_letter(rows: list[Row], _: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Somebody comes in for each who writes, also for those who had no seat."""
    stay, others = _left(rows, selected, withdrawn)
    return ids(stay + others[: len(withdrawn)])


def reserve_counted_anew(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Free seats go to women first, though the women who stay are enough."""
    stay, others = _left(rows, selected, withdrawn)
    free = policy["capacity"] - len(stay)
    women = [row for row in others if woman(row)][: min(free, 2)]
    return ids((stay + women + [row for row in others if row not in women])[: policy["capacity"]])


def one_group_after_the_other(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """The free seat goes to a regulator, where a woman is lacking too and somebody is both."""
    stay, others = _left(rows, selected, withdrawn)
    for member in (regulator, woman):
        if not any(map(member, stay)) and len(stay) < policy["capacity"]:
            stay = stay + [row for row in others if member(row) and row not in stay][:1]
    return ids((stay + [row for row in others if row not in stay])[: policy["capacity"]])


def next_in_the_table(rows: list[Row], policy: Table, selected: list[str], withdrawn: list[str]) -> list[str]:
    """Of equal scores whoever stands first in the table comes in."""
    stay = [one for one in selected if one not in withdrawn]
    left = [row for row in complete(rows, "score") if row["id"] not in (*selected, *withdrawn)]
    return (stay + ids(sorted(left, key=lambda row: -row["score"])))[: policy["capacity"]]


BUGS = (
    (next_on_the_list, RESERVED, "max_compliance"),
    (next_over_the_cap, CAPPED, "capacity"),
    (cap_keeps_who_left, CAPPED, "nonwaste_maximal"),
    (lock_ignored, CROSSED, "offers_kept"),
    (lock_not_asked_for, RUN_AGAIN, "best_set"),
    (revokes_without_need, RESERVED, "offers_kept"),
    (same_group_only, RESERVED, "max_size"),
    (seat_stays_empty, PLAIN, "nonwaste_maximal"),
    (waiting_list_runs_out, LISTED, "nonwaste_maximal"),
    (back_after_leaving, PLAIN, "withdrawn_stay_out"),
    (one_for_each_letter, PLAIN, "capacity"),
    (reserve_counted_anew, RESERVED, "no_justified_envy"),
    (one_group_after_the_other, BOTH, "max_compliance"),
    (next_in_the_table, PLAIN, "determinism"),
)
