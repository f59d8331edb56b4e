"""What about an applicant would have had to be otherwise: only changeable fields, each tried by a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from selection.applicants import Column, objects
from selection.conditions import number
from selection.errors import PolicyError
from selection.explanations.catalogues import words
from selection.explanations.sentences import shown
from selection.intake.natives import native
from selection.outcome import Outcome, select

#: So many values of a number are tried in each direction, the nearest first.
_NEAREST = 60


def counterfactuals(outcome: Outcome, place: int, language: str = "en") -> Any:
    """A row for each single change of a changeable field with which the applicant would have been selected.

    Columns: field, value (the applicant's), instead, text. Of numbers the nearest higher and the nearest lower one, of
    words each; only values that somebody in the pool has. Nothing for whoever is selected or a duplicate. Raises
    `PolicyError` where the policy calls no field changeable.
    """
    if not outcome.policy.changeable:
        sentence = 'The policy calls no field changeable: add a line such as  changeable = ["years_experience"].'
        raise PolicyError("nothing_changeable", sentence)
    rows = list(_rows(outcome, place))
    tongue = words(language)
    said, put = tongue["applicant"]["change"], tongue.apart
    texts = [said.format(field=put(name), before=put(shown(old)), value=put(shown(new))) for name, old, new in rows]
    cells = {name: objects([row[i] for row in rows]) for i, name in enumerate(("field", "value", "instead"))}
    return native({**cells, "text": objects(texts)}, outcome.intake.kind)


def _rows(outcome: Outcome, place: int) -> Iterator[tuple[str, Any, Any]]:
    if outcome.status[place] == 0 or outcome.intake.pool.duplicate_of[place] >= 0:
        return
    for name in outcome.policy.changeable:
        column = outcome.assessment.fields.column(name)
        old = column.at(place)
        for codes in _tries(column, int(column.codes[place])):
            for code in codes:
                if _selected_with(outcome, place, name, column, code):
                    yield name, old, column.value(code)
                    break


def _tries(column: Column, own: int) -> list[list[int]]:
    """Codes to be tried, one list after the other, each up to its first success."""
    held = [code for code in np.unique(column.codes).tolist() if code >= 0 and code != own]
    numbers = {code: number(column.value(code)) for code in (*held, own) if code >= 0}
    mine = numbers.get(own)
    if mine is None or any(numbers[code] is None for code in held):
        return [[code] for code in held]
    known = {code: amount for code, amount in numbers.items() if amount is not None}
    higher = sorted((code for code in held if known[code] > mine), key=lambda code: known[code])
    lower = sorted((code for code in held if known[code] < mine), key=lambda code: -known[code])
    return [higher[:_NEAREST], lower[:_NEAREST]]


def _selected_with(outcome: Outcome, place: int, name: str, column: Column, code: int) -> bool:
    """Whether the applicant is selected with another value of a field: one full run from the changed pool."""
    codes = column.codes.copy()
    codes[place] = code
    basis = outcome.assessment.fields.basis(name)
    pool = outcome.intake.pool
    changed = replace(pool, columns={**pool.columns, basis: Column(codes, column.values)})
    intake = replace(outcome.intake, pool=changed)
    made = select(intake, outcome.policy, seed=outcome.seed, seconds=outcome.choice.seconds)
    return bool(made.status[place] == 0)
