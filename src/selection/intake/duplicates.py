"""Several registrations by one applicant, by id or e-mail: one stands, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text
from selection.intake.findings import Ledger
from selection.intake.mailboxes import mailboxes, normalised_email
from selection.texts import Texts
from selection.threads import ahead

Codes = npt.NDArray[np.int64]
Hashes = npt.NDArray[Any]

#: So many are looked at by several threads.
MANY: Final = 1 << 16


def find_duplicates(
    ids: npt.NDArray[Any], columns: Mapping[str, Column], latest: bool, email_heading: str, ledger: Ledger
) -> Codes:
    """For each applicant the place of the registration that stands instead, or -1."""
    duplicate_of = np.full(len(ids), -1, dtype=np.int64)
    looks = partial(_by_id, ids), partial(_by_email, columns.get("email"), email_heading, ledger)
    for group in _connected(*(ahead if len(ids) >= MANY else map)(lambda look: look(), looks)):
        standing = _standing(group, ids, columns, latest)
        for place in group:
            if place != standing:
                duplicate_of[place] = standing
    _report(duplicate_of, ids, ledger)
    return duplicate_of


def _by_id(ids: npt.NDArray[Any]) -> list[list[int]]:
    """Applicants with one id."""
    hashes = ids.hashes() if isinstance(ids, Texts) else np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
    return _repeated(hashes, np.arange(len(ids)), ids.__getitem__)


def _by_email(column: Column | None, heading: str, ledger: Ledger) -> list[list[int]]:
    """Applicants whose addresses lead to one mailbox."""
    if column is None or not len(column.values):
        return []
    addresses: Any = column.values
    hashes, invalid = mailboxes(addresses if isinstance(addresses, Texts) else addresses.tolist())
    no_address = np.zeros(len(hashes) + 1, dtype=bool)
    no_address[invalid] = True
    no_address[-1] = False
    for place in np.flatnonzero(no_address[column.codes] & (column.codes >= 0)).tolist() if invalid else ():
        said = "What stands here is not an e-mail address; it was not compared with others."
        ledger.note("invalid_email", said, "kept", row=int(ledger.rows[place]), column=heading)
    no_address[-1] = True
    known = np.flatnonzero(~no_address[column.codes])
    return _repeated(hashes[column.codes[known]], known, lambda place: normalised_email(column.at(place)))


def _repeated(hashes: Hashes, places: Codes, key: Callable[[int], Any]) -> list[list[int]]:
    """The places of each key that occurs more than once: those whose hashes do, looked at more closely."""
    ordered = np.sort(hashes)
    several = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(several):
        return []
    near = several[np.minimum(np.searchsorted(several, hashes), len(several) - 1)]
    groups: dict[Any, list[int]] = {}
    for place in places[near == hashes].tolist():
        groups.setdefault(key(place), []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def _connected(*families: list[list[int]]) -> list[list[int]]:
    """Groups that share a member become one (union-find)."""
    parent: dict[int, int] = {}

    def root(place: int) -> int:
        while (above := parent.setdefault(place, place)) != place:
            parent[place] = parent[above]
            place = above
        return place

    for first, *others in (group for family in families for group in family):
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[int, list[int]] = {}
    for place in sorted(parent):
        groups.setdefault(root(place), []).append(place)
    return list(groups.values())


def _standing(group: list[int], ids: npt.NDArray[Any], columns: Mapping[str, Column], latest: bool) -> int:
    """The latest or first by time; where times are equal or unknown the rows' content decides, never their order."""
    times = columns.get("submitted_at")
    known = [] if times is None else [p for p in group if times.codes[p] >= 0]
    if known and times is not None:
        stamps = {p: times.values[times.codes[p]] for p in known}
        best = max(stamps.values()) if latest else min(stamps.values())
        group = [p for p, stamp in stamps.items() if stamp == best]
    return max(group, key=lambda p: (_content(p, ids, columns), -p)) if len(group) > 1 else group[0]


def _content(place: int, ids: npt.NDArray[Any], columns: Mapping[str, Column]) -> tuple[str, ...]:
    cells = ((name, columns[name].at(place)) for name in sorted(columns))
    return (str(ids[place]), *("" if v is None else f"={canonical_text(v)}" for _, v in cells))


def _report(duplicate_of: Codes, ids: npt.NDArray[Any], ledger: Ledger) -> None:
    for place in np.flatnonzero(duplicate_of >= 0).tolist():
        standing = int(duplicate_of[place])
        said = f"Another registration of the applicant {ids[standing]} (row {ledger.rows[standing]}), which stands."
        ledger.note("duplicate", said, "duplicate", row=int(ledger.rows[place]))
