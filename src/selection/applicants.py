"""One applicant, typed and frozen, and the pool of them as columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AliasChoices, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from selection.vocabulary import PERSONAL

#: A cell as rules see it. `None` is missing; several values are a sorted tuple of words.
type_of_values = str | int | Decimal | bool | date | datetime | tuple[str, ...]


def _words(value: Any) -> Any:
    """One word or several, sorted, each once."""
    if isinstance(value, str):
        return (value,)
    several = isinstance(value, (list, tuple, set, frozenset)) and all(isinstance(one, str) for one in value)
    return tuple(sorted(set(value))) or None if several else value


class Applicant(BaseModel):
    """One registration. Only `id` is required; any further key is an attribute of the call's own."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, hide_input_in_errors=True)

    id: str = Field(min_length=1)
    name: str | None = Field(default=None, repr=False)
    email: str | None = Field(default=None, repr=False)
    country: str | None = None
    residence: str | None = Field(
        default=None, validation_alias=AliasChoices("residence", "country_of_residence", "residence_country")
    )
    citizenship: str | None = None
    employer_country: str | None = None
    role: str | None = None
    sector: Annotated[tuple[str, ...] | None, BeforeValidator(_words)] = Field(
        default=None, validation_alias=AliasChoices("sector", "sectors")
    )
    function: str | None = None
    organisation: str | None = Field(
        default=None, validation_alias=AliasChoices("organisation", "organization", "employer")
    )
    submitted_at: AwareDatetime | None = None

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """The fields known here, without name and e-mail; attributes may hold anything, so none is shown."""
        shown = type(self).model_fields.items()
        return ((name, getattr(self, name)) for name, field in shown if field.repr and getattr(self, name) is not None)


@dataclass(frozen=True, eq=False, repr=False)
class Column:
    """A field of the pool: for each applicant the place of its value in `values`, -1 where it is missing.

    `codes` int32 of shape (applicants,); `values` an object array (any `type_of_values`, mostly distinct) or, for
    times, a `datetime64[us]` array in UTC.
    """

    codes: npt.NDArray[np.int32]
    values: npt.NDArray[Any]

    @classmethod
    def of(cls, cells: list[Any]) -> Column:
        """Build a column from one Python value per applicant (`None` is missing)."""
        places: dict[Any, int] = {}
        codes = np.fromiter(
            (-1 if c is None else places.setdefault((type(c), c), len(places)) for c in cells),
            dtype=np.int32,
            count=len(cells),
        )
        return cls(codes, objects([value for _, value in places]))

    def __len__(self) -> int:
        return len(self.codes)

    def value(self, code: int) -> Any:
        """The Python value behind a code; times come back as aware datetimes."""
        if code < 0:
            return None
        found = self.values[code]
        if isinstance(found, np.datetime64):
            moment = found.astype("datetime64[us]").item()
            return None if moment is None else moment.replace(tzinfo=UTC)
        return found

    def at(self, row: int) -> Any:
        """The value of the applicant at this place, `None` if missing."""
        return self.value(int(self.codes[row]))

    def python_values(self) -> list[Any]:
        """All values behind the codes, as Python objects."""
        if self.values.dtype == object:
            return list(self.values.tolist())
        moments = self.values.astype("datetime64[us]").tolist()
        return [None if moment is None else moment.replace(tzinfo=UTC) for moment in moments]


def objects(values: list[Any]) -> npt.NDArray[Any]:
    """A one-dimensional object array, also where the values are tuples."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@dataclass(frozen=True, eq=False, repr=False)
class Pool:
    """All applicants of a call as columns: one entry per applicant, duplicates included.

    `ids` object array of distinct-or-duplicate ids; `rows` each applicant's row number in its source;
    `duplicate_of` the place of the applicant that stands instead, or -1; `open_cells` why a cell could not be read:
    (row place, field) -> sentence, so that an incomplete applicant can be told what was written there.
    """

    ids: npt.NDArray[Any]
    columns: Mapping[str, Column]
    rows: npt.NDArray[np.int64]
    duplicate_of: npt.NDArray[np.int64]
    open_cells: Mapping[tuple[int, str], str] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        shown = ", ".join(sorted(self.columns.keys() - PERSONAL))
        return f"Pool({len(self):,} applicants; fields: {shown})"

    def __iter__(self) -> Iterator[Applicant]:
        return (self.applicant(row) for row in range(len(self)))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each id stands; of several registrations with one id, the one that stands."""
        order = np.argsort(self.duplicate_of < 0, kind="stable")
        return MappingProxyType(dict(zip(self.ids[order].tolist(), order.tolist(), strict=True)))

    def applicant(self, row: int) -> Applicant:
        """The applicant at this place as a record."""
        cells = {name: column.at(row) for name, column in self.columns.items()}
        return Applicant.model_validate({"id": self.ids[row], **{k: v for k, v in cells.items() if v is not None}})

    @cached_property
    def sha256(self) -> str:
        """Hash of the pool that does not depend on the order of its rows: ids sorted, then field by field."""
        return pool_hash(self)


def pool_hash(pool: Pool) -> str:
    """SHA-256 over the pool sorted by id (and, for repeated ids, by content), field by field in name order.

    Names and e-mail addresses take part, so that a record proves which table was used without holding any of it.
    """
    names = sorted(pool.columns)
    ids = pool.ids.tolist()
    order = sorted(range(len(ids)), key=ids.__getitem__)
    if len(set(ids)) < len(ids):
        texts = [_texts(pool.columns[name]) for name in names]
        order.sort(key=lambda place: (ids[place], [cells[place] for cells in texts]))
    digest = hashlib.sha256()
    for name in ("id", *names):
        one_each = pool.ids if name == "id" else _texts(pool.columns[name])
        digest.update(f"{name}\x1d{_joined(one_each[order].tolist())}\x1e".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _joined(texts: list[str]) -> str:
    """The texts as one from which each can be told: by a separator, or as JSON where some text holds a separator."""
    joined = "\x1f".join(texts)
    apart = joined.count("\x1f") == max(len(texts) - 1, 0) and "\x1d" not in joined and "\x1e" not in joined
    return joined if apart else f"\x1d{json.dumps(texts, ensure_ascii=False)}"


def _texts(column: Column) -> npt.NDArray[Any]:
    """One text per applicant; missing is the empty text, a present value never is."""
    if column.values.dtype == object:
        words = [f"={v}" if type(v) is str else f"={canonical_text(v)}" for v in column.values.tolist()]
    else:
        moments = column.values.astype("datetime64[us]").tolist()
        words = ["" if moment is None else f"={moment.isoformat()}+00:00" for moment in moments]
    return objects([*words, ""])[column.codes]


def canonical_text(value: Any) -> str:
    """The one spelling of a value: numbers without trailing zeros, times in UTC, several values sorted."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return _number_text(value)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo is not None else value).isoformat()
    if isinstance(value, tuple):
        return "|".join(sorted(value))
    return str(value)


def _number_text(value: Decimal) -> str:
    """Every digit and no more, whatever the precision of the moment; very large and small ones with an exponent."""
    if not value:
        return "0"
    if value.is_finite() and abs(value.adjusted()) > 1000:
        return str(value.normalize(Context(prec=len(value.as_tuple().digits), Emax=MAX_EMAX, Emin=MIN_EMIN)))
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
