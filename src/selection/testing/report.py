"""A broken promise as a developer reads it: what is wrong, with whom, on which rows, and how to see it again."""

from __future__ import annotations

import pprint
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from selection.auditing.text import aligned
from selection.auditing.verification import Offence
from selection.testing.promises import Property
from selection.testing.trial import NoAnswerError, Trial

E = TypeVar("E", bound=Exception)

_UNTOLD = (
    "(each block draws fresh tickets, which are not known without a seed: max_compliance, max_size, nonwaste_maximal, "
    "no_justified_envy and best_set are not judged)"
)

#: So many rows are printed; all are in the error.
MOST_ROWS = 40


def report(
    kind: Callable[..., E],
    trial: Trial,
    offences: Sequence[Offence],
    examples: int,
    properties: Mapping[str, Property],
) -> E:
    """The error for these offences in a trial."""
    answer = _answer(trial)
    name = getattr(trial.select, "__name__", type(trial.select).__name__)
    broken = offences[0].promise
    statement = properties[broken].statement if broken in properties else ""
    known = trial.reading.reference(frozenset(answer or ())) if trial.reading else None
    parts = [
        f"{name} breaks {broken!r}: {statement}",
        "\n".join(f"  {offence.sentence}" for offence in offences[:5]),
        f"The smallest pool found that shows it ({_count(len(trial.rows), 'applicant')}):",
        "\n".join([_table(trial), "", *(f"  {line}" for line in trial.told)]) if trial.told else _table(trial),
        f"  {name} selects: {_listed(answer)}",
        *([f"  the policy selects: {_listed(sorted(known))}"] if known is not None else []),
        *(
            ["  (without a seed, tied applicants are taken in an order that speaks for the answer)"]
            if _tied(trial)
            else []
        ),
        *([f"  {_UNTOLD}"] if trial.reading is not None and not trial.reading.told else []),
        f"To see it again:\n\n{_code(trial, name)}",
    ]
    return kind("\n\n".join(parts[:4]) + "\n" + "\n".join(["", *parts[4:-1], "", parts[-1]]), tuple(offences),
                trial.rows, tuple(answer or ()), examples)  # fmt: skip


def _answer(trial: Trial) -> list[str] | None:
    try:
        return sorted(trial.answer)
    except NoAnswerError:
        return None


def _listed(ids: Sequence[str] | None) -> str:
    if ids is None:
        return "gives no answer"
    return (
        ", ".join(ids[:MOST_ROWS]) + (f" and {len(ids) - MOST_ROWS} more" if len(ids) > MOST_ROWS else "") or "nobody"
    )


def _tied(trial: Trial) -> bool:
    return trial.seed is None and trial.reading is not None and len(set(trial.reading.level)) < len(trial.reading.ids)


def _table(trial: Trial) -> str:
    """The rows with what the policy makes of them, best rank first."""
    rank = trial.reading.rank if trial.reading else {}
    rows = sorted(trial.rows, key=lambda row: rank.get(str(row["id"]), len(rank)))
    names = list(dict.fromkeys(key for row in rows for key in row))
    shown = [[*(_cell(row.get(name)) for name in names), *_made(trial, str(row["id"]))] for row in rows[:MOST_ROWS]]
    text = aligned([*names, "score", "eligible"] if "score" not in names else [*names, "points", "eligible"], shown)
    left = f"\n... and {len(rows) - MOST_ROWS} more" if len(rows) > MOST_ROWS else ""
    return "\n".join(f"    {line}" for line in text.splitlines()) + left


def _made(trial: Trial, one: str) -> tuple[str, str]:
    reading = trial.reading
    if reading is None or one not in reading.rank:
        return "", "withdrew" if one in trial.withdrawn else "no"
    return str(reading.outcome.score(reading.outcome.place(one))), "yes"


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _code(trial: Trial, name: str) -> str:
    if len(trial.rows) > MOST_ROWS:
        return f"rows = error.rows\n{name}({trial.call})"
    rows = pprint.pformat(trial.rows, width=110, sort_dicts=False)
    return f"rows = {rows}\n{name}({trial.call})"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
