"""Verbs that ask a folder of results, or go on from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selection.cli.answers import verb
from selection.cli.options import Folder, Json, app


@app.command(epilog="Example: selection explain results CGMP-00042 --officer")
@verb
def explain(
    results: Folder,
    applicant: Annotated[str, typer.Argument(metavar="ID", help="The id of the applicant.")],
    officer: Annotated[bool, typer.Option("--officer", help="Everything recorded, for the officer.")] = False,
    language: Annotated[str, typer.Option("--language", "-l", help="The language of the words.")] = "en",
    as_json: Json = False,
) -> None:
    """Explain the decision about one applicant."""
    from selection.cli.explaining import run

    run(results, applicant, language, officer=officer, as_json=as_json)


@app.command(epilog="Example: selection audit results --by income_group --by role,gender --public")
@verb
def audit(
    results: Folder,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="A field, or two with a comma between; may be given again.")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Keep counts below 5 back, for publication.")] = False,
    chances: Annotated[bool, typer.Option("--chances", help="Also what the lottery was worth.")] = False,
    as_json: Json = False,
) -> None:
    """Count who got what, by any field and pair of fields.

    Counts, selection rates with their 95 % intervals beside the best-off group, representation, exposure, reserves.
    """
    from selection.cli.auditing import run

    run(results, by or [], public=public, chances=chances, as_json=as_json)


@app.command(epilog="Example: selection report results --public --out public.html")
@verb
def report(
    results: Folder,
    public: Annotated[bool, typer.Option("--public", help="Pseudonyms for ids, no answers, no small numbers.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file (default: report.html or public.html in the folder).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make one page to look at: rules, seats, reserves, cut-offs and the list."""
    from selection.cli.reporting import run

    run(results, out, public=public, as_json=as_json)


@app.command(epilog="Example: selection workbook results --out shortlist.xlsx")
@verb
def workbook(
    results: Folder,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file (default: shortlist.xlsx in the folder).")
    ] = None,
) -> None:
    """Make a workbook of all lists, with a column to mark who withdraws.

    Give it back to: selection replace FOLDER --file MARKED.
    """
    from selection.cli.reporting import run_workbook

    run_workbook(results, out)


@app.command(epilog="Example: selection verify results")
@verb
def verify(
    results: Folder,
    as_json: Json = False,
) -> None:
    """Verify a folder of results by running it again.

    Files against their hashes, decisions against a fresh run, promises by plain counting.
    """
    from selection.cli.verifying import run

    run(results, as_json=as_json)


@app.command(epilog="Example: selection replace results CGMP-00042 CGMP-00058")
@verb
def replace(
    results: Folder,
    withdrawn: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Who withdraws.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A list given back with withdrawn or pinned in its column `mark`.")
    ] = None,
    lock: Annotated[
        Literal["selected", "none"] | None, typer.Option("--lock", help="Keep offers made, or give all seats anew.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show who would come in; record nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Answer withdrawals exactly, and record the round.

    Who comes in follows from the rules, not from the next place on the waiting list.
    """
    from selection.cli.replacing import run

    run(results, withdrawn or [], file, lock, preview=preview, as_json=as_json)
