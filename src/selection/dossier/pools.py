"""The pool as the folder keeps it: what the policy reads, without names and e-mail addresses, and back again."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, Pool, objects
from selection.errors import OutputError
from selection.texts import Texts
from selection.vocabulary import PERSONAL

FORMAT: Final = 2

#: How codes are written: whole numbers from 0 (missing) in as many bytes as the largest needs, as Base64.
WIDTHS: Final = (1, 2, 4)

_KIND: Final[Mapping[type, str]] = MappingProxyType(
    {str: "text", bool: "boolean", int: "integer", Decimal: "number", date: "day", datetime: "time", tuple: "words"}
)
_PLAIN: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {"number": str, "day": date.isoformat, "time": datetime.isoformat, "words": list}
)
_BACK: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {"number": Decimal, "day": date.fromisoformat, "time": datetime.fromisoformat, "words": tuple}
)


def read_fields(outcome: Any) -> frozenset[str]:
    """The columns of the pool behind the fields that the policy reads."""
    fields, columns = outcome.assessment.fields, outcome.intake.pool.columns
    read = {fields.basis(name) for name in outcome.policy.fields}
    countries = {fields.basis(name.rpartition(".")[0] or "country") for name in read - columns.keys() - {"id"}}
    return frozenset((read | countries) & columns.keys())


def pack(pool: Pool, fields: frozenset[str]) -> bytes:
    """These fields of the pool as canonical JSON; names and e-mail addresses never."""
    kept = sorted(fields - PERSONAL)
    duplicates = np.flatnonzero(pool.duplicate_of >= 0)
    table = {
        "format": FORMAT,
        "ids": _packed_ids(pool.ids),
        "rows": _numbers(pool.rows),
        "duplicates": [[int(place), int(pool.duplicate_of[place])] for place in duplicates],
        "columns": {name: _packed(pool.columns[name]) for name in kept},
        "open_cells": sorted([place, name, said] for (place, name), said in pool.open_cells.items() if name in kept),
    }
    return json.dumps(table, sort_keys=True, separators=(",", ":")).encode()


def compress(data: bytes) -> bytes:
    """Compressed the same way each time: no time stamp."""
    return gzip.compress(data, compresslevel=1, mtime=0)


def unpack(compressed: bytes) -> Pool:
    """The pool of a folder."""
    try:
        table = json.loads(gzip.decompress(compressed))
        if table["format"] != FORMAT:
            sentence = f"The stored pool has the format {table['format']}; this version reads {FORMAT}."
            raise OutputError("other_format", sentence, format=table["format"])
        return _pool(table)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise OutputError("damaged_pool", "The stored pool cannot be read: it is damaged.") from error


def _pool(table: Mapping[str, Any]) -> Pool:
    ids = table["ids"] if isinstance(table["ids"], list) else table["ids"]["lines"].split("\n")
    duplicate_of = np.full(len(ids), -1, dtype=np.int64)
    for place, stands in table["duplicates"]:
        duplicate_of[place] = stands
    return Pool(
        ids=objects(ids),
        columns=MappingProxyType({name: _unpacked(column) for name, column in table["columns"].items()}),
        rows=_from_numbers(table["rows"]),
        duplicate_of=duplicate_of,
        open_cells=MappingProxyType({(place, name): said for place, name, said in table["open_cells"]}),
    )


def _packed(column: Column) -> dict[str, Any]:
    """A column by the values somebody holds, in plain JSON."""
    held = np.zeros(len(column.values) + 1, dtype=bool)
    held[column.codes] = True
    held[-1] = False
    number = np.append(np.cumsum(held[:-1]) - 1, -1)
    values = column.values[held[:-1]]
    codes = _packed_codes(number[column.codes], len(values))
    if values.dtype != object:
        return {"kind": "times", "values": _numbers(values.astype("datetime64[us]").astype(np.int64)), "codes": codes}
    kinds = sorted({_KIND[type(value)] for value in values.tolist()})
    if len(kinds) == 1:
        return {"kind": kinds[0], "values": [_plain(kinds[0], v) for v in values.tolist()], "codes": codes}
    mixed = [[kind := _KIND[type(value)], _plain(kind, value)] for value in values.tolist()]
    return {"kind": "mixed", "values": mixed, "codes": codes}


def _unpacked(column: Mapping[str, Any]) -> Column:
    codes = _unpacked_codes(column["codes"])
    kind, values = column["kind"], column["values"]
    if kind == "times":
        return Column(codes, _from_numbers(values).astype("datetime64[us]"))
    if kind == "mixed":
        return Column(codes, objects([_back(one, value) for one, value in values]))
    return Column(codes, objects([_back(kind, value) for value in values]))


def _packed_ids(ids: npt.NDArray[Any]) -> Any:
    """The ids as lines of one text where none of them has several."""
    if isinstance(ids, Texts) and ids.data and (lines := ids.parted_by("\n")) is not None:
        return {"lines": lines[:-1].decode()}
    listed = ids.tolist()
    joined = "\n".join(listed)
    return {"lines": joined} if listed and joined.count("\n") == len(listed) - 1 else listed


def _packed_codes(codes: npt.NDArray[Any], values: int) -> dict[str, Any]:
    width = next(width for width in WIDTHS if values < 256**width)
    return {"width": width, "base64": _base64((codes + 1).astype(f"<u{width}"))}


def _unpacked_codes(packed: Mapping[str, Any]) -> npt.NDArray[np.int32]:
    data = base64.b64decode(packed["base64"], validate=True)
    return np.frombuffer(data, dtype=f"<u{int(packed['width'])}").astype(np.int32) - np.int32(1)


def _numbers(numbers: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Whole numbers by the first and the steps between them, which are mostly small and alike."""
    steps = np.diff(numbers)
    small = not len(steps) or bool((steps >= -(2**31)).all() and (steps < 2**31).all())
    kind = "<i4" if small else "<i8"
    return {"first": numbers[:1].tolist(), "kind": kind, "steps": _base64(steps.astype(kind))}


def _from_numbers(packed: Mapping[str, Any]) -> npt.NDArray[np.int64]:
    steps = np.frombuffer(base64.b64decode(packed["steps"], validate=True), dtype=packed["kind"])
    first = np.array(packed["first"], dtype=np.int64)
    return np.cumsum(np.concatenate([first, steps.astype(np.int64)]), dtype=np.int64)


def _base64(numbers: npt.NDArray[Any]) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


def _plain(kind: str, value: Any) -> Any:
    return _PLAIN[kind](value) if kind in _PLAIN else value


def _back(kind: str, value: Any) -> Any:
    return _BACK[kind](value) if kind in _BACK else value
