"""One registration as it comes from another program: whatever names its values, as a table of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from selection.applicants import Applicant


def registration(record: Any) -> Mapping[Any, Any] | None:
    """The fields of a mapping, an applicant or other pydantic model, a dataclass, a named tuple or a row of a database.

    None for anything that does not name its values.
    """
    if isinstance(record, Mapping):
        return record
    if isinstance(record, type):
        return None
    if isinstance(record, BaseModel):
        given = {**record.__dict__, **(record.__pydantic_extra__ or {})}
        return {k: v for k, v in given.items() if v is not None} if isinstance(record, Applicant) else given
    if is_dataclass(record):
        return {field.name: getattr(record, field.name) for field in fields(record)}
    for name in ("_asdict", "keys"):
        if callable(getattr(record, name, None)):
            return dict(record._asdict() if name == "_asdict" else {key: record[key] for key in record.keys()})  # noqa: SIM118
    return None
