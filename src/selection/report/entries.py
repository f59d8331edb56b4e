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

from selection.applicants import Column
from selection.assessment import MISSING, Weighed, points
from selection.charts.labels import Labels
from selection.charts.tallies import column
from selection.outcome.frames import block_names, seat_labels
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


def table(outcome: Outcome, ids: Sequence[str], labels: Labels, *, public: bool) -> dict[str, Any]:
    """The list in rank order, then the rest: `ids`, columns by their distinct values, criteria, cut-offs, words."""
    places, said = outcome.display_order, labels["list"]
    statuses, reasons = labels["statuses"], labels["reasons"]
    made = [
        _column(
            "status", labels["page"]["status"], outcome.status[places], [statuses[o] for o in STATUSES], shown=True
        ),
        _scores(outcome, places, labels),
        _column("reason", said["reason"], outcome.reason[places], [reasons[one] for one in REASONS], shown=True),
    ]
    if not public:
        made += [*_fields(outcome, places, labels), *_seats(outcome, places, labels)]
    return {
        "ids": list(ids),
        "ranked": len(outcome.ranking),
        "columns": made,
        "criteria": []
        if public
        else [_criterion(rule, places, labels) for rule in outcome.assessment.of_kind("points")],
        "cutoffs": [] if public else _cutoffs(outcome),
        "chunk": CHUNK,
        "words": {**said, "language": labels.language, "numbers": labels["numbers"]},
    }


def texts(outcome: Outcome, language: str, *, public: bool) -> list[str]:
    """What each applicant is told, in the order of the list, packed in chunks; nothing in the public edition."""
    if public or not outcome.pool_size:
        return []
    said = [str(one) for one in outcome.explanations(language)["text"]]
    return [packed(said[start : start + CHUNK]) for start in range(0, len(said), CHUNK)]


def _column(
    key: str, label: str, codes: npt.NDArray[Any], values: Sequence[str], *, shown: bool = False, number: bool = False
) -> dict[str, Any]:
    """A column whose codes rise as its values should be sorted; -1 is none."""
    return {"key": key, "label": label, "values": list(values), "codes": codes.tolist(), "shown": shown,
            "number": number}  # fmt: skip


def _scores(outcome: Outcome, places: Places, labels: Labels) -> dict[str, Any]:
    distinct, codes = np.unique(outcome.assessment.score[places], return_inverse=True)
    codes = np.where(outcome.rank_of[places] >= 0, codes, -1)
    said = [labels.plain(points(int(one))) for one in distinct]
    return _column("score", labels["list"]["score"], codes, said, shown=True, number=True)


def _fields(outcome: Outcome, places: Places, labels: Labels) -> Iterator[dict[str, Any]]:
    """Every field the policy reads, names and e-mail addresses left out; the most telling ones are shown."""
    names = sorted(outcome.policy.fields - PERSONAL - set(COLUMNS))
    found = {name: one for name in names if (one := column(outcome, name)) is not None}
    order = [*(name for name in _FIRST if name in found), *(name for name in found if name not in _FIRST)]
    for number, name in enumerate(order):
        yield _field(name, found[name], places, labels, shown=number < _SHOWN)


def _field(name: str, found: Column, places: Places, labels: Labels, *, shown: bool) -> dict[str, Any]:
    values = found.python_values()
    said = [_said(name, value, labels) for value in values]
    plain = bool(values) and all(isinstance(v, (int, float)) or hasattr(v, "as_tuple") for v in values)
    keys: list[Any] = list(values) if plain else [one.casefold() for one in said]
    order = sorted(range(len(values)), key=lambda place: (keys[place], said[place]))
    words: dict[str, int] = {}
    for place in order:
        words.setdefault(said[place], len(words))
    lookup = np.array([*(words[one] for one in said), -1], dtype=np.int64)
    return _column(name, labels.field(name), lookup[found.codes[places]], list(words), shown=shown, number=plain)


def _said(name: str, value: Any, labels: Labels) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else labels.word(name, value)


def _seats(outcome: Outcome, places: Places, labels: Labels) -> Iterator[dict[str, Any]]:
    ranks = outcome.rank_of[places]
    for key, label, names in (
        ("seat", labels["list"]["seat"], seat_labels(outcome)),
        *([("block", labels["list"]["block"], block_names(outcome))] if len(outcome.choice.blocks) > 1 else ()),
    ):
        words = sorted({str(one) for one in names.tolist() if one is not None})
        place = {word: number for number, word in enumerate(words)}
        codes = np.array([-1 if one is None else place[str(one)] for one in names.tolist()], dtype=np.int64)
        yield _column(key, label, codes[ranks], words)


def _criterion(rule: Weighed, places: Places, labels: Labels) -> dict[str, Any]:
    """The points of each distinct profile with what was seen, and each applicant's profile."""
    codes = rule.codes[places]
    held, place = np.unique(codes, return_inverse=True)
    answers = []
    for code in held.tolist():
        given = int(rule.answers[code])
        seen = [_seen(f, v, labels) for f, v in zip(rule.fields, rule.profiles[code], strict=True)]
        number = labels.plain(points(0 if given == MISSING else given))
        answers.append([number, labels["numbers"]["between"].join(seen)])
    return {"name": rule.name, "answers": answers, "codes": place.tolist()}


def _seen(field: str, value: Any, labels: Labels) -> str:
    return labels["list"]["seen"].format(field=labels.field(field), value=labels.word(field, value))


def _cutoffs(outcome: Outcome) -> list[int]:
    """Per rank the last admitted rank of the same signature, from 1; 0 where nobody of it was admitted."""
    codes = outcome.choice.signatures.code
    last = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    given = np.flatnonzero(outcome.choice.selected)
    last[codes[given]] = given + 1
    cutoffs: list[int] = last[codes].tolist()
    return cutoffs


def head(listed: dict[str, Any], number: int, labels: Labels) -> tuple[list[str], Iterable[list[str]]]:
    """The first rows of the list as plain cells: for paper, and where scripts are off."""
    shown = [one for one in listed["columns"] if one["shown"]]
    rows = (
        [labels.number(place + 1) if place < listed["ranked"] else "", listed["ids"][place],
         *("" if one["codes"][place] < 0 else one["values"][one["codes"][place]] for one in shown)]
        for place in range(min(number, len(listed["ids"])))
    )  # fmt: skip
    said = labels["list"]
    return [said["rank"], said["applicant"], *(one["label"] for one in shown)], rows
