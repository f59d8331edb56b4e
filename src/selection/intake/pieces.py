"""A regular text file becomes coded columns piece by piece, by a fast parser or by numpy alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from selection.intake.coding import Coder, may_mask
from selection.intake.cutting import cut
from selection.intake.parsers import installed, parse, strict
from selection.intake.regularity import look_at
from selection.threads import ahead

#: A parser needs some time for each column and piece, so wider tables are cut without one.
WIDEST: Final = 200


def read_pieces(pieces: Iterable[bytes | None], separator: str, coders: Sequence[Coder | None]) -> bool | None:
    """Hand all cells to the coders, and say whether one may be masked; None as soon as something is not regular."""
    fast = 2 <= len(coders) <= WIDEST and installed()
    masks = False

    def read(piece: bytes | None) -> tuple[bool | None, list[Coder | None]]:
        own = [coder and Coder(coder.apart) for coder in coders]
        return None if piece is None else (_parsed if fast else _cut)(piece, separator, own), own

    for found, read_from in ahead(read, pieces):
        if found is None:
            return None
        masks = masks or found
        for coder, own in zip(coders, read_from, strict=True):
            if coder is not None and own is not None:
                coder.take_over(own)
    return masks


def _cut(piece: bytes, separator: str, coders: Sequence[Coder | None]) -> bool | None:
    return cut(piece, ord(separator), coders)


def _parsed(piece: bytes, separator: str, coders: Sequence[Coder | None]) -> bool | None:
    look = look_at(piece, ord(separator), len(coders), strict=strict())
    if look is None:
        return None
    if look.returns_in_cells:
        piece = piece.replace(b"\r\n", b"\n")
    if not parse(piece, look, separator, coders):
        return _cut(piece, separator, coders)
    return may_mask(piece)
