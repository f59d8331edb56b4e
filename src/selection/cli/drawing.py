"""`selection draw`: one ticket, how anybody can recompute it, and whether a given one is right."""

from __future__ import annotations

import shlex

import typer

from selection.cli.answers import PROBLEMS, printable, say, say_json
from selection.draws import check_ticket, ticket


def run(seed: str, applicant: str, block: str | None, given: str | None, *, as_json: bool) -> None:
    """Show the ticket of an applicant, or check one; the exit code is 1 where it is another."""
    shown = ticket(seed, applicant, block)
    text = f"{seed}:{applicant}" if block is None else f"{seed}:{block}:{applicant}"
    right = None if given is None else check_ticket(seed, applicant, given, block)
    command = f"printf %s {shlex.quote(text)} | sha256sum"
    if as_json:
        say_json({"id": applicant, "ticket": shown, "right": right, "command": command})
    else:
        said = {None: [], True: ["The ticket given is right."], False: ["The ticket given is another one."]}[right]
        say(printable("\n".join([shown, *said, f"Anybody can check it: {command}"])))
    if right is False:
        raise typer.Exit(PROBLEMS)
