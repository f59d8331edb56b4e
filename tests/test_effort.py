"""What work grows with the number of applicants: counted within one run, never by the clock."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path
from typing import Any

import pytest

from selection import Policy, read_applicants, select

FEW, MANY = 2_000, 16_000
POLICY = {
    "capacity": 300,
    "on": "2025-08-31",
    "points": [{"name": "Income", "field": "income_group", "values": {"LIC": 3, "LMC": 2, "UMC": 1, "HIC": 0}}],
    "reserve": [{"name": "Low income", "where": {"income_group": "LIC"}, "seats": "20%"}],
    "cap": [{"name": "Country", "per": "country", "seats": "30%"}],
    "ties": {"order": ["lottery"]},
}


def table(path: Path, rows: int) -> Path:
    countries = ("Kenya", "Uganda", "France", "Brazil", "India", "NA")
    lines = (f"{n:06d},p{n} q,p{n}@example.org,{countries[n % 6]},{n % 30}" for n in range(rows))
    path.write_text("id,name,email,country,years\n" + "\n".join(lines) + "\n")
    return path


def calls(work: Any) -> int:
    """How many functions, ours and the interpreter's, are called."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("effort")
    files = table(folder / "few.csv", FEW), table(folder / "many.csv", MANY)
    for file in files:  # everything that is opened once is opened before anything is counted
        select(read_applicants(file), POLICY, seed="s")
    return files


def test_reading_makes_a_few_calls_for_a_row(tables: tuple[Path, Path]) -> None:
    few, many = (calls(lambda file=file: read_applicants(file)) for file in tables)
    assert many - few < 5 * (MANY - FEW)


def test_deciding_makes_a_call_or_two_for_a_ticket(tables: tuple[Path, Path]) -> None:
    policy = Policy.model_validate(POLICY)
    few, many = (
        calls(lambda intake=intake: select(intake, policy, seed="s")) for intake in map(read_applicants, tables)
    )
    assert many - few < 8 * (MANY - FEW)


def test_writing_makes_a_few_calls_for_a_row(tables: tuple[Path, Path], tmp_path: Path) -> None:
    made = [select(read_applicants(file), POLICY, seed="s") for file in tables]
    few, many = (calls(lambda one=one, n=n: one.write(tmp_path / str(n))) for n, one in enumerate(made))
    assert many - few < 4 * (MANY - FEW)
