"""An outcome checked by plain counting: nothing here is shared with the methods that found it.

Conditions are asked again row by row, ranks are sorted again with freshly computed tickets, seats, caps and reserves
are counted one applicant at a time, and every refused applicant is tried in the place of every lower-ranked selected
one (one of each kind), so that a wrong outcome is named together with the applicants that show it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selection.assessment import ELIGIBLE
from selection.conditions import Condition
from selection.policy import rule_fields

if TYPE_CHECKING:
    from selection.choice import SeatedBlock
    from selection.outcome import Outcome

Key = tuple[str, Any]


@dataclass(frozen=True)
class Offence:
    """A promise that an outcome breaks, and the applicants that show it."""

    promise: str
    sentence: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """One ranked applicant as the counting sees them."""

    id: str
    keys: tuple[Key, ...]
    groups: tuple[frozenset[str], ...]
    blocks: frozenset[int]


def check(outcome: Outcome) -> tuple[Offence, ...]:
    """Every promise of an outcome that plain counting finds broken; empty if none."""
    people = people_of(outcome)
    chosen = {rank: int(block) for rank, block in enumerate(outcome.choice.block_of) if block >= 0}
    return (
        *_eligible(outcome, chosen),
        *_order(outcome),
        *_seats(outcome, chosen),
        *_caps(outcome, people, chosen),
        *_reserves(outcome, people, chosen),
        *_envy(outcome, people, chosen),
    )


def _holds(condition: Condition | None, missing: str, row: dict[str, Any]) -> bool:
    if condition is None:
        return True
    answer = condition.holds(row)
    return missing == "yes" if answer is None else answer


def _row(outcome: Outcome, place: int) -> dict[str, Any]:
    """Every field the policy's rules read, derived ones included, as the applicant at this place has it."""
    names = {name for _, fields in rule_fields(outcome.policy) for name in fields}
    return {name: outcome.assessment.fields.column(name).at(place) for name in names}


def people_of(outcome: Outcome) -> list[Seen]:
    """Every ranked applicant as plain counting sees them, best first."""
    plan = outcome.choice.plan
    people = []
    for place in outcome.ranking.order.tolist():
        row = _row(outcome, place)
        keys: list[Key] = []
        for cap in plan.caps:
            if cap.rule.per is None:
                if _holds(cap.rule.condition, cap.rule.missing, row):
                    keys.append((cap.name, None))
            elif row[cap.rule.per] is not None:
                value = outcome.assessment.fields.counted(cap.rule.per).at(place)
                keys += [(cap.name, one) for one in (value if isinstance(value, tuple) else (value,))]
        groups = tuple(
            frozenset(r.name for r in b.reserves if _holds(r.rule.condition, r.rule.missing, row)) for b in plan.blocks
        )
        blocks = frozenset(
            i for i, b in enumerate(plan.blocks) if b.rule is None or _holds(b.rule.condition, b.rule.missing, row)
        )
        people.append(Seen(str(outcome.intake.pool.ids[place]), tuple(keys), groups, blocks))
    return people


def _eligible(outcome: Outcome, chosen: Mapping[int, int]) -> Iterator[Offence]:
    for rank in chosen:
        place = int(outcome.ranking.order[rank])
        row = _row(outcome, place)
        failed = [rule.name for rule in outcome.policy.eligible if not _holds(rule.condition, rule.missing, row)]
        if rank not in outcome.held and (failed or outcome.assessment.standing[place] != ELIGIBLE):
            name = str(outcome.intake.pool.ids[place])
            yield Offence("eligible", f"{name} is selected but does not meet {failed}.", (name,))


def _order(outcome: Outcome) -> Iterator[Offence]:
    """Tier, then score, then the declared tie-breaks, then ticket."""
    pool, assessment = outcome.intake.pool, outcome.assessment
    before: tuple[Any, ...] | None = None
    last = ""
    for rank, place in enumerate(outcome.ranking.order.tolist()):
        name = str(pool.ids[place])
        key: tuple[Any, ...] = (assessment.tier[place], -assessment.score[place], outcome.ranking.ties[rank])
        # The order of a weighted draw is not that of the tickets themselves.
        if outcome.seed is not None and outcome.policy.ties.lottery and outcome.policy.lottery.weight is None:
            key = (*key, hashlib.sha256(f"{outcome.seed}:{name}".encode("utf-8", "surrogatepass")).hexdigest())
        if before is not None and key < before:
            yield Offence("order", f"{name} stands behind {last} but ranks before.", (name, last))
        before, last = key, name


def _seats(outcome: Outcome, chosen: Mapping[int, int]) -> Iterator[Offence]:
    taken = Counter(chosen.values())
    for number, seated in enumerate(outcome.choice.blocks):
        if taken[number] > seated.block.seats:
            said = f"Block {seated.block.name!r} has {seated.block.seats} seats and {taken[number]} selected."
            yield Offence("capacity", said, ())
    if len(chosen) > outcome.policy.seats:
        yield Offence("capacity", f"{len(chosen)} are selected for {outcome.policy.seats} seats.", ())


def _caps(outcome: Outcome, people: Sequence[Seen], chosen: Mapping[int, int]) -> Iterator[Offence]:
    limits = {cap.name: cap.seats for cap in outcome.choice.plan.caps}
    under: dict[Key, list[str]] = defaultdict(list)
    for rank in chosen:
        for key in people[rank].keys:
            under[key].append(people[rank].id)
    for key, ids in under.items():
        if len(ids) > limits[key[0]]:
            yield Offence("cap", f"{len(ids)} are selected under the cap {key[0]!r} of {limits[key[0]]}.", tuple(ids))


def _reserves(outcome: Outcome, people: Sequence[Seen], chosen: Mapping[int, int]) -> Iterator[Offence]:
    """The compliance that is reported is the one that counting finds."""
    for number, seated in enumerate(outcome.choice.blocks):
        if seated.block.reserves:
            mine = [people[rank].groups[seated.place] for rank, block in chosen.items() if block == number]
            found = compliance(mine, seated)
            stated = seated.filled
            same = found == stated if seated.block.compliance == "order" else sum(found) == sum(stated)
            if not same:
                said = f"Block {seated.block.name!r} reports reserves filled {stated}, counting finds {found}."
                yield Offence("compliance", said, ())


def compliance(groups: Sequence[frozenset[str]], seated: SeatedBlock) -> tuple[int, ...]:
    """What each reserve of a block reaches with applicants of these groups, one applicant at a time."""
    reserves = seated.block.reserves
    if seated.block.counting == "each":
        return tuple(min(sum(r.name in g for g in groups), r.seats) for r in reserves)
    seats = [r.name for r in reserves for _ in range(r.seats)]
    taken: dict[int, int] = {}
    for seat in range(len(seats)):
        _seat(seat, seats, groups, taken, set())
    filled = Counter(seats[seat] for seat in taken.values())
    return tuple(filled[r.name] for r in reserves)


def _seat(
    seat: int, seats: Sequence[str], groups: Sequence[frozenset[str]], taken: dict[int, int], tried: set[int]
) -> bool:
    """Find somebody for a reserved seat, moving others along if need be (Kuhn's augmenting paths)."""
    for person, mine in enumerate(groups):
        if seats[seat] in mine and person not in tried:
            tried.add(person)
            if person not in taken or _seat(taken[person], seats, groups, taken, tried):
                taken[person] = seat
                return True
    return False


def _envy(outcome: Outcome, people: Sequence[Seen], chosen: Mapping[int, int]) -> Iterator[Offence]:
    """No refused applicant could take the seat of a lower-ranked one and keep every cap and reserve as it is."""
    if outcome.policy.lottery.tickets == "per_block":
        return
    limits = {cap.name: cap.seats for cap in outcome.choice.plan.caps}
    used = Counter(key for rank in chosen for key in people[rank].keys)
    for number, seated in enumerate(outcome.choice.blocks):
        if seated.place >= len(outcome.choice.plan.blocks) or (number and outcome.choice.plan.caps):
            continue
        mine = [rank for rank, block in chosen.items() if block == number and rank not in outcome.held]
        later = {rank for rank, block in chosen.items() if block > number}
        refused = first_of_each(people, [r for r in range(len(people)) if r not in chosen or r in later], seated.place)
        lowest = first_of_each(people, sorted(mine, reverse=True), seated.place)
        groups = [people[rank].groups[seated.place] for rank, block in chosen.items() if block == number]
        for out in refused:
            if seated.place not in people[out].blocks:
                continue
            for inside in lowest:
                if out < inside and could_take(people[out], people[inside], used, limits, groups, seated):
                    names = (people[out].id, people[inside].id)
                    yield Offence("no_envy", f"{names[0]} could take the seat of {names[1]}, who ranks lower.", names)


def first_of_each(people: Sequence[Seen], ranks: Sequence[int], place: int) -> list[int]:
    """The first of these ranks of each kind that a block can tell apart."""
    first: dict[Any, int] = {}
    for rank in ranks:
        first.setdefault((frozenset(people[rank].keys), groups_in(people[rank], place), people[rank].blocks), rank)
    return list(first.values())


def groups_in(person: Seen, place: int) -> frozenset[str]:
    """For which reserves of a block somebody counts; for none of the closing one, which the plan does not list."""
    return person.groups[place] if place < len(person.groups) else frozenset()


def could_take(
    out: Seen,
    inside: Seen,
    used: Mapping[Key, int],
    limits: Mapping[str, int],
    groups: Sequence[frozenset[str]],
    seated: SeatedBlock,
) -> bool:
    """Whether `out` could take the seat of `inside`: every cap kept, at least the same compliance."""
    if any(used[key] >= limits[key[0]] and key not in inside.keys for key in out.keys):
        return False
    mine, theirs = groups_in(out, seated.place), groups_in(inside, seated.place)
    if mine >= theirs:
        return True
    if seated.block.counting == "each":
        lost = theirs - mine
        needed = (r for r in seated.block.reserves if r.name in lost)
        return all(sum(r.name in g for g in groups) > r.seats for r in needed)
    changed = list(groups)
    changed.remove(theirs)
    after, before = compliance([*changed, mine], seated), compliance(groups, seated)
    return sum(after) >= sum(before) if seated.block.compliance == "total" else after >= before
