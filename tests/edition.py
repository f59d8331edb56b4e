"""A small call with names in many scripts, decided and written into a folder: where other tests begin."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from selection import Outcome, read_applicants, select
from selection.dossier import write

HEADINGS = ("id", "name", "email", "language", "residence", "role", "points")
PEOPLE = (
    ("A1", "Amina O'Hara", "amina@example.org", "en", "Kenya", "nra", "90"),
    ("A2", "Hélène N’Diaye", "helene@example.org", "fr", "Senegal", "nra", "88"),
    ("A3", "فاطمة الزهراء", "fatima@example.org", "ar", "Egypt", "maker", "86"),
    ("A4", "Екатерина Королёва", "katya@example.org", "ru", "Kyrgyzstan", "maker", "84"),
    ("A5", "王小明", "wang@example.org", "zh-Hans", "Singapore", "maker", "82"),
    ("A6", "José <b>Núñez</b>", "jose@example.org", "es", "Peru", "maker", "80"),
    ("A7", "=HYPERLINK(1)", "plus@example.org", "pt", "United States of America", "maker", "78"),
    ("A8", "Samoa Tavita", "", "en", "Samoa", "maker", "76"),
    ("A9", "Nobody Else", "not an address", "en", "Chad", "maker", "74"),
    ("A10", "Late Comer", "late@example.org", "", "", "maker", "10"),
    ("A11", "Out Side", "outside@example.org", "en", "Japan", "other", "99"),
)
POLICY = {
    "title": "A small call",
    "capacity": 6,
    "waitlist": 2,
    "eligible": [{"name": "Works on it", "where": {"role": ["nra", "maker"]}}],
    "points": [{"name": "Points", "field": "points", "per": 1}],
    "ties": {"order": []},
}
PROGRAMME = """
title = "Small course"
theme = "Building"
organiser = "The office"
contact = "office@example.org"
issued = 2025-09-01
timezone = "Europe/Zurich"
registrations = "people.csv"
attended_minutes = 30

[[completion]]
name = "Both sessions"
where = { sessions_attended = { min = 2 } }

[[completion]]
name = "Quiz"
where = { quiz = { min = 50 } }

[[session]]
topic = "One <first>"
date = 2025-09-09
time = 14:00:00
link = "https://meet.example.org/1?a=b&c=d"

[[session]]
topic = "Two"
date = 2025-10-28
time = 14:00:00
minutes = 90
link = "https://meet.example.org/2"
"""


def registrations(people: tuple[tuple[str, ...], ...] = PEOPLE) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *people])
    return text.getvalue()


def decided(folder: Path, people: tuple[tuple[str, ...], ...] = PEOPLE, name: str = "results") -> Outcome:
    """The call selected and written into `name`, with registrations and programme beside it."""
    (folder / "people.csv").write_text(registrations(people), encoding="utf-8")
    (folder / "programme.toml").write_text(PROGRAMME, encoding="utf-8")
    outcome = select(read_applicants(folder / "people.csv"), POLICY)
    write(outcome, folder / name)
    return outcome
