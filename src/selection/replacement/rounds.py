"""Withdrawals answered: one round after another, each exact, recorded, and repeatable from its record."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np

from selection.choice import choose
from selection.errors import InputError, NotFoundError, PolicyError, SelectionError, TieError, did_you_mean
from selection.html import heading, table
from selection.outcome import Outcome
from selection.replacement.remaining import Remaining, remaining
from selection.replacement.seats import LOCKS, Answer, Lock, Seats, compliance


@dataclass(frozen=True)
class Round:
    """The record of one round, without personal data but ids.

    `compliance_lost` per reserve the seats it would have reached without the lock; `before_sha256` and `after_sha256`
    of who sat in which block; `policy_sha256` and `pool_sha256` of the call as it began;
    `pinned` who was to have a seat in it by the officer's word.
    """

    number: int
    lock: Lock
    withdrawn: tuple[str, ...]
    admitted: tuple[str, ...]
    removed: tuple[str, ...]
    compliance_lost: Mapping[str, int]
    policy_sha256: str
    pool_sha256: str
    before_sha256: str
    after_sha256: str
    pinned: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data, for JSON."""
        listed = {name: list(value) if isinstance(value, tuple) else value for name, value in _plain(self).items()}
        kept = listed if self.pinned else {name: value for name, value in listed.items() if name != "pinned"}
        return kept | {"compliance_lost": dict(self.compliance_lost)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Round:
        """The round of a record; `InputError` if it is none."""
        try:
            told = {
                "pinned": (),
                **{f.name: data[f.name] for f in fields(cls) if f.name != "pinned" or "pinned" in data},
            }
            names = {name: tuple(map(str, told[name])) for name in ("withdrawn", "admitted", "removed", "pinned")}
            return cls(**{**told, **names, "compliance_lost": dict(told["compliance_lost"])})
        except (KeyError, TypeError, ValueError):
            raise InputError("bad_round", "This is not the record of a round of withdrawals.") from None


def _plain(one: Round) -> dict[str, Any]:
    return {f.name: getattr(one, f.name) for f in fields(one)}


@dataclass(frozen=True, eq=False, repr=False)
class Replacement:
    """How a withdrawal was answered: the outcome afterwards, who came in, who lost a seat, and the round's record."""

    outcome: Remaining
    round: Round

    def __repr__(self) -> str:
        said = ", ".join(f"{len(getattr(self, w)):,} {w}" for w in ("withdrawn", "admitted", "removed"))
        return f"Replacement(round {self.round.number}: {said})"

    def _repr_html_(self) -> str:
        what = ("withdrawn", "pinned", "admitted", "removed")
        rows = [
            (name, len(ids), ", ".join(ids[:8]) + (" …" if len(ids) > 8 else ""))
            for name in what
            if (ids := getattr(self, name))
        ]
        return heading(f"Round {self.round.number}, lock {self.round.lock}") + table(("what", "number", "ids"), rows)

    @property
    def withdrawn(self) -> tuple[str, ...]:
        """The ids of those who withdrew."""
        return self.round.withdrawn

    @property
    def admitted(self) -> tuple[str, ...]:
        """The ids of those who got a seat in this round, in rank order."""
        return self.round.admitted

    @property
    def pinned(self) -> tuple[str, ...]:
        """The ids of those who were to have a seat whatever their rank."""
        return self.round.pinned

    @property
    def removed(self) -> tuple[str, ...]:
        """The ids of those who had a seat and lost it without withdrawing; nobody under lock = "selected"."""
        return self.round.removed

    @property
    def compliance_lost(self) -> Mapping[str, int]:
        """Per reserve, how many more of its seats would be filled had no offer been locked."""
        return self.round.compliance_lost

    @property
    def shortlist(self) -> Any:
        """The selected after this round, in rank order."""
        return self.outcome.shortlist

    @property
    def waitlist(self) -> Any:
        """The waiting list after this round."""
        return self.outcome.waitlist

    def to_frame(self) -> Any:
        """One row per applicant who remains."""
        return self.outcome.to_frame()

    def replace(self, withdrawn: Iterable[str], lock: Lock | None = None, pinned: Iterable[str] = ()) -> Replacement:
        """The next round."""
        return replace(self.outcome, withdrawn, lock, pinned)


def replace(
    outcome: Outcome, withdrawn: Iterable[str], lock: Lock | None = None, pinned: Iterable[str] = ()
) -> Replacement:
    """Answer withdrawals exactly; `lock` as the policy says unless given.

    "selected" keeps every offer, each applicant in their block, and gives the free seats out by the rules of the
    policy; "none" runs the selection again among those who remain. `pinned` applicants have a seat in either case, and
    count towards reserves and caps. `NotFoundError` names the nearest id; `PolicyError` where there is no seat for a
    pinned applicant.
    """
    lock = chosen_lock(outcome, lock)
    gone = sorted({_place(outcome, one) for one in _ids(withdrawn)})
    sure = sorted({_pinned(outcome, one, gone) for one in _ids(pinned)})
    before = Seats.of(outcome)
    ranks = frozenset(int(outcome.rank_of[place]) for place in gone) - {-1}
    answer = before.without(ranks, lock, frozenset(int(outcome.rank_of[place]) for place in sure))
    if outcome.seed is None or not outcome.policy.ties.lottery:
        _check_ties(outcome, before, answer)
    made = _round(outcome, gone, sure, before, answer, lock)
    earlier = outcome.rounds if isinstance(outcome, Remaining) else ()
    return Replacement(remaining(outcome, np.array(gone, dtype=np.int64), answer, (*earlier, made)), made)


def _ids(given: Any) -> Iterable[Any]:
    """One id alone stands for itself; of a dataframe its ids."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given]
    frame: Any = given
    return cast(Iterable[Any], frame["id"]) if "id" in getattr(frame, "columns", ()) else given


def replay(start: Outcome, rounds: Iterable[Round]) -> Outcome:
    """The outcome after recorded rounds, each run again; `SelectionError` where one does not come out as recorded."""
    outcome = start
    for recorded in rounds:
        made = replace(outcome, recorded.withdrawn, recorded.lock, recorded.pinned)
        if made.round != recorded:
            other = [name for name, value in _plain(recorded).items() if value != getattr(made.round, name)]
            sentence = f"Round {recorded.number} does not come out as recorded: {', '.join(other)} differ."
            raise SelectionError("other_round", sentence, round=recorded.number, differ=other)
        outcome = made.outcome
    return outcome


def chosen_lock(outcome: Outcome, lock: str | None) -> Lock:
    """The lock that was asked for, or the policy's; `PolicyError` for a word that is none."""
    said = outcome.policy.lock if lock is None else lock
    for known in LOCKS:
        if said == known:
            return known
    sentence = f'{lock!r} is no lock.{did_you_mean(str(lock), LOCKS)} It is "selected" (offers are kept) or "none".'
    raise PolicyError("unknown_lock", sentence, lock=lock)


def _place(outcome: Outcome, one: str) -> int:
    """Where an applicant who withdraws stands; not twice, and not by a registration that another stands for."""
    for earlier in outcome.rounds if isinstance(outcome, Remaining) else ():
        if str(one) in earlier.withdrawn:
            sentence = f"{one!r} has withdrawn already, in round {earlier.number}."
            raise NotFoundError("already_withdrawn", sentence, id=one, round=earlier.number)
    place = outcome.place(one)
    stands = int(outcome.intake.pool.duplicate_of[place])
    if stands >= 0:
        other = str(outcome.intake.pool.ids[stands])
        sentence = f"{one!r} is a duplicate; the registration that stands is {other!r}. Withdraw that one."
        raise NotFoundError("withdrawn_duplicate", sentence, id=one, stands=other)
    return place


def _pinned(outcome: Outcome, one: str, gone: list[int]) -> int:
    """Where an applicant stands who shall have a seat: ranked, and not withdrawing."""
    place = _place(outcome, one)
    if place in gone:
        raise InputError("pinned_withdrawn", f"{one!r} cannot both withdraw and be pinned.", id=one)
    if outcome.rank_of[place] < 0:
        sentence = f"{one!r} was not ranked, so only the policy can give a seat to them: pinned = [{one!r}]."
        raise InputError("pinned_unranked", sentence, id=one)
    return place


def _round(outcome: Outcome, gone: list[int], sure: list[int], before: Seats, answer: Answer, lock: Lock) -> Round:
    ids = outcome.intake.pool.ids
    after = answer.seats.block
    left = set(answer.seats.left.tolist())
    start = outcome.start if isinstance(outcome, Remaining) else outcome
    return Round(
        number=len(outcome.rounds) + 1 if isinstance(outcome, Remaining) else 1,
        lock=lock,
        withdrawn=tuple(sorted(str(ids[place]) for place in gone)),
        admitted=_named(outcome, after.keys() - before.block.keys()),
        removed=_named(outcome, (before.block.keys() - after.keys()) & left),
        compliance_lost=_lost(outcome, before, answer) if lock == "selected" else {},
        policy_sha256=start.policy.fingerprint,
        pool_sha256=start.intake.pool.sha256,
        before_sha256=_hash(outcome, before),
        after_sha256=_hash(outcome, answer.seats),
        pinned=tuple(sorted(str(ids[place]) for place in sure)),
    )


def _named(outcome: Outcome, ranks: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(outcome.intake.pool.ids[outcome.ranking.order[rank]]) for rank in sorted(ranks))


def _hash(outcome: Outcome, seats: Seats) -> str:
    """SHA-256 of who sits in which block, as JSON: [[id, block], ...] sorted."""
    pairs = sorted(zip(_named(outcome, seats.block), (seats.block[r] for r in sorted(seats.block)), strict=True))
    return hashlib.sha256(json.dumps(pairs, separators=(",", ":")).encode()).hexdigest()


def _lost(outcome: Outcome, before: Seats, answer: Answer) -> dict[str, int]:
    """Per reserve what the lock cost: what running again without it would reach, less what is reached."""
    plan = outcome.policy.plan
    reached = compliance(answer.choice, plan)
    if all(filled >= seats for filled, seats in reached.values()):
        return {}
    gone = frozenset(before.left.tolist()) - frozenset(answer.seats.left.tolist())
    again = compliance(before.without(gone, "none").choice, plan)
    lost = {name: again[name][0] - filled for name, (filled, _) in reached.items()}
    return {name: number for name, number in lost.items() if number > 0}


def _check_ties(outcome: Outcome, before: Seats, answer: Answer) -> None:
    """Without tickets no seat may hang on a tie: put before whom it was given to, nobody tied may get it."""
    choice, left = answer.choice, answer.seats.left
    ties = choice.ranking.ties
    for rank in sorted(answer.seats.block.keys() - before.block.keys()):
        here = int(np.flatnonzero(left == rank)[0])
        for other in np.flatnonzero((ties == ties[here]) & ~choice.selected):
            if _would_get_in(answer, here, int(other)):
                score = outcome.score(int(outcome.ranking.order[rank]))
                sentence = (
                    f"Applicants tied with {score} points compete for a seat that came free, and nothing tells them "
                    "apart: run the selection with a lottery and a seed."
                )
                raise TieError("tie_at_the_cut", sentence, score=str(score))


def _would_get_in(answer: Answer, here: int, other: int) -> bool:
    """Whether the refused applicant of a tie gets a seat when put first of those who are not held."""
    choice, order = answer.choice, np.arange(len(answer.seats.left))
    order[here], order[other] = other, here
    ranking = choice.ranking
    held = {int(np.flatnonzero(order == rank)[0]): block for rank, block in answer.held.items()}
    table = choice.signatures
    swapped = dataclasses.replace(ranking, order=ranking.order[order])
    again = choose(swapped, choice.plan, held, dataclasses.replace(table, code=table.code[order]), choice.seconds)
    return bool(again.selected[here])
