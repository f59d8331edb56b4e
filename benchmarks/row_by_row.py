"""One applicant at a time: a pydantic model each, `policy.assess`, and the same reading in bulk, as time a row.

    python benchmarks/row_by_row.py [--rows 1000000] [--times 5]

The race's table and policy (`race_table.py`). The model has a type for each of the eleven columns and is given rows
that are cut into cells already; bulk reading begins with the file, so what pyarrow needs to parse it is shown as well.
Rounds take turns within one process; medians are printed. The ratio is to the model.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import race_table
from pydantic import BaseModel
from turns import seconds_of

from selection import Policy, read_applicants

SOME = 20_000
MODEL = "a pydantic model each"


class Registration(BaseModel):
    """What a user would write to check a row."""

    id: str
    submitted_at: datetime
    name: str
    email: str
    country: str
    role: str
    sector: str
    function: str
    organisation: str
    years_experience: int | None
    gender: str | None


def main() -> None:
    """Make the table, let everybody take turns, print times a row."""
    read = argparse.ArgumentParser(description="One applicant at a time, and all together.")
    read.add_argument("--rows", type=int, default=1_000_000)
    read.add_argument("--times", type=int, default=5, help="rounds; medians are printed")
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = race_table.write(folder, asked.rows)
        with open(table, encoding="utf-8", newline="") as file:
            rows = list(islice(csv.DictReader(file), SOME))
        policy = Policy.load(folder / "policy.toml")
        singly: dict[str, Callable[[], Any]] = {
            MODEL: lambda: [Registration.model_validate(row) for row in rows],
            "policy.assess": lambda: [policy.assess(row) for row in rows],
        }
        together: dict[str, Callable[[], Any]] = {
            "read_applicants, all at once": lambda: read_applicants(table, form=folder / "form.toml"),
            "pyarrow, parsing alone": lambda: _parsed(table),
        }
        runs = {
            name: [second / (len(rows) if name in singly else asked.rows) * 1e6 for second in found]
            for name, found in seconds_of(singly | together, asked.times).items()
        }
    median = {name: statistics.median(found) for name, found in runs.items()}
    print("| | microseconds a row | range | beside a model |\n|---|---:|---|---:|")
    for name, found in runs.items():
        ratio = median[name] / median[MODEL]
        print(f"| {name} | {median[name]:.2f} | {min(found):.2f} to {max(found):.2f} | {ratio:.2f} |")


def _parsed(table: Path) -> Any:
    from pyarrow import csv as parser

    with open(table, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    kinds = parser.ConvertOptions(column_types=dict.fromkeys(names, "string"))
    return parser.read_csv(str(table), convert_options=kinds)


if __name__ == "__main__":
    main()
