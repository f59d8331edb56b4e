"""Thresholds, what-if and verified explanations from the command line, on a folder of results."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selection import Outcome, select
from selection.cli.app import app

POLICY = {
    "capacity": 3,
    "points": [
        {"name": "score", "field": "score", "per": 1},
        {"name": "land", "field": "land", "values": {"x": 1, "y": 0}},
    ],
    "reserve": [{"name": "A", "where": {"a": True}, "seats": 1}],
}
ROWS = [{"id": f"p{i}", "score": 20 - i, "a": i in (6, 7), "land": "xy"[i % 2]} for i in range(9)]


@pytest.fixture
def outcome() -> Outcome:
    return select(ROWS, POLICY, seed="s")


@pytest.fixture
def folder(outcome: Outcome, tmp_path: Path) -> str:
    return str(outcome.write(tmp_path / "results"))


def run(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, list(words))
    return answer.exit_code, answer.stdout


def test_thresholds_are_those_of_the_outcome(outcome: Outcome, folder: str, tmp_path: Path) -> None:
    code, said = run("thresholds", folder, "--json")
    assert code == 0
    rows = {row["id"]: row["threshold"] for row in json.loads(said)}
    assert rows == {one: str(outcome.threshold(one)) for one in rows}
    assert len(rows) == 6
    code, said = run("thresholds", folder, "--out", str(tmp_path / "t.csv"))
    assert (code, said.split()[0]) == (0, "6")
    with (tmp_path / "t.csv").open(newline="") as file:
        assert {row["id"]: row["threshold"] for row in csv.DictReader(file)} == rows
    assert run("thresholds", folder)[1].splitlines()[0].split()[0] == "id"


def test_what_if_says_who_moves(outcome: Outcome, folder: str, tmp_path: Path) -> None:
    found = outcome.what_if(capacity=4, reserve={"A": 2}, points={"land": {"y": 9}})
    words = ("--capacity", "4", "--reserve", "A=2", "--points", "land:y=9")
    code, said = run("what-if", folder, *words, "--by", "land", "--policy", "none.toml")
    assert code == 1
    code, said = run("what-if", folder, *words, "--out", str(tmp_path / "moves.csv"))
    assert code == 0
    assert said.rstrip().endswith(str(found))
    with (tmp_path / "moves.csv").open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [*found.enters, *found.leaves]
    assert json.loads(run("what-if", folder, *words, "--json")[1])["enters"] == list(found.enters)


def test_several_values_give_a_table(outcome: Outcome, folder: str) -> None:
    code, said = run("what-if", folder, "--capacity", "2:6:2", "--reserve", "A=0%,50%", "--json")
    assert code == 0
    rows = json.loads(said)
    assert [(row["capacity"], row["A"]) for row in rows] == [(c, r) for c in (2, 4, 6) for r in ("0%", "50%")]
    frame = outcome.sweep(capacity=[2, 4, 6], reserve={"A": ["0%", "50%"]})
    assert [row["enters"] for row in rows] == frame["enters"].tolist()
    assert len(run("what-if", folder, "--capacity", "3", "--by", "land")[1].splitlines()) == 3


@pytest.mark.parametrize("wrong", [("--reserve", "A"), ("--capacity", "1:x"), ("--reserve", "B=2"), ("--cap", "c=1")])
def test_what_cannot_be_is_said_so(folder: str, wrong: tuple[str, str]) -> None:
    assert run("what-if", folder, *wrong)[0] == 1


def test_explanations_are_verified(folder: str) -> None:
    code, said = run("verify", folder, "--explanations")
    assert code == 0
    assert said.rstrip().endswith("All are true.")
    code, said = run("verify", folder, "--explanations", "--sample", "4", "--json")
    facts = json.loads(said)
    assert (code, facts["holds"], facts["claims"]["points add up"]) == (0, True, 4)
