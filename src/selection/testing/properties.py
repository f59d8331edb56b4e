"""Properties of one answer: counted from the rows and the policy, without asking the function again."""

from __future__ import annotations

from collections.abc import Iterator

from selection.auditing.verification import Offence, could_take, first_of_each, groups_in
from selection.testing.promises import promised
from selection.testing.reading import Reading, Turn
from selection.testing.trial import Trial


@promised()
def answers(trial: Trial, _: Reading) -> Iterator[Offence]:
    """The answer is a list of ids of the rows, each once."""
    if trial.answer is None:
        yield Offence("answers", "There is no answer.", ())


@promised()
def eligible(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Only eligible applicants are selected."""
    outcome = reading.outcome
    for one in sorted((trial.answer - reading.rank.keys()) & outcome.intake.pool.places.keys()):
        why = outcome.to_frame().set_index("id").loc[one]
        place = outcome.place(one)
        cause = int(outcome.assessment.cause[place])
        rule = f" ({outcome.assessment.rules[cause].name})" if cause >= 0 else ""
        said = {"missing_field": "a field that a rule needs is missing"}.get(why["reason"], str(why["reason"]))
        yield Offence("eligible", f"{one} is selected but is {why['status']}: {said}{rule}.", (one,))


@promised()
def capacity(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """No more are selected than there are seats, and every cap holds."""
    seats, chosen = reading.outcome.policy.seats, trial.answer & reading.rank.keys()
    if len(trial.answer) > seats:
        yield Offence("capacity", f"{len(trial.answer)} are selected for {seats} seats.", ())
    for (cap, value), number in reading.used(chosen).items():
        if number > reading.limits[cap]:
            which = f"{cap!r}" if value is None else f"{cap!r} for {value!r}"
            under = sorted(one for one in chosen if (cap, value) in reading.people[reading.rank[one]].keys)
            said = f"{number} are selected under the cap {which}, which allows {reading.limits[cap]}."
            yield Offence("capacity", said, tuple(under))


@promised()
def max_compliance(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Reserves are met as far as any allowed set of applicants can meet them."""
    turn = trial.turn
    if turn is None:
        return
    have, could = (reading.compliance(ids, turn.seated) for ids in (turn.mine, turn.best))
    if have < could:
        names = ", ".join(reserve.name for reserve in turn.seated.block.reserves)
        said = f"The reserves ({names}) are filled {_seats(have)}, and could be filled {_seats(could)}"
        said = f"{said}{_in_block(reading, turn)}: {_listed(turn.best)}."
        yield Offence("max_compliance", said, tuple(sorted(turn.best - turn.mine)))


@promised()
def max_size(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """As many seats are filled as can be at that compliance (where the policy fills seats first)."""
    turn = trial.turn
    if turn is None or turn.seated.block.fill != "seats_first" or len(turn.mine) >= len(turn.best):
        return
    if reading.compliance(turn.mine, turn.seated) == reading.compliance(turn.best, turn.seated):
        said = f"{len(turn.mine)} seats are filled and {len(turn.best)} could be{_in_block(reading, turn)}"
        yield Offence("max_size", f"{said}: {_listed(turn.best)}.", tuple(sorted(turn.best - turn.mine)))


@promised()
def nonwaste_maximal(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """No rejected applicant could be added without breaking the capacity or a cap or lowering compliance."""
    turn = trial.turn
    if turn is None or len(turn.mine) >= turn.seated.block.seats:
        return
    used = reading.used(turn.before | turn.mine)
    for one in _outside(trial, reading, turn):
        if all(used[key] < reading.limits[key[0]] for key in reading.people[reading.rank[one]].keys):
            said = f"A seat{_in_block(reading, turn)} is empty that {one} could take without breaking any cap."
            yield Offence("nonwaste_maximal", said, (one,))


@promised()
def no_justified_envy(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """No rejected applicant above a selected one could take their seat and keep every cap and reserve as it is."""
    turn = trial.turn
    if turn is None:
        return
    people, used, place = reading.people, reading.used(turn.before | turn.mine), turn.seated.place
    inside = sorted((reading.rank[one] for one in turn.mine - reading.pinned), reverse=True)
    outside = [reading.rank[one] for one in _outside(trial, reading, turn)]
    groups = [groups_in(people[reading.rank[one]], place) for one in turn.mine]
    for out in first_of_each(people, outside, place):
        for seat in first_of_each(people, inside, place):
            above = reading.level[out] < reading.level[seat]
            if above and could_take(people[out], people[seat], used, reading.limits, groups, turn.seated):
                said = f"{people[out].id} ranks above {people[seat].id} and could take the seat"
                said = f"{said}{_in_block(reading, turn)}: every cap and reserve stays as it is."
                yield Offence("no_justified_envy", said, (people[out].id, people[seat].id))


@promised()
def within_signature(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Of applicants whom no reserve, cap or block tells apart, the best-ranked are selected."""
    lowest: dict[object, int] = {}
    for one in trial.answer & reading.rank.keys() - reading.pinned:
        signature = reading.signature(reading.rank[one])
        lowest[signature] = max(lowest.get(signature, -1), reading.rank[one])
    for one in trial.rejected:
        rank = reading.rank.get(one, len(reading.ids))
        seat = lowest.get(reading.signature(rank), -1) if one in reading.rank else -1
        if seat >= 0 and reading.level[rank] < reading.level[seat]:
            other = reading.ids[seat]
            said = f"{one} ranks above {other} and nothing but rank tells them apart, yet {other} is selected."
            yield Offence("within_signature", said, (one, other))


@promised(usual=False)
def dominance(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Whoever ranks higher, claims as much and is under no further cap is selected if the other is."""
    for one in (one for one in trial.rejected if one in reading.rank):
        for other in sorted(trial.answer & reading.rank.keys() - reading.pinned):
            a, b = reading.rank[one], reading.rank[other]
            mine, theirs = reading.people[a], reading.people[b]
            more = mine.blocks >= theirs.blocks and set(mine.keys) <= set(theirs.keys)
            more = more and all(here >= there for here, there in zip(mine.groups, theirs.groups, strict=True))
            if more and reading.level[a] < reading.level[b]:
                yield Offence("dominance", f"{one} is at least as well placed as {other} in everything.", (one, other))


@promised()
def best_set(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """The best-ranked applicant is in if possible, then the next, at that compliance and number of seats."""
    best = reading.reference(trial.answer) if trial.allowed else None
    if best is None or best == trial.answer:
        return
    missing = sorted(best - trial.answer, key=lambda one: reading.rank[one])
    instead = sorted(trial.answer - best)
    said = f"The policy selects {_listed(best)}; the function leaves out {_listed(missing)}"
    said += f" and has {_listed(instead)} instead." if instead else "."
    yield Offence("best_set", said, (*missing, *instead))


@promised(usual=False)
def single_group_guarantee_formula(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """With one reserve and no caps its members are max(t, min(r, all)), t of them by rank alone."""
    block = reading.block
    if block is None or len(block.block.reserves) != 1 or reading.limits or reading.pinned:
        return
    order = sorted(range(len(reading.ids)), key=lambda r: (reading.level[r], reading.ids[r] not in trial.answer))
    members = [bool(one.groups[0]) for one in reading.people]
    by_rank = sum(members[r] for r in order[: block.block.seats])
    due = max(by_rank, min(block.block.reserves[0].seats, sum(members)))
    have = sum(members[reading.rank[one]] for one in trial.answer & reading.rank.keys())
    if have != due:
        said = f"{have} members of {block.block.reserves[0].name!r} are selected; {due} are due."
        yield Offence("single_group_guarantee_formula", said, ())


@promised(classes="nested once", usual=False)
def per_category_cutoffs(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """There is a cut-off for each reserve and an open one that give the answer."""
    if reading.block is None or reading.limits or reading.pinned or not trial.allowed:
        return
    order = sorted(range(len(reading.ids)), key=lambda r: (reading.level[r], reading.ids[r] not in trial.answer))
    reached: set[str] = set()
    for category in (None, *(reserve.name for reserve in reading.block.block.reserves)):
        for rank in order:
            if category is None or category in reading.people[rank].groups[0]:
                if reading.ids[rank] not in trial.answer:
                    break
                reached.add(reading.ids[rank])
    for one in sorted(trial.answer - reached):
        yield Offence("per_category_cutoffs", f"{one} is selected below the cut-off of every category.", (one,))


def _outside(trial: Trial, reading: Reading, turn: Turn) -> list[str]:
    """The rejected members of a block, best first."""
    place, plan = turn.seated.place, reading.outcome.choice.plan
    everybody = place >= len(plan.blocks)
    ranked = [one for one in trial.rejected if one in reading.rank]
    return [one for one in ranked if everybody or place in reading.people[reading.rank[one]].blocks]


def _in_block(reading: Reading, turn: Turn) -> str:
    """Which block, where there are several."""
    return "" if reading.block is not None else f" in the block {turn.seated.block.name!r}"


def _seats(filled: tuple[int, ...]) -> str:
    return ", ".join(map(str, filled))


def _listed(ids: object) -> str:
    names = sorted(ids) if isinstance(ids, frozenset) else list(ids)  # type: ignore[call-overload]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "") or "nobody"
