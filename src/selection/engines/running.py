"""A selection in an engine: profiles out, weights and cuts back, the few that matter chosen among exactly."""

from __future__ import annotations

import hashlib

import numpy as np

from selection.engines.cells import CellCounts
from selection.engines.duplicates import Duplicates
from selection.engines.engine import STARTS, Cells, Engine, Grid, Rows
from selection.engines.few import Call, Few
from selection.engines.pruning import Cells as Counted
from selection.engines.pruning import kept
from selection.engines.reading import table_of
from selection.engines.spread import EngineOutcome
from selection.engines.weighing import Ints, Weights, taken_off, weigh
from selection.errors import SelectionError
from selection.intake import read_applicants
from selection.numbering import rows_numbered
from selection.policy import Policy

#: Levels of more rows than this, and more than a share of the seats, are cut into buckets.
SMALL, SHARE, LARGE = 64, 16, 500_000

#: So many rows, on average, a signature has in a bucket at least and at most: between, as many as come to three tenths
#: of the seats for all signatures together. So many buckets a level has at most.
FILLED, WELL_FILLED, MOST_BUCKETS = 4, 16, STARTS

#: Ids by which an engine shows that it hashes and sorts as this library does.
PROBES = ("a", "B", "b", "é", "e\u0301", "ß", "Z", "10", "9", "\uffff", "\U00010000")


def select_on(engine: Engine, policy: Policy, seed: str | None = None, seconds: float | None = None) -> EngineOutcome:
    """Select from a table in an engine; everything but the few rows that can matter stays there.

    Raises what `select` raises, and `SelectionError` (`engine_differs`) where the engine hashes or sorts otherwise.
    """
    table = table_of(engine, policy, seed)
    check_engine(engine)
    rows = engine.read(table.reading)
    found = rows.profiles()
    twice = _repeated(rows)
    weights = weigh(table, policy, found, twice.changed)
    rows = rows.replaced(twice.looked_at, twice.standing_rows(table))
    call = Call(policy, seed, seconds, table, weights)
    cut, grid = _cut(call)
    cells = _cells(rows.joined(weights.arrow(split=cut), grid), weights, cut)
    limits = _limits(cells, call)
    few = Few.of(rows.joined(weights.arrow(split=cut, limit=limits), grid).few(policy.pinned), weights)
    return EngineOutcome(engine, rows, call, few, call.decide(few), twice, cells, cut, grid)


def check_engine(engine: Engine) -> None:
    """Ask the engine for a few tickets in its own order: both must be as here, or decisions would differ."""
    seed = "seed"
    said = engine.tickets(seed, list(PROBES))
    expected = {one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest() for one in PROBES}
    if list(said["id"]) != sorted(PROBES):
        what = "sorts or compares texts by another collation than the code points of Unicode"
    elif {one: str(t) for one, t in zip(said["id"], said["ticket"], strict=True)} != expected:
        what = "has another SHA-256, or spells it otherwise than as 64 lower-case hexadecimal digits"
    elif any(int(expected[i][:3], 16) != int(s) for i, s in zip(said["id"], said["start"], strict=True)):
        what = "reads hexadecimal digits otherwise"
    else:
        return
    sentence = f"The engine {engine.kind} {what}; decisions would not be the same, so none was made."
    raise SelectionError("engine_differs", sentence, engine=engine.kind)


def _repeated(rows: Rows) -> Duplicates:
    """Rows whose id or address may stand twice, looked at as in one process."""
    raw, own = rows.repeated()
    if not own:
        return Duplicates.none()
    import pandas as pd

    pool = read_applicants(pd.DataFrame({h: pd.Series(list(c), dtype=object) for h, c in raw.items()})).pool
    changed: dict[str, int] = {}
    keys = np.array(list(own["key"]), dtype=object)
    standing = pool.duplicate_of < 0
    taken_off(keys[~standing].tolist(), -1, changed)
    return Duplicates(pool, own, standing, changed)


def _cut(call: Call) -> tuple[Ints, Grid]:
    """Which profiles stand in a level that is cut into buckets, and how it is cut."""
    weights, reading = call.weights, call.table.reading
    none = np.zeros(len(weights.level), dtype=np.int64)
    numbers = np.where(weights.eligible, weights.numbers, 0)
    by_level = np.bincount(weights.level, weights=numbers).astype(np.int64) if len(none) else none
    limit = max(SMALL, min(call.policy.seats // SHARE, LARGE))
    large = by_level > limit
    if not large.any() or (not reading.orders and reading.seed is None):
        return none, Grid()
    most = int(by_level.max())
    lots = len(np.unique(weights.lot[large[weights.level] & weights.eligible]))
    filled = min(max(3 * call.policy.seats // (10 * lots), FILLED), WELL_FILLED)
    buckets = min(max(most // (filled * lots), -(-most // LARGE), 2), MOST_BUCKETS)
    if reading.orders:
        first = reading.orders[0]
        return large[weights.level].astype(np.int64), Grid(
            f"order_{first.place}", weights.low, (weights.high - weights.low) // buckets + 1
        )
    return large[weights.level].astype(np.int64), Grid("start", 0, -(-STARTS // buckets))


def _cells(rows: Rows, weights: Weights, cut: Ints) -> CellCounts:
    """Counted by the engine where levels are cut, known from the profiles elsewhere."""
    if cut.any():
        found: Cells = rows.cells()
        return CellCounts(*(np.array(found[n], dtype=np.int64) for n in ("lot", "level", "bucket", "number")))
    there = weights.eligible & (weights.numbers > 0)
    pairs = np.stack([weights.lot[there], weights.level[there]], axis=1)
    distinct, at = np.unique(pairs, axis=0, return_inverse=True) if len(pairs) else (pairs, np.zeros(0, dtype=np.int64))
    number = np.bincount(at.reshape(-1), weights=weights.numbers[there], minlength=len(distinct)).astype(np.int64)
    return CellCounts(distinct[:, 0], distinct[:, 1], np.zeros(len(distinct), dtype=np.int64), number)


def _limits(cells: CellCounts, call: Call) -> Ints:
    """Up to which bucket of its level the rows of each profile are fetched, -1 where none are."""
    weights = call.weights
    waiting = 0 if call.table.reading.seed is not None else call.policy.waiting_places
    counted = Counted(cells.lot, rows_numbered([cells.level, cells.bucket]).astype(np.int64), cells.number)
    keep = kept(counted, weights.table, call.policy.plan, waiting, call.roomy)
    both = (cells.lot[keep], weights.lot), (cells.level[keep], weights.level)
    pair = rows_numbered(map(np.concatenate, both))
    found = int(keep.sum())
    upto = np.full(len(pair), -1, dtype=np.int64)
    np.maximum.at(upto, pair[:found], cells.bucket[keep])
    return upto[pair[found:]]
