"""How many country texts are answered right, wrong or left open, and how fast; with other tools if installed.

    pip install country_converter countryguess countrynames hdx-python-country
    python benchmarks/countries.py [--spellings FILE.csv] [--speed]

The column `first ms` is a fresh process that imports the tool and answers once, less the start of Python itself.
FILE.csv has the columns text, iso3 (empty: must be declined) and kind (`either`: declining is as right as the code).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

SPELLINGS = Path(__file__).parents[1] / "tests" / "data" / "country_spellings.csv"
Tool = Callable[[str], "str | None"]
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a table of spellings."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def tiers(rows: Iterable[Row]) -> None:
    """Print right, wrong and open for each tier of our own answers."""
    from selection.countries import country

    counted: Counter[tuple[str, str]] = Counter()
    answerable = right = first = 0
    for row in rows:
        answer = country(row["text"])
        counted[answer.status, _verdict(answer.code, row)] += 1
        if row["iso3"] and row["kind"] != "either":
            answerable += 1
            right += answer.code == row["iso3"]
            first += answer.code is None and bool(answer.suggestions) and answer.suggestions[0].code == row["iso3"]
    print(f"\n{'tier':<16}{'right':>8}{'wrong':>8}{'open':>8}{'declined':>10}")
    for tier in sorted({status for status, _ in counted}):
        numbers = [counted[tier, verdict] for verdict in ("right", "wrong", "open", "declined")]
        print(f"{tier:<16}{numbers[0]:>8}{numbers[1]:>8}{numbers[2]:>8}{numbers[3]:>10}")
    print(f"of {answerable} answerable texts: {right / answerable:.1%} right by itself, ", end="")
    print(f"{(right + first) / answerable:.1%} counting the first suggestion")


def _verdict(code: str | None, row: Row) -> str:
    if code is None:
        return "open" if row["iso3"] and row["kind"] != "either" else "declined"
    return "right" if code == row["iso3"] else "wrong"


def compare(rows: list[Row]) -> None:
    """Print the same for each tool that is installed, and name those that are not."""
    answerable = sum(1 for row in rows if row["iso3"] and row["kind"] != "either")
    print(f"{len(rows)} texts, {answerable} of them must be answered")
    print(f"{'tool':<32}{'right':>8}{'wrong':>8}{'open':>8}{'names/s':>10}{'first ms':>10}")
    for name, make in TOOLS.items():
        try:
            tool = make()
        except ImportError as error:
            print(f"{name:<32}  SKIPPED: not installed ({error.name})")
            continue
        except Exception as error:
            print(f"{name:<32}  SKIPPED: does not start here ({type(error).__name__}: {error})")
            continue
        counted, speed = measured(tool, rows)
        numbers = "".join(f"{counted[verdict]:>8}" for verdict in ("right", "wrong", "open"))
        print(f"{name:<32}{numbers}{speed:>10,.0f}{first_answer(name):>10,.0f}")


def measured(tool: Tool, rows: list[Row]) -> tuple[Counter[str], float]:
    """What one tool answers, and how many distinct texts it answers in a second."""
    tool("Kenya")
    tool("Quenya")
    start = time.perf_counter()
    answers = [tool(row["text"]) for row in rows]
    seconds = time.perf_counter() - start
    counted = Counter(_verdict(code, row) for code, row in zip(answers, rows, strict=True))
    return counted, len(rows) / seconds


def first_answer(name: str) -> float:
    """Milliseconds from a fresh process to one answer, less those of a process that does nothing; best of five."""

    def best(code: str) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
        return min(times)

    here = str(Path(__file__).parent)
    asked = f"import sys; sys.path.insert(0, {here!r}); import countries; countries.TOOLS[{name!r}]()('Kenya')"
    empty = f"import sys; sys.path.insert(0, {here!r}); import countries"
    return 1000 * (best(asked) - best(empty))


def speed() -> None:
    """Print the time to the first answer and distinct names a second over every catalogue name."""
    start = time.perf_counter()
    from selection.countries import country

    country("Kenya")
    print(f"import and first answer: {(time.perf_counter() - start) * 1000:.0f} ms")
    from selection.countries.remake.catalogues import english_names, other_names

    names = sorted({name.text for name in (*english_names(), *other_names())})
    start = time.perf_counter()
    for name in names:
        country(name)
    print(f"{len(names):,} distinct names: {len(names) / (time.perf_counter() - start):,.0f} a second")
    repeated = names * (1_000_000 // len(names) + 1)
    start = time.perf_counter()
    for name in repeated[:1_000_000]:
        country(name)
    print(f"1,000,000 texts with repeats: {time.perf_counter() - start:.2f} s\n")


def _ours() -> Tool:
    from selection.countries import country

    return lambda text: country(text).code


def _pycountry() -> Tool:
    countries = importlib.import_module("pycountry").countries

    def answer(text: str) -> str | None:
        try:
            return str(countries.lookup(text).alpha_3)
        except LookupError:
            return None

    return answer


def _country_converter() -> Tool:
    module = importlib.import_module("country_converter")
    converter = module.CountryConverter()

    def answer(text: str) -> str | None:
        found = converter.convert(text, to="ISO3", not_found=None)
        return found if isinstance(found, str) and len(found) == 3 and found.isupper() else None

    return answer


def _countryguess() -> Tool:
    guess = importlib.import_module("countryguess").guess_country
    return lambda text: guess(text, attribute="iso3", default=None)


def _countrynames(fuzzy: bool) -> Tool:
    to_code = importlib.import_module("countrynames").to_code_3

    def answer(text: str) -> str | None:
        try:
            return to_code(text, fuzzy=fuzzy)  # type: ignore[no-any-return]
        except KeyError:  # a former state without an alpha-3 code
            return None

    return answer


def _hdx(fuzzy: bool) -> Tool:
    country = importlib.import_module("hdx.location.country").Country
    if fuzzy:
        return lambda text: country.get_iso3_country_code_fuzzy(text)[0]
    return lambda text: country.get_iso3_country_code(text)


TOOLS: dict[str, Callable[[], Tool]] = {
    "selection": _ours,
    "pycountry lookup": _pycountry,
    "country_converter": _country_converter,
    "countryguess": _countryguess,
    "countrynames": lambda: _countrynames(False),
    "countrynames fuzzy": lambda: _countrynames(True),
    "hdx-python-country": lambda: _hdx(False),
    "hdx-python-country fuzzy": lambda: _hdx(True),
}


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spellings", type=Path, default=SPELLINGS)
    parser.add_argument("--speed", action="store_true", help="also measure speed over every catalogue name")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    importlib.import_module("logging").disable()
    rows = read(chosen.spellings)
    if chosen.speed:
        speed()
    compare(rows)  # first, so that our own answers are not remembered ones
    tiers(rows)


if __name__ == "__main__":
    main()
