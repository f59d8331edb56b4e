"""The shipped country facts agree with the published counts, lists and dates."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from selection import countries
from selection.countries import data_fingerprints, facts, fiscal_year, known_codes, reference
from selection.countries.economies import income_cells, shipped_years
from selection.countries.remake import __main__ as remake
from selection.countries.remake.tables import changes, income_table, threshold_table
from selection.countries.remake.workbook import odd_cells, read_workbook, spells
from selection.errors import CountryDataError

HERE = Path(__file__).parent / "data"
GROUPS = ("LIC", "LMC", "UMC", "HIC")
DURING_FY2026 = date(2025, 8, 31)


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def group(code: str, year: int) -> str:
    return income_cells().get((code, year), "")


@pytest.mark.parametrize("row", table("income_group_counts.csv"), ids=lambda row: f"FY{row['fiscal_year']}")
def test_published_counts_of_every_fiscal_year(row: dict[str, str]) -> None:
    year = int(row["fiscal_year"])
    counted = Counter(group for (_, cell_year), group in income_cells().items() if cell_year == year)
    assert [counted[g] for g in GROUPS] == [int(row[g]) for g in GROUPS]


def test_thirty_nine_fiscal_years() -> None:
    assert shipped_years() == (1989, 2027)
    assert [int(row["fiscal_year"]) for row in reference.rows("income_thresholds.csv")] == list(range(1989, 2028))


def test_every_published_move_and_no_other() -> None:
    moves = {(int(r["fiscal_year"]), r["iso3"], r["from"], r["to"]) for r in table("income_group_changes.csv")}
    economies = {code for code, _ in income_cells()}
    found = {
        (year, code, group(code, year - 1), group(code, year))
        for code in economies
        for year in range(1990, 2028)
        if group(code, year - 1) != group(code, year)
    }
    assert found == moves


def test_moves_from_fy2025_to_fy2026() -> None:
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    moved = {
        code: (facts(code, before).income_group, facts(code, after).income_group)
        for code in known_codes()
        if facts(code, before).income_group != facts(code, after).income_group
    }
    assert moved == {
        "CRI": ("UMC", "HIC"),
        "CPV": ("LMC", "UMC"),
        "WSM": ("LMC", "UMC"),
        "NAM": ("UMC", "LMC"),
        "ETH": ("LIC", None),
    }


def test_unclassified_is_not_the_same_as_not_covered() -> None:
    status = {code: facts(code, DURING_FY2026).income_status for code in known_codes()}
    assert {code for code, word in status.items() if word == "unclassified"} == {"ETH", "VEN"}
    assert {"COK", "NIU", "VAT", "REU", "ESH", "MYT"} <= {c for c, word in status.items() if word == "not_covered"}
    ethiopia = facts("ETH", DURING_FY2026)
    assert (ethiopia.carried_group, ethiopia.carried_year) == ("LIC", 2025)
    assert "ETH, FY2026" in ethiopia.income_source
    venezuela = facts("VEN", DURING_FY2026)
    assert (venezuela.carried_group, venezuela.carried_year) == ("UMC", 2021)
    cook = facts("COK", DURING_FY2026)
    assert (cook.income_group, cook.carried_group, cook.who_member) == (None, None, True)


def test_territories_name_their_sovereign_and_its_group() -> None:
    reunion = facts("REU", DURING_FY2026)
    assert (reunion.income_status, reunion.sovereign, reunion.sovereign_group) == ("not_covered", "FRA", "HIC")


@pytest.mark.parametrize("code", ["GGY", "JEY"])
def test_channel_islands_count_as_one_economy(code: str) -> None:
    found = facts(code, DURING_FY2026)
    assert (found.income_group, found.income_status) == ("HIC", "classified")
    assert "CHI" in found.income_source


def test_kosovo() -> None:
    assert facts("XKX", DURING_FY2026).income_group == "UMC"
    assert facts("XKX", DURING_FY2026).who_region == "EUR"
    assert facts("XKX", date(2008, 1, 1)).income_status == "not_covered" or group("XKX", 2008) == ""


@pytest.mark.parametrize(("day", "sear", "wpr"), [(date(2025, 5, 22), 11, 27), (date(2025, 5, 23), 10, 28)])
def test_who_regions_before_and_after_indonesia_moved(day: date, sear: int, wpr: int) -> None:
    held = [facts(code, day) for code in known_codes()]
    counted = Counter(f.who_region for f in held if f.who_member)
    assert counted == {"AFR": 47, "AMR": 35, "EMR": 21, "EUR": 53, "SEAR": sear, "WPR": wpr}
    assert sum(counted.values()) == 194


def test_non_members_have_a_region_but_no_membership() -> None:
    palestine = facts("PSE", DURING_FY2026)
    assert (palestine.who_region, palestine.who_member) == ("EMR", False)
    assert facts("TWN", DURING_FY2026).who_region is None


def test_un_groups() -> None:
    held = [facts(code, DURING_FY2026) for code in known_codes()]
    assert sum(f.ldc for f in held) == 44
    assert sum(f.lldc for f in held) == 32
    assert sum(f.sids for f in held) == 53


def test_leaving_the_ldc_list_takes_effect_on_the_day() -> None:
    assert facts("STP", date(2024, 12, 12)).ldc
    assert not facts("STP", date(2024, 12, 13)).ldc
    assert facts("GNQ", date(2017, 5, 31)).ldc
    assert not facts("GNQ", date(2017, 6, 30)).ldc


def test_a_scheduled_exit_stays_in_sight_before_and_after() -> None:
    before, after = facts("BGD", date(2026, 11, 23)), facts("BGD", date(2026, 11, 24))
    assert before.ldc
    assert "scheduled to leave on 2026-11-24" in before.un_note
    assert not after.ldc
    assert "was scheduled to leave on 2026-11-24" in after.un_note


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 6, 30), 2025), (date(2025, 7, 1), 2026), (date(2026, 6, 30), 2026), (date(2026, 12, 31), 2027)],
)
def test_fiscal_year(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_after_the_last_fiscal_year_it_fails_loudly() -> None:
    assert facts("KEN", date(2027, 6, 30)).fiscal_year == 2027
    with pytest.raises(CountryDataError, match=r"FY2027.*selection\.countries\.remake") as caught:
        facts("KEN", date(2027, 7, 1))
    assert caught.value.facts["last_fiscal_year"] == 2027


def test_before_the_first_fiscal_year_it_fails_too() -> None:
    assert facts("KEN", date(1988, 7, 1)).income_group == "LIC"
    with pytest.raises(CountryDataError, match="FY1989"):
        facts("KEN", date(1988, 6, 30))


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(CountryDataError, match="Did you mean 'KEN'"):
        facts("KENN", DURING_FY2026)
    with pytest.raises(CountryDataError, match="'Kenya'"):
        countries.country_name("Kenya")


def test_spells_of_an_economy_follow_one_another() -> None:
    by_code: dict[str, list[tuple[int, int]]] = {}
    for row in reference.rows("income_groups.csv"):
        by_code.setdefault(row["code"], []).append((int(row["fy_from"]), int(row["fy_to"])))
    for code, runs in by_code.items():
        assert runs[0][0] == 1989, code
        assert all(b[0] == a[1] + 1 for a, b in pairwise(runs)), code


def test_every_table_says_where_it_is_from() -> None:
    for name in reference.FILES:
        if name.endswith(".csv"):
            line = reference.source_line(name)
            assert line.startswith("Source: "), name
            assert "Edition: " in line, name
            assert "Licence: " in line, name


def test_fingerprints_of_every_file() -> None:
    prints = data_fingerprints()
    assert set(prints) == set(reference.FILES)
    assert all(len(value) == 64 for value in prints.values())
    prints.clear()
    assert data_fingerprints()


def test_codes_are_unique_and_every_row_names_a_known_country() -> None:
    listed = reference.rows("countries.csv")
    assert len({row["alpha2"] for row in listed}) == len(listed) == len(known_codes()) == 250
    for name in ("who_regions.csv", "un_groups.csv"):
        assert {row["code"] for row in reference.rows(name)} <= known_codes()


def test_importing_countries_loads_neither_pandas_nor_pycountry() -> None:
    code = "import sys, selection.countries; print([m for m in ('pandas', 'pycountry', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook in the shape of OGHIST, with the shipped cells, shuffled rows and one changed cell."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Read me"])
    sheet = book.create_sheet("Country Analytical History")
    years = list(range(1989, 2029))
    sheet.append(["World Bank Analytical Classifications"])
    sheet.append(["", "Bank's fiscal year:", *(f"FY{year % 100:02}" for year in years)])
    sheet.append(["", "Low income (L)", *("<= 1,200" for _ in years)])
    sheet.append(["", "Lower middle income (LM)", *("1,201-4,700" for _ in years)])
    sheet.append(["", "Upper middle income (UM) ", *("4,701-14,600" for _ in years)])
    sheet.append(["", "High income (H)", *("> 14,600" for _ in years)])
    letters = {"LIC": "L", "LMC": "LM", "UMC": "UM", "HIC": "H"}
    cells = income_cells()
    for code in sorted({code for code, _ in cells}, reverse=True):
        shown = [letters.get(cells.get((code, year), ""), _absence(code, year)) for year in years[:-1]]
        sheet.append([code, code.title(), *shown, shown[-1] if code != "KEN" else "UM"])
    path = tmp_path / "OGHIST_2027_07_01.xlsx"
    book.save(path)
    return path


def _absence(code: str, year: int) -> str:
    if (code, year) == ("YUG", 1990):
        return "LM*"
    return "" if (code, year) in income_cells() and code == "ETH" else ".."


def test_remaking_from_a_workbook_reads_codes_and_years_not_rows(workbook: Path) -> None:
    history = read_workbook(workbook)
    differences = changes(spells(history))
    assert "KEN FY2028: not covered -> UMC" in differences
    assert {line.split()[1] for line in differences} == {"FY2028:"}
    assert odd_cells(history) == ["YUG FY1990: 'LM*' kept as unclassified"]
    text = income_table(history, workbook, "1 July 2027")
    assert "Edition: 1 July 2027, FY1989-FY2028 (sha256 of the workbook " in text.partition("\n")[0]
    assert "ETH,Ethiopia,,2026,2026" in text
    limits = threshold_table(history, "1 July 2027").splitlines()[-1]
    assert limits == "2028,2026,2027-07-01,2028-06-30,1200,1201,4700,4701,14600,14600,,,"


def test_the_remake_command_prints_the_difference_and_can_leave_the_data_alone(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = data_fingerprints()
    assert remake.main(["--workbook", str(workbook), "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "KEN FY2028: not covered -> UMC" in printed
    assert {name: reference.hashlib.sha256(reference.content(name)).hexdigest() for name in before} == before


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "x.xlsx"
    wrong.write_text("no workbook")
    assert remake.main(["--workbook", str(wrong), "--dry-run"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_every_day_of_the_shipped_years_has_one_answer() -> None:
    day = date(2024, 1, 1)
    while day < date(2027, 7, 1):
        assert facts("IDN", day).who_region in ("SEAR", "WPR")
        day += timedelta(days=17)
