"""The workbook holds what the lists hold, and no cell of it is a formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from selection import SelectionError, select

ROWS = [
    {"id": "=1+1", "score": 3, "team": "+cmd|' /C calc'!A0"},
    {"id": "@x", "score": "2.5", "team": "-2+3"},
    {"id": "plain", "score": 1, "team": None},
]
POLICY = {
    "title": "=HYPERLINK('x')",
    "capacity": 1,
    "waitlist": 1,
    "points": [{"name": "score", "field": "score", "per": 1}],
    "cap": [{"name": "team", "per": "team", "seats": 1, "missing": "no"}],
}


def test_every_text_is_text_and_every_list_is_whole(tmp_path: Path) -> None:
    outcome = select(ROWS, POLICY, seed="s")
    book = openpyxl.load_workbook(outcome.to_excel(tmp_path / "outcome.xlsx"))
    assert book.sheetnames == ["Shortlist", "Waiting list", "Decisions", "Problems", "Policy", "Counts"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    decisions = [[cell.value for cell in row] for row in book["Decisions"].iter_rows(min_row=2)]
    assert [row[0] for row in decisions] == ["=1+1", "@x", "plain"]
    assert [row[4] for row in decisions] == [3, 2.5, 1]
    assert book["Shortlist"].max_row == 2


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="cannot be written"):
        select(ROWS, POLICY, seed="s").to_excel(tmp_path / "nowhere" / "outcome.xlsx")
