"""A folder that is there whole or not at all: filled beside its place, then put there by renaming."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from selection.errors import OutputError

RECORD: Final = "record.json"
POLICY: Final = "policy.toml"
POOL: Final = "pool.json.gz"
DECISIONS: Final = "decisions.csv"
PROBLEMS: Final = "problems.csv"
INTAKE: Final = "intake.txt"
FILES: Final = (DECISIONS, "shortlist.csv", "waitlist.csv", PROBLEMS, INTAKE, POLICY, POOL, RECORD)

#: What can be made again from a folder at any time, and may stand in it.
VIEWS: Final = ("report.html", "public.html", "shortlist.xlsx")

#: What desktops and spreadsheets leave behind on their own.
LITTER: Final = (".~lock.", "~$", ".DS_Store", "Thumbs.db", "desktop.ini")


def digest(content: bytes) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def ready(folder: Path, *, force: bool = False, own: Collection[str] = FILES + VIEWS) -> None:
    """Refuse a folder that results cannot or must not be written to, before any work is done.

    `own` the names that may stand in a folder to be replaced.
    """
    if not os.path.lexists(folder):
        _refuse_file_above(folder)
        return
    if not folder.is_dir():
        sentence = f"{str(folder)!r} is a file; name a folder for the results."
        raise OutputError("file_in_the_way", sentence, folder=str(folder))
    if not force:
        sentence = (
            f"The folder {str(folder)!r} exists already. Name another one, or replace it: --force, or force=True."
        )
        raise OutputError("folder_exists", sentence, folder=str(folder))
    foreign = sorted(one.name for one in folder.iterdir() if one.name not in own and not one.name.startswith(LITTER))
    if foreign:
        shown = ", ".join(foreign[:3]) + (" ..." if len(foreign) > 3 else "")
        sentence = (
            f"The folder {str(folder)!r} also holds what is no result of a selection ({shown}), which replacing it "
            "would delete. Move that away, or name another folder."
        )
        raise OutputError("foreign_files", sentence, folder=str(folder), files=foreign)


def _refuse_file_above(folder: Path) -> None:
    above = next(p for p in folder.absolute().parents if p.exists())
    if not above.is_dir():
        sentence = f"Results cannot be written to {str(folder)!r}: {str(above)!r} is a file."
        raise OutputError("file_in_the_way", sentence, folder=str(folder))


@contextmanager
def filled(folder: Path, *, force: bool = False, own: Collection[str] = FILES + VIEWS) -> Iterator[Path]:
    """A fresh folder to fill; it takes its place when all went well, and else leaves no trace."""
    ready(folder, force=force, own=own)
    place = folder.resolve()
    fresh: Path | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        fresh.chmod(0o777 & ~_umask())
        yield fresh
        _put(fresh, place)
    except OSError as error:
        sentence = f"Results cannot be written to {str(folder)!r}: {error.strerror or error}."
        raise OutputError("not_writable", sentence, folder=str(folder)) from error
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def _put(fresh: Path, place: Path) -> None:
    """Rename into place; results that stood there are moved aside first and deleted last."""
    if not place.exists():
        fresh.rename(place)
        return
    aside = fresh.with_name(f"{fresh.name}.old")
    try:
        place.rename(aside)
        fresh.rename(place)
    except BaseException:
        if aside.exists() and not place.exists():
            aside.rename(place)
        raise
    finally:
        if place.exists():
            shutil.rmtree(aside, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
