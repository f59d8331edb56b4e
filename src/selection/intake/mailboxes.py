"""E-mail addresses as their providers tell mailboxes apart: one by one exactly, or all of a table as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from selection.keys import SMALL, hashes_of
from selection.texts import WIDE, Texts
from selection.threads import ahead

#: Providers that ignore dots and what follows a plus sign in an address.
IGNORES_DOTS: Final = ("gmail.com", "googlemail.com")

#: Providers that ignore what follows a plus sign, and nothing else.
IGNORES_PLUS: Final = (
    "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "fastmail.com", "proton.me",
    "protonmail.com", "pm.me", "zoho.com",
)  # fmt: skip
TAGS_ASIDE: Final = (*IGNORES_DOTS, *IGNORES_PLUS)

AT, DOT, PLUS = b"@.+"
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

#: White space in ASCII and the signs below it, by byte; and with it the bytes with which other white space may begin.
SPACES: Final[Flags] = np.arange(256) < 33
ODD: Final[Flags] = SPACES | np.isin(np.arange(256), WIDE)


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
    for found, none in ahead(partial(Texts.made, work=of_piece), packed.pieces()):
        hashes.append(found)
        invalid += [start + place for place in none]
        start += len(found)
    return np.concatenate(hashes), invalid


def _one_by_one(addresses: Sequence[str]) -> tuple[Hashes, list[int]]:
    keys = [normalised_email(address) for address in addresses]
    return hashes_of([key or "" for key in keys], caseless=True), [
        place for place, key in enumerate(keys) if key is None
    ]


def of_piece(piece: Texts) -> tuple[Hashes, list[int]]:
    """What `mailboxes` says of some thousand addresses.

    The plain addresses all together, then those in which white space may stand, what is left one by one.
    """
    hashes, special = _plain(_plain_case(piece), ODD)
    empty = piece.lengths == 0
    special &= ~empty
    invalid = empty.copy()
    places = np.flatnonzero(special)
    if len(places):
        rest = piece.where(special)
        folded = _folded(rest)
        if folded is not None:
            hashes[places], special = _plain(folded, SPACES)
            rest, places = rest.where(special), places[special]
        hashes[places], none = _one_by_one(rest.tolist())
        invalid[places[none]] = True
    return hashes, np.flatnonzero(invalid).tolist()


def _plain_case(piece: Texts) -> Texts:
    """The texts without the case of letters beyond ASCII; mostly there are none that would change, quickly seen."""
    others = b"" if piece.data.isascii() else piece.signs[piece.signs >= 0x80].tobytes()
    if others.decode().casefold().encode() == others:
        return piece
    return Texts(piece.data.decode().casefold().encode(), piece.separator)


def _folded(texts: Texts) -> Texts | None:
    """The texts, none of which is empty, without their case; None if white space stands in one of them."""
    joined = texts.data.decode().casefold()
    words = joined.split()
    alone = len(words) == len(texts) and sum(map(len, words)) + len(texts) == len(joined)
    return Texts(joined.encode(), texts.separator) if alone else None


def _plain(folded: Texts, odd: Flags) -> tuple[Hashes, Flags]:
    """A number for each mailbox, and which addresses are not plainly one, so that their numbers say nothing.

    Only letters of ASCII may still be capital ones: they are as good as small ones here.
    """
    marks, special, tagged = _marks(folded, odd)
    special[tagged[_of(folded, marks[tagged], folded.ends[tagged], TAGS_ASIDE)]] = True
    dotted = _of(folded, marks, folded.ends, IGNORES_DOTS) & ~special
    return hashes_of(_without_dots(folded, marks, dotted) if dotted.any() else folded, caseless=True), special


def _marks(folded: Texts, odd: Flags) -> tuple[Places, Flags, Places]:
    """Where the `@` of each address stands, which addresses are not plainly one, and the places of those with a `+`.

    An address with an `odd` byte is not plainly one.
    """
    signs, ends = folded.signs, folded.ends
    starts = ends - folded.lengths
    at = np.flatnonzero(signs == AT)
    special = np.zeros(len(ends), dtype=bool)
    if len(at) != len(ends) or ((at < starts) | (at >= ends)).any():
        line = np.searchsorted(ends, at)
        special = np.bincount(line, minlength=len(ends)) != 1
        marks, at = at, np.zeros(len(ends), dtype=np.int64)
        at[line] = marks
    # A quick look first: mostly the separators are the only signs that are none of an address.
    wide = not folded.data.isascii() and any(bytes([sign]) in folded.data for sign in WIDE)
    if wide or np.count_nonzero(signs < 33) > len(ends):
        strange = odd[signs]
        strange[ends] = False
        special[np.searchsorted(ends, np.flatnonzero(strange))] = True
    special |= (at == starts) | (at == ends - 1)
    tags = np.flatnonzero(signs == PLUS) if b"+" in folded.data else np.zeros(0, dtype=np.int64)
    return at, special, np.searchsorted(ends, tags)


def _of(folded: Texts, marks: Places, ends: Places, domains: Sequence[str]) -> Flags:
    """Which of the addresses, by where their `@` and their end stand, are of these providers."""
    signs, found = folded.signs, np.zeros(len(marks), dtype=bool)
    lengths = ends - marks - 1
    for domain in domains:
        places = np.flatnonzero(lengths == len(domain))
        same = np.ones(len(places), dtype=bool)
        # Dots, digits and hyphens have the bit of small letters too.
        for step, sign in enumerate(domain.encode(), start=1):
            same &= signs[marks[places] + step] | SMALL == sign
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
