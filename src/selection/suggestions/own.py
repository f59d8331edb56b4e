"""What a recognised system fills in itself: its own columns, and the one that tells finished registrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from selection.errors import SelectionError
from selection.intake import Form
from selection.intake.forms import Complete, FieldForm
from selection.intake.headings import plan
from selection.suggestions.columns import times_of
from selection.suggestions.drafts import Draft
from selection.suggestions.places import countries
from selection.suggestions.preview import Look, Preview
from selection.suggestions.recognition import Recognition

#: Without these a system's export is not what it seems, so they are named even where they are empty.
NEEDED = ("id", "submitted_at")

LISTED = 12


@dataclass(frozen=True)
class Finished:
    """Which rows are finished registrations, as keys of the form, and what to say about it."""

    keys: dict[str, Any] | None = None
    notes: tuple[str, ...] = field(default=())


def own_fields(seen: Preview, shipped: Form, found: Recognition) -> Iterator[Draft]:
    """The fields that the system fills itself, where their columns hold something."""
    for name, known in shipped.fields.items():
        if name not in found.system.own:
            continue
        fitted = _fitted(seen, name, known)
        if fitted is None and name in found.places:
            place = found.places[name]
            looks = list(seen.looks[place : place + (2 if known.time_column else 1)])
            draft = _draft(name, _placed(known, looks), looks, "by its place and its cells")
        elif fitted is not None:
            draft = _draft(name, fitted, [_look(seen, fitted, h) for h in fitted.headings], "written by the system")
        else:
            continue
        if draft is not None:
            yield draft


def _fitted(seen: Preview, name: str, known: FieldForm) -> FieldForm | None:
    """A field under the headings that the file has; None if it has none of them."""
    try:
        return plan(seen.headings, Form(fields={name: known}), seen.source).fields[name]
    except SelectionError:
        return None


def _placed(known: FieldForm, looks: Sequence[Look]) -> FieldForm:
    """A field in columns found by their cells: the time of a day stands beside it."""
    hours = looks[1].heading if len(looks) > 1 else None
    bare = {"also": (), "time_also": (), "or_column": None, "or_also": (), "optional": False}
    first = {"column": looks[0].heading, "occurrence": looks[0].occurrence, "time_column": hours}
    return known.model_copy(update={**bare, **first, "apart": None if known.apart is None else ()})


def _look(seen: Preview, fitted: FieldForm, heading: str) -> Look:
    under = [look for look in seen.looks if look.heading == heading]
    return under[(fitted.occurrence or 1) - 1 if heading == fitted.column else 0]


def _draft(name: str, fitted: FieldForm, looks: Sequence[Look], why: str) -> Draft | None:
    first = looks[0]
    if not any(look.counts for look in looks) and name not in NEEDED:
        return None
    if name == "email" and not any("@" in text for look in looks for text in look.texts):
        return None
    if name == "country" and (found := countries(first)) is not None and found.share < 0.5:
        return None
    keys = fitted.model_dump(exclude_defaults=True)
    kept = {k: v for k, v in keys.items() if not k.endswith("also") and k not in ("optional", "occurrence")}
    kept |= {"occurrence": first.occurrence} if first.occurrence is not None else {}
    places = frozenset(look.place for look in looks)
    if name == "submitted_at" and first.counts:
        return times_of(kept, looks, places, why)
    return Draft(name, kept, places, True, why)


def finished(seen: Preview, shipped: Form, drafts: Sequence[Draft]) -> Finished:
    """Which rows are finished registrations, by those words for it that stand in the file."""
    if shipped.complete is None:
        return Finished()
    known = shipped.complete
    fitted = _fitted(seen, "id", FieldForm(column=known.column, also=known.also, occurrence=known.occurrence))
    if fitted is not None:
        look = _look(seen, fitted, str(fitted.column))
    else:
        # Where a field of the form is read from the same column, that was perhaps found by its cells.
        same = {n for n, f in shipped.fields.items() if f.column == known.column}
        place = next((min(d.places) for d in drafts if d.name in same), None)
        if place is None:
            return Finished()
        look = next(one for one in seen.looks if one.place == place)
    return _finished(look, known)


def _finished(look: Look, known: Complete) -> Finished:
    keys: dict[str, Any] = {"column": look.heading}
    keys |= {"occurrence": look.occurrence} if look.occurrence is not None else {}
    said = "sure: which rows are finished registrations; the others are counted and listed, not read"
    if known.values is None:
        return Finished(keys, (said,))
    words = {word.casefold() for word in known.values}
    there = [text for text in look.texts if text.casefold() in words]
    left = [f"{text!r} ({rows:,})" for text, rows in look.texts.items() if text.casefold() not in words][:LISTED]
    more = f"not among them: {', '.join(left)}; add what should be read, and words of later exports"
    return Finished({**keys, "values": there}, (said, *([more] if left else ()))) if there else Finished()
