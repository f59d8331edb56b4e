"""The verifiable draw of RFC 3797 (Eastlake 2004), as IETF nominating committees are drawn.

Kept for calls that must follow that method. Its order depends on the order of the list, and removing a name changes
who else is drawn; tickets have neither fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import comb

from selection.applicants import canonical_text
from selection.draws.tickets import distinct
from selection.errors import InputError, brief

Number = int | Decimal


def key_string(sources: Iterable[Number | Iterable[Number]]) -> str:
    """The canonical key of public numbers (RFC 3797, section 4): each source sorted, `2.5.8./`, one after another."""
    return "".join(_source(source) for source in sources)


def _source(source: Number | Iterable[Number]) -> str:
    numbers = [source] if isinstance(source, (int, Decimal)) else list(source)
    for one in numbers:
        if isinstance(one, bool) or not isinstance(one, (int, Decimal)) or not Decimal(one).is_finite() or one < 0:
            sentence = f"{brief(one)} is no number a source can give: write whole or decimal numbers from 0."
            raise InputError("bad_source", sentence)
    return "".join(_suffixed(canonical_text(one)) for one in sorted(numbers)) + "/"


def _suffixed(text: str) -> str:
    """A whole number ends with a period; in any other the period stands before its fraction."""
    return text if "." in text else f"{text}."


def digest(key: str, turn: int) -> bytes:
    """MD5 of the turn (two bytes, high byte first), the key and the turn again (section 4.3)."""
    number = turn.to_bytes(2, "big")
    return hashlib.md5(number + key.encode("ascii") + number, usedforsecurity=False).digest()


def order(names: Sequence[str], key: str) -> list[str]:
    """All names in the order they are drawn: each digest modulo those left picks the next of the list (section 5)."""
    left = distinct(names)
    if len(left) > 1 << 16:
        sentence = (
            f"RFC 3797 numbers its turns with two bytes: {len(left):,} names are more than the 65,536 it can draw."
        )
        raise InputError("too_many_names", sentence, names=len(left))
    return [left.pop(int.from_bytes(digest(key, turn), "big") % len(left)) for turn in range(len(left))]


def entropy_needed(pool: int, selected: int) -> int:
    """Bits of entropy the sources must have, so that every selection could come out (section 3.3): log2 of C(P, N)."""
    return (comb(pool, selected) - 1).bit_length()
