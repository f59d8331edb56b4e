"""Who would be selected if one thing were not there: the runs behind every cause that a reason names.

Without the seats of a reserve ("because of", "displaced", "kept for"), without a cap, with seats for everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.choice import choose
from selection.policy import Plan, Policy
from selection.policy.blocks import plan
from selection.policy.reserves import Reserve

if TYPE_CHECKING:
    from selection.choice.signatures import Signatures
    from selection.outcome.outcome import Outcome


def variants(outcome: Outcome) -> Iterator[tuple[str | None, npt.NDArray[np.bool_]]]:
    """Per rank who would be selected: under None if no reserve kept seats, under a name if that reserve kept none."""
    names = [r.name for r in outcome.policy.reserve] or [r.name for b in outcome.policy.block for r in b.reserve]
    choice, selected = outcome.choice, outcome.choice.selected
    if not names:
        yield None, selected
        return
    free = _again(outcome, frozenset(names))
    yield None, free
    whole = len(choice.blocks) == 1 and choice.blocks[0].filled == tuple(
        r.seats for r in choice.plan.blocks[0].reserves
    )
    for name in names:
        # Where the best set without any reserve fills them all anyway, no single reserve can matter either.
        yield name, selected if whole and (free == selected).all() else _again(outcome, frozenset([name]))


def _again(outcome: Outcome, dropped: frozenset[str]) -> npt.NDArray[np.bool_]:
    without = without_reserves(outcome.policy, dropped, Counter(outcome.held.values()))
    return choose(outcome.ranking, without, outcome.held, outcome.choice.signatures, outcome.choice.seconds).selected


def lifted(outcome: Outcome) -> Iterator[tuple[str | None, npt.NDArray[np.bool_]]]:
    """Per rank who would be selected: under None if there were seats for everybody, under a name without that cap.

    Only caps that are full, or would be with seats for everybody, and have somebody refused under them are tried.
    """
    plan, size, table = outcome.choice.plan, len(outcome.ranking), outcome.choice.signatures
    if plan.caps:
        # More seats are more open seats: those of a reserve's own block stay as many as the policy says.
        roomy = tuple(b if isinstance(b.rule, Reserve) else replace(b, seats=b.seats + size) for b in plan.blocks)
        left_out = outcome.choice.left_out
        seated = _with(outcome, replace(plan, blocks=roomy), () if left_out is None else left_out.roomy)
    else:
        seated = outcome.choice.selected | (outcome.choice.home[table.code] >= 0)
    yield None, seated
    binding = _refusing(table, outcome.choice.selected) | _refusing(table, seated)
    for place, cap in enumerate(plan.caps):
        if place in binding:
            caps = tuple(replace(c, seats=c.seats + size) if c is cap else c for c in plan.caps)
            yield cap.name, _with(outcome, replace(plan, caps=caps))


def _refusing(table: Signatures, chosen: npt.NDArray[np.bool_]) -> set[int]:
    """The places of the caps that these applicants fill and under which somebody else stands."""
    refused = np.zeros(len(table.keys), dtype=bool)
    refused[table.code[~chosen]] = True
    keys = table.filled(table.code[chosen])[refused]
    return set(table.cap_of(keys[keys >= 0]).tolist())


def _with(outcome: Outcome, plan: Plan, seated: tuple[int, ...] = ()) -> npt.NDArray[np.bool_]:
    table = outcome.choice.signatures.under(plan)
    return choose(outcome.ranking, plan, outcome.held, table, outcome.choice.seconds, None, seated).selected


def without_reserves(policy: Policy, dropped: frozenset[str], held: Mapping[str, int] | None = None) -> Plan:
    """The plan of a policy where these reserves keep no seats but those that applicants hold in blocks of their own."""

    def zero(rule: Any) -> Any:
        kept = (held or {}).get(rule.name, 0) if rule.kind != "guarantee" else 0
        return rule.model_copy(update={"seats": kept}) if rule.name in dropped else rule

    blocks = tuple(b.model_copy(update={"reserve": tuple(map(zero, b.reserve))}) for b in policy.block)
    return plan(policy.model_copy(update={"reserve": tuple(map(zero, policy.reserve)), "block": blocks}))
