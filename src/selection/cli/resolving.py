"""`selection countries` and `selection facts`: what a country text is, and what is held about a country on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from selection.cli.answers import printable, say, say_json, table

if TYPE_CHECKING:
    from selection.countries import Facts
    from selection.intake.spellings import Spelling


def run_countries(
    file: Path, column: str | None, form: Path | None, names: Path | None, review: Path | None, *, as_json: bool
) -> None:
    """Print how each country text of a table is understood, and write those that are open into a small table."""
    from selection import Form
    from selection.intake.spellings import spellings

    read_as = Form() if form is None else Form.load(form)
    if names is not None:
        read_as = read_as.model_copy(update={"countries": read_as.countries.with_names(names)})
    listed = spellings(file, column, read_as)
    written = None
    if review is not None:
        from selection.dossier.review import write_review

        written = write_review(listed, review)
    if as_json:
        say_json({"counts": _counts(listed), "spellings": [one.cells for one in listed]})
    else:
        say(printable(_text(listed, review, written)))


def _counts(listed: Sequence[Spelling]) -> dict[str, dict[str, int]]:
    """How many texts and rows there are of each standing; the rows add up to the filled cells."""
    texts, rows = Counter[str](), Counter[str]()
    for one in listed:
        standing = "open" if one.open else "flagged" if one.flagged else "sure"
        texts[standing] += 1
        rows[standing] += one.rows
    return {s: {"texts": texts[s], "rows": rows[s]} for s in ("sure", "flagged", "open")}


def _text(listed: Sequence[Spelling], review: Path | None, written: int | None) -> str:
    counts = _counts(listed)
    said = {
        "sure": "taken by themselves (exact, alias)",
        "flagged": "taken, but please check (contained)",
        "open": "open: nothing is taken until somebody says what is meant",
    }
    head = [f"{counts[s]['rows']:,} rows, {counts[s]['texts']:,} different texts: {what}" for s, what in said.items()]
    shown = ["text", "rows", "status", "code", "country", "matched", "suggestion", "first_rows"]
    if len({one.column for one in listed}) > 1:
        shown.insert(0, "column")
    headings = ["perhaps" if name == "suggestion" else name.replace("_", " ") for name in shown]
    rows = [["" if (cell := one.cells[name]) is None else str(cell) for name in shown] for one in listed]
    parts = ["\n".join(head), table(headings, rows, 200)]
    if review is not None:
        parts.append(
            f"{written:,} open texts are in {review}. Fill in the column code, then run again with --names "
            f"{quote(str(review))}, or name the file in the form: [countries] names = {review.name!r}"
        )
    elif counts["open"]["texts"]:
        parts.append("Next: the same with --review open.csv writes the open texts into a table to fill in.")
    return "\n\n".join(parts)


def run_facts(text: str, on: date, *, as_json: bool) -> None:
    """Print what is held about one country on one day, each fact with its source."""
    from selection.countries import country, facts, resolve_codes
    from selection.errors import CountryDataError

    tries = (resolve_codes(text, "alpha-3"), resolve_codes(text, "alpha-2"), country(text))
    found = next((one for one in tries if one.code), tries[-1])
    if found.code is None:
        raise CountryDataError("unknown_country", f"{found.sentence}.", country=text)
    held = facts(found.code, on)
    if as_json:
        say_json(asdict(held))
    else:
        say(printable(_facts_text(held)))


def _facts_text(held: Facts) -> str:
    income = {
        "classified": f"{held.income_group}",
        "unclassified": f"unclassified; last {held.carried_group} (FY{held.carried_year})"
        if held.carried_group
        else "unclassified",
        "not_covered": "not covered by the World Bank's list",
    }[held.income_status]
    groups = [name for name, member in (("LDC", held.ldc), ("LLDC", held.lldc), ("SIDS", held.sids)) if member]
    region = f"{held.who_region}{'' if held.who_member else ' (not a member)'}" if held.who_region else "none"
    lines = [
        (f"{held.code}", held.name, f"on {held.on.isoformat()}"),
        ("Income group", income, held.income_source),
        ("WHO region", region, held.who_source),
        ("UN groups", ", ".join(groups) or "none of LDC, LLDC, SIDS", held.un_source),
    ]
    if held.sovereign:
        lines.insert(2, ("Belongs to", f"{held.sovereign}, {held.sovereign_group or 'without a group'}", ""))
    notes = [held.un_note] if held.un_note else []
    return "\n".join([table(list(lines[0]), [list(line) for line in lines[1:]], 400), *notes])
