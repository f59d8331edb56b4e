"""The officer's loop: see how country texts were understood, fill in the open ones, run again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from selection import Form, SelectionError, country, read_applicants
from selection.cli.app import app
from selection.countries import OwnNames
from selection.dossier.review import write_review
from selection.intake.spellings import spellings, spellings_frame

ROWS = ["Kenya", "Kenia", "Atlantis Republic", "Lagos, Nigeria", "Congo", "Congo", "", "=Peru", "Keny"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "registrations.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "Country of work"], *([f"a{i}", text] for i, text in enumerate(ROWS))])
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def test_each_text_once_with_its_rows_those_that_need_a_word_first(table: Path) -> None:
    found = spellings(table, "Country of work")
    assert sum(one.rows for one in found) == sum(map(bool, ROWS))
    assert [one.text for one in found][:3] == ["Congo", "Atlantis Republic", "Keny"]
    by_text = {one.text: one for one in found}
    assert by_text["Congo"].first_rows == (6, 7)
    assert by_text["Congo"].open
    assert by_text["Lagos, Nigeria"].flagged
    assert by_text["Kenia"].resolution == country("Kenia")
    order = [(one.open, one.flagged) for one in found]
    assert order == sorted(order, reverse=True)


def test_the_frame_has_a_row_for_each_text(table: Path) -> None:
    frame = spellings_frame(spellings(table, "Country of work")).set_index("text")
    assert frame.loc["Congo", "suggestion"] == "COG COD"
    assert frame.loc["Kenya", "code"] == "KEN"
    assert frame.loc["Keny", "code"] is None or frame["code"].isna()["Keny"]


def test_without_a_heading_the_country_fields_of_the_form_are_read(table: Path) -> None:
    form = Form.model_validate({"fields": {"id": {"column": "id"}, "country": {"column": "Country of work"}}})
    assert spellings(table, None, form) == spellings(table, "Country of work")
    with pytest.raises(SelectionError, match="no column that is known to hold countries"):
        spellings(table)
    with pytest.raises(SelectionError, match="csv has no column 'Country of wrok'"):
        spellings(table, "Country of wrok")


def test_the_loop_from_open_texts_to_codes(table: Path, tmp_path: Path) -> None:
    review, again = tmp_path / "open.csv", ("countries", str(table), "--column", "Country of work")
    shown = run(*again, "--review", str(review))
    assert "3 open texts are in" in shown
    rows = rows_of(review)
    assert {row["text"] for row in rows} == {"Atlantis Republic", "Congo", "Keny"}
    assert not any(row["code"] for row in rows)

    filled = [{**row, "code": {"Congo": "cod", "Keny": "KEN"}.get(row["text"], "")} for row in rows]
    with review.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(filled)
    answer = json.loads(run(*again, "--names", str(review), "--json"))
    assert answer["counts"]["open"] == {"texts": 1, "rows": 1}
    assert {s["code"] for s in answer["spellings"] if s["text"] == "Congo"} == {"COD"}

    form = {
        "countries": {"names": str(review)},
        "fields": {"id": {"column": "id"}, "country": {"column": "Country of work"}},
    }
    intake = read_applicants(table, form=form)
    problems = intake.problems
    assert problems.loc[problems["code"] == "country_own_name", "row"].tolist() == [6, 7, 10]
    assert "open.csv" in problems.loc[problems["code"] == "country_own_name", "sentence"].iloc[0]
    assert intake.pool.columns["country"].at(4) == "COD"


def test_a_filled_table_is_not_lost_when_it_is_written_again(table: Path, tmp_path: Path) -> None:
    review = tmp_path / "open.csv"
    review.write_text("text,code\nCongo,COG\nElsewhere,FRA\nKeny,\n", encoding="utf-8")
    assert write_review(spellings(table, "Country of work"), review) == 2
    assert OwnNames.answers(review) == {"Congo": "COG", "Elsewhere": "FRA"}
    texts = [row["text"] for row in rows_of(review)]
    assert texts == ["Congo", "Elsewhere", "Atlantis Republic", "Keny"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,code\nCongo,COX\n", "row 2.*'COX' is not an ISO 3166-1 code.*Did you mean"),
        ("text,code\nCongo,COG\ncongo,COD\n", "row 3.*given the codes COG and COD"),
        ("text,country\nCongo,COG\n", "columns text and code; code is missing"),
        ("", "text and code is missing"),
        ("text;code\nCongo;COG\n;FRA\n", "row 3.*no text"),
    ],
)
def test_mistakes_in_the_table_of_names_are_named_by_row(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SelectionError, match=said):
        OwnNames.read(path)
    with pytest.raises(SelectionError, match="name"):
        OwnNames.read(tmp_path / "nmaes.csv")


def test_the_form_says_which_answers_are_taken_by_themselves(table: Path) -> None:
    fields = {"id": {"column": "id"}, "country": {"column": "Country of work"}}

    def read(**countries: Any) -> tuple[Any, set[str]]:
        intake = read_applicants(table, form={"countries": countries, "fields": fields})
        return intake.pool.columns["country"].at(3), set(intake.problems["code"])

    assert read()[0] == "NGA"
    code, problems = read(accept=["exact", "alias"])
    assert code is None
    assert "country_contained" in problems
    with pytest.raises(SelectionError, match=r"'contaned' is not one of .*Did you mean 'contained'"):
        read(accept=["contaned"])


def test_names_in_the_form_itself(table: Path) -> None:
    fields = {"id": {"column": "id"}, "country": {"column": "Country of work"}}
    form = {"countries": {"aliases": {"atlantis  REPUBLIC": "GRC"}}, "fields": fields}
    intake = read_applicants(table, form=form)
    assert intake.pool.columns["country"].at(2) == "GRC"
    with pytest.raises(SelectionError, match="XYZ"):
        Form.model_validate({"countries": {"aliases": {"a": "XYZ"}}})


def test_facts_of_a_country_on_a_day() -> None:
    shown = run("facts", "KEN", "--on", "2025-09-01")
    assert "LMC" in shown
    assert "FY2026" in shown
    held = json.loads(run("facts", "et", "--on", "2025-09-01", "--json"))
    assert (held["code"], held["income_status"], held["carried_group"]) == ("ETH", "unclassified", "LIC")
    ended = CliRunner().invoke(app, ["facts", "KEN", "--on", "2027-07-01"])
    assert ended.exit_code == 1
    assert "Income groups end with FY2027" in ended.output
    unknown = CliRunner().invoke(app, ["facts", "Quenya"])
    assert unknown.exit_code == 1
    assert "not a known country name" in unknown.output
