"""Any replacement function asked, withdrawal after withdrawal, whether it answers as the policy and its lock say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import MappingProxyType
from typing import Any, Final

from hypothesis import strategies as st

from selection.auditing.verification import Offence
from selection.testing import changes, properties
from selection.testing.fairness import function, limited, named, searched
from selection.testing.pools import Row, Rules, policy_of, pools_for
from selection.testing.promises import promised
from selection.testing.reading import Reading
from selection.testing.trial import Select, Trial, Withdrawal

#: At most so many withdraw at once; any of the first places may.
MOST, PLACES = 3, 7


@promised()
def withdrawn_stay_out(trial: Trial, _: Reading) -> Iterator[Offence]:
    """Whoever withdrew has no seat."""
    assert isinstance(trial, Withdrawal)
    for one in sorted(trial.answer & set(trial.withdrawn)):
        yield Offence("withdrawn_stay_out", f"{one} withdrew and has a seat.", (one,))


@promised()
def offers_kept(trial: Trial, reading: Reading) -> Iterator[Offence]:
    """Where the policy locks offers, whoever had a seat and did not withdraw still has it."""
    assert isinstance(trial, Withdrawal)
    if reading.outcome.policy.lock == "selected":
        for one in trial.selected:
            if one not in trial.withdrawn and one not in trial.answer:
                said = f"{one} had a seat, did not withdraw and has none now; the policy keeps offers."
                yield Offence("offers_kept", said, (one,))


#: Every property of replacements by its name, in the order `check_replacement` asks them.
REPLACEMENT_PROPERTIES: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            properties.answers,
            withdrawn_stay_out,
            offers_kept,
            properties.eligible,
            properties.capacity,
            properties.max_compliance,
            properties.max_size,
            properties.nonwaste_maximal,
            properties.no_justified_envy,
            properties.within_signature,
            properties.best_set,
            changes.determinism,
            changes.unread_fields,
            changes.irrelevance_of_rejected,
        )
    }
)


@st.composite
def withdrawals_for(
    draw: st.DrawFn, policy: Rules, pools: st.SearchStrategy[list[Row]] | None = None
) -> tuple[list[Row], list[int]]:
    """Pools that stress a policy, each with the places of those who withdraw: the selected come first, best first."""
    rows = draw(pools_for(policy) if pools is None else pools)
    return rows, draw(st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=MOST, unique=True))


def check_replacement(
    replace: Select,
    policy: Rules,
    *,
    pools: st.SearchStrategy[list[Row]] | None = None,
    promises: Collection[str] | None = None,
    seed: str | None = None,
    examples: int | None = None,
    shrink: bool = True,
) -> tuple[Offence, ...]:
    """Try a replacement function on many small pools that stress a policy; `UnfairError` with the smallest that fails.

    `replace(rows, policy, selected, withdrawn)` gets all rows, the policy just as it was given here, the ids of those
    who have a seat, best rank first, and of those who withdraw, with a seat or without; it returns the ids of all who
    have a seat afterwards, or a `Replacement`. What is right follows from the policy and its `lock`: the exact answer,
    offers kept ("selected", unless the policy says otherwise) or the selection run again ("none").

    The other arguments, the lottery and the answer are as with `check_fairness`; `promises` names properties of
    `REPLACEMENT_PROPERTIES`.
    """
    asked = function(replace)

    def trial(drawn: Any) -> Trial:
        rows, places = drawn
        return Withdrawal.drawn(asked, rows, policy, places, seed)

    properties_asked, limits = named(promises, REPLACEMENT_PROPERTIES), limited(policy_of(policy), examples, shrink)
    return searched(trial, withdrawals_for(policy, pools), properties_asked, limits)
