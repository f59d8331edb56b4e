"""Regular text files read by pyarrow or polars where one is installed: coded columns without a look at each cell."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from selection import arrow
from selection.intake.coding import Coder
from selection.intake.regularity import Look, number_of
from selection.texts import USUAL, Texts


def installed() -> bool:
    """Whether there is a fast parser."""
    return strict() or find_spec("polars") is not None


def strict() -> bool:
    """Whether the parser itself refuses a record of another width: pyarrow does, polars fills a short one up."""
    return find_spec("pyarrow") is not None


def parse(piece: bytes | bytearray, look: Look, separator: str, coders: Sequence[Coder | None]) -> bool:
    """Hand the cells of regular records to the coders; False where the parser refuses them. pyarrow codes faster."""
    return (_by_pyarrow if strict() else _by_polars)(piece, look, separator, coders)


def _by_polars(piece: bytes | bytearray, look: Look, separator: str, coders: Sequence[Coder | None]) -> bool:
    """A record that is longer than the schema is an error; with the right number of separators none is shorter then."""
    import polars

    read = [place for place, coder in enumerate(coders) if coder is not None]
    kinds = [polars.String if coder is None or coder.apart else polars.Categorical for coder in coders]
    try:
        frame = polars.read_csv(
            bytes(piece),
            separator=separator,
            has_header=False,
            columns=read,
            schema={str(place): kind for place, kind in enumerate(kinds)},
        )
    except polars.exceptions.PolarsError:
        return False
    if len(frame) != look.records or frame.width != len(read):
        return False
    for number, coder in enumerate(filter(None, coders)):
        add_polars(coder, frame[:, number])
    return True


def add_polars(coder: Coder, series: Any) -> None:
    """Hand the texts of a polars series to a coder."""
    import polars

    if coder.apart:
        texts = packed(series)
        if texts is None:
            coder.add(series.fill_null("").to_list())
        else:
            coder.add_packed(texts)
        return
    coded = series if series.dtype == polars.Categorical else series.cast(polars.Categorical)
    numbers, distinct, some = coded.to_physical(), coded.unique(), bool(series.null_count())
    if some:
        distinct = distinct.drop_nulls()
    held = distinct.to_physical().to_numpy()
    # The number of a text, in a table that polars shares among all columns, becomes its place among those here.
    places = np.full(int(held.max(initial=0)) + 2, -1, dtype=np.int32)
    places[held] = np.arange(len(held), dtype=np.int32)
    codes = places[(numbers.fill_null(len(places) - 1) if some else numbers).to_numpy()]
    coder.add_coded(distinct.cast(polars.String).to_list(), codes)


def packed(series: Any) -> Texts | None:
    """The texts of a polars series in one piece, empty where there is none; None where that cannot be."""
    import polars

    joined = (series.fill_null("") if series.null_count() else series).str.join(USUAL)
    texts = Texts(joined.cast(polars.Binary).item() + USUAL.encode() if len(series) else b"")
    return texts if len(texts) == len(series) else None


def _by_pyarrow(piece: bytes | bytearray, look: Look, separator: str, coders: Sequence[Coder | None]) -> bool:
    import pyarrow
    from pyarrow import csv

    names = [str(place) for place in range(len(coders))]
    coded = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    kinds = {True: pyarrow.large_string(), False: coded}
    types = {name: kinds[coder.apart] for name, coder in zip(names, coders, strict=True) if coder is not None}
    try:
        table = csv.read_csv(
            pyarrow.BufferReader(piece),
            # The pieces are read by threads of our own.
            read_options=csv.ReadOptions(column_names=names, block_size=len(piece), use_threads=False),
            parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=look.lines_in_cells),
            # The whole piece is known to be UTF-8.
            convert_options=csv.ConvertOptions(
                include_columns=[*types], column_types=types, strings_can_be_null=False, check_utf8=False
            ),
        )
    except pyarrow.ArrowInvalid:
        return False
    if len(table) != look.records:
        return False
    for number, coder in enumerate(filter(None, coders)):
        add_arrow(coder, table.column(number))
    return True


def add_arrow(coder: Coder, chunks: Any) -> None:
    """Hand a pyarrow column of texts, or of a dictionary of texts, to a coder."""
    import pyarrow
    import pyarrow.compute

    # Made at run time from the registry of functions, so that no checker of types knows them.
    compute: Any = pyarrow.compute
    if coder.apart:
        large = pyarrow.large_string()
        cells = chunks if chunks.type == large else chunks.cast(large)
        cells = compute.fill_null(cells, arrow.text("")) if cells.null_count else cells
        # A list of all texts of a piece is joined into one.
        pieces = [piece for piece in cells.chunks if len(piece)]
        joined = [compute.binary_join(arrow.listed(piece), arrow.text(USUAL))[0].as_buffer() for piece in pieces]
        data = USUAL.encode().join([*joined, b""])
        if number_of(np.frombuffer(data, dtype=np.uint8), ord(USUAL)) == len(chunks):
            coder.add_packed(Texts(data, ends=arrow.ends(pieces)))
        else:
            coder.add(cells.to_pylist())
        return
    whole = chunks if pyarrow.types.is_dictionary(chunks.type) else chunks.dictionary_encode()
    whole = whole.chunk(0) if whole.num_chunks == 1 else whole.combine_chunks()
    whole = whole.unify_dictionaries().combine_chunks() if isinstance(whole, pyarrow.ChunkedArray) else whole
    indices = whole.indices.fill_null(-1) if whole.indices.null_count else whole.indices
    coder.add_coded(whole.dictionary.to_pylist(), arrow.held(indices).astype(np.int32, copy=False))
