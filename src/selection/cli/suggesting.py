"""`selection form suggest`: what was recognised in an export, and a form to complete."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from selection.cli.answers import printable, say, say_json, table
from selection.cli.shipped import write_text
from selection.intake.findings import short

if TYPE_CHECKING:
    from selection.suggestions import Suggestion
    from selection.suggestions.drafts import Draft


def run(registrations: Path, out: Path | None, *, as_json: bool) -> None:
    """Print the form, or write it and print what was understood."""
    from selection.suggestions import suggest

    suggestion = suggest(registrations)
    kept = None if out is None else _written(out, suggestion.text)
    if as_json:
        say_json(report(suggestion) | {"form": suggestion.text, "file": out and str(out), "kept": kept and str(kept)})
    elif out is None:
        say(suggestion.text.rstrip("\n"))
    else:
        say(printable(text(report(suggestion), registrations, out, kept)))


def listed(*, as_json: bool) -> None:
    """The names under which shipped forms are loaded, and their systems."""
    from selection import Form
    from selection.intake.shipped import shipped_forms

    forms = {name: Form.load(path).system for name, path in shipped_forms().items()}
    if as_json:
        say_json(forms)
    else:
        say(table(["form", "system"], [[name, system] for name, system in forms.items()]))


def _written(out: Path, content: str) -> Path | None:
    """Write the form; where another one stood that is kept beside it."""
    if not out.is_file() or out.read_bytes() == content.encode():
        write_text(out, content)
        return None
    kept = next(path for n in range(1, 10_000) if not (path := out.with_name(f"{out.name}.{n}")).exists())
    write_text(kept, out.read_text(encoding="utf-8", errors="replace"))
    write_text(out, content)
    return kept


def report(suggestion: Suggestion) -> dict[str, Any]:
    """What was understood, as facts."""
    return {
        "system": suggestion.system,
        "signs": list(suggestion.signs),
        "counts": dict(suggestion.intake.counts),
        "findings": len(suggestion.intake.findings),
        "left_empty": dict(
            Counter(f.column for f in suggestion.intake.findings if f.action == "left empty" and f.column).most_common()
        ),
        "unread": list(suggestion.unread),
        "fields": [_field(draft) for draft in suggestion.drafts],
    }


def _field(draft: Draft) -> dict[str, Any]:
    return {
        "field": draft.name,
        "headings": list(draft.headings),
        "sure": draft.sure,
        "because": draft.why,
        "to_decide": draft.open or None,
        "mapped": dict(draft.values),
        "unmapped": [{"answer": u.answer, "rows": u.rows, "nearest": u.nearest} for u in draft.unmapped],
    }


def text(answer: dict[str, Any], registrations: Path, out: Path, kept: Path | None) -> str:
    """The facts as an officer reads them."""
    if answer["system"] is None:
        head = "No registration system was recognised; the form holds what could be guessed."
    else:
        head = f"Recognised system: {answer['system']}, by {'; '.join(answer['signs'][:4])}."
    parts = [head]
    if answer["fields"]:
        rows = [[one["field"], _how(one), ", ".join(one["headings"])[:60]] for one in answer["fields"]]
        parts.append(table(["field", "", "column"], rows))
    opened = [f"  {one['field']}: {_open(one)}" for one in answer["fields"] if one["unmapped"]]
    if opened:
        parts.append("Not mapped\n" + "\n".join(opened))
    if answer["unread"]:
        parts.append("Not read: " + ", ".join(repr(short(heading)) for heading in answer["unread"][:20]))
    counts = answer["counts"]
    parts.append(
        f"As it stands it reads {counts['rows']:,} rows: {counts['applicants']:,} applicants. Cells it cannot read: "
        + (", ".join(f"{number:,} in {column}" for column, number in answer["left_empty"].items()) or "none")
    )
    parts.append(f"Written to {out}" + (f"; the earlier one is kept as {kept}" if kept else ""))
    checked = f"selection check policy.toml --form {quote(str(out))} --registrations {quote(str(registrations))}"
    parts.append(f"Next: complete {out}, then  {checked}")
    return "\n\n".join(parts)


def _how(one: dict[str, Any]) -> str:
    return "to decide" if one["to_decide"] else "sure" if one["sure"] else "guess"


def _open(one: dict[str, Any]) -> str:
    named = [
        f"{short(u['answer'])!r} ({u['rows']:,}{', perhaps ' + u['nearest'] if u['nearest'] else ''})"
        for u in one["unmapped"][:6]
    ]
    more = len(one["unmapped"]) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
