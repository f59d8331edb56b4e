"""Letters, attendance and certificates on the command line: what is said, what is refused, what is missing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from edition import decided
from test_attendance import MEETING, WEBINAR
from test_certificates import ALL
from test_cli import refused, run

pytest.importorskip("typer")
for package in ("jinja2", "icalendar", "babel", "typst", "segno"):
    pytest.importorskip(package, reason="needs the extras `letters` and `certificates`")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    decided(tmp_path)
    for name, text in (("meeting", MEETING), ("webinar", WEBINAR), ("all", ALL)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_one_verb_after_another_and_the_rest_is_known(place: Path) -> None:
    done = run("letters", "results", "--programme", "programme.toml", cwd=place)
    assert done.returncode == 0, done.stderr
    for words in ("6 selected, 2 waitlisted, 2 declined", "No letter for 1 ineligible", "A8, A9", "Nothing was sent"):
        assert words in done.stdout
    refused(run("letters", "results", cwd=place), "exists already", "--force")
    done = run("attendance", "results", "meeting.csv", "webinar.csv", cwd=place)
    assert done.returncode == 0, done.stderr
    for words in ("2 of 6 selected took part", "0 completed, 5 not completed, 1 open", "3 rows count for nobody", "A2"):
        assert words in done.stdout
    assert run("attendance", "results", "all.csv", "--force", cwd=place).returncode == 0
    done = run("certificates", "results", "--language", "en", "--json", cwd=place)
    if done.returncode == 1 and "No font" in done.stderr:
        pytest.skip("no fonts of every script here: Debian's fonts-noto-core and fonts-noto-cjk have them")
    assert json.loads(done.stdout)["certificates"] == 6
    record = str(Path("results") / "certificates" / "certificates.json")
    unknown = run("certificates", record, "--check", "A1 | Somebody", cwd=place)
    assert unknown.returncode == 1
    assert "No certificate with this line was issued" in unknown.stdout


def test_answers_for_programs(place: Path) -> None:
    told = json.loads(run("letters", "results", "--programme", "programme.toml", "--json", cwd=place).stdout)
    assert told["letters"] == {"selected": 6, "waitlisted": 2, "declined": 2}
    told = json.loads(run("attendance", "results", "all.csv", "--json", cwd=place).stdout)
    assert told["completion"] == {"completed": 6, "not_completed": 0, "open": 0}
    assert [one["attended"] for one in told["sessions"]] == [6, 6]
    assert not told["without_addresses"]


def test_what_is_not_known_is_asked_for(place: Path) -> None:
    refused(run("letters", "results", cwd=place), "--programme")
    refused(run("certificates", "results", cwd=place), "names and addresses", "--registrations")
    refused(run("letters", "result", cwd=place), "There is no folder")
    refused(run("letters", "results", "--programme", "program.toml", cwd=place), "Did you mean 'programme.toml'")
    done = run("attendance", "results", "webinar.csv", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "matched by registration id alone" in done.stdout


def test_memory_on_the_command_line(place: Path) -> None:
    run("letters", "results", "--programme", "programme.toml", cwd=place)
    (place / "policy.toml").write_text(
        'capacity = 2\n[[tier]]\nname = "New"\nwhere = { selected_before = false }\n', encoding="utf-8"
    )
    table = "id,email\nN1,amina@example.org\nN2,late@example.org\nN3,new@example.org\n"
    (place / "new.csv").write_text(table, encoding="utf-8")
    asked = ("select", "new.csv", "--policy", "policy.toml", "--seed", "1", "--out", "next")
    refused(run(*asked, cwd=place), "selected_before", "--history")
    done = run(*asked, "--history", "results", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "2 applicants registered for 'Small course' before, told by e-mail address" in done.stdout
    assert run("explain", "next", "N1", cwd=place).stdout.startswith("You have not been selected")


@pytest.mark.parametrize(
    ("package", "verb", "extra"),
    [("jinja2", "letters", "letters"), ("icalendar", "letters", "letters"), ("babel", "letters", "letters"),
     ("typst", "certificates", "certificates"), ("segno", "certificates", "certificates")],
)  # fmt: skip
def test_a_missing_extra_is_told_with_its_install_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, package: str, verb: str, extra: str
) -> None:
    run("attendance", "results", "all.csv", "--programme", "programme.toml", cwd=place)
    monkeypatch.setitem(sys.modules, package, None)
    done = run(verb, "results", cwd=place)
    refused(done, f"pip install 'applicant-selection[{extra}]'")
