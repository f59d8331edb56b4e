"""The verbs of the command line; each asks the library and prints the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selection.cli.answers import say, verb

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
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Select, and write the results into a folder."""
    from selection.cli.selecting import run

    run(registrations, policy, form, seed, out, force=force, as_json=as_json)


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


@app.command(epilog="Example: selection explain results CGMP-00042 --officer")
@verb
def explain(
    results: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `selection select` wrote.")],
    applicant: Annotated[str, typer.Argument(metavar="ID", help="The id of the applicant.")],
    officer: Annotated[bool, typer.Option("--officer", help="Everything recorded, for the officer.")] = False,
    language: Annotated[str, typer.Option("--language", "-l", help="The language of the words.")] = "en",
    as_json: Json = False,
) -> None:
    """Explain the decision about one applicant."""
    from selection.cli.explaining import run

    run(results, applicant, language, officer=officer, as_json=as_json)


@app.command(epilog="Example: selection verify results")
@verb
def verify(
    results: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `selection select` wrote.")],
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
    results: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `selection select` wrote.")],
    withdrawn: Annotated[list[str], typer.Argument(metavar="ID...", help="Who withdraws.")],
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

    run(results, withdrawn, lock, preview=preview, as_json=as_json)


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


@app.command(epilog="Example: selection schema policy --out policy.schema.json")
@verb
def schema(
    of: Annotated[Literal["policy", "form"], typer.Argument(help="The kind of file.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write (default: print it).")] = None,
) -> None:
    """Print the JSON Schema of policies or forms."""
    from selection.cli.shipped import schema_text, write_text

    text = schema_text(of)
    if out is None:
        say(text)
    else:
        write_text(out, f"{text}\n")
