"""Many texts in one piece: ids, names and addresses of a large pool without an object for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

#: One of these follows each text: the first that stands in none of them.
SEPARATORS: Final = ("\x1f", "\n", "\x1e", "\x1d", "\0")
USUAL: Final = SEPARATORS[0]

AT_ONCE: Final = 1 << 17

#: The first bytes of all white space beyond ASCII; the first of these begins two bytes, the others three.
WIDE: Final = (0xC2, 0xE1, 0xE2, 0xE3)

#: All white space in ASCII is up to this sign.
SPACE: Final = np.uint8(32)

#: Places in so many bytes are kept in half the memory, with room for sums.
SHORT: Final = 1 << 30

Made = TypeVar("Made")
Places = npt.NDArray[Any]


class Texts:
    """A read-only sequence of texts, kept as UTF-8 with a separator after each; reads like an object array of them."""

    def __init__(self, data: bytes, separator: str = USUAL, ends: Places | None = None) -> None:
        self._data, self.separator = data, separator
        if ends is not None:
            self.ends = ends.astype(_kind(len(data)), copy=False)
        # Another thread may join them at any time, so each method looks at them once.
        self._parts: Sequence[Texts] = ()
        self._begun: tuple[Callable[[Texts], Any], Any] | None = None

    @classmethod
    def of(cls, texts: Sequence[str] | npt.NDArray[Any] | Texts) -> Texts | None:
        """The texts in one piece; None if every separator stands in one of them, or they are no Unicode."""
        if isinstance(texts, Texts):
            return texts
        for separator in SEPARATORS:
            joined = separator.join(texts) + separator if len(texts) else ""
            if joined.count(separator) == len(texts):
                try:
                    return cls(joined.encode(), separator)
                except UnicodeEncodeError:
                    return None
        return None

    @classmethod
    def joined(cls, parts: Sequence[Texts]) -> Texts:
        """All texts of parts with one separator; they become one piece when it is asked for."""
        whole = cls(b"", parts[0].separator if parts else USUAL)
        whole._parts = parts
        return whole

    @property
    def data(self) -> bytes:
        """The texts in UTF-8, a separator after each."""
        parts = self._parts
        if parts:
            # Where texts end is known already, and is not looked for again.
            _ = self.ends
            self._data, self._parts = b"".join(part.data for part in parts), ()
        return self._data

    def holds(self, sign: bytes) -> bool:
        """Whether this stands in a text, or the separator is it."""
        return any(sign in part.data for part in self._parts or (self,))

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of the object array it stands for."""
        return np.dtype(object)

    @cached_property
    def ends(self) -> Places:
        """Where each text ends in `data`, in bytes."""
        parts = self._parts
        if not parts:
            return np.flatnonzero(self.signs == ord(self.separator)).astype(_kind(len(self._data)))
        kind, start, ends = _kind(sum(len(part.data) for part in parts)), 0, list[Places]()
        for part in parts:
            ends.append(part.ends.astype(kind, copy=False) + kind(start))
            start += len(part.data)
        return np.concatenate(ends)

    @property
    def signs(self) -> npt.NDArray[np.uint8]:
        """The texts byte by byte."""
        return np.frombuffer(self.data, dtype=np.uint8)

    @property
    def lengths(self) -> Places:
        """How many bytes each text has."""
        return np.diff(self.ends, prepend=self.ends.dtype.type(-1)) - 1

    def __len__(self) -> int:
        parts = self._parts
        return sum(map(len, parts)) if parts else len(self.ends)

    def __iter__(self) -> Iterator[str]:
        return (text for piece in self.pieces() for text in piece.tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self.copy() if dtype is None else self.copy().astype(dtype)

    def __repr__(self) -> str:
        return f"Texts({len(self):,})"

    def __getstate__(self) -> tuple[bytes, str]:
        return self.data, self.separator

    def __setstate__(self, state: tuple[bytes, str]) -> None:
        self._data, self.separator = state
        self._parts, self._begun = (), None

    def begin(self, work: Callable[[Texts], Any]) -> None:
        """Do some work that will be asked for later, while the texts were just used and the thread is a free one."""
        self._begun = work, work(self)

    def made(self, work: Callable[[Texts], Made]) -> Made:
        """What comes of some work on the texts: done now, unless it was begun before."""
        begun, self._begun = self._begun, None
        return begun[1] if begun is not None and begun[0] is work else work(self)

    def parted_by(self, sign: str) -> bytes | None:
        """The texts in UTF-8, this sign after each; None where it also stands in one of them."""
        if sign == self.separator:
            return self.data
        return None if sign.encode() in self.data else self.data.replace(self.separator.encode(), sign.encode())

    def tolist(self) -> list[str]:
        """A Python text for each."""
        return self.data[:-1].decode().split(self.separator) if self.data else []

    def copy(self) -> npt.NDArray[Any]:
        """The object array it stands for."""
        array = np.empty(len(self), dtype=object)
        array[:] = self.tolist()
        return array

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, np.integer)):
            place = int(key) + (len(self) if key < 0 else 0)
            start = int(self.ends[place - 1]) + 1 if place else 0
            return self.data[start : int(self.ends[place])].decode()
        if not isinstance(key, np.ndarray) or key.ndim != 1:
            return self.copy()[key]
        return (self.where(key) if key.dtype == bool else self.take(np.where(key < 0, key + len(self), key))).copy()

    def where(self, keep: npt.NDArray[np.bool_]) -> Texts:
        """Only those texts whose flag is set."""
        kept = self.signs[np.repeat(keep, self.lengths + 1)]
        return Texts(kept.tobytes(), self.separator)

    def take(self, places: Places) -> Texts:
        """The texts at these places, in this order; at -1 an empty one."""
        if len(places) == len(self) and (places == np.arange(len(self))).all():
            return self
        if not len(self):
            return Texts(self.separator.encode() * len(places), self.separator)
        blocks = [self._taken(places[start : start + AT_ONCE]) for start in range(0, len(places), AT_ONCE)]
        return Texts(b"".join(blocks), self.separator)

    def _taken(self, places: Places) -> bytes:
        # An empty text is what stands from the end of the first one to there.
        ends = self.ends[np.maximum(places, 0)].astype(np.int64)
        begins = np.where(places > 0, self.ends[np.maximum(places - 1, 0)] + 1, 0)
        begins = np.where(places < 0, ends, begins)
        sizes = ends - begins + 1
        moved = np.repeat(begins - (np.cumsum(sizes) - sizes), sizes)
        return self.signs[moved + np.arange(len(moved))].tobytes()

    def stripped(self) -> Texts:
        """The texts without white space around them, as `str.strip` sees it."""
        places = self._may_strip()
        if not len(places):
            return self
        lengths = self.lengths[places]
        ends, pieces, start = self.ends[places], list[bytes](), 0
        for begin, end in zip((ends - lengths).tolist(), ends.tolist(), strict=True):
            pieces += [self.data[start:begin], self.data[begin:end].decode().strip().encode()]
            start = end
        return Texts(b"".join([*pieces, self.data[start:]]), self.separator)

    def _may_strip(self) -> Places:
        """Where white space may stand around a text: in ASCII, or as a longer sign, told by its first byte."""
        signs, ends = self.signs, self.ends
        ascii = self.data.isascii()
        # Mostly no sign but the separators is white space.
        if not len(ends) or (ascii and np.count_nonzero(signs <= SPACE) == len(ends)):
            return np.zeros(0, dtype=np.int64)
        starts = np.zeros(len(ends), dtype=np.int64)
        np.add(ends[:-1], 1, out=starts[1:])
        first, last = signs[starts], signs[ends - 1]
        odd = (first <= SPACE) | (last <= SPACE)
        if not ascii:
            wide = np.zeros(256, dtype=bool)
            wide[list(WIDE)] = True
            odd |= wide[first]
            long = np.flatnonzero(last >= 0x80)
            odd[long] |= (signs[ends[long] - 2] == WIDE[0]) | wide[signs[np.maximum(ends[long] - 3, 0)]]
        places = np.flatnonzero(odd)
        return places[starts[places] < ends[places]]

    def pieces(self) -> Iterator[Texts]:
        """Some thousand texts at a time, in one piece each."""
        parts = self._parts
        if parts:
            yield from parts
            return
        start = 0
        for first in range(0, len(self.ends), AT_ONCE):
            ends = self.ends[first : first + AT_ONCE] - start
            data = self.data[start : start + int(ends[-1]) + 1]
            yield Texts(data, self.separator, ends)
            start += len(data)


def _kind(size: int) -> type[np.signedinteger[Any]]:
    return np.int32 if size < SHORT else np.int64
