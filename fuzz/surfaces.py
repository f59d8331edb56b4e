"""What anybody may hand to the library, a function for each: only a `SelectionError` may come out, and nothing is lost.

Each takes bytes, as fuzzers make them, and says by an `AssertionError` or any other exception what is wrong.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from selection import Form, Intake, Policy, SelectionError, country, read_applicants
from selection.attendance.reports import read_report
from selection.intake.shipped import shipped_forms
from selection.suggestions import suggest

ROOT: Final = Path(__file__).resolve().parent.parent

#: A form that reads most kinds of fields from a few short headings, which a fuzzer finds soon.
FORM: Final = """
dates = "%d/%m/%Y"
[fields.id]
column = "id"
also = ["ID*"]
optional = true
[fields.email]
column = "e"
optional = true
[fields.country]
column = "c"
[fields.sector]
column = "s"
split = ";"
optional = true
[fields.age]
column = "n"
type = "number"
optional = true
[fields.submitted_at]
column = "t"
optional = true
"""


@contextmanager
def _file(data: bytes, suffix: str) -> Iterator[Path]:
    """The bytes as a file, in memory where the system has a place for that."""
    memory = Path("/dev/shm")
    with tempfile.NamedTemporaryFile(suffix=suffix, dir=memory if memory.is_dir() else None) as file:
        file.write(data)
        file.flush()
        yield Path(file.name)


@cache
def _forms() -> tuple[Form, ...]:
    return Form.parse(FORM), *(Form.load(path) for path in shipped_forms().values())


def _whole(intake: Intake) -> None:
    """Every row is an applicant, a duplicate, incomplete or rejected, and each rejected one is named by its number."""
    counts, pool = intake.counts, intake.pool
    assert counts["rows"] == sum(number for name, number in counts.items() if name != "rows")
    kept = set(pool.rows.tolist())
    assert len(kept) == len(pool) == len(set(pool.ids.tolist()) | kept) - len(set(pool.ids.tolist()) - kept)
    left = {one.row for one in intake.findings if one.action == "rejected" and one.row is not None} - kept
    assert len(left) == counts["rejected"] + counts["incomplete_submissions"], "a row was left out without a word"
    assert len(intake.problems) == len(intake.findings)
    assert intake.report.text()


def _lines(data: bytes) -> int | None:
    """How many records a plain text has below its headings; None where that is not plain to see."""
    if any(sign in data for sign in b'"\r\0') or not data.isascii() or data.startswith((b"\n", b"PK\3\4")):
        return None
    lines = data.split(b"\n")
    return sum(1 for line in lines[1:] if line) if lines[0].strip() else None


def tables(data: bytes) -> None:
    """A text file with separators, read without a form, with one, and with one of the shipped forms."""
    with _file(data, ".csv") as path:
        forms = _forms()
        for form in (None, forms[0], forms[1 + len(data) % (len(forms) - 1)]):
            with suppress(SelectionError):
                intake = read_applicants(path, form=form)
                _whole(intake)
                records = _lines(data) if form is None or form is forms[0] else None
                assert records is None or intake.counts["rows"] == records


def workbooks(data: bytes) -> None:
    """A workbook of any kind, read without a form and with one."""
    with _file(data, ".xlsx") as path:
        for form in (None, _forms()[0]):
            with suppress(SelectionError):
                _whole(read_applicants(path, form=form))


def suggestions(data: bytes) -> None:
    """A file nobody wrote a form for: what is suggested is a form, and reads the file as it says."""
    with _file(data, ".csv") as path, suppress(SelectionError):
        found = suggest(path)
        _whole(found.intake)
        assert dict(read_applicants(path, form=found.form).counts) == dict(found.intake.counts)


def forms(data: bytes) -> None:
    """The text of a form: what is accepted means the same when written out again, and reads a table."""
    with suppress(SelectionError):
        form = Form.parse(data.decode("utf-8", "replace"))
        assert Form.model_validate(form.model_dump(mode="json", by_alias=True)) == form
        with _file(
            "id,e,c,s,n,t\n1,a@b.ch,Peru,x;y,3,01/02/2025\n\n,,\n".encode(form.encoding or "utf-8"), ".csv"
        ) as path:
            _whole(read_applicants(path, form=form))


def policies(data: bytes) -> None:
    """The text of a policy: what is accepted has the same fingerprint when it is read again."""
    with suppress(SelectionError):
        text = data.decode("utf-8", "replace")
        policy = Policy.parse(text)
        assert Policy.parse(text).fingerprint == policy.fingerprint
        assert repr(policy)


def countries(data: bytes) -> None:
    """A text in a country cell: a code only with a sure status, and the same answer each time."""
    text = data.decode("utf-8", "surrogateescape")
    found = country(text)
    assert found == country(text)
    assert (found.code is not None) == (found.status in ("exact", "alias", "contained"))


def attendance(data: bytes) -> None:
    """The report of a meeting system: each row is one join at most."""
    with _file(data, ".csv") as path, suppress(SelectionError):
        joins = read_report(path)
        assert len({join.row for join in joins}) == len(joins)


SURFACES: Final[Mapping[str, Callable[[bytes], None]]] = MappingProxyType(
    {one.__name__: one for one in (tables, workbooks, suggestions, forms, policies, countries, attendance)}
)


def seeds(surface: str) -> Iterator[bytes]:
    """Small inputs of the right kind to begin with: samples and examples of the repository, cut short."""
    exports, examples = ROOT / "tests" / "data" / "exports", ROOT / "examples"
    if surface in ("tables", "suggestions", "attendance"):
        yield from (b"id,e,c,s,n,t\n1,a@b.ch,Peru,x;y,3,01/02/2025\n2,,,,,\n", b'id;c\r\n1;"Pe\nru"\r\n\r\n2;3;4\r\n')
        yield b"Name,Email,Join Time,Leave Time\nA,a@b.ch,2025-02-01 09:00,2025-02-01 10:30\n"
        yield from (b"\n".join(path.read_bytes().split(b"\n")[:4])[:4000] for path in sorted(exports.glob("*.csv")))
    elif surface == "workbooks":
        yield from _workbooks()
    elif surface == "forms":
        yield from (path.read_bytes() for path in (*sorted(shipped_forms().values()), *sorted(exports.glob("*.toml"))))
        yield FORM.encode()
    elif surface == "policies":
        yield from (path.read_bytes() for path in sorted(examples.glob("*/policy*.toml")))
    else:
        named = (
            "Peru",
            "Viet Nam / Lao PDR",
            "C\u00f4te d\u2019Ivoire",
            "KEN",
            "Congo (Kinshasa)",
            "\u4e2d\u56fd",
            "GuinÃ©e",
        )
        yield from (text.encode() for text in named)


def _workbooks() -> Iterator[bytes]:
    """A workbook with texts, numbers and days, and the same with a second sheet."""
    import io
    from datetime import date

    import xlsxwriter

    for sheets in (1, 2):
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for _ in range(sheets):
                sheet = book.add_worksheet()
                sheet.write_row(0, 0, ("id", "c", "n", "t"))
                sheet.write_row(1, 0, ("A1", "Peru", 3.5, True))
                sheet.write_datetime(2, 3, date(2025, 2, 1), day)
        yield out.getvalue()
