"""Each applicant's id: as it stands in the table, or made from the row's content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text, objects
from selection.intake.cells import checked
from selection.intake.findings import Ledger, Trouble
from selection.intake.forms import FieldForm
from selection.intake.frames import Unreadable
from selection.texts import Texts

SHORT, LONG = 12, 64
ADDRESSES: Final = "Some ids look like e-mail addresses. Ids stand in public lists; read them from another column."

#: So many signs of its content tell applicants apart who share a number.
PART = 8


def read_ids(
    raw: Column | None, field: FieldForm | None, content: Mapping[str, Column], ledger: Ledger
) -> npt.NDArray[Any]:
    """The ids of all applicants; rows without one get an id made from their content, and a finding says so."""
    size = len(ledger.rows)
    if raw is None or field is None:
        if size:
            said = f"The table has no column of ids: {size:,} ids were made from the content of the rows."
            ledger.note("ids_made", said, "changed")
        return made_ids(content, np.arange(size))
    heading = field.headings[0]
    packed = _packed(raw, field)
    if packed is not None:
        if packed.holds(b"@"):
            ledger.note("id_is_address", ADDRESSES, "kept", column=heading)
        return cast("npt.NDArray[Any]", packed)
    texts, troubles = _texts(raw, field)
    ledger.report("id", heading, raw, troubles)
    if "@" in "".join(filter(None, texts)):
        ledger.note("id_is_address", ADDRESSES, "kept", column=heading)
    ids = objects([*texts, None])[raw.codes]
    lacking = np.array([*(text is None for text in texts), True], dtype=bool) if troubles else raw.codes < 0
    empty = np.flatnonzero(lacking[raw.codes] if troubles else lacking)
    if len(empty):
        ids[empty] = made_ids(content, empty)
        for place in empty.tolist():
            said = f"The id is missing; {ids[place]} was made from the content of the row."
            ledger.note("id_missing", said, "changed", row=int(ledger.rows[place]), column=heading)
            ledger.open_cells.pop((place, "id"), None)
    return ids


def _packed(raw: Column, field: FieldForm) -> Texts | None:
    """The ids in one piece where every row has one and nothing has to be filled up; else None."""
    texts: Any = raw.values
    if not isinstance(texts, Texts) or field.width or len(texts) != len(raw) or (raw.codes < 0).any():
        return None
    if not field.prefix or not len(texts):
        return texts
    end, prefix = texts.separator.encode(), field.prefix.encode("utf-8", "surrogatepass")
    if end in prefix:
        return None
    return Texts(prefix + texts.data[:-1].replace(end, end + prefix) + end, texts.separator)


def told_apart(
    ids: npt.NDArray[Any], field: FieldForm | None, content: Mapping[str, Column], ledger: Ledger
) -> npt.NDArray[Any]:
    """The ids where several applicants share one, as those of one order do: each with a part of its own after it."""
    if field is None or field.apart is None:
        return ids
    seen: dict[str, list[int]] = {}
    for place, text in enumerate(ids.tolist()):
        seen.setdefault(text, []).append(place)
    shared = np.array([place for places in seen.values() if len(places) > 1 for place in places], dtype=np.int64)
    if not len(shared):
        return ids
    parts = [made.removeprefix("row-")[:PART] for made in made_ids(content, shared).tolist()]
    if field.apart:
        column = content[f"id.{field.apart[0]}"]
        known = [column.at(place) for place in shared.tolist()]
        parts = [part if text is None else canonical_text(text) for part, text in zip(parts, known, strict=True)]
    told = objects(ids.tolist())
    told[shared] = objects([f"{ids[place]}-{part}" for place, part in zip(shared.tolist(), parts, strict=True)])
    said = f"{len(shared):,} registrations share the number of an order; what follows it tells them apart."
    ledger.note("shared_ids", said, "changed", column=field.headings[0])
    return told


def _texts(raw: Column, field: FieldForm) -> tuple[list[str | None], dict[int, Trouble]]:
    values = raw.values.tolist()
    if isinstance(raw.values, Texts) or {*map(type, values)} <= {str}:
        return _with_prefix(_filled_up(values, field.width), field.prefix), {}
    troubles = {code: t for code, v in enumerate(values) if (t := _trouble(v)) is not None}
    texts = [None if code in troubles else _id(v, field) for code, v in enumerate(values)]
    return texts, troubles


def _filled_up(texts: list[str], width: int) -> list[str]:
    """Numbers with zeros before them, up to this width."""
    if width:
        for place, size in enumerate(map(len, texts)):
            if size < width and texts[place].isdecimal():
                texts[place] = texts[place].zfill(width)
    return texts


def _with_prefix(texts: list[str], prefix: str) -> list[str | None]:
    """The prefix before each text, all at one go where no text has several lines."""
    if not prefix or not texts:
        return list(texts)
    joined = prefix + f"\n{prefix}".join(texts)
    return list(joined.split("\n") if joined.count("\n") == len(texts) - 1 else map(prefix.__add__, texts))


def _trouble(value: Any) -> Trouble | None:
    if isinstance(value, tuple | bool | date | Unreadable):
        return Trouble("unreadable_id", "an id is a text or a whole number.", "changed")
    found = checked("id", value)
    return found and Trouble(found.code, found.sentence, "changed")


def _id(value: Any, field: FieldForm) -> str:
    text = canonical_text(value)
    return field.prefix + (text.zfill(field.width) if text.isdecimal() else text)


def made_ids(content: Mapping[str, Column], places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Ids for these rows: `row-` and the beginning of the SHA-256 of what stands in them, field by field."""
    if not len(places):
        return objects([])
    columns = [_raw_texts(name, content[name], places) for name in sorted(content)]
    whole = [
        hashlib.sha256("\x1e".join(cells).encode("utf-8", "surrogatepass")).hexdigest()
        for cells in _rows(columns, len(places))
    ]
    size = SHORT if len({h[:SHORT] for h in whole}) == len(set(whole)) else LONG
    return objects([f"row-{h[:size]}" for h in whole])


def _rows(columns: Sequence[list[str]], size: int) -> Any:
    return zip(*columns, strict=True) if columns else [()] * size


def _raw_texts(name: str, column: Column, places: npt.NDArray[Any]) -> list[str]:
    texts = objects([*(f"{name}={_raw_text(v)}" for v in column.values.tolist()), ""])
    found: list[str] = texts[column.codes[places]].tolist()
    return found


def _raw_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else canonical_text(value)
