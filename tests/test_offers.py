"""The history of offers, and the chances of those who wait."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from selection import Outcome, SelectionError, select
from selection.replacement import offers, replay
from selection.replacement.chances import promotion_chances

NOW = datetime(2025, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def call(seats: int = 2, **more: Any) -> Outcome:
    pool = [{"id": one, "score": -i, "n": one in "bd"} for i, one in enumerate("abcdef")]
    points = [{"name": "score", "field": "score", "per": 1}]
    return select(pool, {"capacity": seats, "waitlist": 4, "points": points, **more}, seed="s")


# Offers.


def test_a_call_from_offers_to_the_last_answer(tmp_path: Path) -> None:
    outcome = start = call()
    due = offers.local_time("2025-09-05 17:00", "Africa/Nairobi")
    history = offers.append(tmp_path, offers.offer([], ["a", "b"], NOW, due))
    history = offers.append(tmp_path, [offers.answer(history, "a", "accepted", NOW + DAY)])
    assert offers.expire(history, due) == []
    history = offers.append(tmp_path, offers.expire(history, due + timedelta(seconds=1)))
    assert offers.withdrawals(history) == ["b"]
    made = outcome.replace(offers.withdrawals(history))
    history = offers.append(tmp_path, [offers.answered(history, made.round, NOW + 5 * DAY)])
    assert offers.withdrawals(history) == []
    history = offers.append(tmp_path, offers.offer(history, made.admitted, NOW + 5 * DAY, NOW + 6 * DAY))
    history = offers.append(tmp_path, [offers.answer(history, "c", "declined", NOW + 5 * DAY)])
    history = offers.append(tmp_path, [offers.answer(history, "a", "withdrawn", NOW + 9 * DAY)])
    assert offers.withdrawals(history) == ["a", "c"]
    again = made.replace(offers.withdrawals(history))
    history = offers.append(tmp_path, [offers.answered(history, again.round, NOW + 9 * DAY)])
    assert {one: event.kind for one, event in offers.standing(history).items()} == {
        "a": "withdrawn",
        "b": "expired",
        "c": "declined",
    }
    assert offers.read(tmp_path) == history
    assert history[0].zone == "Africa/Nairobi"
    assert list(replay(start, offers.rounds(history)).shortlist["id"]) == ["d", "e"]


@pytest.mark.parametrize("change", ["drop", "swap", "edit", "spoil"])
def test_a_history_that_was_changed_is_not_read(tmp_path: Path, change: str) -> None:
    history = offers.append(tmp_path, offers.offer([], ["a", "b", "c"], NOW, NOW + DAY))
    offers.append(tmp_path, [offers.answer(history, "a", "declined", NOW)])
    path = tmp_path / offers.FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = {
        "drop": [lines[0], *lines[2:]],
        "swap": [lines[1], lines[0], *lines[2:]],
        "edit": [lines[0].replace('"a"', '"d"'), *lines[1:]],
        "spoil": [*lines[:2], "{", *lines[3:]],
    }[change]
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")
    with pytest.raises(SelectionError, match=r"Line \d of history.jsonl does not follow"):
        offers.read(tmp_path)


def test_lines_hold_no_more_than_ids_times_and_hashes(tmp_path: Path) -> None:
    offers.append(tmp_path, offers.offer([], ["a"], NOW, NOW + DAY))
    (line,) = (tmp_path / offers.FILE).read_text(encoding="utf-8").splitlines()
    assert json.loads(line).keys() == {"kind", "at", "id", "deadline", "zone", "previous"}
    assert offers.read(tmp_path / "nowhere") == []
    with pytest.raises(SelectionError, match="cannot be added"):
        offers.append(tmp_path / "nowhere", [])


OFFERED = offers.offer([], ["a"], NOW, NOW + DAY)
DECLINED = [*OFFERED, offers.answer(OFFERED, "a", "declined", NOW)]


@pytest.mark.parametrize(
    ("history", "what", "said"),
    [
        ([], lambda h: offers.answer(h, "a", "accepted", NOW), "'a' has no offer"),
        (OFFERED, lambda h: offers.offer(h, ["a"], NOW, NOW + DAY), "'a' has an open offer"),
        (DECLINED, lambda h: offers.answer(h, "a", "accepted", NOW), "'a' has declined"),
        (OFFERED, lambda h: offers.answer(h, "a", "accepted", NOW + 2 * DAY), "open until 2025-09-02T09:00:00"),
        (OFFERED, lambda h: offers.answer(h, "a", "acepted", NOW), "Did you mean 'accepted'"),
        ([], lambda h: offers.offer(h, ["a", "a"], NOW, NOW + DAY), "'a' has an open offer"),
        ([], lambda h: offers.offer(h, ["a"], NOW, NOW), "has passed when the offer is made"),
        ([], lambda h: offers.offer(h, ["a"], NOW, datetime(2025, 9, 9)), "no time zone"),
        (
            [],
            lambda h: offers.answered(h, call().replace(["a"]).replace(["b"]).round, NOW),
            "the next one.* is round 1",
        ),
    ],
)
def test_what_cannot_follow_is_refused(history: Sequence[offers.Event], what: Any, said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        what(history)


def test_late_is_late_only_for_accepting() -> None:
    assert offers.answer(OFFERED, "a", "declined", NOW + 2 * DAY).kind == "declined"
    expired = [*OFFERED, *offers.expire(OFFERED, NOW + 2 * DAY)]
    with pytest.raises(SelectionError, match="let the offer expire"):
        offers.answer(expired, "a", "accepted", NOW)


def test_deadlines_are_wall_clock_times_of_a_zone() -> None:
    assert offers.local_time("2025-09-05 17:00", "Africa/Nairobi") == datetime(2025, 9, 5, 14, tzinfo=UTC)
    twice = offers.local_time("2025-10-26 02:30", "Europe/Zurich")
    assert twice.astimezone(UTC) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    for text, zone, said in (
        ("2025-03-30 02:30", "Europe/Zurich", "skip"),
        ("2025-09-05", "Mars/Olympus", "is no time"),
        ("soon", "UTC", "is no time"),
        ("2025-09-05 17:00+02:00", "UTC", "time zone of its own"),
    ):
        with pytest.raises(SelectionError, match=said):
            offers.local_time(text, zone)


# Chances.


def test_chances_where_nothing_binds_are_computed() -> None:
    """Two seats, a quarter given up: c gets one unless both are kept; d if of three at most one is kept."""
    found = promotion_chances(call(), "25%")
    assert [(one.id, one.position, one.error) for one in found] == [("c", 1, 0), ("d", 2, 0), ("e", 3, 0), ("f", 4, 0)]
    assert found[0].chance == pytest.approx(1 - 0.75**2)
    assert found[1].chance == pytest.approx(0.25**3 + 3 * 0.75 * 0.25**2)
    assert [one.chance for one in promotion_chances(call(), 0)] == [0, 0, 0, 0]
    assert [one.chance for one in promotion_chances(call(), 1)] == [1, 1, 1, 1]
    assert [one.chance for one in promotion_chances(call(8), 0.5)] == []


def test_a_simulation_comes_near_what_can_be_computed() -> None:
    """A cap that never binds forces the simulation."""
    capped = call(cap=[{"name": "all", "where": {"n": True}, "seats": 6}])
    for exact, played in zip(promotion_chances(call(), 0.3), promotion_chances(capped, 0.3, runs=400), strict=True):
        assert played.error > 0
        assert abs(played.chance - exact.chance) < 4 * played.error
    assert promotion_chances(capped, 0.3, runs=5) == promotion_chances(capped, 0.3, runs=5)
    assert promotion_chances(capped, 0.3, runs=5) != promotion_chances(capped, 0.3, runs=5, seed="other")


def test_a_reserve_changes_whose_chance_it_is() -> None:
    kept = call(reserve=[{"name": "n", "where": {"n": True}, "seats": 1}])
    found = {one.id: one for one in promotion_chances(kept, "0.5", runs=200)}
    assert found["d"].chance > found["c"].chance
    unlocked = promotion_chances(kept, "0.5", runs=200, lock="none")
    assert [one.chance for one in unlocked] == pytest.approx([one.chance for one in found.values()], abs=0.2)


@pytest.mark.parametrize("rate", [-0.1, 2, "x", "150%", None, "1/0"])
def test_a_rate_is_a_share(rate: Any) -> None:
    with pytest.raises(SelectionError, match="is no rate"):
        promotion_chances(call(), rate)


def test_a_simulation_has_runs() -> None:
    with pytest.raises(SelectionError, match="at least one is needed"):
        promotion_chances(call(), 0.1, runs=0)
