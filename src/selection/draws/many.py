"""SHA-256 of very many short texts at once: the same bits as `hashlib`, in numpy, so that threads share the work.

Source: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. Words of a block that are the same for all texts (a
seed before them, what pads them) stand once, and so does whatever is computed from such words alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.texts import Texts
from selection.threads import ahead

#: At most so many texts at a time: threads are seldom in each other's way, and arrays stay in a processor's cache.
AT_ONCE: Final = 1 << 17

#: Texts of more lengths than these, or longer ones, are hashed one by one.
LENGTHS: Final = 32
LONGEST: Final = 256

BLOCK: Final = 64
ONES: Final = 0xFFFFFFFF

#: Each byte as two digits.
PAIRS: Final = np.frombuffer(bytes(range(256)).hex().encode(), dtype=np.uint16)

Words = npt.NDArray[np.uint32]
Signs = npt.NDArray[np.uint8]
Heads = npt.NDArray[np.uint64]
Places = npt.NDArray[Any]

#: What is made of the eight words after the last block.
Said = Callable[[Sequence[Words]], npt.NDArray[Any]]


def _primes(many: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < many:
        if all(number % one for one in found):
            found.append(number)
        number += 1
    return found


#: The first bits behind the point of the cube roots of 64 primes, and of the square roots of 8.
ADDED: Final = tuple(int(math.cbrt(prime) * 2**32) & ONES for prime in _primes(64))
BEGIN: Final = tuple(math.isqrt(prime << 64) & ONES for prime in _primes(8))


def heads(texts: Texts, places: Places, before: bytes) -> Heads | None:
    """The first 64 bits of SHA-256 of `before` and each text at these places; None where one by one is as fast."""
    found: Heads | None = _together(texts, places, before, _head)
    return found


def hexadecimal(texts: Texts, before: bytes) -> Signs | None:
    """SHA-256 of `before` and each text as 64 digits, a row each; None where one by one is as fast."""
    found: Signs | None = _together(texts, np.arange(len(texts)), before, _digits)
    return found


def _together(texts: Texts, places: Places, before: bytes, said: Said) -> Any:
    """What is said of the state after each text, those of one length together."""
    lengths = texts.lengths[places]
    distinct = np.flatnonzero(np.bincount(lengths)).tolist() if lengths.max(initial=0) <= LONGEST else []
    if not 0 < len(distinct) <= LENGTHS:
        return None
    found = said([np.zeros(len(places), dtype=np.uint32)] * 8)
    for length in distinct:
        rows = np.flatnonzero(lengths == length)
        starts = texts.ends[places[rows]].astype(np.int64) - length
        parts = np.array_split(starts, -(-len(starts) // AT_ONCE))
        found[rows] = np.concatenate(list(ahead(partial(_of_length, texts.data, length, before, said), parts)))
    return found


def _of_length(data: bytes, length: int, before: bytes, said: Said, starts: Places) -> Any:
    """The same for texts of one length, by where they start."""
    state = [np.array([word], dtype=np.uint32) for word in BEGIN]
    words = _words(data, length, before, starts)
    for block in range(0, len(words), 16):
        state = _compressed(state, words[block : block + 16])
    return said([np.broadcast_to(word, starts.shape) for word in state])


def _head(state: Sequence[Words]) -> Heads:
    return state[0].astype(np.uint64) << np.uint64(32) | state[1]


def _digits(state: Sequence[Words]) -> Signs:
    signs = np.stack(state, axis=1).astype(">u4").view(np.uint8)
    return PAIRS[signs].view(np.uint8)


def _words(data: bytes, length: int, before: bytes, starts: Places) -> list[Words]:
    """The padded texts as big-endian words, one word where all have the same."""
    size = len(before) + length
    end = b"\x80" + bytes(-(size + 9) % BLOCK) + (8 * size).to_bytes(8)
    padded = np.frombuffer(before + bytes(length) + end, dtype=np.uint8)
    signs = np.repeat(padded[None], len(starts), axis=0)
    if length:
        cells = np.ndarray((len(data) - length + 1,), dtype=f"V{length}", buffer=data, strides=(1,))
        signs[:, len(before) : size] = cells[starts].view(np.uint8).reshape(-1, length)
    differing = range(len(before) // 4, -(-size // 4)) if length else range(0)
    whole = signs.view(">u4")
    return [whole[: None if at in differing else 1, at].astype(np.uint32) for at in range(whole.shape[1])]


def _compressed(state: Sequence[Words], words: list[Words]) -> list[Words]:
    """The state after one more block; its words are used up. All goes on in memory that was just used."""
    rows = max(map(len, (*state, *words)))
    spare = np.empty((2, rows), dtype=np.uint32)
    a, b, c, d, e, f, g, h = (word.copy() for word in state)
    # What differs between the first two words is what differs between the next two in the next turn.
    now, before = a ^ b, b ^ c
    for added, word in zip(ADDED, _scheduled(words, spare), strict=True):
        if len(word) > len(a):
            own = (np.repeat(shared, rows) for shared in (a, b, c, d, e, f, g, h, now, before))
            a, b, c, d, e, f, g, h, now, before = own
        mixed, aside = spare[:, : len(a)]
        h += word
        h += np.uint32(added)
        h += _mixed(e, 6, 11, 25, mixed, aside)
        np.bitwise_xor(f, g, out=mixed)
        mixed &= e
        mixed ^= g
        h += mixed
        d += h
        h += _mixed(a, 2, 13, 22, mixed, aside)
        np.bitwise_xor(a, b, out=now)
        before &= now
        before ^= b
        h += before
        now, before = before, now
        a, b, c, d, e, f, g, h = h, a, b, c, d, e, f, g
    return [old + new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True)]


def _scheduled(words: list[Words], spare: Words) -> Iterator[Words]:
    """The 64 words that are added one after the other: those of the block, then each made of four before it."""
    for turn in range(64):
        if turn >= 16:
            made, others = words[turn & 15], [words[turn - at & 15] for at in (2, 7, 15)]
            rows = max(map(len, (made, *others)))
            made = made if len(made) == rows else np.repeat(made, rows)
            near, among, far = others
            made += among
            made += _scattered(far, 7, 18, 3, *spare[:, : len(far)])
            made += _scattered(near, 17, 19, 10, *spare[:, : len(near)])
            words[turn & 15] = made
        yield words[turn & 15]


def _mixed(words: Words, first: int, second: int, third: int, into: Words, spare: Words) -> Words:
    """The words turned by three distances, these added bit by bit."""
    _turn(words, third - second, into, spare)
    into ^= words
    _turn(into, second - first, into, spare)
    into ^= words
    return _turn(into, first, into, spare)


def _scattered(words: Words, first: int, second: int, shift: int, into: Words, spare: Words) -> Words:
    """The words turned by two distances and shifted by a third, these added bit by bit."""
    _turn(words, second - first, into, spare)
    into ^= words
    _turn(into, first, into, spare)
    np.right_shift(words, np.uint32(shift), out=spare)
    into ^= spare
    return into


def _turn(words: Words, by: int, into: Words, spare: Words) -> Words:
    np.left_shift(words, np.uint32(32 - by), out=spare)
    np.right_shift(words, np.uint32(by), out=into)
    into |= spare
    return into
