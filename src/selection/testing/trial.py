"""One trial of a selection function: the rows it got, what it answered, and the same rows as the policy reads them."""

from __future__ import annotations

import copy
import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, permutations, product
from typing import Any, Final

import numpy as np

from selection.auditing.verification import Seen, compliance, people_of
from selection.choice import SeatedBlock, choose
from selection.errors import SelectionError
from selection.outcome import Outcome
from selection.outcome import select as library_select
from selection.testing.pools import Row, Rules, policy_of

Select = Callable[..., Any]

#: The key of the tickets where the caller names none.
SEED: Final = "fairness"

#: So many orders of tied applicants are tried to find one under which an answer is right.
MOST_ORDERS: Final = 720


class NoAnswerError(Exception):
    """A selection function raised, or answered something that is no list of ids."""


@dataclass(frozen=True, eq=False)
class Reading:
    """The rows as the policy reads them, ranked; `tickets` whether the order among tied applicants is known too."""

    outcome: Outcome
    tickets: bool

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the ranked applicants, best first."""
        return [str(one) for one in self.outcome.intake.pool.ids[self.outcome.ranking.order]]

    @cached_property
    def rank(self) -> dict[str, int]:
        return {one: rank for rank, one in enumerate(self.ids)}

    @cached_property
    def people(self) -> list[Seen]:
        return people_of(self.outcome)

    @cached_property
    def level(self) -> list[int]:
        """Per rank the place in the order as far as it is known: tied applicants share one where tickets are not."""
        ties = self.outcome.ranking.ties.tolist()
        single = self.outcome.policy.lottery.tickets == "single"
        return list(range(len(ties))) if self.tickets and single else ties

    @cached_property
    def limits(self) -> dict[str, int]:
        return {cap.name: cap.seats for cap in self.outcome.choice.plan.caps}

    @cached_property
    def pinned(self) -> frozenset[str]:
        return frozenset(self.outcome.policy.pinned)

    @property
    def block(self) -> SeatedBlock | None:
        """The one block, if all seats are in a single block open to everybody."""
        blocks = self.outcome.choice.plan.blocks
        return self.outcome.choice.blocks[0] if len(blocks) == 1 and blocks[0].rule is None else None

    def signature(self, rank: int) -> tuple[Any, ...]:
        """What the choice can tell of the applicant at this rank."""
        one = self.people[rank]
        return frozenset(one.keys), one.groups, one.blocks

    def used(self, ids: Iterable[str]) -> Counter[Any]:
        """How many of these count under each cap."""
        return Counter(key for one in ids for key in self.people[self.rank[one]].keys)

    def compliance(self, ids: Iterable[str]) -> tuple[int, ...]:
        """What each reserve of the one block reaches with these applicants."""
        assert self.block is not None
        vector = compliance([self.people[self.rank[one]].groups[0] for one in ids], self.block)
        return (sum(vector),) if self.block.block.compliance == "total" else vector

    def reference(self, answer: frozenset[str]) -> frozenset[str] | None:
        """What the policy selects, with tied applicants in an order that speaks for the answer as far as one can.

        With known tickets the one right set. Else: if any order of the tied makes the answer right, then so does one
        in which the answered come first (whoever is answered and moves up stays in); in several blocks their own order
        matters too. None where it cannot be told: fresh tickets for each block, or too many orders.
        """
        if self.tickets or not len(self.ids):
            return frozenset(one for one, taken in zip(self.ids, self.outcome.choice.selected, strict=True) if taken)
        if self.outcome.policy.lottery.tickets != "single" and len(self.outcome.choice.plan.blocks) > 1:
            return None
        found: frozenset[str] | None = None
        for tried, order in enumerate(islice(self._orders(answer), MOST_ORDERS)):
            selected = self._selected(order)
            if selected == answer:
                return answer
            found = found or selected
            if tried == MOST_ORDERS - 1:
                return None
        return found

    def _orders(self, answer: frozenset[str]) -> Iterator[list[int]]:
        """Ranks with the answered first within each tie, in every order that several blocks could tell apart."""
        ties: dict[int, list[int]] = {}
        for rank, tie in enumerate(self.outcome.ranking.ties.tolist()):
            ties.setdefault(tie, []).append(rank)
        first = [[r for r in tied if self.ids[r] in answer] for tied in ties.values()]
        rest = [[r for r in tied if self.ids[r] not in answer] for tied in ties.values()]
        each = [self._arrangements(one) for one in first]
        for arranged in product(*each):
            yield [r for one, others in zip(arranged, rest, strict=True) for r in (*one, *others)]

    def _arrangements(self, ranks: Sequence[int]) -> list[tuple[int, ...]]:
        alike = len(self.outcome.choice.plan.blocks) == 1 or len({self.signature(r) for r in ranks}) < 2
        return [tuple(ranks)] if alike else list(islice(permutations(ranks), MOST_ORDERS))

    def _selected(self, order: list[int]) -> frozenset[str]:
        ranking, places = self.outcome.ranking, np.array(order)
        held = {order.index(rank): block for rank, block in self.outcome.held.items()}
        choice = choose(replace(ranking, order=ranking.order[places]), held=held)
        return frozenset(self.ids[order[place]] for place in np.flatnonzero(choice.selected).tolist())


def read(rows: Sequence[Row], policy: Rules, seed: str | None) -> Reading | None:
    """The rows as the policy reads them; None where policy and rows do not fit together, or a tie has no lottery."""
    try:
        return Reading(library_select(rows, policy_of(policy), seed=seed or SEED), seed is not None)
    except SelectionError:
        return None


class Trial:
    """A selection function on one pool of rows."""

    def __init__(self, select: Select, rows: Sequence[Row], policy: Rules, seed: str | None = None) -> None:
        self.select, self.rows, self.policy, self.seed = select, list(rows), policy, seed

    @cached_property
    def answer(self) -> frozenset[str]:
        return self.again(self.rows)

    @cached_property
    def reading(self) -> Reading | None:
        return read(self.rows, self.policy, self.seed)

    @cached_property
    def rejected(self) -> list[str]:
        """Who was not selected: the ranked, best first, then the others."""
        ranked = self.reading.ids if self.reading else []
        names = [*ranked, *sorted({str(row["id"]) for row in self.rows} - set(ranked))]
        return [one for one in names if one not in self.answer]

    def again(self, rows: Sequence[Row], policy: Rules | None = None) -> frozenset[str]:
        """What the function answers for these rows (and another policy)."""
        ids = _asked(self.select, rows, self.policy if policy is None else policy, self.seed)
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


def _asked(select: Select, rows: Sequence[Row], policy: Rules, seed: str | None) -> list[str]:
    options = {"seed": seed or SEED} if _takes_seed(select) else {}
    try:
        answer = select(copy.deepcopy(list(rows)), policy, **options)
    except Exception as error:
        said = error.sentence if isinstance(error, SelectionError) else str(error)
        raise NoAnswerError(f"it raised {type(error).__name__}: {said}") from error
    if isinstance(answer, Outcome):
        answer = answer.intake.pool.ids[answer.ranking.order[answer.choice.selected]].tolist()
    if isinstance(answer, (str, bytes)) or not isinstance(answer, Iterable):
        raise NoAnswerError(f"it returned {type(answer).__name__}; expected are the ids of the selected applicants")
    return [str(one) for one in answer]


def _takes_seed(select: Select) -> bool:
    try:
        return "seed" in inspect.signature(select).parameters
    except (TypeError, ValueError):
        return False
