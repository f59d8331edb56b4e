"""What fuzzers try, without a fuzzer: the seeds and random inputs; and sizes at which a slow way would show."""

from __future__ import annotations

import sys
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selection import Form, Policy, SelectionError, country, read_applicants
from selection.intake import unpacking
from selection.suggestions import suggest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fuzz"))

from surfaces import SURFACES, seeds

from test_effort import calls

QUICK = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))

#: Four times the input needs four times the calls of a linear way, sixteen times those of a quadratic one.
GROWTH = 5
LEAST = 2_000

#: What is slow within one call (a pattern, a parser) shows as a hang: minutes where a linear way takes a second or two.
HANG = 60.0


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_but_a_mistake_with_a_sentence_comes_of_the_seeds(surface: str) -> None:
    if surface == "workbooks":
        pytest.importorskip("python_calamine")
    for seed in seeds(surface):
        SURFACES[surface](seed)


def pieces(surface: str) -> st.SearchStrategy[bytes]:
    """A seed with some of it cut out and something put in, or any bytes."""
    begun = st.sampled_from(list(seeds(surface)))
    signs = st.one_of(
        st.binary(max_size=8), st.sampled_from([b'"', b"\n", b"\r", b";", b",", b"\0", b"[", b"'", b"=", b"1e9"])
    )
    places = st.tuples(st.integers(0, 600), st.integers(0, 30), signs)

    def changed(seed: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
        for at, size, sign in changes:
            at %= len(seed) + 1
            seed = seed[:at] + sign + seed[at + size :]
        return seed

    return st.one_of(st.builds(changed, begun, st.lists(places, max_size=4)), st.binary(max_size=60))


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_but_a_mistake_with_a_sentence_comes_of_anything(surface: str) -> None:
    if surface == "workbooks":
        pytest.importorskip("python_calamine")

    @QUICK
    @given(pieces(surface))
    def tried(data: bytes) -> None:
        SURFACES[surface](data)

    tried()


def test_an_exponent_that_no_number_has_is_a_mistake_of_the_policy() -> None:
    with pytest.raises(SelectionError, match="exponent"):
        Policy.parse('title = "x"\ncapacity = 1e99999999999999999999\n')


def test_a_date_format_that_takes_minutes_to_try_is_a_mistake_of_the_form() -> None:
    with pytest.raises(SelectionError, match="60 signs"):
        Form.parse(f'dates = "{"%d " * 40}"\n')


def test_a_whole_number_of_thousands_of_digits_is_a_mistake_of_the_form() -> None:
    with pytest.raises(SelectionError, match="not valid TOML"):
        Form.parse("skip_rows = " + "1" * 10_000)


@pytest.mark.parametrize("key", ["timezone", "encoding", "dates"])
def test_a_very_long_text_in_a_form_is_cut_short_in_the_answer(key: str) -> None:
    with pytest.raises(SelectionError) as caught:
        Form.parse(f'{key} = "{"x" * 100_000}"')
    assert len(caught.value.sentence) < 300


def test_rows_to_skip_beyond_all_rows_end_at_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id,country\n1,PER\n")
    with pytest.raises(SelectionError):
        read_applicants(path, form=Form(skip_rows=10**15))


def test_a_workbook_with_a_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "corner.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("id", "country"))
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(SelectionError, match="row 1,048,576 and column 16,384") as caught:
        read_applicants(path)
    assert caught.value.code == "workbook_too_large"


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1 << 20)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b'<row r="1"/>' * 200_000)
    with pytest.raises(SelectionError, match="unpacks to more than") as caught:
        read_applicants(path)
    assert caught.value.code == "workbook_too_large"


def read(tmp_path: Path, data: bytes, reading: Callable[[Path], Any]) -> Callable[[], None]:
    path = tmp_path / f"{len(data)}.csv"
    path.write_bytes(data)
    return lambda: _answered(reading, path)


def _answered(function: Callable[[Any], Any], given: Any) -> None:
    try:
        function(given)
    except SelectionError:
        return


def wide(columns: int) -> bytes:
    return b",".join(b"c%d" % place for place in range(columns)) + b"\n" + b"x," * (columns - 1) + b"y\n"


SIZES: dict[str, tuple[Callable[[int], Any], Callable[[Any], Any], int]] = {
    "one long cell": (lambda n: b"id,country\n1," + b"Peru / " * n + b"\n", read_applicants, 300_000),
    "one long heading": (lambda n: b"a@" + b"." * n + b" x,b\n1,2\n", read_applicants, 20_000),
    "ragged rows": (lambda n: b"id,country\n" + b"1\n" * n, read_applicants, 5_000),
    "many columns": (wide, read_applicants, 2_500),
    "many columns to suggest for": (wide, suggest, 2_100),
    "deep arrays": (lambda n: "x = " + "[" * n + "]" * n, Policy.parse, 10_000),
    "deep tables of a form": (lambda n: "x = " + "{a=" * n + "1" + "}" * n, Form.parse, 10_000),
    "long text in a policy": (lambda n: f'country = "{"x" * n}"\ncapacity = 1', Policy.parse, 250_000),
    "long text in a form": (lambda n: f'timezone = "{"x" * n}"', Form.parse, 250_000),
    "rules": (lambda n: "capacity = 9\n" + "".join(f'[[points]]\nname = "{i}"\npoints = 1\nwhere = {{ x = "{i}" }}\n'
                                                   for i in range(n)), Policy.parse, 1_250),
    "conditions within conditions": (
        lambda n: "[[eligible]]\nwhere = " + "{ not = " * n + "}" * n, Policy.parse, 10_000,
    ),
    "a country of marks": (lambda n: "a" + "\u0301\u0316" * n, country, 60_000),
    "a country of names": (lambda n: "Peru, Chile; " * n, country, 20_000),
}  # fmt: skip


@pytest.mark.parametrize("case", SIZES)
def test_four_times_as_much_takes_about_four_times_the_calls_and_no_hang(case: str, tmp_path: Path) -> None:
    made, function, size = SIZES[case]
    given = [made(n) for n in (size, 4 * size)]
    runs = [
        read(tmp_path, one, function) if isinstance(one, bytes) else partial(_answered, function, one) for one in given
    ]
    runs[0]()  # what is opened once is opened before anything is counted
    begun = time.process_time()
    small, large = map(calls, runs)
    assert large <= GROWTH * max(small, LEAST)
    assert time.process_time() - begun < HANG
