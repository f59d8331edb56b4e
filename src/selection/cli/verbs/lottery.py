"""The verb that shows a lottery ticket."""

from __future__ import annotations

from typing import Annotated

import typer

from selection.cli.answers import verb
from selection.cli.options import Json, app


@app.command(epilog="Example: selection draw 'cGMP 2025' CGMP-00042")
@verb
def draw(
    seed: Annotated[str, typer.Argument(metavar="SEED", help="The public key of the lottery.")],
    applicant: Annotated[str, typer.Argument(metavar="ID", help="The id of the applicant.")],
    block: Annotated[
        str | None, typer.Option("--block", help="The block, where each block draws fresh tickets.")
    ] = None,
    given: Annotated[str | None, typer.Option("--ticket", help="A ticket to check.")] = None,
    as_json: Json = False,
) -> None:
    """Show or check one lottery ticket."""
    from selection.cli.drawing import run

    run(seed, applicant, block, given, as_json=as_json)
