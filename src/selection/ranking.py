"""One strict order over the eligible applicants: tier, score, declared tie-breaks, ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text
from selection.assessment import ELIGIBLE, Assessment
from selection.conditions import number
from selection.draws import many
from selection.draws.tickets import ticket, tickets
from selection.draws.weighted import weighted_order
from selection.numbering import order, rows_numbered
from selection.policy import TieBreak
from selection.texts import Texts

Places = npt.NDArray[np.int64]

#: So many tickets are made at a time.
AT_ONCE: Final = 1 << 16

#: As many tickets as these, or more, are made together.
MANY: Final = 4096
PARTED: Final = "\x1f"


@dataclass(frozen=True, eq=False, repr=False)
class Ranking:
    """The strict order over a pool.

    `order` the places of the ranked applicants, best first; `ties` per rank the number of its tie, equal for
    applicants that only tickets tell apart; `seed` the key of the tickets (None: tied applicants stand in the order
    of their ids, and no decision may depend on it).
    """

    assessment: Assessment
    seed: str | None
    order: Places
    ties: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.order)

    def __repr__(self) -> str:
        return f"Ranking({len(self):,} applicants, seed {'given' if self.seed is not None else 'not given'})"

    def for_block(self, block: str) -> Places:
        """The order in a block as ranks of this ranking: its own where each block draws fresh tickets."""
        policy = self.assessment.policy
        if not policy.ties.lottery or policy.lottery.tickets == "single":
            return np.arange(len(self.order))
        return _drawn(self.assessment, self.order, self.ties, self.seed, block)

    def wins_tie(self, mine: Places, theirs: Places, block: str) -> npt.NDArray[np.bool_]:
        """Whether each applicant of `mine` would stand before the one of `theirs` in a block if both had one score."""
        policy, fields = self.assessment.policy, self.assessment.fields
        wins, even = np.zeros(len(mine), dtype=bool), np.ones(len(mine), dtype=bool)
        for tie in policy.ties.declared:
            key = tie_key(fields.column(tie.field), tie)
            wins |= even & (key[mine] < key[theirs])
            even &= key[mine] == key[theirs]
        drawn = policy.ties.lottery and self.seed is not None
        own = block if policy.lottery.tickets == "per_block" and policy.ties.lottery else None
        for i in np.flatnonzero(even).tolist():
            pair = np.array([mine[i], theirs[i]])
            first = _drawn(self.assessment, pair, np.zeros(2, dtype=np.int64), self.seed if drawn else None, own)[0]
            wins[i] = first == 0
        return wins

    def ticket(self, place: int) -> str | None:
        """The ticket of the applicant at this place of the pool."""
        lottery = self.assessment.policy.ties.lottery and self.seed is not None
        return ticket(str(self.seed), str(self.assessment.pool.ids[place])) if lottery else None

    def tickets(self, places: Places) -> list[str]:
        """The tickets of the applicants at these places of the pool; they must have some."""
        return tickets(str(self.seed), map(str, self.assessment.pool.ids[places].tolist()))


def rank(assessment: Assessment, seed: str | None = None, among: npt.NDArray[np.bool_] | None = None) -> Ranking:
    """Rank the eligible applicants (or those of `among`) of an assessment."""
    policy = assessment.policy
    ranked = assessment.standing == ELIGIBLE if among is None else among
    places = np.flatnonzero(ranked)
    keys = [assessment.tier[places], -assessment.score[places]]
    keys += [tie_key(assessment.fields.column(tie.field), tie)[places] for tie in policy.ties.declared]
    order, ties = _sorted(keys)
    places = places[order]
    drawn = _drawn(assessment, places, ties, seed if policy.ties.lottery else None, None)
    return Ranking(assessment, seed, places[drawn], ties)


def tie_key(column: Column, tie: TieBreak) -> Places:
    """A whole number per applicant that sorts as the field does; missing comes last."""
    if column.values.dtype == object:
        key = _object_key(column.values.tolist(), tie.first == "highest")
    else:
        key = column.values.astype("datetime64[us]").astype(np.int64)
        key = -key if tie.first == "highest" else key
    return np.append(key, np.iinfo(np.int64).max)[column.codes].astype(np.int64)


def _object_key(values: list[Any], highest: bool) -> Places:
    """The place of each value among all: numbers (also typed as text) first, then days, times and words.

    A value's kind depends on itself alone, so that nobody's answer moves others relative to each other.
    """
    keys = [sortable(value) for value in values]
    kinds = [{key for key in keys if key[0] == kind} for kind in range(5)]
    distinct = [key for kind in kinds for key in sorted(kind, reverse=highest)]
    place = {key: i for i, key in enumerate(distinct)}
    return np.array([place[key] for key in keys], dtype=np.int64)


def sortable(value: Any) -> tuple[int, Any]:
    """The kind of a value, and what it is sorted by among its kind."""
    amount = int(value) if isinstance(value, bool) else number(value)
    if amount is not None:
        return 0, amount
    if isinstance(value, datetime):
        return (2, value) if value.tzinfo is not None else (3, value)
    return (1, value) if isinstance(value, date) else (4, canonical_text(value))


def _sorted(keys: Iterable[Places]) -> tuple[Places, Places]:
    """The places of rows sorted by several keys, equal rows as they stand, and the number of each one's tie from 0."""
    tie = rows_numbered(keys)
    size = int(tie.max(initial=-1)) + 1
    placed = order(tie, size)
    return placed, tie[placed].astype(np.int64)


def _drawn(assessment: Assessment, places: Places, ties: Places, seed: str | None, block: str | None) -> Places:
    """Order within each tie by ticket, weighted where the policy says so (by id without a seed): a permutation."""
    order = np.arange(len(places))
    if not len(places):
        return order
    sizes = np.bincount(ties)
    tied = np.flatnonzero(sizes[ties] > 1)
    if not len(tied):
        return order
    weight = assessment.policy.lottery.weight
    among = places[tied]
    if seed is None:
        drawn = np.lexsort((assessment.pool.ids[among].astype(str), ties[tied]))
    elif weight is None:
        drawn = _by_ticket(ties[tied], assessment.pool.ids, among, f"{seed}:" if block is None else f"{seed}:{block}:")
    else:
        names = assessment.pool.ids[among].tolist()
        drawn = _by_weight(ties[tied], names, _weights(assessment.fields.column(weight), among), seed, block)
    order[tied] = tied[drawn]
    return order


def _weights(column: Column, places: Places) -> list[Any]:
    """The exact weight of each applicant; a pinned one without any stands with weight 1."""
    numbers = [number(value) for value in column.python_values()]
    return [1 if code < 0 or not (numbers[code] or 0) > 0 else numbers[code] for code in column.codes[places].tolist()]


def _by_weight(ties: Places, names: list[str], weights: list[Any], seed: str, block: str | None) -> Places:
    """Sort by tie and by the order of a weighted draw among all who are tied."""
    order = weighted_order(names, dict(zip(names, weights, strict=True)), seed, block)
    place = {name: i for i, name in enumerate(order)}
    return np.lexsort((np.array([place[name] for name in names]), ties))


def _by_ticket(ties: Places, ids: npt.NDArray[Any], places: Places, key: str) -> Places:
    """Sort by tie and ticket; the first bits of the ticket decide nearly always, the whole ticket else."""
    heads = _heads(ids, places, key)
    bits = np.uint64(max(int(ties.max()).bit_length(), 1))
    packed = ties.astype(np.uint64) << (np.uint64(64) - bits) | heads >> bits
    drawn = np.argsort(packed)
    placed = packed[drawn]
    if (placed[1:] == placed[:-1]).any():
        whole = np.array([hashlib.sha256(text).hexdigest() for text in _drawn_for(ids[places].tolist(), key)])
        drawn = np.lexsort((whole, ties))
    return drawn


def _heads(ids: npt.NDArray[Any], places: Places, key: str) -> npt.NDArray[np.uint64]:
    """The first 64 bits of each ticket, made in the order of the pool, in which its ids lie in memory."""
    found, standing = np.empty(len(ids), dtype=np.uint64), np.sort(places)
    texts = Texts.of(ids) if len(standing) >= MANY else None
    drawn = None if texts is None else many.heads(texts, standing, key.encode("utf-8", "surrogatepass"))
    found[standing] = _one_by_one(ids, standing, key) if drawn is None else drawn
    return found[places]


def _one_by_one(ids: npt.NDArray[Any], places: Places, key: str) -> npt.NDArray[np.uint64]:
    """The same bits from whole tickets."""
    sha256, made = hashlib.sha256, []
    for at in range(0, len(places), AT_ONCE):
        made += [sha256(text).digest()[:8] for text in _drawn_for(ids[places[at : at + AT_ONCE]].tolist(), key)]
    return np.frombuffer(b"".join(made), dtype=">u8").astype(np.uint64)


def _drawn_for(names: list[str], key: str) -> list[bytes]:
    """What each ticket is the hash of: all written at once where a sign to part them stands in none."""
    written = (PARTED + key).join(["", *names]).encode("utf-8", "surrogatepass").split(PARTED.encode())[1:]
    return written if len(written) == len(names) else [f"{key}{n}".encode("utf-8", "surrogatepass") for n in names]
