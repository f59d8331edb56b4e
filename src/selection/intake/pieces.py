"""A regular text file becomes coded columns piece by piece, by a fast parser or by numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from selection.intake.coding import Coder, may_mask
from selection.intake.contents import Content
from selection.intake.cutting import cut
from selection.intake.parsers import installed, parse, strict
from selection.intake.regularity import look_at
from selection.threads import ahead

#: Room that is not used is never touched, and so costs nothing.
SLACK: Final = 1.02

#: A parser needs some time for each column and piece, so wider tables are cut without one.
WIDEST: Final = 200


def read_pieces(content: Content, start: int, separator: str, coders: Sequence[Coder | None]) -> bool | None:
    """Hand all cells to the coders, and say whether one may be masked; None as soon as something is not regular."""
    fast = 2 <= len(coders) <= WIDEST and installed()
    masks, begun = False, False

    def read(piece: bytes | bytearray | None) -> tuple[bool | None, list[Coder | None], int]:
        own = [coder and coder.another() for coder in coders]
        if piece is None:
            return None, own, 0
        size, found = len(piece), (_parsed if fast else _cut)(piece, separator, own)
        content.give_back(piece)
        return found, own, size

    for found, read_from, size in ahead(read, content.pieces(start)):
        if found is None:
            return None
        masks = masks or found
        if not begun and size < content.size - start:
            _make_room(coders, read_from, (content.size - start) / size)
        begun = True
        for coder, own in zip(coders, read_from, strict=True):
            if coder is not None and own is not None:
                coder.take_over(own)
    return masks


def _make_room(coders: Sequence[Coder | None], first: Sequence[Coder | None], times: float) -> None:
    """Room for the codes of all rows, if the others are about as long as those of the first piece."""
    taken = [coder for coder in coders if coder is not None]
    rows = next((coder.rows for coder in first if coder is not None), 0)
    room = np.empty((len(taken), int(rows * times * SLACK)), dtype=np.int32)
    for coder, codes in zip(taken, room, strict=True):
        coder.make_room(codes)


def _cut(piece: bytes | bytearray, separator: str, coders: Sequence[Coder | None]) -> bool | None:
    return cut(piece, ord(separator), coders)


def _parsed(piece: bytes | bytearray, separator: str, coders: Sequence[Coder | None]) -> bool | None:
    look = look_at(piece, ord(separator), len(coders), strict=strict())
    if look is None:
        return None
    if look.returns_in_cells:
        piece = piece.replace(b"\r\n", b"\n")
    if not parse(piece, look, separator, coders):
        return _cut(piece, separator, coders)
    return may_mask(piece)
