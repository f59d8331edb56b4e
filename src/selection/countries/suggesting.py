"""What a text that is no known name may have meant: the nearest names, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    letters, places, groups = _letters(typed), _places(typed), _names_by_length()
    found: dict[str, int] = {}
    for length in range(size - limit, size + limit + 1):
        # An inserted or dropped letter changes one bit, a changed letter two.
        most = 2 * limit - abs(length - size)
        for name, code in [(n, c) for n, c, held in groups.get(length, ()) if (held ^ letters).bit_count() <= most]:
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
    for name, code in joined_names():
        if is_latin(name):
            found.setdefault(len(name), {}).setdefault(name, code)
    return {
        length: tuple((name, code, _letters(name)) for name, code in names.items()) for length, names in found.items()
    }
