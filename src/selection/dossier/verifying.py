"""A folder of results verified: files as they were written, decisions the same when run again, promises kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selection.auditing.verification import check
from selection.dossier import folders
from selection.dossier.publication import PUBLIC
from selection.dossier.reading import read
from selection.dossier.writing import canonical_record, record_of, sealed
from selection.errors import SelectionError
from selection.outcome import Outcome, select
from selection.replacement import offers, replay

#: Parts of the record that need not be the same when run again elsewhere, or need the names that are not kept.
_NOT_AGAIN = frozenset({"versions", "pool_sha256", "source", "record_sha256"})


@dataclass(frozen=True)
class Verification:
    """What was checked of a folder of results, what differs, in sentences, and names in it that no hash vouches for."""

    checked: tuple[str, ...]
    differences: tuple[str, ...]
    unlisted: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.differences


def verify(folder: str | Path) -> Verification:
    """Check a folder of results: its files, its decisions and rounds by running again, its promises by counting.

    The hash of the whole pool takes in names and e-mail addresses, which a folder does not hold: it can be checked
    only by whoever has the table of registrations.
    """
    folder = Path(folder)
    differences = list(_files(folder))
    if differences:
        return Verification(("the files against their hashes",), tuple(differences))
    try:
        outcome = read(folder)
    except SelectionError as error:
        return Verification(("the files against their hashes", "every decision by running again"), (error.sentence,))
    differences += _record(folder, outcome)
    differences += [f"{offence.promise}: {offence.sentence}" for offence in check(outcome)]
    since, wrong = _rounds(folder, outcome)
    names = json.loads((folder / folders.RECORD).read_text(encoding="utf-8"))["files"].keys()
    known = {*names, folders.RECORD, offers.FILE}
    return Verification(
        (
            f"{len(names)} files against the hashes in the record, and the record against its own",
            f"{outcome.pool_size:,} decisions by running policy, pool and seed again",
            "the record's counts, seats, hashes of policy and reference data, and certificate against that run",
            "eligibility, order, seats, caps, compliance and envy by plain counting",
            *since,
        ),
        (*differences, *wrong),
        tuple(sorted(one.name for one in folder.iterdir() if one.name not in known)),
    )


def verify_outcome(outcome: Outcome) -> Verification:
    """Check an outcome in hand: every decision by running again, its promises by counting."""
    again = select(outcome.intake, outcome.policy, seed=outcome.seed, seconds=outcome.choice.seconds)
    ids = outcome.intake.pool.ids
    other = np.flatnonzero((again.status != outcome.status) | (again.rank_of != outcome.rank_of))
    differences = [f"The decision about {ids[place]} is another one when run again." for place in other[:20].tolist()]
    differences += [f"{offence.promise}: {offence.sentence}" for offence in check(outcome)]
    checked = (
        f"{outcome.pool_size:,} decisions by running policy, pool and seed again",
        "eligibility, order, seats, caps, compliance and envy by plain counting",
    )
    return Verification(checked, tuple(differences))


def _files(folder: Path) -> list[str]:
    """Files that are missing, changed, or not in the record."""
    path = folder / folders.RECORD
    if not folder.is_dir():
        return [f"There is no folder {str(folder)!r}."]
    if not path.exists() and (folder / PUBLIC).exists():
        return [f"{str(folder)!r} is a public edition, which is checked with: selection entry {folder} CODE"]
    try:
        text = path.read_text(encoding="utf-8")
        record = json.loads(text)
        hashes: dict[str, str] = dict(record["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{path} cannot be read as the record of a selection."]
    said = []
    if text != canonical_record(record):
        said.append(f"{folders.RECORD} is not written the way this library writes it.")
    if sealed(record) != record:
        said.append(f"{folders.RECORD} was changed since it was written: its own hash does not fit.")
    for name, stated in sorted(hashes.items()):
        file = folder / name
        if not file.is_file():
            said.append(f"{name} is missing.")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != stated:
            said.append(f"{name} was changed since it was written.")
    missing = set(folders.FILES) - {folders.RECORD} - hashes.keys()
    return [*said, *(f"{name} is not in the record." for name in sorted(missing))]


def _rounds(folder: Path, outcome: Outcome) -> tuple[list[str], list[str]]:
    """Rounds of withdrawals since the selection, each run again: what was checked, and what differs."""
    try:
        made = offers.rounds(offers.read(folder))
        replay(outcome, made)
    except SelectionError as error:
        return [f"{offers.FILE}, by running each round again"], [error.sentence]
    number = f"{len(made):,} {'round' if len(made) == 1 else 'rounds'} of withdrawals since"
    return ([f"{number}, by running each again"] if made else []), []


def _record(folder: Path, outcome: Outcome) -> list[str]:
    """Parts of the record that running again does not confirm."""
    stored: dict[str, Any] = json.loads((folder / folders.RECORD).read_text(encoding="utf-8"))
    again = json.loads(json.dumps(record_of(outcome, stored["files"]), ensure_ascii=False, default=str))
    keys = sorted((stored.keys() | again.keys()) - _NOT_AGAIN)
    return [
        f"{key!r} in {folders.RECORD} is not what running again gives."
        for key in keys
        if stored.get(key) != again.get(key)
    ]
