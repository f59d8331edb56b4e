"""What a status and a reason say in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STATUS_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"selected": "Selected", "waitlisted": "Waiting list", "declined": "Declined", "ineligible": "Ineligible",
     "incomplete": "Incomplete", "duplicate": "Duplicate"}
)  # fmt: skip

REASON_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "merit": "On merit",
        "reserve": "Because of a reserve",
        "pinned": "Seat promised before",
        "capacity": "All seats were taken",
        "cap": "A cap was full",
        "reserved": "Seats left were kept for others",
        "combination": "Rules together left no seat",
        "no_block": "No seats were open to them",
        "rule": "A condition was not met",
        "missing_field": "A needed answer is missing",
        "duplicate": "Another registration stands",
    }
)
