"""What a text that is no known name may have meant: the nearest names, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from selection.countries.curated import joined_names
from selection.countries.economies import country_name
from selection.countries.resolution import Suggestion
from selection.countries.spelling import is_latin, joined_key

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
    size = len(typed)
    if not 3 <= size <= LONGEST or not is_latin(typed):
        return {}
    limit = within or allowed_edits(size)
    places, found = _places(typed), dict[str, int]()
    for name, code in _fitting(typed, limit):
        edits = _distance(places, size, name)
        if edits < found.get(code, limit + 1):
            found[code] = edits
    return found


def allowed_edits(length: int) -> int:
    """How many wrong letters a name of this length may hold and still be recognised."""
    return 1 if length <= 4 else 2 if length <= 8 else 3


def distance(one: str, other: str) -> int:
    """Letters inserted, dropped, changed or swapped with their neighbour to turn one text into the other.

    Optimal string alignment, a column of the table of distances at a time in the bits of whole numbers: H. Hyyrö, "A
    bit-vector algorithm for computing Levenshtein and Damerau edit distances", Nordic Journal of Computing 10 (2003).
    """
    return _distance(_places(one), len(one), other) if one else len(other)


def _places(text: str) -> dict[str, int]:
    """For each letter the places where it stands, as bits."""
    places: dict[str, int] = {}
    for i, letter in enumerate(text):
        places[letter] = places.get(letter, 0) | 1 << i
    return places


def _distance(places: Mapping[str, int], size: int, other: str) -> int:
    every = (1 << size) - 1
    last = 1 << (size - 1)
    up, down, same, before, edits = every, 0, 0, 0, size
    for letter in other:
        here = places.get(letter, 0)
        swapped = ((~same & here) << 1) & before
        same = (((here & up) + up) ^ up) | here | down | swapped
        right = down | (every & ~(same | up))
        left = same & up
        edits += bool(right & last) - bool(left & last)
        right = right << 1 | 1
        up = (left << 1 | ~(same | right)) & every
        down = right & same & every
        before = here
    return edits


@dataclass(frozen=True)
class _Letters:
    """The names as bits of whole numbers: which hold a letter at a place, which are so long."""

    names: tuple[tuple[str, str], ...]
    standing: tuple[Mapping[str, int], ...]
    ended: tuple[int, ...]
    long: tuple[int, ...]


def _fitting(typed: str, limit: int) -> Iterator[tuple[str, str]]:
    """Every name that may be within the limit, and few others, weighed all at once.

    An edit moves the letters after it by one place at most, so all but `limit` letters of a near name stand in the text
    within that many places of their own.
    """
    held, size = _names_by_letter(), len(typed)
    alive = 0
    for length in range(size - limit, min(size + limit + 1, len(held.long))):
        alive |= held.long[length]
    missed = [alive] * (limit + 1)
    for place in range(min(size + limit, len(held.standing))):
        standing, here = held.standing[place], held.ended[place]
        for letter in typed[max(place - limit, 0) : place + limit + 1]:
            here |= standing.get(letter, 0)
        for misses in range(limit, 0, -1):
            missed[misses] = missed[misses] & here | missed[misses - 1]
        missed[0] &= here
        if not missed[limit]:
            return
    left = missed[limit]
    while left:
        lowest = left & -left
        yield held.names[lowest.bit_length() - 1]
        left ^= lowest


@cache
def _names_by_letter() -> _Letters:
    names = tuple({name: (name, code) for name, code in reversed(joined_names()) if is_latin(name)}.values())
    longest = max(len(name) for name, _ in names)
    standing: list[dict[str, int]] = [{} for _ in range(longest)]
    ended, long = [0] * longest, [0] * (longest + 1)
    for number, (name, _) in enumerate(names):
        bit = 1 << number
        long[len(name)] |= bit
        for place, letter in enumerate(name):
            standing[place][letter] = standing[place].get(letter, 0) | bit
        for place in range(len(name), longest):
            ended[place] |= bit
    return _Letters(names, tuple(standing), tuple(ended), tuple(long))
