"""How every verb answers: text or JSON on stdout, mistakes as a sentence on stderr, and the exit code."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import typer

from selection.cli import STOPPED
from selection.errors import SelectionError

PROBLEMS, INTERRUPTED = 1, 130

P = ParamSpec("P")


def verb(command: Callable[P, None]) -> Callable[P, None]:
    """A command that ends in a sentence and an exit code where it cannot go on."""

    @wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> None:
        try:
            command(*args, **options)
        except SelectionError as error:
            _mistake(error.code, error.sentence, error.facts, as_json=bool(options.get("as_json")))
        except KeyboardInterrupt:
            typer.echo(STOPPED, err=True)
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("SELECTION_TRACEBACK"):
                raise
            _mistake("unforeseen", _unforeseen(error), {}, as_json=bool(options.get("as_json")))

    return run


def _mistake(code: str, sentence: str, facts: dict[str, Any], *, as_json: bool) -> None:
    typer.echo(printable(sentence), err=True)
    if as_json:
        say_json({"error": {"code": code, "sentence": sentence, "facts": facts}})
    raise typer.Exit(PROBLEMS)


def _unforeseen(error: Exception) -> str:
    """A mistake of ours, told without anything from the table of registrations."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"Something unforeseen happened: {type(error).__name__} in {place.filename}, line {place.lineno}. Please "
        "report it. With SELECTION_TRACEBACK=1 in the environment you see more (perhaps also personal data)."
    )


def say(text: str) -> None:
    """Print an answer."""
    typer.echo(text)


def say_json(answer: Any) -> None:
    """Print an answer for programs; exact numbers and times as text."""
    from selection.applicants import canonical_text

    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=canonical_text))


def printable(text: str) -> str:
    """The text without what could steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def table(headings: list[str], rows: list[list[str]], width: int = 110) -> str:
    """Aligned columns, numbers to the right, as many of them as the width holds."""
    columns = [[printable(cell) for cell in column] for column in zip(headings, *rows, strict=True)]
    drawn: list[list[str]] = []
    for column in columns:
        size = max(map(len, column))
        right = all(cell.replace(",", "").replace(".", "").isdigit() for cell in column[1:] if cell)
        done = [cell.rjust(size) if right else cell.ljust(size) for cell in column]
        if drawn and sum(len(c[0]) + 2 for c in drawn) + size > width:
            break
        drawn.append(done)
    return "\n".join("  ".join(line).rstrip() for line in zip(*drawn, strict=True))


def on_terminal() -> bool:
    """Whether somebody watches: progress is for people only."""
    return sys.stderr.isatty()
