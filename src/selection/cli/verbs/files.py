"""The verb that prints schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selection.cli.answers import say, verb
from selection.cli.options import app


@app.command(epilog="Example: selection schema policy --out policy.schema.json")
@verb
def schema(
    of: Annotated[Literal["policy", "form", "programme", "explanation"], typer.Argument(help="The kind of file.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write (default: print it).")] = None,
) -> None:
    """Print the JSON Schema of policies, forms, programmes, or the facts of explanations."""
    from selection.cli.shipped import schema_text, write_text

    text = schema_text(of)
    if out is None:
        say(text)
    else:
        write_text(out, f"{text}\n")
