"""Written cells become lines: of a long table by pyarrow or polars, the one already open first, else by Python."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection import arrow
from selection.applicants import Column, objects
from selection.texts import Texts

#: A part of each line: a text for each row, by its code or as an object array, or whole numbers of which -1 is none.
Part = Column | npt.NDArray[Any]
Slices = Callable[[slice], bytes]

ROWS_AT_ONCE: Final = 131_072

#: A table of fewer rows is written before another library is opened.
LONG: Final = 20_000


def joined(parts: Sequence[Part]) -> Iterator[bytes]:
    """The lines of a table piece by piece, commas between the parts of each; the same bytes whoever joins them."""
    rows = len(parts[0])
    join = _joiner(list(map(encodable, parts)), rows)
    for start in range(0, rows, ROWS_AT_ONCE):
        yield join(slice(start, start + ROWS_AT_ONCE))


def _joiner(parts: Sequence[Part], rows: int) -> Slices:
    if rows >= LONG:
        joiners = {"pyarrow": by_pyarrow, "polars": by_polars}
        for name in sorted(joiners, key=lambda name: sys.modules.get(name) is None):
            if find_spec(name) is not None:
                return joiners[name](parts)
    return by_python(parts)


def encodable(part: Part) -> Part:
    """The texts as Unicode: half a character is written as its number."""
    if isinstance(part, Column):
        return Column(part.codes, _unicode(part.values))
    return _unicode(part) if part.dtype == object else part


def _unicode(held: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if isinstance(held, Texts):
        return held
    texts = held.tolist()
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return objects([text.encode("utf-8", "backslashreplace").decode() for text in texts])
    return held


def by_polars(parts: Sequence[Part]) -> Slices:
    """Lines as polars writes them."""
    import polars

    def series(part: Part) -> Any:
        held = part.values if isinstance(part, Column) else part
        if held.dtype == object:
            return polars.Series(held.tolist(), dtype=polars.String)
        return polars.select(polars.when(polars.lit(held) >= 0).then(polars.lit(held))).to_series()

    made = [series(part) for part in parts]

    def join(rows: slice) -> bytes:
        cut = [
            one.gather(part.codes[rows]) if isinstance(part, Column) else one[rows]
            for one, part in zip(made, parts, strict=True)
        ]
        written = io.BytesIO()
        frame = polars.DataFrame([one.alias(str(place)) for place, one in enumerate(cut)])
        frame.write_csv(written, include_header=False, quote_style="never")
        return written.getvalue()

    return join


def by_pyarrow(parts: Sequence[Part]) -> Slices:
    """Lines as the memory behind joined texts of pyarrow."""
    import pyarrow
    from pyarrow import compute as functions

    compute: Any = functions  # its functions are made while it is imported, where no type checker looks
    nothing = arrow.text("")

    def array(part: Part) -> Any:
        held = part.values if isinstance(part, Column) else part
        if held.dtype == object:
            return _large(held)
        return compute.fill_null(compute.cast(arrow.numbers(held, held < 0), pyarrow.large_string()), nothing)

    made = [array(part) for part in parts]

    def join(rows: slice) -> bytes:
        cut = [
            one.take(arrow.numbers(part.codes[rows])) if isinstance(part, Column) else one[rows]
            for one, part in zip(made, parts, strict=True)
        ]
        commas = compute.binary_join_element_wise(*cut, arrow.text(","))
        lines = compute.binary_join_element_wise(commas, nothing, arrow.text("\n"))
        return bytes(memoryview(lines.buffers()[2])[: _end(lines)])

    return join


def _large(texts: npt.NDArray[Any]) -> Any:
    import pyarrow

    packed = Texts.of(texts)
    return pyarrow.array(texts.tolist(), type=pyarrow.large_string()) if packed is None else arrow.texts(packed)


def _end(lines: Any) -> int:
    """Where the last of them ends."""
    return int(np.frombuffer(lines.buffers()[1], dtype=np.int64)[len(lines)])


def by_python(parts: Sequence[Part]) -> Slices:
    """Lines joined one by one."""

    def texts(part: Part, rows: slice) -> list[Any]:
        if isinstance(part, Column):
            return list(part.values[part.codes[rows]])
        cells: list[Any] = part[rows].tolist()
        return cells if part.dtype == object else ["" if number < 0 else str(number) for number in cells]

    def join(rows: slice) -> bytes:
        lines = zip(*(texts(part, rows) for part in parts), strict=True)
        return ("\n".join(map(",".join, lines)) + "\n").encode()

    return join
