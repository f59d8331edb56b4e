"""The keys under which two spellings of one name meet: exact, folded, joined, bag of words, and sound.

Each key forgives more than the one before it. Accents are folded in Latin script only: elsewhere marks carry
meaning. (Arabic short vowels are the exception: writing them is optional.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʻ`´ʹ′＇", "'"))
_SAME_LETTERS = str.maketrans(
    {
        "ё": "е", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None,
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th", "ə": "e",
    }
)  # fmt: skip
_ARABIC_VOWELS = re.compile("[\u064b-\u0652\u0670]")
_NOT_WORD = re.compile(r"[\W_]+")
_INITIALS = re.compile(r"(?<!\S)(?:\w )+\w(?!\S)")
_SHORTENED = re.compile(r"\bde? rep")
_CAMEL = re.compile(r"(?<=[a-z][a-z])(?=[A-Z])")

STOP_WORDS = frozenset(
    "the of de la le les el los las del da do dos das di du des der die das den and et y e und en a al "  # noqa: SIM905
    "d l van het ve".split()
)
MISTAKEN = frozenset({"der", "des", "den", "e", "a", "y", "i"})
EXPANDED = {
    "st": "saint", "ste": "saint", "sint": "saint", "rep": "republic", "repub": "republic", "republ": "republic",
    "dem": "democratic", "democr": "democratic", "fed": "federal", "federated": "federal", "federative": "federal",
    "is": "islands", "i": "islands", "isl": "islands", "isls": "islands", "island": "islands", "isle": "islands",
    "isles": "islands",
    "eq": "equatorial", "equat": "equatorial", "equa": "equatorial", "br": "british", "brit": "british",
    "terr": "territory", "ter": "territory", "territories": "territory", "people": "peoples", "peoples": "peoples",
    "sts": "states", "afr": "african", "isla": "islands", "islas": "islands", "utd": "united", "govt": "government",
    "n": "north", "s": "south", "w": "west",
    "northern": "north", "southern": "south", "western": "west", "eastern": "east",
    "kgdm": "kingdom", "gren": "grenadines", "herz": "herzegovina", "arabic": "arab", "soc": "socialist",
}  # fmt: skip


def exact_key(text: str) -> str:
    """Letters as typed, without regard to case, spacing and the shape of quotation marks."""
    if text.isascii():
        return " ".join(text.replace("`", "'").casefold().split())
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def folded_key(text: str) -> str:
    """Words without Latin accents and punctuation, initials drawn together."""
    plain = exact_key(text.replace("&", " and "))
    if not plain.isascii():
        plain = _without_latin_marks(_ARABIC_VOWELS.sub("", plain).translate(_SAME_LETTERS))
        plain = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain)
    else:
        plain = _NOT_WORD.sub(" ", plain)
    plain = " ".join(plain.split())
    return _INITIALS.sub(lambda run: run.group().replace(" ", ""), plain)


def camel_split(text: str) -> str:
    """`SouthAfrica` as `South Africa`."""
    return _CAMEL.sub(" ", text)


def joined_key(folded: str) -> str:
    """The letters of a folded key without its spaces."""
    return folded.replace(" ", "")


def words(folded: str) -> list[str]:
    """The words of a folded key with abbreviations written out and small words dropped."""
    found = (folded + " ").replace("people s ", "peoples ").split()
    spelled = (EXPANDED.get(word, word) for word in found)
    # Beside Congo or Korea `Der. Rep.` is more likely `Dem. Rep.` than an article: kept, it fits no name. So is
    # the first word of `De. Rep.`, while the `de` of `Republique de Congo` comes after.
    dropped = STOP_WORDS - MISTAKEN if "congo" in found or "korea" in found else STOP_WORDS
    if dropped is not STOP_WORDS and _SHORTENED.search(" ".join(found)):
        dropped = dropped - {"de", "d"}
    return [word for word in spelled if word not in dropped]


def bag_key(tokens: Iterable[str]) -> str:
    """Words in alphabetical order, so that `Korea, Republic of` and `Republic of Korea` meet."""
    return " ".join(sorted(tokens))


_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=[bdgkrt])h"), ""),
    (re.compile(r"ck|q|c(?![eihy])"), "k"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound_key(joined: str) -> str:
    """Letters that are often taken for one another made one: doubled letters, ph and f, c and k, y and i."""
    for pattern, sound in _SOUNDS:
        joined = pattern.sub(sound, joined)
    return joined


def is_latin(text: str) -> bool:
    """Whether every letter is a Latin one."""
    return text.isascii() or all(c.isascii() or "LATIN" in unicodedata.name(c, "") for c in text if c.isalpha())


def _without_latin_marks(text: str) -> str:
    kept: list[str] = []
    latin = False
    for c in unicodedata.normalize("NFD", text):
        if unicodedata.category(c) == "Mn":
            if latin:
                continue
        else:
            latin = c < "\u0250" or "\u1e00" <= c < "\u1f00"
        kept.append(c)
    return unicodedata.normalize("NFC", "".join(kept))
