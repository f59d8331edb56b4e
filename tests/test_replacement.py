"""Withdrawals: random calls against enumeration and against running again, the known counterexamples, the records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from selection import Outcome, Policy, SelectionError, select
from selection.replacement import Replacement, Round, replace, replay
from selection.replacement.seats import LOCKS
from selection.replacement.substitutes import replacements, substitutes
from test_cases import case, policy_of, records
from test_select_oracle import CALLS, Table, belongs, best, blocks_of, caps_kept, chosen, in_order, reserve_calls

EVERY = st.one_of(*CALLS.values())
RANDOM = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def seats(outcome: Outcome) -> dict[str, str]:
    """Who sits in which block."""
    frame = outcome.to_frame()
    return {i: b for i, b in zip(frame["id"], frame["block"], strict=True) if b is not None}


def begun(call: tuple[Sequence[Table], Table]) -> Outcome:
    outcome = chosen(*call, "s")
    assume(isinstance(outcome, Outcome))
    assert isinstance(outcome, Outcome)
    return outcome


def some(data: st.DataObject, outcome: Outcome, most: int = 3) -> list[str]:
    ids = sorted(outcome.intake.pool.ids.tolist())
    one = st.sampled_from(sorted(seats(outcome)) or ids)
    return data.draw(st.lists(one | one | st.sampled_from(ids), max_size=most, unique=True)) if ids else []


def left_of(pool: Sequence[Table], policy: Table, gone: Sequence[str]) -> tuple[list[Table], Table]:
    """The call without those who withdrew."""
    pinned = [one for one in policy.get("pinned", []) if one not in gone]
    return [one for one in pool if one["id"] not in gone], policy | {"pinned": pinned}


# Against the meaning.


@RANDOM
@given(call=EVERY, data=st.data())
def test_without_a_lock_it_is_the_selection_among_those_who_remain(
    call: tuple[list[Table], Table], data: st.DataObject
) -> None:
    outcome = begun(call)
    gone = some(data, outcome)
    made = replace(outcome, gone, "none")
    again = chosen(*left_of(*call, gone), "s")
    assert isinstance(again, Outcome)
    assert seats(made.outcome) == seats(again)
    assert made.outcome.to_frame().drop(columns="reason").equals(again.to_frame().drop(columns="reason"))
    assert set(made.admitted) == seats(again).keys() - seats(outcome).keys()
    assert set(made.removed) == seats(outcome).keys() - seats(again).keys() - set(gone)
    assert made.compliance_lost == {}


@RANDOM
@given(call=EVERY, data=st.data())
def test_with_locks_it_is_the_best_set_of_all_that_keep_every_seat(
    call: tuple[list[Table], Table], data: st.DataObject
) -> None:
    """Block by block over every subset; where seats have moved between blocks, the invariants below must do."""
    pool, policy = call
    outcome = begun(call)
    gone = some(data, outcome)
    kept = {one: block for one, block in seats(outcome).items() if one not in gone}
    blocks = blocks_of(policy)
    assume(all(n <= {b.name: b.seats for b in blocks}.get(name, 0) for name, n in Counter(kept.values()).items()))
    rest, _ = left_of(pool, policy, gone)
    expected, selected, closing = dict(kept), [p for p in rest if p["id"] in kept], 0
    for place, block in enumerate(blocks):
        held = [p for p in rest if kept.get(p["id"]) == block.name]
        free = [p for p in in_order(rest, policy, "s", block.name) if p not in selected and belongs(p, block.where)]
        people, _ = best(block, free, selected, held, policy)
        selected += people
        expected |= {p["id"]: block.name for p in people}
        spare = block.seats - len(held) - len(people)
        later = blocks[place + 1 :]
        goal = next((b for b in later if b.where is None), None) if block.unfilled == "open" else None
        goal = next((b for b in later if b.name == block.unfilled), goal)
        if goal:
            goal.seats += spare
        elif block.unfilled == "open":
            closing += spare
    closed = type(blocks[0])("closing", closing, None, [], "each", "order", blocks[-1].fill, "hold")
    free = [p for p in in_order(rest, policy, "s", "closing") if p not in selected]
    expected |= {p["id"]: "closing" for p in best(closed, free, selected, [], policy)[0]}
    made = replace(outcome, gone, "selected")
    event(f"{len(made.admitted)} admitted")
    assert seats(made.outcome) == expected


@RANDOM
@given(call=EVERY, data=st.data())
def test_rounds_keep_capacity_caps_and_locked_seats_and_replay(
    call: tuple[list[Table], Table], data: st.DataObject
) -> None:
    pool, policy = call
    start = outcome = begun(call)
    rounds: list[Round] = []
    gone: set[str] = set()
    before = seats(outcome)
    for _ in range(data.draw(st.integers(1, 4))):
        lock = data.draw(st.sampled_from(["selected", "selected", "none"]))
        made = replace(outcome, some(data, outcome, 2), lock)
        after = seats(made.outcome)
        gone |= set(made.withdrawn)
        check_seats(pool, policy, after, gone)
        stays = before.keys() - set(made.withdrawn)
        if lock == "selected":
            assert made.removed == ()
            assert {one: after[one] for one in stays} == {one: before[one] for one in stays}
        assert set(made.admitted) == after.keys() - before.keys()
        assert set(made.removed) == stays - after.keys()
        rounds.append(made.round)
        outcome, before = made.outcome, after
    check_outcome(made, pool, gone)
    again = [Round.from_dict(json.loads(json.dumps(one.to_dict()))) for one in rounds]
    assert again == rounds
    assert seats(replay(start, again)) == before
    assert [one.after_sha256 for one in rounds[:-1]] == [one.before_sha256 for one in rounds[1:]]


def check_seats(pool: Sequence[Table], policy: Table, after: Mapping[str, str], gone: set[str]) -> None:
    assert not after.keys() & gone
    assert len(after) <= policy["capacity"]
    assert caps_kept([one for one in pool if one["id"] in after], policy)
    wheres = {b.name: b.where for b in blocks_of(policy)}
    for one in pool:
        assert belongs(one, wheres.get(after.get(one["id"], "")))


def check_outcome(made: Replacement, pool: Sequence[Table], gone: set[str]) -> None:
    """The outcome of a round can be asked like any other."""
    frame = made.outcome.to_frame()
    assert sorted(frame["id"]) == sorted(one["id"] for one in pool if one["id"] not in gone)
    assert sum(made.outcome.counts.values()) == len(frame)
    assert made.outcome.certificate["exact"]
    assert made.outcome.record()["rounds"][-1] == made.round.to_dict()
    assert (frame["reason"][frame["status"] == "selected"].isin(["merit", "reserve", "pinned"])).all()
    for one in made.admitted[:1]:
        assert made.outcome.explain(one).facts["status"] == "selected"


# What a withdrawal may do, by the structure of the policy.


@st.composite
def once_calls(draw: st.DrawFn) -> tuple[list[Table], Table]:
    """Overlapping reserves counted once, no caps."""
    pool, policy = draw(reserve_calls())
    least = draw(st.lists(st.integers(0, 2), min_size=2, max_size=3))
    reserves = [
        {"name": g, "where": {g: True}, "seats": n, "missing": "no"} for g, n in zip("abc", least, strict=False)
    ]
    room = max(policy["capacity"], sum(least), 1)
    return pool, policy | {"reserve": reserves, "cap": [], "counting": "once", "capacity": room}


@pytest.mark.parametrize("calls", [EVERY, once_calls()], ids=["nested", "once"])
@RANDOM
@given(data=st.data())
def test_in_nested_and_once_policies_a_withdrawal_admits_at_most_one_and_removes_nobody(
    calls: st.SearchStrategy[tuple[list[Table], Table]], data: st.DataObject
) -> None:
    outcome = begun(data.draw(calls))
    assume(outcome.structure.name in ("nested", "once"))
    event(outcome.structure.name)
    for gone in some(data, outcome, 1):
        for lock in LOCKS:
            made = replace(outcome, gone, lock)
            assert len(made.admitted) <= (gone in seats(outcome))
            assert made.removed == ()
            assert made.compliance_lost == {} or len(outcome.choice.blocks) > 1


def test_crossing_caps_cost_a_seat_unless_it_is_locked() -> None:
    toy = case("toy_crossing_caps_revocation")
    for fill in ("seats_first", "priority_first"):
        outcome = select(records(toy["pool"]["applicants"]), policy_of(toy["rule"], fill=fill))
        free = replace(outcome, ["p1"], "none")
        assert (list(seats(free.outcome)), free.removed) == (["p2"], ("p3",))
        locked = replace(outcome, ["p1"])
        assert (list(seats(locked.outcome)), locked.admitted, locked.removed) == (["p3"], (), ())


def test_counting_each_costs_a_seat_or_with_the_lock_compliance() -> None:
    toy = case("toy_waitlist_revocation_each")
    after = toy["after_withdrawal"]
    policy = policy_of(toy["rule"], counting="each", compliance="total")
    outcome = select(records(toy["pool"]["applicants"]), policy)
    locked = replace(outcome, [after["withdrawn"]], "selected")
    assert list(seats(locked.outcome)) == after["expected_with_lock_p1"]
    assert locked.compliance_lost == {"A": after["compliance_lost_by_locking"]}
    free = replace(outcome, [after["withdrawn"]], "none")
    assert list(seats(free.outcome)) == after["expected_full_recompute"]
    assert (free.admitted, free.removed) == (("p4", "p5"), ("p1",))
    in_order_listed = replace(select(records(toy["pool"]["applicants"]), policy | {"compliance": "order"}), ["p2"])
    assert list(seats(in_order_listed.outcome)) == ["p1", "p5"]
    assert in_order_listed.compliance_lost == {"B": 1}


# Who would replace whom.


@RANDOM
@given(call=EVERY, data=st.data())
def test_the_table_of_substitutes_is_what_each_withdrawal_would_lead_to(
    call: tuple[list[Table], Table], data: st.DataObject
) -> None:
    outcome = begun(call)
    if data.draw(st.booleans()):
        outcome = replace(outcome, some(data, outcome, 2)).outcome
    lock = data.draw(st.sampled_from(LOCKS))
    table = substitutes(outcome, lock)
    assert [one.id for one in table] == [i for i in outcome.to_frame()["id"] if i in seats(outcome)]
    for one in table:
        made = replace(outcome, one.id, lock)
        assert (one.admitted, one.removed) == (made.admitted, made.removed)
        assert one.block == seats(outcome)[one.id]


def test_the_table_of_substitutes_as_a_frame() -> None:
    frame = replacements(simple())
    assert list(frame.columns) == ["id", "rank", "tier", "block", "replaced_by", "loses"]
    assert list(frame["id"]) == ["a", "b"]
    assert list(frame["replaced_by"]) == ["c", "c"]
    assert list(replacements(simple(), ids=["b", "d"])["id"]) == ["b"]
    toy = case("toy_crossing_caps_revocation")
    crossing = replacements(select(records(toy["pool"]["applicants"]), policy_of(toy["rule"])), lock="none")
    assert crossing.iloc[0][["id", "replaced_by", "loses"]].tolist() == ["p1", "p2", "p3"]


# Seats that moved between blocks.


def people(**groups: str) -> list[Table]:
    """Applicants by rank: `a="n KE"` is in the group n and from KE."""
    return [
        {"id": one, "score": -i, "n": "n" in said.split(), "place": said.split()[-1]}
        for i, (one, said) in enumerate(groups.items())
    ]


BY_SCORE = {"points": [{"name": "score", "field": "score", "per": 1}], "waitlist": 2}
NRA = {"name": "nra", "where": {"n": True}, "seats": 2}


def test_a_seat_that_moved_to_the_open_block_stays_there_while_somebody_sits_on_it() -> None:
    """Two seats kept first for n, one taken: the other went to the open block. A withdrawal frees the cap of KE, so
    another n could now sit there; the seat is taken, and comes back when it is free."""
    pool = people(n1="n KE", o1="- NP", o2="- NP", n2="n KE", o3="- NP")
    policy = {**BY_SCORE, "capacity": 3, "reserve": [NRA | {"kind": "first"}]}
    policy["cap"] = [{"name": "c", "per": "place", "seats": 2}, {"name": "k", "where": {"place": "KE"}, "seats": 1}]
    outcome = select(pool, policy)
    assert seats(outcome) == {"n1": "nra", "o1": "open", "o2": "open"}
    one = replace(outcome, ["n1"])
    assert seats(one.outcome) == {"o1": "open", "o2": "open", "n2": "nra"}
    assert one.compliance_lost == {}
    two = one.replace(["o2"])
    assert seats(two.outcome) == {"o1": "open", "n2": "nra", "o3": "open"}


def test_seats_of_the_closing_block_are_kept() -> None:
    pool = people(o1="- NP", o2="- NP", o3="- NP", n1="n NP", o4="- NP")
    policy = {**BY_SCORE, "capacity": 4, "reserve": [NRA | {"kind": "over_and_above"}]}
    outcome = select(pool, policy)
    assert seats(outcome) == {"o1": "open", "o2": "open", "n1": "nra", "o3": "closing"}
    one = replace(outcome, ["o1"])
    assert seats(one.outcome) == {"o2": "open", "o3": "closing", "n1": "nra", "o4": "open"}
    assert set(one.outcome.to_frame()["reason"]) <= {"merit", "reserve"}
    two = one.replace(["n1", "o4"])
    assert seats(two.outcome) == {"o2": "open", "o3": "closing"}


def test_over_and_above_seats_stay_with_their_block() -> None:
    """Running again, n1 would move up into the open seat and n2 into theirs; with the lock n1 stays over and above."""
    pool = people(o1="- NP", n1="n NP", o2="- NP", n2="n NP")
    policy = {**BY_SCORE, "capacity": 2, "reserve": [NRA | {"kind": "over_and_above", "seats": 1}]}
    outcome = select(pool, policy)
    assert seats(outcome) == {"o1": "open", "n1": "nra"}
    assert seats(replace(outcome, ["o1"], "selected").outcome) == {"n1": "nra", "o2": "open"}
    assert seats(replace(outcome, ["o1"], "none").outcome) == {"n1": "open", "n2": "nra"}


# Who may withdraw.


def simple(**more: Any) -> Outcome:
    return select(people(a="- NP", b="n KE", c="- NP", d="- PE"), {**BY_SCORE, "capacity": 2, **more})


def test_withdrawals_of_others_leave_the_seats_and_move_the_waiting_list_up() -> None:
    outcome = simple()
    assert list(outcome.waitlist["id"]) == ["c", "d"]
    made = replace(outcome, "c")
    assert seats(made.outcome) == {"a": "open", "b": "open"}
    assert (made.withdrawn, made.admitted, list(made.outcome.waitlist["id"])) == (("c",), (), ["d"])
    assert repr(made) == "Replacement(round 1: 1 withdrawn, 0 admitted, 0 removed)"


def test_the_lock_is_the_policys_unless_given() -> None:
    assert replace(simple(), ["a"]).round.lock == "selected"
    assert replace(simple(lock="none"), ["a"]).round.lock == "none"
    with pytest.raises(SelectionError, match="Did you mean 'selected'"):
        replace(simple(), ["a"], "selectd")  # type: ignore[arg-type]


def test_an_outcome_answers_for_itself() -> None:
    outcome = simple()
    made = outcome.replace(["a"]).outcome.replace(["c"], "none")
    assert (made.round.number, made.admitted) == (2, ("d",))
    assert outcome.replacements(["a"])["replaced_by"].tolist() == ["c"]


def test_somebody_unknown_or_gone_already_is_an_error_with_what_to_do() -> None:
    outcome = select([{"id": "KE-017"}, {"id": "KE-018"}], {"capacity": 1}, seed="s")
    with pytest.raises(SelectionError, match="Did you mean 'KE-017'"):
        replace(outcome, ["KE017"])
    gone = replace(outcome, ["KE-017"])
    with pytest.raises(SelectionError, match="withdrawn already, in round 1"):
        gone.replace(["KE-017"])
    twice = select([{"id": "a", "email": "x@y.org"}, {"id": "b", "email": "x@y.org"}], {"capacity": 1}, seed="s")
    double = next(
        i for i, s in zip(twice.to_frame()["id"], twice.to_frame()["status"], strict=True) if s == "duplicate"
    )
    with pytest.raises(SelectionError, match="the registration that stands is"):
        replace(twice, [double])
    stands = "ab".replace(double, "")
    assert len(replace(twice, [stands]).outcome.intake.pool) == 0


def test_a_pinned_seat_is_given_up_only_by_its_holder() -> None:
    outcome = simple(pinned=["d"])
    assert seats(outcome) == {"d": "open", "a": "open"}
    assert seats(replace(outcome, ["a"], "none").outcome) == {"d": "open", "b": "open"}
    assert list(replace(outcome, ["a"]).outcome.to_frame()["reason"][:2]) == ["merit", "capacity"]
    assert seats(replace(outcome, ["d"], "none").outcome) == {"a": "open", "b": "open"}


def test_no_seat_hangs_on_a_tie_without_tickets() -> None:
    tied = [{"id": "a", "score": 2}, {"id": "b", "score": 1}, {"id": "c", "score": 1}]
    policy = {"capacity": 1, "points": BY_SCORE["points"]}
    with pytest.raises(SelectionError, match="tied with 1 points"):
        replace(select(tied, policy), ["a"])
    assert len(replace(select(tied, policy, seed="s"), ["a"]).admitted) == 1
    assert replace(select(tied, policy), ["b"]).admitted == ()
    capped = policy | {"cap": [{"name": "k", "where": {"k": True}, "seats": 0}]}
    apart = select([one | {"k": one["id"] == "b"} for one in tied], capped)
    assert replace(apart, ["a"]).admitted == ("c",)


def test_a_record_that_was_changed_does_not_replay() -> None:
    outcome = simple()
    made = replace(outcome, ["a"]).round
    other = Round.from_dict(made.to_dict() | {"admitted": ["d"]})
    with pytest.raises(SelectionError, match="Round 1 does not come out as recorded: admitted differ"):
        replay(outcome, [other])
    with pytest.raises(SelectionError, match="not the record of a round"):
        Round.from_dict({"number": 1})


def test_the_example_answers_a_withdrawal_by_the_rules_not_by_the_list() -> None:
    from selection import Form, read_applicants

    example = Path(__file__).resolve().parents[1] / "examples" / "cgmp_2025"
    intake = read_applicants(example / "registrations.csv", form=Form.load(example / "form.toml"))
    outcome = select(intake, Policy.load(example / "policy.toml"), seed="cGMP 2025")
    frame = outcome.shortlist
    held = frame[(frame["role"] == "nra") & (frame["gender"] == "female")]["id"].iloc[-1]
    made = replace(outcome, [held])
    assert len(made.admitted) == 1
    assert made.admitted[0] != outcome.waitlist["id"].iloc[0]
    assert made.compliance_lost == {}
