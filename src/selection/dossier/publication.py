"""The public edition of an outcome: nobody named, small counts kept back, and each applicant finds their own entry.

An entry stands under a code, the HMAC-SHA256 of the applicant's id under a key that only the organiser has; each
applicant is told their own code. Entries are sorted by code, so that their order tells nothing. Anybody who has key and
id can compute a code: `printf %s ID | openssl dgst -sha256 -hmac KEY`.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from selection.dossier import folders
from selection.dossier.writing import canonical_record, sealed
from selection.errors import NotFoundError, OutputError
from selection.vocabulary import REASONS, STATUSES

if TYPE_CHECKING:
    from selection.outcome import Outcome

ENTRIES: Final = "entries.csv"
PUBLIC: Final = "public.json"
SHORTEST_KEY: Final = 16


@dataclass(frozen=True)
class Entry:
    """What the public edition says of one applicant."""

    code: str
    status: str
    reason: str


def code_of(key: str, applicant_id: str) -> str:
    """The code of an applicant's entry: HMAC-SHA256 of the id under the organiser's key, as 64 hexadecimal digits."""
    return hmac.new(key.encode("utf-8"), applicant_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def checked(key: str) -> str:
    """The key, if it is long enough to keep others from trying ids out; else an `OutputError`."""
    if len(key) < SHORTEST_KEY:
        sentence = f"The key has {len(key)} characters: with fewer than {SHORTEST_KEY}, others could try them all."
        raise OutputError("short_key", sentence, length=len(key))
    return key


def publish(outcome: Outcome, folder: str | Path, key: str, *, force: bool = False) -> Path:
    """Write the public edition into a folder: entries.csv and public.json; `OutputError` for a key that is too short.

    It holds no id, name, address, score or rank; counts below 5 are kept back. Keep the key secret, and the same for
    all editions of a call.
    """
    key = checked(key)
    with folders.filled(Path(folder), force=force, own=(ENTRIES, PUBLIC)) as fresh:
        entries = _lines(outcome, key)
        (fresh / ENTRIES).write_bytes(entries)
        record = public_record(outcome, {ENTRIES: folders.digest(entries)})
        (fresh / PUBLIC).write_text(canonical_record(sealed(record)), encoding="utf-8", newline="\n")
    return Path(folder)


def public_record(outcome: Outcome, files: Mapping[str, str]) -> dict[str, Any]:
    """What may be published of the record: rules, seed, versions, totals and large counts, and how it was proved.

    The hash of the pool proves, to whoever has the registrations, which they were. Counts by reserve, reasons and rows
    are left out; ids of pinned applicants too.
    """
    record = outcome.record()
    policy = {key: value for key, value in json.loads(outcome.policy.canonical()).items() if key != "pinned"}
    hashes = ("policy_sha256", "form_sha256", "pool_sha256", "reference_data_sha256")
    kept = ("semantics", "title", "seed", "versions", *hashes)
    proof = record["certificate"]
    return {
        **{key: record.get(key) for key in kept},
        "policy": policy,
        "audit": record["audit"],
        "certificate": {key: proof[key] for key in ("class", "exact", "solver")},
        "entries": outcome.pool_size,
        "files": dict(files),
    }


def entry(folder: str | Path, code: str) -> Entry:
    """The entry under a code in a public edition; `NotFoundError` if there is none, `OutputError` if it was changed."""
    folder = Path(folder)
    wrong = changed(folder)
    if wrong:
        raise OutputError("changed_edition", f"The public edition in {str(folder)!r} was changed: {' '.join(wrong)}")
    with (folder / ENTRIES).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if hmac.compare_digest(row["code"], code.strip().lower()):
                return Entry(**row)
    raise NotFoundError("unknown_code", "No entry has this code: check that it is the one you were given.")


def changed(folder: Path) -> tuple[str, ...]:
    """What is not as it was written in a public edition, in sentences."""
    try:
        text = (folder / PUBLIC).read_text(encoding="utf-8")
        record = json.loads(text)
        entries = (folder / ENTRIES).read_bytes()
        said = [] if text == canonical_record(sealed(record)) else [f"{PUBLIC} is not as it was written."]
        return (*said, *([] if record["files"][ENTRIES] == folders.digest(entries) else [f"{ENTRIES} was changed."]))
    except FileNotFoundError as error:
        sentence = f"There is no public edition in {str(folder)!r}: {Path(str(error.filename)).name} is missing."
        raise NotFoundError("no_edition", sentence, folder=str(folder)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return (f"{PUBLIC} cannot be read.",)


def _lines(outcome: Outcome, key: str) -> bytes:
    ids, status, reason = outcome.intake.pool.ids.tolist(), outcome.status.tolist(), outcome.reason.tolist()
    rows = sorted((code_of(key, str(i)), STATUSES[s], REASONS[r]) for i, s, r in zip(ids, status, reason, strict=True))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("code", "status", "reason"), *rows])
    return text.getvalue().encode()
