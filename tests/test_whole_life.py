"""The whole life of the example, a tenth of it: what must be true after each step, by counting and by running again."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from selection import dossier, select
from selection.certificates import check
from selection.editions import Edition
from selection.programme import LANGUAGES
from selection.replacement import offers, replay

ROOT = Path(__file__).resolve().parents[1]
for package in ("altair", "jinja2", "icalendar", "typst", "segno", "babel"):
    pytest.importorskip(package, reason="the whole life needs the extras `report`, `letters` and `certificates`")
icalendar = pytest.importorskip("icalendar")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("life") / "out"


@pytest.fixture(scope="module")
def life(out: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "examples" / "cgmp_2025"))
        import whole_life

        lived = whole_life.live(out, every=10)
        for name in ("whole_life", "invented_attendance"):
            sys.modules.pop(name)
        return lived


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def selected(outcome: Any) -> set[str]:
    return set(map(str, outcome.intake.pool.ids[outcome.ranking.order[outcome.choice.selected]].tolist()))


def test_intake_loses_no_row(life: Any) -> None:
    counts = life.intake.counts
    assert counts["rows"] == 600 == sum(n for name, n in counts.items() if name != "rows")


def test_selection_fills_its_seats_and_verifies(life: Any, out: Path) -> None:
    assert life.outcome.counts["selected"] == 210
    assert dossier.verify(out / "results").holds


def test_the_report_is_a_page(life: Any) -> None:
    assert "<html" in life.report.read_text(encoding="utf-8")


def test_each_letter_says_the_decision_and_each_calendar_holds_eight_sessions(life: Any, out: Path) -> None:
    counts = life.outcome.counts
    assert dict(life.letters.letters) == {s: counts[s] for s in ("selected", "waitlisted", "declined") if counts[s]}
    folder = out / "results" / "letters"
    edition = Edition.open(out / "results")
    programme = edition.programme
    assert programme is not None
    moments = [programme.begins(session).astimezone(UTC) for session in programme.session]
    merged = rows(folder / "mail_merge.csv")
    assert {row["status"] for row in merged} <= {"selected", "waitlisted", "declined"}
    assert len(merged) == len({row["id"] for row in merged})
    clocks = set()
    for row in merged[::25]:
        assert row["language"] in LANGUAGES
        assert row["explanation"] == str(edition.outcome.explain(row["id"], row["language"]))
        assert bool(row["calendar"]) == (row["status"] == "selected")
        message = email.message_from_bytes((folder / row["mail"]).read_bytes(), policy=email.policy.default)
        assert message["To"].addresses[0].addr_spec == edition.person(row["id"]).email
        if row["calendar"]:
            events = icalendar.Calendar.from_ical((folder / row["calendar"]).read_bytes()).walk("VEVENT")
            assert [event["DTSTART"].dt.astimezone(UTC) for event in events] == moments
            clocks.add(str(events[0]["DTSTART"].dt.tzinfo))
    assert len(clocks) > 1, "people sit in more than one time zone"


def test_two_rounds_are_exact_recorded_and_answered_by_letters(life: Any, out: Path) -> None:
    results = out / "results"
    first, second = life.rounds
    assert first.withdrawn
    assert second.withdrawn
    start = dossier.read(results)
    after = replay(start, offers.rounds(offers.read(results)))
    gone = {*first.withdrawn, *second.withdrawn}
    assert selected(after) == (selected(start) | {*first.admitted, *second.admitted}) - gone
    assert len(selected(after)) == 210
    letters = {row["id"]: row for row in rows(results / "letters" / "mail_merge.csv")}
    assert not gone & letters.keys()
    new = {one for one, row in letters.items() if row["new"] == "yes" and row["status"] == "selected"}
    assert new == {*first.admitted, *second.admitted} - gone


def test_attendance_is_what_the_reports_say_counted_minute_by_minute(life: Any, out: Path) -> None:
    """A second way: the minutes of each report as a set, matched by address or by the id in the name."""
    edition = life.attended.edition
    by_address = {edition.person(one).email.casefold(): one for one in life.attended.ids}
    counted: dict[str, int] = {}
    for path in sorted((out / "reports").glob("zoom_*.csv")):
        there: dict[str, set[int]] = {}
        for line in path.read_text(encoding="utf-8-sig").splitlines()[4:]:
            name, address, join, leave, *_ = next(csv.reader([line]))
            one = by_address.get(address.casefold()) or name.split(" ")[0]
            begin, end = (datetime.strptime(t, "%b %d, %Y %I:%M:%S %p") for t in (join, leave))
            there.setdefault(one, set()).update(range(int(begin.timestamp() // 60), int(end.timestamp() // 60)))
        for one, minutes in there.items():
            counted[one] = counted.get(one, 0) + len(minutes)
    found = dict(zip(life.attended.ids, life.attended.fields["minutes"], strict=True))
    assert {one: n for one, n in found.items() if n} == {one: n for one, n in counted.items() if one in found}
    assert life.attended.unmatched, "strangers are listed"
    assert set(counted) - set(found) == {"Host", "A"}


def test_completion_is_six_sessions_and_the_quiz(life: Any, out: Path) -> None:
    table = rows(out / "results" / "attendance" / "attendance.csv")
    passed = {r["id"] for r in table if int(r["sessions_attended"]) >= 6 and r["quiz"] and float(r["quiz"]) >= 70}
    assert set(life.attended.completed.ids) == passed
    assert 0 < len(passed) < 210
    for row in rows(out / "results" / "attendance" / "completion.csv"):
        assert (row["status"] == "completed") == (row["id"] in passed)
        assert row["explanation"]


def test_certificates_are_checked_by_hashing_alone(life: Any, out: Path) -> None:
    folder = out / "results" / "certificates"
    done = life.attended.completed.ids
    assert {path.stem for path in (folder / "pdf").iterdir()} == set(done)
    record = json.loads((folder / "certificates.json").read_text(encoding="utf-8"))
    assert len(record["certificates"]) == len(done) == len(life.certificates)
    assert record["record_sha256"] == hashlib.sha256((out / "results" / "record.json").read_bytes()).hexdigest()
    assert not check(folder, "CGMP-00042 | Somebody | Something | 2025-10-02 | 0").holds


def test_the_second_stage_takes_the_best_of_those_who_took_part(life: Any, out: Path) -> None:
    assert dossier.verify(out / "second_stage").holds
    stage = life.second_stage
    assert selected(stage) <= set(life.attended.ids)
    sessions = dict(zip(life.attended.ids, life.attended.fields["sessions_attended"], strict=True))
    assert min(sessions[one] for one in selected(stage)) >= 7
    again = select(life.attended.intake, stage.policy, seed=stage.seed)
    assert selected(again) == selected(stage)


def test_the_next_edition_remembers(life: Any, out: Path) -> None:
    later, trained = life.next_edition, set(life.attended.completed.ids)
    assert dossier.verify(out / "next_edition").holds
    ranked = {str(later.intake.pool.ids[place]): int(later.assessment.tier[place]) for place in later.ranking.order}
    assert {one for one, tier in ranked.items() if tier == 2} == trained & ranked.keys()
    assert not trained & selected(later), "there are enough who have not been trained"
    stayed_away = {one for one, n in zip(life.attended.ids, life.attended.fields["minutes"], strict=True) if not n}
    one = sorted(stayed_away & ranked.keys())[0]
    assert "A seat left empty last time" in later.explain(one).for_officer()


@pytest.mark.usefixtures("life")
def test_nothing_public_holds_a_name_or_an_address(out: Path) -> None:
    people = Edition.open(out / "results").people
    words = {word for person in people.values() for word in (person.email, person.name) if len(word) > 6}
    public = [
        *(out / "results").glob("*.*"),
        *(out / "results" / "attendance").iterdir(),
        out / "results" / "certificates" / "certificates.json",
        *(out / "second_stage").iterdir(),
    ]
    for path in public:
        if path.suffix in (".csv", ".json", ".toml", ".jsonl"):
            text = path.read_text(encoding="utf-8")
            assert not [word for word in words if word in text], path.name
