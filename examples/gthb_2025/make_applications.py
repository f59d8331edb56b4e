"""Make `applications.csv`: invented applications in the shape of Google Forms exports stacked into one sheet.

    python make_applications.py [FILE]

Needs nothing but Python 3.11. The same seed gives the same file, byte for byte. Names come from the other example's
`invented.toml`.
"""

from __future__ import annotations

import csv
import sys
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, Final

HERE: Final = Path(__file__).parent
SEED: Final = "GTH-B antibody manufacturing 2025"
APPLICATIONS: Final = 162
OPENS: Final = datetime(2025, 7, 7, 0, 0, tzinfo=UTC)
DEADLINE: Final = datetime(2025, 8, 15, 9, 0, tzinfo=UTC)

HEADINGS: Final = (
    "Timestamp",
    "Email Address",
    "Full name (as in passport)",
    "Country of citizenship",
    "Country of residence",
    "Employer",
    "Country in which the employer is registered as a legal entity",
    "Position",
    "Years of experience in biomanufacturing or a related field",
    "Educational background in life sciences?",
    "English, spoken and written",
    "Gender",
    "Ref",
    "Panel mark (0-20)",
)

#: Each office sent round its own copy of the questionnaire; Google stamps the answers with that office's clock.
OFFICES: Final = {"Geneva": 2, "New Delhi": 5.5, "Seoul": 9, "Suva": 12, "Washington": -4}
OFFICE_OF: Final = {
    **dict.fromkeys(("IN", "BD", "TH", "NP", "LK"), "New Delhi"),
    **dict.fromkeys(("ID", "VN", "PH", "CN", "MY", "MN", "KH", "KR"), "Seoul"),
    **dict.fromkeys(("FJ", "CK", "PG", "WS"), "Suva"),
    **dict.fromkeys(("BR", "AR", "MX", "CU", "CO", "VE", "CR", "US"), "Washington"),
}
HOMES: Final = {
    "IN": 16, "BD": 9, "ID": 11, "VN": 8, "TH": 6, "PK": 8, "NP": 3, "LK": 3, "PH": 4, "CN": 3, "MY": 3, "MN": 1,
    "KH": 1, "EG": 9, "SN": 7, "ZA": 8, "NG": 10, "RW": 5, "KE": 7, "GH": 7, "ET": 7, "UG": 4, "TN": 4, "MA": 4,
    "DZ": 2, "IR": 4, "BR": 6, "AR": 4, "MX": 3, "CU": 3, "CO": 3, "VE": 2, "CR": 2, "UZ": 3, "KZ": 2, "RS": 3,
    "UA": 2, "TR": 3, "JO": 3, "FJ": 1, "PG": 1, "CK": 1, "KR": 1, "RU": 1,
}  # fmt: skip
ABROAD: Final = ("AE", "SG", "DE", "GB", "KR", "US", "SA", "FR", "CH")

Cells = list[str]


@dataclass(frozen=True)
class Application:
    """One application: when it was sent and from which copy of the questionnaire, and its answers."""

    sent: datetime
    office: str
    email: str
    name: str
    citizenship: str
    residence: str
    employer: str
    registered_in: str
    position: str
    years: str
    life_sciences: str
    english: str
    gender: str
    mark: str

    def cells(self, ref: str) -> Cells:
        """The line of the sheet."""
        return [
            stamp(self.sent, OFFICES[self.office]), self.email, self.name, self.citizenship, self.residence,
            self.employer, self.registered_in, self.position, self.years, self.life_sciences, self.english, self.gender,
            ref, self.mark,
        ]  # fmt: skip


def stamp(sent: datetime, hours: float) -> str:
    """A time as Google Forms writes it: `2025/08/15 5:59:58 PM GMT+9`."""
    local = sent.astimezone(timezone(timedelta(hours=hours)))
    half = ":30" if hours % 1 else ""
    clock = f"{local.hour % 12 or 12}:{local:%M:%S} {'AM' if local.hour < 12 else 'PM'}"
    return f"{local:%Y/%m/%d} {clock} GMT{'-' if hours < 0 else '+'}{int(abs(hours))}{half}"


class Call:
    """One run of the call: the source of chance and what to draw from."""

    def __init__(self, invented: Mapping[str, Any], seed: str) -> None:
        self.chance = Random(seed)
        self.countries: dict[str, Any] = invented["countries"]
        self.people: dict[str, Any] = invented["people"]
        self.words: list[str] = invented["organisations"]["words"]
        self.addresses: set[str] = set()

    def one_of(self, weights: Mapping[str, int]) -> str:
        """One of the words, by weight."""
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def elsewhere(self, home: str, percent: float) -> str:
        """Mostly home; now and then a country abroad."""
        return self.chance.choice(ABROAD) if self.chance.random() * 100 < percent else home

    def typed(self, code: str) -> str:
        """A country as people type it."""
        country = self.countries[code]
        if country["also"] and self.chance.random() < 0.08:
            return str(self.chance.choice(country["also"]))
        return str(country["text"])

    def application(self) -> Application:
        """An application by somebody new."""
        home = self.one_of(HOMES)
        gender = self.one_of({"Female": 34, "Male": 63, "Prefer not to say": 2, "": 1})
        name, email = self._who(self.people[self.countries[home]["people"]], gender)
        return Application(
            sent=self._sent(),
            office=OFFICE_OF.get(home, "Geneva"),
            email=email,
            name=name,
            citizenship=self.typed(self.elsewhere(home, 3)),
            residence=self.typed(self.elsewhere(home, 6)),
            employer=f"{self.chance.choice(self.words)} {self.chance.choice(('Biologics', 'Vaccines'))} {home}",
            registered_in=self.typed(self.elsewhere(home, 6)),
            position=self.one_of(
                {"Scientist": 40, "Engineer": 25, "Technician": 17, "Manager": 12, "Sales": 2, "PhD student": 2, "": 1}
            ),
            years=self._years(),
            life_sciences=self.one_of({"Yes": 96, "No": 4}),
            english=self.one_of(
                {"Intermediate": 30, "Upper intermediate": 25, "Advanced": 25, "Fluent": 13, "Elementary": 6, "": 1}
            ),
            gender=gender,
            mark=self._mark(),
        )

    def _who(self, names: Mapping[str, Any], gender: str) -> tuple[str, str]:
        women = gender == "Female" or (gender != "Male" and self.chance.random() < 0.5)
        given = self.chance.choice(names["women" if women else "men"]).partition("=")[0]
        family = self.chance.choice(names["family"]).partition("=")[0]
        name = f"{given} {family}".strip()
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = ".".join("".join(c for c in word if c.isalpha()) for word in plain.split())
        number = 1
        while (address := f"{stem}{number if number > 1 else ''}@example.org") in self.addresses:
            number += 1
        self.addresses.add(address)
        return name, address

    def _sent(self) -> datetime:
        """Any time from the opening on; a third on the last day, some after the deadline."""
        if self.chance.random() < 0.3:
            return DEADLINE + timedelta(seconds=self.chance.randrange(-70_000, 14_000))
        return OPENS + timedelta(seconds=self.chance.randrange(int((DEADLINE - OPENS).total_seconds())))

    def _years(self) -> str:
        years = self.chance.randrange(0, 17) / 2
        return self.one_of(
            {f"{years:g}": 93, f"{years:g} years": 2, "18 months": 1, f"{years:.1f}".replace(".", ","): 2, "": 1}
        )

    def _mark(self) -> str:
        return f"{(self.chance.randrange(8, 34) + self.chance.randrange(0, 8)) / 2:g}"


def by_hand(draw: Application) -> list[Application]:
    """Applications that show one thing each: the deadline to the second on every clock, and the three countries."""
    good = replace(draw, position="Scientist", years="3", life_sciences="Yes", english="Advanced", gender="Female")
    last = DEADLINE
    second = timedelta(seconds=1)
    return [
        _person(good, "Mele Tupounga", "Fiji", "Suva", last - 60 * second, "14"),
        _person(good, "Sione Kilimai", "Fiji", "Suva", last + 60 * second, "19"),
        _person(good, "Min-ji Leeon", "Viet Nam", "Seoul", last, "13.5"),
        _person(good, "Dewi Santosari", "Indonesia", "Seoul", last + second, "18.5"),
        _person(good, "Awa Fofanaré", "Sénégal", "Geneva", last - second, "15"),
        _person(good, "Bintou Diallobé", "Sénégal", "Geneva", last + 24_000 * second, "20"),
        _person(good, "Deepa Patelkar", "India", "New Delhi", last - second, "16.5"),
        _person(good, "Juliana Barretinho", "Brasil", "Washington", last - second, "16"),
        _person(good, "Thiago Figueirão", "Brasil", "Washington", last + second, "17"),
        replace(_person(good, "Nisha Iyerani", "India", "New Delhi", last - 90_000 * second, "19.5"), residence="UAE"),
        replace(
            _person(good, "Maëlle Dubochet-Roy", "Kenya", "Geneva", last - 80_000 * second, "18"), citizenship="France"
        ),
        replace(
            _person(good, "Kofi Mensaba", "Ghana", "Geneva", last - 70_000 * second, "18"), registered_in="Switzerland"
        ),
        _person(good, "Tere Matangiro", "Cook Islands", "Suva", last - 99_000 * second, "17.5"),
        replace(_person(good, "Sunita Shresthal", "Nepal", "New Delhi", last - 50_000 * second, "15.5"), years="6"),
        replace(_person(good, "Anil Gurungani", "Nepal", "New Delhi", last - 40_000 * second, "19"), years="6.5"),
        replace(
            _person(good, "Ximena Zambranillo", "Venezuela", "Washington", last - 300_000 * second, "16"), years="2"
        ),
        replace(_person(good, "Rahel Bekelema", "Ethiopia", "Geneva", last - 400_000 * second, "17"), years="4"),
    ]


def _person(like: Application, name: str, country: str, office: str, sent: datetime, mark: str) -> Application:
    email = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace(" ", ".")
    return replace(
        like,
        name=name,
        email=f"{email}.gthb@example.org",
        citizenship=country,
        residence=country,
        registered_in=country,
        employer=f"{name.split()[0]} & Partners Biologics",
        office=office,
        sent=sent,
        mark=mark,
    )


def again(first: Application, days: float) -> Application:
    """The same applicant once more, from the same address in capitals."""
    return replace(first, email=first.email.upper(), sent=first.sent + timedelta(days=days), english="Fluent")


def sheet(call: Call) -> list[Cells]:
    """All lines, office by office as the sheets were stacked, numbered by the officer."""
    drawn = [call.application() for _ in range(APPLICATIONS)]
    extra = by_hand(drawn[0])
    twice = [again(extra[4], 0.2), again(extra[13], 0.1)]
    twice += [again(one, 1.5) for one in drawn[::31]]
    rows = sorted(drawn + extra + twice, key=lambda a: (list(OFFICES).index(a.office), a.sent, a.email))
    return [one.cells(f"GTHB-{number:03}") for number, one in enumerate(rows, 1)]


def write(file: Path) -> None:
    """Write the sheet as Google Sheets downloads it: commas, UTF-8, quotes where needed, CRLF."""
    invented = tomllib.loads((HERE.parent / "cgmp_2025" / "invented.toml").read_text(encoding="utf-8"))
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerows([list(HEADINGS), *sheet(Call(invented, SEED))])


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "applications.csv")
