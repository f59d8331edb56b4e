"""What is worked out of a column while its file is still being read: by the threads that parse it, from warm memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from selection.intake import mailboxes, times
from selection.intake.forms import Form
from selection.intake.headings import Plan
from selection.intake.repeats import ends_of_ascending
from selection.texts import Texts

Work = Callable[[Texts], Any]

#: What is asked for later of each of these fields.
OF_FIELD: Final[Mapping[str, Work]] = MappingProxyType(
    {"id": ends_of_ascending, "email": mailboxes.of_piece, "submitted_at": times.of_piece}
)


def early_work(plan: Plan, form: Form) -> dict[int, Work]:
    """The work on each column by its place; none on times that are written in a way of their own."""
    found: dict[int, Work] = {}
    for name, work in OF_FIELD.items():
        field = plan.fields.get(name)
        if field is None or field.column is None:
            continue
        if name != "submitted_at" or (field.dates or form.dates) in times.ISO_FORMATS:
            found[plan.place(field.column, field.occurrence)] = work
    return found
