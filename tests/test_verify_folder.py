"""A folder verifies as it was written, and not after any change."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selection import dossier, select
from selection.cli.app import app

POLICY = {
    "capacity": 3,
    "points": [{"name": "score", "field": "score", "per": 1}],
    "reserve": [{"name": "A", "where": {"a": True}, "seats": 1}],
    "cap": [{"name": "land", "per": "land", "seats": 2}],
    "waitlist": 1,
}
ROWS = [{"id": f"p{i}", "score": 9 - i % 4, "a": i == 5, "land": "xyz"[i % 3]} for i in range(8)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return select(ROWS, POLICY, seed="s").write(tmp_path / "results")


def test_a_folder_verifies_as_it_was_written(folder: Path) -> None:
    found = dossier.verify(folder)
    assert found.holds, found.differences
    answer = CliRunner().invoke(app, ["verify", str(folder)])
    assert answer.exit_code == 0
    assert "Nothing differs." in answer.stdout


@pytest.mark.parametrize("seed", range(60))
def test_any_changed_byte_of_a_result_is_found(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    file = chance.choice(sorted(one for one in folder.iterdir() if one.name != "record.json"))
    content = bytearray(file.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    found = dossier.verify(folder)
    assert not found.holds
    assert any(file.name in sentence for sentence in found.differences)


@pytest.mark.parametrize("key", ["counts", "certificate", "policy_sha256", "seed", "reference_data_sha256", "title"])
def test_a_changed_part_of_the_record_is_found(folder: Path, key: str) -> None:
    path = folder / "record.json"
    record = json.loads(path.read_text())
    record[key] = {"other": 1} if isinstance(record[key], dict) else "other"
    path.write_text(json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1) + "\n")
    assert not dossier.verify(folder).holds


def test_a_missing_file_and_a_folder_that_is_none_are_named(folder: Path, tmp_path: Path) -> None:
    (folder / "waitlist.csv").unlink()
    assert dossier.verify(folder).differences == ("waitlist.csv is missing.",)
    answer = CliRunner().invoke(app, ["verify", str(tmp_path / "nowhere")])
    assert answer.exit_code == 1
    assert "There is no folder" in answer.stdout


def test_rounds_of_withdrawals_are_run_again(folder: Path) -> None:
    runner = CliRunner()
    selected = dossier.read(folder).shortlist["id"].tolist()
    assert runner.invoke(app, ["replace", str(folder), selected[0]]).exit_code == 0
    (folder / "notes.txt").write_text("mine")
    found = dossier.verify(folder)
    assert found.holds
    assert found.checked[-1] == "1 round of withdrawals since, by running each again"
    assert found.unlisted == ("notes.txt",)
    history = folder / "history.jsonl"
    event = json.loads(history.read_text())
    event["round"]["admitted"] = ["p7"]
    history.write_text(json.dumps(event, sort_keys=True, separators=(",", ":")) + "\n")
    answer = runner.invoke(app, ["verify", str(folder)])
    assert answer.exit_code == 1
    assert "Round 1 does not come out as recorded: admitted differ." in answer.stdout


def test_a_public_edition_is_said_to_be_one(folder: Path, tmp_path: Path) -> None:
    dossier.read(folder).publish(tmp_path / "public", "a long secret sentence")
    answer = CliRunner().invoke(app, ["verify", str(tmp_path / "public")])
    assert answer.exit_code == 1
    assert "is a public edition, which is checked with: selection entry" in answer.stdout
