"""What comes with the library: examples and schemas."""

from __future__ import annotations

import json
from pathlib import Path

from selection.errors import NotFoundError, OutputError


def example(name: str) -> Path:
    """The folder of a shipped example: inside the installed package, or beside `src` in a working copy."""
    package = Path(__file__).resolve().parents[1]
    for place in (package / "examples" / name, package.parents[1] / "examples" / name):
        if (place / "policy.toml").is_file():
            return place
    raise NotFoundError("example_missing", f"The example {name!r} is not installed. Install the library again.")


def schema_text(of: str) -> str:
    """The JSON Schema of policies, forms, programmes or the facts of explanations as text."""
    if of == "explanation":
        from selection.explanations import file_schema as facts

        return facts.text().rstrip("\n")
    if of == "form":
        from selection.intake import Form

        return json.dumps(Form.json_schema(), indent=2, ensure_ascii=False)
    if of == "programme":
        from selection.programme import Programme

        return json.dumps(Programme.json_schema(), indent=2, ensure_ascii=False)
    from selection.policy import file_schema

    return file_schema.text().rstrip("\n")


def write_text(path: Path, text: str) -> None:
    """Write a file; `OutputError` where that cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        sentence = f"{str(path)!r} cannot be written: {error.strerror or error}."
        raise OutputError("not_writable", sentence, file=str(path)) from None
