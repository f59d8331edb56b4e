"""What a policy file may say; load, dump, JSON Schema, fingerprint, self-check."""

from typing import Any

from selection.policy.blocks import CLOSING, OPEN, Plan, PlannedBlock, PlannedCap, PlannedReserve
from selection.policy.criteria import MICRO, MOST_POINTS, Criterion, Derive
from selection.policy.policy import Policy, rule_fields
from selection.policy.reserves import Block, Cap, Reserve
from selection.policy.rules import As, Eligible, Rule, Tier, Truth
from selection.policy.ties import TieBreak


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of policy files."""
    from selection.policy.file_schema import make

    return make()


__all__ = [
    "CLOSING",
    "MICRO",
    "MOST_POINTS",
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
    "Truth",
    "rule_fields",
    "schema",
]
