"""Organisations as people write them: one key for spellings that plainly mean the same, and pairs that may."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, objects
from selection.intake.coding import in_use

Ints = npt.NDArray[np.int64]

#: Legal forms that stand before a name, and after it, as `_plain` writes them.
_BEFORE = "pt cv ud the ооо оао зао пао ао фгуп ooo oao zao pao 株式会社 有限会社"
_AFTER = """
persero tbk ltd limited ltda lda llc llp lp inc incorporated corp corporation co company gmbh mbh ag kg kgaa ug se
sa sas sasu sarl sàrl srl spa sl slu cv bv nv plc pvt private pte oy oyj ab as asa aps a/s sdn bhd pty jsc ojsc
cjsc pjsc kft zrt rt doo dd dooel ad eood ead ооо оао зао пао kk 株式会社 有限会社
"""
BEFORE: Final = frozenset(_BEFORE.split())
AFTER: Final = frozenset(_AFTER.split())
#: Written without a space after the name.
ENDINGS: Final = ("股份有限公司", "有限责任公司", "有限公司", "株式会社", "주식회사")
LONGEST: Final = 300

#: A single letter with a full stop, as in S.A. and P.T.
INITIAL: Final = re.compile(r"\b(\w)\.(?=\w\b|\s|,|\)|$)")

#: How alike two keys are that may mean the same, of 100; each is compared with so many
#: neighbours, fewer where there are very many.
ALIKE: Final = 90
WORDS_ALIKE: Final = 80
SHORTEST: Final = 5
NEIGHBOURS: Final = 60
COMPARISONS: Final = 50_000
LISTED: Final = 200

#: The text by which a key is compared, and the key.
Placed = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Merge:
    """Spellings that may be one organisation: each with the number of its rows, and whether caps count them as one."""

    spellings: tuple[tuple[str, int], ...]
    counted_as_one: bool

    @property
    def sentence(self) -> str:
        """What the officer is asked or told."""
        named = ", ".join(f"{text!r} ({number:,})" for text, number in self.spellings)
        if self.counted_as_one:
            return f"{named} are spellings of one organisation; a cap for each organisation counts them together."
        return f"{named} may be one organisation. If they are, say so in the form, under [fields.organisation.same]."


@lru_cache(1 << 16)
def organisation_key(text: str) -> str:
    """What is left of an organisation's name without case, accents, punctuation and legal forms at its ends."""
    plain = _plain(text[:LONGEST])
    words = plain.split()
    while len(words) > 1 and words[-1] in AFTER:
        words.pop()
    while len(words) > 1 and words[0] in BEFORE:
        words.pop(0)
    key = " ".join(words)
    for ending in ENDINGS:
        key = key.removesuffix(ending).removeprefix(ending).strip() or key
    return key or plain or text


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = INITIAL.sub(r"\1", text.replace("&", " and "))
    if text.isascii():
        return " ".join(re.sub(r"[^a-z0-9\s/]", " ", text).split())
    return " ".join(text.translate(Signs()).split())


class Signs(dict[int, str]):
    """What each sign is in a key: itself without accents, or a space where it is no part of a word; looked up once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        found = self[code] = bare(sign) if in_word(sign) else " "
        return found


def in_word(sign: str) -> bool:
    """Whether a sign is part of a word: letters, numbers, and the marks that many scripts write vowels with."""
    return sign.isalnum() or sign == "/" or unicodedata.category(sign)[0] == "M"


def bare(sign: str) -> str:
    """A Latin, Greek or Cyrillic letter without its accents; in other scripts marks make other words."""
    parts = unicodedata.normalize("NFD", sign)
    return parts[0] if len(parts) > 1 and ord(parts[0]) < 0x530 else sign


def counted(column: Column, called: Mapping[str, str] | None = None) -> Column:
    """The column as a cap counts it: spellings with one key are one value, the one it is called or most rows have."""
    best = {**usual(column), **(called or {})}
    values = [best[organisation_key(v)] if isinstance(v, str) else v for v in in_use(column)]
    places: dict[Any, int] = {}
    codes = [-1 if v is None else places.setdefault(v, len(places)) for v in values]
    return Column(np.array([*codes, -1], dtype=np.int32)[column.codes], objects(list(places)))


def usual(column: Column, numbers: Ints | None = None) -> dict[str, str]:
    """The spelling of each key that most applicants have; `numbers` how many each row stands for, if not one."""
    found = _numbers(column, numbers)
    return {key: min(group, key=lambda text: (-found[text], text)) for key, group in _by_key(found).items()}


def merges(column: Column) -> tuple[Merge, ...]:
    """Spellings counted as one, then those that may be one; nothing of the second kind is ever merged here."""
    numbers = _numbers(column)
    groups, best = _by_key(numbers), usual(column)
    same = [Merge(_ordered(group, numbers), True) for group in groups.values() if len(group) > 1]
    near = [Merge(_ordered((best[a], best[b]), numbers), False) for a, b in _alike(sorted(groups))]
    ranked = [*_ranked(same), *_ranked(near)]
    return tuple(ranked[:LISTED])


def _numbers(column: Column, weights: Ints | None = None) -> dict[str, int]:
    known = column.codes >= 0
    weighed = None if weights is None else weights[known]
    rows = np.bincount(column.codes[known], weighed, minlength=len(column.values)).astype(np.int64).tolist()
    pairs = zip(column.values.tolist(), rows, strict=True)
    return {value: number for value, number in pairs if number and isinstance(value, str)}


def _by_key(texts: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for text in texts:
        groups.setdefault(organisation_key(text), []).append(text)
    return groups


def _ordered(texts: Sequence[str], numbers: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((t, numbers[t]) for t in sorted(texts, key=lambda t: (-numbers[t], t)))


def _ranked(found: list[Merge]) -> list[Merge]:
    return sorted(found, key=lambda one: (-sum(n for _, n in one.spellings), one.spellings))


def _alike(keys: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of keys that differ in spaces or by a letter or two; each is compared with its near neighbours only."""
    found = set[tuple[str, str]]()
    numbers = {key: frozenset(filter(_numbered, key.split())) for key in keys}
    neighbours = min(NEIGHBOURS, max(2, COMPARISONS // max(1, len(keys))))
    for order in (_unspaced, _backwards, _sorted_words):
        placed = sorted((order(key), key) for key in keys)
        for apart in range(1, min(neighbours, len(placed) - 1) + 1):
            # Names that differ in a number are two, unless a space is all that sets the number apart.
            pairs = zip(placed[:-apart], placed[apart:], strict=True)
            found.update(_near([(a, b) for a, b in pairs if numbers[a[1]] == numbers[b[1]] or a[0] == b[0]]))
    return sorted(found)


def _numbered(word: str) -> bool:
    return any(map(str.isdigit, word))


def _unspaced(key: str) -> str:
    return key.replace(" ", "")


def _backwards(key: str) -> str:
    return _unspaced(key)[::-1]


def _sorted_words(key: str) -> str:
    return " ".join(sorted(key.split()))


def _near(pairs: Sequence[tuple[Placed, Placed]]) -> Iterator[tuple[str, str]]:
    """Those pairs that may be one organisation; without rapidfuzz only spaces and the order of words may differ."""
    try:
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import cpdist
    except ImportError:
        yield from (_pair(one, other) for one, other in pairs if one[0] == other[0])
        return
    texts = [one[0] for one, _ in pairs], [other[0] for _, other in pairs]
    scores = cpdist(*texts, scorer=ratio, score_cutoff=ALIKE, dtype=np.float64)
    for place in np.flatnonzero(scores >= ALIKE).tolist():
        one, other = pairs[place]
        if one[0] == other[0] or _words_alike(one, other, ratio):
            yield _pair(one, other)


def _pair(one: Placed, other: Placed) -> tuple[str, str]:
    return min(one[1], other[1]), max(one[1], other[1])


def _words_alike(one: Placed, other: Placed, ratio: Any) -> bool:
    """Two authorities whose names differ in the country only are alike by their letters, and still two."""
    if min(len(one[0]), len(other[0])) < SHORTEST:
        return False
    here, there = set(one[1].split()), set(other[1].split())
    return bool(ratio(*(" ".join(sorted(words)) for words in (here - there, there - here))) >= WORDS_ALIKE)
