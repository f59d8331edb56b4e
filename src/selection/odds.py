"""What a lottery over blocks of seats gives each group on average, exactly, before anybody has applied.

Groups are known by their sizes alone and everybody in a call is drawn alike. Blocks are filled in order, each from
its own groups (None: from all), and a seat for which nobody is left stays empty.

Fresh ticket for each block. Of n applicants, n_g of them in group g, a block of s < n seats takes x of group g with the
hypergeometric probability C(n_g, x) C(n - n_g, s - x) / C(n, s), on average s n_g / n; the next block draws from who is
left.

Single ticket. Filling blocks in order by one ticket gives the same seats as going down the tickets once and letting
each applicant take the first block of theirs with a seat left. As long as all those still to be served go to one
block that is the draw above. Where they go to two, one of them fills first: the s-th applicant for it comes when x of
the m others have come, with probability C(s - 1 + x, x) C(n - s + m - x, m - x) / C(n + m, m) (negative
hypergeometric); and so on from there. Where they go to more than two, one applicant comes at a time.

H-1B visas, fiscal year 2019: 95,885 applicants with an advanced degree, 94,213 without, 65,000 seats for all and
20,000 for advanced degrees. `expected_seats` gives advanced degrees 52,785.85 seats if the open seats are filled first
(84 FR 888), 48,998.14 if the reserve comes first with a lottery of its own, and 42,873.81 if it comes first on a
single ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any, Final, Literal

from selection.errors import SelectionError, did_you_mean

#: Up to so many applicants the answer is an exact fraction; beyond, it is computed with `DIGITS` decimal digits.
EXACT: Final = 400
DIGITS: Final = 60

Counts = tuple[Any, ...]
Block = tuple[int, Iterable[str] | None]


def expected_seats(
    groups: Mapping[str, int], blocks: Sequence[Block], tickets: Literal["single", "per_block"] = "single"
) -> dict[str, Fraction]:
    """The expected number of seats of each group, from its size and the ordered blocks as (seats, groups or None).

    Hypergeometric arithmetic as described in the module; exact fractions up to 400 applicants, else 60 digits.
    """
    _whole_numbers([*groups.values(), *(seats for seats, _ in blocks)])
    open_to = [_members(groups, members) for _, members in blocks]
    kinds: dict[frozenset[int], list[str]] = {}
    for name in groups:
        kinds.setdefault(frozenset(b for b, members in enumerate(open_to) if name in members), []).append(name)
    sizes = tuple(sum(groups[name] for name in names) for names in kinds.values())
    seats = tuple(number for number, _ in blocks)
    with localcontext() as context:
        context.prec = DIGITS
        one: Any = Fraction(1) if sum(sizes) <= EXACT else Decimal(1)
        mine = _Odds([sorted(kind) for kind in kinds], one)
        found = mine.single(sizes, seats) if tickets == "single" else mine.fresh(sizes, seats, 0)
    shares = zip(kinds.values(), sizes, found, strict=True)
    return {name: Fraction(got) * groups[name] / max(size, 1) for names, size, got in shares for name in names}


def _whole_numbers(numbers: Iterable[int]) -> None:
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            sentence = f"{number!r} is no number of applicants or seats: write a whole number from 0."
            raise SelectionError("bad_number", sentence, number=number)


def _members(groups: Mapping[str, int], members: Iterable[str] | None) -> frozenset[str]:
    named = frozenset(groups if members is None else members)
    for name in sorted(named - groups.keys()):
        sentence = f"A block is kept for the group {name!r}, which has no size.{did_you_mean(name, groups)}"
        raise SelectionError("unknown_group", sentence, group=name)
    return named


class _Odds:
    """Expected seats per kind of applicant, by what is left of each kind and of each block.

    `blocks` per kind the blocks open to it, in order; `one` the number arithmetic starts from.
    """

    def __init__(self, blocks: Sequence[Sequence[int]], one: Any) -> None:
        self.blocks, self.one = blocks, one
        self.fresh = cache(self._fresh)
        self.single = cache(self._single)

    def _fresh(self, left: Counts, seats: Counts, block: int) -> Counts:
        """Each block draws by itself among those of its kinds who are left."""
        if block == len(seats):
            return (0,) * len(left)
        kinds = [k for k, mine in enumerate(self.blocks) if block in mine]
        later = [k for k in kinds if max(self.blocks[k]) > block]
        drawn = self._draw(left, kinds, seats[block], later)
        return self._mean((p, took, self.fresh(_less(left, took), seats, block + 1)) for p, took in drawn)

    def _single(self, left: Counts, seats: Counts) -> Counts:
        """Down the tickets: each applicant takes the first block of theirs that has a seat."""
        streams: dict[int, list[int]] = {}
        for kind, mine in enumerate(self.blocks):
            block = next((b for b in mine if seats[b]), None)
            if block is not None and left[kind]:
                streams.setdefault(block, []).append(kind)
        if not streams:
            return (0,) * len(left)
        events = {1: self._alone, 2: self._race}.get(len(streams), self._one_by_one)(left, seats, streams)
        return self._mean((p, took, self.single(_less(left, took), after)) for p, took, after in events)

    def _mean(self, events: Iterable[tuple[Any, Counts, Counts]]) -> Counts:
        """The mean of what each event gives at once and later."""
        total: list[Any] = [0] * len(self.blocks)
        for p, now, then in events:
            total = [t + p * (a + b) for t, a, b in zip(total, now, then, strict=True)]
        return tuple(total)

    def _alone(self, left: Counts, seats: Counts, streams: Mapping[int, Sequence[int]]) -> Iterator[Any]:
        """Everybody goes to one block."""
        ((block, kinds),) = streams.items()
        number = min(seats[block], sum(left[k] for k in kinds))
        for p, took in self._draw(left, kinds, number, self._going_on(kinds, block, seats)):
            yield p, took, _at(seats, block, 0 if number == seats[block] else seats[block] - number)

    def _race(self, left: Counts, seats: Counts, streams: Mapping[int, Sequence[int]]) -> Iterator[Any]:
        """Two blocks fill at once, until one is full or everybody has come."""
        (a, b), sizes = streams, {block: sum(left[k] for k in kinds) for block, kinds in streams.items()}
        for full, other in ((a, b), (b, a)):
            for x, p in self._fills(sizes[full], seats[full], sizes[other], seats[other]):
                yield from self._come(left, seats, streams, p, {full: seats[full], other: x})
        if seats[a] > sizes[a] and seats[b] > sizes[b]:
            yield from self._come(left, seats, streams, self.one, sizes)

    def _fills(self, size: int, seats: int, others: int, room: int) -> Iterator[tuple[int, Any]]:
        """How likely a block fills when x of the others have come, while these still have room."""
        if seats > size:
            return
        p = self.one
        for i in range(seats):
            p = p * (size - i) / (size + others - i)
        for x in range(min(room - 1, others) + 1):
            yield x, p
            p = p * (seats + x) * (others - x) / ((x + 1) * max(size - seats + others - x, 1))

    def _come(
        self, left: Counts, seats: Counts, streams: Mapping[int, Sequence[int]], p: Any, came: Mapping[int, int]
    ) -> Iterator[Any]:
        """So many have come for each of two blocks: which kinds they are."""
        (a, b) = came
        after = _at(_at(seats, a, seats[a] - came[a]), b, seats[b] - came[b])
        for pa, mine in self._draw(left, streams[a], came[a], streams[a]):
            for pb, theirs in self._draw(left, streams[b], came[b], streams[b]):
                yield p * pa * pb, tuple(x + y for x, y in zip(mine, theirs, strict=True)), after

    def _one_by_one(self, left: Counts, seats: Counts, streams: Mapping[int, Sequence[int]]) -> Iterator[Any]:
        waiting = sum(left[k] for kinds in streams.values() for k in kinds)
        if waiting > EXACT:
            sentence = f"{waiting:,} applicants wait for more than two blocks at once: too many to count one by one."
            raise SelectionError("too_many_to_count", sentence, waiting=waiting)
        for block, kinds in streams.items():
            for kind in kinds:
                yield self.one * left[kind] / waiting, _unit(kind, len(left)), _at(seats, block, seats[block] - 1)

    def _going_on(self, kinds: Sequence[int], block: int, seats: Counts) -> list[int]:
        """The kinds for whom the number left still matters after this block."""
        return [k for k in kinds if any(b > block and seats[b] for b in self.blocks[k])]

    def _draw(self, left: Counts, kinds: Sequence[int], number: int, apart: Sequence[int]) -> Iterator[Any]:
        """Draw so many among these kinds; kinds not to be told apart take their average share of the rest."""
        size = sum(left[k] for k in kinds)
        number = min(number, size)
        if len(kinds) == 1:
            yield 1, _unit(kinds[0], len(left), number)
            return
        if not apart:
            yield 1, tuple(self.one * number * n / max(size, 1) if k in kinds else 0 for k, n in enumerate(left))
            return
        first, rest = apart[0], [k for k in kinds if k != apart[0]]
        for x, p in self._hypergeometric(left[first], size - left[first], number):
            for q, others in self._draw(left, rest, number - x, apart[1:]):
                yield p * q, tuple(x if k == first else o for k, o in enumerate(others))

    def _hypergeometric(self, size: int, others: int, number: int) -> Iterator[tuple[int, Any]]:
        low, high = max(0, number - others), min(size, number)
        weights = [self.one]
        for x in range(low, high):
            weights.append(weights[-1] * (size - x) * (number - x) / ((x + 1) * (others - number + x + 1)))
        total = sum(weights)
        yield from ((low + i, weight / total) for i, weight in enumerate(weights))


def _less(left: Counts, took: Counts) -> Counts:
    return tuple(a - b for a, b in zip(left, took, strict=True))


def _at(values: Counts, place: int, value: int) -> Counts:
    return (*values[:place], value, *values[place + 1 :])


def _unit(place: int, length: int, value: int = 1) -> Counts:
    return tuple(value if i == place else 0 for i in range(length))
