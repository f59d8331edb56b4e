"""Make `registrations.csv`: invented registrations in the shape of a LimeSurvey export.

    python make_registrations.py [FILE]

Needs nothing but Python 3.11. The same seed gives the same file, byte for byte. What is drawn from, and what follows
published facts, stands in `invented.toml` and `README.md`.
"""

from __future__ import annotations

import csv
import sys
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, Final

HERE: Final = Path(__file__).parent
SEED: Final = "WHO Virtual cGMP Training Marathon, 6th edition"
ROWS: Final = 6000
OPENS: Final = datetime(2025, 8, 4, 9, 0, 0)
CLOSES: Final = datetime(2025, 8, 31, 23, 59, 59)
STAMP: Final = "%Y-%m-%d %H:%M:%S"

#: The pages of the questionnaire; an incomplete submission stops after one of them.
PAGES: Final = (
    ("fullname", "email", "gender"),
    ("ctryemp", "ctryres", "organisation"),
    ("role", "role[other]", "func", "func[other]", "years"),
    ("sector[SQ001]", "sector[SQ002]", "sector[SQ003]", "sector[other]", "consent"),
)
HEADINGS: Final = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", *sum(PAGES, ()))

#: Answer codes of the questionnaire (form.toml says what they mean) and how often each is given.
ROLES: Final = {"A1": 76, "A2": 12, "A3": 3, "A4": 1, "-oth-": 7, "": 1}
ROLES_WHERE_NOTHING_IS_MADE: Final = {"A1": 15, "A2": 40, "A3": 34, "A4": 2, "-oth-": 9}
FUNCTIONS: Final = {
    "A1": {"QA": 30, "PRD": 24, "QC": 20, "DEV": 10, "RA": 10, "MGT": 3, "-oth-": 3},
    "A2": {"INS": 45, "RA": 25, "QC": 14, "QA": 10, "MGT": 4, "-oth-": 2},
    "A3": {"MGT": 30, "RA": 30, "QA": 10, "-oth-": 30},
    "-oth-": {"DEV": 30, "QA": 25, "RA": 15, "QC": 10, "-oth-": 20},
}
SECTORS: Final = {"A1": (60, 36, 40), "A2": (70, 45, 45), "A3": (35, 20, 30), "-oth-": (38, 22, 18)}
OTHER_ROLES: Final = (
    "University",
    "Consultant",
    "Contract research organization",
    "NGO",
    "Student",
    "Hospital pharmacy",
)
OTHER_SECTORS: Final = (
    "Medical devices",
    "Cosmetics",
    "Herbal medicines",
    "Veterinary vaccines",
    "Diagnostics",
    "Food",
)
OTHER_FUNCTIONS: Final = ("Engineering", "Supply chain", "Validation", "Warehouse", "Pharmacovigilance")
TYPED_IN_MANY_WAYS: Final = ("NA", "CD", "CG", "CI", "KR")
NO_COUNTRY: Final = ("", "N/A", "n/a", "NA", "-", "Africa", "Kenya and Uganda", "xxx", "Europe", "same as above")

#: CGMP-00042, whom the README and the tour explain.
NUMBER_42: Final = {
    "fullname": "Hanna Desalegnu",
    "email": "hanna.desalegnu@example.org",
    "gender": "F",
    "ctryemp": "Ethiopia",
    "ctryres": "ET",
    "organisation": "Warka Biologics",
    "role": "A1",
    "role[other]": "",
    "func": "QC",
    "func[other]": "",
    "years": "7",
    "sector[SQ001]": "",
    "sector[SQ002]": "Y",
    "sector[SQ003]": "Y",
    "sector[other]": "",
    "consent": "Y",
}

#: Cells that real exports hold and that readers trip over; each is laid over one complete submission.
ODDITIES: Final[Sequence[Mapping[str, str]]] = (
    {"fullname": "'=SUM(A1)"},
    {"fullname": "'=cmd|' /C calc'!A0"},
    {"fullname": "@Sibusiso Nkosinaye"},
    {"fullname": "-"},
    {"fullname": "+1 Ngozi Okafordu"},
    {"fullname": "Amina\tNjorogeni"},
    {"fullname": "'Alisi 'Ofanoa", "ctryemp": "Tonga", "ctryres": "TO"},
    {"fullname": ""},
    {"organisation": '\'=HYPERLINK("http://example.org";"Kapok Pharma")'},
    {"organisation": 'Okapi Laboratories; "Vaccines" division'},
    {"organisation": "Ministry of Health\nDepartment of Pharmacy\nPO Box 7"},
    {"organisation": "=Blue Crane Medicines"},
    {"organisation": "-"},
    {"organisation": "Ibis & Söhne GmbH &amp; Co."},
    {"email": ""},
    {"email": ""},
    {"email": ""},
    {"email": "no e-mail"},
    {"email": " Tendai.Moyondo@EXAMPLE.ORG "},
    {"role": "A9"},
    {"role": "A9"},
    {"func": "ENG"},
    {"years": "-3"},
    {"years": "1998"},
    {"gender": "X"},
    {"ctryemp": "NA", "ctryres": "NA"},
    {"ctryemp": "NA", "ctryres": "NG"},
    {"ctryemp": "Cook Islands", "ctryres": "CK"},
    {"ctryemp": "Niue", "ctryres": "NU"},
    {"ctryemp": "Holy See", "ctryres": "VA"},
    {"ctryemp": "Yugoslavia", "ctryres": "RS"},
    {"ctryemp": "\u200bUganda\u00a0", "ctryres": "UG"},
    {"fullname": "Reception Desk", "email": "training@example.org"},
    {"fullname": "Moses Kiprotino", "email": "training@example.org"},
)

Row = dict[str, str]


class Survey:
    """One run of the questionnaire: the source of chance, what to draw from, and the addresses already given."""

    def __init__(self, invented: Mapping[str, Any], seed: str) -> None:
        self.chance = Random(seed)
        self.countries: dict[str, Any] = invented["countries"]
        self.people: dict[str, Any] = invented["people"]
        self.public: dict[str, Any] = invented["organisations"]["public"]
        self.multinational: str = invented["organisations"]["multinational"]
        self.makers = self._makers(invented["organisations"])
        self.addresses = {NUMBER_42["email"]}

    def happens(self, percent: float) -> bool:
        """Whether something happens that happens so often."""
        return self.chance.random() * 100 < percent

    def one_of(self, weights: Mapping[str, int]) -> str:
        """One of the words, by weight."""
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def skewed(self) -> float:
        """A number from 0 to 1, mostly small."""
        chance = self.chance.random()
        return chance * chance

    def _makers(self, organisations: Mapping[str, Any]) -> dict[str, list[str]]:
        """Manufacturers of each country; no two share a name."""
        free = {
            tongue: [f"{w} {k}" for w, k in product(organisations["words"], kinds)]
            for tongue, kinds in organisations["kinds"].items()
        }
        for names in free.values():
            self.chance.shuffle(names)
        makers: dict[str, list[str]] = {}
        for code, country in self.countries.items():
            names = free[self.people[country["people"]]["language"]]
            makers[code] = [names.pop() for _ in range(1 + country["weight"] // 16)]
        return makers

    def registration(self) -> Row:
        """A complete set of answers by somebody new."""
        code = self.one_of({code: country["weight"] for code, country in self.countries.items()})
        country = self.countries[code]
        tongue = self.people[country["people"]]["language"]
        gender = self.one_of({"F": 38, "M": 58, "N": 1, "": 3})
        name, email = self._who(country["people"], gender)
        role = self.one_of(ROLES if country["weight"] >= 8 else ROLES_WHERE_NOTHING_IS_MADE)
        return {
            "startlanguage": tongue if self.happens(75) else "en",
            "fullname": name,
            "email": email,
            "gender": gender,
            "ctryemp": self._country_text(code),
            "ctryres": code if self.happens(96.5) else self.chance.choice(list(self.countries)),
            "organisation": self._organisation(code, role, tongue),
            "role": role,
            "role[other]": self.chance.choice(OTHER_ROLES) if role == "-oth-" else "",
            **self._function(role),
            "years": self._years(),
            **self._sectors(role),
            "consent": "Y",
        }

    def _who(self, people: str, gender: str) -> tuple[str, str]:
        """A name as somebody may type it, and an address nobody has yet."""
        names = self.people[people]
        women = gender == "F" or (gender != "M" and self.happens(50))
        given, given_own = _spellings(self.chance.choice(names["women" if women else "men"]))
        family, family_own = _spellings(self.chance.choice(names["family"]))
        latin = f"{given} {family}".strip()
        if given_own and family_own and self.happens(18):
            shown = f"{family_own}{given_own}" if people in ("chinese", "korean") else f"{given_own} {family_own}"
        else:
            shown = self._as_typed(latin, given, family)
        return shown, self._address(latin)

    def _as_typed(self, latin: str, given: str, family: str) -> str:
        ways = {
            latin: 78,
            latin.upper(): 6,
            latin.lower(): 3,
            f"{family.upper()}, {given}": 5,
            f"Dr {latin}": 5,
            f"{given}  {family} ": 3,
        }
        return self.one_of(ways)

    def _address(self, latin: str) -> str:
        plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().lower()
        stem = ".".join("".join(c for c in word if c.isalpha()) for word in plain.split()) or "applicant"
        number = 1
        while (address := f"{stem}{number if number > 1 else ''}@example.org") in self.addresses:
            number += 1
        self.addresses.add(address)
        return address

    def _country_text(self, code: str) -> str:
        """The employer's country as typed: mostly as everybody writes it, now and then in another way."""
        text, also = self.countries[code]["text"], self.countries[code]["also"]
        if self.happens(0.5):
            return self.chance.choice(NO_COUNTRY)
        if self.happens(0.6):
            return self._slip(text)
        if also and self.happens(40 if code in TYPED_IN_MANY_WAYS else 14):
            return str(self.chance.choice(also))
        return self.one_of({text: 92, text.lower(): 2, text.upper(): 2, f"{text} ": 3, f"{text}.": 1})

    def _slip(self, text: str) -> str:
        """Two neighbouring letters exchanged."""
        place = self.chance.randrange(1, len(text) - 1)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    def _organisation(self, code: str, role: str, tongue: str) -> str:
        public = {"A2": "nra", "A3": "ministry_of_health", "A4": "ministry_of_industry"}.get(role)
        if self.happens(1.5):
            return ""
        if public:
            return f"{self.public[public][tongue]} {self.countries[code]['text']}"
        if role == "A1" and self.happens(1.5):
            return self.multinational
        makers = self.makers[code]
        name = makers[int(len(makers) * self.skewed())]
        return self.one_of({name: 94, name.upper(): 2, name.lower(): 2, f"{name} ": 2})

    def _function(self, role: str) -> Row:
        usual = FUNCTIONS.get({"A4": "A3", "": "A1"}.get(role, role), {})
        function = "" if self.happens(1.5) else self.one_of(usual)
        return {"func": function, "func[other]": self.chance.choice(OTHER_FUNCTIONS) if function == "-oth-" else ""}

    def _years(self) -> str:
        """Years of experience: the questionnaire asked for text, so not everybody wrote a number."""
        years = int(self.skewed() * 28)
        ways = {
            f"{years}": 955,
            f"{years}.5": 20,
            f"{years} years": 6,
            f"{years},5": 5,
            f"{years}+": 4,
            f" {years} ": 4,
            "": 6,
        }
        return self.one_of(ways)

    def _sectors(self, role: str) -> Row:
        shares = SECTORS.get({"A4": "A3", "": "A1"}.get(role, role), (0, 0, 0))
        ticks = ["Y" if self.happens(share) else "" for share in shares]
        other = self.chance.choice(OTHER_SECTORS) if self.happens(3) else ""
        if role == "A1" and not any(ticks) and not other:
            if self.happens(72):
                ticks[0] = "Y"
            else:
                other = self.chance.choice(OTHER_SECTORS)
        return {**{f"sector[SQ00{i}]": tick for i, tick in enumerate(ticks, 1)}, "sector[other]": other}

    def starts(self) -> datetime:
        """When somebody opens the questionnaire: many on the first days and in the last, most during the day."""
        days = [9, 6, 4, 3, 3, 1, 1, 3, 3, 2, 2, 2, 1, 1, 3, 2, 2, 2, 2, 1, 1, 4, 3, 3, 4, 5, 5, 8]
        hours = [1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 8, 7, 8, 8, 7, 6, 5, 4, 4, 3, 3, 2, 2]
        day = self.chance.choices(range(28), days)[0]
        hour = self.chance.choices(range(24), hours)[0]
        at = OPENS.replace(hour=hour) + timedelta(days=day, seconds=self.chance.randrange(3600))
        return at if at >= OPENS else at + timedelta(hours=10)

    def submitted(self, answers: Row, start: datetime) -> Row:
        """A row of the export for a submission that was finished."""
        end = min(start + timedelta(seconds=self.chance.randrange(150, 1500)), CLOSES)
        stamps = {"submitdate": f"{end:{STAMP}}", "lastpage": "4", "startdate": f"{start:{STAMP}}"}
        return {
            **answers,
            **stamps,
            "datestamp": f"{end:{STAMP}}",
            "seed": str(self.chance.randrange(10**8, 2 * 10**9)),
        }

    def abandoned(self, answers: Row, start: datetime) -> Row:
        """A row for a submission that was left half-way: no `submitdate`, later pages empty."""
        page = self.chance.choices(range(4), [1, 4, 3, 2])[0]
        row = self.submitted(answers, start) | {"submitdate": "", "lastpage": str(page)}
        return row | {heading: "" for later in PAGES[page:] for heading in later}

    def again(self, first: Row) -> Row:
        """A later submission by the same applicant, with the address written differently and perhaps new answers."""
        address = first["email"]
        ways = {address: 40, address.upper(): 15, address.title(): 30, f"{address} ": 15}
        answers = first | {"email": self.one_of(ways)}
        if self.happens(40):
            answers |= {"sector[SQ002]": "Y"}
        if self.happens(25):
            answers |= self._function(first["role"])
        start = datetime.strptime(first["datestamp"], STAMP) + timedelta(seconds=self.chance.randrange(60, 500_000))
        return self.submitted(answers, min(start, CLOSES - timedelta(seconds=self.chance.randrange(200, 40_000))))

    def rows(self, count: int) -> list[Row]:
        """So many rows of the export, in the order in which they were begun."""
        rows: list[Row] = []
        while len(rows) < count:
            answers, start = self.registration(), self.starts()
            if self.happens(6.5):
                rows.append(self.abandoned(answers, start))
                if self.happens(30):
                    rows.append(self.again(rows[-1] | answers))
                continue
            rows.append(self.submitted(answers, start))
            while self.happens(4):
                rows.append(self.again(rows[-1]))
        return sorted(rows[:count], key=lambda row: (row["startdate"], row["seed"]))


def _spellings(name: str) -> tuple[str, str]:
    """A name in Latin letters and in its own script, where there is one."""
    latin, _, own = name.partition("=")
    return latin, own


def lay_over(rows: list[Row]) -> None:
    """Put number 42 and the oddities in their places, each over a finished submission."""
    rows[41] = rows[41] | NUMBER_42 | {"startlanguage": "en", "lastpage": "4"}
    rows[41]["submitdate"] = rows[41]["datestamp"]
    finished = [place for place, row in enumerate(rows) if row["submitdate"] and place > 99]
    for odd, place in zip(ODDITIES, finished[::151], strict=False):
        rows[place] |= odd


def export(rows: Sequence[Row]) -> Iterator[list[str]]:
    """The lines of the export, headings first."""
    yield list(HEADINGS)
    for number, row in enumerate(rows, 1):
        yield [str(number) if heading == "id" else row[heading] for heading in HEADINGS]


def write(file: Path) -> None:
    """Write the export as LimeSurvey does: `;`, all quoted, byte order mark, CRLF, an empty last line."""
    rows = Survey(tomllib.loads((HERE / "invented.toml").read_text(encoding="utf-8")), SEED).rows(ROWS)
    lay_over(rows)
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(export(rows))
        stream.write("\r\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "registrations.csv")
