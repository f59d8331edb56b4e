"""The whole life of the sixth edition on the invented registrations, one step after another, nothing sent anywhere.

    python examples/cgmp_2025/whole_life.py OUT [EVERY]

writes everything into OUT: intake, selection, report, letters with calendars, two rounds of withdrawals, attendance,
certificates, a second stage, and the next edition with its memory. EVERY 10 takes every tenth registration and a tenth
of the seats, which is quicker.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import invented_attendance

from selection import Form, Intake, Outcome, Policy, attendance, certificates, letters, read_applicants, select
from selection.attendance import Attended
from selection.certificates import Issued
from selection.editions import Edition
from selection.letters import Posted
from selection.replacement import Replacement, offers

HERE = Path(__file__).resolve().parent
SEED = "cGMP 2025"
ROUNDS = (datetime(2025, 9, 3, 12, tzinfo=UTC), datetime(2025, 9, 6, 12, tzinfo=UTC))


@dataclass(frozen=True)
class Life:
    """What came of each step."""

    intake: Intake
    outcome: Outcome
    report: Path
    letters: Posted
    rounds: tuple[Replacement, ...]
    letters_again: Posted
    attended: Attended
    certificates: Issued
    second_stage: Outcome
    next_edition: Outcome


def live(out: Path, every: int = 1) -> Life:
    """Run every step in order; each begins with what the one before left in its folder."""
    results = out / "results"
    intake = read_applicants(_registrations(out, every), form=Form.load(HERE / "form.toml"))
    say("Intake", intake)
    outcome = select(intake, _policy("policy.toml", every), seed=SEED)
    outcome.write(results)
    say("Selection", outcome)
    report = outcome.report(out / "report.html")
    say("Report", report)
    posted = letters.post(Edition.open(results, out / "programme.toml"))
    say("Letters", dict(posted.letters))
    rounds = tuple(_withdraw(results, number, moment) for number, moment in enumerate(ROUNDS, start=1))
    again = letters.post(Edition.open(results), force=True)
    say("Letters after two rounds", f"{again.new} new")
    attended = _attend(results, out / "reports")
    issued = certificates.issue(Edition.open(results))
    say("Certificates", dict(issued.languages))
    second = select(attended.intake, _policy("second_stage.toml", every), seed=f"{SEED}, second stage")
    second.write(out / "second_stage")
    say("Second stage", second)
    later = select(intake, _policy("next_edition.toml", every), seed="cGMP 2026", history=[results])
    later.write(out / "next_edition")
    say("Next edition", later)
    return Life(intake, outcome, report, posted, rounds, again, attended, issued, second, later)


def _registrations(out: Path, every: int) -> Path:
    """The registrations taken, with form and programme beside them as an officer would have them."""
    out.mkdir(parents=True)
    for name in ("form.toml", "programme.toml"):
        (out / name).write_bytes((HERE / name).read_bytes())
    with (HERE / "registrations.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = (row for row in csv.reader(file, delimiter=";") if row)
    with (out / "registrations.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([heading, *rows[::every]])
    return out / "registrations.csv"


def _policy(name: str, every: int) -> Policy:
    policy = Policy.load(HERE / name)
    return policy.model_copy(update={"capacity": policy.seats // every, "waitlist": policy.waiting_places // every})


def _withdraw(results: Path, number: int, moment: datetime) -> Replacement:
    """Some of the selected withdraw; who comes in follows from the rules, and the round is added to the history."""
    outcome = Edition.open(results).outcome
    ids = outcome.intake.pool.ids[outcome.ranking.order[outcome.choice.selected]].tolist()
    gone = [one for one in ids if invented_attendance.chance(one, number, "withdraws") < 0.02]
    made = outcome.replace(gone)
    offers.append(results, [offers.answered(offers.read(results), made.round, moment)])
    say(f"Round {number}", made)
    return made


def _attend(results: Path, folder: Path) -> Attended:
    edition = Edition.open(results)
    outcome = edition.outcome
    ids = sorted(map(str, outcome.intake.pool.ids[outcome.ranking.order[outcome.choice.selected]].tolist()))
    reports = invented_attendance.write(edition, ids, folder)
    attended = attendance.attend(edition, reports)
    attendance.write(attended, reports)
    say("Attendance", attended)
    assert attended.completed is not None
    say("Completion", attended.completed.counts)
    return attended


def say(step: str, what: object) -> None:
    """One line for each step."""
    print(f"{step + ':':<26}{what}", flush=True)


if __name__ == "__main__":
    live(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
