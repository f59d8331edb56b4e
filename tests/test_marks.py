"""An officer's round trip: a list goes out, comes back with marks, and the withdrawals are answered by the rules."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import openpyxl
import pytest

import selection
from selection import SelectionError, dossier
from selection.replacement import Round, offers, replay

PEOPLE = [
    {"id": one, "years": 9 - n, "country": land, "team": "=A1"}
    for n, (one, land) in enumerate(
        [("=a", "KEN"), ("b", "KEN"), ("c", "PER"), ("d", "KEN"), ("e", "PER"), ("f", "IND")]
    )
]
RULES = {
    "capacity": 3,
    "waitlist": 3,
    "points": [{"name": "Experience", "field": "years", "per": 1}],
    "cap": [{"name": "Any one country", "per": "country", "seats": 2}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people = [*PEOPLE, {"id": "g", "years": None, "country": "IND", "team": "x"}]
    return selection.select(people, RULES, seed="s").write(tmp_path / "results")


def run(*arguments: str) -> tuple[int, str]:
    from selection.cli import main

    out = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setattr(sys, "argv", ["selection", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), out.getvalue()


def marked(path: Path, sheet: str, marks: dict[str, str]) -> None:
    """Write marks into the workbook as an officer does."""
    book = openpyxl.load_workbook(path)
    for row in book[sheet].iter_rows(min_row=2):
        row[1].value = marks.get(str(row[0].value), row[1].value)
    book.save(path)


def test_a_workbook_comes_back_with_withdrawals(folder: Path, tmp_path: Path) -> None:
    assert run("workbook", str(folder), "--out", str(tmp_path / "list.xlsx"))[0] == 0
    marked(tmp_path / "list.xlsx", "Shortlist", {"=a": "Withdrawn "})
    code, said = run("replace", str(folder), "--file", str(tmp_path / "list.xlsx"), "--json")
    assert code == 0
    made = json.loads(said)
    assert made["withdrawn"] == ["=a"]
    assert made["admitted"] == ["d"] == list(dossier.read(folder).replace(["=a"]).admitted)
    assert "pinned" not in made


def test_the_same_list_is_marked_on_and_given_back_again(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    dossier.read(folder).to_excel(path)
    marked(path, "Shortlist", {"=a": "withdrawn"})
    run("replace", str(folder), "--file", str(path))
    assert run("replace", str(folder), "--file", str(path))[0] == 1
    marked(path, "Shortlist", {"c": "withdrawn"})
    marked(path, "Waiting list", {"f": "pinned"})
    code, said = run("replace", str(folder), "--file", str(path), "--json")
    assert code == 0
    made = json.loads(said)
    assert (made["withdrawn"], made["pinned"], made["admitted"]) == (["c"], ["f"], ["f"])
    again = replay(dossier.read(folder), offers.rounds(offers.read(folder)))
    assert again.shortlist["id"].tolist() == ["b", "d", "f"]
    without = dossier.read(folder).replace(["=a"]).replace(["c"])
    assert without.admitted == ("e",)


def test_a_csv_file_comes_back_with_marks(folder: Path, tmp_path: Path) -> None:
    with (folder / "shortlist.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["id"] == "'=a"
    for row in rows:
        row["Mark"] = "withdraw" if row["id"] == "'=a" else ""
    with (tmp_path / "marked.csv").open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    marks = dossier.read_marks(tmp_path / "marked.csv", dossier.read(folder))
    assert marks == dossier.Marks(("=a",), ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,marke\nb,x\n", 'no columns "id" and "mark"'),
        ("id,mark\nb,withdrwn\n", "Did you mean 'withdrawn'"),
        ("id,mark\nbb,withdrawn\n", "no applicant 'bb'"),
        ("id,mark\nb,pinned\nb,withdrawn\n", "both withdrawn and pinned"),
    ],
)
def test_what_cannot_be_meant_is_said(folder: Path, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "marked.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SelectionError, match=words):
        dossier.read_marks(tmp_path / "marked.csv", dossier.read(folder))


def test_pins_hold_seats_under_either_lock_and_are_part_of_the_record(folder: Path) -> None:
    outcome = dossier.read(folder)
    made = outcome.replace(["=a"], pinned=["f"])
    assert made.admitted == ("f",)
    assert Round.from_dict(json.loads(json.dumps(made.round.to_dict()))) == made.round
    anew = outcome.replace(["=a"], "none", pinned=["f"])
    assert anew.shortlist["id"].tolist() == ["b", "c", "f"]
    later = anew.replace(["b"], "none")
    assert "f" in later.shortlist["id"].tolist()


def test_a_pin_without_a_seat_is_refused(folder: Path) -> None:
    outcome = dossier.read(folder)
    with pytest.raises(SelectionError, match="no seat left for the pinned"):
        outcome.replace([], pinned=["f"])
    with pytest.raises(SelectionError, match="exceed the cap"):
        outcome.replace(["c"], pinned=["d"])
    with pytest.raises(SelectionError, match="was not ranked"):
        outcome.replace(["c"], pinned=["g"])
    with pytest.raises(SelectionError, match="both withdraw and be pinned"):
        outcome.replace(["c"], pinned=["c"])


def test_the_workbook_offers_marks_and_holds_no_formula(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(dossier.read(folder).to_excel(tmp_path / "list.xlsx"))
    sheet = book["Shortlist"]
    assert [cell.value for cell in sheet[1]][:3] == ["id", "mark", "status"]
    (offered,) = sheet.data_validations.dataValidation
    assert offered.formula1 == '"withdrawn,pinned"'
    assert str(offered.sqref) == "B2:B4"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(4, sheet.max_column).coordinate}"
    assert sheet.column_dimensions["A"].width > 3
    assert not [c.coordinate for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
