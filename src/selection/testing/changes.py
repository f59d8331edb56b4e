"""Properties of two answers: rows are changed in a way that must not matter, or must not harm, and asked again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from selection.auditing.verification import Offence
from selection.policy import Policy
from selection.testing.cells import cells
from selection.testing.pools import Rules, policy_of
from selection.testing.promises import promised
from selection.testing.reading import Reading, read
from selection.testing.trial import Trial

Cells = dict[str, Any]

#: So many other cells are tried for an applicant who is to rise, or to drop a claim.
TRIED = 3


@promised()
def determinism(trial: Trial, _: Reading) -> Iterator[Offence]:
    """The same rows in another order, or asked again, give the same answer."""
    again = tuple(_same(trial, trial.again(trial.rows), "determinism", "Asked again with the same rows"))
    yield from again
    if not again:
        yield from _same(trial, trial.again(trial.rows[::-1]), "determinism", "With the same rows in reverse order")


@promised()
def unread_fields(trial: Trial, _: Reading) -> Iterator[Offence]:
    """Cells that the policy does not read do not matter."""
    read_fields = policy_of(trial.policy).fields
    for name in sorted(
        {key for row in trial.rows for key in row} - read_fields - {"id"} - {*cells(policy_of(trial.policy))}
    ):
        values = [row.get(name) for row in trial.rows]
        moved = [{**row, name: value} for row, value in zip(trial.rows, [*values[1:], *values[:1]], strict=True)]
        yield from _same(trial, trial.again(moved), "unread_fields", f"With the cells of {name!r} moved by one row")


@promised()
def irrelevance_of_rejected(trial: Trial, _: Reading) -> Iterator[Offence]:
    """Removing a rejected applicant changes nothing."""
    out = [one for one in trial.rejected if one not in policy_of(trial.policy).pinned]
    for one in out[:1]:
        if rest := trial.without(one):
            yield from _same(trial, trial.again(rest), "irrelevance_of_rejected", f"Without {one}, who was rejected")


@promised()
def idempotent(trial: Trial, _: Reading) -> Iterator[Offence]:
    """Asked about the selected alone, it selects them all."""
    if trial.rejected and trial.answer:
        yield from _same(trial, trial.again(trial.without(*trial.rejected)), "idempotent", "Without all rejected")


@promised()
def priority_monotone(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """A selected applicant who rises stays selected."""
    chosen = sorted(trial.answer & reading.rank.keys() - reading.pinned, key=lambda one: -reading.rank[one])
    for one in chosen[:1]:
        better = _risen(trial, reading, one)
        if better is not None and one not in trial.again(trial.changed(one, **better)):
            said = f"{one} is selected, and is not any more with {_cells(better)}, which only adds points."
            yield Offence("priority_monotone", said, (one,))


@promised()
def claim_monotone(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Dropping a claimed reserve never turns a rejection into a selection."""
    out = [one for one in trial.rejected if one in reading.rank and _claims(reading, one)]
    for one in out[:1]:
        fewer = _unclaimed(trial, reading, one)
        if fewer is not None and one in trial.again(trial.changed(one, **fewer)):
            said = f"{one} is rejected, and is selected with {_cells(fewer)}, which only drops a claim to a reserve."
            yield Offence("claim_monotone", said, (one,))


@promised(usual=False)
def top_k_per_signature(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Only the best few of each signature matter."""
    kept: dict[object, int] = {}
    beyond = []
    for rank in sorted(range(len(reading.ids)), key=lambda r: (reading.level[r], reading.ids[r] not in trial.answer)):
        signature = reading.signature(rank)
        most = min([reading.outcome.policy.seats, *(reading.limits[k[0]] for k in reading.people[rank].keys)])
        kept[signature] = kept.get(signature, 0) + 1
        beyond += [reading.ids[rank]] if kept[signature] > most and reading.ids[rank] not in reading.pinned else []
    rest = trial.without(*beyond)
    if beyond and rest:
        yield from _same(trial, trial.again(rest), "top_k_per_signature", f"Without {', '.join(beyond)}")


@promised(classes="nested once", usual=False)
def substitutes(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Whoever withdraws takes no other selected applicant along."""
    for one, after in _withdrawals(trial, reading):
        lost = sorted(trial.answer - after - {one})
        if lost:
            yield Offence("substitutes", f"When {one} withdraws, {', '.join(lost)} loses the seat.", (one, *lost))


@promised(classes="nested once", usual=False)
def single_replacement(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Whoever withdraws lets at most one other in."""
    for one, after in _withdrawals(trial, reading):
        new = sorted(after - trial.answer)
        if len(new) > 1:
            yield Offence("single_replacement", f"When {one} withdraws, {', '.join(new)} come in.", (one, *new))


@promised(classes="nested once", usual=False)
def capacity_monotone(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """With one seat more everyone selected stays selected."""
    policy = reading.outcome.policy
    stated = [rule.seats for kind in ("reserve", "cap") for rule in getattr(policy, kind)]
    if policy.capacity is None or reading.block is None or any(isinstance(seats, str) for seats in stated):
        return
    more = trial.again(trial.rows, _with(trial.policy, capacity=policy.capacity + 1))
    for one in sorted(trial.answer - more):
        yield Offence(
            "capacity_monotone", f"{one} is selected for {policy.capacity} seats and not for one more.", (one,)
        )


@promised(usual=False)
def single_group_open_first(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """A reserve over and above the open seats takes in at least as many members as one served first."""
    policy = reading.outcome.policy
    if len(policy.reserve) != 1 or policy.cap or policy.block or policy.pinned:
        return
    table = policy.reserve[0].model_dump(exclude_defaults=True)
    members = {}
    for kind in ("over_and_above", "first"):
        asked = trial.again(trial.rows, _with(trial.policy, reserve=[{**table, "kind": kind}], fill="seats_first"))
        member = reading.outcome.assessment.group(*_group(reading))
        members[kind] = sum(bool(member[reading.outcome.place(one)]) for one in asked)
    if members["over_and_above"] < members["first"]:
        after, before = members["over_and_above"], members["first"]
        said = f"{after} members are selected with open seats first, {before} with them last."
        yield Offence("single_group_open_first", said, ())


@promised(classes="once nested", usual=False)
def legal_2smg(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Blocks of once-counted reserves: all of the above that concern withdrawals and claims."""
    for part in (irrelevance_of_rejected, substitutes, single_replacement, priority_monotone, claim_monotone):
        yield from part.judge(trial, reading)


def _same(trial: Trial, other: frozenset[str], name: str, how: str) -> Iterator[Offence]:
    gone, new = sorted(trial.answer - other), sorted(other - trial.answer)
    if gone or new:
        parts = [f"{', '.join(gone)} no longer selected"] if gone else []
        parts += [f"{', '.join(new)} selected instead" if gone else f"{', '.join(new)} selected too"] if new else []
        yield Offence(name, f"{how}: {', '.join(parts)}.", (*gone, *new))


def _withdrawals(trial: Trial, reading: Reading) -> Iterator[tuple[str, frozenset[str]]]:
    for one in sorted(trial.answer - reading.pinned):
        rest = trial.without(one)
        if rest:
            yield one, trial.again(rest)


def _risen(trial: Trial, reading: Reading, one: str) -> Cells | None:
    """Another cell for an applicant that gives more points or a better tier, and changes no claim and no cap."""

    def better(after: Reading) -> bool:
        return _standing(after, one) < _standing(reading, one) and _signature(after, one) == _signature(reading, one)

    policy = reading.outcome.policy
    fields = _read_by(policy, "points", "tier") - _read_by(policy, "reserve", "cap", "block", "derive")
    return _other_cell(trial, one, fields, better)


def _unclaimed(trial: Trial, reading: Reading, one: str) -> Cells | None:
    """Another cell for an applicant with which they claim fewer reserves and are otherwise where they were."""
    keys, groups, blocks = _signature(reading, one)

    def fewer(after: Reading) -> bool:
        now = _signature(after, one)
        within = now[2] <= blocks and all(new <= old for new, old in zip(now[1], groups, strict=True))
        return after.ids == reading.ids and now[0] == keys and within and now != (keys, groups, blocks)

    policy = reading.outcome.policy
    fields = _read_by(policy, "reserve", "block") - _read_by(policy, "points", "tier", "cap", "ties", "derive")
    return _other_cell(trial, one, fields, fewer)


def _claims(reading: Reading, one: str) -> bool:
    """Whether an applicant claims a reserve, or a block that is not open to everybody."""
    seen, blocks = reading.people[reading.rank[one]], reading.outcome.choice.plan.blocks
    return any(seen.groups) or any(blocks[place].rule is not None for place in seen.blocks)


def _standing(reading: Reading, one: str) -> tuple[int, int]:
    """Tier, and score turned round: the smaller, the better."""
    place, assessment = reading.outcome.place(one), reading.outcome.assessment
    return int(assessment.tier[place]), -int(assessment.score[place])


def _signature(reading: Reading, one: str) -> tuple[Any, ...]:
    return reading.signature(reading.rank[one])


def _other_cell(trial: Trial, one: str, fields: Collection[str], wanted: Callable[[Reading], bool]) -> Cells | None:
    row = next(row for row in trial.rows if str(row["id"]) == one)
    known = cells(policy_of(trial.policy))
    tries = [(name, [v] if name == "sector" else v) for name in sorted(fields & known.keys()) for v in known[name]]
    others = [(name, value) for name, value in tries if value != row.get(name)]
    for name, value in others[:: max(1, len(others) // TRIED)][:TRIED]:
        after = read(trial.changed(one, **{name: value}), trial.policy, trial.seed)
        if after is not None and one in after.rank and wanted(after):
            return {name: value}
    return None


def _read_by(policy: Policy, *kinds: str) -> frozenset[str]:
    """The fields that rules of these kinds read."""
    rules = [rule for kind in kinds if kind != "ties" for rule in getattr(policy, kind)]
    rules += [reserve for block in policy.block for reserve in block.reserve if "reserve" in kinds]
    ties = {tie.field for tie in policy.ties.declared if "ties" in kinds}
    return frozenset(ties).union(*(rule.fields for rule in rules))


def _cells(changed: Cells) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in changed.items())


def _with(policy: Rules, **keys: Any) -> Rules:
    """The policy with some keys changed, given as it was given (a file as its table)."""
    if isinstance(policy, Policy):
        return Policy.model_validate({**policy.to_dict(), **keys})
    return {**policy_of(policy).to_dict(), **keys}


def _group(reading: Reading) -> tuple[str, str]:
    rule = reading.outcome.policy.reserve[0]
    return ("reserve of open" if rule.kind == "guarantee" else "block"), rule.name
