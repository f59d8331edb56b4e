"""Values of pyarrow made from buffers: made from numbers and texts of Python or numpy, it would open pandas first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.texts import Texts


def numbers(held: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None = None) -> Any:
    """An array of whole numbers, those flagged as `missing` null."""
    import pyarrow

    kind = pyarrow.from_numpy_dtype(held.dtype)
    known = None if missing is None else pyarrow.py_buffer(np.packbits(~missing, bitorder="little"))
    return pyarrow.Array.from_buffers(kind, len(held), [known, pyarrow.py_buffer(np.ascontiguousarray(held))])


def decimals(millionths: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_] | None = None) -> Any:
    """An array of decimals with six places, those flagged as `missing` null."""
    import pyarrow

    halves = np.stack([millionths, millionths >> 63], axis=1)
    known = None if missing is None else pyarrow.py_buffer(np.packbits(~missing, bitorder="little"))
    return pyarrow.Array.from_buffers(
        pyarrow.decimal128(38, 6), len(millionths), [known, pyarrow.py_buffer(np.ascontiguousarray(halves))]
    )


def millionths(decimals: Any) -> npt.NDArray[np.int64]:
    """The lower halves of decimals with six places and no nulls, which hold all of a score."""
    whole = np.frombuffer(decimals.buffers()[1], dtype=np.int64) if len(decimals) else np.zeros(0, dtype=np.int64)
    return whole[::2][decimals.offset : decimals.offset + len(decimals)]


def held(whole: Any) -> npt.NDArray[Any]:
    """The whole numbers of an array without nulls."""
    kind = np.dtype(str(whole.type))
    if not len(whole):
        return np.zeros(0, dtype=kind)
    return np.frombuffer(whole.buffers()[1], dtype=kind, count=len(whole), offset=whole.offset * kind.itemsize)


def texts(held: Texts) -> Any:
    """An array of large strings."""
    import pyarrow

    ends = np.append(0, np.cumsum(held.lengths)).astype(np.int64)
    data = held.data.replace(held.separator.encode(), b"")
    return pyarrow.LargeStringArray.from_buffers(len(held), pyarrow.py_buffer(ends), pyarrow.py_buffer(data))


def ends(pieces: Sequence[Any]) -> npt.NDArray[np.int64]:
    """Where each text of arrays of large strings ends, one after the other with a sign after each."""
    sizes = [
        np.diff(np.frombuffer(piece.buffers()[1], dtype=np.int64)[piece.offset :][: len(piece) + 1]) for piece in pieces
    ]
    return np.cumsum(np.concatenate([*sizes, np.zeros(0, dtype=np.int64)]) + 1) - 1


def parted(signs: npt.NDArray[np.uint8]) -> Any:
    """An array of large strings, each row of bytes one of them."""
    import pyarrow

    number, width = signs.shape
    ends = pyarrow.py_buffer(np.arange(number + 1) * width)
    return pyarrow.LargeStringArray.from_buffers(number, ends, pyarrow.py_buffer(np.ascontiguousarray(signs)))


def is_utf8(data: bytes | bytearray) -> bool:
    """Whether bytes are UTF-8, told without making a text of them."""
    import pyarrow

    ends = pyarrow.py_buffer(np.array([0, len(data)]))
    try:
        pyarrow.LargeStringArray.from_buffers(1, ends, pyarrow.py_buffer(data)).validate(full=True)
    except pyarrow.ArrowInvalid:
        return False
    return True


def text(said: str) -> Any:
    """One large string."""
    import pyarrow

    data = said.encode()
    ends = pyarrow.py_buffer(np.array([0, len(data)]))
    return pyarrow.LargeStringArray.from_buffers(1, ends, pyarrow.py_buffer(data))[0]


def listed(cells: Any) -> Any:
    """One list of all these large strings."""
    import pyarrow

    ends = numbers(np.array([0, len(cells)]))
    return pyarrow.LargeListArray.from_arrays(ends, cells)
