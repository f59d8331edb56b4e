"""Rows as a policy reads them, and what it selects of them in an order of the tied that speaks for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, permutations, product
from typing import Any, Final

import numpy as np

from selection.auditing.verification import Seen, compliance, groups_in, people_of
from selection.choice import Choice, SeatedBlock, choose
from selection.errors import SelectionError
from selection.outcome import Outcome
from selection.outcome import select as library_select
from selection.testing.pools import Row, Rules, policy_of

#: The key of the tickets where the caller names none.
SEED: Final = "fairness"

#: So many orders of tied applicants are tried to find one under which an answer is right.
MOST_ORDERS: Final = 720


@dataclass(frozen=True, eq=False)
class Turn:
    """A block at its turn: whom the answer has in it, whom the policy, and who sat in earlier blocks already."""

    seated: SeatedBlock
    before: frozenset[str]
    mine: frozenset[str]
    best: frozenset[str]


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
        """Who holds a seat before any is given out: promised by the policy, or an offer that is kept."""
        return frozenset(self.ids[rank] for rank in self.outcome.held)

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

    def compliance(self, ids: Iterable[str], seated: SeatedBlock) -> tuple[int, ...]:
        """What each reserve of a block reaches with these applicants in it."""
        vector = compliance([groups_in(self.people[self.rank[one]], seated.place) for one in ids], seated)
        return (sum(vector),) if seated.block.compliance == "total" else vector

    @property
    def told(self) -> bool:
        """Whether it can be told what is right: not of fresh tickets for each block that are not known."""
        several = len(self.outcome.choice.plan.blocks) > 1
        return self.tickets or self.outcome.policy.lottery.tickets == "single" or not several

    def reference(self, answer: frozenset[str]) -> frozenset[str] | None:
        """What the policy selects, with tied applicants in an order that speaks for the answer as far as one can.

        With known tickets the one right set. Else: if any order of the tied makes the answer right, then so does one
        in which the answered come first (whoever is answered and moves up stays in); in several blocks their own order
        matters too. None where it cannot be told, or of too many orders.
        """
        if not self.told:
            return None
        found: frozenset[str] | None = None
        for tried, order in enumerate(islice(self._orders(answer), MOST_ORDERS)):
            choice = self._choice(order)
            selected = frozenset(self.ids[order[place]] for place in np.flatnonzero(choice.selected).tolist())
            if selected == answer or self.tickets:
                return selected
            found = found or selected
            if tried == MOST_ORDERS - 1:
                return None
        return found

    def turn(self, answer: frozenset[str]) -> Turn | None:
        """The first block in which an answer parts from what the policy selects; None where in none, or not to be told.

        Where there are several blocks, those answered sit where the policy would seat them if they alone had applied.
        """
        best = self.reference(answer)
        if best is None or best == answer:
            return None
        if self.block is not None:
            return Turn(self.block, frozenset(), answer, best)
        order = next(self._orders(answer))
        some = [rank for rank in order if self.ids[rank] in answer]
        right = self._choice(order)
        by_policy, by_answer = self._by_block(right, order), self._by_block(self._choice(some), some)
        before: frozenset[str] = frozenset()
        for seated in right.blocks:
            theirs, mine = (sets.get(seated.block.name, frozenset()) for sets in (by_policy, by_answer))
            if mine != theirs:
                return Turn(seated, before, mine, theirs)
            before |= mine
        return None

    def _by_block(self, choice: Choice, order: Sequence[int]) -> dict[str, frozenset[str]]:
        """Who sits in each block."""
        return {
            seated.block.name: frozenset(
                self.ids[order[at]] for at in np.flatnonzero(choice.block_of == number).tolist()
            )
            for number, seated in enumerate(choice.blocks)
        }

    def _orders(self, answer: frozenset[str]) -> Iterator[list[int]]:
        """Ranks with the answered first within each tie, in every order that several blocks could tell apart."""
        if self.tickets:
            yield list(range(len(self.ids)))
            return
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

    def _choice(self, order: Sequence[int]) -> Choice:
        """The seats given out to these ranks, in this order."""
        places = np.array(order, dtype=np.int64)
        ranking = self.outcome.ranking
        ties = np.unique(ranking.ties[places], return_inverse=True)[1].astype(np.int64)
        at = {rank: place for place, rank in enumerate(order)}
        held = {at[rank]: block for rank, block in self.outcome.held.items() if rank in at}
        some = replace(ranking, order=ranking.order[places], ties=ties)
        return choose(some, self.outcome.choice.plan, held)


def read(rows: Sequence[Row], policy: Rules, seed: str | None) -> Reading | None:
    """The rows as the policy reads them; None where policy and rows do not fit together, or a tie has no lottery."""
    try:
        return Reading(library_select(rows, policy_of(policy), seed=seed or SEED), seed is not None)
    except SelectionError:
        return None
