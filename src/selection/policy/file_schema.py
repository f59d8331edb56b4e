"""The JSON Schema of policy files, for editors: a policy names it in its first line, `#:schema policy.schema.json`.

`python -m selection.policy.file_schema FILE` writes it; a test keeps the copy at the repository root fresh.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from selection.conditions import DEEPEST
from selection.policy.policy import Policy

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def make() -> dict[str, Any]:
    """The schema as a dictionary: every key with its description, nothing unknown allowed in any table."""
    made = published(
        Policy,
        "Policy of a selection",
        "The rules of a call, checked before any applicant is seen. First line of a policy file: "
        "#:schema policy.schema.json (a path from the policy to this file).",
    )
    order = made["$defs"]["Ties"]["properties"]["order"]
    order["items"] = {"anyOf": [{"type": "string", "minLength": 1}, order["items"]]}
    return made


def published(model: type[BaseModel], title: str, description: str) -> dict[str, Any]:
    """The schema of a kind of file that may hold `where` tables."""
    made = model.model_json_schema(by_alias=True)
    tables = {name: _plainly(table) for name, table in made.pop("$defs").items()}
    return {
        "$schema": DIALECT,
        **_plainly(made),
        "title": title,
        "description": description,
        "$defs": {**tables, "Where": _where(), "Test": _test(), "Word": _word()},
    }


def text() -> str:
    """The schema as the text of its file."""
    return json.dumps(make(), indent=2, ensure_ascii=False) + "\n"


def _plainly(schema: Any) -> Any:
    """Without what no editor needs: titles made from key names, empty defaults, and `null`, which TOML has not."""
    if isinstance(schema, list):
        return [_plainly(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {k: _plainly(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    if isinstance(kept.get("default", "none"), (dict, list, type(None))):
        del kept["default"]
    if kept.get("format") == "where":
        return {"$ref": "#/$defs/Where"}
    members = [one for one in kept.get("anyOf", []) if one != {"type": "null"}]
    if len(members) == 1:
        del kept["anyOf"]
        return {**members[0], **kept}
    return {**kept, "anyOf": members} if members else kept


def _where() -> dict[str, Any]:
    several = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Where"}}
    return {
        "type": "object",
        "description": "Fields and what they must hold, all of them; combined by any, all and not, "
        f"at most {DEEPEST} tables deep.",
        "minProperties": 1,
        "properties": {
            "any": {**several, "description": "At least one of these conditions holds."},
            "all": {**several, "description": "Every one of these conditions holds."},
            "not": {"$ref": "#/$defs/Where", "description": "This condition does not hold."},
        },
        "additionalProperties": {"$ref": "#/$defs/Test"},
    }


def _test() -> dict[str, Any]:
    bound = {"anyOf": [{"type": "number"}, {"type": "string", "description": "A day or a time."}]}
    between = {"min": {**bound, "description": "From here on."}, "max": {**bound, "description": "Up to here."}}
    return {
        "description": "A value, a list of values, { min, max } or { missing = true }.",
        "anyOf": [
            {"$ref": "#/$defs/Word"},
            {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Word"}},
            {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": between},
            {
                "type": "object",
                "required": ["missing"],
                "additionalProperties": False,
                "properties": {"missing": {"type": "boolean"}},
            },
        ],
    }


def _word() -> dict[str, Any]:
    return {"type": ["string", "number", "boolean"], "description": "A word, a number, a day or true/false."}


if __name__ == "__main__":
    (target,) = sys.argv[1:] or ["policy.schema.json"]
    Path(target).write_text(text(), encoding="utf-8")
