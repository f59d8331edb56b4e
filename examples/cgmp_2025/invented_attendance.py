"""Invented attendance of the example: Zoom's report for each session and a quiz, from nothing but ids."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from selection.editions import Edition, Person

CLOCK = "%b %d, %Y %I:%M:%S %p"
COLUMNS = ("Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)", "Guest")
SUMMARY = ("Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)", "Participants", "")


def chance(*parts: object) -> float:
    """A number from 0 to 1 that always is the same for the same parts."""
    return int(hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:13], 16) / 16**13


def write(edition: Edition, ids: list[str], folder: Path) -> list[Path]:
    """A report for each session and one for the quiz; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    programme = edition.needs_programme()
    reports = [_report(edition, ids, number, folder) for number in range(len(programme.session))]
    return [*reports, _quiz(ids, folder)]


def _report(edition: Edition, ids: list[str], number: int, folder: Path) -> Path:
    programme = edition.needs_programme()
    begins = programme.begins(programme.session[number]).replace(tzinfo=None)
    path = folder / f"zoom_{number + 1}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(
            ["Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)", "Participants", ""]
        )
        held = [(begins + timedelta(minutes=m)).strftime(CLOCK) for m in (-10, 95)]
        lines.writerow(["853 2025 0909", programme.session[number].topic, *held, "host@example.org", 105, len(ids), ""])
        lines.writerow([])
        lines.writerow(COLUMNS)
        lines.writerows(_joins(edition, ids, number, begins))
    return path


def _joins(edition: Edition, ids: list[str], number: int, begins: datetime) -> Iterator[tuple[str, ...]]:
    """Somebody keen seldom misses a session; lines break, people join by telephone as well, some by another address."""
    yield _join("Host", "host@example.org", begins, -10, 95)
    for one in ids:
        person, keen = edition.person(one), chance(one, "keen")
        if keen < 0.08 or chance(one, number, "there") > 0.45 + 0.6 * keen:
            continue
        name, address = _shown(person)
        start = int(20 * chance(one, number, "late")) - 8
        if chance(one, number, "breaks") < 0.2:
            yield _join(name, address, begins, start, 40)
            yield _join(f"{name} (telephone)", address, begins, 32, 88)
        else:
            yield _join(name, address, begins, start, 70 + int(20 * chance(one, number, "leaves")))
    yield _join("A colleague", f"colleague{number}@example.org", begins, 5, 80)


def _shown(person: Person) -> tuple[str, str]:
    """A few join by an address they did not register with; some of them put their registration id into the name."""
    if chance(person.id, "address") > 0.03:
        return person.name, person.email
    return f"{person.id} {person.name}", f"private.{person.email}"


def _join(name: str, address: str, begins: datetime, start: int, end: int) -> tuple[str, ...]:
    moments = [(begins + timedelta(minutes=minute)).strftime(CLOCK) for minute in (start, end)]
    return name, address, *moments, str(end - start), "No"


def _quiz(ids: list[str], folder: Path) -> Path:
    path = folder / "quiz.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["Registration ID", "Quiz"])
        handed_in = [one for one in ids if chance(one, "quiz") < 0.35 + 0.6 * chance(one, "keen")]
        lines.writerows((one, 45 + int(56 * chance(one, "result"))) for one in handed_in)
    return path
