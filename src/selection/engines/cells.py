"""What is decided about whole cells: all rows of one signature at one place of the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Column
from selection.numbering import places_among, rows_numbered
from selection.outcome.frames import decision_columns

if TYPE_CHECKING:
    from selection.engines.spread import EngineOutcome

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CellCounts:
    """How many eligible applicants each signature has at each level and bucket."""

    lot: Ints
    level: Ints
    bucket: Ints
    number: Ints


@dataclass(frozen=True, eq=False)
class _Said:
    """What is said about each ranked row that was fetched: its place among the `words`, those with a seat first."""

    places: Ints
    code: Ints
    words: list[tuple[str | None, str | None, str | None, str | None]]
    seated: int


def told(outcome: EngineOutcome) -> tuple[Any, Any, Any, int]:
    """The decisions by cell and, where rows of one cell differ, by id; the words they stand for, and how many of these
    are for rows with a seat."""
    import pyarrow as pa

    said = _said(outcome)
    causes, words = _causes(outcome, said.words)
    cells = _all_cells(outcome)
    at = _cell_of(outcome, cells, said.places)
    first, last = np.full(len(cells.lot), len(words)), np.full(len(cells.lot), -1)
    np.minimum.at(first, at, said.code)
    np.maximum.at(last, at, said.code)
    whole = (first == last) & (np.bincount(at, minlength=len(cells.lot)) == cells.number)
    alone = ~whole[at]
    offset, waiting = _before(cells, at[said.code < said.seated])
    by_cell = {
        "lot": cells.lot,
        "level": cells.level,
        "bucket": cells.bucket,
        "said": np.where(whole, first, np.append(causes, -1)[cells.lot]),
        "offset": offset,
        "waiting": waiting,
    }
    ids = outcome.few.ids[said.places[alone]]
    columns = zip(*words, strict=True)
    names = ("now", "block", "seat", "because")
    return (
        pa.table({name: pa.array(values, pa.int64()) for name, values in by_cell.items()}),
        pa.table({"id": pa.array(ids.tolist(), pa.string()), "said": pa.array(said.code[alone], pa.int64())}),
        pa.table(
            {
                "said": pa.array(range(len(words)), pa.int64()),
                **{name: pa.array(list(texts), pa.string()) for name, texts in zip(names, columns, strict=True)},
            }
        ),
        said.seated,
    )


def _said(outcome: EngineOutcome) -> _Said:
    """What was decided about each ranked row that was fetched: a seat with its label, or none, and the reason."""
    local = outcome.local
    places, seated = local.ranking.order, local.choice.selected
    columns = decision_columns(local, places)
    parts = [columns[name] for name in ("block", "seat", "reason")]
    texts = [[*part.python_values(), None] for part in parts if isinstance(part, Column)]
    codes = [part.codes.astype(np.int64) for part in parts if isinstance(part, Column)]
    code = rows_numbered([(~seated).astype(np.int64), *codes]).astype(np.int64)
    _, first = np.unique(code, return_index=True)
    words = [
        ("selected" if seated[one] else None, *(text[c[one]] for text, c in zip(texts, codes, strict=True)))
        for one in first.tolist()
    ]
    return _Said(places, code, words, int(seated[first].sum()))


def _causes(outcome: EngineOutcome, words: list[Any]) -> tuple[Ints, list[Any]]:
    """Per signature what is said about its applicants who were not fetched, and all words.

    They are refused, and no change that proves a cause seats them but seats for everybody: without caps, or with room
    for all under them, these would; else nothing alone.
    """
    choice, call = outcome.local.choice, outcome.call
    more = [(None, None, None, cause) for cause in ("no_block", "combination", "capacity")]
    words = [*words, *more]
    no_block, combination, capacity = map(words.index, more)
    alone = np.where(call.roomy | (not choice.plan.caps), capacity, combination)
    return np.where(choice.homes(call.weights.table) < 0, no_block, alone), words


def _all_cells(outcome: EngineOutcome) -> CellCounts:
    """The cells of the eligible, and those of pinned applicants who are ranked although they are not eligible."""
    few, weights, extra = outcome.few, outcome.call.weights, outcome.pinned_places
    counted = outcome.cells
    rows = [weights.lot[few.profile[extra]], weights.level[few.profile[extra]], few.bucket[extra]]
    code = rows_numbered(rows)
    _, first, number = np.unique(code, return_index=True, return_counts=True)
    more = [*(row[first] for row in rows), number]
    both = zip((counted.lot, counted.level, counted.bucket, counted.number), more, strict=True)
    return CellCounts(*map(np.concatenate, both))


def _cell_of(outcome: EngineOutcome, cells: CellCounts, places: Ints) -> Ints:
    """The place of the cell of each row that was fetched."""
    few, weights = outcome.few, outcome.call.weights
    profile = few.profile[places]
    return places_among(
        [weights.lot[profile], weights.level[profile], few.bucket[places]], [cells.lot, cells.level, cells.bucket]
    )


def _before(cells: CellCounts, seats: Ints) -> tuple[Ints, Ints]:
    """How many stand before the level and bucket of each cell, and how many of them have no seat."""
    place = rows_numbered([cells.level, cells.bucket])
    seated = np.bincount(seats, minlength=len(cells.lot))
    counts = [np.bincount(place, weights=n).astype(np.int64) for n in (cells.number, cells.number - seated)]
    offset, waiting = ((np.cumsum(count) - count)[place] for count in counts)
    return offset, waiting
