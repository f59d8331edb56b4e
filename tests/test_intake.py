"""Intake: every kind of source, every bad input, nothing lost, whatever the order of the rows."""

from __future__ import annotations

import contextlib
import csv
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from selection.applicants import Applicant
from selection.errors import FormError, InputError, NotFoundError, SelectionError
from selection.intake import Form, Intake, read_applicants
from selection.intake.contents import PIECE
from selection.intake.mailboxes import mailboxes, normalised_email

EXPORTS = Path(__file__).parent / "data" / "exports"

QUIET = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = "id,country,role,years\nA,Kenya,nra,3\nB,NA,manufacturer,\n"


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def codes(intake: Intake) -> list[str]:
    return [p.code for p in intake.findings]


def cells(intake: Intake, name: str) -> list[Any]:
    column = intake.pool.columns[name]
    return [column.at(row) for row in range(len(intake.pool))]


def refused(source: Any, form: Any = None) -> SelectionError:
    with pytest.raises(SelectionError) as caught:
        read_applicants(source, form=form)
    return caught.value


# Files


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_encoding_and_line_end(file: Any, separator: str, encoding: str, end: str) -> None:
    text = "id,city,note\n1,Genève,x\n2,São Paulo,\n".replace(",", separator).replace("\n", end)
    intake = read_applicants(file(text.encode(encoding)))
    assert cells(intake, "city") == ["Genève", "São Paulo"]
    assert cells(intake, "note") == ["x", None]
    assert intake.pool.rows.tolist() == [2, 3]


def test_scripts_whose_utf16_looks_like_control_characters(file: Any) -> None:
    text = "id,город\n" + "".join(f"{i},Москва\n" for i in range(50))
    assert set(cells(read_applicants(file(text.encode("utf-16"))), "город")) == {"Москва"}
    assert read_applicants(file(text.encode("utf-16-be")), form={"encoding": "utf-16-be"}).counts["rows"] == 50


def test_every_cell_is_text_and_na_is_not_missing(file: Any) -> None:
    intake = read_applicants(file("id,a,b\n007,NA,nan\n 8 , 1e5 ,null\n"))
    assert intake.pool.ids.tolist() == ["007", "8"]
    assert cells(intake, "a") == ["NA", "1e5"]
    assert cells(intake, "b") == ["nan", "null"]


def test_na_is_namibia_where_codes_are_declared(file: Any) -> None:
    form = {"fields": {"id": {"column": "id"}, "country": {"column": "c", "codes": "alpha-2"}}}
    assert cells(read_applicants(file("id,c\n1,NA\n2,na\n"), form=form), "country") == ["NAM", "NAM"]


def test_all_quoted_partly_quoted_and_plain_files_read_alike(file: Any) -> None:
    rows = [["id", "a", "b"], ["1", "x y", ""], ["2", "z", "w"]]
    plain = "\n".join(",".join(r) for r in rows)
    quoted = "\n".join(",".join(f'"{c}"' for c in r) for r in rows)
    partly = "\n".join(",".join(f'"{c}"' if " " in c else c for c in r) for r in rows)
    pools = [read_applicants(file(text)).pool.sha256 for text in (plain, quoted, partly, quoted + "\n\n")]
    assert len(set(pools)) == 1


def test_separators_quotes_and_line_ends_in_cells(file: Any) -> None:
    intake = read_applicants(file('"id","a","b"\n"1","x"",""y","two\nlines"\n"2","\n","z"\n'))
    assert cells(intake, "a") == ['x","y', None]
    assert cells(intake, "b") == ["two\nlines", "z"]
    assert intake.pool.rows.tolist() == [2, 3]


def test_row_numbers_count_blank_lines_as_a_spreadsheet_does(file: Any) -> None:
    intake = read_applicants(file("id,a\n1,x\n\n2,y\n\n\n"))
    assert intake.pool.rows.tolist() == [2, 4]
    assert intake.counts["rows"] == 2


def test_cp1252_is_read_and_said(file: Any) -> None:
    intake = read_applicants(file("id,city\n1,Genève\n2,Zürich’s\n".encode("cp1252")))
    assert cells(intake, "city") == ["Genève", "Zürich’s"]
    assert intake.changes["code"].tolist() == ["encoding"]


def test_one_cp1252_line_among_utf8_is_repaired_and_said_with_its_line(file: Any) -> None:
    intake = read_applicants(file("id,city\n1,Genève\n".encode() + "2,Zürich\x81\n".encode("latin-1")))
    assert cells(intake, "city") == ["Genève", "Zürich\x81"]
    assert [(p.row, p.code) for p in intake.findings] == [(3, "encoding")]


def test_a_declared_encoding_that_does_not_fit_is_refused(file: Any) -> None:
    error = refused(file("id,c\n1,Genève\n".encode("cp1252")), {"encoding": "utf-8"})
    assert (error.code, error.facts["row"]) == ("wrong_encoding", 2)
    assert "cp1252" in error.sentence


def test_nul_characters_are_removed_and_said(file: Any) -> None:
    intake = read_applicants(file("id,a\n1,x\0y\n2,z\n"))
    assert cells(intake, "a") == ["xy", "z"]
    assert codes(intake) == ["nul_bytes"]


def test_ragged_rows_are_listed_and_counted(file: Any) -> None:
    intake = read_applicants(file("id,a,b\n1,x,y\n2,x,y,z\n3,x\n4,x,y,\n5,x,y\n"))
    assert [(p.row, p.code, p.action) for p in intake.findings] == [
        (3, "too_many_cells", "rejected"),
        (4, "too_few_cells", "left empty"),
    ]
    assert intake.pool.ids.tolist() == ["1", "3", "4", "5"]
    assert intake.counts == {
        "rows": 5, "applicants": 4, "rejected": 1, "incomplete_submissions": 0, "duplicates": 0,
    }  # fmt: skip


def test_short_and_long_rows_that_make_up_for_each_other_are_noticed(file: Any) -> None:
    intake = read_applicants(file("id,a,b\n1,x\n2,x,y,z\n3,x,y\n"))
    assert codes(intake) == ["too_few_cells", "too_many_cells"]
    assert intake.pool.ids.tolist() == ["1", "3"]


def test_empty_rows_are_rejected_not_lost(file: Any) -> None:
    intake = read_applicants(file("id,a\n1,x\n,\n , \n"))
    assert [(p.row, p.code) for p in intake.findings] == [(3, "empty_row"), (4, "empty_row")]
    assert (intake.counts["rows"], intake.counts["rejected"]) == (3, 2)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n", b",,,\n"])
def test_an_empty_file_has_no_registrations(file: Any, content: bytes) -> None:
    error = refused(file(content))
    assert isinstance(error, InputError)
    assert error.code == "no_registrations"


def test_headings_alone_are_a_pool_of_nobody(file: Any) -> None:
    intake = read_applicants(file("id,country\n"))
    assert (len(intake.pool), intake.counts["rows"], codes(intake)) == (0, 0, ["no_registrations"])
    assert intake.problems["sentence"].tolist() == ["There is no registration in the table."]


def test_doubled_headings_are_refused_without_a_form(file: Any) -> None:
    error = refused(file("id,Country,a,country\n1,x,y,z\n"))
    assert error.code == "doubled_headings"
    assert "columns 2 and 4" in error.sentence


def test_a_doubled_heading_needs_an_occurrence(file: Any) -> None:
    path = file("id,a,b,a\n1,x,y,z\n")
    field = {"column": "a"}
    assert refused(path, {"fields": {"x": field}}).code == "doubled_heading"
    assert refused(path, {"fields": {"x": {**field, "occurrence": 3}}}).code == "column_not_found"
    intake = read_applicants(path, form={"fields": {"x": {**field, "occurrence": 2}}})
    assert cells(intake, "x") == ["z"]
    assert intake.ignored == ("id", "a", "b")


@pytest.mark.parametrize("first", ["awa@example.org,Kenya,3", "1,2025-08-01,x"])
def test_a_table_without_headings_is_refused(file: Any, first: str) -> None:
    assert refused(file(f"{first}\n{first}\n")).code == "missing_headings"


def test_a_first_row_of_data_is_not_printed_by_the_form_error(file: Any) -> None:
    error = refused(file("awa@example.org,Kenya\nbo@example.org,Ghana\n"), {"fields": {"email": {"column": "email"}}})
    assert "awa@" not in f"{error} {error.facts}"
    assert "looks like a registration" in error.sentence


def test_a_column_without_a_heading_is_ignored_and_listed(file: Any) -> None:
    intake = read_applicants(file("id,,a\n1,x,y\n"))
    assert intake.ignored == ("column 2",)
    assert cells(intake, "a") == ["y"]


def test_a_wrong_separator_is_answered_with_the_right_one(file: Any) -> None:
    error = refused(file("id;a\n1;x\n"), {"separator": ",", "fields": {"id": {"column": "id"}}})
    assert (error.code, error.facts["seems"]) == ("wrong_separator", ";")


def test_a_column_that_is_not_there_is_answered_with_the_nearest(file: Any) -> None:
    error = refused(file("id,Country\n1,x\n"), {"fields": {"country": {"column": "Contry"}}})
    assert isinstance(error, FormError)
    assert "Did you mean 'Country'?" in error.sentence
    assert "fields.country" in error.sentence


def test_headings_are_found_in_spite_of_case_spaces_and_line_ends(file: Any) -> None:
    form = {"fields": {"id": {"column": "id"}, "x": {"column": "Years of  experience"}}}
    assert cells(read_applicants(file('id,"Years\nof Experience "\n1,3\n'), form=form), "x") == ["3"]


def test_lines_before_the_headings_are_pointed_out(file: Any) -> None:
    text = "Report\nMade,today\nid,a,b\n1,x,y\n2,x,y\n"
    error = refused(file(text))
    assert (error.code, "skip_rows = 2" in error.sentence) == ("preamble", True)
    intake = read_applicants(file(text), form={"skip_rows": 2})
    assert intake.pool.rows.tolist() == [4, 5]


def test_a_quotation_mark_left_open_is_refused_with_its_row(file: Any) -> None:
    error = refused(file('id,a\n1,x\n2,"y\n3,z\n4,w\n'))
    assert (error.code, error.facts["row"]) == ("unclosed_quote", 3)


def test_rows_swallowed_by_a_quotation_mark_are_suspected(file: Any) -> None:
    intake = read_applicants(file('id,a,b\n1,"x,y\n2,x,y\n3,x,y"z,w\n4,x,y\n'))
    assert "swallowed_rows" in codes(intake)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 x",
        b"\x89PNG\r\n\x1a\n",
        bytes(range(32)) * 20,
        b"\0" * 500,
        b"<!DOCTYPE html><html>",
        b"\x1f\x8b\x08",
    ],
)
def test_what_is_no_table_is_refused(file: Any, content: bytes) -> None:
    assert refused(file(content)).code == "not_a_table"


def test_a_zip_that_is_no_workbook_is_refused(file: Any) -> None:
    assert refused(file(b"PK\x03\x04" + b"x" * 100)).code == "unreadable_workbook"
    assert refused(file(b"\xd0\xcf\x11\xe0" + b"x" * 600)).code == "unreadable_workbook"


def test_a_folder_and_a_file_that_is_not_there(file: Any, tmp_path: Path) -> None:
    file(TEXT, "registrations.csv")
    assert refused(tmp_path).code == "is_a_folder"
    error = refused(tmp_path / "registration.csv")
    assert isinstance(error, NotFoundError)
    assert "'registrations.csv'" in error.sentence
    assert refused("a\0b").code == "unreadable_file"


def test_a_file_that_may_not_be_read(file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = file(TEXT)
    monkeypatch.setattr(Path, "open", denied)
    error = refused(path)
    assert (error.code, "Permission denied" in error.sentence) == ("unreadable_file", True)


def test_large_files_are_read_block_by_block_as_small_ones(file: Any) -> None:
    draw = random.Random(2)
    words = ["x", "", "Genève", " y ", "a longer text of more than eight bytes", "z" * 70, "Сеул"]
    rows = [[str(i), f"n{i}@example.org", *(draw.choice(words) for _ in range(3))] for i in range(100_000)]
    head = "id,email,a,b,c"
    plain = "\n".join([head, *(",".join(r) for r in rows)])
    quoted = "\r\n".join([head, *(",".join(f'"{c}"' for c in r) for r in rows)])
    careful = plain + '\n100000,,"x,y",,\n'
    assert len(quoted) > PIECE
    read = [read_applicants(file(text)) for text in (plain, quoted, careful)]
    for intake in read:
        for place, name in enumerate("abc"):
            assert cells(intake, name)[:100_000] == [r[place + 2].strip() or None for r in rows]
        assert intake.pool.ids[:100_000].tolist() == [r[0] for r in rows]
    assert read[0].pool.sha256 == read[1].pool.sha256
    assert [len(c.values) for n, c in sorted(read[0].pool.columns.items()) if n in "abc"] == [6, 6, 6]


def test_a_very_long_cell_and_very_many_columns(file: Any) -> None:
    intake = read_applicants(file('id,a\n1,"' + "x" * 3_000_000 + '"\n2,y"z\n'))
    assert len(cells(intake, "a")[0]) == 3_000_000
    wide = ",".join(["id", *(f"c{i}" for i in range(5000))])
    assert len(read_applicants(file(f"{wide}\n{','.join(['1'] * 5001)}\n")).pool.columns) == 5000


# Workbooks


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with pd.ExcelWriter(path, engine="odf" if path.suffix == ".ods" else "openpyxl") as writer:
        for name, rows in sheets.items():
            pd.DataFrame(rows).to_excel(writer, sheet_name=name, header=False, index=False)
    return path


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_workbooks_keep_days_and_write_numbers_as_texts(tmp_path: Path, suffix: str) -> None:
    rows = [["id", "day", "n", "yes", "x"], [7, datetime(2025, 8, 1, 10), 2.5, True, "NA"], [8, None, 3, False, " a "]]
    path = workbook(tmp_path / f"t{suffix}", {"Sheet1": rows})
    form = {
        "timezone": "Europe/Zurich",
        "fields": {
            "id": {"column": "id"}, "submitted_at": {"column": "day"}, "n": {"column": "n", "type": "number"},
            "yes": {"column": "yes", "type": "boolean"}, "x": {"column": "x"},
        },
    }  # fmt: skip
    intake = read_applicants(path, form=form)
    assert intake.pool.ids.tolist() == ["7", "8"]
    assert cells(intake, "submitted_at") == [datetime(2025, 8, 1, 8, tzinfo=UTC), None]
    assert cells(intake, "n") == [Decimal("2.5"), Decimal(3)]
    assert cells(intake, "yes") == [True, False]
    assert cells(intake, "x") == ["NA", "a"]
    assert intake.pool.rows.tolist() == [2, 3]


def test_a_workbook_with_several_sheets_needs_a_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"Info": [["x"]], "Responses": [["id"], ["1"]]})
    error = refused(path)
    assert (error.code, error.facts["sheets"]) == ("several_sheets", ["Info", "Responses"])
    assert "'Responses'" in refused(path, {"sheet": "Response"}).sentence
    assert read_applicants(path, form={"sheet": "Responses"}).pool.ids.tolist() == ["1"]


def test_an_empty_workbook_has_no_registrations(tmp_path: Path) -> None:
    assert refused(workbook(tmp_path / "t.xlsx", {"S": [[None]]})).code == "no_registrations"


# Frames and records

RECORDS = [
    {"id": "1", "country": "Kenya", "role": "nra", "sector": ["vaccine", "pharmaceutical"], "years": 3, "share": 0.1,
     "member": True, "born": date(1990, 1, 2), "submitted_at": datetime(2025, 8, 1, tzinfo=UTC), "email": "a@b.org"},
    {"id": "2", "country": "Namibia", "role": None, "sector": ["vaccine"], "years": 4, "share": None, "member": False,
     "born": None, "submitted_at": datetime(2025, 8, 2, tzinfo=UTC), "email": None},
]  # fmt: skip


def test_every_engine_gives_the_same_pool() -> None:
    sources = {
        "records": RECORDS,
        "generator": (r for r in RECORDS),
        "applicants": [Applicant.model_validate(r) for r in RECORDS],
        "mixed": [Applicant.model_validate(RECORDS[0]), RECORDS[1]],
        "pandas": pd.DataFrame(RECORDS),
        "pandas, id as index": pd.DataFrame(RECORDS).set_index("id"),
        "polars": pl.DataFrame(RECORDS),
        "polars lazy": pl.DataFrame(RECORDS).lazy(),
        "pyarrow": pa.Table.from_pylist(RECORDS),
    }
    read = {name: read_applicants(source) for name, source in sources.items()}
    assert {name: i.pool.sha256 for name, i in read.items()} == dict.fromkeys(read, read["records"].pool.sha256)
    assert {i.kind for i in read.values()} == {"pandas", "polars", "pyarrow"}
    assert [read[n].kind for n in ("records", "polars lazy", "pyarrow")] == ["pandas", "polars", "pyarrow"]
    assert read["records"].pool.rows.tolist() == [1, 2]


def test_values_from_memory_keep_their_types() -> None:
    intake = read_applicants(RECORDS)
    assert cells(intake, "years") == [3, 4]
    assert cells(intake, "share") == [Decimal("0.1"), None]
    assert cells(intake, "member") == [True, False]
    assert cells(intake, "born") == [date(1990, 1, 2), None]
    assert cells(intake, "sector") == [("pharmaceutical", "vaccine"), ("vaccine",)]
    assert cells(intake, "country") == ["KEN", "NAM"]


@pytest.mark.parametrize(
    "missing", [None, float("nan"), pd.NA, pd.NaT, np.nan, np.datetime64("NaT"), "", "  ", [], Decimal("NaN")]
)
def test_all_kinds_of_missing(missing: Any) -> None:
    intake = read_applicants([{"id": 1, "x": missing, "y": np.int64(3)}])
    assert (cells(intake, "x"), cells(intake, "y"), codes(intake)) == ([None], [3], [])


@pytest.mark.parametrize(
    "value", [float("inf"), Decimal("-Infinity"), 10**4000, Decimal("1e99999"), object(), {"a": 1}, [[1]], b"x"]
)
def test_values_that_no_field_can_hold_are_listed(value: Any) -> None:
    intake = read_applicants([{"id": "1", "x": value}])
    assert cells(intake, "x") == [None]
    assert [(p.row, p.column, p.action) for p in intake.findings] == [(1, "x", "left empty")]
    assert (0, "x") in intake.pool.open_cells


def test_a_number_where_a_word_is_due_is_listed() -> None:
    intake = read_applicants([{"id": 1, "role": 5, "country": 756, "organisation": 3.5, "name": 7}])
    assert codes(intake) == ["not_a_word"] * 4
    assert "7" not in next(p for p in intake.findings if p.column == "name").sentence
    assert [cells(intake, n) for n in ("role", "country", "organisation")] == [[None]] * 3


def test_times_from_memory_without_a_zone_are_in_the_zone_of_the_form() -> None:
    rows = [{"id": 1, "t": datetime(2025, 8, 1, 12)}, {"id": 2, "t": pd.Timestamp("2025-08-01T12:00", tz="Asia/Seoul")}]
    form = {"timezone": "Europe/Zurich", "fields": {"id": {"column": "id"}, "submitted_at": {"column": "t"}}}
    assert cells(read_applicants(rows, form=form), "submitted_at") == [
        datetime(2025, 8, 1, 10, tzinfo=UTC),
        datetime(2025, 8, 1, 3, tzinfo=UTC),
    ]
    plain = read_applicants([{"id": 1, "submitted_at": datetime(2025, 8, 1, 12)}])
    assert cells(plain, "submitted_at") == [datetime(2025, 8, 1, 12, tzinfo=UTC)]


def test_times_in_attributes_are_in_utc_too(tmp_path: Path) -> None:
    naive, seoul = datetime(2025, 8, 1, 12), pd.Timestamp("2025-08-01T12:00", tz="Asia/Seoul")
    form = {"timezone": "Europe/Zurich", "fields": {"id": {"column": "id"}, "x": {"column": "x"}}}
    rows = [{"id": 1, "x": naive}, {"id": 2, "x": seoul}, {"id": 3, "x": "text"}, {"id": 4, "x": date(2025, 1, 2)}]
    assert cells(read_applicants(rows, form=form), "x") == [
        datetime(2025, 8, 1, 10, tzinfo=UTC), datetime(2025, 8, 1, 3, tzinfo=UTC), "text", date(2025, 1, 2),
    ]  # fmt: skip
    path = workbook(tmp_path / "t.xlsx", {"S": [["id", "x"], [1, naive], [2, datetime(2025, 1, 2)]]})
    assert cells(read_applicants(path), "x") == ["2025-08-01 12:00:00", "2025-01-02"]


def test_zero_has_no_sign_and_no_number_is_no_number() -> None:
    rows = [{"id": 1, "x": -0.0}, {"id": 2, "x": Decimal("-0.00")}, {"id": 3, "x": Decimal("sNaN")}]
    assert [str(c) for c in cells(read_applicants(rows), "x")] == ["0", "0", "None"]
    assert cells(read_applicants(rows[2:]), "x") == [None]


def test_a_frame_whose_columns_have_numbers_for_names() -> None:
    assert cells(read_applicants(pd.DataFrame({0: ["a"], "id": ["1"]})), "0") == ["a"]


@pytest.mark.parametrize("source", [3, None, b"x", {"id": [1]}, object()])
def test_what_is_no_source_is_refused(source: Any) -> None:
    assert refused(source).code == "not_a_source"


def test_records_that_are_no_registrations_are_refused() -> None:
    assert refused([{"id": 1}, "x"]).code == "not_a_registration"
    assert refused([{"id": 1, "sector": "a", "Sectors": "b"}]).code == "doubled_headings"
    assert refused(pd.DataFrame([[1, 2]], columns=["id", "id"])).code == "doubled_headings"
    assert refused(pa.table([[1], [2]], names=["id", "id"])).code == "doubled_headings"


@pytest.mark.parametrize("source", [[], pd.DataFrame(), pl.DataFrame(), pd.DataFrame({"id": []})])
def test_nobody_at_all(source: Any) -> None:
    intake = read_applicants(source)
    assert (len(intake.pool), codes(intake)) == (0, ["no_registrations"])


def test_an_intake_is_returned_as_it_is() -> None:
    intake = read_applicants(RECORDS)
    assert read_applicants(intake) is intake


# Fields


def one(cell: str, **field: Any) -> tuple[Any, list[str]]:
    form = {"fields": {"id": {"column": "id"}, "x": {"column": "x", **field}}}
    intake = read_applicants([{"id": "1", "x": cell}], form=form)
    assert (cells(intake, "x") == [None]) == ((0, "x") in intake.pool.open_cells)
    return cells(intake, "x")[0], codes(intake)


@pytest.mark.parametrize(
    ("cell", "field", "value"),
    [
        ("3.50", {"type": "number"}, Decimal("3.50")),
        ("1,5", {"type": "number", "decimal": ","}, Decimal("1.5")),
        ("-2e3", {"type": "number"}, Decimal(-2000)),
        ("12", {"type": "integer"}, 12),
        ("12.0", {"type": "integer"}, 12),
        ("Oui", {"type": "boolean"}, True),
        ("no", {"type": "boolean"}, False),
        ("ja!", {"type": "boolean", "yes": ["ja!"]}, True),
        ("2025-08-01", {"type": "date"}, date(2025, 8, 1)),
        ("01/08/2025", {"type": "date", "dates": "%d/%m/%Y"}, date(2025, 8, 1)),
        ("2025-08-01T10:00+02:00", {"type": "datetime"}, datetime(2025, 8, 1, 8, tzinfo=UTC)),
        ("2025-08-01 10:00", {"type": "datetime"}, datetime(2025, 8, 1, 10, tzinfo=UTC)),
        ("b ; a;", {"split": ";"}, ("a", "b")),
        ("A1", {"values": {"A1": "first"}}, "first"),
        ("yes sir", {"values": {"Yes-Sir": "first"}}, "first"),
        ("5", {"type": "text"}, "5"),
    ],
)
def test_cells_of_each_type(cell: str, field: dict[str, Any], value: Any) -> None:
    assert one(cell, **field) == (value, [])


@pytest.mark.parametrize(
    ("cell", "field", "code"),
    [
        ("seven", {"type": "number"}, "unreadable_number"),
        ("1,5", {"type": "number"}, "unreadable_number"),
        ("1.000,5", {"type": "number", "decimal": ","}, "unreadable_number"),
        ("nan", {"type": "number"}, "unreadable_number"),
        ("1e999999999", {"type": "number"}, "unreadable_number"),
        ("1.5", {"type": "integer"}, "unreadable_number"),
        ("perhaps", {"type": "boolean"}, "unreadable_truth"),
        ("2025-02-30", {"type": "date"}, "unreadable_date"),
        ("1/2/25", {"type": "datetime"}, "unreadable_time"),
        ("31/02/2025", {"type": "datetime", "dates": "%d/%m/%Y"}, "unreadable_time"),
        ("B", {"values": {"A": "first"}}, "unmapped_value"),
        ("A;B", {"split": ";", "values": {"A": "first"}}, "unmapped_value"),
    ],
)
def test_cells_that_cannot_be_read_are_open_and_listed(cell: str, field: dict[str, Any], code: str) -> None:
    assert one(cell, **field) == (None, [code])


def test_unmapped_values_come_with_the_nearest_one() -> None:
    form = {"fields": {"id": {"column": "id"}, "role": {"column": "r", "values": {"Manufacturer": "manufacturer"}}}}
    intake = read_applicants([{"id": "1", "r": "Manufacturr"}], form=form)
    assert "Did you mean 'Manufacturer'?" in intake.findings[0].sentence


def test_words_of_our_vocabulary_are_known_ignoring_case_and_spaces(file: Any) -> None:
    intake = read_applicants(
        file("id,Role,Sectors,function\n1,Ministry of Health,Vaccine;pharmaceutical,Quality-Control\n2,Poet,,\n")
    )
    assert cells(intake, "role") == ["ministry_of_health", "Poet"]
    assert cells(intake, "sector") == [("pharmaceutical", "vaccine"), None]
    assert cells(intake, "function") == ["quality_control", None]


def test_countries_that_are_not_resolved_are_listed_with_their_rows(file: Any) -> None:
    intake = read_applicants(file("id,country\n1,Kenya\n2,Atlantis\n3,Atlantis\n"))
    assert [(p.row, p.column, p.value, p.action) for p in intake.findings] == [
        (3, "country", "Atlantis", "left empty"),
        (4, "country", "Atlantis", "left empty"),
    ]
    assert set(intake.pool.open_cells) == {(1, "country"), (2, "country")}
    assert cells(intake, "country") == ["KEN", None, None]


@pytest.mark.parametrize(
    ("texts", "found", "said"),
    [
        (["KEN", "Ghana"], ["KEN", "GHA"], []),
        (["KE", "NA"], ["KEN", "NAM"], ["codes_recognised"]),
        (["NA", "NA"], [None, None], ["country_not_a_country"] * 2),
        (["KE", "Ghana"], [None, "GHA"], ["country_unknown"]),
        (["ZZ", "KE"], [None, None], ["country_not_a_country", "country_unknown"]),
    ],
)
def test_codes_in_a_country_column_that_is_not_declared(texts: list[str], found: list[Any], said: list[str]) -> None:
    intake = read_applicants([{"id": str(i), "country": t} for i, t in enumerate(texts)])
    assert (cells(intake, "country"), codes(intake)) == (found, said)


def test_options_in_columns_of_their_own() -> None:
    form = {"fields": {"id": {"column": "id"}, "sector": {"options": {"a": "vaccine", "b": "pharmaceutical"}}}}
    rows = [("1", "Yes", "no"), ("2", "1", "x"), ("3", "", ""), ("4", "0", "No"), ("5", "Yes", "what?")]
    intake = read_applicants([{"id": i, "a": a, "b": b} for i, a, b in rows], form=form)
    both = ("pharmaceutical", "vaccine")
    assert cells(intake, "sector") == [("vaccine",), both, None, None, None]
    assert [(p.row, p.column, p.code) for p in intake.findings] == [(5, "b", "unreadable_truth")]


def test_ids_with_prefix_and_width(file: Any) -> None:
    form = {"fields": {"id": {"column": "id", "prefix": "CGMP-", "width": 5}}}
    assert read_applicants(file("id\n42\nA7\n"), form=form).pool.ids.tolist() == ["CGMP-00042", "CGMP-A7"]


def test_ids_are_made_from_the_content_and_it_is_said(file: Any) -> None:
    intake = read_applicants(file("name,country\nAwa,Kenya\nBo,Ghana\n"))
    again = read_applicants([{"country": "Ghana", "name": "Bo"}, {"name": "Awa", "country": "Kenya"}])
    assert set(intake.pool.ids) == set(again.pool.ids)
    assert all(i.startswith("row-") and len(i) == 16 for i in intake.pool.ids)
    assert codes(intake) == ["ids_made"]
    assert len(intake.changes) == 1


def test_a_missing_id_is_made_and_listed() -> None:
    intake = read_applicants([{"id": "1", "x": "a"}, {"id": None, "x": "b"}, {"id": [1], "x": "c"}])
    assert intake.pool.ids[0] == "1"
    assert [p.row for p in intake.findings if p.code == "id_missing"] == [2, 3]


def test_masks_are_undone_and_listed_but_never_names_or_addresses(file: Any) -> None:
    intake = read_applicants(file("id,name,phone,note\n1,'=Awa,'+41 22,'=cmd\\|x\n2,'Awa',O'Neil,-\n"))
    assert cells(intake, "phone") == ["+41 22", "O'Neil"]
    assert cells(intake, "note") == ["=cmd|x", "-"]
    assert cells(intake, "name") == ["=Awa", "'Awa'"]
    shown = [(p.column, p.value) for p in intake.findings]
    assert shown == [("name", None), ("phone", "'+41 22"), ("note", "'=cmd\\|x")]


def test_clock_changes_are_read_as_before_the_change_and_said() -> None:
    form = {"timezone": "Europe/Zurich", "fields": {"id": {"column": "id"}, "submitted_at": {"column": "t"}}}
    rows = [{"id": 1, "t": "2025-10-26 02:30"}, {"id": 2, "t": "2025-10-26 04:30"}]
    intake = read_applicants(rows, form=form)
    assert cells(intake, "submitted_at")[0] == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert codes(intake) == ["doubtful_time"]


@pytest.mark.parametrize("dates", ["iso", "%Y-%m-%d %H:%M:%S"])
def test_many_times_are_read_like_few(dates: str) -> None:
    draw = random.Random(1)
    texts = [str(datetime(2024, 1, 1).fromtimestamp(draw.randrange(10**9), UTC))[:19] for _ in range(1500)]
    form = {"dates": dates, "fields": {"id": {"column": "id"}, "submitted_at": {"column": "t"}}}
    wanted = [datetime.fromisoformat(t).replace(tzinfo=UTC) for t in texts]
    for extra, end in (([], []), (["2025-02-29 10:00:00"], [None])):
        rows = [{"id": i, "t": t} for i, t in enumerate([*texts, *extra])]
        assert cells(read_applicants(rows, form=form), "submitted_at") == [*wanted, *end]


def test_submissions_that_were_not_completed_are_counted(file: Any) -> None:
    form = {"complete": {"column": "done"}, "fields": {"id": {"column": "id"}}}
    intake = read_applicants(file("id,done\n1,x\n2,\n,\n"), form=form)
    assert (intake.counts["applicants"], intake.counts["incomplete_submissions"], intake.counts["rejected"]) == (
        1,
        1,
        1,
    )
    form["complete"] = {"column": "done", "values": ["2"]}
    assert read_applicants(file("id,done\n1,2\n2,1\n"), form=form).pool.ids.tolist() == ["1"]


def test_one_time_for_everybody_is_pointed_out(file: Any) -> None:
    same = "id,submitted_at\n1,1980-01-01\n2,1980-01-01\n"
    assert codes(read_applicants(file(same))) == ["constant_timestamp"]
    assert codes(read_applicants(file(same.replace("2,1980", "2,1981")))) == []


# Duplicates


def test_same_id_or_same_address_is_the_same_applicant() -> None:
    rows = [
        {"id": "1", "email": "Awa.Ba@GMail.com ", "submitted_at": datetime(2025, 8, 1, tzinfo=UTC)},
        {"id": "2", "email": "awaba+x@googlemail.com", "submitted_at": datetime(2025, 8, 3, tzinfo=UTC)},
        {"id": "2", "email": "bo@example.org", "submitted_at": datetime(2025, 8, 2, tzinfo=UTC)},
        {"id": "4", "email": "b.o@example.org", "submitted_at": datetime(2025, 8, 2, tzinfo=UTC)},
    ]
    latest = read_applicants(rows)
    assert latest.pool.duplicate_of.tolist() == [1, -1, 1, -1]
    assert latest.counts["duplicates"] == 2
    fields = {n: {"column": n} for n in ("id", "email", "submitted_at")}
    first = read_applicants(rows, form={"duplicates": "first", "fields": fields})
    assert first.pool.duplicate_of.tolist() == [-1, 0, 0, -1]
    for problem in latest.findings:
        assert problem.action == "duplicate"
        assert "applicant 2" in problem.sentence
        assert "@" not in f"{problem}"


ADDRESSES = st.one_of(
    st.emails(),
    st.from_regex(r"[a-zA-Z.+]{0,4}@(gmail|GoogleMail|x|outlook)\.com", fullmatch=True),
    st.from_regex("[aA.\u00c4\u00e4\u212a+]{1,3}@(gmail|x)[.]com", fullmatch=True),
    st.text(st.sampled_from("aB@. \u00a0\u00df\n"), max_size=5),
)


@example(addresses=["0@A.Ag", "B@\xa0"])
@QUIET
@given(addresses=st.lists(ADDRESSES, min_size=1, max_size=6))
def test_addresses_read_together_are_read_as_one_by_one(addresses: list[str]) -> None:
    one_by_one = [normalised_email(a) for a in addresses]
    hashes, invalid = mailboxes(addresses)
    assert invalid == [place for place, key in enumerate(one_by_one) if key is None]
    known = [(key, number) for key, number in zip(one_by_one, hashes.tolist(), strict=True) if key is not None]
    assert len({key for key, _ in known}) == len({number for _, number in known}) == len(set(known))


def test_what_is_no_address_makes_nobody_a_duplicate() -> None:
    intake = read_applicants([{"id": str(i), "email": "none"} for i in range(3)])
    assert intake.counts["duplicates"] == 0
    assert codes(intake) == ["invalid_email"] * 3
    assert all(p.value is None and "none" not in p.sentence for p in intake.findings)


def test_without_times_the_content_decides() -> None:
    rows = [{"id": "1", "x": str(i)} for i in range(6)]
    standing = set()
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        pool = read_applicants(rows).pool
        standing.add(pool.columns["x"].at(pool.places["1"]))
    assert standing == {"5"}


# Real exports


@pytest.mark.parametrize("path", sorted(EXPORTS.glob("*.csv")), ids=lambda p: p.stem)
def test_every_sample_is_read_with_its_form(path: Path) -> None:
    intake = read_applicants(path, form=path.with_suffix(".toml"))
    assert intake.counts["applicants"] >= 1
    assert all(p.code.startswith("country_") or p.action in ("changed", "rejected", "kept") for p in intake.findings)
    assert None not in cells(intake, "submitted_at")


def test_what_pretix_masks_and_translates_is_read() -> None:
    intake = read_applicants(EXPORTS / "pretix_positions_fr.csv", form=EXPORTS / "pretix_positions_fr.toml")
    assert (cells(intake, "phone"), cells(intake, "organisation")) == (["+41227912111"], ["@Org"])
    assert cells(intake, "name") == ["=cmd|' /C calc'!A0"]
    assert (cells(intake, "country"), cells(intake, "price")) == (["NAM"], [Decimal("0.00")])
    assert cells(intake, "submitted_at") == [datetime(2026, 11, 22, 18, 42, 51, tzinfo=UTC)]
    assert intake.changes["code"].tolist() == ["mask_undone"] * 3


def test_pretix_without_a_form_is_refused_for_its_doubled_headings() -> None:
    assert refused(EXPORTS / "pretix_positions_default.csv").code == "doubled_headings"


def test_limesurvey_partial_answers_and_anonymous_times() -> None:
    intake = read_applicants(EXPORTS / "limesurvey_code_short.csv", form=EXPORTS / "limesurvey_code_short.toml")
    assert intake.counts["incomplete_submissions"] == 1
    assert intake.pool.ids.tolist() == ["CGMP-00001"]
    assert cells(intake, "sector") == [("pharmaceutical", "vaccine")]
    anonymous = read_applicants(EXPORTS / "limesurvey_anonymised.csv", form=EXPORTS / "limesurvey_anonymised.toml")
    assert codes(anonymous) == ["constant_timestamp"]


def test_the_zone_that_google_writes() -> None:
    intake = read_applicants(EXPORTS / "googleforms.csv", form=EXPORTS / "googleforms.toml")
    assert cells(intake, "submitted_at") == [datetime(2025, 8, 1, 9, 10, 9, tzinfo=UTC)]


def test_the_zoom_report_has_a_preamble() -> None:
    assert refused(EXPORTS / "zoom_registration.csv").code == "preamble"


# Properties

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.tuples(
        st.lists(st.sampled_from(["id", "email", "country", "role", "sector", "submitted_at", "x", "y"]),
                 min_size=width, max_size=width, unique=True),
        st.lists(st.lists(WORDS, min_size=width, max_size=width), max_size=8),
    )
)  # fmt: skip


@QUIET
@given(data=st.binary(max_size=300))
def test_no_file_makes_anything_but_our_own_errors(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        intake = read_applicants(path)
    except SelectionError:
        return
    assert sum(n for name, n in intake.counts.items() if name != "rows") == intake.counts["rows"]


@QUIET
@given(text=st.text(alphabet=st.sampled_from(list("ab1,;\"'\n\r\t =@|")), max_size=60), data=st.data())
def test_any_mixture_of_separators_and_quotes(tmp_path: Path, text: str, data: Any) -> None:
    path = tmp_path / "any.csv"
    path.write_text(f"id,a\n{text}", encoding=data.draw(st.sampled_from(["utf-8", "utf-16", "utf-8-sig"])), newline="")
    try:
        intake = read_applicants(path, form={"separator": ","})
    except SelectionError:
        return
    assert sum(n for name, n in intake.counts.items() if name != "rows") == intake.counts["rows"]


AWKWARD = st.text(st.sampled_from('ab",;\n =é'), max_size=6)


@QUIET
@given(
    rows=st.lists(st.tuples(AWKWARD, AWKWARD, AWKWARD), min_size=1, max_size=6),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    separator=st.sampled_from([",", ";"]),
)
def test_cells_with_quotes_and_separators_come_back(
    tmp_path: Path, rows: list[tuple[str, ...]], quoting: Any, separator: str
) -> None:
    path = tmp_path / "awkward.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=quoting)
        writer.writerows([("id", "a", "b", "c"), *((str(i), *row) for i, row in enumerate(rows))])
    intake = read_applicants(path, form={"separator": separator})
    assert intake.pool.ids.tolist() == [str(i) for i in range(len(rows))]
    for place, name in enumerate("abc"):
        assert cells(intake, name) == [row[place].strip() or None for row in rows]


def fingerprint(intake: Intake) -> tuple[Any, ...]:
    pool = intake.pool
    standing = sorted(
        str(sorted(a.model_dump().items())) for a, d in zip(pool, pool.duplicate_of.tolist(), strict=True) if d < 0
    )
    return pool.sha256, standing, dict(intake.counts)


@QUIET
@given(table=TABLES, seed=st.integers(0, 5))
def test_the_order_of_rows_never_matters(table: tuple[list[str], list[list[str]]], seed: int) -> None:
    rows = [dict(zip(table[0], row, strict=True)) for row in table[1]]
    shuffled = random.Random(seed).sample(rows, len(rows))
    read, again = read_applicants(rows), read_applicants(shuffled)
    assert fingerprint(read) == fingerprint(again)
    assert read.counts["rows"] == len(rows)


@QUIET
@given(table=TABLES)
def test_frames_and_records_are_the_same_pool(table: tuple[list[str], list[list[str]]]) -> None:
    headings, rows = table
    records = [dict(zip(headings, row, strict=True)) for row in rows]
    columns = {h: [r[i] for r in rows] for i, h in enumerate(headings)}
    frames = (pd.DataFrame(columns, dtype=object), pl.DataFrame(columns, dict.fromkeys(headings, pl.String)), pa.table(
        {h: pa.array(c, pa.string()) for h, c in columns.items()}))  # fmt: skip
    wanted = fingerprint(read_applicants(records))
    assert [fingerprint(read_applicants(f)) for f in frames] == [wanted] * 3 or not rows


@QUIET
@given(table=TABLES)
def test_a_written_file_reads_like_its_records(tmp_path: Path, table: tuple[list[str], list[list[str]]]) -> None:
    headings, rows = table
    rows = [[c.replace("\0", "").replace("\r", "") for c in row] for row in rows]
    path = tmp_path / "table.csv"
    pd.DataFrame(rows, columns=headings, dtype=object).to_csv(path, index=False, quoting=1)
    try:
        intake = read_applicants(path)
    except SelectionError:
        return
    records = read_applicants([dict(zip(headings, row, strict=True)) for row in rows])
    assert intake.counts["rows"] == len(rows)
    assert sorted(intake.pool.ids) == sorted(records.pool.ids)


FIELD = st.fixed_dictionaries(
    {"column": st.sampled_from(["a", "b", "c"])},
    optional={
        "type": st.sampled_from(["number", "integer", "boolean", "date", "datetime", "text"]),
        "split": st.sampled_from([";", " "]),
        "values": st.dictionaries(WORDS, WORDS, max_size=2),
        "dates": st.sampled_from(["iso", "%d/%m/%Y", "%Y %z"]),
        "time_column": st.sampled_from(["a", "b"]),
    },
)
NAMES = st.sampled_from(["id", "email", "country", "role", "sector", "submitted_at", "x"])
FORMS = st.fixed_dictionaries(
    {
        "fields": st.dictionaries(
            st.sampled_from(["id", "email", "country", "role", "sector", "submitted_at", "x"]), FIELD
        )
    },
    optional={"timezone": st.sampled_from(["UTC", "Asia/Kathmandu"]), "complete": st.just({"column": "a"})},
)
TYPED = st.one_of(st.integers(), st.floats(), st.decimals(), st.booleans(), st.datetimes(), st.dates())
USUAL = st.sampled_from(["1", "1.5", "yes", "2025-08-01", "Kenya", "a@b.org", None])
CELLS = st.one_of(USUAL, st.text(max_size=5), TYPED, st.lists(st.text(max_size=3), max_size=3), st.binary(max_size=2))


@QUIET
@given(rows=st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS, "c": CELLS}), min_size=1, max_size=6), form=FORMS)
def test_any_form_on_any_records_loses_nobody(rows: list[dict[str, Any]], form: dict[str, Any]) -> None:
    try:
        intake, again = read_applicants(rows, form=form), read_applicants(rows[::-1], form=form)
    except FormError:
        return
    assert intake.counts["rows"] == len(rows)
    assert fingerprint(intake) == fingerprint(again)
    assert sorted(p.code for p in intake.findings) == sorted(p.code for p in again.findings)
    assert len(intake.problems) == len(intake.findings)


KEYS = st.sampled_from(["fields", "id", "column", "values", "options", "complete", "dates", "timezone", "encoding"])
DATA = st.recursive(
    st.one_of(st.none(), WORDS, st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, KEYS), inner, max_size=4)),
    max_leaves=12,
)


@QUIET
@given(data=DATA)
def test_any_data_is_a_form_or_a_form_error(data: Any) -> None:
    with contextlib.suppress(FormError):
        Form.model_validate(data)


def test_rows_that_do_not_add_up_are_an_error() -> None:
    intake = read_applicants(RECORDS)
    with pytest.raises(InputError, match="do not add up"):
        Intake(intake.pool, (), {**intake.counts, "rows": 3})
    with pytest.raises(InputError, match="do not add up"):
        Intake(intake.pool, (), {**intake.counts, "applicants": 1, "rejected": 1})


def test_nothing_personal_in_what_is_said() -> None:
    rows = [
        {"id": 1, "name": "'=Secret", "email": "secret@x.org"},
        {"id": 2, "name": 5, "email": "SECRET@x.org"},
        {"id": 3, "name": b"Secret", "email": "secret"},
        {"id": 4, "name": ["Secret"], "email": 7},
    ]
    intake = read_applicants(rows)
    said = f"{intake!r} {intake.pool!r} {intake.findings} {intake.problems.to_csv()} {dict(intake.pool.open_cells)}"
    assert "secret" not in said.casefold()
