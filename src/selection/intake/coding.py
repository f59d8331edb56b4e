"""Raw cells become a coded column; masks that exporters put before formulas are undone per distinct text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, objects
from selection.intake.stamps import Stamps
from selection.texts import USUAL, Texts
from selection.threads import ahead

#: An exporter puts `'` before what a spreadsheet would run; pretix also writes `\\|` in such cells.
MASKED: Final = re.compile(r"'[=+\-@|%\t\r]")
MASK: Final = re.compile(MASKED.pattern.encode())

#: From so many rows on columns are read and finished by several threads.
MANY: Final = 1 << 14

Codes = npt.NDArray[np.int32]


class Coder:
    """Collects the texts of one column block by block; `apart` columns (ids, addresses) keep a text for each row."""

    def __init__(self, apart: bool, early: Callable[[Texts], Any] | None = None) -> None:
        self.apart, self.early = apart, early
        self._pieces: list[Texts | list[str]] = []
        # The code of each text as it was written, and of each without white space around it; first of all of nothing.
        self._written: dict[str, int] = {}
        self._texts = {"": -1}
        # Room for codes, of which the first `_size` are those of the cells so far.
        self._room: Codes = np.empty(0, dtype=np.int32)
        self._size = 0

    def another(self) -> Coder:
        """An empty coder of the same kind."""
        return Coder(self.apart, self.early)

    def make_room(self, room: Codes) -> None:
        """Put codes here from now on, as long as there is room, so that memory is taken once."""
        room[: self._size] = self._room[: self._size]
        self._room = room

    def add(self, cells: Sequence[str]) -> None:
        """Take in the next cells of the column."""
        if self.apart:
            packed = Texts.of(cells)
            self._pieces.append(list(cells) if packed is None else packed.stripped())
            return
        self._learn(list(set(cells).difference(self._written)))
        self._put(np.fromiter(map(self._written.__getitem__, cells), dtype=np.int32, count=len(cells)), None)

    def add_coded(self, texts: Sequence[str], codes: Codes) -> None:
        """Take in the next cells of the column, given as different texts and which of them each is, -1 for none."""
        self._put(codes, self._known(texts))

    def _put(self, codes: Codes, known: Codes | None) -> None:
        """The codes of the next cells, which stand for what is `known` of them (None: themselves)."""
        end = self._size + len(codes)
        if known is None and not len(self._room):
            self._room = codes
        else:
            if end > len(self._room):
                self.make_room(np.empty(end + end // 2, dtype=np.int32))
            room = self._room[self._size : end]
            if known is None:
                room[:] = codes
            else:
                # The last of these is that of -1.
                known.take(codes, out=room, mode="wrap")
        self._size = end

    def _known(self, texts: Sequence[str]) -> Codes | None:
        """The codes of texts and that of none; None if each text's is its place."""
        found = list(map(self._written.get, texts))
        if None in found:
            self._learn([text for text, code in zip(texts, found, strict=True) if code is None])
        known = list(map(self._written.__getitem__, texts))
        return None if known == list(range(len(known))) else np.array([*known, -1], dtype=np.int32)

    def _learn(self, texts: Sequence[str]) -> None:
        """Give codes to texts that were not seen so far."""
        bare, held = list(map(str.strip, texts)), self._texts
        fresh = [text for text in dict.fromkeys(bare) if text not in held]
        held.update(zip(fresh, range(len(held) - 1, len(held) - 1 + len(fresh)), strict=True))
        self._written.update(zip(texts, map(held.__getitem__, bare), strict=True))

    def add_packed(self, texts: Texts) -> None:
        """Take in the next cells of a column that keeps a text for each row."""
        stripped = texts.stripped()
        if self.early is not None:
            stripped.begin(self.early)
        self._pieces.append(stripped)

    def take_over(self, other: Coder) -> None:
        """Take in all cells of another coder."""
        self._pieces += other._pieces
        if other._size:
            self._put(other._room[: other._size], self._known(list(other._texts)[1:]))

    @property
    def rows(self) -> int:
        """How many cells were taken in."""
        return sum(map(len, self._pieces)) if self.apart else self._size

    def column(self) -> Column:
        """The finished column: stripped, without empty texts."""
        if self.apart:
            rows = self.rows
            codes = self._room[:rows] if len(self._room) >= rows else np.empty(rows, dtype=np.int32)
            return _from_pieces(self._pieces, codes)
        return Column(self._room[: self._size], objects(list(self._texts)[1:]))


def columns(coders: Sequence[Coder | None]) -> tuple[Column | None, ...]:
    """The finished columns of a table, long ones by several threads."""
    taken = [coder for coder in coders if coder is not None]
    made = iter((ahead if taken and taken[0].rows > MANY else map)(Coder.column, taken))
    return tuple(None if coder is None else next(made) for coder in coders)


def _from_pieces(pieces: Sequence[Texts | list[str]], codes: Codes) -> Column:
    """A column of texts that are mostly different: a code for each row."""
    if all(isinstance(piece, Texts) and piece.separator == USUAL for piece in pieces):
        return _one_each(Texts.joined([piece for piece in pieces if isinstance(piece, Texts)]), codes)
    texts = [t.strip() for piece in pieces for t in (piece.tolist() if isinstance(piece, Texts) else piece)]
    packed = Texts.of(texts)
    if packed is not None:
        return _one_each(packed, codes)
    codes[:] = np.arange(len(texts))
    codes[[place for place, text in enumerate(texts) if not text]] = -1
    return Column(codes, objects(texts))


def one_each(texts: Texts) -> Column:
    """A column with a text for each row, stripped; empty ones are missing."""
    return _one_each(texts.stripped(), np.empty(len(texts), dtype=np.int32))


def _one_each(texts: Texts, codes: Codes) -> Column:
    start = 0
    for piece in texts.pieces():
        numbers = np.arange(start, start + len(piece), dtype=np.int32)
        codes[start : start + len(piece)] = np.where(piece.lengths > 0, numbers, np.int32(-1))
        start += len(piece)
    return Column(codes, cast("npt.NDArray[Any]", texts))


def filled(column: Column, other: Column) -> Column:
    """A column whose missing cells are those of another."""
    values = [*column.values.tolist(), *other.values.tolist()]
    further = np.where(other.codes >= 0, other.codes + len(column.values), np.int32(-1))
    return recoded(np.where(column.codes >= 0, column.codes, further).astype(np.int32), values)


def recoded(codes: Codes, values: Sequence[Any]) -> Column:
    """A column whose codes now stand for `values`: equal values share a code, `None` is missing."""
    new, held = _renumbered(values)
    return Column(codes if new is None else new[codes], objects(held))


def _renumbered(values: Sequence[Any]) -> tuple[Codes | None, list[Any]]:
    """The new code of each value and of none, or None if all stay; and the values that are left."""
    places: dict[Any, int] = {}
    new = np.fromiter(
        (*(-1 if v is None else places.setdefault((type(v), v), len(places)) for v in values), -1),
        dtype=np.int32,
        count=len(values) + 1,
    )
    same = len(places) == len(values) and bool((new[:-1] == np.arange(len(values))).all())
    return None if same else new, [value for _, value in places]


def in_use(column: Column) -> list[Any]:
    """The column's distinct values, `None` for those that no record holds."""
    found = np.zeros(len(column.values) + 1, dtype=bool)
    values: list[Any] = column.values.tolist()
    # Of few different values the first records mostly hold all.
    for start in range(0, len(column), MANY):
        found[column.codes[start : start + MANY]] = True
        if found[:-1].all():
            return values
    return [v if u else None for v, u in zip(values, found[:-1].tolist(), strict=True)]


def unmasked(raw: Column) -> tuple[Column, list[int]]:
    """The column with exporters' masks undone, and the codes whose text that changed."""
    held: Any = raw.values
    if isinstance(held, Stamps) or (isinstance(held, Texts) and not may_mask(held.data)):
        return raw, []
    texts = held.tolist()
    places = _masked(texts)
    if not places:
        return raw, []
    values = raw.values.copy()
    for place in places:
        values[place] = unmasked_text(texts[place])
    packed = Texts.of(values.tolist()) if isinstance(raw.values, Texts) else None
    return Column(raw.codes, values if packed is None else cast("npt.NDArray[Any]", packed)), places


def unmasked_text(text: str) -> str:
    """A text with an exporter's mask undone."""
    return text[1:].replace("\\|", "|").strip() or text if MASKED.match(text) else text


def may_mask(text: str | bytes | bytearray) -> bool:
    """Whether a text may hold a masked cell at all: a quick look at a whole file."""
    if isinstance(text, str):
        return "'" in text and MASKED.search(text) is not None
    return b"'" in text and MASK.search(text) is not None


def _masked(texts: Iterable[Any]) -> list[int]:
    return [i for i, t in enumerate(texts) if type(t) is str and t[:1] == "'" and MASKED.match(t)]
