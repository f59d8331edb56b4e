"""Verbs that ask a folder of results, or go on from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selection.cli.answers import verb
from selection.cli.options import Folder, Force, Json, app


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


@app.command(epilog="Example: selection report results --public --language fr --out public.html")
@verb
def report(
    results: Folder,
    public: Annotated[bool, typer.Option("--public", help="Pseudonyms for ids, no answers, no small numbers.")] = False,
    key: Annotated[
        str | None, typer.Option("--key", help="With --public: the secret of `publish`, so that codes are the same.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file (default: report.html or public.html in the folder).")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", "-l", help="The language of the page: ar, en, es, fr, ru or zh.")
    ] = "en",
    as_json: Json = False,
) -> None:
    """Make one page to look at: rules, seats, reserves, cut-offs and the list."""
    from selection.cli.reporting import run

    run(results, out, key, language, public=public, as_json=as_json)


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


@app.command(epilog="Example: selection publish results --key 'a long secret sentence' --out public --codes codes.csv")
@verb
def publish(
    results: Folder,
    key: Annotated[str, typer.Option("--key", help="The secret that codes are made with, 16 characters at least.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder of the public edition.")],
    codes: Annotated[Path | None, typer.Option("--codes", help="Also list each id with its code, for letters.")] = None,
    force: Force = False,
) -> None:
    """Write a public edition: no ids, no names, no small counts.

    Each applicant finds their own entry by the code they were given.
    """
    from selection.cli.publishing import write

    write(results, out, key, codes, force=force)


@app.command(epilog="Example: selection entry public 5f1c...e9")
@verb
def entry(
    edition: Annotated[Path, typer.Argument(metavar="FOLDER", help="A public edition.")],
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code you were given.")],
    as_json: Json = False,
) -> None:
    """Show one's own entry in a public edition.

    It also checks that the edition is as it was written.
    """
    from selection.cli.publishing import look

    look(edition, code, as_json=as_json)


@app.command(epilog="Example: selection verify results")
@verb
def verify(
    results: Folder,
    explanations: Annotated[
        bool, typer.Option("--explanations", help="Run the policy again for every claim of the explanations instead.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Try the claims about so many applicants, spread by rank.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify a folder of results by running it again.

    Files against their hashes, decisions against a fresh run, promises by plain counting. With --explanations every
    claim about a decision (because of a reserve, a cap, the threshold ...) against a run with that one thing changed.
    """
    from selection.cli.verifying import run, run_claims

    if explanations:
        run_claims(results, sample, as_json=as_json)
    else:
        run(results, as_json=as_json)


@app.command(epilog="Example: selection thresholds results --out thresholds.csv")
@verb
def thresholds(
    results: Folder,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A CSV file for all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Show the score that would have been enough for each applicant without a seat."""
    from selection.cli.supposing import thresholds

    thresholds(results, out, as_json=as_json)


@app.command("what-if", epilog="Example: selection what-if results --capacity 2000:3000:100 --reserve 'Women=45%'")
@verb
def what_if(
    results: Folder,
    capacity: Annotated[
        str | None, typer.Option("--capacity", help="Seats: 2500, a list 2000,2500, or FROM:TO:STEP.")
    ] = None,
    reserve: Annotated[
        list[str] | None, typer.Option("--reserve", help="NAME=SEATS, as 300 or 15%; lists and ranges as above.")
    ] = None,
    cap: Annotated[list[str] | None, typer.Option("--cap", help="NAME=SEATS, in the same way.")] = None,
    points: Annotated[
        list[str] | None, typer.Option("--points", help="CRITERION=POINTS, or CRITERION:VALUE=POINTS.")
    ] = None,
    policy: Annotated[Path | None, typer.Option("--policy", "-p", help="Another policy instead.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Count the selected by this field too.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A CSV file: who moves, or the sweep.")] = None,
    as_json: Json = False,
) -> None:
    """Show what other seats, points or another policy would decide.

    A list or a range of values gives a table with a row for each.
    """
    from selection.cli.supposing import what_if

    what_if(results, capacity, reserve or [], cap or [], points or [], policy, by, out, as_json=as_json)


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
