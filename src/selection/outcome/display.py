"""An outcome as a notebook shows it: counts, reserves, the first of the shortlist by id; no answer of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from selection.html import heading, line, table
from selection.outcome.frames import decision_cells

if TYPE_CHECKING:
    from selection.outcome.outcome import Outcome

HEAD = 5


def outcome_html(outcome: Outcome) -> str:
    """A short HTML fragment about an outcome."""
    places = outcome.ranking.order[np.flatnonzero(outcome.choice.selected)[:HEAD]]
    cells = decision_cells(outcome, places)
    shown = ("rank", "id", "score", "reason")
    first = zip(*(cells[name].tolist() for name in shown), strict=True)
    counts = {status: number for status, number in outcome.counts.items() if number}
    parts = [heading(outcome.policy.title or "Outcome"), table(list(counts), [list(counts.values())])]
    reserves = [one for block in outcome.certificate["blocks"] for one in block["reserves"]]
    if reserves:
        rows = [(one["reserve"], one["seats"], one["filled"], one["because_of"]) for one in reserves]
        parts.append(table(("reserve", "kept", "filled", "because of it"), rows))
    if len(places):
        parts += [table(shown, first), line(f"The first {len(places)} of {outcome.counts['selected']:,} selected.")]
    return "".join(parts)
