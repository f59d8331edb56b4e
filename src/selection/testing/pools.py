"""Hypothesis strategies for registrations: any pool, and pools that put one policy to the test.

Every cell is drawn by hypothesis, so that a failing pool shrinks to the fewest applicants with the plainest cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from selection.policy import Policy
from selection.testing.cells import SPELLINGS, TIMES, cells
from selection.vocabulary import COUNTRY_FIELDS, FUNCTIONS, ROLES, SECTORS

Row = dict[str, Any]
Rules = Policy | Mapping[str, Any] | str | Path

#: Up to so many seats a pool is a handful of single registrations; beyond, groups of alike ones.
FEW: Final = 12
NAMES: Final = ("Ada", "Bo", "Cy", "Dee")


def policy_of(policy: Rules) -> Policy:
    """The policy behind what a caller gives: a policy, its table, or the path of its file."""
    if isinstance(policy, Policy):
        return policy
    return Policy.model_validate(dict(policy)) if isinstance(policy, Mapping) else Policy.load(policy)


@st.composite
def applicants(draw: st.DrawFn, *, missing: bool = True) -> Row:
    """One registration without an id, with the fields that `policies()` reads."""
    spelt = [text for code in ("KEN", "NOR", "UGA", "VNM") for text in SPELLINGS[code][:2]]
    some: dict[str, st.SearchStrategy[Any]] = {
        "country": st.sampled_from(spelt),
        "role": st.sampled_from(ROLES),
        "sector": st.lists(st.sampled_from(SECTORS), min_size=1, max_size=2, unique=True),
        "function": st.sampled_from(FUNCTIONS),
        "gender": st.sampled_from(("female", "male")),
        "organisation": st.sampled_from(("A", "B", "C")),
        "years_experience": st.integers(0, 12),
        "score": st.integers(0, 5),
        "submitted_at": st.sampled_from(TIMES),
    }
    empty = missing and draw(st.integers(0, 3)) == 3
    return {name: draw(st.none() | one if empty else one) for name, one in some.items()}


def pools(*, most: int = 12, missing: bool = True) -> st.SearchStrategy[list[Row]]:
    """Pools of up to `most` registrations as dictionaries, with the fields that `policies()` reads."""
    return st.lists(applicants(missing=missing), min_size=1, max_size=most).map(_with_ids)


def _with_ids(rows: list[Row]) -> list[Row]:
    return [{"id": f"p{number}", **row} for number, row in enumerate(rows, start=1)]


@st.composite
def pools_for(draw: st.DrawFn, policy: Rules, *, spellings: bool = True, missing: bool = True) -> list[Row]:
    """Pools that stress a policy: ties at the cut, reserves just short, caps just full, empty cells, spellings.

    Registrations hold the fields that the policy reads, and a name that it does not read. Cells come from the policy's
    own words and the edges of its bounds, few in a pool, some oftener than others, so that many tie and some are rare;
    alike registrations come in numbers around those of its seats. Without `spellings` each country has one; without
    `missing` no cell is empty.
    """
    rules = policy_of(policy)
    palette = {name: draw(_some_of(values)) for name, values in cells(rules, spellings=spellings).items()}
    holes = missing and draw(st.integers(0, 2)) == 2
    one = st.fixed_dictionaries({name: _cell(name, values, holes) for name, values in palette.items()})
    many = rules.seats > FEW
    least = draw(st.sampled_from((1, 4))) if many else draw(st.sampled_from((1, rules.seats + 2, rules.seats + 5)))
    groups = draw(
        st.lists(
            st.tuples(one, st.sampled_from(_numbers(rules))), min_size=least, max_size=14 if many else rules.seats + 8
        )
    )
    rows = [dict(row) for row, number in groups for _ in range(number)]
    if trades := _trades(rules):
        for _ in range(draw(st.integers(0, 3))):
            trade, row = draw(st.sampled_from(trades)), draw(st.sampled_from(rows))
            rows.append({**draw(one), **_traded(row, *trade)})
    rows = rows[: 2 * rules.seats + 60 if many else rules.seats + 8]
    while len(rows) < len(rules.pinned):
        rows.append(draw(one))
    if not rules.ties.lottery:
        _tell_apart(draw, rules, rows)
    ids = [*rules.pinned, *(f"p{number}" for number in range(1, len(rows) + 1))]
    if many:
        return [{"id": key, **row, "name": NAMES[n % 4]} for n, (key, row) in enumerate(zip(ids, rows, strict=False))]
    names = st.sampled_from(NAMES)
    return [{"id": key, **row, "name": draw(names)} for key, row in zip(ids, rows, strict=False)]


@st.composite
def _some_of(draw: st.DrawFn, values: tuple[Any, ...]) -> list[Any]:
    """A few of the cells of a field, the first of them perhaps far oftener than the others, which are then rare."""
    # Crossing rules need several words in one pool; numbers should rather tie.
    least = min(draw(st.sampled_from((2, 4))) if isinstance(values[0], str) else 2, len(values))
    some = draw(st.lists(st.sampled_from(values), min_size=least, max_size=5, unique_by=repr))
    alike = (texts for texts in SPELLINGS.values() if some[0] in texts and texts[1] in values)
    same: tuple[str, ...] = next(alike, ())
    if draw(st.booleans()) and same:
        some = list(dict.fromkeys([*same[:2], *some]))
    words = isinstance(some[0], (str, bool))
    return [some[0]] * 4 + some[1:] if words and draw(st.booleans()) else some


def _cell(name: str, values: list[Any], holes: bool) -> st.SearchStrategy[Any]:
    found: st.SearchStrategy[Any] = st.sampled_from(values)
    if name == "sector":
        found = st.lists(found, min_size=1, max_size=2, unique=True)
    return found | st.none() if holes and (name not in COUNTRY_FIELDS or len(values) > 1) else found


def _trades(policy: Policy) -> list[tuple[str, int, str, int]]:
    """How much more of one field makes up exactly for less of another: scores that tie in a different way."""
    rates = {rule.field: Fraction(rule.per) for rule in policy.points if rule.per and rule.field}
    found = []
    for (one, gain), (other, loss) in permutations(rates.items(), 2):
        part = gain / loss
        if part > 0 and max(part.numerator, part.denominator) <= 10:
            found.append((str(one), part.denominator, str(other), part.numerator))
    return found


def _traded(row: Row, one: str, more: int, other: str, less: int) -> Row:
    if row[one] is None or row[other] is None or row[other] < less:
        return {}
    return {one: row[one] + more, other: row[other] - less}


def _numbers(policy: Policy) -> list[int]:
    """How many alike registrations to make: one, mostly, or about as many as a cap, a reserve or a block has seats."""
    plan = policy.plan
    limits = {cap.seats for cap in plan.caps} | {block.seats for block in plan.blocks}
    limits |= {reserve.seats for block in plan.blocks for reserve in block.reserves}
    near = sorted({near for limit in limits for near in (limit - 1, limit, limit + 1) if near > 1})
    return [1, 1, 1, *near] if policy.seats > FEW else [1, 1, 1, 1, 2, *(number for number in near if number > 2)]


def _tell_apart(draw: st.DrawFn, policy: Policy, rows: list[Row]) -> None:
    """Without a lottery nothing may be tied: the last declared tie-break is different for everybody."""
    if not policy.ties.declared:
        return
    name = policy.ties.declared[-1].field
    order = draw(st.permutations(range(len(rows)))) if len(rows) <= 3 * FEW else range(len(rows))
    for row, place in zip(rows, order, strict=True):
        row[name] = f"2025-07-01T{place // 60 % 24:02}:{place % 60:02}:00+00:00" if name == "submitted_at" else place
