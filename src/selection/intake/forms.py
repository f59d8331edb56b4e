"""How one registration system's export maps to applicant fields: one TOML file, checked before any row is read."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from selection.errors import FormError, brief, did_you_mean, not_toml, toml
from selection.intake.mistakes import explain
from selection.intake.shipped import found_form, shipped_forms
from selection.vocabulary import COUNTRY_FIELDS

Kind = Literal["text", "number", "integer", "boolean", "date", "datetime"]

KNOWN_FIELDS: Final = (
    "id", "name", "email", *COUNTRY_FIELDS, "role", "sector", "function", "organisation", "submitted_at",
)  # fmt: skip

#: What a ticked box looks like in the languages registration systems export in.
YES: Final = ("y", "yes", "1", "true", "oui", "si", "sí", "x", "ja", "sim", "checked", "✓", "✔")
NO: Final = ("n", "no", "0", "false", "non", "nein", "não", "nao", "nee", "unchecked", "off", "-", "--")

#: Fields that have a type of their own; any other may be given one.
OWN_TYPE: Final = MappingProxyType({**dict.fromkeys(KNOWN_FIELDS, "text"), "submitted_at": "datetime"})


def _zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise ValueError(f"{brief(name)} is not a time zone.{did_you_mean(name, zoneinfo.available_timezones())}")
    return name


def _dates(value: Any) -> Any:
    from selection.intake.formats import checked_formats

    return checked_formats(value)


def _encoding(name: str) -> str:
    try:
        b"a".decode(name)
    except UnicodeError:
        return name
    except LookupError:
        near = did_you_mean(name, ("utf-8", "utf-16", "cp1252", "latin-1", "cp1251", "cp1256", "gb18030", "shift_jis"))
        raise ValueError(f"{brief(name)} is not a known encoding.{near}") from None
    return name


def _word(value: Any) -> Any:
    """Vocabulary words are text; a number written without quotes means the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("this must not be empty.")
    return text


Word = Annotated[str, BeforeValidator(_word)]
Dates = Annotated[str | Annotated[tuple[str, ...], Field(min_length=1)], BeforeValidator(_dates)]
Text = Annotated[str, AfterValidator(_not_empty)]


class Complete(BaseModel):
    """Which rows are complete submissions: those where a column is filled, or holds one of some values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Text
    also: tuple[Text, ...] = ()
    values: tuple[Word, ...] | None = None
    occurrence: int | None = Field(default=None, ge=1)
    optional: bool = False


class Section(BaseModel):
    """Which part of a file that holds several tables is read: it begins under one title and ends before another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begin: tuple[Text, ...] = Field(min_length=1)
    end: tuple[Text, ...] = ()


class Countries(BaseModel):
    """Which answers about a country text are taken without a person's word, and the names this call adds.

    `names` is a CSV file with the columns text and code, found from the form's own place; `aliases` the same within the
    form; a text that names one country in the file and another in the form is a mistake.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accept: tuple[Literal["exact", "alias", "contained"], ...] = ("exact", "alias", "contained")
    names: Text | None = None
    aliases: dict[str, Word] = Field(default_factory=dict)

    @property
    def source(self) -> str:
        """What the names of the call are called in its problems and records."""
        return f"the call's own names{f', {self.names}' if self.names else ''}"

    def beside(self, folder: Path) -> Self:
        """The same with the names of the file taken in; CountryDataError where a text or code is wrong."""
        from selection.countries import OwnNames

        OwnNames.of(self.aliases)
        return self if self.names is None else self.with_names(folder / self.names)

    def with_names(self, path: Path) -> Self:
        """The same with the names of another file taken in."""
        from selection.countries import OwnNames

        OwnNames.read(path)
        merged = {**OwnNames.answers(path), **self.aliases}
        OwnNames.of(merged)
        return self.model_copy(update={"names": Path(path).name, "aliases": merged})


class FieldForm(BaseModel):
    """Where one field of an applicant stands in the export, and how its cells are to be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Text | None = None
    also: tuple[Text, ...] = ()
    occurrence: int | None = Field(default=None, ge=1)
    optional: bool = False
    time_column: Text | None = None
    time_also: tuple[Text, ...] = ()
    then_column: Text | None = None
    then_also: tuple[Text, ...] = ()
    or_column: Text | None = None
    or_also: tuple[Text, ...] = ()
    apart: tuple[Text, ...] | None = None
    prefix: str = ""
    width: int = Field(default=0, ge=0, le=40)
    codes: Literal["alpha-2", "alpha-3", "numeric"] | None = None
    values: dict[str, Word] | None = None
    same: dict[str, Text] | None = None
    options: dict[str, Word] | None = None
    yes: tuple[Word, ...] | None = None
    no: tuple[Word, ...] | None = None
    split: Text | None = None
    type: Kind | None = None
    decimal: Literal[".", ","] = "."
    dates: Dates | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.column is None and not self.options:
            raise ValueError('say where it stands: column = "..." or options = { "heading" = "word" }.')
        if self.column is not None and self.options is not None:
            raise ValueError("column and options exclude each other: one cell, or one column per option.")
        if self.options is None and (self.yes is not None or self.no is not None) and self.type != "boolean":
            raise ValueError('yes and no belong to options, or to type = "boolean".')
        pairs = [(self.also, self.column), (self.time_also, self.time_column), (self.then_also, self.then_column)]
        if any(further and first is None for further, first in (*pairs, (self.or_also, self.or_column))):
            raise ValueError(
                "also, time_also, then_also and or_also are further headings of a column; it is not given."
            )
        seconds = [key for key in ("time_column", "then_column", "or_column") if getattr(self, key) is not None]
        if len(seconds) > 1 or (seconds and self.column is None):
            raise ValueError("time_column, then_column and or_column go with a column, and exclude each other.")
        if self.same is not None and (self.values is not None or self.options is not None or self.type is not None):
            raise ValueError("same belongs to a field of free text; where answers are mapped, add them to values.")
        if self.decimal == "," and self.type not in ("number", "integer"):
            raise ValueError('decimal belongs to type = "number".')
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading this field is read from."""
        seconds = (self.time_column, self.then_column, self.or_column, *(self.apart or ())[:1])
        return tuple(h for h in (self.column, *seconds, *(self.options or ())) if h is not None)

    @property
    def known_headings(self) -> tuple[str, ...]:
        """Every heading this field may stand under, in any language the form knows."""
        return (*self.headings, *self.also, *self.time_also, *self.then_also, *self.or_also, *(self.apart or ()))


class Form(BaseModel):
    """How one registration system's export maps to the fields of an applicant."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="A form: how an export maps to applicant fields")

    system: str = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    dates: Dates = "iso"
    duplicates: Literal["latest", "first"] = "latest"
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    sheet: Text | None = None
    skip_rows: int = Field(default=0, ge=0)
    section: Section | None = None
    complete: Complete | None = None
    countries: Countries = Field(default_factory=Countries)
    fields: dict[str, FieldForm] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        for name, field in self.fields.items():
            if field.codes is not None and name not in COUNTRY_FIELDS:
                raise ValueError(f"fields.{name}: codes belongs to a country field ({', '.join(COUNTRY_FIELDS)}).")
            if (field.prefix or field.width or field.apart is not None) and name != "id":
                raise ValueError(f"fields.{name}: prefix, width and apart belong to fields.id.")
            if name in OWN_TYPE and field.type not in (None, OWN_TYPE[name]):
                raise ValueError(f"fields.{name}: this field has a type of its own; leave out type = {field.type!r}.")
            if (field.options or field.split) and name in OWN_TYPE and name != "sector":
                raise ValueError(f"fields.{name}: options and split belong to sector and to attributes of the call.")
        return self

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        """A form from a mapping with the keys of the file; a mistake is a FormError."""
        return cls._validated(obj, None, **how)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a form from a TOML file, or one of the shipped forms by the name of its system (`pretix`).

        Every mistake is answered with file, key and the nearest right word.
        """
        path = found_form(Path(path))
        try:
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            near = did_you_mean(path.name, [*_names_in(path.parent), *shipped_forms()])
            raise FormError("form_not_found", f"There is no form {str(path)!r}.{near}", file=str(path)) from None
        except OSError as error:
            raise FormError("form_unreadable", f"{path}: cannot be read ({error.strerror}).", file=str(path)) from None
        except UnicodeDecodeError as error:
            raise FormError("bad_toml", f"{path}: this is not valid TOML: {error}.", file=str(path)) from None
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str = "form") -> Self:
        """The form of TOML text that is kept elsewhere than in a file; mistakes are said of `source`."""
        try:
            data = toml(text)
        except (ValueError, RecursionError) as error:
            raise FormError("bad_toml", not_toml(f"{source}: this", text, error), file=source) from None
        if "capacity" in data and "fields" not in data:
            sentence = f"{source} is a policy, which says who gets the seats. A form says how an export is read."
            raise FormError("a_policy", sentence, file=source)
        return cls._validated(data, source)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of a form file."""
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **cls.model_json_schema()}

    @classmethod
    def _validated(cls, data: Any, file: str | None, **how: Any) -> Self:
        try:
            form = super().model_validate(data, **how)
        except ValidationError as error:
            raise explain(cls, error, file) from None
        countries = form.countries.beside(Path(file).parent if file else Path())
        return form if countries is form.countries else form.model_copy(update={"countries": countries})

    @property
    def headings(self) -> Mapping[str, str]:
        """Every heading the form names, and the key that names it."""
        named = {h: f"fields.{name}" for name, field in self.fields.items() for h in field.known_headings}
        if self.complete is not None:
            for heading in (self.complete.column, *self.complete.also):
                named.setdefault(heading, "complete")
        return named


def _names_in(folder: Path) -> list[str]:
    try:
        return [p.name for p in folder.iterdir()]
    except OSError:
        return []
