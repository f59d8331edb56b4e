"""The JSON Schema of the facts behind a decision, as `.facts` and `selection explain --json` give them.

`python -m selection.explanations.file_schema FILE` writes it; a test keeps the copy at the repository root fresh.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from selection.vocabulary import REASONS, STATUSES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEXT, _WHOLE = {"type": "string"}, {"type": "integer", "minimum": 0}
_EXACT = {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]{1,6})?$"}


def make() -> dict[str, Any]:
    """The schema as a dictionary: every fact with its description, none beside them."""
    facts = _facts()
    return {
        "$schema": DIALECT,
        "title": "The facts behind a decision",
        "description": "What was recorded about one applicant. Exact numbers are decimals written as text in JSON.",
        "type": "object",
        "properties": facts,
        "required": sorted(facts),
        "additionalProperties": False,
    }


def text() -> str:
    """The schema as the text of its file."""
    return json.dumps(make(), indent=2, ensure_ascii=False) + "\n"


def _facts() -> dict[str, Any]:
    ranked = "null for whoever was not ranked"
    return {
        "id": _said("The applicant.", _TEXT),
        "status": {"description": "What was decided.", "enum": list(STATUSES)},
        "reason": {"description": "Why: the code of the cause.", "enum": list(REASONS)},
        "rank": _maybe(f"Place in the order, from 1; {ranked}.", _WHOLE),
        "ranked": _said("How many applicants were ranked.", _WHOLE),
        "tier": _maybe(f"Class of strict priority, from 1; {ranked}.", _WHOLE),
        "tier_name": _maybe("The name of that tier.", _TEXT),
        "score": _maybe("The exact score: the contributions added up.", _EXACT),
        "contributions": _list("What each criterion gave, and the values it saw.", _contribution()),
        "ticket": _maybe("The lottery ticket, where lots are drawn.", _TEXT),
        "position": _maybe("Place on the waiting list.", _WHOLE),
        "seats": _maybe("The capacity.", _WHOLE),
        "selected": _maybe("How many were selected.", _WHOLE),
        "last": _maybe("The last rank that got a seat.", _WHOLE),
        "block": _maybe("The block of the seat; of the refused, the block whose refusal explains.", _TEXT),
        "seat": _maybe("The label of the seat, which is accounting and decides nothing.", _TEXT),
        "because_of": _list("Reserves without which the applicant would be out, each alone.", _TEXT),
        "displaced": _said("Would be selected if no reserve kept seats.", {"type": "boolean"}),
        "caps": _list(
            "Full caps the applicant is under; with the reason cap, those without which they would be in.",
            _object({"cap": _TEXT, "value": {}, "seats": _WHOLE}),
        ),
        "kept_for": _list("Reserves without which the applicant would be in, each alone.", _TEXT),
        "cutoff": _maybe("The last admitted of the same signature.", _object({"rank": _WHOLE, "score": _EXACT})),
        "threshold": _maybe("The smallest score that would have been enough; null if none or selected.", _EXACT),
        "rule": _maybe("The rule that was not met, or lacked a field.", _TEXT),
        "seen": _said("What that rule saw.", {"type": "object"}),
        "field": _maybe("The field that was missing.", _TEXT),
        "why": _maybe("Why it counts as missing.", _TEXT),
        "stands": _maybe("The registration that stands for a duplicate.", _TEXT),
    }


def _contribution() -> dict[str, Any]:
    return _object({"criterion": _TEXT, "points": _EXACT, "seen": {"type": "object"}})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _said(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, **schema}


def _maybe(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "anyOf": [schema, {"type": "null"}]}


def _list(description: str, items: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "type": "array", "items": items}


if __name__ == "__main__":
    (target,) = sys.argv[1:] or ["explanation.schema.json"]
    Path(target).write_text(text(), encoding="utf-8")
