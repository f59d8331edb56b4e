"""Names that a narrow column cut off: the beginning of exactly one country's names."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

from selection.countries.curated import joined_names
from selection.countries.spelling import is_latin, joined_key
from selection.countries.suggesting import nearest_codes

LEAST_LETTERS = 8
LEAST_WHOLE = 4
LEAST_SHARE = 0.6


def cut_short(folded: str) -> tuple[str, str] | None:
    """The code and full name of which the text is the beginning, if no other country's name begins so."""
    typed = joined_key(folded)
    if len(typed) < LEAST_LETTERS or not is_latin(typed):
        return None
    names = _sorted_names()
    found: dict[str, str] = {}
    for name, code in names[bisect_left(names, (typed, "")) :]:
        if not name.startswith(typed):
            break
        if code not in found or len(name) < len(found[code]):
            found[code] = name
    if len(found) != 1:
        return None
    whole_names = {code for end in range(LEAST_WHOLE, len(typed)) for code in _codes_by_name().get(typed[:end], ())}
    if (whole_names | set(nearest_codes(folded, 1))) - set(found):
        return None
    code, name = found.popitem()
    return (code, name) if len(typed) >= LEAST_SHARE * len(name) else None


@cache
def _sorted_names() -> list[tuple[str, str]]:
    return sorted(set(joined_names()))


@cache
def _codes_by_name() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, code in _sorted_names():
        found.setdefault(name, set()).add(code)
    return found
