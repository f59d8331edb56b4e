"""Earlier editions joined to a pool: fields of the applicants, like any other, for criteria, tiers and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from selection.applicants import Column, Pool
from selection.editions.people import folded_address, people
from selection.errors import InputError
from selection.intake import Intake, Problem
from selection.memory.past import Past
from selection.policy import Policy
from selection.vocabulary import COUNTRY_FIELDS, REMEMBERED

#: From so many people on it shows whether the same ids stand for the same people.
ENOUGH: Final = 10

Ids = Sequence[frozenset[str]]


def remember(intake: Intake, policy: Policy, history: Iterable[Any]) -> Intake:
    """The intake with what earlier editions, oldest first, tell of its applicants: the fields that the policy reads.

    People are the same where their e-mail addresses are; by id only where one side has no addresses at all.
    `InputError` where the same ids stand for other people, or the registrations have such a field of their own.
    """
    wanted = sorted(policy.fields & REMEMBERED.keys())
    alone = isinstance(history, str | Path) or not isinstance(history, Iterable)
    editions = [Past.of(one) for one in ([history] if alone else history)]
    own = sorted(set(wanted) & intake.pool.columns.keys())
    if own:
        sentence = (
            f"The registrations have a field {own[0]!r} of their own, which earlier editions were to give: rename it."
        )
        raise InputError("field_twice", sentence, field=own[0])
    same = [_same_people(intake.pool, past) for past in editions]
    notes = tuple(_note(past, ids, by) for past, (ids, by) in zip(editions, same, strict=True))
    columns, open_cells = {}, dict(intake.pool.open_cells)
    for name in wanted:
        cells = [_FIELDS[name](editions, [ids[place] for ids, _ in same]) for place in range(len(intake.pool))]
        columns[name] = Column.of([None if isinstance(cell, str) else cell for cell in cells])
        open_cells |= {(place, name): cell for place, cell in enumerate(cells) if isinstance(cell, str)}
    pool = replace(
        intake.pool,
        columns=MappingProxyType({**intake.pool.columns, **columns}),
        open_cells=MappingProxyType(open_cells),
    )
    return replace(intake, pool=pool, findings=(*intake.findings, *notes))


def _same_people(pool: Pool, past: Past) -> tuple[Ids, str]:
    """For each applicant the ids they had in an earlier edition, and how that was told."""
    here = [person.email for person in _in_order(pool)] if "email" in pool.columns else []
    if past.addresses and any(here):
        nobody: frozenset[str] = frozenset()
        return [past.by_address.get(folded_address(mail), nobody) if mail else nobody for mail in here], "address"
    known = past.pool.places
    ids = [frozenset({one}) if one in known else frozenset[str]() for one in map(str, pool.ids.tolist())]
    _refuse_others(pool, past, ids)
    return ids, "id"


def _in_order(pool: Pool) -> list[Any]:
    found = people(pool)
    return [found[one] for one in pool.ids.tolist()]


def _refuse_others(pool: Pool, past: Past, ids: Ids) -> None:
    """Refuse ids that were numbered anew: people seldom change country, and then not half of them."""
    shared = [name for name in COUNTRY_FIELDS if name in pool.columns and name in past.pool.columns]
    told = [
        pool.columns[name].at(place) == past.pool.columns[name].at(past.pool.places[one])
        for name in shared
        for place, found in enumerate(ids)
        for one in found
    ]
    if len(told) >= ENOUGH and 2 * sum(told) < len(told):
        sentence = (
            f"The ids of {past.title!r} stand for other people than these: most with the same id are of another "
            "country. Write its letters first, or open it with its registrations, so that e-mail addresses tell."
        )
        raise InputError("ids_of_others", sentence, edition=past.title)


def _note(past: Past, ids: Ids, by: str) -> Problem:
    number = sum(map(bool, ids))
    how = "by e-mail address" if by == "address" else "by id, as no addresses are known"
    sentence = f"{number:,} applicants registered for {past.title!r} before, told {how}."
    return Problem(None, None, None, "earlier_edition", sentence, "kept")


def _times(editions: Sequence[Past], ids: Ids) -> int:
    return sum(bool(own & past.selected) for past, own in zip(editions, ids, strict=True))


def _selected_before(editions: Sequence[Past], ids: Ids) -> bool:
    return _times(editions, ids) > 0


def _applied_before(_: Sequence[Past], ids: Ids) -> bool:
    return any(ids)


def _trained(editions: Sequence[Past], ids: Ids) -> bool | str:
    """Whether a programme was completed; a sentence where that is not known of one they were selected for."""
    unknown = ""
    for past, own in zip(editions, ids, strict=True):
        if past.completed is not None and own & past.completed:
            return True
        if past.completed is None and own & past.selected:
            unknown = f"it is not known who completed {past.title!r}"
    return unknown or False


def _no_show(editions: Sequence[Past], ids: Ids) -> bool | str:
    """Whether a seat in the last edition was left empty; a sentence where its attendance is not known."""
    if not editions or not ids[-1] & editions[-1].selected:
        return False
    past, own = editions[-1], ids[-1]
    return f"it is not known who attended {past.title!r}" if past.attended is None else not own & past.attended


_FIELDS: Final[Mapping[str, Callable[[Sequence[Past], Ids], Any]]] = MappingProxyType(
    {
        "applied_before": _applied_before,
        "selected_before": _selected_before,
        "times_selected": _times,
        "trained": _trained,
        "no_show_last_time": _no_show,
    }
)
