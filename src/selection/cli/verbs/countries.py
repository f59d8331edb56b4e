"""The verbs that speak of countries: what a text means, and what holds on a day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from selection.cli.answers import verb
from selection.cli.options import FormFile, Json, app


@app.command(epilog="Example: selection countries registrations.csv --column Country --review open.csv")
@verb
def countries(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table of registrations: CSV, XLSX or ODS.")],
    column: Annotated[
        str | None, typer.Option("--column", "-c", help="The heading (default: those the form or the headings name).")
    ] = None,
    form: FormFile = None,
    names: Annotated[
        Path | None, typer.Option("--names", help="Names of this call: a CSV file with the columns text and code.")
    ] = None,
    review: Annotated[
        Path | None, typer.Option("--review", help="Write the open texts into this CSV file, to be filled in.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what each country text of a table is taken for.

    Those that nobody can be certain of come first, with what they may have meant.
    """
    from selection.cli.resolving import run_countries

    run_countries(file, column, form, names, review, as_json=as_json)


@app.command(epilog="Example: selection facts KEN --on 2025-09-01")
@verb
def facts(
    country: Annotated[str, typer.Argument(metavar="COUNTRY", help="An ISO 3166-1 code or a name.")],
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day (default: today).")] = None,
    as_json: Json = False,
) -> None:
    """Show income group, WHO region and UN groups of a country on a day, with their sources."""
    from selection.cli.resolving import run_facts

    run_facts(country, (on or datetime.now()).date(), as_json=as_json)
