"""One trial of a selection function: the rows it got, what it answered, and the same rows as the policy reads them."""

from __future__ import annotations

import copy
import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from selection.errors import SelectionError
from selection.outcome import Outcome
from selection.testing.pools import Row, Rules
from selection.testing.reading import SEED, Reading, Turn, read

Select = Callable[..., Any]


class NoAnswerError(Exception):
    """A selection function raised, or answered something that is no list of ids."""


class Trial:
    """A selection function on one pool of rows."""

    #: Who withdraws, where that is asked about.
    withdrawn: tuple[str, ...] = ()

    def __init__(self, select: Select, rows: Sequence[Row], policy: Rules, seed: str | None = None) -> None:
        self.select, self.rows, self.policy, self.seed = select, list(rows), policy, seed

    @cached_property
    def answer(self) -> frozenset[str]:
        return self.again(self.rows)

    @cached_property
    def reading(self) -> Reading | None:
        return read(self.rows, self.policy, self.seed)

    @cached_property
    def turn(self) -> Turn | None:
        """The first block in which the answer is not the policy's; None where none is, or it breaks a limit before."""
        return self.reading.turn(self.answer) if self.reading is not None and self.allowed else None

    @cached_property
    def allowed(self) -> bool:
        """Whether the answer breaks neither eligibility nor a limit, so that it can be compared with others."""
        reading = self.reading
        if reading is None or not self.answer <= reading.rank.keys() or len(self.answer) > reading.outcome.policy.seats:
            return False
        return all(number <= reading.limits[key[0]] for key, number in reading.used(self.answer).items())

    @cached_property
    def rejected(self) -> list[str]:
        """Who was not selected: the ranked, best first, then the others."""
        ranked = self.reading.ids if self.reading else []
        names = [*ranked, *sorted({str(row["id"]) for row in self.rows} - set(ranked))]
        return [one for one in names if one not in self.answer]

    def again(self, rows: Sequence[Row], policy: Rules | None = None) -> frozenset[str]:
        """What the function answers for these rows (and another policy)."""
        ids = self._asked(rows, self.policy if policy is None else policy)
        twice = [one for one, times in Counter(ids).items() if times > 1]
        if twice:
            raise NoAnswerError(f"it selects {twice[0]} more than once")
        unknown = sorted(set(ids) - {str(row["id"]) for row in rows})
        if unknown:
            raise NoAnswerError(f"it selects {unknown[0]!r}, who is not among the rows")
        return frozenset(ids)

    def changed(self, one: str, **cells: Any) -> list[Row]:
        """The rows with some cells of one applicant changed."""
        return [{**row, **cells} if str(row["id"]) == one else row for row in self.rows]

    def without(self, *ids: str) -> list[Row]:
        """The rows without some applicants."""
        return [row for row in self.rows if str(row["id"]) not in ids]

    @property
    def told(self) -> tuple[str, ...]:
        """What the function was told beside rows and policy, a line for each thing."""
        return ()

    @property
    def call(self) -> str:
        """The arguments of the call, as they are typed."""
        return "rows, policy"

    def arguments(self, rows: Sequence[Row], policy: Rules) -> tuple[Any, ...]:
        """What the function is called with; the rows are its own, to do with as it likes."""
        return copy.deepcopy(list(rows)), policy

    def _asked(self, rows: Sequence[Row], policy: Rules) -> list[str]:
        options = {"seed": self.seed or SEED} if _takes_seed(self.select) else {}
        try:
            return ids_of(self.select(*self.arguments(rows, policy), **options))
        except NoAnswerError:
            raise
        except Exception as error:
            said = error.sentence if isinstance(error, SelectionError) else str(error)
            raise NoAnswerError(f"it raised {type(error).__name__}: {said}") from error


class Withdrawal(Trial):
    """A replacement function on one pool: who had a seat, who withdraws, and who has one afterwards.

    The reading is that of the outcome afterwards: kept offers hold their seats in it.
    """

    def __init__(
        self, select: Select, rows: Sequence[Row], policy: Rules, withdrawn: Sequence[str], seed: str | None = None
    ) -> None:
        super().__init__(select, rows, policy, seed)
        self.withdrawn = tuple(withdrawn)

    @classmethod
    def drawn(
        cls, select: Select, rows: Sequence[Row], policy: Rules, places: Sequence[int], seed: str | None = None
    ) -> Withdrawal:
        """Those withdraw who stand at these places of a list: first whoever has a seat, best first, then the others."""
        made = cls(select, rows, policy, (), seed)
        names = list(dict.fromkeys([*made.selected, *(str(row["id"]) for row in rows)]))
        return cls(select, rows, policy, list(dict.fromkeys(names[place % len(names)] for place in places)), seed)

    @cached_property
    def before(self) -> Reading | None:
        """The rows as the policy reads them before anybody withdraws."""
        return read(self.rows, self.policy, self.seed)

    @cached_property
    def selected(self) -> tuple[str, ...]:
        """Who has a seat before anybody withdraws, best rank first."""
        if self.before is None:
            return ()
        taken = self.before.outcome.choice.selected
        return tuple(one for one, seated in zip(self.before.ids, taken, strict=True) if seated)

    @cached_property
    def reading(self) -> Reading | None:
        if self.before is None or not self.without(*self.withdrawn):
            return None
        return Reading(self.before.outcome.replace(self.withdrawn).outcome, self.before.tickets)

    @cached_property
    def rejected(self) -> list[str]:
        return [one for one in super().rejected if one not in self.withdrawn]

    @property
    def told(self) -> tuple[str, ...]:
        return f"had a seat: {', '.join(self.selected) or 'nobody'}", f"withdraws: {', '.join(self.withdrawn)}"

    @property
    def call(self) -> str:
        return f"rows, policy, {list(self.selected)}, {list(self.withdrawn)}"

    def arguments(self, rows: Sequence[Row], policy: Rules) -> tuple[Any, ...]:
        return *super().arguments(rows, policy), list(self.selected), list(self.withdrawn)


def ids_of(answer: Any) -> list[str]:
    """The ids in what a function returned; `NoAnswerError` says what came instead."""
    outcome = getattr(answer, "outcome", answer)
    if isinstance(outcome, Outcome):
        return [str(one) for one in outcome.intake.pool.ids[outcome.ranking.order[outcome.choice.selected]]]
    wanted = "expected are the ids of the selected applicants"
    if inspect.iscoroutine(answer):
        answer.close()
        raise NoAnswerError(f"it returned a coroutine; {wanted}: give a function that awaits it, as with asyncio.run")
    if hasattr(answer, "columns"):
        raise NoAnswerError(f'it returned a table; {wanted}, as in table["id"]')
    if isinstance(answer, (str, bytes)) or not isinstance(answer, Iterable):
        raise NoAnswerError(f"it returned {type(answer).__name__}; {wanted}")
    ids = list(answer)
    other = next((one for one in ids if isinstance(one, (Mapping, bool, bytes)) or one is None), "")
    if other != "":
        kind = "rows" if isinstance(other, Mapping) else f"{type(other).__name__} ({other!r})"
        raise NoAnswerError(f"it returned {kind}; {wanted}")
    return [str(one) for one in ids]


def _takes_seed(select: Select) -> bool:
    try:
        return "seed" in inspect.signature(select).parameters
    except (TypeError, ValueError):
        return False
