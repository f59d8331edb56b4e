"""Programme files: read, checked with the nearest right word, sessions as moments in time."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from selection.errors import ProgrammeError
from selection.programme import LANGUAGES, Programme

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "cgmp_2025" / "programme.toml"
SESSION = {"topic": "Data integrity", "date": "2025-09-23", "time": "14:00"}


def test_the_example_is_the_sixth_edition_twice_a_week() -> None:
    programme = Programme.load(EXAMPLE)
    days = [session.date for session in programme.session]
    assert days[0] == date(2025, 9, 9)
    assert days[-1] == programme.last_day == date(2025, 10, 2)
    assert [day.strftime("%a") for day in days] == ["Tue", "Thu"] * 4
    assert {later - earlier for earlier, later in zip(days[::2], days[2::2], strict=False)} == {timedelta(7)}
    assert programme.begins(programme.session[0]).astimezone(UTC) == datetime(2025, 9, 9, 12, tzinfo=UTC)
    for language in LANGUAGES:
        assert len(programme.wording(language).topics) == 8


def test_the_schema_at_the_root_is_fresh_and_takes_the_example() -> None:
    schema = json.loads((ROOT / "programme.schema.json").read_text(encoding="utf-8"))
    assert schema == Programme.json_schema(), "remake it: selection schema programme --out programme.schema.json"
    table = json.loads(json.dumps(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")), default=str))
    jsonschema.Draft202012Validator(schema).validate(table)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**table, "titel": "x"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"titel": "x"}, "Did you mean 'title'?"),
        ({"session": []}, "this is empty"),
        ({"session": [{**SESSION, "linc": "x"}]}, "[[session]] number 1 key `linc`: there is no key `linc` here. Did"),
        ({"session": [{**SESSION, "date": "9 September"}]}, "is not a day"),
        ({"session": [{**SESSION, "time": "25:00"}]}, "is not a time of day"),
        ({"session": [{**SESSION, "timezone": "Europe/Zurch"}]}, "Did you mean 'Europe/Zurich'?"),
        ({"session": [{**SESSION, "link": "javascript:alert(1)"}]}, "is not a link"),
        ({"session": [{**SESSION, "minutes": 0}]}, "minutes"),
        ({"timezone": "Europe/Zurich", "session": [{**SESSION, "date": "2025-03-30", "time": "02:30"}]}, "skip"),
        ({"language": "pt"}, "is not one of en, fr, es, ar, ru, zh"),
        ({"completion": [{"name": "a", "where": {"minutes": {"mni": 3}}}]}, "Did you mean 'min'?"),
        ({"completion": [{"name": "a", "where": {"quiz": 1}}] * 2}, "two conditions of completion are called 'a'"),
        ({"translation": {"fr": {"title": "T", "topics": ["a", "b"]}}}, "translation.fr.topics has 2 entries"),
        ({"translation": {"de": {"title": "T"}}}, "is not one of"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(change: dict[str, object], said: str) -> None:
    with pytest.raises(ProgrammeError) as found:
        Programme(**{"title": "Course", "session": [SESSION], **change})
    assert said in str(found.value)
    assert found.value.code == "bad_programme"


def test_files_that_are_not_there_or_no_toml(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text("title = ")
    with pytest.raises(ProgrammeError, match=r"Did you mean 'programme\.toml'"):
        Programme.load(tmp_path / "program.toml")
    with pytest.raises(ProgrammeError, match="is not valid TOML"):
        Programme.load(tmp_path / "programme.toml")
    (tmp_path / "programme.toml").write_text('title = "x"\n')
    with pytest.raises(ProgrammeError, match=r"programme\.toml: key `session`: this key is missing"):
        Programme.load(tmp_path / "programme.toml")


def test_a_session_over_a_change_of_clocks_lasts_as_long_as_it_lasts() -> None:
    night = {**SESSION, "date": "2025-10-26", "time": "01:30", "minutes": 120}
    programme = Programme(title="Night", timezone="Europe/Zurich", session=[night])
    (session,) = programme.session
    assert programme.ends(session).astimezone(UTC) - programme.begins(session).astimezone(UTC) == timedelta(hours=2)
    assert programme.ends(session).hour == 2
