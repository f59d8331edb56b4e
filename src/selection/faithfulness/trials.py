"""The claims of explanations, kind by kind, each tried against a run of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from selection.comparison.sensitivity import selected_with
from selection.explanations import Explanation, explain
from selection.faithfulness.reruns import Reruns
from selection.outcome import Outcome
from selection.policy import MICRO

#: Higher than any score the pool holds, in points.
_OUT_OF_REACH: Final = Decimal(10**12)

Claims = Iterator[bool]


@dataclass(frozen=True)
class Faithfulness:
    """How many claims of each kind were tried, how many failed, and of whom (id, kind)."""

    claims: Mapping[str, int]
    failed: Mapping[str, int]
    failures: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        return not self.failures


def tried(outcome: Outcome, places: Iterable[int] | None = None) -> Faithfulness:
    """Every claim about the ranked applicants at these places (by default all), each tried by running again."""
    again = Reruns(outcome)
    claims: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    failures: list[tuple[str, str]] = []
    for place in outcome.ranking.order.tolist() if places is None else places:
        rank = int(outcome.rank_of[place])
        if rank < 0:
            continue
        said = explain(outcome, place)
        for kind, claimed in KINDS.items():
            for holds in claimed(again, said, place, rank):
                claims[kind] += 1
                if not holds:
                    failures.append((str(said.facts["id"]), kind))
    failed = Counter(kind for _, kind in failures)
    return Faithfulness(dict(claims), {kind: failed[kind] for kind in KINDS}, tuple(failures))


def spread(outcome: Outcome, number: int) -> list[int]:
    """The places of so many ranked applicants, evenly spread from the first rank to the last."""
    size = len(outcome.ranking)
    number = min(number, size)
    ranks = {i * (size - 1) // max(number - 1, 1) for i in range(number)}
    return [int(outcome.ranking.order[rank]) for rank in sorted(ranks)]


def _points(again: Reruns, said: Explanation, place: int, _: int) -> Claims:
    """The points of each criterion are what it gives, and they add up to the score."""
    criteria = again.outcome.policy.points
    right = [int(c.points * MICRO) for c in said.contributions] == [again.contribution(c, place) for c in criteria]
    yield right and sum(c.points for c in said.contributions) == said.facts["score"]


def _because_of(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Selected because of a reserve: out if it keeps no seats; because of all together: out if none keeps seats."""
    if said.cause == "reserve":
        yield from (not again.without(name)[rank] for name in said.facts["because_of"])
        if not said.facts["because_of"]:
            yield not again.without(*again.reserves)[rank]


def _merit(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Selected on merit: in without any single reserve, and without all of them."""
    if said.cause == "merit":
        yield all(again.without(name)[rank] for name in again.reserves) and again.without(*again.reserves)[rank]


def _cap(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Kept out by a cap: in once it is lifted."""
    if said.cause == "cap":
        yield bool(said.facts["caps"])
        yield from (again.without_cap(cap["cap"])[rank] for cap in said.facts["caps"])


def _capacity(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Too few seats: in once there are seats for everybody."""
    if said.cause == "capacity":
        yield again.roomy[rank]


def _kept_for(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Kept out by seats kept for a reserve: in if it keeps none (or if none of them keeps any)."""
    yield from (again.without(name)[rank] for name in said.facts["kept_for"])
    if said.cause == "reserved" and not said.facts["kept_for"]:
        yield again.without(*again.reserves)[rank]


def _combination(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Several things at once: still out without any single one of them."""
    if said.cause == "combination":
        alone = [again.roomy, *(again.without(name) for name in again.reserves)]
        alone += [again.without_cap(cap["cap"]) for cap in said.facts["caps"]]
        yield not any(members[rank] for members in alone)


def _displaced(again: Reruns, said: Explanation, _: int, rank: int) -> Claims:
    """Displaced: in if no reserve keeps seats; not displaced and refused: out even then."""
    if said.refused:
        yield bool(again.without(*again.reserves)[rank]) == said.facts["displaced"]


def _threshold(again: Reruns, said: Explanation, place: int, _: int) -> Claims:
    """The threshold selects and a millionth less does not; where none is named, none selects."""
    if said.refused and again.outcome.choice.proved:
        least = int((said.threshold or _OUT_OF_REACH) * MICRO)
        named = said.threshold is not None
        yield selected_with(again.outcome, place, least) == named
        if named:
            yield not selected_with(again.outcome, place, least - 1)


KINDS: Final[Mapping[str, Callable[[Reruns, Explanation, int, int], Claims]]] = {
    "points add up": _points,
    "on merit": _merit,
    "because of a reserve": _because_of,
    "displaced": _displaced,
    "seats kept for a reserve": _kept_for,
    "a cap": _cap,
    "too few seats": _capacity,
    "several things at once": _combination,
    "threshold": _threshold,
}
