"""The race's own table and policy: eleven columns, three minimums, two caps, a lottery.

Each organisation is of one country and each minimum of whole countries, so the groups are nested.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

#: Countries as people write them, their codes, and income groups of fiscal year 2026.
COUNTRIES = {
    "Kenya": ("KEN", "LMC"), "kenya": ("KEN", "LMC"), "India": ("IND", "LMC"), "Brazil": ("BRA", "UMC"),
    "Brasil": ("BRA", "UMC"), "Uganda": ("UGA", "LIC"), "Rwanda": ("RWA", "LIC"), "France": ("FRA", "HIC"),
    "Switzerland": ("CHE", "HIC"), "Suisse": ("CHE", "HIC"), "Egypt": ("EGY", "LMC"), "Indonesia": ("IDN", "UMC"),
    "South Africa": ("ZAF", "UMC"), "Bangladesh": ("BGD", "LMC"), "Malawi": ("MWI", "LIC"), "Japan": ("JPN", "HIC"),
    "Thailand": ("THA", "UMC"), "Mexico": ("MEX", "UMC"), "Germany": ("DEU", "HIC"), "Deutschland": ("DEU", "HIC"),
}  # fmt: skip

HEADINGS = (
    "id", "submitted_at", "name", "email", "country", "role", "sector", "function", "organisation",
    "years_experience", "gender",
)  # fmt: skip
ROLES = ("manufacturer", "manufacturer", "manufacturer", "nra", "ministry", "other")
SECTORS = ("pharmaceutical", "biopharmaceutical", "vaccine", "cosmetics")
FUNCTIONS = ("production", "quality_control", "regulatory_affairs", "management")
FIRST = ("Amina", "Jean", "Wei", "Fatima", "José", "Anna", "Kofi", "Mary", "Ravi", "Yuki")
LAST = ("Okafor", "Dupont", "Zhang", "Hassan", "García", "Schmidt", "Mensah", "Smith", "Patel", "Sato")

#: What the policy gives, for the scripts that have to write it out themselves.
BY_INCOME = {"LIC": 40, "LMC": 30, "UMC": 20, "HIC": 0}
BY_FUNCTION = {"production": 10, "quality_control": 10, "regulatory_affairs": 5, "management": 5}
MOST_YEARS, VACCINE = 10, 5
SEED = "race"
SHARES = {"low": 15, "lower": 50, "upper": 10}
GROUPS = {"low": ("LIC",), "lower": ("LIC", "LMC"), "upper": ("UMC",)}
COUNTRY_SHARE, ORGANISATION_SEATS = 20, 60

POLICY = """\
title = "Race"
capacity = {seats}
on = 2025-08-31
counting = "each"

[[eligible]]
name = "Works on medicines or oversees those who do"
where.any = [
  {{ sector = ["pharmaceutical", "biopharmaceutical", "vaccine"] }},
  {{ role = ["nra", "ministry"] }},
]

[[points]]
name = "Income group"
field = "income_group"
values = {{ LIC = 40, LMC = 30, UMC = 20, HIC = 0 }}

[[points]]
name = "Years of experience"
field = "years_experience"
per = 1
max = 10

[[points]]
name = "Function"
field = "function"
values = {{ production = 10, quality_control = 10 }}
other = 5

[[points]]
name = "Vaccines"
where = {{ sector = "vaccine" }}
points = 5

[[reserve]]
name = "Low income"
where = {{ income_group = "LIC" }}
seats = "15%"

[[reserve]]
name = "Low and lower middle income"
where = {{ income_group = ["LIC", "LMC"] }}
seats = "50%"

[[reserve]]
name = "Upper middle income"
where = {{ income_group = "UMC" }}
seats = "10%"

[[cap]]
name = "Any one country"
per = "country"
seats = "20%"

[[cap]]
name = "Any one organisation"
per = "organisation"
seats = 60

[ties]
order = ["lottery"]
"""

FORM = "\n".join(
    f'[fields.{name}]\ncolumn = "{name}"' + ('\ntype = "integer"' if name == "years_experience" else "")
    for name in HEADINGS
)


#: Of these the free text of a registration is made, which no policy reads.
TEXT = (
    "we oversee the release of batches, inspect sterile lines and train inspectors who visit the plants of our region "
    "every year; I wish to learn how others judge data integrity, cleaning validation and the transfer of methods"
)


def write(folder: Path, rows: int, letters: int = 0) -> Path:
    """Write table, policy and form of so many applicants, a tenth of whom get a seat.

    `letters` how many a further column of free text has in each row, or none.
    """
    draw = random.Random(7)
    countries, size, words = list(COUNTRIES), max(rows // 5000, 3), TEXT.split()
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*HEADINGS, *(("motivation",) if letters else ())))
        for number in range(rows):
            first, last = draw.choice(FIRST), draw.choice(LAST)
            day, second = 1 + number * 27 // rows, draw.randrange(86400)
            stamp = f"2025-08-{day:02d} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            person = (f"A{number:08d}", stamp, f"{first} {last}", f"{first.lower()}.{number}@example.org")
            country = draw.choice(countries)
            work = (country, draw.choice(ROLES), draw.choice(SECTORS), draw.choice(FUNCTIONS))
            employer = f"{COUNTRIES[country][0]} organisation {draw.randrange(size)}"
            years = (draw.randrange(25), draw.choice(("female", "male", "male")))
            said = (" ".join(draw.choices(words, k=letters // 5))[:letters].strip(),) if letters else ()
            writer.writerow((*person, *work, employer, *years, *said))
    (folder / "policy.toml").write_text(POLICY.format(seats=rows // 10), encoding="utf-8")
    (folder / "form.toml").write_text(FORM, encoding="utf-8")
    return folder / "table.csv"
