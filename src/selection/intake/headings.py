"""Which column of the table each field is read from; a heading that is not there is answered with the nearest one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

from selection.errors import FormError, InputError, did_you_mean
from selection.intake.findings import short
from selection.intake.fitting import fitted
from selection.intake.forms import KNOWN_FIELDS, Complete, FieldForm, Form
from selection.intake.tables import numbered

#: The library's own fields by their headings as `folded` writes them, and some other usual headings.
OWN: Final = MappingProxyType(
    {
        **{f.replace("_", ""): f for f in KNOWN_FIELDS},
        "sectors": "sector",
        "organization": "organisation",
        "employer": "organisation",
        "countryofresidence": "residence",
        "residencecountry": "residence",
    }
)

#: Fields whose cells are mostly different; each may come with the same text twice all the same.
APART: Final = frozenset({"id", "name", "email", "submitted_at"})

#: What stands where a heading should be, if the table has none.
_DATA: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[\d.,]*\d|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")

#: Longer headings are no data; the pattern would go over them again and again.
LONGEST_DATA: Final = 300


@dataclass(frozen=True)
class Plan:
    """How a table is going to be read: its fields, where each heading stands, and the headings nobody reads."""

    fields: Mapping[str, FieldForm]
    places: Mapping[tuple[str, int | None], int]
    ignored: tuple[str, ...]
    complete: Complete | None = None

    @property
    def read(self) -> frozenset[int]:
        """The places of the columns that are read."""
        return frozenset(self.places.values())

    @property
    def apart(self) -> frozenset[int]:
        """The places of columns in which hardly two cells are the same, and which no rule compares."""
        found = (
            (n in APART, self.places[h, f.occurrence if h == f.column else None])
            for n, f in self.fields.items()
            for h in f.headings
        )
        single, shared = set[int](), set[int]()
        for alone, place in found:
            (single if alone else shared).add(place)
        return frozenset(single - shared)

    def place(self, heading: str, occurrence: int | None = None) -> int:
        """Where the column under this heading stands."""
        return self.places[heading, occurrence]


def plan(headings: Sequence[str], form: Form, source: str, *, of_file: bool = True) -> Plan:
    """Find every column that is to be read; without fields in the form, headings named like fields are fields."""
    if not headings and not of_file and not form.fields:
        return Plan(MappingProxyType({}), MappingProxyType({}), ())
    if not any(headings):
        raise InputError("missing_headings", f"{source}: the first row holds no headings.", source=source)
    index = _index(headings)
    form = fitted(form, headings, lambda heading: index.get(heading) or index.get(folded(heading)) or ())
    fields = form.fields or implied(headings, source, of_file)
    wanted = [
        (h, f.occurrence if h == f.column else None, f"fields.{name}") for name, f in fields.items() for h in f.headings
    ]
    if form.complete is not None:
        wanted.append((form.complete.column, form.complete.occurrence, "complete"))
    places = {(h, occurrence): _find(headings, index, h, occurrence, key, source) for h, occurrence, key in wanted}
    read = set(places.values())
    unread = ((h or f"column {i + 1}") for i, h in enumerate(headings) if i not in read)
    return Plan(fields, places, tuple(unread), form.complete)


def folded(heading: str) -> str:
    """A heading without case, spaces, `_` and `-`."""
    return re.sub(r"[\s_-]+", "", heading.casefold())


def field_of(heading: str) -> str:
    """The field a heading stands for without a form: one of the library's own, or an attribute of the same name."""
    return OWN.get(folded(heading), heading)


def implied(headings: Sequence[str], source: str, of_file: bool) -> dict[str, FieldForm]:
    """The fields of a table that comes without a form, each under its own heading."""
    named = [(i, h, field_of(h)) for i, h in enumerate(headings) if h]
    _refuse_doubled(named, source)
    known = any(field in KNOWN_FIELDS for _, _, field in named)
    if of_file and not known and any(map(_is_data, headings)):
        sentence = f"{source}: the first row seems to be a registration; the table needs a row of headings."
        raise InputError("missing_headings", sentence, source=source)
    return {field: FieldForm(column=h) for _, h, field in named}


def _is_data(heading: str) -> bool:
    """Whether a heading looks like the cell of a registration."""
    return len(heading) <= LONGEST_DATA and _DATA.fullmatch(heading) is not None


def _refuse_doubled(named: Sequence[tuple[int, str, str]], source: str) -> None:
    by_field: dict[str, list[tuple[int, str]]] = {}
    for place, heading, field in named:
        by_field.setdefault(field, []).append((place, heading))
    doubled = {f: found for f, found in by_field.items() if len(found) > 1}
    if doubled:
        parts = [f"{short(f)!r} (columns {numbered(p for p, _ in found)})" for f, found in islice(doubled.items(), 12)]
        sentence = (
            f"{source}: these headings stand more than once: {', '.join(parts)}. "
            "Rename them, or say in a form which column each field is read from (occurrence = 2)."
        )
        raise InputError("doubled_headings", sentence, source=source, headings=sorted(doubled))


def _index(headings: Sequence[str]) -> dict[str, list[int]]:
    """Where each heading stands, and each folded heading that no other column has as it is written."""
    exact: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        exact.setdefault(heading, []).append(place)
        loose.setdefault(folded(heading), []).append(place)
    return {**loose, **exact}


def _find(
    headings: Sequence[str], index: Mapping[str, list[int]], heading: str, occurrence: int | None, key: str, source: str
) -> int:
    found = index.get(heading) or index.get(folded(heading), [])
    if not found:
        raise _absent(headings, heading, key, source)
    if len(found) > 1 and occurrence is None:
        sentence = (
            f"The form's {key} reads the column {heading!r}, which stands {len(found)} times in {source} "
            f"(columns {numbered(found)}): say which, with occurrence = 1 to {len(found)}."
        )
        raise FormError("doubled_heading", sentence, source=source, key=key, heading=heading, columns=found)
    if (occurrence or 1) > len(found):
        sentence = f"The form's {key} asks for column {heading!r} number {occurrence}; {source} has {len(found)}."
        raise FormError("column_not_found", sentence, source=source, key=key, heading=heading)
    return found[(occurrence or 1) - 1]


def _absent(headings: Sequence[str], heading: str, key: str, source: str) -> FormError:
    if any(map(_is_data, headings)):
        said, shown = " Its first row looks like a registration, not like headings.", None
    else:
        said = f"{did_you_mean(heading, filter(None, headings))} Its headings are {_some(headings)}."
        shown = list(headings)
    sentence = f"The form's {key} reads the column {heading!r}, which {source} does not have.{said}"
    return FormError("column_not_found", sentence, source=source, key=key, heading=heading, headings=shown)


def _some(headings: Iterable[str]) -> str:
    named = [repr(short(h)) for h in headings if h]
    return ", ".join(named[:12]) + (f" and {len(named) - 12} more" if len(named) > 12 else "")
