"""The ranked list as the page holds it: a column for each field, each distinct value once, and a text for each row."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text
from selection.assessment import MISSING, Weighed, points
from selection.charts.labels import field_label, word_label
from selection.charts.tallies import column
from selection.outcome.frames import block_names, seat_labels
from selection.report.sentences import REASON_WORDS, STATUS_WORDS
from selection.vocabulary import COLUMNS, PERSONAL, REASONS, STATUSES

if TYPE_CHECKING:
    from selection.outcome import Outcome

#: Explanations are packed by so many, so that opening one unpacks few.
CHUNK: Final = 500

#: Fields that make a row recognisable, in the order the list shows them; of others the first few.
_FIRST: Final = ("country", "organisation", "role", "income_group")
_SHOWN: Final = 4

Places = npt.NDArray[np.int64]


def packed(data: Any) -> str:
    """Data as JSON, compressed, in letters and digits only: nothing in it can end a script or a line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), compresslevel=6, mtime=0)).decode()


def table(outcome: Outcome, ids: Sequence[str], *, public: bool) -> dict[str, Any]:
    """The list in rank order, then the rest: `ids`, columns by their distinct values, criteria, cut-offs."""
    places = outcome.display_order
    made = [
        _column("status", "Status", outcome.status[places], [STATUS_WORDS[one] for one in STATUSES], shown=True),
        _scores(outcome, places),
        _column("reason", "Reason", outcome.reason[places], [REASON_WORDS[one] for one in REASONS], shown=True),
    ]
    if not public:
        made += [*_fields(outcome, places), *_seats(outcome, places)]
    return {
        "ids": list(ids),
        "ranked": len(outcome.ranking),
        "columns": made,
        "criteria": [] if public else [_criterion(rule, places) for rule in outcome.assessment.of_kind("points")],
        "cutoffs": [] if public else _cutoffs(outcome),
        "chunk": CHUNK,
    }


def texts(outcome: Outcome, *, public: bool) -> list[str]:
    """What each applicant is told, in the order of the list, packed in chunks; nothing in the public edition."""
    if public or not outcome.pool_size:
        return []
    said = [str(one) for one in outcome.explanations()["text"]]
    return [packed(said[start : start + CHUNK]) for start in range(0, len(said), CHUNK)]


def _column(
    key: str, label: str, codes: npt.NDArray[Any], values: Sequence[str], *, shown: bool = False, number: bool = False
) -> dict[str, Any]:
    """A column whose codes rise as its values should be sorted; -1 is none."""
    return {"key": key, "label": label, "values": list(values), "codes": codes.tolist(), "shown": shown,
            "number": number}  # fmt: skip


def _scores(outcome: Outcome, places: Places) -> dict[str, Any]:
    distinct, codes = np.unique(outcome.assessment.score[places], return_inverse=True)
    codes = np.where(outcome.rank_of[places] >= 0, codes, -1)
    said = [canonical_text(points(int(one))) for one in distinct]
    return _column("score", "Score", codes, said, shown=True, number=True)


def _fields(outcome: Outcome, places: Places) -> Iterator[dict[str, Any]]:
    """Every field the policy reads, names and e-mail addresses left out; the most telling ones are shown."""
    names = sorted(outcome.policy.fields - PERSONAL - set(COLUMNS))
    found = {name: one for name in names if (one := column(outcome, name)) is not None}
    order = [*(name for name in _FIRST if name in found), *(name for name in found if name not in _FIRST)]
    for number, name in enumerate(order):
        yield _field(name, found[name], places, shown=number < _SHOWN)


def _field(name: str, found: Column, places: Places, *, shown: bool) -> dict[str, Any]:
    values = found.python_values()
    said = [_said(name, value) for value in values]
    plain = bool(values) and all(isinstance(v, (int, float)) or hasattr(v, "as_tuple") for v in values)
    keys: list[Any] = list(values) if plain else [one.casefold() for one in said]
    order = sorted(range(len(values)), key=lambda place: (keys[place], said[place]))
    words: dict[str, int] = {}
    for place in order:
        words.setdefault(said[place], len(words))
    lookup = np.array([*(words[one] for one in said), -1], dtype=np.int64)
    return _column(name, field_label(name), lookup[found.codes[places]], list(words), shown=shown, number=plain)


def _said(name: str, value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else word_label(name, value)


def _seats(outcome: Outcome, places: Places) -> Iterator[dict[str, Any]]:
    ranks = outcome.rank_of[places]
    for key, label, names in (
        ("seat", "Seat", seat_labels(outcome)),
        *([("block", "Block", block_names(outcome))] if len(outcome.choice.blocks) > 1 else ()),
    ):
        words = sorted({str(one) for one in names.tolist() if one is not None})
        place = {word: number for number, word in enumerate(words)}
        codes = np.array([-1 if one is None else place[str(one)] for one in names.tolist()], dtype=np.int64)
        yield _column(key, label, codes[ranks], words)


def _criterion(rule: Weighed, places: Places) -> dict[str, Any]:
    """The points of each distinct profile with what was seen, and each applicant's profile."""
    codes = rule.codes[places]
    held, place = np.unique(codes, return_inverse=True)
    answers = []
    for code in held.tolist():
        given = int(rule.answers[code])
        seen = ", ".join(_seen(f, v) for f, v in zip(rule.fields, rule.profiles[code], strict=True))
        answers.append([canonical_text(points(0 if given == MISSING else given)), seen])
    return {"name": rule.name, "answers": answers, "codes": place.tolist()}


def _seen(field: str, value: Any) -> str:
    return f"{field_label(field)}: {word_label(field, value)}"


def _cutoffs(outcome: Outcome) -> list[int]:
    """Per rank the last admitted rank of the same signature, from 1; 0 where nobody of it was admitted."""
    codes = outcome.choice.signatures.code
    last = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    given = np.flatnonzero(outcome.choice.selected)
    last[codes[given]] = given + 1
    cutoffs: list[int] = last[codes].tolist()
    return cutoffs


def head(listed: dict[str, Any], number: int) -> tuple[list[str], Iterable[list[str]]]:
    """The first rows of the list as plain cells: for paper, and where scripts are off."""
    shown = [one for one in listed["columns"] if one["shown"]]
    rows = (
        [str(place + 1) if place < listed["ranked"] else "", listed["ids"][place],
         *("" if one["codes"][place] < 0 else one["values"][one["codes"][place]] for one in shown)]
        for place in range(min(number, len(listed["ids"])))
    )  # fmt: skip
    return ["Rank", "Applicant", *(one["label"] for one in shown)], rows
