"""Registrations for benchmarks: the rows of the shipped example again and again, each time somebody else's."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "cgmp_2025"
STAMP = "%Y-%m-%d %H:%M:%S"


def write(path: Path, number: int) -> Path:
    """A file of so many registrations in the shape of the example; rows of one round keep their duplicates."""
    with (EXAMPLE / "registrations.csv").open(encoding="utf-8-sig", newline="") as source:
        headings, *example = filter(None, csv.reader(source, delimiter=";"))
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerow(headings)
        writer.writerows(_rows(headings, example, number))
    return path


def _rows(headings: list[str], example: list[list[str]], number: int) -> Iterator[list[str]]:
    identity, address, stamp = (headings.index(name) for name in ("id", "email", "submitdate"))
    for place in range(number):
        turn, row = divmod(place, len(example))
        cells = list(example[row])
        cells[identity] = str(place + 1)
        if turn and "@" in cells[address]:
            cells[address] = f"{turn}.{cells[address].strip()}"
        if turn and cells[stamp]:
            cells[stamp] = (datetime.strptime(cells[stamp], STAMP) + timedelta(seconds=turn)).strftime(STAMP)
        yield cells
