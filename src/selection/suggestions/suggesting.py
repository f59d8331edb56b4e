"""A form to complete for a file: the system recognised, columns sure and guessed, answers that could not be mapped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from selection.errors import FormError, InputError
from selection.intake import Form, Intake, read_applicants
from selection.intake.shipped import shipped_forms
from selection.suggestions.columns import guesses
from selection.suggestions.drafts import Draft
from selection.suggestions.own import Finished, finished, own_fields
from selection.suggestions.preview import Look, Preview, previews
from selection.suggestions.recognition import Recognition, recognised
from selection.suggestions.toml import Document

#: In the order in which an officer reads a form.
ORDER: Final = ("id", "submitted_at", "name", "email", "country", "residence", "citizenship", "employer_country",
                "organisation", "role", "sector", "function")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Suggestion:
    """A form to complete: its text, the system it is for (None if none was recognised), and what it rests on.

    `signs` by what the system was recognised; `drafts` the proposed fields; `intake` what came of reading the file with
    the form as it is suggested; `unread` the headings of columns that hold something and that no field is read from.
    """

    system: str | None
    signs: tuple[str, ...]
    text: str
    drafts: tuple[Draft, ...]
    intake: Intake
    unread: tuple[str, ...] = ()

    @property
    def form(self) -> Form:
        """The suggested form, ready to read the file with."""
        return Form.parse(self.text)


@dataclass(frozen=True, eq=False)
class _Attempt:
    """A form that may still turn out not to read the file."""

    seen: Preview
    system: Recognition | None
    finished: Finished
    drafts: tuple[Draft, ...]

    def text(self, intake: Intake | None = None) -> str:
        name = self.system.system.name if self.system else ""
        head = list(_head(self.seen, self.system, intake))
        return Document(head, self.seen.layout, name, self.finished, self.drafts, self.unread).text()

    @property
    def unread(self) -> list[Look]:
        """Columns that no draft is of."""
        used = {place for draft in self.drafts for place in draft.places}
        return [look for look in self.seen.looks if look.place not in used]

    def with_one(self) -> _Attempt:
        """The attempt with the first column as an attribute, where nothing else tells doubled headings apart."""
        look = self.seen.looks[0]
        keys = {"column": look.heading, **({"occurrence": look.occurrence} if look.occurrence is not None else {})}
        said = "no column could be taken for a field; this one stands for any"
        return replace(self, drafts=(Draft("attribute", keys, frozenset({look.place}), False, said),))

    def without(self, error: FormError) -> _Attempt:
        """The attempt without what the form cannot say."""
        name = str(error.facts.get("key", "")).removeprefix("fields.").partition(".")[0]
        kept = tuple(draft for draft in self.drafts if draft.name != name)
        if len(kept) == len(self.drafts):
            return replace(self, finished=Finished(), drafts=() if self.finished.keys is None else kept)
        return replace(self, drafts=kept)


def suggest(path: str | Path) -> Suggestion:
    """Look at a file and write a form for it; `InputError` or `NotFoundError` where it is no table, or not there."""
    path = Path(path)
    seen, system = max(((one, recognised(one)) for one in previews(path)), key=_likely)
    attempt = _attempt(seen, system)
    for _ in range(len(attempt.drafts) + 3):
        try:
            intake = read_applicants(path, form=Form.parse(attempt.text()))
        except FormError as error:
            attempt = attempt.without(error)
            continue
        except InputError as error:
            if error.code not in ("doubled_headings", "missing_headings") or attempt.drafts or not seen.looks:
                raise
            attempt = attempt.with_one()
            continue
        if attempt.finished.keys is not None and not len(intake.pool) and intake.counts["rows"]:
            # A form that finds nobody finished has misread the column.
            attempt = replace(attempt, finished=Finished())
            continue
        name, signs = (system.system.name, system.signs) if system else (None, ())
        unread = tuple(look.heading for look in attempt.unread if look.counts)
        return Suggestion(name, signs, attempt.text(intake), attempt.drafts, intake, unread)
    raise InputError("no_form", f"{path.name}: no form could be written that reads this file.", file=str(path))


def _likely(found: tuple[Preview, Recognition | None]) -> tuple[float, int]:
    """Which of several sheets holds the registrations: the one a system is known by, or the one with most columns."""
    seen, system = found
    return system.weight if system else 0.0, sum(1 for look in seen.looks if look.counts)


def _attempt(seen: Preview, system: Recognition | None) -> _Attempt:
    shipped = Form.load(shipped_forms()[system.system.form]) if system else Form()
    own = tuple(own_fields(seen, shipped, system)) if system else ()
    used = frozenset(place for draft in own for place in draft.places)
    looks = [look for look in seen.looks if look.place not in used]
    split = shipped.fields["sector"].split if "sector" in shipped.fields else None
    found = [*own, *guesses(looks, frozenset(d.name for d in own), split)]
    found.sort(key=lambda d: ORDER.index(d.name) if d.name in ORDER else len(ORDER))
    return _Attempt(seen, system, finished(seen, shipped, own), tuple(found))


def _head(seen: Preview, system: Recognition | None, intake: Intake | None) -> Iterator[str]:
    yield f"Suggested form for {seen.source}, to complete and to confirm."
    if system is not None:
        yield f"Recognised system: {system.system.name}, by {'; '.join(system.signs[:6])}."
    else:
        yield "No registration system was recognised."
    if intake is not None:
        counts = intake.counts
        parts = " + ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items() if name != "rows")
        yield f"As it stands it reads {counts['rows']:,} rows = {parts}; {len(intake.findings):,} findings."
