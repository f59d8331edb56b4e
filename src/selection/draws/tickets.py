"""Single tickets checked, and whole lists put into the order of their tickets."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable

from selection.errors import InputError


def ticket(seed: str, applicant_id: str, block: str | None = None) -> str:
    """An applicant's lottery number: SHA-256 of `seed:id`, or `seed:block:id` for a fresh ticket in each block."""
    if any(one is None or isinstance(one, bytes) for one in (seed, applicant_id)):
        raise InputError("no_ticket", "A ticket is made of a seed and an id, two texts; None and bytes are none.")
    key = f"{seed}:{applicant_id}" if block is None else f"{seed}:{block}:{applicant_id}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def tickets(seed: str, ids: Iterable[str], block: str | None = None) -> list[str]:
    """The ticket of each applicant."""
    before = hashlib.sha256(f"{seed}:{'' if block is None else f'{block}:'}".encode("utf-8", "surrogatepass"))
    found = []
    for one in ids:
        drawn = before.copy()
        drawn.update(one.encode("utf-8", "surrogatepass"))
        found.append(drawn.hexdigest())
    return found


def check_ticket(seed: str, applicant_id: str, claimed: str, block: str | None = None) -> bool:
    """Whether this is the applicant's ticket: SHA-256 of `seed:id`, as `printf '%s:%s' SEED ID | sha256sum` prints it.

    Capitals and what `sha256sum` prints after the digits do not matter; `block` where each block draws fresh tickets.
    """
    said = (claimed.split() or [""])[0].lower()
    return hmac.compare_digest(ticket(seed, applicant_id, block).encode(), said.encode("utf-8", "surrogatepass"))


def ticket_order(ids: Iterable[str], seed: str, block: str | None = None) -> list[str]:
    """The ids in the order of their tickets, whatever order they come in; leaving one out moves no other."""
    return sorted(distinct(ids), key=lambda one: ticket(seed, one, block))


def distinct(ids: Iterable[str]) -> list[str]:
    """The ids as a list; `InputError` where one stands twice, since it would have two chances."""
    listed = [str(one) for one in ids]
    twice = next((one for one, times in Counter(listed).items() if times > 1), None)
    if twice is not None:
        sentence = f"{twice!r} stands in the list more than once: in a draw every entry needs an id of its own."
        raise InputError("id_twice", sentence, id=twice)
    return listed
