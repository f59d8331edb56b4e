"""An outcome becomes the files of one folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from selection.dossier import folders, pools
from selection.dossier.sheets import lines
from selection.errors import OutputError
from selection.intake import Problem
from selection.threads import beside

if TYPE_CHECKING:
    from selection.outcome import Outcome


#: The long files that do not depend on what was decided.
REGISTERED: Final = (folders.POOL, folders.INTAKE)


def write(outcome: Outcome, folder: Path, *, force: bool = False) -> Path:
    """Write everything decided into a folder, whole or not at all; `force` replaces earlier results."""
    with folders.filled(Path(folder), force=force) as fresh:
        hashes = _all_written(outcome, fresh)
        record = canonical_record(sealed(record_of(outcome, hashes)))
        (fresh / folders.RECORD).write_text(record, encoding="utf-8", newline="\n")
    return Path(folder)


def canonical_record(record: dict[str, Any]) -> str:
    """A record the one way it is written: sorted keys, one to a line."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def sealed(record: dict[str, Any]) -> dict[str, Any]:
    """A record with the SHA-256 of all the rest of it (compact JSON, sorted keys), so that no part changes alone."""
    rest = {key: value for key, value in record.items() if key != "record_sha256"}
    compact = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {**rest, "record_sha256": hashlib.sha256(compact.encode("utf-8", "surrogatepass")).hexdigest()}


def record_of(outcome: Outcome, hashes: dict[str, str]) -> dict[str, Any]:
    """The record of an outcome with the hash of each file beside it.

    `pool_sha256` is of the whole pool; the pool kept in the folder leaves out names, e-mail addresses and every field
    the policy does not read, and so has a hash of its own.
    """
    return {
        **outcome.record(),
        "source": outcome.intake.source,
        "files": dict(hashes),
    }


def decision_lines(outcome: Outcome) -> Iterator[bytes]:
    """The file of decisions, piece by piece."""
    from selection.outcome.frames import decision_columns

    return lines(decision_columns(outcome, outcome.display_order))


def write_decisions(outcome: Outcome, path: str | Path) -> Path:
    """Write the file of decisions alone, whole or not at all; `OutputError` where it cannot be written."""
    place = Path(path)
    fresh = place.with_name(f".{place.name}.new")
    try:
        try:
            _written(fresh, lambda: decision_lines(outcome))
            fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        sentence = f"The decisions cannot be written to {str(path)!r}: {error.strerror or error}."
        raise OutputError("not_writable", sentence, file=str(path)) from None
    return place


def _files(outcome: Outcome) -> dict[str, Callable[[], Iterable[bytes]]]:
    return {
        folders.DECISIONS: lambda: decision_lines(outcome),
        "shortlist.csv": lambda: _listed(outcome, np.flatnonzero(outcome.choice.selected)),
        "waitlist.csv": lambda: _listed(outcome, outcome.waiting),
        folders.INTAKE: lambda: [outcome.intake.report.text().encode()],
        "problems.csv": lambda: _problems(outcome.intake.findings),
        folders.POLICY: lambda: [outcome.policy.dump().encode()],
        folders.POOL: lambda: [pools.compress(pools.pack(outcome.intake.pool, pools.read_fields(outcome)))],
    }


def _listed(outcome: Outcome, ranks: Any) -> Iterator[bytes]:
    from selection.outcome.frames import listed_columns

    return lines(listed_columns(outcome, outcome.ranking.order[ranks]))


def _problems(findings: tuple[Problem, ...]) -> Iterator[bytes]:
    return lines({one.name: [getattr(found, one.name) for found in findings] for one in fields(Problem)})


def _all_written(outcome: Outcome, folder: Path) -> dict[str, str]:
    """Write all files; what says only who registered beside what was decided."""
    files = _files(outcome)
    alone = [partial(_written, folder / name, files.pop(name)) for name in REGISTERED]
    # The record will ask for the hash of the pool.
    with beside(*alone, lambda: outcome.intake.pool.sha256) as made:
        hashes = {name: _written(folder / name, pieces) for name, pieces in files.items()}
    return {**hashes, **{name: one.result() for name, one in zip(REGISTERED, made, strict=False)}}


def _written(path: Path, pieces: Callable[[], Iterable[bytes]]) -> str:
    """Write a file; the hash of what stands in it."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces():
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()
