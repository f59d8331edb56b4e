"""A suggested form as the text of a TOML file: sure columns, guesses marked in comments, what is left to decide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from selection.intake import Form
from selection.intake.findings import short
from selection.suggestions.columns import no_id
from selection.suggestions.drafts import Draft
from selection.suggestions.mapping import Unmapped
from selection.suggestions.own import Finished
from selection.suggestions.preview import Look

LISTED: Final = 60
WIDTH: Final = 110
BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    escaped = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "".join(c if c.isprintable() or c == " " else _escape(c) for c in escaped)


def _escape(sign: str) -> str:
    code = ord(sign)
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def value(found: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, int):
        return str(found)
    if isinstance(found, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {value(v)}" for k, v in found.items()) + " }"
    if isinstance(found, list | tuple):
        return "[" + ", ".join(map(value, found)) + "]"
    return quoted(str(found))


def _key(text: str) -> str:
    return text if BARE.fullmatch(text) else quoted(text)


def comment(text: str) -> str:
    """A line of comment: printable, on one line."""
    return "# " + "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


@dataclass(frozen=True, eq=False)
class Document:
    """A whole form: the lines at its head, the layout of the file, the fields, and the columns that nobody reads."""

    head: Sequence[str]
    layout: Form
    system: str
    finished: Finished
    drafts: Sequence[Draft]
    unread: Sequence[Look]

    def text(self) -> str:
        """The form as the text of a TOML file."""
        lines = [*map(comment, self.head), "", f"system = {quoted(self.system)}", *self._layout()]
        if self.finished.keys is not None:
            lines += ["", *map(comment, self.finished.notes), f"complete = {value(self.finished.keys)}"]
        for draft in self.drafts:
            lines += ["", *_field(draft)]
        if not self.drafts:
            said = "No column could be taken for a field. Name at least one, for example:"
            lines += ["", comment(said), "# [fields.country]", '# column = "..."']
        return "\n".join([*lines, *_unread(self.unread)]) + "\n"

    def _layout(self) -> Iterator[str]:
        """How to come to the table, and in which zone its times are."""
        layout = self.layout
        if any(draft.name == "submitted_at" for draft in self.drafts):
            yield 'timezone = "UTC"  # to check: the zone of times that do not say theirs'
        if layout.sheet is not None:
            yield f"sheet = {quoted(layout.sheet)}  # the likeliest of several: to check"
        if layout.section is not None:
            yield f"section = {value(layout.section.model_dump())}"
        elif layout.skip_rows:
            yield f"skip_rows = {layout.skip_rows}  # lines before the headings"


def _field(draft: Draft) -> Iterator[str]:
    mark = "sure" if draft.sure else "GUESS, to confirm"
    yield comment(f"{mark}: {draft.why}")
    off = "# " if draft.open else ""
    if draft.open:
        yield comment(f"TO DECIDE: {draft.open}; then take the # away.")
    yield f"{off}[fields.{draft.name}]"
    for key, found in draft.keys.items():
        if key == "options":
            continue
        yield f"{off}{key} = {value(found)}"
    for key, table in (("options", draft.keys.get("options")), ("values", draft.values or None)):
        if table:
            yield from _table(f"fields.{draft.name}.{key}", table)
    yield from _unmapped(draft)


def _table(name: str, table: Mapping[str, str]) -> Iterator[str]:
    yield f"[{name}]"
    for key, word in table.items():
        yield f"{_key(key)} = {quoted(word)}"


def _unmapped(draft: Draft) -> Iterator[str]:
    """What could not be mapped, as comments that become lines when the # is taken away."""
    if not draft.unmapped:
        return
    if "options" in draft.keys:
        yield comment("Options that are no word of the vocabulary, kept as they stand:")
    elif draft.values:
        yield comment("Not mapped, so left empty when read; correct the word and take the # away:")
    elif draft.name.endswith("country") or draft.name in ("residence", "citizenship"):
        yield comment("Cells that are not read as one country:")
    else:
        yield comment(
            f"No answer could be mapped; answers stay as they are until there is [fields.{draft.name}.values]:"
        )
    yield from (_one(draft, answer) for answer in draft.unmapped)


def _one(draft: Draft, answer: Unmapped) -> str:
    near = f"nearest word: {answer.nearest}" if answer.nearest else "no word is near"
    rows = f"{answer.rows:,} {'row' if answer.rows == 1 else 'rows'}"
    if draft.name in ("country", "residence", "citizenship", "employer_country") or "options" in draft.keys:
        return comment(f"{quoted(short(answer.answer))}  ({rows}; {near})")
    return comment(f"{quoted(_shown(answer.answer))} = {quoted(answer.nearest or '?')}  # {rows}; {near}")


def _shown(answer: str) -> str:
    """The whole answer if a line can hold it, so that it matches when the # is taken away."""
    return answer if len(answer) <= WIDTH and short(answer) == answer else short(answer)


def _unread(looks: Iterable[Look]) -> list[str]:
    """Columns nobody reads, and how one is read."""
    listed = list(looks)
    if not listed:
        return []
    named = [comment(f"  {quoted(short(k.heading))} (column {k.place + 1}{_holds(k)})") for k in listed[:LISTED]]
    more = [comment(f"  and {len(listed) - LISTED:,} more")] if len(listed) > LISTED else []
    how = (
        "Columns that this form does not read. To read one, add [fields.NAME] with its column, NAME as your rules say:"
    )
    return ["", comment(how), *named, *more]


def _holds(look: Look) -> str:
    against = no_id(look)
    return ", empty" if not look.counts else f"; no id: {against}" if against else ""
