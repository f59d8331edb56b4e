"""The intake report: what was read, mapped, changed and is open; its numbers add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import EXPORTS, variants
from selection import Intake, read_applicants
from selection.errors import SelectionError

EXAMPLE = Path(__file__).parent.parent / "examples" / "cgmp_2025"


def adds_up(intake: Intake) -> None:
    frame = intake.report.frame()
    assert frame[frame.part == "read"].number.sum() == intake.counts["rows"]
    assert frame[frame.part == "changed"].number.sum() == len(intake.changes)
    open_findings = len(intake.problems) - len(intake.changes)
    of_findings = frame[(frame.part == "open") & ~frame.code.isin(
        ["other_word", "organisation_spellings", "organisations_alike", "same_name"])]  # fmt: skip
    assert of_findings.number.sum() == open_findings
    fields = frame[(frame.part == "mapped") & (frame.code == "field")]
    assert set(fields.about) >= set(intake.pool.columns)
    assert (fields.number <= len(intake.pool)).all()


@pytest.mark.parametrize("path", sorted(EXPORTS.glob("*.csv")), ids=lambda p: p.stem)
def test_the_numbers_of_every_sample_add_up(path: Path) -> None:
    adds_up(read_applicants(path, form=path.with_suffix(".toml")))


def test_the_numbers_of_the_example_add_up_and_its_text_says_them() -> None:
    intake = read_applicants(EXAMPLE / "registrations.csv", form=EXAMPLE / "form.toml")
    adds_up(intake)
    text = intake.report.text()
    for words in (
        "registrations.csv: 6,000 rows", "383 incomplete submissions", "employer_country: from 'ctryemp'",
        "Changed", "fullname: 2 x A quotation mark", "'Korea' is ambiguous: KOR", "are spellings of one organisation",
    ):  # fmt: skip
        assert words in text
    assert "@" not in text


def test_repaired_encodings_and_masks_are_changes(tmp_path: Path) -> None:
    path = tmp_path / "forms.csv"
    path.write_bytes(variants()["Microsoft Forms in cp1252"][1].replace(b"Kenya", b"'=Kenya"))
    intake = read_applicants(path, form={"fields": {"name": {"column": "Full name"}, "id": {"column": "ID"}, "x": {
        "column": "Country of your employer"}}})  # fmt: skip
    adds_up(intake)
    assert set(intake.changes["code"]) == {"encoding", "mask_undone"}


def test_words_that_are_none_of_the_vocabulary_are_listed_with_counts_and_the_nearest() -> None:
    rows = [
        {"id": str(n), "role": word}
        for n, word in enumerate(["nra", "ministri of health", "ministri of health", "poet"])
    ]
    lines = [line for line in read_applicants(rows).report.lines if line.code == "other_word"]
    assert [(line.value, line.number) for line in lines] == [("ministri of health", 2), ("poet", 1)]
    assert "'ministry_of_health'" in lines[0].sentence
    assert "nearest" not in lines[1].sentence


CELLS = st.text(max_size=6) | st.sampled_from(["nra", "Bio Farma", "BIO FARMA", "a@b.org", "2025-08-01", "7/2/25"])
NAMES = ("id", "name", "email", "role", "sector", "organisation", "country", "submitted_at")


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.dictionaries(st.sampled_from(NAMES), CELLS), max_size=6))
def test_the_numbers_of_any_records_add_up(rows: list[dict[str, Any]]) -> None:
    try:
        intake = read_applicants(rows)
    except SelectionError:
        return
    adds_up(intake)
    assert intake.report.text().count("\n\n") == 4
