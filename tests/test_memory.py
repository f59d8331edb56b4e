"""What earlier editions tell of an applicant: by address, by id where there are none, never of somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edition import PEOPLE, decided, registrations
from selection import Outcome, dossier, read_applicants, select
from selection.attendance import attend, write
from selection.editions import Edition
from selection.errors import InputError, PolicyError
from selection.memory import Past

ALL = "Session,Email,Minutes,Quiz\n1,amina@example.org,60,80\n2,amina@example.org,60,80\n1,helene@example.org,60,\n"
FIELDS = ("applied_before", "selected_before", "times_selected", "trained", "no_show_last_time")


def policy(*fields: str, capacity: int = 3) -> dict[str, Any]:
    """Prefer by points whoever a field says no of; what is not known makes incomplete."""
    points = [{"name": name, "field": name, "values": {"false": 10, "0": 10}} for name in fields]
    return {"capacity": capacity, "points": points}


def seen(outcome: Outcome, one: str) -> dict[str, Any]:
    return {name: value for part in outcome.explain(one).contributions for name, value in part.seen.items()}


@pytest.fixture
def earlier(tmp_path: Path) -> Edition:
    """The small call with its attendance: A1 completed, A2 came once, A3 to A6 never did, A7 to A10 had no seat."""
    decided(tmp_path)
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    (tmp_path / "all.csv").write_text(ALL)
    write(attend(found, [tmp_path / "all.csv"]), [tmp_path / "all.csv"])
    return found


NEW = [
    {"id": "B1", "email": "AMINA@example.org "},
    {"id": "B2", "email": "helene@example.org"},
    {"id": "B3", "email": "fatima@example.org"},
    {"id": "B4", "email": "late@example.org"},
    {"id": "A1", "email": "new@example.org"},
]


def test_a_folder_with_attendance_tells_everything_by_address(earlier: Edition) -> None:
    outcome = select(NEW, policy(*FIELDS), seed="s", history=[earlier.folder])
    told = {one: tuple(seen(outcome, one)[name] for name in FIELDS) for one in ("B1", "B2", "B3", "B4", "A1")}
    assert told == {
        "B1": (True, True, 1, True, False),
        "B2": (True, True, 1, False, False),
        "B3": (True, True, 1, False, True),
        "B4": (True, False, 0, False, False),
        "A1": (False, False, 0, False, False),  # the id of somebody else last time
    }
    assert [f.sentence for f in outcome.intake.findings if f.code == "earlier_edition"] == [
        "4 applicants registered for 'Small course' before, told by e-mail address."
    ]
    assert outcome.explain("A1").facts["status"] == "selected"


def test_outcomes_in_memory_and_several_editions_add_up(earlier: Edition) -> None:
    first = select(NEW, {"capacity": 5}, seed="s")
    outcome = select(NEW, policy("times_selected"), seed="s", history=[earlier, first])
    assert [seen(outcome, one)["times_selected"] for one in ("B1", "B4", "A1")] == [2, 1, 1]


def test_what_is_not_known_is_missing_and_said_never_a_no(tmp_path: Path) -> None:
    decided(tmp_path)
    before = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    outcome = select(NEW, policy("trained"), seed="s", history=[before])
    assert outcome.explain("B1").facts["status"] == "incomplete"
    assert "it is not known who completed 'Small course'" in str(outcome.explain("B1"))
    assert outcome.explain("B4").facts["status"] == "selected", "never selected: certainly not trained"
    missing = select(NEW, policy("no_show_last_time"), seed="s", history=[before]).explain("B1")
    assert "it is not known who attended" in str(missing)


def test_conditions_and_tiers_read_it_too_with_the_reason_shown(earlier: Edition) -> None:
    rules = {
        "capacity": 2,
        "eligible": [{"name": "Came last time if selected", "where": {"no_show_last_time": False}}],
        "tier": [{"name": "Not selected before", "where": {"selected_before": False}}],
    }
    outcome = select(NEW, rules, seed="s", history=[earlier])
    refused = outcome.explain("B3")
    assert refused.cause == "rule"
    assert "Came last time if selected" in str(refused)
    assert refused.facts["seen"] == {"no_show_last_time": True}
    assert {one for one in ("B4", "A1") if outcome.explain(one).facts["tier"] == 1} == {"B4", "A1"}
    assert {one for one in ("B4", "A1") if outcome.explain(one).facts["status"] == "selected"} == {"B4", "A1"}


def test_without_any_address_the_id_tells_and_it_is_said() -> None:
    first = select([{"id": "a"}, {"id": "b"}], {"capacity": 1}, seed="s")
    chosen, other = (one for _, one in sorted((first.explain(one).facts["status"] != "selected", one) for one in "ab"))
    second = select([{"id": "a"}, {"id": "b"}, {"id": "c"}], policy("selected_before"), seed="s", history=[first])
    assert seen(second, chosen) == {"selected_before": True}
    assert seen(second, other) == {"selected_before": False}
    assert "told by id" in second.intake.findings[-1].sentence


def test_ids_that_were_numbered_anew_are_refused() -> None:
    def pool(countries: list[str]) -> list[dict[str, str]]:
        return [{"id": str(n), "residence": code} for n, code in enumerate(countries)]

    first = select(pool(["KEN", "FRA", "PER", "EGY"] * 5), {"capacity": 3}, seed="s")
    with pytest.raises(InputError, match="other people"):
        select(pool(["FRA", "KEN", "EGY", "PER"] * 5), policy("selected_before"), seed="s", history=[first])
    select(pool(["KEN", "FRA", "PER", "PER"] * 5), policy("selected_before"), seed="s", history=[first])


def test_a_folder_remembers_what_was_remembered(earlier: Edition, tmp_path: Path) -> None:
    people = tuple((f"N{i}", *rest) for i, *rest in PEOPLE)
    (tmp_path / "people.csv").write_text(registrations(people), encoding="utf-8")
    outcome = select(read_applicants(tmp_path / "people.csv"), policy("trained"), seed="s", history=[earlier.folder])
    dossier.write(outcome, tmp_path / "next")
    assert dossier.verify(tmp_path / "next").holds
    opened = Edition.open(tmp_path / "next", tmp_path / "programme.toml")
    assert opened.person("NA2").name == "Hélène N’Diaye", "the registrations are the same though a field was added"


def test_mistakes_are_answered(earlier: Edition) -> None:
    with pytest.raises(PolicyError, match=r"history=\[\.\.\.\]"):
        select(NEW, policy("trained"), seed="s")
    with pytest.raises(PolicyError, match="Did you mean 'selected_before'"):
        select(NEW, policy("selected_befor"), seed="s", history=[earlier])
    with pytest.raises(InputError, match="of their own"):
        select([{**one, "trained": "yes"} for one in NEW], policy("trained"), seed="s", history=[earlier])
    with pytest.raises(InputError, match="not a int"):
        select(NEW, policy("trained"), seed="s", history=[2024])


def test_no_earlier_edition_is_known_to_be_none() -> None:
    outcome = select(NEW, policy(*FIELDS), seed="s", history=[])
    assert {tuple(seen(outcome, str(one["id"])).values()) for one in NEW} == {(False, False, 0, False, False)}


def test_a_past_holds_no_address_in_its_repr(earlier: Edition) -> None:
    assert "@" not in repr(Past.of(earlier))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef"))), max_size=4),
    st.sets(st.sampled_from("abcdefgh"), min_size=1),
)
def test_fields_are_what_counting_by_hand_gives(editions: list[tuple[set[str], set[str]]], now: set[str]) -> None:
    """Each edition: who was selected, and who of them came and completed."""
    pool = select([{"id": one} for one in "abcdef"], {"capacity": 6}, seed="s").intake.pool
    history = [
        Past(str(n), pool, {}, frozenset(chosen), frozenset(chosen & came), frozenset(chosen & came))
        for n, (chosen, came) in enumerate(editions)
    ]
    outcome = select([{"id": one} for one in sorted(now)], policy(*FIELDS), seed="s", history=history)
    for one in now:
        told = seen(outcome, one)
        assert told["times_selected"] == sum(one in chosen for chosen, _ in editions)
        assert told["trained"] == any(one in chosen & came for chosen, came in editions)
        assert told["no_show_last_time"] == (bool(editions) and one in editions[-1][0] - editions[-1][1])
        assert told["applied_before"] == (bool(editions) and one in "abcdef")
