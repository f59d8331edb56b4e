"""No cell of any table that a whole life writes is one a spreadsheet would run, whatever applicants wrote."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edition import POLICY, PROGRAMME
from selection import Outcome, read_applicants, select
from selection.attendance import attend
from selection.attendance import write as write_attendance
from selection.cli.publishing import write as publish
from selection.dossier import sheets, write
from selection.editions import Edition
from selection.letters import post

defused = pytest.importorskip("defusedcsv.csv", reason="the comparison needs defusedcsv (extra `dev`)")
openpyxl = pytest.importorskip("openpyxl", reason="reading workbooks needs openpyxl (extra `dev`)")
pytest.importorskip("icalendar", reason="letters need the extra `letters`")

SIGNS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "|", "%", "＝", "＋", "－", "＠")
RUN = 'cmd|" /C calc"!A0'
REPORT = "Session,Registration ID,Email,Minutes\n"


def hostile(field: str, sign: str) -> str:
    return f"{sign}{RUN}{field}"


def defused_cell(text: str) -> str:
    """What defusedcsv writes for a cell, read back."""
    written = io.StringIO()
    defused.writer(written).writerow([text])
    return next(csv.reader(io.StringIO(written.getvalue(), newline="")))[0]


def life(folder: Path) -> Outcome:
    """A call in which every answer begins with what a spreadsheet runs, from the selection to the letters."""
    people = [
        {
            "id": hostile("id", sign),
            "name": hostile("name", sign),
            "email": f"a{number}@example.org",
            "language": "en",
            "residence": hostile("residence", sign),
            "role": hostile("role", sign),
            "points": str(90 - number),
        }
        for number, sign in enumerate(SIGNS)
    ]
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(people[0]))
        table.writeheader()
        table.writerows(people)
    (folder / "programme.toml").write_text(PROGRAMME, encoding="utf-8")
    policy = {
        **POLICY,
        "title": hostile("title", "="),
        "eligible": [{"name": hostile("rule", "="), "where": {"points": {"min": 0}}}],
        "points": [{"name": hostile("criterion", "@"), "field": "points", "per": 1}],
        "cap": [{"name": hostile("cap", "+"), "per": "role", "seats": 1}],
    }
    outcome = select(read_applicants(folder / "people.csv"), policy)
    write(outcome, folder / "results")
    outcome.to_excel(folder / "results" / "shortlist.xlsx")
    edition = Edition.open(folder / "results", folder / "programme.toml")
    post(edition)
    report = folder / "report.csv"
    report.write_text(f"{REPORT}1,=unknown,,60\n1,,a0@example.org,60\n1,,=b@example.org,60\n", encoding="utf-8")
    write_attendance(attend(edition, [report]), [report])
    return outcome


def cells(path: Path) -> list[Any]:
    if path.suffix == ".xlsx":
        return [cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row]
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def test_no_table_of_a_whole_life_holds_a_formula(tmp_path: Path) -> None:
    life(tmp_path)
    publish(tmp_path / "results", tmp_path / "public", "a long secret sentence", tmp_path / "codes.csv", force=False)
    tables = [path for path in tmp_path.rglob("*") if path.suffix in (".csv", ".xlsx")]
    tables = [path for path in tables if path.name not in ("people.csv", "report.csv")]
    names = {path.name for path in tables}
    assert {
        "decisions.csv",
        "shortlist.xlsx",
        "mail_merge.csv",
        "attendance.csv",
        "unmatched.csv",
        "codes.csv",
    } <= names
    for path in tables:
        for cell in cells(path):
            if path.suffix == ".xlsx":
                assert cell.data_type != "f", (path.name, cell.coordinate)
            else:
                assert cell == sheets.harmless(cell), (path.name, cell)
                assert cell.replace("\\|", "|") == defused_cell(cell).replace("\\|", "|"), (path.name, cell)


def test_a_hostile_id_is_known_again_when_letters_are_written_again(tmp_path: Path) -> None:
    life(tmp_path)
    again = post(Edition.open(tmp_path / "results", tmp_path / "programme.toml"), force=True)
    assert again.new == 0


@given(st.text(max_size=8) | st.builds("".join, st.lists(st.sampled_from([*"=+-@|%\t\r\n＝.,019a ' "]), max_size=6)))
def test_what_defusedcsv_defuses_is_harmless_here_too(text: str) -> None:
    ours = sheets.harmless(text)
    assert defused_cell(ours).replace("\\|", "|") == ours.replace("\\|", "|")
    assert ours in (text, f"'{text}")
    assert sheets.as_read(ours) == text or text.startswith("'")
