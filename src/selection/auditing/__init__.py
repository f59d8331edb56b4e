"""Who got what: checks of a ranked list or an outcome that anybody can repeat."""

from selection.auditing.audit import Audit, ReserveFill, audit
from selection.auditing.chances import Chances, chances
from selection.auditing.groups import Group, wilson
from selection.auditing.prefixes import (
    Adjusted,
    Shortfall,
    adjusted_table,
    check_prefixes,
    fail_probability,
    minimum_table,
)

__all__ = [
    "Adjusted",
    "Audit",
    "Chances",
    "Group",
    "ReserveFill",
    "Shortfall",
    "adjusted_table",
    "audit",
    "chances",
    "check_prefixes",
    "fail_probability",
    "minimum_table",
    "wilson",
]
