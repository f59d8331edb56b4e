"""What a text that is no known name may have meant: the nearest names, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import islice

from selection.countries.curated import spelled_names
from selection.countries.economies import country_name
from selection.countries.resolution import Suggestion
from selection.countries.spelling import folded_key, is_latin, joined_key

MOST = 3
LONGEST = 40


def suggestions(folded: str) -> tuple[Suggestion, ...]:
    """Up to three countries with a name few letters away, the nearest first."""
    nearest = nearest_codes(folded)
    if not nearest:
        return ()
    best = min(nearest.values())
    ordered = sorted(nearest, key=lambda code: (nearest[code], code))
    return suggested(code for code in ordered if nearest[code] <= best + 1)


def suggested(codes: Iterable[str]) -> tuple[Suggestion, ...]:
    """Codes as suggestions, at most three of them."""
    return tuple(Suggestion(code, country_name(code)) for code in islice(codes, MOST))


@lru_cache(maxsize=4096)
def nearest_codes(folded: str, within: int | None = None) -> Mapping[str, int]:
    """Countries with a name within a few edits of the text, and the number of edits."""
    typed = joined_key(folded)
    if not 3 <= len(typed) <= LONGEST or not is_latin(typed):
        return {}
    limit = within or allowed_edits(len(typed))
    letters = _letters(typed)
    found: dict[str, int] = {}
    for length in range(len(typed) - limit, len(typed) + limit + 1):
        for name, code, held in _names_by_length().get(length, ()):
            if (held ^ letters).bit_count() <= 2 * limit:
                edits = distance(typed, name, limit)
                if edits < found.get(code, limit + 1):
                    found[code] = edits
    return found


def allowed_edits(length: int) -> int:
    """How many wrong letters a name of this length may hold and still be recognised."""
    return 1 if length <= 4 else 2 if length <= 8 else 3


def distance(one: str, other: str, limit: int) -> int:
    """Letters inserted, dropped, changed or swapped with their neighbour; beyond the limit any larger number."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    last: list[int] = []
    before = list(range(len(other) + 1))
    for i in range(1, len(one) + 1):
        row = _next_row(one, other, i, limit, last, before)
        if min(row) > limit:
            return limit + 1
        last, before = before, row
    return before[-1]


def _next_row(one: str, other: str, i: int, limit: int, last: list[int], before: list[int]) -> list[int]:
    """One row of the table of distances; only cells near the diagonal can stay within the limit."""
    far = limit + 1
    row = [far] * (len(other) + 1)
    first = max(1, i - limit)
    row[first - 1] = i if first == 1 else far
    letter = one[i - 1]
    for j in range(first, min(len(other), i + limit) + 1):
        cost = before[j - 1] if other[j - 1] == letter else 1 + min(before[j - 1], before[j], row[j - 1])
        if i > 1 and j > 1 and letter == other[j - 2] and other[j - 1] == one[i - 2]:
            cost = min(cost, last[j - 2] + 1)
        row[j] = cost
    return row


def _letters(text: str) -> int:
    """How often each letter occurs, up to three times, one bit for each: one edit changes two bits at most."""
    held = 0
    for c in text:
        bit = 1 << (ord(c) % 32)
        held |= bit << 64 if held & (bit << 32) else bit << 32 if held & bit else bit
    return held


@cache
def _names_by_length() -> dict[int, tuple[tuple[str, str, int], ...]]:
    found: dict[int, dict[str, str]] = {}
    for text, code in spelled_names():
        name = joined_key(folded_key(text))
        if is_latin(name):
            found.setdefault(len(name), {}).setdefault(name, code)
    return {
        length: tuple((name, code, _letters(name)) for name, code in names.items()) for length, names in found.items()
    }
