"""Forms: what a form file may say, and how its mistakes are answered."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from selection.errors import FormError
from selection.intake import Form

EXPORTS = Path(__file__).parent / "data" / "exports"
EXAMPLES = Path(__file__).parent.parent / "examples"


def refused(data: Any) -> FormError:
    with pytest.raises(FormError) as caught:
        Form.model_validate(data)
    return caught.value


@pytest.mark.parametrize("path", sorted([*EXPORTS.glob("*.toml"), *EXAMPLES.glob("*/form.toml")]), ids=str)
def test_every_form_we_ship_loads(path: Path) -> None:
    form = Form.load(path)
    assert form.system
    assert Form.model_validate(form.model_dump()) == form


def test_an_empty_form_has_the_defaults() -> None:
    form = Form()
    assert (form.timezone, form.dates, form.duplicates, form.skip_rows, form.fields) == ("UTC", "iso", "latest", 0, {})


@pytest.mark.parametrize(
    ("data", "key", "words"),
    [
        ({"timezon": "UTC"}, "timezon", "'timezone'"),
        ({"timezone": "Europe/Zürich"}, "timezone", "'Europe/Zurich'"),
        ({"dates": "iso8601"}, "dates", "date format"),
        ({"dates": "%d/%q/%Y"}, "dates", "'%q' stands for no part of a date"),
        ({"dates": "%-d/%-m/%Y"}, "dates", "'%-' is not needed: '%d/%m/%Y' reads numbers with and without a zero"),
        ({"dates": "%d/%m/%Y%"}, "dates", "'%' stands for no part of a date"),
        ({"dates": ["iso", "%d/%d/%Y"]}, "dates", "'%d' stands in it twice"),
        ({"dates": "%G-%V"}, "dates", "'%G' stands for no part of a date"),
        ({"duplicates": "last"}, "duplicates", "'latest'"),
        ({"encoding": "utf8x"}, "encoding", "utf-8"),
        ({"encoding": "base64"}, "encoding", "encoding"),
        ({"skip_rows": -1}, "skip_rows", "greater"),
        ({"skip_rows": "two"}, "skip_rows", "two"),
        ({"separator": ", "}, "separator", "at most 1"),
        ({"complete": {"columns": "a"}}, "complete.columns", "'column'"),
        ({"complete": "a"}, "complete", "a table"),
        ({"fields": {"id": {"colum": "id"}}}, "fields.id.colum", "'column'"),
        ({"fields": {"id": {}}}, "fields.id", "column"),
        ({"fields": {"id": "id"}}, "fields.id", "a table"),
        ({"fields": {"id": {"column": ""}}}, "fields.id.column", "empty"),
        ({"fields": {"id": {"column": 3}}}, "fields.id.column", "text in quotes"),
        ({"fields": {"x": {"column": "a", "type": "numbr"}}}, "fields.x.type", "'number'"),
        ({"fields": {"x": {"column": "a", "options": {"b": "c"}}}}, "fields.x", "exclude"),
        ({"fields": {"x": {"column": "a", "codes": "alpha-2"}}}, "", "country field"),
        ({"fields": {"country": {"column": "a", "codes": "alpha2"}}}, "fields.country.codes", "'alpha-2'"),
        ({"fields": {"country": {"column": "a", "type": "number"}}}, "", "type of its own"),
        ({"fields": {"name": {"column": "a", "prefix": "X-"}}}, "", "fields.id"),
        ({"fields": {"role": {"column": "a", "split": ";"}}}, "", "sector"),
        ({"fields": {"organisation": {"column": "a", "type": "number"}}}, "", "type of its own"),
        ({"fields": {"x": {"column": "a", "decimal": ","}}}, "fields.x", "number"),
        ({"fields": {"x": {"column": "a", "yes": ["Y"]}}}, "fields.x", "options"),
        ({"fields": {"x": {"column": "a", "values": {"a": ["b"]}}}}, "fields.x.values.a", "text in quotes"),
        ([], "", "a table"),
    ],
)
def test_a_mistake_is_answered_with_its_key_and_the_right_word(data: Any, key: str, words: str) -> None:
    error = refused(data)
    assert error.code == "bad_form"
    assert error.facts["key"] == key
    assert words in error.sentence
    assert "pydantic" not in error.sentence


def test_all_mistakes_are_said_at_once() -> None:
    error = refused({"timezon": "UTC", "dates": "never"})
    assert len(error.facts["mistakes"]) == 2


def test_numbers_without_quotes_are_words_too() -> None:
    form = Form.model_validate(
        {"complete": {"column": "c", "values": [2]}, "fields": {"x": {"column": "x", "values": {"1": 3}}}}
    )
    assert form.complete is not None
    assert form.complete.values == ("2",)
    assert form.fields["x"].values == {"1": "3"}


def test_a_file_that_is_not_there_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "form.toml").write_text("")
    with pytest.raises(FormError, match=r"'form\.toml'"):
        Form.load(tmp_path / "from.toml")


@pytest.mark.parametrize("text", [b"a = ", b"\xff\xfe", b"a = " + b"[" * 5000])
def test_a_file_that_is_no_toml(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "form.toml"
    path.write_bytes(text)
    with pytest.raises(FormError, match="not valid TOML"):
        Form.load(path)


def test_the_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text('timezone = "Mars"\n')
    with pytest.raises(FormError, match=r"form\.toml: timezone: ") as caught:
        Form.load(path)
    assert caught.value.facts["file"] == str(path)


def test_a_folder_is_not_a_form(tmp_path: Path) -> None:
    with pytest.raises(FormError):
        Form.load(tmp_path)


def test_the_json_schema_names_every_key() -> None:
    schema = Form.json_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(schema["properties"]) == set(Form.model_fields)
    assert schema["additionalProperties"] is False


def test_the_form_in_the_example_reads_as_toml() -> None:
    data = tomllib.loads((EXAMPLES / "pretix" / "form.toml").read_text(encoding="utf-8"))
    assert Form.model_validate(data).fields["country"].occurrence == 1


def test_a_form_kept_as_text_reads_like_a_file_and_says_where_it_is_wrong(tmp_path: Path) -> None:
    text = '[fields.role]\ncolumn = "ROLE"\n'
    (tmp_path / "f.toml").write_text(text, encoding="utf-8")
    assert Form.parse(text) == Form.load(tmp_path / "f.toml")
    with pytest.raises(FormError, match=r"the form of this event: fields\.role\.colum.*Did you mean 'column'"):
        Form.parse('[fields.role]\ncolum = "ROLE"', "the form of this event")
    with pytest.raises(FormError, match=r"^form: this is not valid TOML"):
        Form.parse("fields =")
