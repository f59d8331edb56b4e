"""Who got what: an outcome counted by any field and pair of fields, as records, a dataframe and text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from selection.auditing.groups import COUNTS, Group, tables, totals
from selection.auditing.suppression import suppressed
from selection.conditions import AllOf, AnyOf, Between, Condition, Not
from selection.errors import NotFoundError, PolicyError, SelectionError, brief, did_you_mean
from selection.html import heading, table
from selection.intake.natives import EAGER, given_back
from selection.policy import Policy, Reserve
from selection.vocabulary import COUNTRY_FACTS, COUNTRY_FIELDS, PERSONAL, last_part

if TYPE_CHECKING:
    from selection.outcome import Outcome

By = str | tuple[str, ...] | list[str | tuple[str, ...]] | None

#: Counts below this are kept back from publication.
SMALLEST: Final = 5

_DATED: Final = ("income_group", "who_region", "ldc", "country")


@dataclass(frozen=True)
class ReserveFill:
    """How a reserve was met: members selected `on_merit` would have a seat without it, those `by_reserve` not."""

    reserve: str
    seats: int
    filled: int
    members_eligible: int
    members_selected: int
    on_merit: int
    by_reserve: int


@dataclass(frozen=True, repr=False)
class Audit:
    """Counts, rates and shares of groups, and how each reserve was met; `str` gives it as text.

    `totals` of pool, eligible, selected and waitlisted; `smallest` the least count that is shown, or None for all.
    """

    totals: Mapping[str, int]
    groups: tuple[Group, ...]
    reserves: tuple[ReserveFill, ...]
    kind: str = "pandas"
    smallest: int | None = None

    def public(self, smallest: int = SMALLEST) -> Audit:
        """The audit without counts from 1 to below `smallest`, nor anything they could be worked out from."""
        least = max(smallest, self.smallest or 0)
        shown = tuple(one for one in self.reserves if min(_nonzero(one), default=least) >= least)
        return replace(self, groups=suppressed(self.groups, least), reserves=shown, smallest=least)

    def to_frame(self) -> Any:
        """A row for each group: by, value, then the fields of `Group`; the kind of dataframe that came in."""
        import narwhals.stable.v2 as nw

        backend: Any = str(self.kind) if self.kind in EAGER else "pyarrow" if self.kind == "duckdb" else "pandas"
        cells = {f.name: [getattr(group, f.name) for group in self.groups] for f in fields(Group)}
        cells |= {name: [", ".join(one) for one in cells[name]] for name in ("by", "value")}
        return given_back(nw.from_dict(cells, backend=backend).to_native(), self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain tables and lists, for JSON."""
        return {
            "smallest": self.smallest,
            "totals": dict(self.totals),
            "groups": [{**asdict(g), "by": list(g.by), "value": list(g.value)} for g in self.groups],
            "reserves": [asdict(one) for one in self.reserves],
        }

    def counts(self) -> dict[str, Any]:
        """The counts alone, by table and group: what `record.json` keeps."""
        found: dict[str, Any] = {}
        for group in self.groups:
            mine = {name: getattr(group, name) for name in COUNTS}
            found.setdefault(", ".join(group.by), {})[", ".join(group.value)] = mine
        return found

    def __repr__(self) -> str:
        by = ", ".join(dict.fromkeys(" x ".join(group.by) for group in self.groups))
        return f"Audit({self.totals['selected']:,} of {self.totals['pool']:,} selected, by {by or 'nothing'})"

    def _repr_html_(self) -> str:
        shown = ("pool", "eligible", "selected", "waitlisted")
        rows = [
            (", ".join(g.by), ", ".join(g.value), *(getattr(g, name) for name in shown), _percent(g.rate))
            for g in self.groups
        ]
        parts = [heading("Audit"), table(shown, [[self.totals[name] for name in shown]])]
        return "".join([*parts, table(("by", "value", *shown, "rate"), rows)] if rows else parts)

    def __str__(self) -> str:
        from selection.auditing.text import text

        return text(self)


def _percent(rate: float | None) -> str | None:
    return None if rate is None else f"{rate:.1%}"


def _nonzero(one: ReserveFill) -> list[int]:
    return [n for n in (one.filled, one.members_selected, one.on_merit, one.by_reserve) if n]


def audit(outcome: Outcome, by: By = None, population: Mapping[str, Mapping[str, float]] | None = None) -> Audit:
    """Count an outcome by a field, a pair of fields (a tuple), or a list of these; by default those the
    policy tells apart.

    `population` gives for a field the number or share of each value in a population to compare with. `NotFoundError`
    for a field that the applicants do not have.
    """
    wanted = usual(outcome) if by is None else _listed(by)
    for name in {name for pair in wanted for name in pair}:
        _known(outcome, name)
    for name, numbers in (population or {}).items():
        if any(isinstance(n, bool) or n < 0 for n in numbers.values()):
            raise SelectionError("bad_population", f"The population by {name!r} has a number below 0.", field=name)
    groups = tuple(tables(outcome, wanted, population or {}))
    return Audit(totals(outcome), groups, tuple(_reserves(outcome)), outcome.intake.kind)


def usual(outcome: Outcome) -> list[tuple[str, ...]]:
    """The fields an outcome is counted by unless others are named.

    Those of groups that the policy tells apart, and where it reads dated country facts, also income group, WHO region,
    LDC and the country itself.
    """
    policy = outcome.policy
    facts = policy.fields & {*COUNTRY_FACTS} - outcome.intake.pool.columns.keys()
    dated = policy.on is not None and bool(facts or "country" in policy.fields)
    return list(dict.fromkeys([*told_apart(policy), *((name,) for name in _DATED if dated)]))


def told_apart(policy: Policy) -> list[tuple[str, ...]]:
    """The fields of groups that a policy tells apart, derived ones included.

    Fields of its conditions, of points by value and of caps on countries; numbers, times and texts of which each
    applicant may have their own (a cap on each organisation) are left out.
    """
    rules: list[Any] = [*policy.eligible, *policy.tier, *policy.reserve, *policy.block]
    rules += [reserve for block in policy.block for reserve in block.reserve]
    rules += [cap for cap in policy.cap if cap.where is not None or cap.per in COUNTRY_FIELDS]
    rules += [rule for rule in policy.points if rule.values is not None or rule.where is not None]
    read = {name for rule in rules for name in rule.fields} - PERSONAL - {"id"}
    ordered = {tie.field for tie in policy.ties.declared} | {n for rule in rules for n in _bounded(rule.condition)}
    return [(name,) for name in sorted(read - ordered)]


def _bounded(condition: Condition | None) -> frozenset[str]:
    """The fields that a condition compares with bounds: numbers, days and times."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*map(_bounded, parts))
        case Not(part):
            return _bounded(part)
        case Between(field):
            return frozenset({field})
    return frozenset()


def _listed(by: By) -> list[tuple[str, ...]]:
    listed: Iterable[Any] = by if isinstance(by, list) else [by]
    found = [(one,) if isinstance(one, str) or not isinstance(one, Iterable) else tuple(one) for one in listed]
    for name in chain.from_iterable(found):
        if not isinstance(name, str):
            sentence = f"A field is named by a text such as 'role', not by {brief(name)}."
            raise NotFoundError("unknown_field", sentence, type=type(name).__name__)
    return found


def _known(outcome: Outcome, name: str) -> None:
    if name in PERSONAL or name == "id":
        sentence = f"Nobody is counted by {name!r}: it says who somebody is."
        raise SelectionError("personal_field", sentence, field=name)
    try:
        outcome.assessment.fields.column(name)
    except PolicyError as error:
        if error.code != "unknown_field":
            sentence = f"Counting by {name!r} needs more from the policy. {error.sentence}"
            raise SelectionError(error.code, sentence, field=name) from None
        has = sorted({*outcome.intake.pool.columns} - PERSONAL)
        facts = COUNTRY_FACTS if set(has) & {*COUNTRY_FIELDS} and last_part(name) == name else ()
        close = did_you_mean(name, [*has, *facts])
        sentence = f"The applicants have no field {name!r}.{close} Theirs: {', '.join(has)}."
        raise NotFoundError("unknown_field", sentence, field=name) from None


def _reserves(outcome: Outcome) -> Iterable[ReserveFill]:
    """Every reserve that keeps seats, in a block of other seats or as a block of its own."""
    choice = outcome.choice
    codes = choice.signatures.code
    for number, seated in enumerate(choice.blocks):
        selected = choice.block_of == number
        for g, (reserve, filled) in enumerate(zip(seated.block.reserves, seated.filled, strict=True)):
            member = (choice.signatures.masks[:, seated.place] >> g & 1).astype(bool)[codes]
            yield _fill(outcome, reserve.name, reserve.seats, filled, member, selected)
        if isinstance(seated.block.rule, Reserve):
            member = choice.signatures.member[:, seated.place][codes]
            yield _fill(outcome, seated.block.name, seated.block.seats, int(selected.sum()), member, choice.selected)


def _fill(outcome: Outcome, name: str, seats: int, filled: int, member: Any, selected: Any) -> ReserveFill:
    here = member & selected
    by_reserve = int((outcome.because_of[name] & here).sum())
    return ReserveFill(
        name, seats, filled, int(member.sum()), int(here.sum()), int(here.sum()) - by_reserve, by_reserve
    )
