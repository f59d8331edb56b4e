"""Making the name index: every name gives its keys, and a key that names two countries names none."""

from __future__ import annotations

import json
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from selection.countries.curated import reviewed_names
from selection.countries.economies import listed
from selection.countries.name_index import BAG, CODE, ENGLISH_SOURCE, EXACT, FOLDED, JOINED, SOUND, Answer, digest
from selection.countries.reference import folder
from selection.countries.remake.catalogues import MAJOR, CatalogueName, english_names, other_names, version
from selection.countries.repairing import repaired, unwrapped
from selection.countries.spelling import bag_key, exact_key, folded_key, is_latin, joined_key, sound_key, words

REVIEWED, ENGLISH, OTHER = 0, 1, 2
LEAST_LETTERS = 4
LEAST_SOUND = 6
LEAST_JOINED = 7
SHARED = {"Congo": {"COG", "COD"}}
LANGUAGES_ENOUGH = 4

Keys = dict[tuple[str, str], Answer]


@dataclass
class Claims:
    """Which answers claim a key, at each level of trust."""

    by_level: dict[int, set[Answer]] = field(default_factory=lambda: defaultdict(set))

    def settled(self, kind: str) -> Answer | None:
        """The answer of the most trusted level; two countries on that level make the key ambiguous."""
        level = min(self.by_level)
        answers = self.by_level[level]
        refusing = {answer for answer in answers if not answer.automatic}
        if refusing and level == REVIEWED:
            return min(refusing, key=lambda answer: (answer.kind, answer.codes)) if kind in (EXACT, FOLDED) else None
        codes = sorted({answer.codes for answer in answers})
        if len(codes) == 1:
            if level == REVIEWED:  # a reviewed spelling of an English name is that name
                answers = answers | {a for a in self.by_level.get(ENGLISH, ()) if a.codes == codes[0]}
            return min(answers, key=lambda answer: (answer.kind != "exact", answer.kind, answer.source))
        if kind not in (EXACT, FOLDED):
            return None
        choices = tuple(sorted({code for group in codes for code in group}))
        return Answer("ambiguous", choices, "one spelling, several countries")


def made_index() -> bytes:
    """The bytes of the index file."""
    keys = settled_keys()
    answers = sorted(set(keys.values()), key=lambda a: (a.kind, a.codes, a.source))
    number = {answer: place for place, answer in enumerate(answers)}
    entries = sorted((digest(kind, key), number[answer]) for (kind, key), answer in keys.items())
    if len({entry[0] for entry in entries}) != len(entries):
        raise AssertionError("two keys share a digest: use a longer digest")
    head = {
        "made_from": [version(), "countries.csv", "country_names.csv"],
        "keys": len(entries),
        "answers": [[a.kind, list(a.codes), a.source] for a in answers],
    }
    digests, numbers = array("Q", [d for d, _ in entries]), array("H", [n for _, n in entries])
    if sys.byteorder == "big":
        digests.byteswap()
        numbers.byteswap()
    line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return line + b"\n" + digests.tobytes() + numbers.tobytes()


def write_index() -> str:
    """Write the index into the data folder and say what it holds."""
    made = made_index()
    (folder() / "country_index.bin").write_bytes(made)
    head = json.loads(made.partition(b"\n")[0])
    return f"country_index.bin: {head['keys']} keys from {', '.join(head['made_from'])}"


def settled_keys() -> Keys:
    """Every key with its one answer."""
    claims: dict[tuple[str, str], Claims] = defaultdict(Claims)
    for level, answer, kind, key in _trusted_claims():
        claims[kind, key].by_level[level].add(answer)
    trusted = {
        key: codes.pop()
        for (kind, key), claim in claims.items()
        if kind == FOLDED and len(codes := _codes_meant(claim)) == 1
    }
    for level, answer, kind, key in _other_claims(trusted):
        claims[kind, key].by_level[level].add(answer)
    keys = {place: chosen for place, claim in claims.items() if (chosen := claim.settled(place[0]))}
    return _without_near_sounds(_without_repetition(keys))


def _codes_meant(claim: Claims) -> set[tuple[str, ...]]:
    answers = {answer for group in claim.by_level.values() for answer in group}
    return {answer.codes for answer in answers if answer.automatic or answer.kind == "ambiguous"}


def _trusted_claims() -> Iterator[tuple[int, Answer, str, str]]:
    for name in reviewed_names():
        answer = Answer(name.kind, name.codes, f"country_names.csv, {name.kind}")
        if name.kind == "code":
            yield REVIEWED, answer, CODE, name.text
        else:
            for kind, key in _all_keys(name.text, sound=answer.automatic):
                yield REVIEWED, answer, kind, key
    own = tuple(CatalogueName(entry.name, entry.code, "en") for entry in listed().values())
    for english in (*own, *english_names()):
        answer = Answer("exact", (english.code,), ENGLISH_SOURCE)
        for kind, key in _all_keys(english.text, sound=True):
            yield ENGLISH, answer, kind, key


def _all_keys(text: str, *, sound: bool) -> Iterator[tuple[str, str]]:
    exact = exact_key(unwrapped(repaired(text)) or text)
    folded = folded_key(exact)
    yield EXACT, exact
    if not folded or (len(folded) < LEAST_LETTERS and not exact.isascii() and is_latin(exact)):
        return
    yield FOLDED, folded
    if not is_latin(folded):
        return
    if " " in folded and min(map(len, folded.split())) > 1:
        yield JOINED, joined_key(folded)
    if bag := bag_key(words(folded)):
        yield BAG, bag
    if sound and len(heard := sound_key(joined_key(folded))) >= LEAST_SOUND:
        yield SOUND, heard


def _other_claims(trusted: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, Answer, str, str]]:
    names = list(other_names())
    languages: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        languages[folded_key(name.text), name.code].add(name.language)
    near = _neighbours(trusted)
    for name in names:
        text = unwrapped(name.text)
        folded = folded_key(text)
        meant = {name.code}
        if is_latin(folded) and len(languages[folded, name.code]) < LANGUAGES_ENOUGH:
            meant |= _near_codes(folded, near)
            if " " in folded and len(joined_key(folded)) < LEAST_JOINED:
                meant.add("")
        yield from _keys_of_other(name, text, folded, meant)


def _keys_of_other(
    name: CatalogueName, text: str, folded: str, meant: set[str]
) -> Iterator[tuple[int, Answer, str, str]]:
    """A name that few languages share, one letter away from another country's name, is left to a person."""
    sure = Answer("exact", (name.code,), "name in another language")
    if name.english in SHARED:
        meant = meant | SHARED[name.english]
    unsure = Answer("ambiguous", tuple(sorted(meant - {""})), "easily taken for something else")
    latin = is_latin(folded)
    short = latin and len(joined_key(folded)) < LEAST_LETTERS
    yield OTHER, unsure if len(meant) > 1 or (short and text.isascii()) else sure, EXACT, exact_key(text)
    if short:
        return
    yield OTHER, sure if len(meant) == 1 else unsure, FOLDED, folded
    if latin and name.language in MAJOR and len(meant) == 1:
        if " " in folded:
            yield OTHER, sure, JOINED, joined_key(folded)
        yield OTHER, sure, BAG, bag_key(words(folded))


def _deletions(key: str) -> set[str]:
    return {key} | {key[:place] + key[place + 1 :] for place in range(len(key))}


def _neighbours(codes: dict[str, tuple[str, ...]]) -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for key, named in codes.items():
        if len(key) >= LEAST_LETTERS and is_latin(key):
            for shorter in _deletions(key):
                found[shorter].add(named)
    return found


def _near_codes(key: str, near: dict[str, set[tuple[str, ...]]]) -> set[str]:
    found = (codes for shorter in _deletions(key) for codes in near.get(shorter, ()))
    return {code for codes in found for code in codes}


def _without_repetition(keys: Keys) -> Keys:
    # An exact text is looked for first and its folded form next: where both say the same, the folded one is enough.
    return {
        (kind, key): answer
        for (kind, key), answer in keys.items()
        if kind != EXACT or keys.get((FOLDED, folded_key(key))) != answer
    }


def _without_near_sounds(keys: Keys) -> Keys:
    sounds = {
        key: answer.codes for (kind, key), answer in keys.items() if kind == SOUND and answer.kind != "misspelling"
    }
    near = _neighbours(sounds)
    return {
        place: answer
        for place, answer in keys.items()
        if place[0] != SOUND or _near_codes(place[1], near) <= set(answer.codes)
    }
