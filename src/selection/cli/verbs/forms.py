"""The verbs about forms: a form to complete for a file nobody wrote one for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selection.cli.answers import verb
from selection.cli.options import Json, app

form = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Suggest a form for an export.")
app.add_typer(form, name="form")


@form.command(epilog="Example: selection form suggest export.csv --out form.toml")
@verb
def suggest(
    registrations: Annotated[Path, typer.Argument(metavar="FILE", help="The export: CSV, XLSX or ODS.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The form to write (default: print it); an earlier one is kept.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Recognise the system of an export and write a form to complete."""
    from selection.cli.suggesting import run

    run(registrations, out, as_json=as_json)


@form.command(name="list", epilog="Example: selection form list")
@verb
def shipped(as_json: Json = False) -> None:
    """List the forms that come with the library."""
    from selection.cli.suggesting import listed

    listed(as_json=as_json)
