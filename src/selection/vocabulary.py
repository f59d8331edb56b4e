"""Closed sets of words, and the classes that stand for several of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STATUSES: Final = ("selected", "waitlisted", "declined", "ineligible", "incomplete", "duplicate")

#: Why a decision is what it is; its facts are in the explanation.
REASONS: Final = (
    "merit",
    "reserve",
    "pinned",
    "capacity",
    "cap",
    "reserved",
    "combination",
    "no_block",
    "rule",
    "missing_field",
    "duplicate",
)

#: The columns every list of decisions begins with.
COLUMNS: Final = ("id", "status", "rank", "tier", "score", "block", "seat", "reason")

INCOME_GROUPS: Final = ("LIC", "LMC", "UMC", "HIC")
WHO_REGIONS: Final = ("AFR", "AMR", "EMR", "EUR", "SEAR", "WPR")
ROLES: Final = ("manufacturer", "nra", "ministry_of_health", "ministry_of_industry", "ministry", "other")
SECTORS: Final = ("pharmaceutical", "biopharmaceutical", "vaccine")
FUNCTIONS: Final = (
    "development",
    "production",
    "quality_assurance",
    "quality_control",
    "regulatory_affairs",
    "inspection",
    "management",
    "other",
)

#: Fields whose words are the library's own: another word in a policy is a mistake.
CLOSED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"income_group": INCOME_GROUPS, "who_region": WHO_REGIONS}
)

#: Fields with usual words; another call may bring words of its own.
USUAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"role": ROLES, "sector": SECTORS, "function": FUNCTIONS}
)

#: A class word stands for any of several words of its field.
CLASSES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "role": MappingProxyType({"ministry": ("ministry", "ministry_of_health", "ministry_of_industry")}),
        "income_group": MappingProxyType({"LMIC": ("LIC", "LMC", "UMC")}),
    }
)

#: Country fields an applicant may have; a policy names which one counts.
COUNTRY_FIELDS: Final = ("country", "residence", "citizenship", "employer_country")

#: Dated facts that follow from a country field: `income_group`, or `citizenship.income_group`.
COUNTRY_FACTS: Final = ("income_group", "who_region", "ldc", "lldc", "sids")

#: Facts that are true or false.
TRUTHS: Final = ("ldc", "lldc", "sids")

#: Fields that say who somebody is: never in a repr, a log, an error or a public file.
PERSONAL: Final = frozenset({"name", "email"})

#: Fields that earlier editions give, each with what it says.
REMEMBERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "applied_before": "whether somebody applied to an earlier edition (true or false)",
        "selected_before": "whether somebody was selected for an earlier edition (true or false)",
        "times_selected": "for how many earlier editions somebody was selected",
        "trained": "whether somebody completed an earlier edition (true or false)",
        "no_show_last_time": "whether somebody was selected for the last edition and attended nothing (true or false)",
    }
)

#: What looks like an e-mail address wherever it was typed.
ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")


def last_part(field: str) -> str:
    """The fact a dotted field asks for: `citizenship.income_group` asks for `income_group`."""
    return field.rpartition(".")[2]


def expand(field: str, word: str) -> tuple[str, ...]:
    """The words a class word stands for, or the word itself."""
    return CLASSES.get(last_part(field), {}).get(word, (word,))
