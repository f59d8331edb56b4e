"""Verbs that run a call: select, the demo, and the check beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selection.cli.answers import verb
from selection.cli.options import Force, FormFile, Json, Policy, Seed, app


@app.command(epilog="Example: selection select registrations.csv -f form.toml -p policy.toml -s 'cGMP 2025' -o results")
@verb
def select(
    registrations: Annotated[
        Path, typer.Argument(metavar="FILE", help="The table of registrations: CSV, XLSX or ODS.")
    ],
    policy: Policy,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder the results are written to.")],
    form: FormFile = None,
    seed: Seed = None,
    history: Annotated[
        list[Path] | None,
        typer.Option("--history", metavar="FOLDER", help="Results of an earlier edition, oldest first; several times."),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Select, and write the results into a folder."""
    from selection.cli.selecting import run

    run(registrations, policy, form, seed, out, history=history or (), force=force, as_json=as_json)


@app.command(epilog="Example: selection demo")
@verb
def demo(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to (default: selection-demo, replaced).")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Select from the shipped 6,000 registrations.

    They are invented, in the shape of a LimeSurvey export, for WHO's Virtual cGMP Training Marathon 2025.
    """
    from selection.cli.selecting import run
    from selection.cli.shipped import example

    folder = example("cgmp_2025")
    files = folder / "registrations.csv", folder / "policy.toml", folder / "form.toml"
    run(*files, "cGMP 2025", out or Path("selection-demo"), force=force or out is None, as_json=as_json)


@app.command(epilog="Example: selection check policy.toml -f form.toml -r registrations.csv")
@verb
def check(
    policy: Annotated[Path, typer.Argument(metavar="POLICY", help="The rules of the call (TOML).")],
    form: FormFile = None,
    registrations: Annotated[
        Path | None, typer.Option("--registrations", "-r", help="Look whether this table has the fields.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a policy before any applicant is seen.

    Prints its seats in whole numbers, its class and what a withdrawal means, and the fields it reads.
    """
    from selection.cli.checking import run

    run(policy, form, registrations, as_json=as_json)
