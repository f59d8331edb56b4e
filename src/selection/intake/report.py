"""What came of a table, for the officer: what was read, what was mapped, what was changed, what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from selection.errors import nearest
from selection.intake.findings import Problem, short
from selection.intake.organisations import merges
from selection.intake.people import suspicions
from selection.vocabulary import COUNTRY_FIELDS, PERSONAL, USUAL

if TYPE_CHECKING:
    import pandas as pd

    from selection.intake.intake import Intake

Part = Literal["read", "mapped", "changed", "open"]

#: How the parts are headed in the text.
HEADINGS: Final = {"read": "Read", "mapped": "Mapped", "changed": "Changed", "open": "Open"}

#: Different values of one column that are shown of each kind; the frame has them all.
SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: its part, what it is about, a code, a value if one is shown, a number, a sentence."""

    part: Part
    about: str
    code: str
    value: str | None
    number: int
    sentence: str


@dataclass(frozen=True, eq=False)
class Report:
    """The intake report: `lines`, as a frame and as text. The numbers of the part `read` add up to the rows."""

    intake: Intake

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All lines, part by part."""
        return (*_read(self.intake), *_mapped(self.intake), *_changed(self.intake), *_open(self.intake))

    def frame(self) -> pd.DataFrame:
        """A row for each line: part, about, code, value, number, sentence."""
        import pandas as pd

        names = [f.name for f in fields(Line)]
        return pd.DataFrame([[getattr(line, n) for n in names] for line in self.lines], columns=names)

    def text(self) -> str:
        """The report as an officer reads it."""
        counts = self.intake.counts
        parts = [f"{self.intake.source}: {counts['rows']:,} rows"]
        for part, heading in HEADINGS.items():
            listed = [line for line in self.lines if line.part == part]
            parts.append("\n".join([heading, *map("  {}".format, _shown(listed) or ["nothing"])]))
        return "\n\n".join(parts) + "\n"

    def __str__(self) -> str:
        return self.text()


def _shown(lines: list[Line]) -> Iterator[str] | list[str]:
    """Each line in words; of many values of one kind the most frequent."""
    seen = Counter((line.about, line.code) for line in lines)
    done: Counter[tuple[str, str]] = Counter()
    said = []
    for line in lines:
        kind = line.about, line.code
        done[kind] += 1
        if done[kind] <= SHOWN:
            said.append(line.sentence)
        elif done[kind] == SHOWN + 1:
            said.append(f"{line.about}: {seen[kind] - SHOWN:,} more of this kind ({line.code.replace('_', ' ')})")
    return said


def _read(intake: Intake) -> Iterator[Line]:
    for what, number in intake.counts.items():
        if what != "rows":
            words = what.replace("_", " ")
            yield Line("read", "rows", what, None, number, f"{number:,} {words}")


def _mapped(intake: Intake) -> Iterator[Line]:
    size = len(intake.pool)
    if "id" in intake.read_from:
        under = " and ".join(map(repr, map(short, intake.read_from["id"])))
        yield Line("mapped", "id", "field", None, size, f"id: from {under}")
    for name, column in intake.pool.columns.items():
        filled = int((column.codes >= 0).sum())
        under = " and ".join(map(repr, map(short, intake.read_from.get(name, (name,))[:SHOWN])))
        different = int(np.count_nonzero(np.bincount(column.codes + 1, minlength=1)[1:]))
        said = f"{name}: from {under}, filled for {filled:,} of {size:,}, {different:,} different values"
        yield Line("mapped", name, "field", None, filled, said)
    if intake.ignored:
        listed = ", ".join(repr(short(h)) for h in intake.ignored[:SHOWN])
        more = f" and {len(intake.ignored) - SHOWN:,} more" if len(intake.ignored) > SHOWN else ""
        said = f"not read: {listed}{more}"
        yield Line("mapped", "columns", "not_read", None, len(intake.ignored), said)


def _changed(intake: Intake) -> Iterator[Line]:
    yield from _counted("changed", [p for p in intake.findings if p.action == "changed"], by_value=False)


def _open(intake: Intake) -> Iterator[Line]:
    findings = [p for p in intake.findings if p.action != "changed"]
    yield from _counted("open", findings, by_value=True)
    for name in sorted(USUAL.keys() & intake.pool.columns.keys()):
        yield from _other_words(intake, name)
    if "organisation" in intake.pool.columns:
        for merge in merges(intake.pool.columns["organisation"]):
            code = "organisation_spellings" if merge.counted_as_one else "organisations_alike"
            number = sum(rows for _, rows in merge.spellings)
            yield Line("open", "organisation", code, merge.spellings[0][0], number, merge.sentence)
    for one in suspicions(intake.pool):
        yield Line("open", "name", "same_name", None, len(one.rows), one.sentence)


def _counted(part: Part, found: list[Problem], *, by_value: bool) -> Iterator[Line]:
    """Findings of one kind together, the most frequent first."""
    numbers = Counter((p.column or "", p.code, p.value if by_value else None) for p in found)
    first = {(p.column or "", p.code, p.value if by_value else None): p for p in reversed(found)}
    for key, number in sorted(numbers.items(), key=lambda one: (-one[1], [str(k) for k in one[0]])):
        column, code, value = key
        example = first[key]
        where = f"{short(column)}: " if column else ""
        rows = f"{number:,} x " if number > 1 else f"row {example.row}: " if example.row is not None else ""
        yield Line(part, column or "rows", code, value, number, f"{where}{rows}{example.sentence}")


def _other_words(intake: Intake, name: str) -> Iterator[Line]:
    """Words of a field that are none of the vocabulary, with how many applicants hold each and the nearest word."""
    column, usual = intake.pool.columns[name], USUAL[name]
    if name in PERSONAL or name in COUNTRY_FIELDS:
        return
    rows = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values)).tolist()
    words: Counter[str] = Counter()
    for value, number in zip(column.python_values(), rows, strict=True):
        for word in value if isinstance(value, tuple) else (value,):
            if number and isinstance(word, str) and word not in usual:
                words[word] += number
    for word, number in sorted(words.items(), key=lambda one: (-one[1], one[0])):
        close = nearest(word.replace(" ", "_"), usual) if len(word) <= 80 and len(words) <= 1000 else None
        near = f"; the nearest is {close!r}" if close else ""
        said = (
            f"{name}: {short(word)!r} ({number:,}) is no usual word of this field{near}. Say what it means with values."
        )
        yield Line("open", name, "other_word", word, number, said)
