"""The country texts that are still open, as a small table for the officer to fill in and the next run to read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from selection.countries import OwnNames
from selection.dossier.sheets import lines
from selection.errors import OutputError

if TYPE_CHECKING:
    from selection.intake.spellings import Spelling

HEADINGS: Final = ("text", "code", "rows", "first_rows", "status", "suggestion")


def write_review(listed: Iterable[Spelling], path: str | Path) -> int:
    """Write each open text with an empty code beside it, after the rows already filled in; how many are open.

    Columns: text, code (to fill in), rows, first_rows, status, suggestion (alpha-3 codes, the likeliest first). A file
    that is there keeps the codes it has; CountryDataError if it is another kind of file, OutputError if it cannot be
    written.
    """
    path = Path(path)
    filled = OwnNames.answers(path) if path.exists() else {}
    table: dict[str, list[object]] = {heading: [] for heading in HEADINGS}
    for text, code in filled.items():
        _append(table, {"text": text, "code": code})
    still = {one.text: one for one in listed if one.open and one.text not in filled}
    for one in still.values():
        _append(table, {**one.cells, "text": one.text, "code": None})
    try:
        path.write_bytes(b"".join(lines(table)))
    except OSError as error:
        said = f"{str(path)!r} cannot be written: {error.strerror}."
        raise OutputError("unwritable", said, file=str(path)) from None
    return len(still)


def _append(table: dict[str, list[object]], row: dict[str, object]) -> None:
    for heading, column in table.items():
        column.append(row.get(heading))
