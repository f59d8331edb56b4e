"""Attendance: reports read with their preambles, rows matched, minutes merged, completion decided and explained."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from edition import decided
from selection import read_applicants, select
from selection.attendance import attend, read, write
from selection.attendance.reports import read_report
from selection.editions import Edition
from selection.errors import InputError, NotFoundError, OutputError, ProgrammeError, SelectionError

MEETING = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
123 4567 8901,Small course,"Sep 9, 2025 01:50:00 PM","Sep 9, 2025 03:10:00 PM",office@example.org,80,5,

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent
Amina,AMINA@example.org ,"Sep 9, 2025 02:00:00 PM","Sep 9, 2025 02:30:00 PM",30,No,
Amina (phone),amina@example.org,"Sep 9, 2025 02:20:00 PM","Sep 9, 2025 03:00:00 PM",40,No,
Hélène A2,,"09/09/2025 02:10:00 PM","09/09/2025 02:35:00 PM",25,No,
Stranger,helen@example.org,"09/09/2025 02:10:00 PM","09/09/2025 02:35:00 PM",25,Yes,
Late,late@example.org,"09/09/2025 02:10:00 PM","09/09/2025 02:35:00 PM",25,Yes,
"""
WEBINAR = """\ufeffAttendee Report
Report Generated:,"Oct 28, 2025 16:31:08"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registrants
"Two",123 4567 8901,"Oct 28, 2025 13:50:00",90,2
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,Office,office@example.org,"Oct 28, 2025 13:50:00","Oct 28, 2025 15:31:00",101,No,Switzerland,
Attendee Details,
Attended,User Name (Original Name),Email,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,
Yes,Amina,amina@example.org,approved,"Oct 28, 2025 14:00:00","Oct 28, 2025 14:50:00",50,No,
No,Hélène,helene@example.org,approved,--,--,--,--,
"""
TEAMS = """1. Summary
Meeting title\tTwo
Attended participants\t2
Start time\t10/28/25, 1:55:00 PM
End time\t10/28/25, 3:31:00 PM
Meeting duration\t1h 36m

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Hélène\t10/28/25, 2:00:00 PM\t10/28/25, 3:00:00 PM\t40m\thelene@example.org\thelene@example.org\tPresenter

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Hélène\t10/28/25, 2:00:00 PM\t10/28/25, 2:20:00 PM\t20m\thelene@example.org\tPresenter
Hélène\t10/28/25, 2:40:00 PM\t10/28/25, 3:00:00 PM\t20m\thelene@example.org\tPresenter
"""


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    decided(tmp_path)
    return Edition.open(tmp_path / "results", tmp_path / "programme.toml")


def put(folder: Path, **files: str) -> list[Path]:
    places = [folder / f"{name}.csv" for name in files]
    for place, text in zip(places, files.values(), strict=True):
        place.write_text(text, encoding="utf-16" if text is TEAMS else "utf-8")
    return places


def minutes(attended: object, one: str) -> list[int]:
    return list(attended.minutes[attended.ids.index(one)])  # type: ignore[attr-defined]


def test_three_systems_are_matched_merged_and_summed(edition: Edition, tmp_path: Path) -> None:
    attended = attend(edition, put(tmp_path, meeting=MEETING, webinar=WEBINAR, teams=TEAMS))
    assert minutes(attended, "A1") == [60, 50], "14:00-14:30 and 14:20-15:00 are an hour"
    assert minutes(attended, "A2") == [25, 40], "by the id in the name; joins count, not their summary as well"
    assert sum(map(sum, attended.minutes.tolist())) == 175
    found = {(u.file, u.row): (u.why, u.near) for u in attended.unmatched}
    assert found == {
        ("meeting.csv", 8): ("no_such_person", "A2"),
        ("meeting.csv", 9): ("not_selected", ""),
        ("webinar.csv", 7): ("no_such_person", ""),
    }
    assert attended.fields["sessions_attended"][:2] == [2, 1], "from 30 minutes on"


@pytest.mark.parametrize(
    "text",
    [
        "Registration ID;Session;Minutes\nA1;1;20\na1;1;25\nA3;2;1h 2m 3s\n",
        "Email,Date,Minutes\namina@example.org,2025-09-09,20\namina@example.org,2025-09-09,25\nfatima@example.org,2025-10-28,62\n",
        "email\tsession\tjoined\tleft\namina@example.org\t1\t2025-09-09T14:00\t2025-09-09T14:45\n"
        "fatima@example.org\ttwo\t2025-10-28T13:00:00+00:00\t2025-10-28T14:02:03+00:00\n",
    ],
)
def test_plain_tables(edition: Edition, tmp_path: Path, text: str) -> None:
    attended = attend(edition, put(tmp_path, plain=text))
    assert minutes(attended, "A1") == [45, 0]
    assert minutes(attended, "A3") == [0, 62]
    assert not attended.unmatched


def test_a_yes_without_minutes_is_a_whole_session_and_a_number_names_the_session_of_a_file(
    edition: Edition, tmp_path: Path
) -> None:
    files = put(tmp_path, yes="Email,Attended\namina@example.org,Yes\nhelene@example.org,No\n")
    with pytest.raises(InputError, match="--session"):
        attend(edition, files)
    attended = attend(edition, files, session=2)
    assert minutes(attended, "A1") == [0, 90]
    assert minutes(attended, "A2") == [0, 0]


def test_the_clock_of_the_report_can_be_named(edition: Edition, tmp_path: Path) -> None:
    late = "Email,Join Time,Leave Time\namina@example.org,2025-09-09 08:00,2025-09-09 09:00\n"
    assert minutes(attend(edition, put(tmp_path, late=late), zone="America/New_York"), "A1") == [60, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no table of participants"),
        ("Email,Minutes,Session\namina@example.org,5,Three\n", "has no session 'Three'"),
        ("Email,Join Time\namina@example.org,yesterday\n", "cannot be read as a time"),
        ("Email,Minutes\namina@example.org,long\n", "cannot be read as a length of time"),
        (
            "Email,Join Time,Leave Time\namina@example.org,2025-12-01 10:00,2025-12-01 11:00\n",
            "no session on 2025-12-01",
        ),
    ],
)
def test_what_cannot_be_read_is_told_by_file_and_row(edition: Edition, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as found:
        attend(edition, put(tmp_path, wrong=text))
    assert said in str(found.value)
    assert "amina" not in str(found.value)


#: Layouts of one session by two systems, with what is read: minutes by address or id.
LAYOUTS = {
    "Zoom, totals only": ("Name (original name),Email,Total duration (minutes),Guest\nA,a@x.org,85,Yes\n", [85]),
    "Zoom, 12 hours": (
        "Topic,ID,Host name,Duration (minutes),Start time,End time,Participants\n"
        'T,812 1,Host,90,"09/09/2025 02:00:00 PM","09/09/2025 03:30:00 PM",4\n\n'
        "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,In waiting room\n"
        "A,a@x.org,09/09/2025 02:00:00 PM,09/09/2025 02:30:00 PM,30,Yes,No\n"
        "A,a@x.org,9/9/2025 2:40:00 p.m.,9/9/2025 3:00:00 p.m.,20,Yes,No\n",
        [30, 20],
    ),
    "Teams, before 2022": (
        "Meeting Summary\nTotal Number of Participants\t2\nMeeting Title\tT\n\n"
        "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)\n"
        "A\t9/9/2025, 2:00:00 PM\t9/9/2025, 3:02:03 PM\t1h 2m 3s\ta@x.org\tAttendee\ta@x.org\n"
        "A\t9/9/2025, 3:10:00 PM\t9/9/2025, 3:10:12 PM\t12s\ta@x.org\tAttendee\ta@x.org\n",
        [62.05, 0.2],
    ),
    "Teams, day before month": (
        "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
        "A\t10/09/2025, 14:00:00\t10/09/2025, 14:10:00\t10m\ta@x.org\tAttendee\n"
        "A\t23/09/2025, 14:00:00\t23/09/2025, 15:00:00\t1h\ta@x.org\tAttendee\n",
        [10, 60],
    ),
    "plain, by id": ("Registration ID;Session;Minutes\nA1;1;52,5\n", [52.5]),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_systems_and_years(layout: str, encoding: str, tmp_path: Path) -> None:
    text, lengths = LAYOUTS[layout]
    (tmp_path / "report.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    joins = read_report(tmp_path / "report.csv")
    assert [join.minutes for join in joins] == pytest.approx(lengths)
    assert {join.email or join.id for join in joins} <= {"a@x.org", "A1"}
    for join in joins:
        if join.join and join.leave:
            assert join.join.month == 9
            assert (join.leave - join.join).total_seconds() / 60 == pytest.approx(join.minutes)


@pytest.mark.parametrize("length", ["inf", "nan", "-5", "1e400", "9" * 400])
def test_a_length_that_is_none_is_a_sentence(length: str, tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_text(f"Email,Session,Minutes\na@x.org,1,{length}\n")
    with pytest.raises(InputError, match=r"row 2: .* cannot be read as a length of time"):
        read_report(tmp_path / "report.csv")


def test_every_row_counts_for_somebody_or_is_listed(edition: Edition, tmp_path: Path) -> None:
    files = put(tmp_path, meeting=MEETING, webinar=WEBINAR, teams=TEAMS)
    attended = attend(edition, files)
    joins = [join for file in files for join in read_report(file)]
    listed = {(one.file, one.row) for one in attended.unmatched}
    counted = [join for join in joins if (join.file, join.row) not in listed]
    assert len(counted) + len(attended.unmatched) == len(joins)
    known = {"amina@example.org", "helene@example.org", "A2"}
    assert {join.email.casefold() or join.name.split()[-1] for join in counted} == known
    assert not {join.email.casefold() for join in joins if (join.file, join.row) in listed} & known


def test_a_report_given_twice_is_refused(edition: Edition, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give each report once"):
        attend(edition, put(tmp_path, one=MEETING, two=MEETING))


def test_the_union_of_random_joins_is_what_counting_minutes_one_by_one_gives(edition: Edition, tmp_path: Path) -> None:
    draw = random.Random(7)
    for _ in range(20):
        spans = [(start := draw.randrange(50), start + draw.randrange(1, 30)) for _ in range(draw.randrange(1, 6))]
        rows = [f"amina@example.org,2025-09-09 14:{a:02},2025-09-09 {14 + b // 60}:{b % 60:02}" for a, b in spans]
        attended = attend(edition, put(tmp_path, joins="Email,Join Time,Leave Time\n" + "\n".join(rows) + "\n"))
        assert minutes(attended, "A1")[0] == len({m for a, b in spans for m in range(a, b)})


QUIZ = "Email,Quiz\namina@example.org,40\namina@example.org,70\nhelene@example.org,90\n"


def test_completion_is_decided_by_the_conditions_with_the_reason(edition: Edition, tmp_path: Path) -> None:
    attended = attend(edition, put(tmp_path, meeting=MEETING, webinar=WEBINAR, teams=TEAMS, quiz=QUIZ))
    done = attended.completed
    assert done is not None
    assert done.ids == ("A1",)
    assert done.counts == {"completed": 1, "not_completed": 5, "open": 0}
    assert done.facts("A2") == {
        "status": "not_completed", "rule": "Both sessions", "seen": {"sessions_attended": 1}, "missing": None,
    }  # fmt: skip
    assert done.explain("A2") == (
        "You have not completed the programme. The condition not met: Both sessions (sessions attended 1)."
    )
    assert "Both sessions" in done.explain("A2", "ar")


def test_what_a_condition_needs_and_nobody_gave_is_open_not_a_no(edition: Edition, tmp_path: Path) -> None:
    attended = attend(edition, put(tmp_path, meeting=MEETING, webinar=WEBINAR))
    assert attended.completed is not None
    assert attended.completed.status("A1") == "open"
    assert attended.completed.explain("A1").endswith("missing is quiz, needed by: Quiz.")


def test_files_hold_no_names_and_can_be_read_again(edition: Edition, tmp_path: Path) -> None:
    reports = put(tmp_path, meeting=MEETING, webinar=WEBINAR, quiz=QUIZ)
    with pytest.raises(NotFoundError, match="selection attendance"):
        read(edition)
    attended = attend(edition, reports)
    place = write(attended, reports)
    everything = "".join(path.read_text(encoding="utf-8") for path in place.iterdir())
    assert "amina" not in everything.lower()
    assert "@" not in everything
    again = read(Edition.open(edition.folder))
    assert again.ids == attended.ids
    assert (again.minutes == attended.minutes).all()
    assert again.quiz == attended.quiz
    assert again.completed is not None
    assert again.completed.ids == attended.completed.ids  # type: ignore[union-attr]
    with pytest.raises(OutputError, match="--force"):
        write(attended)
    table = place / "attendance.csv"
    table.write_text(table.read_text().replace("A1,", "A1 ,"))
    with pytest.raises(OutputError, match="was changed"):
        read(edition)


def test_what_was_attended_is_the_pool_of_the_next_call(edition: Edition, tmp_path: Path) -> None:
    attended = attend(edition, put(tmp_path, meeting=MEETING, webinar=WEBINAR, teams=TEAMS, quiz=QUIZ))
    policy = {
        "capacity": 1,
        "eligible": [{"name": "Took part", "where": {"sessions_attended": {"min": 1}}}],
        "points": [{"name": "Quiz", "field": "quiz", "per": 1, "missing": 0}],
    }
    second = select(attended.intake, policy, seed="second")
    assert second.to_frame().query("status == 'selected'")["id"].tolist() == ["A2"], "90 points beat 70"
    assert second.counts["ineligible"] == 4
    table = read_applicants(write(attended) / "attendance.csv")
    assert select(table, policy, seed="second").status.tolist() == second.status.tolist(), "also by way of the file"


def test_without_a_programme_reports_name_the_sessions(tmp_path: Path) -> None:
    decided(tmp_path)
    bare = Edition.open(tmp_path / "results")
    attended = attend(bare, put(tmp_path, plain="ID,Session,Minutes\nA1,Monday,5\nA2,Tuesday,6\nA1,Tuesday,7\n"))
    assert attended.sessions == ("Monday", "Tuesday")
    assert minutes(attended, "A1") == [5, 7]
    assert attended.completed is None


def test_a_condition_about_what_nobody_has_is_a_mistake_of_the_programme(tmp_path: Path) -> None:
    decided(tmp_path)
    text = (tmp_path / "programme.toml").read_text().replace("{ quiz =", "{ quizz =")
    (tmp_path / "programme.toml").write_text(text)
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    with pytest.raises(ProgrammeError, match=r"\[\[completion\]\] 'Quiz' reads the field 'quizz'.*Did you mean 'quiz'"):
        attend(found, put(tmp_path, webinar=WEBINAR)).completed  # noqa: B018


def test_a_shared_address_of_two_selected_counts_for_nobody(tmp_path: Path) -> None:
    from edition import PEOPLE

    shared = tuple((i, n, "desk@example.org" if i in ("A1", "A2") else e, *rest) for i, n, e, *rest in PEOPLE)
    outcome = decided(tmp_path, shared)
    assert outcome.counts["duplicate"] == 1, "the intake takes one address for one applicant"
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    attended = attend(found, put(tmp_path, plain="Email,Session,Minutes\ndesk@example.org,1,50\n"))
    standing = next(one for one in ("A1", "A2") if one in attended.ids)
    assert minutes(attended, standing) == [50, 0]


def test_no_file_and_no_table_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "zoom.csv").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(NotFoundError, match=r"Did you mean 'zoom\.csv'"):
        read_report(tmp_path / "zom.csv")
    with pytest.raises(SelectionError, match="not a table"):
        read_report(tmp_path / "zoom.csv")


def test_the_table_of_attendance_is_formula_safe(edition: Edition, tmp_path: Path) -> None:
    place = write(attend(edition, put(tmp_path, meeting=MEETING)))
    with (place / "attendance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [f"A{n}" for n in range(1, 7)]
    assert rows[0]["minutes_1"] == "60"
