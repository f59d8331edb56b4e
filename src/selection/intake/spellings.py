"""How the country texts of a table are understood: each distinct text once, for the officer to look over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.countries import Resolution, country_name
from selection.errors import FormError, did_you_mean
from selection.intake.cells import country_resolver
from selection.intake.coding import unmasked
from selection.intake.findings import short
from selection.intake.forms import FieldForm, Form
from selection.intake.headings import folded, plan
from selection.intake.sources import open_table
from selection.vocabulary import COUNTRY_FIELDS

if TYPE_CHECKING:
    import pandas as pd

    from selection.applicants import Column

SHOWN_ROWS: Final = 5

COLUMNS: Final = (
    "column",
    "text",
    "rows",
    "first_rows",
    "status",
    "code",
    "country",
    "matched",
    "source",
    "suggestion",
)


@dataclass(frozen=True)
class Spelling:
    """One country text of a table: where it stands, how often, and what it was understood to be."""

    column: str
    text: str
    rows: int
    first_rows: tuple[int, ...]
    resolution: Resolution
    accepted: bool

    @property
    def open(self) -> bool:
        """Whether the text needs the officer's word before it counts."""
        return not self.accepted

    @property
    def flagged(self) -> bool:
        """Whether the text was taken by itself, but should be looked at."""
        return self.accepted and self.resolution.status == "contained"

    @property
    def cells(self) -> dict[str, Any]:
        """The text as a row of the table of spellings."""
        found = self.resolution
        code = found.code if self.accepted else None
        nearest = [s.code for s in found.suggestions] if found.code is None else [found.code] * self.open
        values = (
            self.column,
            short(self.text),
            self.rows,
            " ".join(map(str, self.first_rows)),
            found.status,
            code,
            country_name(code) if code else None,
            found.matched,
            found.source,
            " ".join(nearest) or None,
        )
        return dict(zip(COLUMNS, values, strict=True))


def spellings(source: Any, column: str | None = None, form: Form | None = None) -> tuple[Spelling, ...]:
    """Every country text of a table, those that need the officer's word first, then by the number of rows.

    Reads the column with that heading, or without one every country field of the form or of the headings.
    FormError if the table has no such column.
    """
    form = form or Form()
    if column is not None:
        form = form.model_copy(update={"fields": _fields_of(form, column)})
    try:
        table = open_table(source, form)
    except FormError as error:
        if column is None or error.facts.get("heading") != column:
            raise
        # Here the heading is the caller's own, not one of a form.
        headings = error.facts.get("headings") or ()
        said = f"{error.facts['source']} has no column {column!r}.{did_you_mean(column, filter(None, headings))}"
        raise FormError(error.code, said, **error.facts) from None
    found = plan(table.headings, form, table.source, of_file=not table.typed)
    fields = {name: field for name, field in found.fields.items() if name in COUNTRY_FIELDS}
    if not fields:
        near = did_you_mean("country", filter(None, table.headings))
        said = f"{table.source} has no column that is known to hold countries; name one of its headings.{near}"
        raise FormError("no_country_column", said, source=table.source, headings=list(table.headings))
    listed: list[Spelling] = []
    for field in fields.values():
        raw = table.columns[found.place(str(field.column), field.occurrence)]
        if raw is not None:
            raw = unmasked(raw)[0] if table.masks else raw
            listed += _of_column(raw, table.rows, field, form)
    return tuple(sorted(listed, key=lambda one: (one.accepted, not one.flagged, -one.rows, one.text)))


def _fields_of(form: Form, column: str) -> dict[str, FieldForm]:
    """The country field that the form reads from this heading, or one that is read as it stands."""
    own = {name: f for name, f in form.fields.items() if name in COUNTRY_FIELDS and column in f.headings}
    return own or {"country": FieldForm(column=column)}


def _of_column(raw: Column, rows: Any, field: FieldForm, form: Form) -> Iterator[Spelling]:
    resolve = country_resolver(field, form)
    numbers = np.bincount(raw.codes[raw.codes >= 0], minlength=len(raw.values)).tolist()
    order = np.argsort(raw.codes, kind="stable")
    starts = np.searchsorted(raw.codes[order], np.arange(len(raw.values))).tolist()
    meant = {folded(answer): word for answer, word in (field.values or {}).items()}
    for code, value in enumerate(raw.values.tolist()):
        if number := numbers[code]:
            text = str(value)
            if field.values is None or folded(text) in meant:
                found = resolve(meant.get(folded(text), text))
            else:
                found = Resolution(text, None, "unknown", source="none of the values that the form names")
            accepted = found.code is not None and found.status in form.countries.accept
            places = order[starts[code] : starts[code] + min(number, SHOWN_ROWS)]
            yield Spelling(str(field.column), text, number, tuple(rows[places].tolist()), found, accepted)


def spellings_frame(listed: Iterable[Spelling]) -> pd.DataFrame:
    """The spellings as a frame: column, text, rows, first_rows, status, code, country, matched, source, suggestion."""
    import pandas as pd

    return pd.DataFrame([one.cells for one in listed], columns=list(COLUMNS))
