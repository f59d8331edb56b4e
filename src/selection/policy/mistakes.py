"""Mistakes in a policy file, each answered with file, key, what is wrong and the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from selection.errors import PolicyError, brief, did_you_mean

#: What should stand where pydantic found something of the wrong type.
WANTED: Final = MappingProxyType(
    {
        "string_type": "text in quotes",
        "tuple_type": "a list",
        "dict_type": "a table",
        "model_type": "a table",
        "mapping_type": "a table",
        "model_attributes_type": "a table",
    }
)

#: What pydantic puts into a place for the members of a union, and for a dictionary's key.
LABEL: Final = re.compile(
    r"As|word|table|int|str|bool|decimal|\[key\]|(function-\w+|literal|nullable|constrained-\w+)\[.*"
)

Found = tuple[str, str]


class Mistakes(ValueError):
    """Several mistakes that only the whole policy shows, a sentence for each."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(*sentences)
        self.sentences = tuple(sentences)


def explain(model: type[BaseModel], error: ValidationError) -> PolicyError:
    """All mistakes pydantic found as one error, a sentence for each."""
    errors = _distinct(error.errors(include_url=False))
    return policy_error([(_place(e["loc"]), said) for e in errors for said in _sentences(model, e)])


def policy_error(found: Sequence[Found], file: str | None = None) -> PolicyError:
    """One error for mistakes found at places, each with the file before it."""
    head = f"{file}: " if file else ""
    sentence = "\n".join(f"{head}{place}{': ' if place else ''}{said}" for place, said in found)
    return PolicyError("bad_policy", sentence, file=file, mistakes=[{"key": p, "sentence": s} for p, s in found])


def in_file(error: PolicyError, file: str) -> PolicyError:
    """The same mistakes, said of a file."""
    if error.code != "bad_policy" or error.facts.get("file"):
        return error
    return policy_error([(m["key"], m["sentence"]) for m in error.facts["mistakes"]], file)


def _distinct(errors: Iterable[Any]) -> list[Any]:
    """One mistake per place: a value that fits no member of a union fails once for each member, and a list whose
    entries are wrong is not too short besides."""
    seen: dict[tuple[Any, ...], Any] = {}
    for error in errors:
        seen.setdefault(tuple(p for p in error["loc"] if not _is_label(p)), error)
    return [e for place, e in seen.items() if e["type"] != "too_short" or not _holds_others(place, seen)]


def _holds_others(place: tuple[Any, ...], places: Iterable[tuple[Any, ...]]) -> bool:
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _is_label(part: Any) -> bool:
    return isinstance(part, str) and LABEL.fullmatch(part) is not None


def _place(loc: tuple[Any, ...]) -> str:
    """Where it is, as an officer reads the file: `[[points]] number 2 key per`."""
    words: list[str] = []
    for index, part in enumerate(loc):
        if isinstance(part, int):
            words.append(f"number {part + 1}")
        elif not _is_label(part):
            table = index + 1 < len(loc) and isinstance(loc[index + 1], int) and part not in ("pinned", "order")
            words.append(f"[[{part}]]" if table else f"key `{part}`")
    return " ".join(words)


def _sentences(model: type[BaseModel], error: Any) -> list[str]:
    if error["type"] != "value_error":
        return [_sentence(model, error)]
    raised = error["ctx"]["error"]
    said = raised.sentences if isinstance(raised, Mistakes) else [str(raised)]
    return [one if one.endswith(("?", ".")) else f"{one}." for one in said]


def _sentence(model: type[BaseModel], error: Any) -> str:
    kind, loc, value = error["type"], error["loc"], error.get("input")
    if kind == "extra_forbidden":
        known = _keys(model, loc[:-1])
        return f"there is no key `{loc[-1]}` here.{did_you_mean(str(loc[-1]), known)} Known keys: {', '.join(known)}."
    if kind == "missing":
        return "this key is missing and has no default."
    if kind in ("too_short", "string_too_short"):
        return "this is empty."
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        table = ' or a table such as { as = "LMC" }' if loc[0] in ("unclassified", "not_covered") else ""
        return f"{brief(value)} is not one of {', '.join(choices)}{table}.{did_you_mean(str(brief(value)), choices)}"
    if kind in WANTED:
        return f"{brief(value)} is not {WANTED[kind]}."
    return f"{brief(value)}: {error['msg']}."


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
