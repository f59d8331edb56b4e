"""Questions with a column for each option: yes and no under one stem, `sector/pharma` or `Sectors [Pharma]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from selection.suggestions.mapping import word_lists
from selection.suggestions.preview import Look

#: How systems write the stem and the option of such a column, most telling first.
WAYS: Final = (
    re.compile(r"(?P<stem>\w+?)___(?P<option>.+)"),
    re.compile(r"(?P<stem>.+?)\s*\(choice=(?P<option>.*)\)"),
    re.compile(r"(?P<stem>.+?)\s*\[(?P<option>[^\[\]]+)\]"),
    re.compile(r"(?P<stem>.+)/(?P<option>[^/]+)"),
    re.compile(r"(?P<stem>.+?)\s+[–—-]\s+(?P<option>.+)"),
    re.compile(r"(?P<stem>.+?):\s+(?P<option>.+)"),
    re.compile(r"(?P<stem>.+?)\s*\((?P<option>[^()]+)\)"),
)
LONGEST: Final = 400


@dataclass(frozen=True)
class Choice:
    """The columns of one question, with the option that each stands for, and the words that mean yes and no in them."""

    stem: str
    options: tuple[tuple[str, Look], ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]


def choices(looks: Sequence[Look]) -> Iterator[Choice]:
    """Every question of a table that has a column for each option."""
    groups: dict[tuple[int, str], list[tuple[str, Look]]] = {}
    for look in looks:
        found = _split(look.heading)
        if found is not None and (_is_truth(look) or not look.counts):
            groups.setdefault(found[:2], []).append((found[2], look))
    for (_, stem), members in groups.items():
        if any(look.counts for _, look in members) and (len(members) > 1 or "___" in members[0][1].heading):
            yield Choice(stem, tuple(members), _said(members, "yes"), _said(members, "no"))


def _split(heading: str) -> tuple[int, str, str] | None:
    if len(heading) > LONGEST:
        return None
    for way, pattern in enumerate(WAYS):
        found = pattern.fullmatch(heading)
        if found:
            return way, found["stem"], found["option"].strip()
    return None


def _is_truth(look: Look) -> bool:
    words = word_lists()["truth"]
    known = {*words["yes"], *words["no"]}
    return bool(look.counts) and all(str(cell).casefold() in known for cell in look.counts)


def _said(members: Sequence[tuple[str, Look]], what: str) -> tuple[str, ...]:
    """The words for yes, or for no, that stand in these columns."""
    words = frozenset(word_lists()["truth"][what])
    return tuple(sorted({str(cell) for _, look in members for cell in look.counts if str(cell).casefold() in words}))
