"""A folder opened again with its programme and people: the right table, kept on the desk."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edition import PEOPLE, decided, registrations
from selection.editions import DESK, Edition, Person
from selection.editions.zones import zone_of, zones_of
from selection.errors import InputError, NotFoundError, SelectionError

SUMMER, WINTER = datetime(2025, 7, 1, 12, tzinfo=UTC), datetime(2025, 12, 1, 12, tzinfo=UTC)


def test_the_programme_names_the_registrations_and_the_desk_keeps_both(tmp_path: Path) -> None:
    decided(tmp_path)
    told = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    assert told.person("A2").name == "Hélène N’Diaye"
    (tmp_path / "people.csv").unlink()
    (tmp_path / "programme.toml").unlink()
    again = Edition.open(tmp_path / "results")
    assert again.people == told.people
    assert again.programme == told.programme
    assert stat.S_IMODE((tmp_path / "results" / DESK / "people.json").stat().st_mode) == 0o600


def test_nothing_told_is_nothing_known(tmp_path: Path) -> None:
    decided(tmp_path)
    bare = Edition.open(tmp_path / "results")
    assert not bare.people
    assert bare.person("A1") == Person("A1")
    with pytest.raises(NotFoundError, match="--programme"):
        bare.needs_programme()


def test_another_table_is_refused_and_a_corrected_one_taken_when_said_so(tmp_path: Path) -> None:
    decided(tmp_path)
    results, table = tmp_path / "results", tmp_path / "people.csv"
    corrected = tuple((i, n, "amina.new@example.org" if i == "A1" else e, *rest) for i, n, e, *rest in PEOPLE)
    table.write_text(registrations(corrected), encoding="utf-8")
    with pytest.raises(InputError, match="--corrected"):
        Edition.open(results, tmp_path / "programme.toml")
    found = Edition.open(results, tmp_path / "programme.toml", corrected=True)
    assert found.person("A1").email == "amina.new@example.org"
    table.write_text(registrations(PEOPLE[1:]), encoding="utf-8")
    with pytest.raises(InputError, match="lack 1 of the applicants"):
        Edition.open(results, tmp_path / "programme.toml", corrected=True)


def test_a_repr_holds_no_name(tmp_path: Path) -> None:
    decided(tmp_path)
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    assert "Hélène" not in repr(found) + repr(found.person("A2"))


def test_a_damaged_desk_is_a_sentence(tmp_path: Path) -> None:
    decided(tmp_path)
    Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    (tmp_path / "results" / DESK / "people.json").write_text("{}]")
    with pytest.raises(SelectionError, match="cannot be read"):
        Edition.open(tmp_path / "results")


@pytest.mark.parametrize(
    ("person", "zone"),
    [
        (Person("x", country="KEN"), "Africa/Nairobi"),
        (Person("x", country="DEU"), "Europe/Berlin"),  # two zones, one clock
        (Person("x", country="USA"), None),  # several clocks: never guessed
        (Person("x", country="CHN"), None),
        (Person("x", country="USA", timezone="America/Denver"), "America/Denver"),
        (Person("x", country="KEN", timezone="Nairobi"), "Africa/Nairobi"),
        (Person("x"), None),
        (Person("x", country="XKX"), None),
    ],
)
def test_a_zone_is_registered_or_follows_from_a_country_of_one_clock(person: Person, zone: str | None) -> None:
    assert zone_of(person, (SUMMER, WINTER)) == zone


def test_every_country_has_zones_that_exist() -> None:
    from zoneinfo import ZoneInfo

    import pycountry

    without = [c.alpha_3 for c in pycountry.countries if not zones_of(c.alpha_3)]
    assert set(without) <= {"BVT", "HMD"}, "islands without people"
    for country in pycountry.countries:
        for zone in zones_of(country.alpha_3):
            ZoneInfo(zone)


@pytest.mark.parametrize(
    ("said", "speaks"), [("fr", "fr"), ("zh-Hans", "zh"), ("AR_eg", "ar"), ("pt", "es"), ("", "es")]
)
def test_a_language_outside_the_six_is_answered_in_the_programmes(said: str, speaks: str) -> None:
    assert Person("x", language=said).speaks("es") == speaks
