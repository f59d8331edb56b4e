"""The command line itself and the options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selection.cli.answers import say

app = typer.Typer(
    name="selection",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Select applicants for limited seats by the rules of a call: exact, explained, the same on every machine.",
    epilog="Start with: selection demo",
)

Policy = Annotated[Path, typer.Option("--policy", "-p", help="The rules of the call (TOML).")]
FormFile = Annotated[Path | None, typer.Option("--form", "-f", help="How the export maps to fields (TOML).")]
Seed = Annotated[str | None, typer.Option("--seed", "-s", help="The public key of the lottery.")]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results in that folder.")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `selection select` wrote.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


def _version(asked: bool) -> None:
    if asked:
        from selection.outcome.certificate import library_version

        say(f"selection {library_version()}")
        raise typer.Exit


@app.callback()
def _selection(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None: ...
