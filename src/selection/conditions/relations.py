"""How the groups of two conditions lie to each other in every pool: inside, apart, or not to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from selection.conditions.comparing import number, truth, typed
from selection.conditions.terms import AllOf, Condition, OneOf

Relation = Literal["same", "inside", "contains", "disjoint", "unknown"]


def relation(one: Condition, other: Condition, single_valued: Callable[[str], bool]) -> Relation:
    """How the groups of two conditions lie to each other in every pool, as far as the conditions alone prove it."""
    if repr(one) == repr(other):
        return "same"
    mine, theirs = _words(one), _words(other)
    if mine is None or theirs is None:
        return "unknown"
    if any(single_valued(f) and _apart(mine[f], theirs[f]) for f in mine.keys() & theirs.keys()):
        return "disjoint"
    if _implies(mine, theirs):
        return "same" if _implies(theirs, mine) else "inside"
    return "contains" if _implies(theirs, mine) else "unknown"


Words = frozenset[tuple[str, Any]]


def _words(condition: Condition) -> dict[str, Words] | None:
    """A conjunction of `OneOf` tests as field -> words, or None for anything richer."""
    parts = condition.parts if isinstance(condition, AllOf) else (condition,)
    table: dict[str, Words] = {}
    for part in parts:
        if not isinstance(part, OneOf) or part.field in table:
            return None
        table[part.field] = frozenset(typed(word) for word in part.words)
    return table


def _implies(one: Mapping[str, Words], other: Mapping[str, Words]) -> bool:
    return all(f in one and one[f] <= words for f, words in other.items())


def _apart(mine: Words, theirs: Words) -> bool:
    """Whether no single cell, whatever its kind, could match a word of each: proved for words of one kind alone."""
    if len({kind for kind, _ in mine | theirs}) > 1:
        return False
    return not any(_meet(a, b) for _, a in mine for _, b in theirs)


def _meet(one: Any, other: Any) -> bool:
    """Whether some cell could match both words, both of one kind (`yes` and `true`, `12` and `12.0` are met by one)."""
    if one == other or not isinstance(one, str):
        return bool(one == other)
    said, amount = truth(one), number(one)
    return (said is not None and said is truth(other)) or (amount is not None and amount == number(other))
