"""A folder of results becomes an outcome again: the same policy, pool and seed are run once more and compared."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

from selection.dossier import folders, pools
from selection.dossier.sheets import as_read
from selection.dossier.writing import decision_lines
from selection.errors import NotFoundError, OutputError, SelectionError
from selection.intake import Intake, Problem
from selection.outcome import Outcome, select
from selection.policy import Policy
from selection.vocabulary import PERSONAL


def read(folder: str | Path) -> Outcome:
    """The outcome a folder of results was written from, without names, e-mail addresses and unread fields.

    `OutputError` if a file was changed since, or if running the same rules again decides otherwise.
    """
    folder = Path(folder)
    record = _record(folder)
    content = {name: _unchanged(folder / name, record) for name in (folders.POLICY, folders.POOL, folders.DECISIONS)}
    policy = Policy.load(folder / folders.POLICY)
    personal = sorted(policy.fields & PERSONAL)
    if personal:
        sentence = f"The policy reads {' and '.join(personal)}, which a folder of results never holds."
        raise OutputError("personal_fields", sentence, fields=personal)
    pool = pools.unpack(content[folders.POOL])
    counts = MappingProxyType(dict(record["counts"]["rows"]))
    intake = Intake(
        pool,
        _findings(folder / folders.PROBLEMS, record),
        counts,
        source=record["source"],
        form_sha256=record.get("form_sha256"),
    )
    outcome = select(intake, policy, seed=record["seed"])
    if b"".join(decision_lines(outcome)) != content[folders.DECISIONS]:
        raise OutputError("other_decisions", _otherwise(folder, record, outcome), folder=str(folder))
    return outcome


def _record(folder: Path) -> dict[str, Any]:
    path = folder / folders.RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if {"counts", "files", "seed", "source"} <= record.keys() and "rows" in record["counts"]:
            return dict(record)
    except OSError:
        what = "There is no folder" if not folder.exists() else f"There is no {folders.RECORD} in"
        sentence = f"{what} {str(folder)!r}; name a folder that `selection select` wrote."
        raise NotFoundError("no_results", sentence, folder=str(folder)) from None
    except (ValueError, AttributeError):
        pass
    sentence = f"{str(path)!r} is not the record of a selection, or was changed."
    raise OutputError("damaged_record", sentence, folder=str(folder))


def _unchanged(path: Path, record: dict[str, Any]) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        sentence = f"{path.name} is missing in {str(path.parent)!r}: the folder is not as it was written."
        raise NotFoundError("missing_result", sentence, file=path.name) from None
    if hashlib.sha256(content).hexdigest() != record["files"].get(path.name):
        sentence = f"{path.name} in {str(path.parent)!r} was changed since it was written. Run the selection again."
        raise OutputError("changed_result", sentence, file=path.name)
    return content


def _findings(path: Path, record: dict[str, Any]) -> tuple[Problem, ...]:
    """What was found while reading the table; nothing where the file was changed since, as nothing depends on it."""
    try:
        content = _unchanged(path, record)
    except SelectionError:
        return ()
    rows = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    cells = ({name: as_read(cell) or None for name, cell in row.items()} for row in rows)
    return tuple(
        Problem(
            None if one["row"] is None else int(one["row"]), one["column"], one["value"],
            one["code"] or "", one["sentence"] or "", one["action"] or "",
        )
        for one in cells
    )  # fmt: skip


def _otherwise(folder: Path, record: dict[str, Any], outcome: Outcome) -> str:
    """Why running again decided otherwise: other reference data or versions."""
    now = outcome.record()
    said = f"Running the rules of {str(folder)!r} again decides otherwise than {folders.DECISIONS} there."
    if now["reference_data_sha256"] != record.get("reference_data_sha256"):
        return f"{said} The reference data on countries are not the ones it was written with."
    then = record.get("versions", {})
    other = [f"{k} {then.get(k, '?')} (now {v})" for k, v in now["versions"].items() if v != then.get(k)]
    return f"{said} It was written with {', '.join(other)}." if other else said
