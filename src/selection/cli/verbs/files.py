"""The verb that prints the schema of policies, forms and programmes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selection.cli.answers import say, verb
from selection.cli.options import app


@app.command(epilog="Example: selection schema policy --out policy.schema.json")
@verb
def schema(
    of: Annotated[Literal["policy", "form", "programme"], typer.Argument(help="The kind of file.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write (default: print it).")] = None,
) -> None:
    """Print the JSON Schema of policies, forms or programmes."""
    from selection.cli.shipped import schema_text, write_text

    text = schema_text(of)
    if out is None:
        say(text)
    else:
        write_text(out, f"{text}\n")
