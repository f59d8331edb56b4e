"""How fields and their words are shown to people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from selection.applicants import canonical_text
from selection.countries import country_name
from selection.errors import SelectionError
from selection.vocabulary import ADDRESS, COUNTRY_FIELDS, last_part

_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {"who_region": "WHO region", "ldc": "Least developed", "lldc": "Landlocked developing", "sids": "Small island",
     "id": "Applicant"}
)  # fmt: skip

_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "income_group": MappingProxyType(
            {"LIC": "Low income", "LMC": "Lower middle income", "UMC": "Upper middle income", "HIC": "High income",
             "LMIC": "Low or middle income"}
        ),
        "who_region": MappingProxyType(
            {"AFR": "African", "AMR": "Americas", "EMR": "Eastern Mediterranean", "EUR": "European",
             "SEAR": "South-East Asia", "WPR": "Western Pacific"}
        ),
        "role": MappingProxyType({"nra": "National regulatory authority"}),
    }
)  # fmt: skip


def field_label(name: str) -> str:
    """A field as a heading: `income_group` is Income group."""
    return _FIELDS.get(name) or name.replace("_", " ").replace(".", ", ").capitalize()


def word_label(field: str, value: Any) -> str:
    """A value as people read it: LIC in `income_group` is Low income, KEN in `country` is Kenya; no e-mail address."""
    if value is None:
        return "not given"
    if isinstance(value, tuple):
        return ", ".join(word_label(field, one) for one in value)
    text = without_addresses(canonical_text(value))
    if last_part(field) in COUNTRY_FIELDS:
        return _country(text)
    if text in ("true", "false"):
        return "yes" if text == "true" else "no"
    known = _WORDS.get(last_part(field), {}).get(text)
    return known or (text.replace("_", " ").capitalize() if text.isidentifier() and text.islower() else text)


def without_addresses(text: str) -> str:
    """The text with e-mail addresses replaced by a word that says so."""
    return ADDRESS.sub("(e-mail address)", text) if "@" in text else text


def _country(code: str) -> str:
    try:
        return country_name(code)
    except (SelectionError, KeyError):
        return code
