"""The command: python -m selection.countries.remake --workbook OGHIST.xlsx [--edition "1 July 2027"] [--dry-run]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from selection.countries.reference import folder
from selection.countries.remake.index import made_index, write_index
from selection.countries.remake.tables import changes, edition_of, income_table, threshold_table, write
from selection.countries.remake.workbook import odd_cells, read_workbook, spells
from selection.errors import SelectionError


def main(arguments: list[str] | None = None) -> int:
    """Remake the shipped data and print what changed; nothing is written with --dry-run."""
    parser = argparse.ArgumentParser(prog="python -m selection.countries.remake", description=main.__doc__)
    parser.add_argument("--workbook", type=Path, help="the World Bank's OGHIST workbook, for the income groups")
    parser.add_argument("--edition", help='its date in words, if the file name does not tell it, as in "1 July 2027"')
    parser.add_argument("--dry-run", action="store_true", help="only print what would change")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.workbook:
            _remake_incomes(chosen.workbook, chosen.edition or edition_of(chosen.workbook), write_it=not chosen.dry_run)
        _remake_index(write_it=not chosen.dry_run)
    except SelectionError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _remake_incomes(path: Path, edition: str, *, write_it: bool) -> None:
    history = read_workbook(path)
    differences = changes(spells(history))
    print(f"income_groups.csv: {len(differences)} changed cells")
    print(*(f"  {line}" for line in (*differences, *odd_cells(history))), sep="\n")
    tables = {
        "income_groups.csv": income_table(history, path, edition),
        "income_thresholds.csv": threshold_table(history, edition),
    }
    if write_it:
        for name, text in tables.items():
            write(name, text)


def _remake_index(*, write_it: bool) -> None:
    held = folder() / "country_index.bin"
    same = held.is_file() and held.read_bytes() == made_index()
    print("country_index.bin: " + ("unchanged" if same else "changed"))
    if write_it and not same:
        print(write_index())


if __name__ == "__main__":
    raise SystemExit(main())
