"""Regular text files read by polars or pyarrow where one is installed: coded columns without a look at each cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

import numpy as np

from selection.applicants import Column
from selection.intake.coding import coded_texts, one_each
from selection.intake.regularity import Regular
from selection.texts import USUAL, Texts


def installed() -> bool:
    """Whether there is a fast parser."""
    return any(find_spec(name) is not None for name in ("polars", "pyarrow"))


@dataclass(frozen=True)
class Body:
    """The records of a regular file: where they begin, how wide they are, what of them is read."""

    data: bytes
    start: int
    separator: str
    width: int
    regular: Regular
    read: frozenset[int]
    apart: frozenset[int]


def parse(body: Body) -> list[Column | None] | None:
    """The columns that are read, those `apart` with a text for each record; None without a fast parser."""
    if body.regular.returns_in_cells:
        body = replace(body, data=body.data[body.start :].replace(b"\r\n", b"\n"), start=0)
    for parser in (_by_polars, _by_pyarrow):
        columns = parser(body)
        if columns is not None:
            known = dict(zip(sorted(body.read), columns, strict=True))
            return [known.get(place) for place in range(body.width)]
    return None


def _by_polars(body: Body) -> list[Column] | None:
    """A record that is longer than the schema is an error; with the right number of separators none is shorter then."""
    try:
        import polars
    except ImportError:
        return None
    try:
        one_line = body.data.count(b"\n", 0, body.start) == 1
        frame = polars.read_csv(
            body.data if one_line else body.data[body.start :],
            separator=body.separator,
            has_header=False,
            skip_rows=int(one_line),
            columns=sorted(body.read),
            schema={str(place): polars.String for place in range(body.width)},
        )
    except polars.exceptions.PolarsError:
        return None
    if len(frame) != body.regular.records or frame.width != len(body.read):
        return None
    return [polars_column(frame[:, number], place in body.apart) for number, place in enumerate(sorted(body.read))]


def polars_column(series: Any, apart: bool) -> Column:
    """A polars series of texts as a column."""
    import polars

    if apart:
        joined = series.fill_null("").str.join(USUAL).item().encode() + USUAL.encode() if len(series) else b""
        texts = Texts(joined)
        if len(texts) == len(series):
            return one_each(texts)
    distinct = series.unique().drop_nulls()
    codes = series.cast(polars.Enum(distinct)).to_physical().cast(polars.Int32).fill_null(-1).to_numpy()
    return coded_texts(codes, distinct.to_list())


def _by_pyarrow(body: Body) -> list[Column] | None:
    try:
        import pyarrow
        from pyarrow import csv
    except ImportError:
        return None
    names, places = [str(place) for place in range(body.width)], sorted(body.read)
    coded = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    types = {names[place]: pyarrow.string() if place in body.apart else coded for place in places}
    try:
        table = csv.read_csv(
            pyarrow.BufferReader(pyarrow.py_buffer(body.data).slice(body.start)),
            read_options=csv.ReadOptions(column_names=names),
            parse_options=csv.ParseOptions(
                delimiter=body.separator, newlines_in_values=body.regular.lines_in_cells, ignore_empty_lines=False
            ),
            convert_options=csv.ConvertOptions(
                include_columns=[names[place] for place in places], column_types=types, strings_can_be_null=False
            ),
        )
    except pyarrow.ArrowInvalid:
        return None
    if len(table) != body.regular.records:
        return None
    return [arrow_column(table.column(number), place in body.apart) for number, place in enumerate(places)]


def arrow_column(chunks: Any, apart: bool) -> Column:
    """A pyarrow column of texts, or of a dictionary of texts, as a column."""
    import pyarrow
    import pyarrow.compute

    # Made at run time from the registry of functions, so that no checker of types knows them.
    compute: Any = pyarrow.compute
    if apart:
        large = pyarrow.large_string()
        nothing, mark = pyarrow.scalar("", large), pyarrow.scalar(USUAL, large)
        ended = compute.binary_join_element_wise(compute.fill_null(chunks.cast(large), nothing), nothing, mark)
        texts = Texts(b"".join(map(_data, ended.chunks)))
        if len(texts) == len(chunks):
            return one_each(texts)
    whole = (chunks if pyarrow.types.is_dictionary(chunks.type) else chunks.dictionary_encode()).combine_chunks()
    whole = whole.unify_dictionaries().combine_chunks() if isinstance(whole, pyarrow.ChunkedArray) else whole
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return coded_texts(codes, whole.dictionary.to_pylist())


def _data(chunk: Any) -> bytes:
    """The bytes of all texts of a piece, one after the other."""
    if not len(chunk):
        return b""
    _, offsets, data = chunk.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
    return bytes(memoryview(data)[int(ends[0]) : int(ends[-1])])
