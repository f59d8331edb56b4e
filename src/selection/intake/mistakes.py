"""Mistakes in a form file, each answered with file, key, what is wrong and the nearest right word."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from selection.errors import FormError, brief, did_you_mean


def explain(model: type[BaseModel], error: ValidationError, file: str | None) -> FormError:
    """All mistakes found in a form as one error, a sentence for each."""
    mistakes = [
        {"key": ".".join(map(str, found["loc"])), "sentence": _sentence(model, found)}
        for found in sorted(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    ]
    head = f"{file}: " if file else ""
    lines = [f"{head}{m['key']}{': ' if m['key'] else ''}{m['sentence']}" for m in mistakes]
    return FormError("bad_form", "\n".join(lines), file=file, key=mistakes[0]["key"], mistakes=mistakes)


def _sentence(model: type[BaseModel], found: Any) -> str:
    kind, loc, value = found["type"], found["loc"], found.get("input")
    if kind == "extra_forbidden":
        known = _keys(model, loc[:-1])
        key = str(loc[-1])
        return f"there is no key {brief(key)} here.{did_you_mean(key, known)} Known keys: {_list(known)}."
    if kind == "missing":
        return "this key is missing."
    if kind == "literal_error":
        words = [w.strip("'") for w in found["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return f"{brief(value)} is not one of {_list(words)}.{did_you_mean(str(value), words)}"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind in ("string_type", "dict_type", "model_type", "model_attributes_type", "tuple_type", "int_type"):
        wanted = {"string_type": "text in quotes", "tuple_type": "a list", "int_type": "a whole number"}
        return f"{brief(value)} is not {wanted.get(kind, 'a table')}."
    return f"{brief(value)}: {found['msg']}."


def _list(words: list[str]) -> str:
    return ", ".join(words)


def _keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The keys that the table at this place of a form may have."""
    for part in loc:
        inner = _models(model.model_fields[part].annotation) if part in model.model_fields else []
        model = inner[0] if inner else model
    return sorted(model.model_fields)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for inner in get_args(annotation) for m in _models(inner)]
