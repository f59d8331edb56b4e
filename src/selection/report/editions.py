"""The public edition: applicants by pseudonym, numbers that could point at somebody withheld."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from selection.auditing.audit import SMALLEST
from selection.charts import Labels
from selection.charts.usage import UsedCap, UsedReserve
from selection.dossier.publication import checked, code_of
from selection.report.facts import CutOff

if TYPE_CHECKING:
    from selection.outcome import Outcome


SHOWN: Final = 12


def pseudonyms(outcome: Outcome, labels: Labels, key: str | None = None) -> list[str]:
    """A name for each applicant in the order of the list that does not tell the id.

    Under a key it is the beginning of the code in the public edition of the results, by which applicants find
    themselves; without one it is a running number, by which nobody can.
    """
    ids = outcome.intake.pool.ids[outcome.display_order].tolist()
    if key is None:
        return [labels["list"]["pseudonym"].format(n=place) for place in range(1, len(ids) + 1)]
    secret = checked(key)
    return [code_of(secret, str(one))[:SHOWN] for one in ids]


def for_public(
    reserves: Iterable[UsedReserve], caps: Iterable[UsedCap], cuts: Iterable[CutOff]
) -> tuple[list[UsedReserve], list[UsedCap], list[CutOff]]:
    """Reserves, caps and cut-offs without small numbers."""
    shown = [
        replace(one, filled=_large(one.filled), because_of=_large(one.because_of), holding=_large(one.holding))
        for one in reserves
    ]
    used = [replace(cap, fullest=tuple(replace(key, used=_large(key.used)) for key in cap.fullest)) for cap in caps]
    wide = [one for one in cuts if _large(one.selected) is not None and _large(one.eligible - one.selected) is not None]
    return shown, used, wide


def _large(number: int | None) -> int | None:
    """The number, if it is none or points at nobody."""
    return None if number is not None and 0 < number < SMALLEST else number
