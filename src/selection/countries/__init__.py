"""A spelling becomes an ISO code; a code and a day become income group, WHO region and UN groups."""

from selection.countries.economies import country_name, fiscal_year, known_codes
from selection.countries.facts import Facts, facts
from selection.countries.own_names import OwnNames
from selection.countries.reference import data_fingerprints
from selection.countries.resolution import Resolution, Suggestion
from selection.countries.resolver import country, resolve_codes

__all__ = [
    "Facts",
    "OwnNames",
    "Resolution",
    "Suggestion",
    "country",
    "country_name",
    "data_fingerprints",
    "facts",
    "fiscal_year",
    "known_codes",
    "resolve_codes",
]
