"""The command line as programs and people meet it: exit codes, sentences, JSON, files, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from selection.cli import main

ROOT = Path(__file__).resolve().parents[1]
CGMP, GTHB, PRETIX = (ROOT / "examples" / name for name in ("cgmp_2025", "gthb_2025", "pretix"))
FORM = ["--form", str(PRETIX / "form.toml")]
POLICY = ["--policy", str(PRETIX / "policy.toml")]
SELECT = ["select", str(PRETIX / "registrations.csv"), *FORM, *POLICY, "--seed", "s"]


def process(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "selection", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command line in this process, which is quicker."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), chdir(cwd or "."), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["selection", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    return subprocess.CompletedProcess(arguments, int(code or 0), out.getvalue(), err.getvalue())


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 1, a sentence on stderr that holds these words, nothing else."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert "unforeseen" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    assert done.stdout == ""


def test_demo_selects_and_says_where_the_files_are(tmp_path: Path) -> None:
    done = process("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in (
        "2,100 seats",
        "The first 10 of 2,100 selected",
        "6,000 =",
        "To look at",
        "Written to selection-demo",
    ):
        assert words in done.stdout
    assert (tmp_path / "selection-demo" / "decisions.csv").is_file()
    assert run("demo", cwd=tmp_path).returncode == 0, "the demo may run again"
    told = run("explain", "selection-demo", "CGMP-00042", cwd=tmp_path)
    assert told.returncode == 0
    assert told.stdout.startswith("You have ")


def test_select_writes_a_folder_and_refuses_it_the_second_time(tmp_path: Path) -> None:
    out = str(tmp_path / "results")
    done = run(*SELECT, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "The first 3 of 3 selected" in done.stdout
    refused(run(*SELECT, "--out", out), "exists already", "--force")
    assert run(*SELECT, "--out", out, "--force").returncode == 0


def test_select_answers_programs_in_json(tmp_path: Path) -> None:
    done = run(*SELECT, "--out", str(tmp_path / "r"), "--json")
    answer = json.loads(done.stdout)
    assert answer["counts"]["statuses"]["selected"] == answer["seats"] == 3
    assert [row["rank"] for row in answer["shortlist"]] == ["1", "2", "3"]
    assert answer["folder"] == str(tmp_path / "r")
    assert "decisions.csv" in answer["files"]


def test_more_seats_than_applicants_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("capacity = 50\n")
    (tmp_path / "t.csv").write_text("id\na\nb\n")
    done = run("select", "t.csv", "--policy", "p.toml", "--out", "r", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "more seats than eligible applicants (2)" in done.stdout
    assert "48 seats stay empty" in done.stdout


def test_a_reserve_that_cannot_be_filled_is_said(tmp_path: Path) -> None:
    policy = 'capacity = 2\n[[reserve]]\nname = "Nurses"\nwhere = { job = "nurse" }\nseats = 2\n'
    (tmp_path / "p.toml").write_text(policy)
    (tmp_path / "t.csv").write_text("id,job\na,nurse\nb,cook\nc,cook\n")
    done = run("select", "t.csv", "--policy", "p.toml", "--out", "r", "--seed", "1", cwd=tmp_path)
    assert "The reserve 'Nurses' has 1 of 2 seats filled" in done.stdout


def test_check_shows_whole_seats_class_fields_and_notes() -> None:
    done = run("check", str(CGMP / "policy.toml"), *("--form", str(CGMP / "form.toml")))
    assert done.returncode == 0, done.stderr
    assert re.search(r"National regulatory authorities\s+15%\s+315", done.stdout)
    assert re.search(r"Any one country \(each country\)\s+5%\s+105", done.stdout)
    for words in ("Class general", "A withdrawal may cost", "years_experience", "lottery"):
        assert words in done.stdout


def test_check_looks_whether_a_table_has_the_fields(tmp_path: Path) -> None:
    table = str(PRETIX / "registrations.csv")
    done = run("check", str(PRETIX / "policy.toml"), *FORM, "-r", table)
    assert done.returncode == 0, done.stderr
    assert "filled for 6 of 6" in done.stdout
    done = run("check", str(CGMP / "policy.toml"), *FORM, "-r", table)
    assert done.returncode == 1
    assert "years_experience" in done.stdout.partition("Not there")[2]
    (tmp_path / "f.toml").write_text('[fields.id]\ncolumn = "id"\n')
    done = run("check", str(PRETIX / "policy.toml"), "--form", str(tmp_path / "f.toml"), "--json")
    assert done.returncode == 1
    assert any("organisation" in said for said in json.loads(done.stdout)["absent"])


def test_check_notes_what_was_not_said(tmp_path: Path) -> None:
    policy = 'capacity = 5\non = 2025-08-31\n[[eligible]]\nname = "LMIC"\nwhere = { income_group = "LMIC" }\n'
    (tmp_path / "p.toml").write_text(policy)
    answer = json.loads(run("check", str(tmp_path / "p.toml"), "--json").stdout)
    assert any("unclassified" in note for note in answer["notes"])
    assert answer["class"] == "nested"
    assert answer["blocks"][0]["seats"] == 5


def test_check_notes_a_field_that_looks_misspelt_and_a_day_that_is_missing(tmp_path: Path) -> None:
    policy = (
        'capacity = 5\n[[eligible]]\nname = "LMIC"\nwhere = { income_grup = "LMIC", who_region = "AFR", lldc = true }\n'
    )
    (tmp_path / "p.toml").write_text(policy)
    notes = "\n".join(json.loads(run("check", str(tmp_path / "p.toml"), "--json").stdout)["notes"])
    assert "Did you mean 'ldc'" not in notes
    assert "'income_grup', which your own table must have. Did you mean 'income_group'?" in notes
    assert "without a line such as  on = 2025-08-31  nothing is selected" in notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('capacity = 5\n[reserve]\nname = "a"\n[reserve]\n', "two brackets, each time: [[reserve]]"),
        ('capacity = 5\nwhere = { a == "b" }\n', 'The line: where = { a == "b" }'),
        ('[fields.id]\ncolumn = "id"\n', "is a form, which says how an export is read"),
    ],
)
def test_what_is_no_policy_is_answered_with_what_it_is(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.toml").write_text(text)
    done = run("check", str(tmp_path / "p.toml"))
    assert done.returncode == 1
    assert said in done.stderr


def test_no_line_of_a_table_is_shown_where_a_policy_should_be(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,name\n1,Amina Okafor\n")
    assert run("check", str(tmp_path / "people.csv")).stderr.endswith("(at line 1, column 3).\n")


def test_a_policy_given_as_a_form_is_said_to_be_one() -> None:
    done = run("check", str(CGMP / "policy.toml"), "--form", str(CGMP / "policy.toml"))
    assert "is a policy, which says who gets the seats" in done.stderr


def test_explain_answers_applicants_officers_and_programs(tmp_path: Path) -> None:
    out = str(tmp_path / "r")
    run(*SELECT, "--out", out)
    one = run("explain", out, "AP003")
    assert one.returncode == 0, one.stderr
    officer = run("explain", out, "AP003", "--officer")
    assert officer.stdout.startswith("AP003: ")
    facts = json.loads(run("explain", out, "AP003", "--json").stdout)
    assert facts["id"] == "AP003"
    assert facts["text"] == one.stdout.strip()
    assert sum(float(one["points"]) for one in facts["contributions"]) == float(facts["score"])
    refused(run("explain", out, "AP03"), "There is no applicant 'AP03'", "Did you mean")
    refused(run("explain", out, "AP003", "--language", "xx"), "no words for the language 'xx'")
    refused(run("explain", str(tmp_path), "AP003"), "record.json")
    (tmp_path / "r" / "decisions.csv").write_text("id\n")
    refused(run("explain", out, "AP003"), "was changed")


@pytest.mark.parametrize("of", ["policy", "form", "programme", "explanation"])
def test_schema_prints_or_writes(of: str, tmp_path: Path) -> None:
    printed = run("schema", of)
    assert json.loads(printed.stdout)["$schema"].startswith("https://json-schema.org")
    path = tmp_path / "s.json"
    assert run("schema", of, "--out", str(path)).stdout == ""
    assert path.read_text(encoding="utf-8") == printed.stdout
    assert printed.stdout == (ROOT / f"{of}.schema.json").read_text(encoding="utf-8"), f"remake {of}.schema.json"
    refused(run("schema", of, "--out", "/proc/x"), "cannot be written")


@pytest.mark.parametrize(
    "arguments",
    [["selct"], ["select"], ["select", "x.csv"], ["check"], ["explain", "x"], ["schema", "polcy"], ["demo", "--fast"]],
)
def test_bad_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Usage" in done.stderr


@pytest.mark.parametrize("verb", ["", "demo", "check", "select", "explain", "schema"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    done = run(*filter(None, [verb]), "--help")
    assert done.returncode == 0
    assert f"selection {verb}" in done.stdout.partition("Example: " if verb else "Start with: ")[2]


def test_version() -> None:
    assert re.fullmatch(r"selection \S.*", run("--version").stdout.strip())


def test_without_typer_the_install_line_is_said(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError(\"No module named 'typer'\", name='typer')")
    done = process("demo", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Install it with: pip install 'applicant-selection[cli]'")


BAD_TABLES = {
    "empty": (b"", "empty"),
    "blank": (b"\n\n", ""),
    "workbook": (b"PK\x03\x04 and so on", ""),
    "nul": (b"id\x00,x\n1,2\x00\n", None),
    "doubled": (b"id,id\n1,2\n", "id"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_tables_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    content, word = BAD_TABLES[name]
    (tmp_path / "t.csv").write_bytes(content)
    (tmp_path / "p.toml").write_text("capacity = 1\n")
    done = run("select", "t.csv", "--policy", "p.toml", "--out", "r", "--seed", "1", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    if word is None:
        assert done.returncode in (0, 1)
        return
    refused(done, word)
    assert not (tmp_path / "r").exists()


BAD_POLICIES = {
    "capcity = 5": ["capcity", "capacity"],
    "capacity = 0": ["capacity", "at least 1"],
    "capacity = -3": ["capacity"],
    'capacity = "many"': ["capacity"],
    "capacity = ": ["p.toml", "TOML"],
    'capacity = 5\n[[reserve]]\nname = "A"\nwhere = { x = 1 }\nseats = 6': ["6", "5"],
    'capacity = 5\n[[eligible]]\nname = "A"\nwhere = { colour = "red" }': ["colour"],
    'capacity = 5\n[[points]]\nname = "A"\nfield = "x"\nper = "much"': ["much"],
    'capacity = 1\n[ties]\norder = ["shoe_size", "lottery"]': ["shoe_size"],
    "capacity = 1": ["tied"],
    'capacity = 1\non = 2031-01-01\n[[eligible]]\nname = "A"\nwhere = { "country.income_group" = "LIC" }': ["2031"],
    'capacity = 5\n[[reserve]]\nname = "A"\nwhere = { x = "a" }\nseats = 1\n'
    '[[reserve]]\nname = "B"\nwhere = { country = "KEN" }\nseats = 1': ["each", "once"],
    'capacity = 1\npinned = ["nobody"]': ["nobody"],
}


@pytest.mark.parametrize("policy", BAD_POLICIES)
def test_policies_that_cannot_be_used(policy: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,x,country\na,1,Kenya\nb,1,Kenya\n")
    (tmp_path / "p.toml").write_text(policy)
    refused(run("select", "t.csv", "--policy", "p.toml", "--out", "r", cwd=tmp_path), *BAD_POLICIES[policy])
    assert not (tmp_path / "r").exists()


def test_a_form_that_names_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,organisation\na,X\n")
    (tmp_path / "p.toml").write_text("capacity = 1\n")
    (tmp_path / "f.toml").write_text('[fields.organisation]\ncolumn = "organization"\n')
    done = run("select", "t.csv", "--form", "f.toml", "--policy", "p.toml", "--out", "r", cwd=tmp_path)
    refused(done, "organization", "Did you mean 'organisation'")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("capacity = 1\n")
    (tmp_path / "table.csv").write_text("id\na\n")
    refused(run("select", "tabel.csv", "--policy", "policy.toml", "--out", "r", cwd=tmp_path), "tabel.csv", "table.csv")
    refused(run("select", "table.csv", "--policy", "polcy.toml", "--out", "r", cwd=tmp_path), "polcy.toml")
    refused(run("select", "table.csv", "-f", "form", "-p", "policy.toml", "--out", "r", cwd=tmp_path), "form")
    refused(run("select", "table.csv", "-p", "policy.toml", "-o", "/proc/r", cwd=tmp_path), "cannot be written")
    refused(run("select", "table.csv", "-p", "policy.toml", "-o", "table.csv", cwd=tmp_path), "is a file")


def test_a_mistake_in_json_has_code_sentence_and_facts(tmp_path: Path) -> None:
    done = run("check", str(tmp_path / "none.toml"), "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert error["sentence"] == done.stderr.strip()
    assert error["code"]


def test_what_could_steer_a_terminal_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id\na\x1b[31mb\n")
    (tmp_path / "p.toml").write_text("capacity = 1\n")
    done = run("select", "t.csv", "--policy", "p.toml", "--out", "r", cwd=tmp_path)
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("force", [False, True])
def test_ctrl_c_leaves_everything_as_it_was(force: bool, tmp_path: Path) -> None:
    out = tmp_path / "results"
    if force:
        run(*SELECT, "--out", str(out))
    before = {p.name: p.read_bytes() for p in out.iterdir()} if force else {}
    waiting = (
        "import time, sys; from pathlib import Path\n"
        "from selection.dossier import writing\n"
        "def slow(_):\n yield b'half'\n Path('ready').touch(); time.sleep(60)\n"
        "writing._problems = slow\n"
        "from selection.cli import main; main()\n"
    )
    command = [sys.executable, "-c", waiting, *SELECT, "--out", str(out), *(["--force"] if force else [])]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert printed == ""
    assert len(said.strip().splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == (["ready", "results"] if force else ["ready"])
    assert not force or {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_progress_is_shown_only_where_somebody_watches() -> None:
    slow = (
        "import time, selection.cli.progress as p; p.PATIENCE = 0.05\n"
        "with p.Progress(2) as bar:\n"
        " bar.step('Reading registrations'); end = time.monotonic() + (20 if p.on_terminal() else 0.3)\n"
        " while bar._bar is None and time.monotonic() < end: time.sleep(0.05)\n"
        " time.sleep(0.3); bar.step('Writing')\n"
    )
    assert subprocess.run([sys.executable, "-c", slow], capture_output=True, check=True).stderr == b""
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", slow], stderr=theirs, check=True, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    assert b"Reading registrations" in os.read(ours, 65536)
    os.close(ours)


def test_names_and_addresses_are_never_printed(tmp_path: Path) -> None:
    shutil.copytree(GTHB, tmp_path / "gthb")
    table = str(tmp_path / "gthb" / "applications.csv")
    arguments = ["--form", str(GTHB / "form.toml"), "--policy", str(GTHB / "policy.toml"), "--seed", "GTH-B 2025"]
    done = run("select", table, *arguments, "--out", str(tmp_path / "r"))
    assert done.returncode == 0, done.stderr
    assert "example.org" not in done.stdout + done.stderr
    assert "Otieno" not in done.stdout


ROWS = "id,gender,years,role\n1,Woman,3,nra\n2,F,,other\n3,F,4,\n4,M,5,nra\n"
RULES = """
capacity = 2
counting = "each"
eligible = [{ name = "Role", where = { role = ["nra", "other"] } }]
points = [{ name = "Experience", field = "years", per = 1 }]
reserve = [{ name = "Women", where = { any = [{ gender = "female" }, { gender = ["F", "x"] }] }, seats = 1 }]
cap = [{ name = "Not these", where = { not = { gender = "unknown" } }, seats = 2 }]
"""


def test_words_that_nobody_has_and_rules_that_leave_applicants_incomplete_are_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS)
    (tmp_path / "p.toml").write_text(RULES)
    files = (str(tmp_path / "t.csv"), "--policy", str(tmp_path / "p.toml"), "--out", str(tmp_path / "r"), "--json")
    said = [one["sentence"] for one in json.loads(run("select", *files).stdout)["look_at"]]
    asked = "[[reserve]] 'Women' asks for gender 'female', which no applicant has. They have 'F', 'Woman', 'M'."
    assert said[0] == asked
    assert sum("which no applicant has" in one for one in said) == 1
    assert any("'Role' reads role" in one and one.endswith("they would be ineligible.") for one in said)
    assert any("'Experience' reads years" in one and "missing = 0" in one for one in said)
    done = run("check", str(tmp_path / "p.toml"), "-r", str(tmp_path / "t.csv"), "--json")
    assert asked in json.loads(done.stdout)["notes"]


def test_help_lists_the_verbs_as_they_are_needed() -> None:
    verbs = re.findall(r"^  ([a-z-]+) ", run("--help").stdout.partition("Commands:")[2], flags=re.MULTILINE)
    assert verbs[:3] == ["select", "demo", "check"]
    assert verbs.index("explain") < verbs.index("letters")
