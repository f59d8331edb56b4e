"""What comes after the selection, in seconds of one processor: letters and certificates of the example.

    python benchmarks/afterwards.py [NUMBER]

writes NUMBER (1,000) letters, and certificates in turn in six languages; these twice, and compares their bytes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from itertools import islice
from pathlib import Path

from selection import read_applicants, select
from selection.certificates import seals
from selection.certificates.issuing import facts_of
from selection.certificates.printing import Press
from selection.editions import Edition, Person
from selection.letters import Writer
from selection.letters.mail import message
from selection.programme import LANGUAGES, Programme

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "cgmp_2025"
DAY = date(2025, 10, 2)


def letters(number: int) -> float:
    """Letters with calendars and messages of the first applicants of the example."""
    with tempfile.TemporaryDirectory() as folder:
        intake = read_applicants(EXAMPLE / "registrations.csv", form=EXAMPLE / "form.toml")
        select(intake, EXAMPLE / "policy.toml", seed="cGMP 2025").write(Path(folder) / "results")
        edition = Edition.open(Path(folder) / "results", EXAMPLE / "programme.toml")
        start = time.process_time()
        for letter in islice(Writer(edition).letters(), number):
            message(letter, edition.needs_programme())
        return time.process_time() - start


def certificates(number: int) -> tuple[float, list[bytes]]:
    """Certificates with their QR codes, and the PDF files."""
    programme, press = Programme.load(EXAMPLE / "programme.toml"), Press(DAY)
    start = time.process_time()
    made = []
    for place in range(number):
        person = Person(f"CGMP-{place:05}", f"Fatima Chaouichi {place}")
        line = seals.line(person, programme.title, DAY, b"benchmark")
        made.append(press.pdf(facts_of(programme, person, LANGUAGES[place % 6], 7, line)))
    return time.process_time() - start, made


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{asked:,} letters, messages and calendars: {letters(asked):.1f} s")
    first, made = certificates(asked)
    second, again = certificates(asked)
    print(f"{asked:,} certificates in six languages: {min(first, second):.1f} s, {sum(map(len, made)) / 1e6:.0f} MB")
    print(f"made again: {'the same bytes' if made == again else 'OTHER BYTES'}")
