"""Several registrations by one applicant, by id or e-mail: one stands, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from selection.applicants import Column, canonical_text
from selection.intake.findings import Ledger

#: Providers that ignore dots and what follows a plus sign in an address.
IGNORES_DOTS: Final = ("gmail.com", "googlemail.com")

Codes = npt.NDArray[np.int64]


def normalised_email(address: str) -> str | None:
    """The address as its provider tells mailboxes apart, or None if it is no address."""
    local, at, domain = address.strip().casefold().rpartition("@")
    if not at or not local or not domain or "@" in local or len(address.split()) != 1:
        return None
    if domain in IGNORES_DOTS:
        local, domain = local.partition("+")[0].replace(".", ""), IGNORES_DOTS[0]
    return f"{local}@{domain}"


def normalised_emails(addresses: Sequence[str]) -> Sequence[str | None]:
    """All addresses normalised; at one go if each is plainly one address and none needs its provider's rules."""
    written = "\n".join(addresses)
    text = written.casefold()
    if not _plain(text, len(addresses)) or any(f"@{domain}" in text for domain in IGNORES_DOTS):
        return [normalised_email(a) for a in addresses]
    return addresses if text == written else text.split("\n")


def _plain(text: str, lines: int) -> bool:
    """Whether each line is one `@` with something around it, in ASCII and without white space."""
    if not text.isascii():
        return False
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    marks = np.flatnonzero((signs <= 32) | (signs == ord("@")))
    if len(marks) != 2 * lines - 1 or marks[0] == 0 or marks[-1] == len(signs) - 1 or (np.diff(marks) < 2).any():
        return False
    kinds = signs[marks]
    return bool((kinds[::2] == ord("@")).all() and (kinds[1::2] == ord("\n")).all())


def find_duplicates(
    ids: npt.NDArray[Any], columns: Mapping[str, Column], latest: bool, email_heading: str, ledger: Ledger
) -> Codes:
    """For each applicant the place of the registration that stands instead, or -1."""
    duplicate_of = np.full(len(ids), -1, dtype=np.int64)
    by_id = _repeated(_codes(ids.tolist()))
    by_email = _repeated(_emails(columns.get("email"), email_heading, ledger))
    for group in _connected(by_id, by_email):
        standing = _standing(group, ids, columns, latest)
        for place in group:
            if place != standing:
                duplicate_of[place] = standing
    _report(duplicate_of, ids, ledger)
    return duplicate_of


def _codes(keys: Sequence[Any]) -> Codes:
    """Equal keys share a number, None is -1; a quick look at hashes first, since mostly all are different."""
    hashes = np.fromiter(map(hash, keys), dtype=np.int64, count=len(keys))
    hashes.sort()
    if (hashes[1:] != hashes[:-1]).all() and None not in keys:
        return np.arange(len(keys))
    places: dict[Any, int] = {}
    found = (-1 if k is None else places.setdefault(k, len(places)) for k in keys)
    return np.fromiter(found, dtype=np.int64, count=len(keys))


def _emails(column: Column | None, heading: str, ledger: Ledger) -> Codes:
    if column is None:
        return np.zeros(0, dtype=np.int64)
    keys = normalised_emails(column.values.tolist())
    invalid = [code for code, key in enumerate(keys) if key is None]
    for place in np.flatnonzero(np.isin(column.codes, invalid)).tolist() if invalid else ():
        said = "What stands here is not an e-mail address; it was not compared with others."
        ledger.note("invalid_email", said, "kept", row=int(ledger.rows[place]), column=heading)
    return np.append(_codes(keys), -1)[column.codes]


def _repeated(codes: Codes) -> list[list[int]]:
    """The places of each number that occurs more than once."""
    known = np.flatnonzero(codes >= 0)
    order = known[np.argsort(codes[known], kind="stable")]
    sorted_codes = codes[order]
    starts = np.flatnonzero(np.append(True, sorted_codes[1:] != sorted_codes[:-1])) if len(order) else order
    sizes = np.diff(np.append(starts, len(order)))
    return [
        order[s : s + n].tolist() for s, n in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True)
    ]


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
