"""A messy table and a form become a pool and its problems."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool, canonical_text
from selection.errors import FormError
from selection.intake.coding import unmasked
from selection.intake.duplicates import by_id, by_mailbox, find_duplicates
from selection.intake.fields import FieldReader
from selection.intake.findings import Ledger, Problem, Trouble
from selection.intake.forms import Complete, FieldForm, Form
from selection.intake.headings import Plan, plan
from selection.intake.identity import read_ids, told_apart
from selection.intake.intake import Intake
from selection.intake.sources import open_table
from selection.intake.tables import Table
from selection.threads import beside
from selection.vocabulary import PERSONAL

#: In so many rows duplicates are looked for by a thread of its own.
MANY: Final = 1 << 16


def read_applicants(source: Any, *, form: Form | Mapping[str, Any] | str | Path | None = None) -> Intake:
    """Read registrations from a file, a dataframe or records; a form says how its columns map to fields.

    Without a form, columns named like fields are those fields and every other column is an attribute of the call.
    """
    if isinstance(source, Intake):
        return source
    form = _form(form)
    table = open_table(source, form)
    found = plan(table.headings, form, table.source, of_file=not table.typed)
    kept, dropped = _complete_rows(table, found.complete, found)
    ledger = Ledger(kept.rows)
    raws = _unmasked(kept, found, ledger)
    pool = _pool(kept, found, form, raws, ledger)
    duplicates = int((pool.duplicate_of >= 0).sum())
    findings = sorted((*table.findings, *dropped, *ledger.findings), key=lambda p: p.row or 0)
    rejected = table.rejected + sum(1 for p in dropped if p.code == "empty_row")
    counts = {
        "rows": len(table) + table.rejected,
        "applicants": len(pool) - duplicates,
        "rejected": rejected,
        "incomplete_submissions": sum(1 for p in dropped if p.code == "incomplete_submission"),
        "duplicates": duplicates,
    }
    read_from = MappingProxyType({name: field.headings for name, field in found.fields.items()})
    said = tuple(findings), MappingProxyType(counts), found.ignored
    return Intake(pool, *said, table.kind, table.source, _hash(form), read_from)


def _hash(form: Form) -> str | None:
    """SHA-256 of a form as compact JSON with sorted keys, defaults left out; None for no form at all."""
    said = form.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if said else None


def _form(form: Form | Mapping[str, Any] | str | Path | None) -> Form:
    if form is None:
        return Form()
    if isinstance(form, Form):
        return form
    if isinstance(form, str | Path):
        return Form.load(form)
    if isinstance(form, Mapping):
        return Form.model_validate(dict(form))
    said = "A form is a Form, a table with its keys, a TOML file or the name of a shipped form; this is of type "
    raise FormError("not_a_form", f"{said}{type(form).__name__}.", type=type(form).__name__)


def _complete_rows(table: Table, complete: Complete | None, found: Plan) -> tuple[Table, list[Problem]]:
    """The rows that hold a complete registration, and a problem for every other one."""
    keep = table.filled
    said = "This row is empty in every column that is read."
    problems = [Problem(row, None, None, "empty_row", said, "rejected") for row in table.rows[~keep].tolist()]
    if complete is not None:
        raw = table.columns[found.place(complete.column, complete.occurrence)]
        assert raw is not None
        if complete.optional and complete.values and len(table) and not (raw.codes >= 0).any():
            said = f"{complete.column!r} is empty in every row, so it tells nothing of finished registrations."
            return table.take(keep), [*problems, Problem(None, complete.column, None, "no_states", said, "kept")]
        wanted = None if complete.values is None else {w.casefold() for w in complete.values}
        fits = [] if wanted is None else [canonical_text(v).casefold() in wanted for v in raw.values.tolist()]
        full = raw.codes >= 0 if wanted is None else np.array([*fits, False], dtype=bool)[raw.codes]
        what = "is empty" if wanted is None else "does not say so"
        said = f"The submission was never completed: {complete.column!r} {what}."
        left = table.rows[keep & ~full].tolist()
        problems += [Problem(row, complete.column, None, "incomplete_submission", said, "rejected") for row in left]
        keep = keep & full
    if not len(table):
        problems.append(Problem(None, None, None, "no_registrations", "There is no registration in the table.", "kept"))
    return table.take(keep), problems


def _unmasked(table: Table, found: Plan, ledger: Ledger) -> dict[int, Column]:
    """Every column that is read, exporters' masks undone and written down."""
    personal = {
        found.places[h, _occurrence(f, h)] for n, f in found.fields.items() if n in PERSONAL for h in f.headings
    }
    raws: dict[int, Column] = {}
    said = "A quotation mark that the export put before a formula character was taken away."
    for place in sorted(found.read):
        raw = table.columns[place]
        assert raw is not None
        raws[place], changed = unmasked(raw) if table.masks else (raw, [])
        troubles = dict.fromkeys(changed, Trouble("mask_undone", said, "changed"))
        ledger.report("name" if place in personal else "", table.headings[place], raw, troubles)
    return raws


def _occurrence(field: FieldForm, heading: str) -> int | None:
    return field.occurrence if heading == field.column else None


def _pool(table: Table, found: Plan, form: Form, raws: Mapping[int, Column], ledger: Ledger) -> Pool:
    fields = FieldReader(form, table.typed, ledger)
    cells = {n: {h: raws[found.place(h, _occurrence(f, h))] for h in f.headings} for n, f in found.fields.items()}
    content: dict[str, Column] = {}
    for name, field in found.fields.items():
        lone = len(cells[name]) == 1 or name == "id"
        content |= {name if lone and h == field.headings[0] else f"{name}.{h}": raw for h, raw in cells[name].items()}
    identity, address = found.fields.get("id"), found.fields.get("email")
    ids = read_ids(content.get("id"), identity, content, ledger)
    ids = told_apart(ids, identity, content, ledger)
    email = None if address is None else fields.read("email", address, cells["email"])
    look = partial(by_mailbox, email)
    # Who may stand twice in a long table is looked for while its other fields are read.
    with beside(look) if len(ids) >= MANY else nullcontext() as begun:
        columns = {n: fields.read(n, f, cells[n]) for n, f in found.fields.items() if n not in ("id", "email")}
        of_id = by_id(ids)
    of_mailbox = begun[0].result() if begun else look()
    if email is not None:
        columns["email"] = email
    columns = {name: columns[name] for name in found.fields if name != "id"}
    heading = address.headings[0] if address else ""
    duplicate_of = find_duplicates(of_id, of_mailbox, ids, columns, form.duplicates == "latest", heading, ledger)
    _look_at_times(columns.get("submitted_at"), found, ledger)
    return Pool(ids, MappingProxyType(columns), table.rows, duplicate_of, MappingProxyType(ledger.open_cells))


def _look_at_times(times: Column | None, found: Plan, ledger: Ledger) -> None:
    """Anonymised surveys give every registration one date: then nobody came first."""
    if times is None:
        return
    known = times.codes[times.codes >= 0]
    # Mostly the first and the last differ, and nothing more has to be looked at.
    if len(known) < 2 or times.values[known[0]] != times.values[known[-1]]:
        return
    stamps: npt.NDArray[Any] = times.values[known]
    if (stamps == stamps[0]).all():
        said = f"All {len(stamps):,} registrations have the same time, so nobody can be said to have come first."
        heading = found.fields["submitted_at"].headings[0]
        ledger.note("constant_timestamp", said, "kept", column=heading, value=str(times.value(int(times.codes.max()))))
