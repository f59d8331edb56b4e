"""A country's name as the last words of a text: evidence only where the words before it cannot turn it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from selection.countries.economies import listed
from selection.countries.lookup import whole
from selection.countries.name_index import ENGLISH_SOURCE, EXACT, FOLDED, name_index
from selection.countries.spelling import folded_key, joined_key
from selection.countries.suggesting import distance, nearest_codes

LEAST_LETTERS = 4

FAMILY = frozenset("GIN COG COD WSM KOR PRK GEO NER DMA JOR TCD GUY".split())  # noqa: SIM905
"""Names shared by several countries, states and people: beside unknown words they prove nothing."""

TAILS = FAMILY | frozenset("IRL LBN CUB PER PAN SDN TON TKL".split())  # noqa: SIM905
"""Names that other names end in: as bare last words they prove nothing."""

TURNING = frozenset(
    "new south north east west southern northern eastern western papua equatorial french british "  # noqa: SIM905
    "dutch portuguese spanish german danish belgian italian american russian indian ex old inner "
    "outer central upper lower little greater great saint st san santa anti non not no except "
    "excluding excl outside without near vs versus gulf sea bay strait lake mount bank port fort "
    "guinea democratic republic rep dem federal islands island nouvelle nueva nova neu nuova latin "
    "anglo afro sino pan trans mid hong upon del sub".split()
)
"""Words before a country's name that turn it into another name, or into its opposite."""

DIRECTIONS = ("south", "north", "equatorial", "papua", "western", "southern", "northern", "democratic")
ISLANDS = re.compile(
    r"insel|insul|island|isole?\b|isla|iles?\b|ilha|eiland|oyene?\b|oarna|saar|saaret|sziget|ostrov|ostrva|otoc|otok|"
    r"wysp|adalar|adasi|kepulauan|pulau|visiwa|salos\b|salas\b|tigzir|antill|territor|collectivit|dependenc"
)
"""Words for islands and outlying lands in Latin script: beside their sovereign they mean one of them, not the state."""

AREA_WORDS = frozenset("district province region governorate county prefecture department municipality".split())  # noqa: SIM905
ENGLISH_TOO = frozenset(
    "usa|uk|uae|england|scotland|wales|northern ireland|russia|turkey|ivory coast|cape verde|czech republic|laos|syria|"  # noqa: SIM905
    "brunei|north korea|south korea|macedonia|swaziland|palestine|kosovo|east timor|burma|vatican city|macau".split("|")
)
NAMES = ("exact", "alias", "misspelling")
ASSOCIATED = {"COK": "NZL", "NIU": "NZL", "TWN": "CHN", "HKG": "CHN", "MAC": "CHN"}


@dataclass(frozen=True)
class Found:
    """What the parts of a text say together: one code, or the reason why not."""

    status: str
    codes: tuple[str, ...]
    matched: str


def ending(text: str) -> Found | None:
    """A country's name as the last words of a text, or as its first before a word for an area."""
    folded = folded_key(text)
    tokens = folded.split()
    if not text.isascii() or len(tokens) < 2:
        return None
    for start in range(1, len(tokens)):
        name = " ".join(tokens[start:])
        if code := _english_name(name):
            return _judged(tokens[:start], name, code, folded)
    if tokens[-1] in AREA_WORDS:
        for end in range(len(tokens) - 1, 0, -1):
            if code := _plain_name(" ".join(tokens[:end])):
                return _judged([], " ".join(tokens[:end]), code, folded)
    inside = names_inside(folded)
    return Found("several" if len(inside) > 1 else "unknown", tuple(sorted(inside)), "") if inside else None


def _judged(before: list[str], name: str, code: str, folded: str) -> Found:
    others = names_inside(" ".join(before)) - {code, sovereign(code)}
    if others:
        return Found("several", tuple(sorted({*others, code})), "")
    sure = (
        (code not in TAILS or _is_place_in(before, code))
        and not set(before) & (TURNING - {"st", "san", "santa"})
        and not (before and before[-1] in TURNING)
        and not any(_looks_like_direction(word) for word in before[-1:])
        and not set(nearest_codes(folded, 2)) - {code}
        and not _contradicted(before, code)
        and not ISLANDS.search(" ".join(before))
    )
    return Found("contained" if sure else "unknown", (code,), name)


def _is_place_in(before: list[str], code: str) -> bool:
    hit = whole(" ".join(before)) if before else None
    return bool(hit and hit.answer.kind == "place" and code in hit.answer.codes)


def _contradicted(before: list[str], code: str) -> bool:
    hit = whole(" ".join(before)) if before else None
    return bool(hit and hit.answer.kind in ("place", "ambiguous", "dissolved") and code not in hit.answer.codes)


def _looks_like_direction(word: str) -> bool:
    if len(word) < LEAST_LETTERS:
        return False
    return any(distance(word, direction) <= 2 for direction in DIRECTIONS)


def _english_name(name: str) -> str | None:
    """The code of an English name: in other languages the words before it are not known to be harmless."""
    found = name_index().find(FOLDED, name)
    if name in ENGLISH_TOO or (found is not None and found.source == ENGLISH_SOURCE):
        return _plain_name(name)
    return None


def _plain_name(name: str) -> str | None:
    """The code of a name written out in full: no people, no codes, nothing rearranged."""
    if len(joined_key(name)) < LEAST_LETTERS and name not in ("usa", "uk", "uae"):
        return None
    found = name_index().find(FOLDED, name) or name_index().find(EXACT, name)
    if found is None or found.kind not in NAMES:
        return None
    return found.codes[0]


def names_inside(folded: str) -> set[str]:
    """Every country whose name stands somewhere among the words."""
    tokens = folded.split()
    found: set[str] = set()
    for start in range(len(tokens)):
        for end in range(min(len(tokens), start + 5), start, -1):
            if code := _plain_name(" ".join(tokens[start:end])):
                found.add(code)
                break
    return found


def sovereign(code: str) -> str | None:
    """The state that a territory belongs to or is associated with, if any."""
    return listed()[code].sovereign or ASSOCIATED.get(code)


@cache
def states_with_territories() -> frozenset[str | None]:
    """Every state that other lands on the list belong to."""
    return frozenset(map(sovereign, listed()))
