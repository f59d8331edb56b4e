"""Exports of the same systems in other layouts, languages and states: recognised, read, and every row accounted for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from exports import EXPORTS
from selection import Form, Intake, read_applicants
from selection.errors import SelectionError
from selection.suggestions import suggest
from selection.vocabulary import COUNTRY_FIELDS

FOLDER = EXPORTS / "hostile"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
SECTORS = {"pharmaceutical", "biopharmaceutical", "vaccine"}


def test_every_file_is_expected() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*EXPECTED, "expected.toml", "README.md"}


def held(intake: Intake, *names: str) -> set[Any]:
    """All values of some fields."""
    columns = [intake.pool.columns[name] for name in names if name in intake.pool.columns]
    return {column.at(place) for column in columns for place in range(len(intake.pool))} - {None}


def adds_up(intake: Intake) -> None:
    assert sum(number for name, number in intake.counts.items() if name != "rows") == intake.counts["rows"]
    assert len(intake.problems) == len(intake.findings)
    assert len(intake.changes) == sum(1 for one in intake.findings if one.action == "changed")
    assert intake.report.text()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_suggested_form_names_the_system_and_reads_the_file(name: str, tmp_path: Path) -> None:
    known = EXPECTED[name]
    suggestion = suggest(FOLDER / name)
    assert (suggestion.system or "") == known["system"]
    (tmp_path / "form.toml").write_text(suggestion.text, encoding="utf-8")
    intake = read_applicants(FOLDER / name, form=Form.load(tmp_path / "form.toml"))
    adds_up(intake)
    assert intake.counts["applicants"] == known["applicants"]
    assert intake.counts["incomplete_submissions"] == known.get("incomplete", intake.counts["incomplete_submissions"])
    assert set(known.get("countries", ())) <= held(intake, *COUNTRY_FIELDS)
    if known.get("times"):
        assert (intake.pool.columns["submitted_at"].codes >= 0).all()
    if known.get("sectors"):
        found = {word for several in held(intake, "sector") for word in several}
        assert found
        assert found <= SECTORS


@pytest.mark.parametrize("name", sorted(name for name, known in EXPECTED.items() if known["system"]))
def test_the_shipped_form_reads_the_file_or_says_what_it_needs(name: str) -> None:
    known = EXPECTED[name]
    try:
        intake = read_applicants(FOLDER / name, form=known["system"].removesuffix(" registration"))
    except SelectionError as error:
        needed = error.code
    else:
        needed = None
    if needed is not None:
        assert needed in ("column_not_found", "doubled_heading", "preamble")
        return
    adds_up(intake)
    assert intake.counts["applicants"] == known["applicants"]
    times = intake.pool.columns.get("submitted_at")
    unread = int((times.codes < 0).sum()) if times is not None else 0
    assert unread <= sum(1 for one in intake.findings if one.code in ("unreadable_time", "duplicate"))
