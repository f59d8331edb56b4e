"""The public edition holds nobody's id, everybody finds their entry, and any single change of a folder is found."""

from __future__ import annotations

import csv
import gzip
import hashlib
import hmac
import json
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from selection import dossier, select
from selection.cli.app import app
from selection.errors import NotFoundError, OutputError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from folder_changes import changed

KEY = "a secret of the organiser"
POLICY = {
    "capacity": 3,
    "waitlist": 2,
    "pinned": ["CGMP-0009"],
    "points": [{"name": "score", "field": "score", "per": 1}],
    "reserve": [{"name": "A", "where": {"a": True}, "seats": 1}],
    "cap": [{"name": "land", "per": "land", "seats": 2}],
}
ROWS = [
    {"id": f"CGMP-{i:04}", "score": 9 - i % 4, "a": i == 5, "land": "xyz"[i % 3], "name": "Ada Secret",
     "email": f"ada{i}@example.org"}
    for i in range(12)
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return select(ROWS, POLICY, seed="s").write(tmp_path_factory.mktemp("six") / "results")


@pytest.fixture
def public(results: Path, tmp_path: Path) -> Path:
    return dossier.read(results).publish(tmp_path / "public", KEY)


def test_nobody_stands_in_the_public_edition(public: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in public.iterdir())
    for word in ("CGMP-", "Ada", "@", "Secret", KEY, 'score": 9'):
        assert word not in text
    counts = json.loads((public / "public.json").read_text())["audit"]["groups"]
    numbers = [n for table in counts.values() for group in table.values() for n in group.values() if n]
    assert all(n >= 5 for n in numbers)


def test_everybody_finds_their_own_entry_and_only_with_the_code(public: Path, results: Path) -> None:
    frame = dossier.read(results).to_frame()
    for one, status, reason in zip(frame["id"], frame["status"], frame["reason"], strict=True):
        code = hmac.new(KEY.encode(), one.encode(), hashlib.sha256).hexdigest()
        assert dossier.entry(public, code) == dossier.Entry(code, status, reason)
    with pytest.raises(NotFoundError, match="No entry"):
        dossier.entry(public, dossier.code_of("another key of the same length", "CGMP-0001"))
    with (public / "entries.csv").open() as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert codes == sorted(codes)
    assert len(codes) == len(ROWS)


@pytest.mark.parametrize("name", ["entries.csv", "public.json"])
def test_a_changed_edition_is_refused(public: Path, name: str) -> None:
    content = bytearray((public / name).read_bytes())
    content[len(content) // 2] ^= 1
    (public / name).write_bytes(content)
    with pytest.raises(OutputError, match="was changed"):
        dossier.entry(public, dossier.code_of(KEY, "CGMP-0001"))


def test_the_verbs_write_and_look(results: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    out, codes = tmp_path / "p", tmp_path / "codes.csv"
    done = run(app, ["publish", str(results), "--key", KEY, "--out", str(out), "--codes", str(codes)])
    assert done.exit_code == 0, done.output
    rows = dict(line.split(",") for line in codes.read_text().splitlines()[1:])
    seen = run(app, ["entry", str(out), rows["CGMP-0009"]])
    assert "Selected: seat promised before" in seen.stdout
    assert json.loads(run(app, ["entry", str(out), rows["CGMP-0009"], "--json"]).stdout)["status"] == "selected"
    assert run(app, ["entry", str(out), "00"]).exit_code == 1
    assert run(app, ["entry", str(tmp_path), "00"]).exit_code == 1
    short = run(app, ["publish", str(results), "--key", "short", "--out", str(tmp_path / "q")])
    assert short.exit_code == 1
    assert "16" in short.output


@pytest.mark.parametrize("number", range(60))
def test_any_single_change_of_a_folder_is_found(results: Path, tmp_path: Path, number: int) -> None:
    """A sample of what `benchmarks/folder_changes.py` does a thousand times."""
    folder = tmp_path / "r"
    shutil.copytree(results, folder)
    what = changed(folder, Random(number))
    assert not dossier.verify(folder).holds, what


def test_the_record_holds_the_hashes_of_everything(results: Path) -> None:
    record = json.loads((results / "record.json").read_text())
    rest = {key: value for key, value in record.items() if key != "record_sha256"}
    compact = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert record["record_sha256"] == hashlib.sha256(compact.encode()).hexdigest()
    assert {"policy_sha256", "pool_sha256", "form_sha256", "reference_data_sha256", "versions", "seed", "audit"} <= set(
        record
    )
    assert b"Secret" not in gzip.decompress((results / "pool.json.gz").read_bytes())


def test_an_outcome_verifies_in_hand() -> None:
    outcome = select(ROWS, POLICY, seed="s")
    found = outcome.verify()
    assert found.holds
    assert "12 decisions" in found.checked[0]


def test_a_record_signed_with_ssh_keygen_verifies(results: Path, tmp_path: Path) -> None:
    """As docs/how-to/publish-and-verify.md shows it."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen IS NOT INSTALLED: signing a record is not tested here")
    key, record = tmp_path / "key", tmp_path / "record.json"
    shutil.copy(results / "record.json", record)

    def run(*words: str, stdin: bytes | None = None) -> int:
        return subprocess.run(["ssh-keygen", *words], input=stdin, capture_output=True).returncode

    assert run("-q", "-t", "ed25519", "-N", "", "-f", str(key)) == 0
    assert run("-Y", "sign", "-f", str(key), "-n", "selection", str(record)) == 0
    signers = tmp_path / "signers"
    signers.write_text(f"office@example.org {key.with_suffix('.pub').read_text()}")
    check = ["-Y", "verify", "-f", str(signers), "-I", "office@example.org", "-n", "selection", "-s", f"{record}.sig"]
    assert run(*check, stdin=record.read_bytes()) == 0
    assert run(*check, stdin=record.read_bytes() + b" ") != 0
