"""One strict order: what `sorted` would say, in every row order, with tickets that anyone can recompute."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import selection
from selection import ranking as module
from selection.applicants import Column, Pool
from selection.assessment import ELIGIBLE, assess
from selection.auditing.verification import check
from selection.draws import ticket, weighted_order
from selection.policy import Policy
from selection.ranking import Ranking, rank

Row = dict[str, Any]


def pool(rows: Sequence[Row]) -> Pool:
    names = sorted({name for row in rows for name in row} - {"id"})
    columns = {name: Column.of([row.get(name) for row in rows]) for name in names}
    ids = np.array([row["id"] for row in rows], dtype=object)
    return Pool(ids, columns, np.arange(len(rows)), np.full(len(rows), -1), {})


def ranking(rows: Sequence[Row], seed: str | None = "seed", **keys: Any) -> Ranking:
    return rank(assess(pool(rows), Policy.model_validate({"capacity": 5, **keys})), seed)


def order(rows: Sequence[Row], seed: str | None = "seed", **keys: Any) -> list[str]:
    found = ranking(rows, seed, **keys)
    return [rows[place]["id"] for place in found.order]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Tickets


@given(st.text(max_size=10), st.text(min_size=1, max_size=10))
def test_a_ticket_is_what_sha256sum_prints(seed: str, applicant: str) -> None:
    assert ticket(seed, applicant) == sha(f"{seed}:{applicant}")
    assert ticket(seed, applicant, "open") == sha(f"{seed}:open:{applicant}")


def test_a_known_ticket() -> None:
    """`printf 'cGMP 2025:CGMP-00042' | sha256sum`"""
    printed = "a4fee778da21fc8c235e186e9fa271f999d4a072c52f696e1ac9c34b2030b622"
    assert ticket("cGMP 2025", "CGMP-00042") == printed


# The order

ids = st.text("abcé1", min_size=1, max_size=4)
rows_of = st.lists(
    st.fixed_dictionaries(
        {
            "id": ids,
            "first": st.booleans(),
            "score": st.integers(0, 2),
            "days": st.sampled_from(["9", "10", 9, Decimal("9.5")]),
            "sent": st.integers(0, 2).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=n)),
        }
    ),
    unique_by=lambda row: row["id"],
    max_size=14,
)
ties = st.permutations(
    [{"field": "days", "first": "highest"}, {"field": "days"}, {"field": "sent", "first": "highest"}, {"field": "sent"}]
).flatmap(lambda some: st.integers(0, 2).map(lambda n: some[:n]))
RULES: Row = {
    "tier": [{"name": "T", "where": {"first": True}}],
    "points": [{"name": "P", "field": "score", "per": 1}],
}


def by_sorted(rows: Sequence[Row], tie_breaks: Sequence[Row], seed: str | None) -> list[str]:
    def value(row: Row, tie: Row) -> float:
        cell = row[tie["field"]]
        amount = cell.timestamp() if isinstance(cell, datetime) else float(cell)
        return -amount if tie.get("first") == "highest" else amount

    def key(row: Row) -> tuple[Any, ...]:
        last = row["id"] if seed is None else sha(f"{seed}:{row['id']}")
        return (not row["first"], -row["score"], *(value(row, tie) for tie in tie_breaks), last)

    return [row["id"] for row in sorted(rows, key=key)]


@settings(max_examples=150, deadline=None)
@given(rows_of, ties, st.sampled_from(["seed", "", "2025:ü", None]))
def test_the_order_is_what_sorted_says(rows: list[Row], tie_breaks: list[Row], seed: str | None) -> None:
    assert order(rows, seed, **RULES, ties={"order": [*tie_breaks, "lottery"]}) == by_sorted(rows, tie_breaks, seed)


@settings(max_examples=60, deadline=None)
@given(rows_of, ties, st.randoms(use_true_random=False), st.sampled_from(["seed", None]))
def test_row_order_never_matters(rows: list[Row], tie_breaks: list[Row], random: Any, seed: str | None) -> None:
    mixed = random.sample(rows, len(rows))
    keys = {**RULES, "ties": {"order": [*tie_breaks, "lottery"]}}
    assert order(rows, seed, **keys) == order(mixed, seed, **keys)


@settings(max_examples=60, deadline=None)
@given(rows_of, ties, st.data(), st.sampled_from(["days", "word"]))
def test_removing_applicants_keeps_the_others_in_order(rows: list[Row], ties_: Any, data: Any, field: str) -> None:
    rows = [{**row, "word": data.draw(st.sampled_from(["9", "10", "n/a", "b", 7, date(2025, 1, 1)]))} for row in rows]
    left = [row for row in rows if data.draw(st.booleans())]
    keys = {**RULES, "ties": {"order": [{"field": field, "first": "highest"}, *ties_, "lottery"]}}
    kept = {row["id"] for row in left}
    assert order(left, **keys) == [one for one in order(rows, **keys) if one in kept]


def test_whoever_is_not_eligible_is_not_ranked() -> None:
    rows = [{"id": "a", "ok": True}, {"id": "b", "ok": False}, {"id": "c", "ok": None}, {"id": "d", "ok": True}]
    found = ranking(rows, None, eligible=[{"name": "E", "where": {"ok": True}}])
    assert found.order.tolist() == [0, 3]
    assert len(found) == 2
    made = found.assessment
    assert rank(made, None, among=made.standing != ELIGIBLE).order.tolist() == [1, 2]


def test_ties_are_numbered_so_that_only_tickets_tell_apart_those_of_one_number() -> None:
    rows = [{"id": str(i), "score": score} for i, score in enumerate([2, 1, 1, 0, 0, 0])]
    found = ranking(rows, points=RULES["points"])
    assert found.ties.tolist() == [0, 1, 1, 2, 2, 2]


def test_without_a_seed_the_tied_stand_in_the_order_of_their_ids() -> None:
    rows = [{"id": one} for one in ("b", "é", "a10", "a9", "B")]
    assert order(rows, None) == sorted(row["id"] for row in rows)


def test_without_a_lottery_a_seed_changes_nothing() -> None:
    rows = [{"id": one} for one in "hgfedcba"]
    assert order(rows, "seed", ties={"order": []}) == list("abcdefgh")
    found = ranking(rows, "seed", ties={"order": []}, lottery={"tickets": "per_block"})
    assert found.ticket(0) is None
    assert found.for_block("open").tolist() == list(range(8))


@pytest.mark.parametrize(("first", "expected"), [("lowest", "abcde"), ("highest", "cbade")])
def test_numbers_in_text_sort_as_numbers_and_before_words(first: str, expected: str) -> None:
    cells = {"a": "9", "b": "10", "c": Decimal("10.5"), "d": "many", "e": "more"}
    rows = [{"id": key, "f": cell} for key, cell in cells.items()]
    found = order(rows, None, ties={"order": [{"field": "f", "first": first}]})
    assert found[:3] == list(expected[:3])
    assert set(found[3:]) == {"d", "e"}


def test_equal_numbers_spelt_differently_are_tied() -> None:
    rows = [{"id": "a", "f": "1.0"}, {"id": "b", "f": 1}, {"id": "c", "f": Decimal("1.00")}, {"id": "d", "f": True}]
    assert ranking(rows, ties={"order": ["f", "lottery"]}).ties.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("first", ["lowest", "highest"])
def test_times_sort_alike_as_objects_and_as_numpy_times(first: str) -> None:
    times = [datetime(2025, 1, 1, h, tzinfo=UTC) for h in (5, 3, 9, 3)]
    rows = [{"id": str(i), "sent": time} for i, time in enumerate(times)]
    plain = pool(rows)
    stamps, codes = np.unique(
        np.array([t.replace(tzinfo=None) for t in times], dtype="datetime64[us]"), return_inverse=True
    )
    packed = Pool(plain.ids, {"sent": Column(codes.astype(np.int32), stamps)}, plain.rows, plain.duplicate_of, {})
    policy = Policy.model_validate({"capacity": 2, "ties": {"order": [{"field": "sent", "first": first}, "lottery"]}})
    assert rank(assess(plain, policy), "s").order.tolist() == rank(assess(packed, policy), "s").order.tolist()


def test_whoever_lacks_a_tie_break_comes_last_where_they_are_ranked_at_all() -> None:
    rows = [{"id": "a", "f": None}, {"id": "b", "f": 1}, {"id": "c", "f": 2}]
    made = ranking(rows, ties={"order": [{"field": "f", "first": "highest"}]}).assessment
    everybody = np.ones(3, dtype=bool)
    assert [rows[p]["id"] for p in rank(made, None, among=everybody).order] == ["c", "b", "a"]


def test_scores_that_only_differ_in_the_sixth_place_are_no_tie() -> None:
    rows = [{"id": "a", "x": Decimal("0.1")}, {"id": "b", "x": Decimal("0.100001")}, {"id": "c", "x": "0.3"}]
    assert order(rows, points=[{"name": "P", "field": "x", "per": 1}]) == ["c", "b", "a"]
    thirds = [{"id": "a", "x": 0.1, "y": 0.2}, {"id": "b", "x": 0.3, "y": 0}]
    both = [{"name": f, "field": f, "per": 1} for f in "xy"]
    assert ranking(thirds, points=both).ties.tolist() == [0, 0]


# Blocks


@settings(max_examples=40, deadline=None)
@given(rows_of)
def test_fresh_tickets_in_each_block_order_the_tied_anew(rows: list[Row]) -> None:
    found = ranking(rows, **RULES, lottery={"tickets": "per_block"})
    for block in ("open", "Master's"):
        expected = sorted(rows, key=lambda r: (not r["first"], -r["score"], sha(f"seed:{block}:{r['id']}")))
        assert [rows[found.order[r]]["id"] for r in found.for_block(block)] == [row["id"] for row in expected]


def test_a_single_ticket_is_the_same_in_every_block() -> None:
    rows = [{"id": str(i)} for i in range(50)]
    assert ranking(rows).for_block("open").tolist() == list(range(50))
    fresh = ranking(rows, lottery={"tickets": "per_block"}).for_block("open").tolist()
    assert sorted(fresh) == list(range(50))
    assert fresh != list(range(50))


# Speed must not change the order


def test_equal_first_halves_of_tickets_are_settled_by_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    class Short:
        """A hash whose first eight bytes are always the same."""

        def __init__(self, data: bytes = b"") -> None:
            self.whole = hashlib.sha256(data)

        def copy(self) -> Short:
            twin = Short()
            twin.whole = self.whole.copy()
            return twin

        def update(self, data: bytes) -> None:
            self.whole.update(data)

        def digest(self) -> bytes:
            return b"\0" * 8 + self.whole.digest()

        def hexdigest(self) -> str:
            return self.digest().hex()

    rows = [{"id": str(i)} for i in range(20)]
    expected = order(rows)
    monkeypatch.setattr(module, "hashlib", SimpleNamespace(sha256=Short))
    assert order(rows) == expected


def test_a_ranking_shows_how_many_and_not_the_seed() -> None:
    assert repr(ranking([{"id": "a"}], "secret")) == "Ranking(1 applicants, seed given)"
    assert repr(ranking([], None)) == "Ranking(0 applicants, seed not given)"


def test_a_weighted_lottery_draws_in_the_order_of_weighted_tickets() -> None:
    rows = [{"id": f"p{i}", "entries": 1 + i % 4} for i in range(60)]
    policy = {"capacity": 10, "lottery": {"weight": "entries"}}
    outcome = selection.select(rows, policy, seed="s")
    weights = {row["id"]: row["entries"] for row in rows}
    order = weighted_order(weights, weights, "s")
    assert outcome.to_frame()["id"].tolist() == order
    fewer = [row for row in rows if row["id"] != order[3]]
    assert selection.select(fewer, policy, seed="s").to_frame()["id"].tolist() == [
        one for one in order if one != order[3]
    ]


def test_nobody_is_drawn_without_a_weight_above_zero() -> None:
    rows = [
        {"id": "a", "entries": 2},
        {"id": "b", "entries": 0},
        {"id": "c", "entries": None},
        {"id": "d", "entries": 1},
    ]
    frame = selection.select(rows, {"capacity": 1, "lottery": {"weight": "entries"}}, seed="s").to_frame()
    assert set(frame[frame["status"] == "incomplete"]["id"]) == {"b", "c"}
    assert not check(selection.select(rows, {"capacity": 1, "lottery": {"weight": "entries"}}, seed="s"))
