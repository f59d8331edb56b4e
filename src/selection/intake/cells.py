"""One distinct cell value becomes a value of its field, or a sentence that says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from selection.applicants import canonical_text
from selection.errors import did_you_mean
from selection.intake.findings import SHOWN, Trouble, short
from selection.intake.forms import NO, YES, FieldForm, Form
from selection.intake.frames import Unreadable
from selection.intake.headings import folded
from selection.vocabulary import COUNTRY_FIELDS, PERSONAL, USUAL

if TYPE_CHECKING:
    from selection.countries import Resolution

#: What was read, and what is wrong with it; a trouble may keep the value.
Cell = tuple[Any, Trouble | None]
Reader = Callable[[Any], Cell]

NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
ALPHA3: Final = re.compile(r"[A-Z]{3}")
LARGEST: Final = 400
LONGEST_COUNTRY: Final = 300

#: So many different unmapped values get the nearest word; where there are more, the column is another one.
SUGGESTED: Final = 1000

#: Fields whose cells are words; a number there is a mistake.
WORDS: Final = frozenset({*PERSONAL, *COUNTRY_FIELDS, *USUAL, "organisation"})


def reader(name: str, field: FieldForm, form: Form) -> Reader | None:
    """How to read this field's distinct values; None if texts are to be kept as they stand."""
    if name in COUNTRY_FIELDS:
        return _country(field, form)
    read = _typed(field, form)
    if field.values is not None:
        return _after(_mapping(field.values), read)
    if field.same is not None:
        return _merging(field.same)
    if read is None and name in USUAL:
        return _mapping_to_vocabulary(USUAL[name])
    return read


def _typed(field: FieldForm, form: Form) -> Reader | None:
    match field.type:
        case "number":
            return _number(field.decimal)
        case "integer":
            return _integer(field.decimal)
        case "boolean":
            return _boolean(field)
        case "date":
            return _date(field.dates or form.dates)
        case "text":
            return _text
    return None


def checked(name: str, value: Any) -> Trouble | None:
    """What is wrong with a value from memory before it is read at all."""
    if isinstance(value, Unreadable):
        return Trouble("unreadable_value", f"a value of type {value} cannot stand in a field.")
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > LARGEST):
        return Trouble("not_finite", "this number is not finite, or too large or small to count with.")
    if isinstance(value, int) and value.bit_length() > 4 * LARGEST:
        return Trouble("not_finite", "this number is too large to count with.")
    if name in WORDS and isinstance(value, tuple) and name != "sector":
        return Trouble("several_values", "several values stand where one word is due.")
    if name in WORDS and not isinstance(value, str | tuple):
        return Trouble("not_a_word", f"{_quoted(name, value)}a {_kind(value)} stands where a word is due.")
    return None


def _quoted(name: str, value: Any) -> str:
    return "" if name in PERSONAL else f"{short(value)!r}: "


def _kind(value: Any) -> str:
    return "time" if isinstance(value, date) else "truth value" if isinstance(value, bool) else "number"


def _after(first: Reader, then: Reader | None) -> Reader:
    if then is None:
        return first

    def read(value: Any) -> Cell:
        found, trouble = first(value)
        return (found, trouble) if found is None else then(found)

    return read


def _text(value: Any) -> Cell:
    return canonical_text(value), None


def _mapping(values: Mapping[str, str]) -> Reader:
    """Exactly as the form writes it, or ignoring case, spaces, `-` and `_` where that is clear."""
    loose: dict[str, str | None] = {}
    looked_for = count(1)
    for key, word in values.items():
        loose[folded(key)] = word if loose.get(folded(key), word) == word else None

    def read(value: Any) -> Cell:
        text = canonical_text(value)
        word = values.get(text) or loose.get(folded(text))
        if word is not None:
            return word, None
        near = did_you_mean(text, values) if len(text) <= SHOWN and next(looked_for) <= SUGGESTED else ""
        return None, Trouble("unmapped_value", f"{short(text)!r} is none of the values that the form names.{near}")

    return read


def _merging(same: Mapping[str, str]) -> Reader:
    """Another spelling of what the form says is the same; every other text as it stands."""

    def read(value: Any) -> Cell:
        other = same.get(canonical_text(value))
        if other is None or other == value:
            return value, None
        return other, Trouble("merged", f"{short(value)!r} was read as {short(other)!r}: the form says so.", "changed")

    return read


def _mapping_to_vocabulary(words: Iterable[str]) -> Reader:
    by_fold = MappingProxyType({folded(w): w for w in words})
    return lambda value: (by_fold.get(folded(value), value) if isinstance(value, str) else value, None)


def _number(decimal: str) -> Reader:
    def read(value: Any) -> Cell:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value, None
        text = str(value).replace(",", ".") if decimal == "," and "." not in str(value) else str(value)
        if isinstance(value, str) and NUMBER.fullmatch(text):
            return Decimal(text), None
        return None, Trouble("unreadable_number", f"{short(value)!r} is not a number.")

    return read


def _integer(decimal: str) -> Reader:
    number = _number(decimal)

    def read(value: Any) -> Cell:
        found, trouble = number(value)
        if found is not None and found != int(found):
            return None, Trouble("unreadable_number", f"{short(value)!r} is not a whole number.")
        return (None if found is None else int(found)), trouble

    return read


def truth(field: FieldForm) -> Callable[[str], bool | None]:
    """Whether a text says yes or no; None if it says neither."""
    yes = frozenset(w.casefold() for w in (field.yes or YES))
    no = frozenset(w.casefold() for w in (field.no or NO)) - yes
    return lambda text: True if text.casefold() in yes else False if text.casefold() in no else None


def _boolean(field: FieldForm) -> Reader:
    says = truth(field)

    def read(value: Any) -> Cell:
        found = says(canonical_text(value))
        trouble = Trouble("unreadable_truth", f"{short(value)!r} says neither yes nor no.") if found is None else None
        return found, trouble

    return read


def _date(dates: str | Sequence[str]) -> Reader:
    formats = (dates,) if isinstance(dates, str) else tuple(dates)
    wanted = " or ".join("such as 2025-08-31" if one == "iso" else f"written {one}" for one in formats)

    def read(value: Any) -> Cell:
        if isinstance(value, date):
            return (value.date() if isinstance(value, datetime) else value), None
        found = next((day for one in formats if (day := _day(str(value), one)) is not None), None)
        trouble = Trouble("unreadable_date", f"{short(value)!r} is not a day {wanted}.") if found is None else None
        return found, trouble

    return read


def _day(text: str, dates: str) -> date | None:
    try:
        return (datetime.fromisoformat(text) if dates == "iso" else datetime.strptime(text, dates)).date()
    except ValueError:
        return None


def holds_codes(values: Iterable[Any]) -> bool:
    """Whether every value of a country column is an ISO alpha-2 code; a lone `NA` proves nothing."""
    texts = {v for v in values if v is not None}
    if not all(isinstance(t, str) and len(t) == 2 and t.isupper() for t in texts) or texts <= {"NA"}:
        return False
    from selection.countries import resolve_codes

    return all(resolve_codes(t, "alpha-2").code for t in texts)


def _hint(text: str, field: FieldForm) -> str:
    from selection.countries import resolve_codes

    is_code = field.codes is None and len(text) == 2 and resolve_codes(text, "alpha-2").code
    return '; if this column holds codes, say so in the form: codes = "alpha-2"' if is_code else ""


def country_resolver(field: FieldForm, form: Form) -> Callable[[str], Resolution]:
    """How the texts of a country field are resolved: by its codes, by the names of the call, by all known names."""
    from selection.countries import OwnNames, country, resolve_codes

    own = OwnNames.of(form.countries.aliases, form.countries.source)

    def resolve(text: str) -> Resolution:
        found = resolve_codes(text, field.codes) if field.codes else country(text, aliases=own)
        if found.code is None and ALPHA3.fullmatch(text):
            # The library's own codes are understood wherever a country is named.
            found = known if (known := resolve_codes(text, "alpha-3")).code else found
        return found

    return resolve


def _country(field: FieldForm, form: Form) -> Reader:
    resolve, accepted = country_resolver(field, form), form.countries.accept

    def read(value: Any) -> Cell:
        text = str(value)
        if len(text) > LONGEST_COUNTRY:
            return None, Trouble("country_unknown", f"{short(text)!r} is not a known country name.")
        found = resolve(text)
        if found.code is None:
            return None, Trouble(f"country_{found.status}", f"{found.sentence}{_hint(text, field)}.")
        if found.status not in accepted:
            said = f"{found.sentence}; the form does not take {found.status} names without a person's word."
            return None, Trouble(f"country_{found.status}", said)
        if found.own:
            return found.code, Trouble("country_own_name", f"{found.sentence}.", "kept")
        kept = Trouble("country_contained", f"{found.sentence}; please check.", "kept")
        return found.code, kept if found.status == "contained" else None

    return _after(_mapping(field.values), read) if field.values is not None else read
