"""Tickets and rounds of withdrawals from the command line, each round kept beside the results."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selection import dossier, select
from selection.cli.app import app

POLICY = {
    "capacity": 3,
    "points": [{"name": "score", "field": "score", "per": 1}],
    "reserve": [{"name": "A", "where": {"a": True}, "seats": 1}],
    "waitlist": 5,
}
ROWS = [{"id": f"p{i}", "score": 20 - i, "a": i in (6, 7)} for i in range(9)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return select(ROWS, POLICY, seed="s").write(tmp_path / "results")


def run(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, list(words))
    return answer.exit_code, answer.stdout


def test_rounds_follow_one_another_and_are_kept(folder: Path) -> None:
    assert json.loads(run("replace", str(folder), "p6", "--preview", "--json")[1])["admitted"] == ["p7"]
    assert not (folder / "history.jsonl").exists()
    assert json.loads(run("replace", str(folder), "p6", "--json")[1])["admitted"] == ["p7"]
    code, said = run("replace", str(folder), "p0")
    assert (code, said.splitlines()[:2]) == (0, ["Round 2: 1 withdrawn", "Admitted: p2"])
    assert len((folder / "history.jsonl").read_text().splitlines()) == 2
    assert dossier.verify(folder).holds


def test_what_is_asked_of_a_folder_says_what_rounds_did_since(folder: Path) -> None:
    assert "Since" not in run("explain", str(folder), "p6")[1] + run("audit", str(folder))[1]
    assert "selection workbook" in run("replace", str(folder), "p6")[1].splitlines()[-1]
    assert run("explain", str(folder), "p6")[1].endswith("Since that selection: withdrew in round 1 of withdrawals.\n")
    admitted = run("explain", str(folder), "p7", "--officer")[1]
    assert "Since that selection: received a seat in round 1 of withdrawals." in admitted
    assert "Since" not in run("explain", str(folder), "p0")[1]
    assert "without 1 round of withdrawals since" in run("audit", str(folder))[1]


def test_an_unknown_or_withdrawn_applicant_changes_nothing(folder: Path) -> None:
    assert run("replace", str(folder), "p99")[0] == 1
    run("replace", str(folder), "p0")
    before = (folder / "history.jsonl").read_text()
    assert run("replace", str(folder), "p0")[0] == 1
    assert (folder / "history.jsonl").read_text() == before


def test_a_ticket_is_shown_and_checked() -> None:
    digest = hashlib.sha256(b"cGMP 2025:p1").hexdigest()
    code, said = run("draw", "cGMP 2025", "p1")
    assert (code, said.splitlines()[0]) == (0, digest)
    assert run("draw", "cGMP 2025", "p1", "--ticket", digest)[0] == 0
    assert run("draw", "cGMP 2025", "p2", "--ticket", digest)[0] == 1
    block = hashlib.sha256(b"s:open:p1").hexdigest()
    assert json.loads(run("draw", "s", "p1", "--block", "open", "--json")[1])["ticket"] == block
