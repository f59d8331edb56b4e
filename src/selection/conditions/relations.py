"""How the groups of two conditions lie to each other in every pool: inside, apart, or not to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from selection.conditions.comparing import number, truth, typed
from selection.conditions.terms import AllOf, Condition, OneOf

Relation = Literal["same", "inside", "contains", "disjoint", "unknown"]

Words = frozenset[tuple[str, Any]]


@dataclass(frozen=True)
class Group:
    """A condition taken apart once, to be compared with many others.

    `words` are those of each field where the condition is a conjunction of words, None for anything richer; `kinds` say
    what the words are, and two words that one cell could match have one of `met` in common.
    """

    condition: Condition
    words: Mapping[str, Words] | None
    kinds: Mapping[str, frozenset[str]]
    met: Mapping[str, Words]

    @classmethod
    def of(cls, condition: Condition) -> Group:
        words = _words(condition)
        said = words or {}
        kinds = {field: frozenset(kind for kind, _ in held) for field, held in said.items()}
        met = {field: frozenset(met for _, word in held for met in _met(word)) for field, held in said.items()}
        return cls(condition, words, kinds, met)


def relation(one: Group, other: Group, single_valued: Callable[[str], bool]) -> Relation:
    """How two groups lie to each other in every pool, as far as their conditions alone prove it."""
    mine, theirs = one.words, other.words
    if mine is None or theirs is None:
        return "same" if mine is theirs and repr(one.condition) == repr(other.condition) else "unknown"
    if any(field in theirs and single_valued(field) and _apart(one, other, field) for field in mine):
        return "disjoint"
    if _implies(mine, theirs):
        return "same" if _implies(theirs, mine) else "inside"
    return "contains" if _implies(theirs, mine) else "unknown"


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


def _apart(one: Group, other: Group, field: str) -> bool:
    """Whether no single cell, whatever its kind, could match a word of each: proved for words of one kind alone."""
    if len(one.kinds[field] | other.kinds[field]) > 1:
        return False
    return one.met[field].isdisjoint(other.met[field])


def _met(word: Any) -> Words:
    """What a cell that matches the word may be (`yes` and `true`, `12` and `12.0` are met by one cell)."""
    if not isinstance(word, str):
        return frozenset({("as it is", word)})
    met = {("as it is", word), ("truth", truth(word)), ("amount", number(word))}
    return frozenset((how, what) for how, what in met if what is not None)
