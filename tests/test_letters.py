"""Letters, calendars and messages: who gets one, what is in them, the same bytes when made again."""

from __future__ import annotations

import csv
import email
import email.policy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edition import PEOPLE, decided
from selection.editions import Edition
from selection.errors import InputError, NotFoundError, OutputError
from selection.letters import Writer, post
from selection.letters.writing import file_name
from selection.programme import LANGUAGES
from selection.replacement import offers

icalendar = pytest.importorskip("icalendar", reason="letters need the extra `letters`")


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    decided(tmp_path)
    return Edition.open(tmp_path / "results", tmp_path / "programme.toml")


def merged(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "mail_merge.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def message(path: Path) -> email.message.EmailMessage:
    found = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    return found


def test_everybody_selected_waitlisted_or_declined_gets_one_letter(edition: Edition) -> None:
    made = post(edition)
    counts = edition.outcome.counts
    assert dict(made.letters) == {status: counts[status] for status in ("selected", "waitlisted", "declined")}
    rows = merged(made.folder)
    assert len(rows) == sum(made.letters.values()) == len(list(made.folder.glob("*/*.html")))
    assert all((made.folder / row["letter"]).is_file() for row in rows.values())
    assert "A11" not in rows
    assert post(edition, statuses=["ineligible"], force=True).letters == {"ineligible": 1}


def test_letters_are_in_each_ones_language_with_the_explanation_and_the_right_direction(edition: Edition) -> None:
    made = post(edition)
    rows = merged(made.folder)
    assert [rows[one]["language"] for one in ("A1", "A2", "A3", "A4", "A5", "A6", "A7")] == [
        "en", "fr", "ar", "ru", "zh", "es", "en",
    ]  # fmt: skip
    html = {one: (made.folder / row["letter"]).read_text(encoding="utf-8") for one, row in rows.items()}
    assert '<html lang="ar" dir="rtl">' in html["A3"]
    assert '<html lang="fr" dir="ltr">' in html["A2"]
    assert "Bonjour Hélène N’Diaye," in html["A2"]
    assert str(edition.outcome.explain("A1")) in html["A1"]
    assert str(edition.outcome.explain("A9")).split(".")[0] in html["A9"]
    everything = post(edition, language="es", force=True)
    assert dict(everything.languages) == {"es": sum(made.letters.values())}


def test_what_applicants_wrote_is_never_markup_or_a_formula(edition: Edition) -> None:
    made = post(edition)
    rows = merged(made.folder)
    letter = (made.folder / rows["A6"]["letter"]).read_text(encoding="utf-8")
    assert "<b>Núñez" not in letter
    assert "&lt;b&gt;Núñez" in letter
    assert rows["A7"]["name"] == "'=HYPERLINK(1)"


def test_a_message_says_the_same_in_text_and_html_and_brings_the_calendar(edition: Edition) -> None:
    folder = post(edition).folder
    found = message(folder / "mail" / "A2.eml")
    assert found["To"].addresses[0].addr_spec == "helene@example.org"
    assert found["To"].addresses[0].display_name == "Hélène N’Diaye"
    assert found["From"].addresses[0].addr_spec == "office@example.org"
    assert found["Subject"] == merged(folder)["A2"]["subject"]
    text, html = found.get_body(("plain",)), found.get_body(("html",))
    assert text is not None
    assert html is not None
    explanation = merged(folder)["A2"]["explanation"]
    assert explanation in text.get_content()
    (attached,) = found.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_content().encode() == (folder / "calendars" / "A2.ics").read_bytes()
    assert not list(message(folder / "mail" / "A10.eml").iter_attachments()), "declined: no calendar"


def test_without_an_address_there_is_no_message_and_it_is_said(edition: Edition) -> None:
    made = post(edition)
    assert set(made.without_address) == {"A8", "A9"}
    assert merged(made.folder)["A8"]["mail"] == ""


def test_calendars_hold_the_moments_of_all_sessions_by_each_ones_clock(edition: Edition) -> None:
    folder = post(edition).folder
    moments = [datetime(2025, 9, 9, 12, tzinfo=UTC), datetime(2025, 10, 28, 13, tzinfo=UTC)]
    zones = {"A1": "Africa/Nairobi", "A3": "Africa/Cairo", "A6": "America/Lima"}
    assert {path.stem for path in (folder / "calendars").iterdir()} == {"A1", "A2", "A3", "A4", "A5", "A6"}
    for one, zone in zones.items():
        calendar = icalendar.Calendar.from_ical((folder / "calendars" / f"{one}.ics").read_bytes())
        events = calendar.walk("VEVENT")
        assert [event["DTSTART"].dt.astimezone(UTC) for event in events] == moments
        assert (folder / "calendars" / f"{one}.ics").read_text().count(f"DTSTART;TZID={zone}:") == 2
        assert {zone} == {str(part["TZID"]) for part in calendar.walk("VTIMEZONE")}
        assert [str(event["URL"]) for event in events] == [
            "https://meet.example.org/1?a=b&c=d",
            "https://meet.example.org/2",
        ]
    clocks = (folder / "selected" / "A6.html").read_text(encoding="utf-8")
    assert "07:00–08:00" in clocks
    assert "08:00–09:30" in clocks


def test_a_calendar_keeps_its_events_when_the_programme_moves(edition: Edition, tmp_path: Path) -> None:
    def events(folder: Path) -> list[icalendar.Event]:
        return list(icalendar.Calendar.from_ical((folder / "calendars" / "A1.ics").read_bytes()).walk("VEVENT"))

    before = events(post(edition, tmp_path / "one").folder)
    assert {event["DTSTAMP"].dt for event in before} == {datetime(2025, 9, 1, tzinfo=UTC)}, "the day it was issued"
    assert len({str(event["UID"]) for event in before}) == 2
    programme = (tmp_path / "programme.toml").read_text(encoding="utf-8").replace("14:00:00", "15:00:00")
    (tmp_path / "programme.toml").write_text(programme, encoding="utf-8")
    after = events(post(Edition.open(tmp_path / "results", tmp_path / "programme.toml"), tmp_path / "two").folder)
    assert [event["UID"] for event in after] == [event["UID"] for event in before]
    assert [(late["DTSTART"].dt - soon["DTSTART"].dt).seconds for late, soon in zip(after, before, strict=True)] == [
        3600,
        3600,
    ]


def test_names_in_every_script_come_back_from_messages(edition: Edition) -> None:
    folder = post(edition).folder
    for one, name, address, *_ in PEOPLE[:6]:
        (to,) = message(folder / "mail" / f"{one}.eml")["To"].addresses
        assert (to.display_name, to.addr_spec) == (name, address)
        assert (folder / "mail" / f"{one}.eml").read_bytes().isascii()


def test_the_same_letters_give_the_same_bytes(edition: Edition, tmp_path: Path) -> None:
    one, two = post(edition, tmp_path / "one").folder, post(edition, tmp_path / "two").folder
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    for path in files:
        assert (one / path).read_bytes() == (two / path).read_bytes(), path


def test_after_a_round_letters_go_to_those_who_remain_and_the_new_ones_are_marked(edition: Edition) -> None:
    from datetime import UTC, datetime

    post(edition)
    answer = edition.outcome.replace(["A1"])
    offers.append(edition.folder, [offers.answered([], answer.round, datetime(2025, 9, 2, tzinfo=UTC))])
    later = Edition.open(edition.folder)
    with pytest.raises(OutputError, match="--force"):
        post(later)
    made = post(later, force=True)
    rows = merged(made.folder)
    assert "A1" not in rows
    assert rows["A7"]["status"] == "selected"
    assert {one for one, row in rows.items() if row["new"] == "yes"} == {"A7", *(
        one for one, row in rows.items() if row["status"] == "waitlisted" and one not in ("A8",)
    )}  # fmt: skip
    assert made.new == sum(row["new"] == "yes" for row in rows.values())


def test_own_templates_can_print_and_nothing_else(edition: Edition, tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    with pytest.raises(NotFoundError, match=r"letter\.html\.jinja"):
        post(edition, tmp_path / "x", templates=own)
    (own / "letter.html.jinja").write_text("{{ salutation }} {{ explanation }}")
    made = post(edition, tmp_path / "own", templates=own)
    assert (
        (made.folder / "selected" / "A1.html").read_text().startswith("Dear Amina O&#39;Hara, You have been selected.")
    )
    for evil in (
        "{{ ''.__class__.__mro__ }}",
        "{{ nothing }}",
        "{% include '/etc/passwd' %}",
        "{{ sessions.append(1) }}",
        "{% for",
    ):
        (own / "letter.html.jinja").write_text(evil)
        with pytest.raises(InputError, match="cannot be used"):
            post(edition, tmp_path / "evil", templates=own)
        assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language: str) -> None:
    from selection.explanations.catalogues import wording

    def shape(table: object) -> object:
        return {key: shape(value) for key, value in table.items()} if isinstance(table, dict) else sorted(braces(table))

    def braces(text: object) -> list[str]:
        import string

        return [name for _, name, _, _ in string.Formatter().parse(str(text)) if name]

    for kind in ("letters", "certificates"):
        assert shape(dict(wording(kind, language))) == shape(dict(wording(kind, "en")))


@pytest.mark.parametrize("one", ["../../x", "a/b", "..", ".", "CON:1", "é" * 80, " ", "a\nb", "ok-1"])
def test_ids_are_data_also_as_file_names(one: str) -> None:
    name = file_name(one)
    assert not {"/", "\\", ":", "\n"} & set(name)
    assert not name.startswith(".")
    assert 0 < len(name) <= 120
    assert name == name.strip()


def test_file_names_of_different_ids_differ() -> None:
    ids = ["a", "a b", "a%20b", "a/b", "a%2Fb", "..", "%2E.", "é" * 80, "é" * 81, " ", "  "]
    assert len({file_name(one) for one in ids}) == len(ids)


def test_an_unknown_status_is_answered(edition: Edition) -> None:
    with pytest.raises(InputError, match="Did you mean 'selected'"):
        post(edition, statuses=["selectd"])


def test_letters_can_be_written_without_names(tmp_path: Path) -> None:
    decided(tmp_path)
    text = (tmp_path / "programme.toml").read_text().replace('registrations = "people.csv"\n', "")
    (tmp_path / "programme.toml").write_text(text)
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    letter = Writer(found).letter("A2", "selected")
    assert letter.text.count("Dear applicant,") == 1
    assert len(post(found).without_address) == len(PEOPLE) - 1
