"""The public edition: applicants by pseudonym, numbers that could point at somebody withheld."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from selection.applicants import pool_hash
from selection.auditing.audit import SMALLEST
from selection.charts.usage import UsedReserve
from selection.report.facts import CutOff
from selection.vocabulary import PERSONAL

if TYPE_CHECKING:
    from selection.outcome import Outcome


def pseudonyms(outcome: Outcome) -> list[str]:
    """A name for each applicant in the order of the list that does not tell the id.

    The same from the table and from its folder of results. The key follows from every answer that the policy reads and
    is printed nowhere: whoever has the answers has the ids as well, and nobody else can try ids out.
    """
    key = _key(outcome)
    ids = outcome.intake.pool.ids[outcome.display_order].tolist()
    return [hmac.new(key, str(one).encode(), sha256).hexdigest()[:12] for one in ids]


def _key(outcome: Outcome) -> bytes:
    fields, pool = outcome.assessment.fields, outcome.intake.pool
    read = {fields.basis(name) for name in outcome.policy.fields} - PERSONAL
    columns = {name: pool.columns[name] for name in sorted(read & pool.columns.keys())}
    return f"pseudonyms:{pool_hash(replace(pool, columns=columns))}".encode()


def for_public(reserves: Iterable[UsedReserve], cuts: Iterable[CutOff]) -> tuple[list[UsedReserve], list[CutOff]]:
    """Reserves and cut-offs without small numbers."""
    shown = [replace(one, because_of=_large(one.because_of), holding=_large(one.holding)) for one in reserves]
    wide = [one for one in cuts if _large(one.selected) is not None and _large(one.eligible - one.selected) is not None]
    return shown, wide


def _large(number: int | None) -> int | None:
    """The number, if it is none or points at nobody."""
    return None if number is not None and 0 < number < SMALLEST else number
