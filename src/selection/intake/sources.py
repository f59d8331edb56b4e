"""Where registrations come from: a file of some kind, a dataframe, records from memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from inspect import iscoroutinefunction
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from selection.errors import InputError, NotFoundError, did_you_mean
from selection.intake.contents import Content
from selection.intake.delimited import Planner, read_text
from selection.intake.forms import Form
from selection.intake.frames import is_frame, read_frame, read_records
from selection.intake.headings import Plan, plan
from selection.intake.sections import sectioned
from selection.intake.tables import Table
from selection.intake.workbooks import read_workbook

#: How a zip archive and an old Office file begin; the workbook reader tells what is in them.
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def open_table(source: Any, form: Form) -> Table:
    """The raw table behind a source, with those columns coded that the form reads."""
    if isinstance(source, str | Path):
        return _read_file(Path(source), form)
    if is_frame(source):
        return read_frame(source, _planner(form, "the dataframe", of_file=False))
    if callable(getattr(source, "read", None)):
        return _read(*_uploaded(source), form)
    if isinstance(source, Mapping | bytes | bytearray) or not isinstance(source, Iterable):
        raise _no_source(source)
    return read_records(source, _planner(form, "the records", of_file=False), formed=bool(form.fields))


def _planner(form: Form, source: str, *, of_file: bool) -> Planner:
    return lambda headings: plan(headings, form, source, of_file=of_file)


def raw_table(path: Path, form: Form) -> Table:
    """Every column of a file as raw cells, whatever its heading: to look at a table nobody wrote a form for."""
    return _read_file(path, form, lambda headings: Plan({}, {(str(i), None): i for i in range(len(headings))}, ()))


def _read_file(path: Path, form: Form, planned: Planner | None = None) -> Table:
    with _opened(path) as file:
        return _read(Content(file), path.name, form, planned)


def _read(content: Content, name: str, form: Form, planned: Planner | None = None) -> Table:
    planned = planned or _planner(form, name, of_file=True)
    if content.head.startswith(WORKBOOKS):
        return read_workbook(content.whole(), form, name, planned)
    if form.section is None:
        return read_text(content, form, name, planned)
    part = sectioned(content.whole(), form)
    table = read_text(Content.of(part.data), part.form, name, planned)
    return replace(table, findings=(*table.findings, *part.findings)) if part.findings else table


def _uploaded(source: Any) -> tuple[Content, str]:
    """What an open file or an upload holds, and what it is called."""
    if iscoroutinefunction(source.read):
        sentence = "This upload is read with await: give the open file behind it, upload.file."
        raise InputError("not_a_source", sentence, type=type(source).__name__)
    data = source.read()
    named = getattr(source, "name", None)
    name = Path(named).name if isinstance(named, str) and named else "the upload"
    return Content.of(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)), name


def _no_source(source: Any) -> InputError:
    said = (
        f"Registrations cannot be read from an object of type {type(source).__name__}: "
        "give a path, an open file, a dataframe, or an iterable of mappings or applicants."
    )
    if isinstance(source, bytes | bytearray):
        said += " Bytes are an open file too: io.BytesIO(data)."
    if isinstance(source, Mapping):
        said += " One registration alone is a list of one, [registration]; columns are a dataframe, DataFrame(columns)."
    return InputError("not_a_source", said, type=type(source).__name__)


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    try:
        try:
            file = path.open("rb")
        except ValueError as error:
            raise _unreadable(path, error) from None
        with file:
            yield file
    except FileNotFoundError:
        near = did_you_mean(path.name, _beside(path))
        raise NotFoundError("file_not_found", f"There is no file {str(path)!r}.{near}", file=str(path)) from None
    except IsADirectoryError:
        sentence = f"{str(path)!r} is a folder; name the file in it that holds the registrations."
        raise InputError("is_a_folder", sentence, file=str(path)) from None
    except OSError as error:
        raise _unreadable(path, error.strerror or error) from None


def _unreadable(path: Path, why: object) -> InputError:
    return InputError("unreadable_file", f"{str(path)!r} cannot be read: {why}.", file=str(path))


def _beside(path: Path) -> list[str]:
    try:
        return [p.name for p in path.parent.iterdir()]
    except OSError:
        return []
