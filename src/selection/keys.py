"""Numbers that stand for texts in one piece: hashes that equal ones share, and words by which they are sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.texts import Places, Texts

#: Texts longer than this are sorted one by one, not eight bytes at a time.
LONGEST: Final = 64

#: Texts longer than this are hashed one by one.
LONG: Final = 256

#: An odd number whose powers spread bits.
SPREAD: Final = 0x9E3779B97F4A7C15

#: The bits of so many bytes.
UPTO: Final = np.array([256**size - 1 for size in range(9)], dtype=np.uint64)

#: The bit that small ASCII letters have and capital ones have not, and the same in eight bytes.
SMALL: Final = 0x20
ALL_SMALL: Final = np.uint64(int.from_bytes(bytes([SMALL]) * 8))

Hashes = npt.NDArray[np.uint64]
Words = npt.NDArray[np.uint64]


def hashes_of(texts: Sequence[str] | Texts, *, caseless: bool = False) -> Hashes:
    """A number for each text that equal texts share, and others only by chance; `caseless` as to ASCII letters."""
    packed = Texts.of(texts)
    if packed is None:
        return np.array([hash(text) % 2**64 for text in texts], dtype=np.uint64)
    found = [_hashes(piece, caseless) for piece in packed.pieces()]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.uint64)


def _hashes(texts: Texts, caseless: bool) -> Hashes:
    lengths = texts.lengths
    starts, most = (texts.ends - lengths).astype(np.int64), min(int(lengths.max(initial=0)), LONG)
    data = texts.data + bytes(most + 8)
    eights = np.ndarray((len(data) - 7,), dtype="<u8", buffer=data, strides=(1,))
    keys = np.zeros(len(starts), dtype=np.uint64)
    for at in range(0, most, 8):
        # An end of nothing adds nothing, so that the number does not depend on the other texts.
        word = eights[at:][starts]
        if caseless:
            word |= ALL_SMALL
        word &= UPTO.take(lengths - at, mode="clip")
        word ^= word >> np.uint64(32)
        word *= np.uint64(pow(SPREAD, at // 8 + 1, 2**64))
        keys += word
    keys ^= keys >> np.uint64(29)
    for place in np.flatnonzero(lengths > LONG).tolist():
        end = int(texts.ends[place])
        text = texts.data[end - int(lengths[place]) : end]
        keys[place] = hash(text.lower() if caseless else text) % 2**64
    return keys


def words_of(texts: Texts) -> list[Words] | None:
    """The bytes of each text as big-endian numbers, eight at a time, zeros beyond its end; None for long texts."""
    lengths = texts.lengths
    longest = int(lengths.max(initial=0))
    if longest > LONGEST:
        return None
    eights = np.ndarray((len(texts.data) + 1,), dtype=">u8", buffer=texts.data + bytes(8), strides=(1,))
    starts = texts.ends - lengths
    return [_word(eights, starts + at, lengths - at) for at in range(0, max(longest, 1), 8)]


def _word(eights: Words, starts: Places, left: Places) -> Words:
    word = eights[np.minimum(starts, len(eights) - 1)].astype(np.uint64)
    shift = (8 * (8 - np.clip(left, 1, 8))).astype(np.uint64)
    return np.where(left > 0, word >> shift << shift, np.uint64(0))


def order_of(texts: Texts) -> Places:
    """The places of the texts sorted, shorter ones first and those of one length by their bytes."""
    words = words_of(texts)
    if words is None:
        held = [text.encode() for text in texts.tolist()]
        return np.array(sorted(range(len(held)), key=lambda place: (len(held[place]), held[place])), dtype=int)
    return np.lexsort((*reversed(words), texts.lengths))


def alphabetical(texts: npt.NDArray[Any] | Texts, places: Places) -> list[npt.NDArray[Any]]:
    """Keys by which `np.lexsort` sorts the texts at these places by their signs."""
    packed = texts.take(places) if isinstance(texts, Texts) else Texts.of(texts[places])
    words = None if packed is None else words_of(packed)
    return [texts[places].astype(str)] if words is None else words[::-1]
