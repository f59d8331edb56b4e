"""What a program hands over: values as its own libraries make them, and what it is told where they are wrong."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import sqlite3
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pydantic
import pytest

import selection
from selection import Outcome, Policy, SelectionError, dossier, select

RULES = {"capacity": 1, "points": [{"name": "Experience", "field": "years", "per": 1}]}
ROWS = [{"id": "a", "years": 1}, {"id": "b", "years": 2}]
FIRST, SECOND = UUID(int=1), UUID(int=2)


class Role(str, Enum):  # noqa: UP042  a mixture as older programs have it: str(Role.NRA) is no "nra"
    NRA = "nra"


@dataclass
class Registration:
    id: str
    years: int


class Submitted(pydantic.BaseModel):
    id: UUID
    years: int
    role: Role | None = None


def database() -> list[Any]:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    rows = connection.execute("select 'a' as id, 1 as years union select 'b', 2").fetchall()
    connection.close()
    return rows


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return select(ROWS, RULES, seed="s")


@pytest.mark.parametrize(
    "rows",
    [
        [Registration("a", 1), Registration("b", 2)],
        [namedtuple("Row", "id years")("a", 1), namedtuple("Row", "id years")("b", 2)],
        database(),
        (one for one in ROWS),
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).set_index("id"),
        pd.DataFrame(ROWS).convert_dtypes(),
        pd.DataFrame(ROWS).to_dict("records"),
    ],
    ids=["dataclasses", "named tuples", "rows of a database", "a generator", "frame", "index", "extension", "records"],
)
def test_whatever_names_its_values_is_a_registration(rows: Any, outcome: Outcome) -> None:
    assert select(rows, RULES, seed="s").intake.pool.sha256 == outcome.intake.pool.sha256


def test_ids_of_databases_stay_apart() -> None:
    rows = [{"id": FIRST, "years": 1}, {"id": SECOND, "years": 2}]
    models = [Submitted(id=row["id"], years=row["years"]) for row in rows]
    for given in (rows, models, pd.DataFrame(rows)):
        made = select(given, RULES, seed="s")
        assert made.counts["duplicate"] == 0
        assert list(made.shortlist["id"]) == [str(SECOND)]
        assert made.explain(FIRST).facts["status"] == "declined"  # type: ignore[arg-type]


def test_enumerations_are_their_values() -> None:
    rules = {"capacity": 1, "eligible": [{"name": "Authorities", "where": {"role": "nra"}}]}
    whole = Submitted(id=FIRST, years=1, role=Role.NRA)
    for given in ([{"id": "a", "role": Role.NRA}], [whole], [selection.Applicant(id="a", role=Role.NRA)]):
        assert select(given, rules).counts["selected"] == 1
    assert Policy.model_validate(rules).assess(whole).standing == "eligible"  # type: ignore[arg-type]


def test_what_cannot_be_an_id_is_a_problem_and_no_id() -> None:
    made = select([{"id": b"a", "years": 1}, {"id": b"b", "years": 2}], RULES)
    assert made.counts["duplicate"] == 0
    assert set(made.intake.problems["code"]) == {"unreadable_id", "id_missing"}


def test_an_upload_is_read_like_the_file_it_is(tmp_path: Path) -> None:
    text = "id,years\na,1\nb,2\n"
    (tmp_path / "export.csv").write_text(text)
    kept = selection.read_applicants(tmp_path / "export.csv")
    with (tmp_path / "export.csv").open("rb") as opened:
        sources = [opened, io.BytesIO(text.encode()), io.StringIO(text)]
        read = [selection.read_applicants(one) for one in sources]
    assert {one.pool.sha256 for one in read} == {kept.pool.sha256}
    assert read[0].source == kept.source


class Waiting:
    async def read(self) -> bytes:
        return b""


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda _: select(ROWS, None), "not_a_policy"),  # type: ignore[arg-type]
        (lambda _: select(RULES, ROWS), "not_a_policy"),  # type: ignore[arg-type]
        (lambda _: Policy.load(RULES), "not_a_policy"),  # type: ignore[arg-type]
        (lambda _: Policy.parse(None), "not_text"),  # type: ignore[arg-type]
        (lambda _: Policy.model_validate({"capacity": 1, 5: 6}), "bad_policy"),
        (lambda _: select(ROWS, RULES, seed=0.5), "bad_seed"),  # type: ignore[arg-type]
        (lambda _: select(ROWS, RULES, seed=b"s"), "bad_seed"),  # type: ignore[arg-type]
        (lambda _: select(ROWS, RULES, seconds=-1), "bad_seconds"),
        (lambda _: select(ROWS, RULES, seconds="10"), "bad_seconds"),  # type: ignore[arg-type]
        (lambda _: select(ROWS, RULES, history=5), "not_an_edition"),  # type: ignore[arg-type]
        (lambda _: select(ROWS, RULES, history="nowhere"), "no_results"),
        (lambda _: select({"id": "a"}, RULES), "not_a_source"),
        (lambda _: select(b"id,years", RULES), "not_a_source"),
        (lambda _: select(Waiting(), RULES), "not_a_source"),
        (lambda _: select([Registration], RULES), "not_a_registration"),
        (lambda _: selection.read_applicants(ROWS, form=5), "not_a_form"),  # type: ignore[arg-type]
        (lambda _: selection.country(None), "not_a_text"),  # type: ignore[arg-type]
        (lambda _: selection.ticket(None, "a"), "no_ticket"),  # type: ignore[arg-type]
        (lambda o: o.replace(None), "unknown_applicant"),
        (lambda o: o.replace(["c"]), "unknown_applicant"),
        (lambda o: o.audit([1]), "unknown_field"),
        (lambda o: o.explain("a", None), "unknown_language"),
        (lambda o: o.explain("a", "xx-GB"), "unknown_language"),
        (lambda _: dossier.unpack("results.zip"), "not_packed"),  # type: ignore[arg-type]
    ],
)
def test_what_is_wrong_is_said(asked: Callable[[Outcome], Any], code: str, outcome: Outcome) -> None:
    with pytest.raises(SelectionError) as caught:
        asked(outcome)
    assert caught.value.code == code


def test_rules_given_as_text_are_told_from_a_file() -> None:
    with pytest.raises(SelectionError, match=r"Policy\.parse"):
        select(ROWS, "capacity = 1\n")


def test_a_reserve_changed_to_nonsense_is_a_mistake_of_the_policy() -> None:
    made = select(ROWS, {**RULES, "reserve": [{"name": "Much", "where": {"years": {"min": 2}}, "seats": 1}]})
    with pytest.raises(SelectionError, match="no number of seats"):
        made.what_if(reserve={"Much": "several"})


def test_one_alone_stands_for_a_list_of_one(outcome: Outcome) -> None:
    admitted = outcome.replace(["b"]).admitted
    for given in ("b", pd.DataFrame({"id": ["b"]}), pd.Series(["b"]), np.array(["b"])):
        assert outcome.replace(given).admitted == admitted == ("a",)
    assert outcome.sweep(capacity=2).equals(outcome.sweep(capacity=[2]))  # type: ignore[arg-type]
    assert select(ROWS, RULES, seed=np.int64(7)).seed == select(ROWS, RULES, seed=7).seed == "7"  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", ["EN", "en-GB", "en_US", "fr-CA"])
def test_a_language_with_its_region_is_the_language(asked: str, outcome: Outcome) -> None:
    assert str(outcome.explain("a", asked)) == str(outcome.explain("a", asked[:2].lower()))


def test_packed_results_come_back_from_whatever_a_database_calls_bytes(outcome: Outcome) -> None:
    packed = dossier.pack(outcome)
    assert dossier.unpack(memoryview(packed)).counts == outcome.counts  # type: ignore[arg-type]


def test_withdrawals_are_packed_with_the_outcome() -> None:
    groups = {"p1": "", "p2": "AB", "p3": "", "p4": "B", "p5": "A"}
    people = [{"id": one, "A": "A" in g, "B": "B" in g, "rank": i} for i, (one, g) in enumerate(groups.items())]
    rules = {
        "capacity": 2,
        "counting": "each",
        "compliance": "total",
        "points": [{"name": "Rank", "field": "rank", "per": -1}],
        "reserve": [{"name": g, "where": {g: True}, "seats": 1} for g in "AB"],
    }
    made = select([{**one, "name": "Awa"} for one in people], rules).replace("p2")
    again = dossier.unpack(dossier.pack(made.outcome))
    assert list(again.shortlist["id"]) == list(made.shortlist["id"])
    with pytest.raises(SelectionError) as caught:
        again.replace("p2")
    assert caught.value.code == "already_withdrawn"
    second = dossier.unpack(dossier.pack(again.replace("p3").outcome))
    assert second.counts == made.outcome.replace("p3").outcome.counts
    damaged = io.BytesIO(dossier.pack(made.outcome))
    with ZipFile(damaged, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("rounds.json", json.dumps([made.round.to_dict() | {"admitted": ["p5"], "removed": ["p1"]}]))
    with pytest.raises(SelectionError, match="otherwise"):
        dossier.unpack(damaged.getvalue())


def test_an_outcome_is_packed_and_not_pickled(outcome: Outcome) -> None:
    assert copy.copy(outcome) is copy.deepcopy(outcome) is outcome
    with pytest.raises(SelectionError, match=r"dossier\.pack"):
        pickle.dumps(outcome)
    assert pickle.loads(pickle.dumps(outcome.policy)) == outcome.policy


def test_what_a_notebook_shows_is_short() -> None:
    made = select([{"id": "a", "role": "<b>nra</b>"}, {"id": "b", "role": "maker"}], {"capacity": 1}, seed="s")
    audit = made.audit("role")
    assert repr(audit) == "Audit(1 of 2 selected, by role)"
    assert "&lt;b&gt;nra" in audit._repr_html_()
    assert "100.0%" in audit._repr_html_()
    assert repr(made.standings) == "Standings(2 ranked)"


SCRIPT = """
import selection
from selection import Applicant, Outcome, Policy, dossier

people: list[Applicant] = [Applicant(id="a", country="Kenya", years=3)]
policy: Policy = Policy.model_validate({"capacity": 2})
outcome: Outcome = selection.select(people, policy, seed="s", seconds=10)
admitted: tuple[str, ...] = outcome.replace(["a"]).admitted
text: str = str(outcome.explain("a")) + selection.ticket("seed", "a") + (selection.country("Kenya").code or "")
again: Outcome = dossier.unpack(dossier.pack(outcome))
selected: int = outcome.what_if(capacity=3).after.counts["selected"]
"""


def test_a_program_is_typed_from_outside(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "program.py"]
    source = Path(__file__).resolve().parents[1] / "src"
    environment = {**os.environ, "MYPYPATH": str(source)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (source / "selection" / "py.typed").exists()


def test_rules_may_hold_numbers_of_numpy() -> None:
    def rules(capacity: Any, points: Any, least: Any) -> Policy:
        some = [{"name": "Some", "where": {"years": {"min": least}}}]
        given = [{"name": "E", "field": "years", "per": points}]
        return Policy.model_validate({"capacity": capacity, "points": given, "eligible": some})

    there = rules(np.int64(1), np.float64(0.1), np.float64(0.5))
    assert there.fingerprint == rules(1, 0.1, 0.5).fingerprint
    assert select(ROWS, there).counts["selected"] == 1
