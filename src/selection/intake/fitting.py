"""A form that knows several headings for a column, fitted to the headings that a table has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from selection.intake.forms import Complete, FieldForm, Form

#: Where the columns under a heading stand in the table, from left to right.
Find = Callable[[str], Sequence[int]]


class Found(NamedTuple):
    """A heading that the table has, and which of the columns under it is meant."""

    heading: str
    occurrence: int | None


def fitted(form: Form, headings: Sequence[str], find: Find) -> Form:
    """The form with the one heading of each column that is there, without optional fields that are not.

    Further headings are tried in the order of the form; with `occurrence` the columns under any of them are counted
    from the left. `*` in a further heading stands for any text.
    """
    complete = form.complete
    fields = form.fields.values()
    if not any(f.also or f.time_also or f.then_also or f.or_also or f.apart or f.optional for f in fields) and (
        complete is None or not (complete.also or complete.optional)
    ):
        return form
    fit = _Fit(headings, find)
    found = {name: fitting for name, field in form.fields.items() if (fitting := fit.field(field)) is not None}
    return form.model_copy(update={"fields": found or form.fields, "complete": complete and fit.complete(complete)})


class _Fit:
    def __init__(self, headings: Sequence[str], find: Find) -> None:
        self.headings, self.find = headings, find

    def field(self, field: FieldForm) -> FieldForm | None:
        """The field under the headings that are there; None if it is optional and is not there."""
        if field.options is not None:
            there = {h: word for h, word in field.options.items() if not field.optional or self.find(h)}
            return field.model_copy(update={"options": there}) if there else None
        found = self._place(str(field.column), field.also, field.occurrence)
        if found is None:
            return None if field.optional else field
        update: dict[str, object] = {"column": found.heading, "occurrence": found.occurrence}
        for key, column, also in (
            ("time_column", field.time_column, field.time_also),
            ("then_column", field.then_column, field.then_also),
            ("or_column", field.or_column, field.or_also),
        ):
            second = column and self._place(column, also, None)
            update[key] = second.heading if isinstance(second, Found) else None if field.optional else column
        if update["or_column"] == found.heading:
            update["or_column"] = None
        if field.apart:
            update["apart"] = next(((heading,) for heading in field.apart if self.find(heading)), ())
        return field.model_copy(update=update)

    def complete(self, complete: Complete) -> Complete | None:
        """The column that tells finished registrations; None if it is optional and is not there."""
        found = self._place(complete.column, complete.also, complete.occurrence)
        if found is None:
            return None if complete.optional else complete
        return complete.model_copy(update={"column": found.heading, "occurrence": found.occurrence})

    def _place(self, heading: str, also: Sequence[str], occurrence: int | None) -> Found | None:
        if not also:
            return Found(heading, occurrence) if self.find(heading) else None
        known = dict.fromkeys((heading, *(h for pattern in also for h in self._matching(pattern))))
        if occurrence is None:
            there = next((places for h in known if (places := self.find(h))), None)
            return None if there is None else Found(self.headings[there[0]], None)
        places = sorted({place for h in known for place in self.find(h)})
        if len(places) < occurrence:
            return None
        chosen = self.headings[places[occurrence - 1]]
        return Found(chosen, list(self.find(chosen)).index(places[occurrence - 1]) + 1)

    def _matching(self, pattern: str) -> list[str]:
        """The headings of the table that a further heading stands for."""
        if "*" not in pattern or self.find(pattern):
            return [pattern]
        before, _, after = pattern.partition("*")
        size = len(before) + len(after)
        return [h for h in self.headings if len(h) > size and h.startswith(before) and h.endswith(after)]
