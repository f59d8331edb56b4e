"""How many of each kind applied, were eligible, waited and got a seat: the numbers behind every picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from selection.applicants import Column
from selection.auditing.groups import NOT_GIVEN, Group
from selection.charts.labels import Labels, labels
from selection.errors import SelectionError
from selection.vocabulary import CLOSED, COUNTRY_FIELDS, PERSONAL, last_part

if TYPE_CHECKING:
    from selection.outcome import Outcome

#: Looked at first where the pool has them.
USUAL: Final = ("income_group", "who_region", "role", "sector", "function", "gender")
_MOST_VALUES: Final = 15


@dataclass(frozen=True)
class Count:
    """Those with one value of a field; None is a number withheld because it is small."""

    value: str | None
    label: str
    applicants: int | None
    eligible: int | None
    selected: int | None
    waitlisted: int | None


@dataclass(frozen=True)
class Tally:
    """A field with the numbers of each of its values; `several` where an applicant may hold more than one."""

    field: str
    label: str
    counts: tuple[Count, ...]
    several: bool = False


def looked_at(outcome: Outcome) -> tuple[str, ...]:
    """The fields worth a picture: the usual ones that are there, then those the policy reads with few values."""
    wanted = dict.fromkeys((*USUAL, *sorted(outcome.policy.fields)))
    return tuple(name for name in wanted if name not in PERSONAL and _few(outcome, name))


def column(outcome: Outcome, name: str) -> Column | None:
    """The field as the policy sees it; None where the pool has none."""
    try:
        return outcome.assessment.fields.column(name)
    except SelectionError:
        return None


def _few(outcome: Outcome, name: str) -> bool:
    found = column(outcome, name)
    if found is None or found.values.dtype != object or last_part(name) in COUNTRY_FIELDS:
        return False
    words = {one for value in found.values.tolist() for one in (value if isinstance(value, tuple) else (value,))}
    kinds = {type(one) for one in words}
    return bool(words) and len(words) <= _MOST_VALUES and kinds <= {str, bool}


def tally(outcome: Outcome, name: str, *, public: bool = False, said: Labels | None = None) -> Tally:
    """Applicants, eligible, selected and waiting by the values of a field; duplicates are not counted.

    For the public, small numbers and those they could be worked out from are withheld. `NotFoundError` where the
    applicants have no such field.
    """
    audit = outcome.audit(name)
    groups = (audit.public() if public else audit).groups
    said = said or labels()
    counts = [_count(name, group, said) for group in groups]
    several = any(isinstance(value, tuple) for value in outcome.assessment.fields.column(name).python_values())
    return Tally(name, said.field(name), tuple(_ordered(name, counts)), several)


def countries(outcome: Outcome, *, public: bool = False, said: Labels | None = None) -> Tally | None:
    """The tally of the country that counts, most applicants first; None where the pool has no country."""
    return None if column(outcome, "country") is None else tally(outcome, "country", public=public, said=said)


def _count(name: str, group: Group, said: Labels) -> Count:
    value = None if group.value[0] == NOT_GIVEN else group.value[0]
    return Count(value, said.word(name, value), group.pool, group.eligible, group.selected, group.waitlisted)


def _ordered(name: str, counts: list[Count]) -> list[Count]:
    """Closed sets of words in their own order, others by number; who gave no answer last."""
    closed = CLOSED.get(last_part(name), ())
    return sorted(
        counts,
        key=lambda c: (
            c.value is None,
            closed.index(c.value) if c.value in closed else len(closed),
            -(c.applicants or 0),
            c.label,
        ),
    )
