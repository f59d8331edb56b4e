"""What contradicts itself in a policy as a whole: names given twice, fields that are derived from themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from selection.errors import did_you_mean
from selection.vocabulary import COUNTRY_FACTS, COUNTRY_FIELDS, last_part

if TYPE_CHECKING:
    from selection.policy.policy import Policy


def contradictions(policy: Policy) -> Iterator[str]:
    """Each contradiction as a sentence."""
    yield from _doubles(policy)
    yield from _derived_wrongly(policy)
    yield from _not_changeable(policy)


def _doubles(policy: Policy) -> Iterator[str]:
    """Names given twice: a reason could not say which one it means."""
    named = {kind: [r.name for r in getattr(policy, kind)] for kind in ("eligible", "tier", "points", "cap", "block")}
    named["reserve"] = [rule.name for rule in policy.reserve]
    named["block.reserve"] = [rule.name for block in policy.block for rule in block.reserve]
    named["derive"] = [table.field for table in policy.derive]
    for kind, names in (*named.items(), ("pinned", policy.pinned)):
        for name, times in Counter(names).items():
            if times > 1:
                yield f"two entries of {kind} are called {name!r}: a reason could not say which one it means"


def _derived_wrongly(policy: Policy) -> Iterator[str]:
    """A derived field is a new one, made from fields that are there before it."""
    later = {table.field for table in policy.derive}
    for table in policy.derive:
        if table.field in ("id", "lottery", *COUNTRY_FIELDS) or last_part(table.field) in COUNTRY_FACTS:
            yield f"[[derive]] cannot make the field {table.field!r}: it is given already"
        if early := sorted(table.fields & later):
            yield f"[[derive]] {table.field!r} reads {early[0]!r}, which is derived only after it"
        later.discard(table.field)


def _not_changeable(policy: Policy) -> Iterator[str]:
    """A field that no rule reads decides nothing; a derived one follows from others."""
    for name in policy.changeable:
        if name not in policy.fields or name == "id":
            hint = did_you_mean(name, policy.fields)
            yield f"changeable: no rule reads the field {name!r}, so changing it changes nothing.{hint}"
