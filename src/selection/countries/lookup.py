"""The whole text as a known name: each way of reading it in turn, the most literal first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from selection.countries.curated import joined_names
from selection.countries.name_index import BAG, CODE, EXACT, FOLDED, JOINED, SOUND, Answer, name_index
from selection.countries.repairing import LOST
from selection.countries.spelling import (
    bag_key,
    camel_split,
    exact_key,
    folded_key,
    is_latin,
    joined_key,
    sound_key,
    words,
)

LEAST_JOINED = 7
LEAST_SOUND = 6
LEAST_LETTERS_KEPT = 5
MEANT_INITIALS = "nswld"
"""Single first letters that stand for a direction or an article; any other may be a slip for one of them."""
LONGEST_NAME = 120

FORMAL = frozenset(
    "republic kingdom state states principality commonwealth union federation federal democratic peoples islamic "  # noqa: SIM905
    "socialist bolivarian plurinational grand duchy sultanate cooperative independent sovereign hashemite former "
    "republique royaume etat principaute federale federation democratique populaire islamique socialiste unie union "
    "republica reino estado principado estados federados federal democratica popular islamica socialista hachemita "
    "republik konigreich furstentum bundesrepublik republiek koninkrijk repubblica regno commonwealth territory "
    "sultanat sultanato emirate arab nation country "
    "республика королевство государство княжество федеративная демократическая народная исламская социалистическая "
    "الجمهوريه جمهوريه مملكه دوله".split()
)
"""Words that say what kind of state it is, not which one."""

TAKEN_TOGETHER = frozenset("COG COD KOR PRK CHN TWN DMA DOM CAF ARE ZAF USA GBR VIR VGB SSD GEO WSM ASM".split())  # noqa: SIM905
"""Countries that a formal word tells from another: with such a word left out nothing is certain."""


@dataclass(frozen=True)
class Hit:
    """A known name and the way it was met."""

    answer: Answer
    matched: str
    literal: bool


@lru_cache(maxsize=4096)
def whole(text: str) -> Hit | None:
    """The known name that the whole, already repaired text is, or None."""
    if LOST in text:
        return _with_lost_letters(text)
    find = name_index().find
    typed = text.replace(".", "").replace(" ", "")
    if len(typed) <= 6 and typed.isascii() and typed.isupper() and (found := find(CODE, typed)):
        return Hit(found, typed, False)
    exact = exact_key(text)
    if found := find(EXACT, exact):
        return Hit(found, exact, True)
    folded = folded_key(text)
    if len(folded) < 2 or len(folded) > LONGEST_NAME:
        return None
    if (found := find(FOLDED, folded)) and (len(folded) > 3 or exact.isascii() or not is_latin(exact)):
        return Hit(found, folded, True)
    return _rearranged(text, folded) if is_latin(folded) else _without_formal_words(words(folded))


def _rearranged(text: str, folded: str) -> Hit | None:
    find = name_index().find
    joined = joined_key(folded)
    if len(joined) >= LEAST_JOINED or " " not in folded:
        if " " in folded and (found := find(FOLDED, joined)):
            return Hit(found, joined, False)
        if found := find(JOINED, joined):
            return Hit(found, joined, False)
    if len(folded.split()[0]) == 1 and folded[0] not in MEANT_INITIALS:
        return None
    split = camel_split(text)
    tokens = words(folded_key(split) if split != text and " " not in folded else folded)
    for chosen in (tokens, [token for token in tokens if token != "islands"]):
        if len("".join(chosen)) >= 4 and (found := find(BAG, bag_key(chosen))):
            return Hit(found, bag_key(chosen), False)
    # Short words that only together sound like a name (`ma Lawi`) are other words.
    heard = len(joined) >= LEAST_JOINED or " " not in folded
    return _without_formal_words(tokens) or (_by_sound(joined) if heard else None)


def _without_formal_words(tokens: list[str]) -> Hit | None:
    core = [token for token in tokens if token not in FORMAL]
    key = bag_key(core)
    if len(core) == len(tokens) or len(key) < 2 or (is_latin(key) and len(key) < 4):
        return None
    index = name_index()
    found = index.find(BAG, key) or index.find(FOLDED, " ".join(core))
    if found is None or not found.automatic or found.codes[0] in TAKEN_TOGETHER:
        return None
    return Hit(found, key, False)


def _by_sound(joined: str) -> Hit | None:
    heard = sound_key(joined)
    found = name_index().find(SOUND, heard) if len(heard) >= LEAST_SOUND else None
    return Hit(found, heard, False) if found else None


def _with_lost_letters(text: str) -> Hit | None:
    """Each lost character may have been any one or two letters; the name must be the only one that fits."""
    kept = [joined_key(folded_key(piece)) for piece in text.split(LOST)]
    if len("".join(kept)) < LEAST_LETTERS_KEPT:
        return None
    pattern = re.compile(r"\w{1,2}".join(re.escape(piece) for piece in kept))
    least = len("".join(kept)) + len(kept) - 1
    most = least + len(kept) - 1
    fitting = {c: name for name, c in joined_names() if least <= len(name) <= most and pattern.fullmatch(name)}
    if len(fitting) != 1:
        return None
    code, name = fitting.popitem()
    return Hit(Answer("alias", (code,), "the only name that fits the lost letters"), name, False)
