"""Several registrations by one applicant, by id or e-mail: one stands, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text
from selection.intake.findings import Ledger
from selection.texts import Texts

#: Providers that ignore dots and what follows a plus sign in an address.
IGNORES_DOTS: Final = ("gmail.com", "googlemail.com")

#: Providers that ignore what follows a plus sign, and nothing else.
IGNORES_PLUS: Final = (
    "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "fastmail.com", "proton.me",
    "protonmail.com", "pm.me", "zoho.com",
)  # fmt: skip

Codes = npt.NDArray[np.int64]


def normalised_email(address: str) -> str | None:
    """The address as its provider tells mailboxes apart, or None if it is no address."""
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at or not local or not domain or "@" in local or len(address.split()) != 1:
        return None
    if domain in IGNORES_DOTS:
        local, domain = local.partition("+")[0].replace(".", ""), IGNORES_DOTS[0]
    elif domain in IGNORES_PLUS:
        local = local.partition("+")[0] or local
    return f"{local}@{domain}"


def email_hashes(addresses: Sequence[str] | Texts) -> tuple[Codes, list[int]]:
    """A hash of each address as its provider tells mailboxes apart, and the places of those that are no address."""
    if isinstance(addresses, Texts):
        blocks = addresses.blocks()
    else:
        texts = Texts.of(addresses)
        blocks = texts.blocks() if texts is not None else iter([list(addresses)])
    hashes, invalid, start = [np.zeros(0, dtype=np.int64)], list[int](), 0
    for block in blocks:
        keys: list[str | None] = [*"\n".join(block).casefold().split("\n")]
        if len(keys) != len(block):
            keys = [*map(str.casefold, block)]
        for place in _special(block, keys):
            keys[place] = normalised_email(block[place])
            if keys[place] is None:
                invalid.append(start + place)
        hashes.append(np.fromiter(map(hash, keys), dtype=np.int64, count=len(keys)))
        start += len(block)
    return np.concatenate(hashes), invalid


def _special(block: Sequence[str], keys: Sequence[str | None]) -> Iterable[int]:
    """Places of addresses that are not plainly one in ASCII, or whose provider has rules of its own."""
    packed = Texts.of(block)
    if packed is None:
        return range(len(block))
    signs, ends = packed.signs, packed.ends
    marks = np.flatnonzero(signs == ord("@"))
    line = np.searchsorted(ends, marks)
    special = np.bincount(line, minlength=len(ends)) != 1
    edge = (signs <= 32) | (signs >= 0x80)
    special[line[edge[marks - 1] | edge[marks + 1] | (marks == 0)]] = True
    edge[ends] = False
    special[np.searchsorted(ends, np.flatnonzero(edge))] = True
    special[np.searchsorted(ends, np.flatnonzero(signs == ord("+")))] = True
    rules = tuple(f"@{domain}" for domain in IGNORES_DOTS)
    special |= np.fromiter((key is not None and key.endswith(rules) for key in keys), dtype=bool, count=len(keys))
    return np.flatnonzero(special).tolist()


def find_duplicates(
    ids: npt.NDArray[Any], columns: Mapping[str, Column], latest: bool, email_heading: str, ledger: Ledger
) -> Codes:
    """For each applicant the place of the registration that stands instead, or -1."""
    duplicate_of = np.full(len(ids), -1, dtype=np.int64)
    by_id = _repeated(np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids)), np.arange(len(ids)), ids.__getitem__)
    by_email = _by_email(columns.get("email"), email_heading, ledger)
    for group in _connected(by_id, by_email):
        standing = _standing(group, ids, columns, latest)
        for place in group:
            if place != standing:
                duplicate_of[place] = standing
    _report(duplicate_of, ids, ledger)
    return duplicate_of


def _by_email(column: Column | None, heading: str, ledger: Ledger) -> list[list[int]]:
    """Applicants whose addresses lead to one mailbox."""
    if column is None or not len(column.values):
        return []
    addresses: Any = column.values
    hashes, invalid = email_hashes(addresses if isinstance(addresses, Texts) else addresses.tolist())
    no_address = np.zeros(len(hashes) + 1, dtype=bool)
    no_address[invalid] = True
    no_address[-1] = False
    for place in np.flatnonzero(no_address[column.codes] & (column.codes >= 0)).tolist() if invalid else ():
        said = "What stands here is not an e-mail address; it was not compared with others."
        ledger.note("invalid_email", said, "kept", row=int(ledger.rows[place]), column=heading)
    no_address[-1] = True
    known = np.flatnonzero(~no_address[column.codes])
    return _repeated(hashes[column.codes[known]], known, lambda place: normalised_email(column.at(place)))


def _repeated(hashes: Codes, places: Codes, key: Callable[[int], Any]) -> list[list[int]]:
    """The places of each key that occurs more than once: those whose hashes do, looked at more closely."""
    ordered = np.sort(hashes)
    several = ordered[1:][ordered[1:] == ordered[:-1]]
    suspects = places[np.isin(hashes, several)] if len(several) else several
    groups: dict[Any, list[int]] = {}
    for place in suspects.tolist():
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
