"""Exports as registration systems write them, and what goes wrong with them on the way: invented people only."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

EXPORTS = Path(__file__).parent / "data" / "exports"

INDICO = ["ID", "Name", "Email Address", "First Name", "Last Name", "Affiliation", "Country", "Role", "Sectors"]
INDICO_ROWS = [
    ["1", "Awa Ba", "awa@example.org", "Awa", "Ba", "Bio Farma", "Côte d'Ivoire", "Regulatory authority",
     "Pharmaceutical; Vaccine", "2025-08-01 10:00:00.123456+00:00", "Completed"],
    ["2", "Jo Li", "jo@example.org", "Jo", "Li", "Sinovac", "Namibia", "Manufacturer",
     "Vaccine", "2025-08-01 11:00:00+00:00", "Withdrawn"],
]  # fmt: skip
STATE = ["Registration date", "Registration state"]

MICROSOFT = ["ID", "Start time", "Completion time", "Email", "Name", "Your e-mail address", "Full name\n",
             "Country of your employer", "What do you do?", "In which sectors do you work?"]  # fmt: skip
MICROSOFT_ROWS = [
    ["1", "7/2/20 11:00:22", "7/2/20 11:05:22", "anonymous", "", "awa@example.org", "Awa Bâ", "Côte d'Ivoire",
     "I work for a national regulatory authority", "Vaccines;Pharmaceuticals;"],
    ["2", "7/3/20 11:00:22", "7/3/20 11:05:22", "anonymous", "", "jo@example.org", "Jo", "Kenya", "Manufacturer",
     "Vaccines;"],
]  # fmt: skip

ZOOM = """Attendee Report
Report Generated:,"03/15/2025 02:31 PM"
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers
"cGMP",123 4567 8901,03/15/2025 10:45:00 AM,225,2,0,2
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,Host,host@example.org,03/15/2025 10:45:00 AM,03/15/2025 11:45:00 AM,60,No,Switzerland,
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Approval Status,Country/Region Name,
Yes,Awa,Awa,Ba,awa@example.org,03/14/2025 09:00:00 AM,approved,Cote d'Ivoire,
Yes,Awa,Awa,Ba,awa@example.org,03/14/2025 09:00:00 AM,approved,Cote d'Ivoire,
No,Jo,Jo,Li,jo@example.org,03/13/2025 09:00:00 AM,denied,Peru,
Other Attended,
User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name
1555,03/15/2025 11:15:00 AM,03/15/2025 11:30:00 AM,15,Kenya
"""


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8",
    quoting: Any = csv.QUOTE_MINIMAL
) -> bytes:  # fmt: skip
    """A table as the bytes of a file, with the line ends of most systems."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=quoting)
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def sample(name: str) -> list[list[str]]:
    """The records of a shipped sample."""
    text = (EXPORTS / f"{name}.csv").read_text(encoding="utf-8-sig")
    return [r for r in csv.reader(io.StringIO(text), delimiter=";" if text.split("\n")[0].count(";") else ",") if r]


def workbook(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]], times: Sequence[int]) -> None:
    """A table as a workbook in which some columns are real times."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(list(headings))
    for row in rows:
        sheet.append([datetime.strptime(c, "%m/%d/%y %H:%M:%S") if i in times else c for i, c in enumerate(row)])
    book.save(path)


def pretix(words: dict[str, str], **how: Any) -> bytes:
    """The pretix sample with some of its words in another language."""
    return table(*_head([[words.get(c, c) for c in row] for row in sample("pretix_positions_default")]), **how)


def pretix_joined() -> bytes:
    """The pretix sample with the sectors in one cell."""
    records = sample("pretix_positions_default")
    first = next(i for i, h in enumerate(records[0]) if h.startswith("Sectors"))
    joined = [[*r[:first], "Sectors" if r is records[0] else "Pharma, Vaccine", *r[first + 3 :]] for r in records]
    return table(*_head(joined), quoting=csv.QUOTE_ALL)


def _head(records: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    return records[0], records[1:]


GERMAN = {
    "Order code": "Bestellnummer", "Order date": "Bestelldatum", "Order time": "Bestelluhrzeit", "Email": "E-Mail",
    "Attendee name": "Name Teilnehmer*in", "Attendee company": "Teilnehmer*innen-Firma", "Country": "Land",
    "Order locale": "Bestellsprache", "Yes": "Ja", "No": "Nein", "approval pending": "Freigabe ausstehend",
    "Role": "Rolle", "Pseudonymization ID": "Pseudonymisations-ID",
}  # fmt: skip


def unknown_language(records: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The same table under headings in a language that nobody listed."""
    return [f"Καμία {i}" for i, _ in enumerate(records[0])], records[1:]


def variants() -> dict[str, tuple[str, bytes]]:
    """Exports by a name, each with the system it comes from."""
    indico = [*INDICO, *STATE]
    german = ["ID", "Name", "E-Mail-Adresse", "Vorname", "Nachname", "Mitgliedschaft", "Land", "Rolle", "Sektoren",
              "Anmeldedatum", "Anmeldestatus"]  # fmt: skip
    google = [["2025/08/01 10:10:09 AM GMT+2", "a@example.org", "Awa", "Sénégal", "Pharmaceutique;Vaccins"],
              ["2025/08/01 1:10:09 PM GMT+2", "b@example.org", "Bo", "Suisse", "Vaccins"]]  # fmt: skip
    lime = [["1", "2025-08-01 10:00:00", "3", "de", "1417820114", "A B", "a@example.org", "Mali", "Behörde", "Ja"],
            ["2", "", "1", "de", "99", "", "", "", "", ""]]  # fmt: skip
    lime_german = ["Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert", "Name",
                   "E-Mail", "Land", "Rolle", "Sektoren [Impfstoffe]"]  # fmt: skip
    redcap = [["1", "", "2025-08-01 10:00:13", "Awa", "Kenya", "Regulator", "Checked", "Unchecked", "Complete"],
              ["2", "", "[not completed]", "", "", "", "Unchecked", "Unchecked", "Incomplete"]]  # fmt: skip
    orders = ["Order #", "Order Date", "First Name", "Last Name", "Email", "Quantity", "Ticket Type", "Attendee #",
              "Attendee Status", "Country"]  # fmt: skip
    order = ["1001234567", "2025-08-01 10:00:00", "Awa", "Ba", "a@example.org", "1", "Application", "2001", "Attending",
             "Kenya"]  # fmt: skip
    kobo = [
        "full_name",
        "country",
        "role",
        "sector",
        "_id",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_index",
    ]
    odk = ["SubmissionDate", "full_name", "country", "role", "sector", "instanceID", "KEY", "SubmitterID",
           "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState"]  # fmt: skip
    quoted: Any = {"quoting": csv.QUOTE_ALL}
    return {
        "pretix with semicolons": ("pretix", pretix({}, separator=";")),
        "pretix in German": ("pretix", pretix(GERMAN, separator=";", encoding="utf-8-sig")),
        "pretix, choices joined": ("pretix", pretix_joined()),
        "pretix in an unlisted language": ("pretix", table(*unknown_language(sample("pretix_positions_default")))),
        "Indico": ("Indico", table(indico, INDICO_ROWS, encoding="utf-8-sig")),
        "Indico in German": ("Indico", table(german, [[*r[:10], "Abgeschlossen"] for r in INDICO_ROWS])),
        "Indico, doubled heading": ("Indico", table([*indico, "Country"], [[*r, "Kenya"] for r in INDICO_ROWS])),
        "Indico without state": ("Indico", table(INDICO, [r[:9] for r in INDICO_ROWS], encoding="utf-8-sig")),
        "Microsoft Forms in cp1252": ("Microsoft Forms", table(MICROSOFT, MICROSOFT_ROWS, encoding="cp1252")),
        "Microsoft Forms with tabs": ("Microsoft Forms", table(MICROSOFT, MICROSOFT_ROWS, separator="\t")),
        "Microsoft Forms, unlisted language": (
            "Microsoft Forms", table(*unknown_language([MICROSOFT, *MICROSOFT_ROWS]), separator=";")),
        "Google Forms in French": ("Google Forms", table(
            ["Horodateur", "Adresse e-mail", "Nom complet", "Pays", "Secteurs"], google, **quoted)),
        "Google Forms from a sheet": ("Google Forms", table(
            ["Timestamp", "Email Address", "Full name", "Country", "Sectors"],
            [["8/13/2025 10:10:09", *google[0][1:4], "Pharma, Vaccine"], ["8/1/2025 9:10:09", *google[1][1:]]])),
        "LimeSurvey in German": ("LimeSurvey", table(lime_german, lime, separator=";", encoding="utf-8-sig", **quoted)),
        "LimeSurvey in an unlisted language": (
            "LimeSurvey", table(*unknown_language([lime_german, *lime]), separator=";", **quoted)),
        "Kobo with everything": ("Kobo", table(kobo, [["Awa", "ke", "nra", "pharma vaccine", "1", "u1",
            "2025-08-01T06:01:00", ""]], separator=";", **quoted)),
        "ODK Central, not split": ("ODK Central", table(odk, [["2025-08-01T00:00:00.000Z", "Awa", "ci", "nra",
            "pharma vaccine", "uuid:1", "uuid:1", "5", "x", "0", "0", "", "approved"]])),
        "REDCap with labels": ("REDCap", table(["Record ID", "Survey Identifier", "Survey Timestamp", "Full name",
            "Country", "Role", "Sectors (choice=Pharma)", "Sectors (choice=Vaccine)", "Complete?"], redcap)),
        "Zoom with sections": ("Zoom registration", ZOOM.encode("utf-8-sig")),
        "Zoom saved again with semicolons": ("Zoom registration", ZOOM.replace(",", ";").encode()),
        "Eventbrite with attendee numbers": ("Eventbrite", table(orders, [order, [*order[:7], "2002", *order[8:]]])),
        "Eventbrite in German": ("Eventbrite", table(["Bestellnr.", "Bestelldatum", "Vorname", "Nachname", "E-Mail",
            "Ticketart"], [["1001234567", "13.08.2025 10:00:00", "Awa", "Ba", "a@example.org", "Anmeldung"]],
            separator=";")),
    }  # fmt: skip
