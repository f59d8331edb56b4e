"""One field of all applicants at a time: each distinct cell is read once, each unreadable one reported by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selection.applicants import Column
from selection.intake.cells import WORDS, checked, holds_codes, reader
from selection.intake.choices import read_options, splitter
from selection.intake.coding import filled, in_use, recoded
from selection.intake.findings import Ledger
from selection.intake.forms import FieldForm, Form
from selection.intake.stamps import Stamps
from selection.intake.times import joined, read_times, settled
from selection.texts import Texts
from selection.vocabulary import COUNTRY_FIELDS


@dataclass(frozen=True)
class FieldReader:
    """Reads the fields of one table; `typed` says that its cells are Python values already."""

    form: Form
    typed: bool
    ledger: Ledger

    def read(self, name: str, field: FieldForm, cells: Mapping[str, Column]) -> Column:
        """The column of a field, from the raw columns under its headings."""
        if field.options is not None:
            return read_options(name, field, cells, self.ledger)
        heading = field.headings[0]
        raw, second = cells[heading], field.time_column or field.then_column
        if second is not None:
            raw = joined(raw, cells[second])
        elif field.or_column is not None:
            raw = filled(raw, cells[field.or_column])
        if self.typed:
            raw = self._checked(name, heading, raw)
        if name == "submitted_at" or field.type == "datetime":
            column, troubles = read_times(raw, field.dates or self.form.dates, self.form.timezone)
            self.ledger.report(name, heading, raw, troubles)
            return column
        return self._by_value(name, field, heading, raw)

    def _by_value(self, name: str, field: FieldForm, heading: str, raw: Column) -> Column:
        if field.type != "date" and not isinstance(raw.values, Texts):
            raw = settled(raw, self.form.timezone if self.typed else None)
        if name in COUNTRY_FIELDS and field.codes is None and field.values is None:
            field = self._codes_recognised(field, heading, raw)
        read = reader(name, field, self.form)
        if field.split is not None or name == "sector":
            # Without a form nothing says how several sectors are written; with one, no split means one choice.
            whole = bool(self.form.fields) and field.split is None
            read = splitter(field.split, read, keep_single=self.typed and field.split is None, whole=whole)
        if read is None:
            return raw
        results = [(None, None) if v is None else read(v) for v in in_use(raw)]
        self.ledger.report(name, heading, raw, {code: t for code, (_, t) in enumerate(results) if t is not None})
        return recoded(raw.codes, [value for value, _ in results])

    def _codes_recognised(self, field: FieldForm, heading: str, raw: Column) -> FieldForm:
        values = {v for v in in_use(raw) if v is not None}
        if not holds_codes(values):
            return field
        said = f"All {len(values)} different cells of this column are ISO 3166 alpha-2 codes, and were read as such."
        self.ledger.note("codes_recognised", said, "kept", column=heading)
        return field.model_copy(update={"codes": "alpha-2"})

    def _checked(self, name: str, heading: str, raw: Column) -> Column:
        """A column from memory without the values that no field can hold."""
        if isinstance(raw.values, Texts) or (isinstance(raw.values, Stamps) and name not in WORDS):
            return raw
        values = raw.values.tolist()
        kinds = {type(v) for v in values}
        if kinds <= {str} or (kinds <= {str, tuple} and name not in WORDS):
            return raw
        troubles = {code: t for code, v in enumerate(values) if (t := checked(name, v)) is not None}
        self.ledger.report(name, heading, raw, troubles)
        return recoded(raw.codes, [None if code in troubles else v for code, v in enumerate(values)])
