"""What a policy file may say; load, dump, JSON Schema, fingerprint, self-check."""

from typing import Any

from selection.policy.blocks import CLOSING, OPEN, Plan, PlannedBlock, PlannedCap, PlannedReserve
from selection.policy.policy import Policy, rule_fields
from selection.policy.rules import MICRO, As, Block, Cap, Criterion, Derive, Eligible, Reserve, Rule, TieBreak, Tier


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of policy files."""
    from selection.policy.file_schema import make

    return make()


__all__ = [
    "CLOSING",
    "MICRO",
    "OPEN",
    "As",
    "Block",
    "Cap",
    "Criterion",
    "Derive",
    "Eligible",
    "Plan",
    "PlannedBlock",
    "PlannedCap",
    "PlannedReserve",
    "Policy",
    "Reserve",
    "Rule",
    "TieBreak",
    "Tier",
    "rule_fields",
    "schema",
]
