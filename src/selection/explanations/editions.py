"""All explanations of an outcome at once: each distinct sentence is rendered once and joined back by codes.

A sentence depends on few facts beside rank, score and waiting place, so the rest of it is rendered once for each
distinct set of them; the texts are the same, letter by letter, as those of one explanation after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import canonical_text, objects
from selection.assessment import MISSING, points
from selection.errors import NotFoundError, did_you_mean
from selection.explanations import sentences
from selection.explanations.catalogues import Words, words
from selection.intake.natives import native
from selection.numbering import combine
from selection.outcome.frames import decision_cells
from selection.outcome.thresholds import NEVER

if TYPE_CHECKING:
    from selection.explanations.facts import Recorded
    from selection.outcome import Outcome

EDITIONS: Final = ("applicant", "officer", "auditor")

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[Any]

#: Stand for what differs from applicant to applicant in a sentence rendered for many; no text of ours holds them.
_RANK, _SCORE, _POINTS, _ID, _TICKET = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"


def explanations(outcome: Outcome, language: str = "en", edition: str = "applicant") -> Any:
    """A row for each applicant in the order of `to_frame`: id, status, rank, score, reason, text.

    `edition` "applicant" (a paragraph), "officer" (every fact in a line) or "auditor" (the facts as JSON).
    """
    if edition not in EDITIONS:
        sentence = f"There is no edition {edition!r}.{did_you_mean(edition, EDITIONS)} Editions: {', '.join(EDITIONS)}."
        raise NotFoundError("unknown_edition", sentence, edition=edition, known=list(EDITIONS))
    places = outcome.display_order
    cells = decision_cells(outcome, places)
    kept = {name: cells[name] for name in ("id", "status", "rank", "score", "reason")}
    return native({**kept, "text": _texts(outcome, places, words(language), edition)}, outcome.intake.kind)


def _texts(outcome: Outcome, places: Ints, spoken: Words, edition: str) -> Texts:
    found = objects([None] * len(places))
    ranked = outcome.rank_of[places] >= 0
    recorded = outcome.recorded
    if edition == "auditor":
        rows = (recorded.facts(place) for place in places.tolist())
        return objects([json.dumps(row, ensure_ascii=False, default=canonical_text) for row in rows])
    write = sentences.applicant if edition == "applicant" else sentences.officer
    alike: dict[tuple[Any, ...], str] = {}
    for i in np.flatnonzero(~ranked).tolist():
        place = int(places[i])
        key = recorded.unranked(place)
        if key not in alike:
            alike[key] = write({**recorded.facts(place), "id": _ID}, spoken)
        # Only the officer's text names the applicant, before all else.
        found[i] = alike[key].replace(_ID, str(outcome.intake.pool.ids[place]), int(edition == "officer"))
    if ranked.any():
        found[ranked] = _Ranked(recorded, places[ranked], spoken).written(edition)
    return found


class _Ranked:
    """The texts about ranked applicants, piece by piece."""

    def __init__(self, recorded: Recorded, places: Ints, spoken: Words) -> None:
        self.recorded, self.places, self.words = recorded, places, spoken
        self.outcome = recorded.outcome
        self.ranks = self.outcome.rank_of[places]
        self.proved = self.outcome.choice.proved

    def written(self, edition: str) -> Texts:
        parts = self._parts(edition)
        return objects(["".join(row) for row in zip(*parts, strict=True)])

    def _parts(self, edition: str) -> list[list[str]]:
        ranks, outcome = self.ranks, self.outcome
        columns = self._alike()
        code, first = _distinct(columns)
        samples = [self.recorded.facts(int(self.places[i])) for i in first.tolist()]
        main = self._main(edition, code, samples)
        refused = np.array([sentences.needed(facts, self.proved) for facts in samples])[code]
        between = self.words.between if edition == "applicant" else "\n"
        lasts = self.recorded.admitted[outcome.choice.signatures.code[ranks]]
        cut = self._each(lasts, refused, between, lambda i: sentences.cutoff(self._facts(i), self.words, edition))
        least = outcome.enough[ranks]
        need = self._each(least, refused, between, lambda i: self._enough(int(least[i]), edition))
        return [main, cut, need]

    def _facts(self, i: int) -> dict[str, Any]:
        cutoff = self.recorded.cutoff(int(self.ranks[i]))
        return {"cutoff": None if cutoff is None else {"rank": cutoff.rank, "score": cutoff.score}}

    def _enough(self, least: int, edition: str) -> str:
        return sentences.enough(None if least == NEVER else points(least), self.words, edition)

    def _each(self, values: Ints, where: npt.NDArray[np.bool_], between: str, write: Callable[[int], str]) -> list[str]:
        """One text for each distinct value among those marked, nothing for the others."""
        texts = objects([""] * len(values))
        some = np.flatnonzero(where)
        if len(some):
            _, first, place = np.unique(values[some], return_index=True, return_inverse=True)
            texts[some] = objects([between + write(i) for i in some[first].tolist()])[place]
        return list(texts)

    def _alike(self) -> list[Ints]:
        """What the main sentences depend on beside rank, score, points, id and ticket, as codes."""
        outcome, recorded, ranks = self.outcome, self.recorded, self.ranks
        flags = [members[ranks] for members in (*recorded.because.values(), *recorded.kept.values())]
        flags += [outcome.displaced[ranks], ranks + 1 < (recorded.last or 0)]
        caps = recorded.causing[ranks]
        seat = np.unique(recorded.labels[ranks].astype(str), return_inverse=True)[1]
        block = np.unique(recorded.blocks[ranks].astype(str), return_inverse=True)[1]
        homes = outcome.choice.home[outcome.choice.signatures.code[ranks]]
        columns = [outcome.status[self.places], outcome.reason[self.places], outcome.assessment.tier[self.places]]
        columns += [
            seat,
            block,
            homes + 1,
            recorded.position[ranks],
            *flags,
            *(caps[:, c] + 1 for c in range(caps.shape[1])),
        ]
        return [np.asarray(column, dtype=np.int64) for column in columns]

    def _main(self, edition: str, code: Ints, samples: Sequence[dict[str, Any]]) -> list[str]:
        """Status and reason for the applicant; everything up to the cut-off for the officer."""
        score = self.outcome.assessment.score[self.places]
        distinct, at = np.unique(score, return_inverse=True)
        exact = [points(int(one)) for one in distinct]
        varying: dict[str, Callable[[], list[str]]] = {
            _RANK: lambda: [self.words.number(r) for r in (self.ranks + 1).tolist()],
            _SCORE: lambda: list(objects([self.words.number(one) for one in exact])[at]),
            _POINTS: lambda: list(objects([self.words.count("points", one) for one in exact])[at]),
            _ID: lambda: list(map(str, self.outcome.intake.pool.ids[self.places].tolist())),
            _TICKET: lambda: self.outcome.ranking.tickets(self.places),
        }
        if edition == "applicant":
            return _filled([self._paragraph(facts) for facts in samples], code, varying)
        heads, tails = zip(*(self._lines(facts) for facts in samples), strict=True)
        given = [self._criterion(place) for place in range(len(self.recorded.criteria))]
        middle = map("".join, zip(*given, strict=True)) if given else [""] * len(self.places)
        pieces = (_filled(heads, code, varying), middle, _filled(tails, code, varying))
        return ["".join(row) for row in zip(*pieces, strict=True)]

    def _open(self, facts: dict[str, Any]) -> dict[str, Any]:
        said = sentences.spoken(facts, self.words)
        own = {"id": self.words.apart(_ID), "ticket": self.words.apart(_TICKET)}
        return {**said, "rank": _RANK, "score": _SCORE, "points": _POINTS, **own}

    def _paragraph(self, facts: dict[str, Any]) -> str:
        said = self._open(facts)
        status = self.words["status"][facts["status"]].format_map(said)
        reason = self.words["applicant"][sentences.sentence(facts)].format_map(said)
        return self.words.between.join([status, reason])

    def _lines(self, facts: dict[str, Any]) -> tuple[str, str]:
        """The officer's heading, and the lines after the contributions."""
        said, section = self._open(facts), self.words["officer"]
        lines = ["", section["total"].format_map(said)]
        lines += [section[one].format_map(said) for one in ("tier", "ticket", "seat") if sentences.has(facts, one)]
        lines.append(section[sentences.sentence(facts)].format_map(said))
        if facts["displaced"]:
            lines.append(section["displaced"])
        return section["heading"].format_map(said), "\n".join(lines)

    def _criterion(self, number: int) -> list[str]:
        """The line about one criterion, rendered once for each profile."""
        rule = self.recorded.criteria[number]
        used, place = np.unique(rule.codes[self.places], return_inverse=True)
        lines = []
        for code in used.tolist():
            given = int(rule.answers[code])
            seen = dict(zip(rule.fields, rule.profiles[code], strict=True))
            line = sentences.contribution(rule.name, points(0 if given == MISSING else given), seen, self.words)
            lines.append(f"\n{line}")
        return list(objects(lines)[place])


def _distinct(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """A code for each row of several columns, and where each code first stands."""
    code, _ = combine([column - column.min() for column in columns], [int(np.ptp(column)) + 1 for column in columns])
    _, first, dense = np.unique(code, return_index=True, return_inverse=True)
    return dense.astype(np.int64), first


def _filled(templates: Sequence[str], code: Ints, varying: dict[str, Callable[[], list[str]]]) -> list[str]:
    """Each row's template with what differs put in."""
    marks = {mark for template in templates for mark in template if mark in varying}
    values = {mark: objects(varying[mark]()) for mark in marks}
    texts = objects([""] * len(code))
    order = np.argsort(code, kind="stable")
    for rows, template in zip(np.split(order, np.cumsum(np.bincount(code))[:-1]), templates, strict=True):
        here = [mark for mark in template if mark in varying]
        pattern = template.replace("%", "%%")
        for mark in set(here):
            pattern = pattern.replace(mark, "%s")
        given = zip(*(values[mark][rows].tolist() for mark in here), strict=True)
        texts[rows] = objects([pattern % row for row in given]) if here else template
    return list(texts)
