"""E-mail addresses as their providers tell mailboxes apart: one by one exactly, or all of a table as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from selection.texts import Texts, hashes_of

#: Providers that ignore dots and what follows a plus sign in an address.
IGNORES_DOTS: Final = ("gmail.com", "googlemail.com")

#: Providers that ignore what follows a plus sign, and nothing else.
IGNORES_PLUS: Final = (
    "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "fastmail.com", "proton.me",
    "protonmail.com", "pm.me", "zoho.com",
)  # fmt: skip

AT, DOT, PLUS = b"@.+"
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def normalised_email(address: str) -> str | None:
    """The address as its provider tells mailboxes apart, or None if it is no address."""
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at or not local or not domain or "@" in local or len(address.split()) != 1:
        return None
    if domain in IGNORES_DOTS:
        local, domain = local.partition("+")[0].replace(".", ""), IGNORES_DOTS[0]
    elif domain in IGNORES_PLUS:
        local = local.partition("+")[0] or local
    return f"{local}@{domain}"


def mailboxes(addresses: Sequence[str] | Texts) -> tuple[Hashes, list[int]]:
    """A number for each address that all of one mailbox share, and the places of those that are no address."""
    packed = addresses if isinstance(addresses, Texts) else Texts.of(addresses)
    if packed is None:
        return _one_by_one(addresses.tolist() if isinstance(addresses, Texts) else addresses)
    hashes, invalid, start = [np.zeros(0, dtype=np.uint64)], list[int](), 0
    for piece in packed.pieces():
        found, none = _of_piece(piece)
        hashes.append(found)
        invalid += [start + place for place in none]
        start += len(piece)
    return np.concatenate(hashes), invalid


def _one_by_one(addresses: Sequence[str]) -> tuple[Hashes, list[int]]:
    keys = [normalised_email(address) for address in addresses]
    return hashes_of([key or "" for key in keys]), [place for place, key in enumerate(keys) if key is None]


def _of_piece(piece: Texts) -> tuple[Hashes, list[int]]:
    """The plain addresses in ASCII all together, then plain ones in other letters, what is left one by one."""
    hashes, special = _plain(Texts(piece.data.lower(), piece.separator), wide=False)
    empty = piece.lengths == 0
    special &= ~empty
    invalid = empty.copy()
    places = np.flatnonzero(special)
    if len(places):
        rest = piece.where(special)
        folded = _folded(rest)
        if folded is not None:
            hashes[places], special = _plain(folded, wide=True)
            rest, places = rest.where(special), places[special]
        hashes[places], none = _one_by_one(rest.tolist())
        invalid[places[none]] = True
    return hashes, np.flatnonzero(invalid).tolist()


def _folded(texts: Texts) -> Texts | None:
    """The texts, none of which is empty, without their case; None if white space stands in one of them."""
    joined = texts.data.decode().casefold()
    return Texts(joined.encode(), texts.separator) if len(joined.split()) == len(texts) else None


def _plain(folded: Texts, *, wide: bool) -> tuple[Hashes, Flags]:
    """A number for each mailbox, and which addresses are not plainly one, so that their numbers say nothing."""
    marks, special = _marks(folded, wide)
    dotted = _of(folded, marks, special, IGNORES_DOTS)
    return (_without_dots(folded, marks, dotted) if dotted.any() else folded).hashes(), special


def _marks(folded: Texts, wide: bool) -> tuple[Places, Flags]:
    """Where the `@` of each address stands, and which addresses are not plainly one; `wide` takes any letters."""
    signs, ends = folded.signs, folded.ends
    marks = np.flatnonzero(signs == AT)
    line = np.searchsorted(ends, marks)
    special = np.bincount(line, minlength=len(ends)) != 1
    # White space and whatever is not ASCII lie outside these 94 signs.
    odd = ((signs < 33) if wide else (signs - np.uint8(33) > 93)) | (signs == PLUS)
    odd[ends] = False
    special[np.searchsorted(ends, np.flatnonzero(odd))] = True
    at = np.zeros(len(ends), dtype=np.int64)
    at[line] = marks
    special |= (at == ends - folded.lengths) | (at == ends - 1)
    return at, special


def _of(folded: Texts, marks: Places, special: Flags, domains: Sequence[str]) -> Flags:
    """Which of the plain addresses are of these providers."""
    signs, found = folded.signs, np.zeros(len(marks), dtype=bool)
    lengths = folded.ends - marks - 1
    for domain in domains:
        places = np.flatnonzero((lengths == len(domain)) & ~special)
        same = np.ones(len(places), dtype=bool)
        for step, sign in enumerate(domain.encode(), start=1):
            same &= signs[marks[places] + step] == sign
        found[places[same]] = True
    return found


def _without_dots(folded: Texts, marks: Places, dotted: Flags) -> Texts:
    """The addresses with no dot before the `@` where the provider ignores it, and its two names as one."""
    signs, ends = folded.signs, folded.ends
    inside = np.zeros(len(signs) + 1, dtype=np.int8)
    inside[(ends - folded.lengths)[dotted]] = 1
    inside[marks[dotted]] -= 1
    drop = (np.cumsum(inside[:-1], dtype=np.int8) > 0) & (signs == DOT)
    # Of `googlemail` the signs after the first one, up to `mail`.
    longer = marks[dotted & (ends - marks - 1 == len(IGNORES_DOTS[1]))]
    drop[(longer[:, None] + np.arange(2, 7)).ravel()] = True
    return Texts(signs[~drop].tobytes(), folded.separator)
