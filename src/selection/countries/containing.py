"""One country inside a longer text: found part by part, and refused wherever a second reading is open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selection.countries.endings import (
    FAMILY,
    ISLANDS,
    LEAST_LETTERS,
    NAMES,
    Found,
    ending,
    names_inside,
    sovereign,
    states_with_territories,
)
from selection.countries.lookup import whole
from selection.countries.repairing import unwrapped
from selection.countries.spelling import folded_key
from selection.countries.suggesting import nearest_codes

LONGEST = 160
MOST_PARTS = 8

_EVERY_PART = re.compile(r"\s*[/+;|&]\s*|(?<=\w)[-–—](?=\w)|\s+(?:and|or|ou|et|und|oder|y|o)\s+", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,:()\[\]{}\n]\s*|\s+[-–—]+\s+|\s*[-–—]+\s+")
_ASIDE = re.compile(r"^([^()\[\]{}]+?)\s*[(\[{]([^()\[\]{}]+)[)\]}]$")
_LEAD = re.compile(
    r"^(?:formerly|former|was|now|ex|aka|also known as|also|local name|the|republic of|kingdom of|in|from|of)\b[\s:-]*",
    re.IGNORECASE,
)

US_STATES = frozenset(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "  # noqa: SIM905
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC".split()
)

STATE_WORDS = frozenset("republic rep kingdom emirates emirate dem democratic federation".split())  # noqa: SIM905
REFUSING = STATE_WORDS | {"not", "except", "excluding", "without", "outside", "non"}


@dataclass(frozen=True)
class Part:
    """One part of a text and what is known of it."""

    text: str
    folded: str
    kind: str
    codes: tuple[str, ...]


def contained(text: str) -> Found | None:
    """The one country that a longer text holds, `several` if it holds more, or None if it holds none for certain."""
    found = _from_parts(text) if len(text) <= LONGEST else None
    if found and found.status == "contained" and set(nearest_codes(folded_key(text), 2)) - set(found.codes):
        return Found("unknown", found.codes, "")
    return found


def _from_parts(text: str) -> Found | None:
    if (aside := _ASIDE.match(text)) and (outer := _part(aside.group(1))).kind == "country":
        return _weighed([outer, _part(aside.group(2))])
    if aside and _sole_sovereign(aside.group(1), aside.group(2)):
        return Found("unknown", _part(aside.group(2)).codes, "")
    strict = [piece for piece in _EVERY_PART.split(text) if unwrapped(piece)]
    if len(strict) > 1 and (found := _every_part_known(strict)):
        return found
    loose = [piece for piece in _PARTS.split(text) if unwrapped(piece)]
    if len(strict) > 1 and not _harmless(strict, loose):
        return _refused(strict)
    if len(loose) > MOST_PARTS:
        return None
    if len(loose) == 1:
        return ending(loose[0])
    return _weighed([_part(piece) for piece in loose])


def _sole_sovereign(outer: str, aside: str) -> bool:
    """Whether unknown words with a state that has territories in brackets may well be one of those territories."""
    inner = _part(aside)
    return inner.kind == "country" and _part(outer).kind == "unknown" and inner.codes[0] in states_with_territories()


def _every_part_known(pieces: list[str]) -> Found | None:
    parts = [_part(piece) for piece in pieces]
    if any(part.kind in ("unknown", "dissolved", "not_a_country") for part in parts):
        return None
    return _weighed(parts)


def _harmless(strict: list[str], loose: list[str]) -> bool:
    """Whether joined words stand only in parts that name no country: `Mikocheni B / Morogoro Road, Tanzania`."""
    joined = [piece for piece in loose if len(_EVERY_PART.split(piece)) > 1]
    for piece in joined:
        if whole(unwrapped(piece)):
            continue
        if any(
            names_inside(folded_key(part)) or nearest_codes(folded_key(part), 1) for part in strict if part in piece
        ):
            return False
    return len(loose) > 1


def _refused(pieces: list[str]) -> Found | None:
    codes = {code for piece in pieces for code in _part(piece).codes}
    return Found("several", tuple(sorted(codes)), "") if len(codes) > 1 else None


def _part(piece: str) -> Part:
    text = unwrapped(piece)
    hit = whole(text) or whole(unwrapped(_LEAD.sub("", text)))
    folded = folded_key(text)
    if hit is None:
        return Part(text, folded, "place", ("USA",)) if text in US_STATES else Part(text, folded, "unknown", ())
    kind = "country" if hit.answer.kind in NAMES else hit.answer.kind
    if kind == "code" and folded in ("usa", "uk", "uae"):
        kind = "country"
    return Part(text, folded, kind, hit.answer.codes)


def _weighed(parts: list[Part]) -> Found | None:
    codes = _one_reading({code for part in parts if part.kind == "country" for code in part.codes}, parts)
    if len(codes) > 1:
        return Found("several", tuple(sorted(codes)), "")
    if not codes:
        return _from_endings(parts)
    (code,) = codes
    others = [part for part in parts if part.kind != "country"]
    if all(_agrees(part, code) for part in others) and _supported(code, others):
        return Found("contained", (code,), _matched(parts, code))
    return Found("unknown", (code,), "")


def _matched(parts: list[Part], code: str) -> str:
    named = [part.text for part in parts if code in part.codes and part.kind != "demonym"]
    return named[0] if named else ", ".join(part.text for part in parts)


def _one_reading(codes: set[str], parts: list[Part]) -> set[str]:
    """A territory named with its sovereign is the territory; an ambiguous part is settled by a clear one."""
    for part in parts:
        if part.kind == "ambiguous" and not codes & set(part.codes):
            settled = {code for code in part.codes if sovereign(code) in codes}
            codes = settled if len(settled) == 1 else codes
    inside = {name for part in parts if part.kind == "unknown" for name in names_inside(part.folded)}
    codes = codes | {name for name in inside if sovereign(name) in codes}
    return codes - {sovereign(code) for code in codes if sovereign(code) in codes}


def _agrees(part: Part, code: str) -> bool:
    """Whether a part that is no country name leaves the country standing."""
    if set(part.folded.split()) & REFUSING:
        return False
    if part.kind in ("region", "not_a_country"):
        return True
    # A bare code beside a country is no evidence for it, but may be evidence against it.
    if part.kind in ("demonym", "place", "ambiguous", "code"):
        return code in part.codes or sovereign(code) in part.codes
    if part.kind == "dissolved":
        return False
    inside = names_inside(part.folded) - {code, sovereign(code)}
    close = nearest_codes(part.folded, 1) if len(part.folded) > LEAST_LETTERS else {}
    return not inside and not set(close) - {code}


def _supported(code: str, others: list[Part]) -> bool:
    """Whether a name that is also a common tail has more than unknown words beside it."""
    unknown = [part for part in others if part.kind == "unknown"]
    if code in states_with_territories() and not all(
        part.text.isascii() and not ISLANDS.search(part.folded) for part in unknown
    ):
        return False
    if code not in FAMILY or not unknown:
        return True
    return any(part.kind in ("place", "demonym") and code in part.codes for part in others)


def _from_endings(parts: list[Part]) -> Found | None:
    if any(part.kind != "unknown" for part in parts if part.kind not in ("region", "not_a_country", "place")):
        return None
    found = [tail for part in parts if part.kind == "unknown" and (tail := ending(part.text))]
    codes = {code for tail in found for code in tail.codes}
    agreeing = all(part.kind != "place" or codes & set(part.codes) for part in parts)
    if len(codes) == 1 and len(found) == 1 and agreeing and found[0].status == "contained":
        return found[0]
    return Found("several" if len(codes) > 1 else "unknown", tuple(sorted(codes)), "") if codes else None
