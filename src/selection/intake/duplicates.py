"""Several registrations by one applicant, by id or e-mail: one stands, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text
from selection.intake.findings import Ledger
from selection.intake.mailboxes import mailboxes, normalised_email
from selection.intake.repeats import ascend, repeated
from selection.keys import hashes_of
from selection.texts import Texts

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Alike:
    """Groups of applicants who share something, by their places, and the places of those it cannot be told of."""

    groups: list[list[int]]
    unknown: list[int] = field(default_factory=list)


def find_duplicates(
    of_id: Alike,
    of_mailbox: Alike,
    ids: npt.NDArray[Any],
    columns: Mapping[str, Column],
    latest: bool,
    email_heading: str,
    ledger: Ledger,
) -> Codes:
    """For each applicant the place of the registration that stands instead, or -1; by those with one id or mailbox."""
    for place in of_mailbox.unknown:
        said = "What stands here is not an e-mail address; it was not compared with others."
        ledger.note("invalid_email", said, "kept", row=int(ledger.rows[place]), column=email_heading)
    duplicate_of = np.full(len(ids), -1, dtype=np.int64)
    for group in _connected(of_id.groups, of_mailbox.groups):
        standing = _standing(group, ids, columns, latest)
        for place in group:
            if place != standing:
                duplicate_of[place] = standing
    _report(duplicate_of, ids, ledger)
    return duplicate_of


def by_id(ids: npt.NDArray[Any]) -> Alike:
    """Applicants with one id."""
    if isinstance(ids, Texts):
        return Alike([] if ascend(ids) else _alike(repeated(hashes_of(ids)), ids.__getitem__))
    hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids)).view(np.uint64)
    return Alike(_alike(repeated(hashes), ids.__getitem__))


def by_mailbox(column: Column | None) -> Alike:
    """Applicants whose addresses lead to one mailbox, and those who have one that is no address."""
    if column is None or not len(column.values):
        return Alike([])
    addresses: Any = column.values
    hashes, invalid = mailboxes(addresses if isinstance(addresses, Texts) else addresses.tolist())
    no_address = np.zeros(len(hashes) + 1, dtype=bool)
    no_address[invalid] = True
    unknown = np.flatnonzero(no_address[column.codes] & (column.codes >= 0)).tolist() if invalid else []
    no_address[-1] = True
    without = no_address[column.codes]
    known = np.flatnonzero(~without) if without.any() else None
    found = repeated(hashes[column.codes if known is None else column.codes[known]])
    places = found if known is None else known[found]
    return Alike(_alike(places, lambda place: normalised_email(column.at(place))), unknown)


def _alike(places: Codes, key: Callable[[int], Any]) -> list[list[int]]:
    """The places of each key that occurs more than once."""
    groups: dict[Any, list[int]] = {}
    for place in places.tolist():
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
