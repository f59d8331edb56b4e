"""The index of known names: from a key to an answer, without the names themselves.

The file holds a JSON head, then sorted 8-byte digests of keys, then for each the number of its answer. A digest cannot
be turned back into a name, so no catalogue is copied; and answers do not depend on the catalogue that is installed.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from selection.countries.reference import content

FILE = "country_index.bin"
ENGLISH_SOURCE = "English name"

CODE, EXACT, FOLDED, JOINED, BAG, SOUND = "CXFJBS"
"""What kind of key: typed code, exact text, folded words, joined letters, sorted words, sound."""


@dataclass(frozen=True)
class Answer:
    """What a key stands for: its kind, the codes, and where the name is from."""

    kind: str
    codes: tuple[str, ...]
    source: str

    @property
    def automatic(self) -> bool:
        """Whether the name stands for one country without a person's word."""
        return self.kind in {"exact", "alias", "misspelling", "demonym", "code"}


@dataclass(frozen=True)
class NameIndex:
    """Sorted digests, and the number of the answer of each."""

    head: Mapping[str, object]
    answers: tuple[Answer, ...]
    digests: array[int]
    numbers: array[int]

    def find(self, kind: str, key: str) -> Answer | None:
        """The answer to a key of one kind, or None."""
        wanted = digest(kind, key)
        place = bisect_left(self.digests, wanted)
        if place < len(self.digests) and self.digests[place] == wanted:
            return self.answers[self.numbers[place]]
        return None


def digest(kind: str, key: str) -> int:
    """The number under which a key is kept."""
    return int.from_bytes(blake2b((kind + key).encode("utf-8", "replace"), digest_size=8).digest(), "little")


@cache
def name_index() -> NameIndex:
    """The shipped index, read once."""
    raw = content(FILE)
    first, _, body = raw.partition(b"\n")
    head = json.loads(first)
    count = head["keys"]
    digests, numbers = array("Q"), array("H")
    digests.frombytes(body[: 8 * count])
    numbers.frombytes(body[8 * count : 10 * count])
    if sys.byteorder == "big":
        digests.byteswap()
        numbers.byteswap()
    answers = tuple(Answer(kind, tuple(codes), source) for kind, codes, source in head["answers"])
    return NameIndex(head, answers, digests, numbers)
