"""Suggested forms: the system recognised in any language, columns sure and guessed, and a form that reads the file."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports import EXPORTS, MICROSOFT, MICROSOFT_ROWS, ZOOM, table, variants, workbook
from selection import Form, read_applicants
from selection.errors import InputError, SelectionError
from selection.intake.shipped import shipped_forms
from selection.suggestions import Suggestion, suggest
from selection.suggestions.mapping import mapped, nearest_word
from selection.suggestions.moments import writing
from selection.suggestions.toml import comment, quoted
from test_cli import run

SYSTEMS = {
    "pretix": "pretix", "indico": "Indico", "limesurvey": "LimeSurvey", "microsoft_forms": "Microsoft Forms",
    "google_forms": "Google Forms", "googleforms": "Google Forms", "kobo": "Kobo", "odk_central": "ODK Central",
    "redcap": "REDCap", "zoom": "Zoom registration", "eventbrite": "Eventbrite",
}  # fmt: skip
SAMPLES = {p.stem: next(s for k, s in SYSTEMS.items() if p.stem.startswith(k)) for p in EXPORTS.glob("*.csv")}
VARIANTS = variants()


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(content: bytes, name: str = "export.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def reads(path: Path, suggestion: Suggestion) -> None:
    """The form as it was written reads the file, and every row of it is accounted for."""
    form = Form.model_validate(tomllib.loads(suggestion.text))
    intake = read_applicants(path, form=form)
    assert sum(n for name, n in intake.counts.items() if name != "rows") == intake.counts["rows"]
    assert intake.counts == suggestion.intake.counts


def draft(suggestion: Suggestion, name: str) -> Any:
    return next(d for d in suggestion.drafts if d.name == name)


@pytest.mark.parametrize(("name", "system"), sorted(SAMPLES.items()))
def test_the_system_of_every_sample_is_recognised_by_several_signs(name: str, system: str) -> None:
    path = EXPORTS / f"{name}.csv"
    suggestion = suggest(path)
    assert suggestion.system == system
    assert len(suggestion.signs) >= 3
    assert suggestion.intake.counts["applicants"] >= 1
    reads(path, suggestion)


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_system_of_every_variant_is_recognised(name: str, file: Any) -> None:
    system, content = VARIANTS[name]
    path = file(content)
    suggestion = suggest(path)
    assert suggestion.system == system
    assert f"Recognised system: {system}" in suggestion.text
    assert suggestion.intake.counts["applicants"] >= 1
    reads(path, suggestion)


@pytest.mark.parametrize("name", sorted(n for n in VARIANTS if "unlisted" not in n))
def test_every_shipped_form_reads_its_variants(name: str, file: Any) -> None:
    system, content = VARIANTS[name]
    intake = read_applicants(file(content), form=system.removesuffix(" registration"))
    assert intake.counts["applicants"] >= 1
    assert sum(n for part, n in intake.counts.items() if part != "rows") == intake.counts["rows"]
    assert {"unreadable_id", "id_missing"}.isdisjoint(p.code for p in intake.findings)


@pytest.mark.parametrize(("name", "system"), sorted(SAMPLES.items()))
def test_every_shipped_form_reads_its_sample(name: str, system: str) -> None:
    intake = read_applicants(EXPORTS / f"{name}.csv", form=system.removesuffix(" registration"))
    assert intake.counts["applicants"] >= 1
    times = intake.pool.columns["submitted_at"]
    assert (times.codes >= 0).all()


def test_forms_are_loaded_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(shipped_forms()) | {"googleforms"} == set(SYSTEMS)
    for name, path in shipped_forms().items():
        assert Form.load(name) == Form.load(path) == Form.load(name.replace("_", " ").upper())
        assert Form.load(path).system == SYSTEMS[name]
    with pytest.raises(SelectionError, match="'pretix'"):
        Form.load("pretx")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pretix").write_text('system = "mine"\n')
    assert Form.load("pretix").system == "mine", "a file of that name comes first"


def test_of_two_columns_that_may_be_the_name_the_filled_one_is_taken(file: Any, tmp_path: Path) -> None:
    rows = [[str(n), "", f"A {n}", "Kenya", "tea;", "x"] for n in range(9)]
    path = file(table(["ID", "Name", "Full name", "Country", "What do you drink?", "Years of experience"], rows))
    suggestion = suggest(path)
    assert draft(suggestion, "name").headings == ("Full name",)
    assert suggestion.unread == ("What do you drink?", "Years of experience")
    assert '"Name" (column 2, empty)' in suggestion.text
    done = run("form", "suggest", str(path), "--out", str(tmp_path / "f.toml"))
    assert "Not read: 'What do you drink?', 'Years of experience'" in done.stdout
    assert f"selection check policy.toml --form {tmp_path / 'f.toml'} --registrations {path}" in done.stdout


def test_what_cannot_be_known_is_left_to_the_officer(file: Any) -> None:
    plain = [
        ["1", "A B", "a@example.org", "Kenya", "regulator", "X"],
        ["2", "C", "c@x.org", "Peru", "Manufactrer", "Y"],
    ]
    suggestion = suggest(file(table(["Nr", "Full Name", "Mail", "Nation", "Your role", "Company"], plain)))
    assert suggestion.system is None
    assert "No registration system was recognised." in suggestion.text
    assert {d.name for d in suggestion.drafts} == {"id", "name", "email", "country", "role", "organisation"}
    role = draft(suggestion, "role")
    assert role.values == {"regulator": "nra"}
    assert [(u.answer, u.rows, u.nearest) for u in role.unmapped] == [("Manufactrer", 1, "manufacturer")]
    assert '# "Manufactrer" = "manufacturer"' in suggestion.text
    mended = suggestion.text.replace('# "Manufactrer"', '"Manufactrer"')
    assert Form.model_validate(tomllib.loads(mended)).fields["role"].values == {
        "regulator": "nra", "Manufactrer": "manufacturer"}  # fmt: skip


def test_days_and_months_that_may_be_either_are_not_guessed(file: Any) -> None:
    suggestion = suggest(file(table(MICROSOFT, MICROSOFT_ROWS)))
    assert 'dates = "%m/%d/%y %H:%M:%S" or dates = "%d/%m/%y %H:%M:%S"' in suggestion.text
    assert "submitted_at" not in suggestion.form.fields
    later = [[cell.replace("7/3/20", "7/13/20") for cell in row] for row in MICROSOFT_ROWS]
    assert suggest(file(table(MICROSOFT, later))).form.fields["submitted_at"].dates == "%m/%d/%y %H:%M:%S"
    shipped = read_applicants(file(table(MICROSOFT, MICROSOFT_ROWS)), form="Microsoft Forms")
    assert {p.code for p in shipped.findings if p.column == "Completion time"} == {"unreadable_time"}


def test_doubled_headings_that_say_nothing_have_a_form_all_the_same(file: Any) -> None:
    path = file(table(["a", "a"], [["x", "y"]]))
    suggestion = suggest(path)
    reads(path, suggestion)
    assert suggestion.form.fields["attribute"].occurrence == 1


def test_times_of_a_workbook_are_times(tmp_path: Path) -> None:
    path = tmp_path / "forms.xlsx"
    workbook(path, MICROSOFT, MICROSOFT_ROWS, (1, 2))
    suggestion = suggest(path)
    assert suggestion.system == "Microsoft Forms"
    assert suggestion.intake.pool.columns["submitted_at"].at(0) == datetime(2020, 7, 2, 11, 5, 22, tzinfo=UTC)
    assert draft(suggestion, "email").keys["column"] == "Your e-mail address", "nobody signed in"


def test_a_section_ends_where_the_next_table_begins(file: Any) -> None:
    intake = read_applicants(file(ZOOM.encode()), form="zoom")
    assert dict(intake.counts) | {"duplicates": 1, "applicants": 2, "rows": 3} == dict(intake.counts)
    assert [p.row for p in intake.findings if p.code == "other_section"] == [13]
    assert sorted(intake.pool.rows.tolist()) == [10, 11, 12]
    wide = suggest(file(ZOOM.encode("utf-16")))
    assert (wide.system, wide.intake.counts["rows"]) == ("Zoom registration", 3)


def test_columns_under_any_of_their_headings_are_counted_from_the_left(file: Any) -> None:
    data = table(["Pays", "Country", "id"], [["CH", "Kenya", "1"]])
    form = {"fields": {"id": {"column": "id"}, "country": {"column": "Country", "also": ["Pays"], "occurrence": 1}}}
    assert read_applicants(file(data), form=form).pool.columns["country"].at(0) == "CHE"
    form["fields"]["country"] = {"column": "Country", "also": ["Pays"]}
    assert read_applicants(file(data), form=form).pool.columns["country"].at(0) == "KEN"


@pytest.mark.parametrize(
    ("cells", "formats"),
    [
        (["2025-08-01T10:00:00"], ("iso",)),
        (["01/02/2025", "13/02/2025"], ("%d/%m/%Y",)),
        (["02/01/2025", "02/13/2025"], ("%m/%d/%Y",)),
        (["01/02/2025"], ("%m/%d/%Y", "%d/%m/%Y")),
        (["05/05/2025"], ("%m/%d/%Y",)),
        (["2025/08/01 1:10:09 PM GMT+5:30", "--"], ("%Y/%m/%d %I:%M:%S %p %z",)),
        (["Mar 15, 2025 11:23:29"], ("%b %d, %Y %H:%M:%S",)),
    ],
)
def test_how_times_are_written(cells: list[str], formats: tuple[str, ...]) -> None:
    found = writing(cells)
    assert found is not None
    assert found.formats == formats


def test_answers_are_mapped_only_where_that_is_plain() -> None:
    found = mapped("role", {"Autorité nationale de réglementation": 3, "Ministry of helth": 2, "Poet": 1})
    assert found.values == {"Autorité nationale de réglementation": "nra"}
    assert [(u.answer, u.nearest) for u in found.unmapped] == [
        ("Ministry of helth", "ministry_of_health"),
        ("Poet", None),
    ]
    assert nearest_word("role", "I work for a national regulatory authority") == "nra"


WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
HEADS = st.sampled_from(
    ["Order code", "ID", "Timestamp", "Email", "country", "a/b", "a/c", "x [1]", "sector___1", "Date"]
)
QUIET = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(heads=st.lists(HEADS | WORDS, min_size=1, max_size=5), rows=st.lists(st.lists(WORDS, max_size=6), max_size=5))
def test_any_table_has_a_form_that_reads_it(tmp_path: Path, heads: list[str], rows: list[list[str]]) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(table(heads, rows))
    try:
        suggestion = suggest(path)
    except InputError:
        return
    reads(path, suggestion)


@QUIET
@given(data=st.binary(max_size=200))
def test_any_bytes_have_a_form_or_are_no_table(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        suggestion = suggest(path)
    except InputError:
        return
    reads(path, suggestion)


@given(text=st.text())
def test_any_text_can_be_quoted_and_commented(text: str) -> None:
    written = tomllib.loads(f"{comment(text)}\na = {quoted(text)}\n")["a"]
    assert written == "".join("\N{REPLACEMENT CHARACTER}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)


def test_form_suggest_on_the_command_line(tmp_path: Path) -> None:
    export, out = EXPORTS / "googleforms.csv", tmp_path / "form.toml"
    printed = run("form", "suggest", str(export))
    assert (printed.returncode, printed.stderr) == (0, "")
    assert Form.model_validate(tomllib.loads(printed.stdout)).system == "Google Forms"
    done = run("form", "suggest", str(export), "--out", str(out))
    assert done.returncode == 0
    assert "Recognised system: Google Forms" in done.stdout
    assert Form.load(out).system == "Google Forms"
    mine = out.read_text(encoding="utf-8").replace("UTC", "Asia/Kathmandu")
    out.write_text(mine, encoding="utf-8")
    assert "is kept as" in run("form", "suggest", str(export), "--out", str(out)).stdout
    assert (tmp_path / "form.toml.1").read_text(encoding="utf-8") == mine, "what an officer completed is not lost"
    answer = json.loads(run("form", "suggest", str(export), "--json").stdout)
    assert answer["system"] == "Google Forms"
    assert {one["field"]: one["sure"] for one in answer["fields"]}["email"] is True
    assert run("form", "suggest", str(tmp_path / "nothing.csv")).returncode == 1
    assert "odk_central" in run("form", "list").stdout


@pytest.mark.parametrize("heading", ["Submission ID", "Entry Id", "Respondent ID"])
def test_options_in_brackets_and_numbers_of_submissions_are_recognised(heading: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(
        f"{heading},E-mail,Country,Sectors (Vaccine),Sectors (Biopharmaceutical)\n"
        "s-1,a@b.example,Kenya,Yes,No\ns-2,b@b.example,India,,Yes\n"
    )
    done = suggest(path)
    form = tmp_path / "form.toml"
    form.write_text(done.text)
    intake = read_applicants(path, form=form)
    assert intake.pool.ids.tolist() == ["s-1", "s-2"]
    assert [one.sector for one in intake.pool] == [("vaccine",), ("biopharmaceutical",)]


def test_brackets_within_an_option_are_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("id,sectors/Vaccine (human),sectors/Pharmaceutical\n1,1,0\n2,0,1\n")
    form = tomllib.loads(suggest(path).text)
    assert set(form["fields"]["sector"]["options"]) == {"sectors/Vaccine (human)", "sectors/Pharmaceutical"}


def test_a_column_of_ids_that_rows_share_is_left_unread_and_why_is_said(file: Any) -> None:
    suggestion = suggest(file(b"Id,Full name,Country\n1,A,Kenya\n1,B,Nepal\n2,C,Peru\n"))
    assert "id" not in {one.name for one in suggestion.drafts}
    assert '"Id" (column 1; no id: 2 rows share it with another' in suggestion.text
