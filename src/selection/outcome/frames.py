"""Decisions as dataframes of the kind that came in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, objects
from selection.assessment import points
from selection.choice.once import matching
from selection.intake.natives import native
from selection.keys import alphabetical
from selection.policy import OPEN
from selection.vocabulary import COLUMNS, PERSONAL, REASONS, STATUSES

if TYPE_CHECKING:
    from selection.choice import SeatedBlock
    from selection.outcome.outcome import Outcome

Places = npt.NDArray[np.int64]
Cells = dict[str, npt.NDArray[Any]]
Columns = dict[str, Column | npt.NDArray[Any]]


def display_order(outcome: Outcome) -> Places:
    """Places in rank order, then the unranked by status and id."""
    rest = np.flatnonzero(outcome.rank_of < 0)
    ids = alphabetical(outcome.intake.pool.ids, rest)
    listed = np.lexsort((outcome.intake.pool.rows[rest], *ids, outcome.status[rest]))
    return np.concatenate([outcome.ranking.order, rest[listed]])


def decisions(outcome: Outcome, places: Places) -> Any:
    """The decisions about the applicants at these places, in this order."""
    return native(decision_cells(outcome, places), outcome.intake.kind)


def listed(outcome: Outcome, ranks: Places) -> Any:
    """The decisions about these ranks with the fields the policy reads, names and e-mail addresses left out."""
    places = outcome.ranking.order[ranks]
    return native(listed_cells(outcome, places), outcome.intake.kind)


def listed_cells(outcome: Outcome, places: Places) -> Cells:
    """Decision columns, then every field the policy reads."""
    return _cells(listed_columns(outcome, places))


def listed_columns(outcome: Outcome, places: Places) -> Columns:
    """The same by the few values of each."""
    columns = decision_columns(outcome, places)
    for name in sorted(outcome.policy.fields - PERSONAL - set(COLUMNS)):
        columns[name] = _field(outcome.assessment.fields.column(name), places)
    return columns


def field_cells(column: Column, places: Places) -> npt.NDArray[Any]:
    """A field's values, several words joined by `; `."""
    return _rendered(_field(column, places))


def _field(column: Column, places: Places) -> Column:
    """A field at these places with the values that somebody there holds, several words joined by `; `."""
    held, code = np.unique(column.codes[places], return_inverse=True)
    values = [column.value(one) for one in held.tolist() if one >= 0]
    missing = len(held) - len(values)
    words = objects(["; ".join(v) if isinstance(v, tuple) else v for v in values])
    return Column((code - missing).astype(np.int32), words)


def decision_cells(outcome: Outcome, places: Places) -> Cells:
    """The columns of a decision, an array for each, None where an applicant was not ranked."""
    return _cells(decision_columns(outcome, places))


def _cells(columns: Columns) -> Cells:
    return {name: _rendered(column) if isinstance(column, Column) else column for name, column in columns.items()}


def decision_columns(outcome: Outcome, places: Places) -> Columns:
    """The columns of a decision: ranks and tiers (-1 is none) as arrays, all others by their values."""
    ranks = outcome.rank_of[places]
    ranked = ranks >= 0
    ids = outcome.intake.pool.ids
    return {
        "id": Column(places.astype(np.int32), ids) if len(places) == len(ids) else ids[places],
        "status": Column(outcome.status[places].astype(np.int32), objects(list(STATUSES))),
        "rank": np.where(ranked, ranks + 1, -1),
        "tier": np.where(ranked, outcome.assessment.tier[places], -1),
        "score": _scores(outcome, places, ranked),
        "block": _blocks(outcome, ranks),
        "seat": _by_rank(_seats(outcome), ranks),
        "reason": Column(outcome.reason[places].astype(np.int32), objects(list(REASONS))),
    }


def _scores(outcome: Outcome, places: Places, ranked: npt.NDArray[np.bool_]) -> Column:
    scores = outcome.assessment.score[places]
    distinct = np.unique(scores)
    code = np.searchsorted(distinct, scores)
    values = objects([points(int(one)) for one in distinct])
    return Column(np.where(ranked, code, -1).astype(np.int32), values)


def _blocks(outcome: Outcome, ranks: Places) -> Column:
    """The block of each seat, missing for whoever has no rank or no seat."""
    codes = np.append(outcome.choice.block_of, np.int16(-1))[ranks]
    return Column(codes.astype(np.int32), objects([seated.block.name for seated in outcome.choice.blocks]))


def _by_rank(column: Column, ranks: Places) -> Column:
    return Column(np.append(column.codes, np.int32(-1))[ranks], column.values)


def decimals(micro: Places) -> npt.NDArray[Any]:
    """Micropoints as exact decimals."""
    distinct, code = np.unique(micro, return_inverse=True)
    return objects([points(int(one)) for one in distinct])[code] if len(micro) else objects([])


def block_names(outcome: Outcome) -> npt.NDArray[Any]:
    """Per rank the block of the seat, and None last for whoever has no rank or no seat."""
    return _rendered(_blocks(outcome, np.arange(len(outcome.ranking) + 1)))


def seat_labels(outcome: Outcome) -> npt.NDArray[Any]:
    """Per rank the label of the seat, and None last."""
    return _rendered(_by_rank(_seats(outcome), np.arange(len(outcome.ranking) + 1)))


def _rendered(column: Column) -> npt.NDArray[Any]:
    return objects([*column.python_values(), None])[column.codes]


def _seats(outcome: Outcome) -> Column:
    """Per rank the label of the seat. Labels are accounting: they decide nothing.

    In each block as many seats as can be matched are labelled with a reserve, the lower-ranked of its members first.
    """
    blocks = [seated.block for seated in outcome.choice.blocks]
    names = [OPEN, *(name for block in blocks for name in (block.name, *(r.name for r in block.reserves)))]
    number = {name: code for code, name in enumerate(dict.fromkeys(names))}
    labels = np.full(len(outcome.ranking), -1, dtype=np.int32)
    for place, seated in enumerate(outcome.choice.blocks):
        ranks = np.flatnonzero(outcome.choice.block_of == place)
        labels[ranks] = number[OPEN if seated.block.rule is None else seated.block.name]
        for name, members in _labelled(outcome, seated, ranks):
            labels[members] = number[name]
    return Column(labels, objects(list(number)))


def _labelled(outcome: Outcome, seated: SeatedBlock, ranks: Places) -> Iterator[tuple[str, Places]]:
    """Each reserve of a block with the ranks whose seat is labelled with it."""
    if not seated.block.reserves:
        return
    masks = outcome.choice.signatures.masks[outcome.choice.signatures.code[ranks], seated.place]
    counts = {int(mask): int(n) for mask, n in zip(*np.unique(masks, return_counts=True), strict=True)}
    pairs = matching(counts, [reserve.seats for reserve in seated.block.reserves]).pairs
    for mask, row in pairs.items():
        members = ranks[masks == mask][::-1]
        for g, number in row.items():
            yield seated.block.reserves[g].name, members[:number]
            members = members[number:]
