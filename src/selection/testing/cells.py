"""What to write into a field to put a policy to the test: its words, the edges of its bounds, other spellings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from selection.conditions import AllOf, AnyOf, Between, Condition, Missing, Not, OneOf
from selection.countries import country_name
from selection.policy import Policy
from selection.vocabulary import CLOSED, COUNTRY_FACTS, COUNTRY_FIELDS, TRUTHS, USUAL, expand, last_part

#: Countries that policies tend to get wrong, as registrations spell them: of every income group, without one, and
#: not covered by the World Bank.
SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "KEN": ("Kenya", "Republic of Kenya"),
        "NOR": ("Norway", "Kingdom of Norway"),
        "VNM": ("Viet Nam", "Vietnam", "VNM"),
        "UGA": ("Uganda", "UGA"),
        "BRA": ("Brazil", "Brasil", "BRA"),
        "CIV": ("Côte d'Ivoire", "Ivory Coast", "CIV"),
        "ETH": ("Ethiopia", "ETH"),
        "COK": ("Cook Islands", "COK"),
    }
)
TIMES: Final = tuple(f"2025-07-0{day}T09:00:00+00:00" for day in (1, 2, 3))


@dataclass
class _Hints:
    """What the rules of a policy say about one field."""

    words: list[Any] = field(default_factory=list)
    bounds: list[Any] = field(default_factory=list)
    counted: bool = False
    limited: bool = False
    ordered: bool = False


def cells(policy: Policy, *, spellings: bool = True) -> dict[str, tuple[Any, ...]]:
    """For each field of a registration that the policy reads, the cells worth trying, the plainest first.

    Where the policy states a day, registrations give a country in many spellings (one, without `spellings`) and its
    income group follows from it; where it states none, they give the income group itself.
    """
    hints: dict[str, _Hints] = {}
    for rule in _rules(policy):
        _from_rule(rule, hints)
    found: dict[str, tuple[Any, ...]] = {}
    countries: dict[str, list[str]] = {}
    for name in sorted(policy.fields - {"id"}):
        source = _country_behind(name, policy)
        if source is None:
            found[name] = _unique(_cells(name, hints.get(name, _Hints())))
        else:
            words = hints.get(name, _Hints()).words if name in ("country", source) else []
            countries.setdefault(source, []).extend(str(word) for word in words)
    for source, codes in countries.items():
        known = dict.fromkeys([*codes, *SPELLINGS])
        found[source] = tuple(text for code in known for text in _spelt(code, spellings))
    return found


def _spelt(code: str, spellings: bool) -> tuple[str, ...]:
    texts = SPELLINGS.get(code, (country_name(code),))
    return texts if spellings else texts[:1]


def _country_behind(name: str, policy: Policy) -> str | None:
    """The country field that a registration fills where a rule reads this name, if there is one."""
    head, _, fact = name.rpartition(".")
    if fact in COUNTRY_FACTS and (not head or head in COUNTRY_FIELDS):
        if policy.on is None:
            return None
        name = head or "country"
    if name == "country":
        return policy.country or "country"
    return name if name in COUNTRY_FIELDS else None


def _rules(policy: Policy) -> Iterator[Any]:
    for kind in ("derive", "eligible", "tier", "points", "reserve", "cap", "block"):
        yield from getattr(policy, kind)
    for block in policy.block:
        yield from block.reserve
    yield policy.ties
    yield policy.lottery


def _from_rule(rule: Any, hints: dict[str, _Hints]) -> None:
    """What one rule says about the fields it reads."""

    def hint(name: str) -> _Hints:
        return hints.setdefault(name, _Hints())

    for row in getattr(rule, "rows", ()):
        _from_condition(row.condition, hint)
    if isinstance(condition := getattr(rule, "condition", None), Condition):
        _from_condition(condition, hint)
    name = str(getattr(rule, "field", None))
    if getattr(rule, "values", None):
        hint(name).words += list(rule.table)
    for band in getattr(rule, "bands", None) or ():
        hint(name).bounds += [edge for edge in (band.min, band.max) if edge is not None]
    if isinstance(per := getattr(rule, "per", None), str):
        hint(per).limited = True
    elif per:
        hint(name).counted = True
        hint(name).bounds += [int(edge / per) for edge in (rule.min, rule.max) if edge]
    for tie in getattr(rule, "declared", ()):
        hint(tie.field).ordered = True
    if weight := getattr(rule, "weight", None):
        hint(weight).words += [1, 2, 3]


def _from_condition(condition: Condition, hint: Any) -> None:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                _from_condition(part, hint)
        case Not(part):
            _from_condition(part, hint)
        case OneOf(name, words):
            hint(name).words += words
        case Between(name, low, high):
            hint(name).bounds += [edge for edge in (low, high) if edge is not None]
        case Missing(name):
            hint(name)


def _cells(name: str, hints: _Hints) -> Iterator[Any]:
    """The cells of a field that is no country."""
    fact = last_part(name)
    if fact in CLOSED:
        yield from CLOSED[fact]
        return
    if fact in TRUTHS or (hints.words and all(isinstance(word, bool) for word in hints.words)):
        yield from (True, False)
        return
    yield from (word for spelt in hints.words for word in (expand(name, spelt) if isinstance(spelt, str) else (spelt,)))
    for edge in hints.bounds:
        yield from _around(edge)
    if hints.counted:
        yield from (0, 1, 2, 3, 10)
    if hints.limited:
        yield from ("A", "B", "C")
    if hints.ordered and not (hints.words or hints.bounds or hints.counted):
        yield from TIMES if name == "submitted_at" else (1, 2, 3)
    known = hints.words or hints.bounds or hints.counted or hints.ordered or hints.limited
    if any(isinstance(word, str) for word in hints.words) or not known:
        listed = {word for spelt in hints.words for word in expand(name, str(spelt))}
        yield next((word for word in reversed(USUAL.get(fact, ())) if word not in listed), "something else")


def _around(edge: Any) -> Iterable[Any]:
    """A bound and what lies just beside it on either side."""
    if isinstance(edge, datetime):
        return [(edge + timedelta(seconds=s)).isoformat() for s in (0, -1, 1)]
    if isinstance(edge, date):
        return [edge + timedelta(days=d) for d in (0, -1, 1)]
    step = 1 if edge == int(edge) else Decimal(1).scaleb(int(Decimal(edge).as_tuple().exponent))
    return [edge, edge - step, edge + step]


def _unique(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple({(type(value), value): value for value in values}.values())
