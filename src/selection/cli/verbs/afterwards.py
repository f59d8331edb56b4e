"""Verbs for what comes after the selection: letters, attendance, certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selection.cli.answers import verb
from selection.cli.opening import Told
from selection.cli.options import Folder, Force, FormFile, Json, app

Language = Literal["en", "fr", "es", "ar", "ru", "zh"]

ProgrammeFile = Annotated[Path | None, typer.Option("--programme", help="Title, sessions, completion rule (TOML).")]
Registrations = Annotated[
    Path | None,
    typer.Option("--registrations", "-r", help="The table that was selected from, for names and addresses."),
]
Corrected = Annotated[bool, typer.Option("--corrected", help="Names or addresses in that table were corrected since.")]
OneLanguage = Annotated[
    Language | None, typer.Option("--language", "-l", help="One language for all (default: each one's own).")
]


@app.command(epilog="Example: selection letters results --programme programme.toml")
@verb
def letters(
    results: Folder,
    programme: ProgrammeFile = None,
    language: OneLanguage = None,
    registrations: Registrations = None,
    form: FormFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to (default: FOLDER/letters).")] = None,
    templates: Annotated[
        Path | None, typer.Option("--templates", help="A folder with letter.html.jinja or letter.txt.jinja.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Who is written to; may be given several times.")
    ] = None,
    corrected: Corrected = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write a letter to everybody, with a calendar for the selected; nothing is sent.

    Names and addresses are read from the registrations, which the programme file may name.
    """
    from selection.cli.posting import run

    told = Told(results, programme, registrations, form, corrected)
    run(told, out, language=language, templates=templates, statuses=status, force=force, as_json=as_json)


@app.command(epilog="Example: selection attendance results zoom-1.csv zoom-2.csv")
@verb
def attendance(
    results: Folder,
    reports: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Reports of Zoom or Teams, or plain CSV.")],
    programme: ProgrammeFile = None,
    registrations: Registrations = None,
    form: FormFile = None,
    session: Annotated[int | None, typer.Option("--session", min=1, help="The number of the session.")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Whose clock the reports show (default: the programme's).")
    ] = None,
    corrected: Corrected = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Count who attended what, and who completed and why.

    Rows are matched to the selected by e-mail address, then by registration id; the others are listed.
    """
    from selection.cli.attending import run

    told = Told(results, programme, registrations, form, corrected)
    run(told, reports, session=session, zone=timezone, force=force, as_json=as_json)


@app.command(epilog="Example: selection certificates results")
@verb
def certificates(
    results: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder of results; with --check, a published record.")
    ],
    language: OneLanguage = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to (default: FOLDER/certificates).")] = None,
    programme: ProgrammeFile = None,
    registrations: Registrations = None,
    form: FormFile = None,
    fonts: Annotated[Path | None, typer.Option("--fonts", help="A folder of font files to use as well.")] = None,
    check: Annotated[str | None, typer.Option("--check", metavar="LINE", help="Check the line of a QR code.")] = None,
    corrected: Corrected = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Print a certificate for everybody who completed, or check one.

    To be published: certificates.json, which holds a hash for each certificate and no name.
    """
    from selection.cli.certifying import check_line, run

    if check is not None:
        check_line(results, check, as_json=as_json)
        return
    told = Told(results, programme, registrations, form, corrected)
    run(told, out, language=language, fonts=fonts, force=force, as_json=as_json)
