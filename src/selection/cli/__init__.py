"""One command per verb; what it takes to run one is opened only when it is asked for."""

from __future__ import annotations

import sys
from io import TextIOWrapper

__all__ = ["main"]

STOPPED = "Stopped. Earlier results are as they were."


def main() -> None:
    """Run the command line; without the extra `cli` say how to install it."""
    try:
        from selection.cli.app import app
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] != "typer":
            raise
        from selection.errors import MissingExtraError

        print(MissingExtraError.of("typer", "cli", "The command line"), file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(STOPPED, file=sys.stderr)
        sys.exit(130)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
