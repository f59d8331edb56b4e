"""One applicant, typed and frozen, and the pool of them as columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AliasChoices, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from selection.keys import hashes_of, order_of
from selection.texts import Texts
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

    if TYPE_CHECKING:  # attributes of the call's own are keywords like any other

        def __init__(self, *, id: str, **fields: Any) -> None: ...

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """The fields known here, without name and e-mail; attributes may hold anything, so none is shown."""
        shown = type(self).model_fields.items()
        return ((name, getattr(self, name)) for name, field in shown if field.repr and getattr(self, name) is not None)


@dataclass(frozen=True, eq=False, repr=False)
class Column:
    """A field of the pool: for each applicant the place of its value in `values`, -1 where it is missing.

    `codes` int32 of shape (applicants,); `values` an object array (any `type_of_values`, mostly distinct) or, for
    times, a `datetime64[us]` array in UTC, or, for texts that are mostly different, `Texts`.
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
    (row place, field) -> sentence, so that an incomplete applicant can be told what was written there; `called` the
    spelling by which caps name an organisation, by its key, where that was found among more applicants than these.
    """

    ids: npt.NDArray[Any]
    columns: Mapping[str, Column]
    rows: npt.NDArray[np.int64]
    duplicate_of: npt.NDArray[np.int64]
    open_cells: Mapping[tuple[int, str], str] = field(default_factory=lambda: MappingProxyType({}))
    called: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

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
    Ids, names and addresses are hashed text by text; of any other field each distinct value once, sorted, and then for
    each applicant its number among them. Ids are sorted by length in UTF-8, then by their bytes.
    """
    names = sorted(pool.columns)
    order, repeated = _sorted_ids(pool.ids)
    if repeated:
        texts = [_texts(pool.columns[name]) for name in names]
        ids = [str(one).encode("utf-8", "surrogatepass") for one in pool.ids.tolist()]
        listed = sorted(range(len(ids)), key=lambda p: (len(ids[p]), ids[p], [cells[p] for cells in texts]))
        order = np.array(listed, dtype=np.int64)
    digest = hashlib.sha256(f"{len(pool)}".encode())
    for name in ("id", *names):
        digest.update(f"\x1e{name}\x1d".encode("utf-8", "surrogatepass"))
        for part in _written(pool, name, order):
            digest.update(part)
    return digest.hexdigest()


def _sorted_ids(ids: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], bool]:
    """The places of the ids in their order, and whether an id may stand more than once."""
    packed = Texts.of(ids)
    if packed is None:
        written = [one.encode("utf-8", "surrogatepass") for one in ids.tolist()]
        order = sorted(range(len(ids)), key=lambda place: (len(written[place]), written[place]))
        return np.array(order, dtype=np.int64), len(set(written)) < len(ids)
    placed, hashes = order_of(packed), hashes_of(packed)
    return placed, bool((hashes[placed[1:]] == hashes[placed[:-1]]).any())


def _written(pool: Pool, name: str, order: npt.NDArray[np.int64]) -> Iterator[bytes]:
    """What the hash reads of one field, the applicants in this order."""
    if name == "id":
        ids = Texts.of(pool.ids)
        yield from _one_by_one(pool.ids[order].tolist() if ids is None else ids.take(order))
        return
    column = pool.columns[name]
    codes = column.codes[order]
    moments = _moments(column)
    if moments is not None:
        yield b"times"
        yield np.append(moments, np.datetime64("NaT", "us"))[codes].astype("<i8").tobytes()
    elif name in PERSONAL:
        if isinstance(column.values, Texts) and _one_each(codes, column.values):
            yield from _one_by_one(column.values)
        else:
            texts: list[str] = objects([*_values_as_texts(column), ""])[codes].tolist()
            yield from _one_by_one(Texts.of(texts) or texts)
    else:
        yield from _by_value(column, codes)


def _one_each(codes: npt.NDArray[np.int32], texts: Texts) -> bool:
    """Whether the texts stand in this order for the applicants, empty where one has none."""
    if len(codes) != len(texts):
        return False
    return bool(((codes == np.arange(len(codes))) | ((codes < 0) & (texts.lengths == 0))).all())


def _one_by_one(texts: Texts | list[str]) -> Iterator[bytes]:
    """The length of each text in bytes, then all of them one after the other."""
    if isinstance(texts, Texts):
        yield from (texts.lengths.astype("<u4").tobytes(), texts.data.replace(texts.separator.encode(), b""))
        return
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    yield np.fromiter(map(len, written), dtype="<u4", count=len(written)).tobytes()
    yield b"".join(written)


def _by_value(column: Column, codes: npt.NDArray[np.int32]) -> Iterator[bytes]:
    """The distinct texts sorted, then for each applicant the number of theirs from 1, or 0 where it is missing."""
    held = np.zeros(len(column.values) + 1, dtype=bool)
    held[codes] = True
    texts = _values_as_texts(column)
    distinct = sorted({text for text, here in zip(texts, held[:-1].tolist(), strict=True) if here})
    number = {text: place for place, text in enumerate(distinct, start=1)}
    numbers = np.array([*(number.get(text, 0) for text in texts), 0], dtype="<u4")
    yield from _one_by_one(distinct)
    yield numbers[codes].tobytes()


def _values_as_texts(column: Column) -> list[str]:
    return [value if type(value) is str else canonical_text(value) for value in column.values.tolist()]


def _moments(column: Column) -> npt.NDArray[np.datetime64] | None:
    """The values as times in UTC if all of them are."""
    if column.values.dtype != object:
        return column.values.astype("datetime64[us]")
    if isinstance(column.values, Texts) or not len(column.values):
        return None
    values = column.values.tolist()
    if not all(isinstance(value, datetime) and value.tzinfo is not None for value in values):
        return None
    return np.array([value.astimezone(UTC).replace(tzinfo=None) for value in values], dtype="datetime64[us]")


def _texts(column: Column) -> npt.NDArray[Any]:
    """One text per applicant; missing is the empty text, a present value never is."""
    if column.values.dtype == object:
        words = [f"={text}" for text in _values_as_texts(column)]
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
