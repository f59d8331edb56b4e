"""Who got what: checks of a ranked list or an outcome that anybody can repeat."""

from selection.auditing.prefixes import (
    Adjusted,
    Shortfall,
    adjusted_table,
    check_prefixes,
    fail_probability,
    minimum_table,
)

__all__ = ["Adjusted", "Shortfall", "adjusted_table", "check_prefixes", "fail_probability", "minimum_table"]
