"""Mistakes in a policy file, each answered with file, key, what is wrong and the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from selection.errors import PolicyError, did_you_mean

#: What should stand where pydantic found something of the wrong type.
WANTED: Final = MappingProxyType(
    {
        "string_type": "text in quotes",
        "tuple_type": "a list",
        "date_type": "a day such as 2025-08-31",
        "date_from_datetime_parsing": "a day such as 2025-08-31",
        "dict_type": "a table",
        "model_type": "a table",
        "mapping_type": "a table",
        "model_attributes_type": "a table",
    }
)


def explain(model: type[BaseModel], error: ValidationError, file: str | None) -> PolicyError:
    """All mistakes pydantic found as one error, a sentence for each."""
    found = [(_place(e["loc"]), _sentence(model, e)) for e in _distinct(error.errors(include_url=False))]
    head = f"{file}: " if file else ""
    sentence = "\n".join(f"{head}{place}{': ' if place else ''}{said}" for place, said in found)
    return PolicyError("bad_policy", sentence, file=file, mistakes=[{"key": p, "sentence": s} for p, s in found])


def _distinct(errors: Iterable[Any]) -> list[Any]:
    """One mistake per place: a value that fits no member of a union fails once for each member."""
    seen: dict[tuple[Any, ...], Any] = {}
    for error in errors:
        place = tuple(p for p in error["loc"] if not _is_union_label(p))
        seen.setdefault(place, error)
    return list(seen.values())


def _is_union_label(part: Any) -> bool:
    return isinstance(part, str) and (any(c in part for c in "[(") or part in ("As", "int", "str", "decimal"))


def _place(loc: tuple[Any, ...]) -> str:
    """Where it is, as an officer reads the file: `[[points]] number 2, key per`."""
    words: list[str] = []
    for index, part in enumerate(loc):
        if isinstance(part, int):
            words.append(f"number {part + 1}")
        elif not _is_union_label(part):
            table = index + 1 < len(loc) and isinstance(loc[index + 1], int)
            words.append(f"[[{part}]]" if table else f"key `{part}`")
    return " ".join(words)


def _sentence(model: type[BaseModel], error: Any) -> str:
    kind, loc, value = error["type"], error["loc"], error.get("input")
    if kind == "extra_forbidden":
        known = _keys(model, loc[:-1])
        return f"there is no key `{loc[-1]}` here.{did_you_mean(str(loc[-1]), known)} Known keys: {', '.join(known)}."
    if kind == "missing":
        return "this key is missing and has no default."
    if kind == "literal_error":
        choices = tuple(w.strip("'") for w in error["ctx"]["expected"].replace(" or ", ", ").split(", "))
        return f"{value!r} is not one of {', '.join(choices)}.{did_you_mean(str(value), choices)}"
    if kind == "value_error":
        said = str(error["ctx"]["error"])
        return said if said.endswith(("?", ".")) else f"{said}."
    if kind in (
        "string_type",
        "tuple_type",
        "dict_type",
        "model_type",
        "date_type",
        "mapping_type",
        "model_attributes_type",
    ):
        wanted = {"string_type": "text in quotes", "tuple_type": "a list", "date_type": "a day such as 2025-08-31"}
        return f"{value!r} is not {wanted.get(kind, 'a table')}."
    return f"{value!r}: {error['msg']}."


def _keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The keys a table at this place may have."""
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = next(iter(_models(model.model_fields[part].annotation)), model)
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
