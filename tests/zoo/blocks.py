"""Wrong seats where a call has several blocks of them."""

from __future__ import annotations

from typing import Any

from zoo.parts import PER_COUNTRY, SCORE, WOMEN, complete, ids, ranked, regulator, under_cap, woman

Row = dict[str, Any]
Table = dict[str, Any]

REGULATORS: Table = {"name": "regulators", "where": {"role": "nra"}, "seats": 1, "missing": "no"}
OPEN: Table = {"name": "open", "seats": 2}
BLOCKS: Table = {"points": [SCORE], "block": [REGULATORS, OPEN]}
HELD: Table = {"points": [SCORE], "block": [{**REGULATORS, "unfilled": "hold"}, OPEN]}
TWICE: Table = {
    "points": [SCORE],
    "block": [
        {"name": name, "seats": 2, "reserve": [{**WOMEN, "name": f"women in the {name}", "seats": 1}]}
        for name in ("morning", "evening")
    ],
}
CAPPED_BLOCKS: Table = {**BLOCKS, "cap": [PER_COUNTRY]}


def _beside(order: list[Row], taken: list[Row]) -> list[Row]:
    return [row for row in order if row not in taken]


def blocks_in_the_other_order(rows: list[Row], _: Table) -> list[str]:
    """The block listed last gives out its seats first."""
    order = ranked(rows)
    taken = order[:2]
    taken = taken + [row for row in _beside(order, taken) if regulator(row)][:1]
    return ids(taken + _beside(order, taken)[: 3 - len(taken)])


def unfilled_block_lost(rows: list[Row], _: Table) -> list[str]:
    """The seat of a block for which nobody applies is lost, where the policy gives it to the open block."""
    order = ranked(rows)
    taken = [row for row in order if regulator(row)][:1]
    return ids(taken + _beside(order, taken)[:2])


def held_block_given_away(rows: list[Row], _: Table) -> list[str]:
    """The seat of a block for which nobody applies goes to anybody, where the policy holds it."""
    order = ranked(rows)
    taken = [row for row in order if regulator(row)][:1]
    return ids(taken + _beside(order, taken)[: 3 - len(taken)])


def members_kept_out_of_open_seats(rows: list[Row], _: Table) -> list[str]:
    """Whoever belongs to a block may not compete for the open seats."""
    order = ranked(rows)
    taken = [row for row in order if regulator(row)][:1]
    others = [row for row in order if not regulator(row)]
    return ids(taken + others[: 3 - len(taken)])


def reserve_counted_over_all_blocks(rows: list[Row], _: Table) -> list[str]:
    """Two women are enough, wherever they sit, where each block has a reserve of its own."""
    order = ranked(rows)
    kept = [row for row in order if woman(row)][:2]
    return ids(kept + _beside(order, kept)[: 4 - len(kept)])


def cap_counted_in_each_block(rows: list[Row], _: Table) -> list[str]:
    """A cap begins anew with each block."""
    order = ranked(complete(rows, "country"))
    taken = [row for row in order if regulator(row)][:1]
    return ids(taken + under_cap(_beside(order, taken), 3 - len(taken)))


BUGS = (
    (blocks_in_the_other_order, BLOCKS, "no_justified_envy"),
    (unfilled_block_lost, BLOCKS, "nonwaste_maximal"),
    (held_block_given_away, HELD, "best_set"),
    (members_kept_out_of_open_seats, BLOCKS, "no_justified_envy"),
    (reserve_counted_over_all_blocks, TWICE, "max_compliance"),
    (cap_counted_in_each_block, CAPPED_BLOCKS, "capacity"),
)
