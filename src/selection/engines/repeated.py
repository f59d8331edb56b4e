"""Ids and addresses that stand more than once in a table in an engine, as far as they are looked at here."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from selection.engines.engine import Cells
from selection.errors import SelectionError
from selection.intake.coding import unmasked_text
from selection.intake.mailboxes import normalised_email

#: So many rows at most are looked at one by one because their id or address may stand more than once.
MOST_REPEATED: Final = 2_000_000

#: What an address may hold that SQL dialects fold otherwise than Python does.
NOT_ASCII: Final = r"[^\x00-\x7F]"

#: What is left out of addresses that are compared coarsely, one step after the other.
_STEPS: Final = ((r"\+[^@]*@", "@"), (r"[^A-Za-z0-9@]", ""))
_PROVIDER: Final = ("@googlemailcom", "@gmailcom")


def check_repeated(number: int) -> None:
    """`SelectionError` if so many rows cannot be looked at one by one."""
    if number > MOST_REPEATED:
        sentence = (
            f"More than {MOST_REPEATED:,} ids or e-mail addresses stand more than once or, written with other letters "
            "than those of ASCII, would have to be compared one by one; nothing was decided. Is the id the right "
            "column, or does one address stand in every row? Leave one registration of each applicant before you "
            "select, or rename the column email."
        )
        raise SelectionError("too_many_repeated", sentence, most=MOST_REPEATED)


def mailbox(cell: str) -> str | None:
    """The address of a cell as its provider tells mailboxes apart, read as in one process."""
    return normalised_email(unmasked_text(cell.strip()))


def coarse(address: Any) -> Any:
    """An expression that two ASCII addresses of one mailbox share for certain (and a few others by chance)."""
    for pattern, instead in _STEPS:
        address = address.str.replace_all(pattern, instead)
    return address.str.to_lowercase().str.replace_all(*_PROVIDER, literal=True)


def coarse_text(address: str) -> str:
    """The same for one text here."""
    for pattern, instead in _STEPS:
        address = re.sub(pattern, instead, address)
    return address.lower().replace(*_PROVIDER)


@dataclass(frozen=True)
class Addresses:
    """Addresses that are not plain ASCII, compared here: the `ids` of those that may lead to one mailbox with others,
    and the coarse form of those that are ASCII once folded (`straße@`, the Kelvin sign)."""

    ids: list[str]
    ascii: frozenset[str]

    @classmethod
    def of(cls, found: Cells) -> Addresses:
        """From the columns `id` and `email`."""
        boxes = [mailbox(one) for one in found["email"]]
        number = Counter(boxes)
        wanted = [box is not None and (number[box] > 1 or box.isascii()) for box in boxes]
        ids = [one for one, want in zip(found["id"], wanted, strict=True) if want]
        return cls(ids, frozenset(coarse_text(box) for box in boxes if box is not None and box.isascii()))
