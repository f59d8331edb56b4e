"""Any selection function asked, pool after pool, whether it keeps the promises of a policy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from selection.auditing.verification import Offence
from selection.errors import SelectionError, did_you_mean
from selection.policy import Policy
from selection.testing import changes, properties
from selection.testing.pools import FEW, Row, Rules, policy_of, pools_for
from selection.testing.promises import Property
from selection.testing.report import report
from selection.testing.trial import Select, Trial

#: Changed rows are asked about in one pool of so many: the other properties are quicker, and need more pools.
CHANGED: Final = 3

#: How many pools are tried unless told otherwise; policies of many seats get fewer, since their pools are large.
EXAMPLES: Final = 2000
FEWEST: Final = 25

#: A function of somebody else may be slow, and pools that stress a policy are large: no reason to stop.
SLOW: Final = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
    HealthCheck.filter_too_much,
)

_MODULES: Final = (properties, changes)

#: Every property by its name; `check_fairness` asks the usual ones in this order.
PROPERTIES: Final = MappingProxyType(
    {one.name: one for module in _MODULES for one in vars(module).values() if isinstance(one, Property)}
)


class UnfairError(AssertionError):
    """A selection function breaks a promise; the sentence shows the smallest pool found that shows it.

    `offences` who shows it and how; `rows` the pool; `answer` whom the function selects; `examples` how many pools
    were tried before the first that failed.
    """

    def __init__(
        self, sentence: str, offences: tuple[Offence, ...], rows: Sequence[Row], answer: tuple[str, ...], examples: int
    ) -> None:
        super().__init__(sentence)
        self.offences, self.rows, self.answer, self.examples = offences, list(rows), answer, examples

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.offences, self.rows, self.answer, self.examples)


class _Search:
    """Pools tried one after the other; once a promise is broken only that one is asked: shrinking keeps to it."""

    def __init__(self, trial: Callable[[Any], Trial], asked: Sequence[Property]) -> None:
        self.trial = trial
        self.tried, self.broken, self.by = 0, "", list(asked)

    def unfair(self, drawn: Any) -> bool:
        self.tried += not self.broken
        found = self.offences(drawn)
        if self.broken:
            return any(offence.promise == self.broken for offence in found)
        if found:
            self.broken = found[0].promise
        return bool(found)

    def offences(self, drawn: Any) -> tuple[Offence, ...]:
        """The offences of the first property that is shown to be broken, that property from then on alone."""
        trial = self.trial(drawn)
        by = self.by if self.broken or self.tried % CHANGED == 0 else [one for one in self.by if not one.again]
        for one in by or self.by:
            if found := one.offences(trial):
                self.by = [one]
                return found
        return ()


def searched(
    trial: Callable[[Any], Trial], drawn: st.SearchStrategy[Any], asked: Sequence[Property], limits: settings
) -> tuple[Offence, ...]:
    """Try what is drawn until a property is broken: `UnfairError` with the smallest that shows it, () if none does."""
    search = _Search(trial, asked)
    try:
        smallest = find(drawn, search.unfair, settings=limits)
    except NoSuchExample:
        return ()
    promises = {**PROPERTIES, **{one.name: one for one in asked}}
    raise report(UnfairError, trial(smallest), search.offences(smallest), search.tried, promises)


def check_fairness(
    select: Select,
    policy: Rules,
    *,
    pools: st.SearchStrategy[list[Row]] | None = None,
    promises: Collection[str] | None = None,
    seed: str | None = None,
    examples: int | None = None,
    shrink: bool = True,
) -> tuple[Offence, ...]:
    """Try a selection function on many small pools that stress a policy; `UnfairError` with the smallest that fails.

    `select(rows, policy)` gets a list of dictionaries, as a registration system has them, and the policy just as it
    was given here (a path, a table or a `Policy`); it returns the ids of the selected in any order, or an `Outcome`. A
    function that also takes `seed` is given one. Rows hold the fields that the policy reads.

    Without `seed` any lottery is right that depends on ids alone, since tied applicants are then judged by what holds
    in every draw; with `seed` the tickets must be those of `selection.ticket`. Where each of several blocks draws fresh
    tickets, give one: without it what is right in a block cannot be told. `pools` replaces the strategy,
    `promises` names the properties to ask (see `PROPERTIES`), `examples` is how many pools to try, and without
    `shrink` the first pool that fails is shown as it is. Returns () where nothing was found.
    """
    asked = function(select)

    def trial(rows: list[Row]) -> Trial:
        return Trial(asked, rows, policy, seed)

    drawn = pools_for(policy) if pools is None else pools
    return searched(trial, drawn, named(promises, PROPERTIES), limited(policy_of(policy), examples, shrink))


def function(asked: Any) -> Select:
    """The function to be asked; `SelectionError` for what is none."""
    if not callable(asked):
        sentence = f"What is asked is a function such as my_select(rows, policy), not a {type(asked).__name__}."
        raise SelectionError("no_function", sentence)
    found: Select = asked
    return found


def named(promises: Collection[str] | None, known: Mapping[str, Property]) -> list[Property]:
    """The properties of these names, by default the usual ones."""
    if promises is None:
        return [one for one in known.values() if one.usual]
    wanted = [promises] if isinstance(promises, str) else list(promises)
    for name in wanted:
        if name not in known:
            sentence = f"There is no property {name!r}.{did_you_mean(name, known)} Known: {', '.join(known)}."
            raise SelectionError("unknown_property", sentence, name=name)
    return [known[name] for name in wanted]


def limited(policy: Policy, examples: int | None, shrink: bool) -> settings:
    """How long a search goes on: by default fewer pools for policies of many seats, whose pools are large."""
    many = EXAMPLES if policy.seats <= FEW else max(FEWEST, EXAMPLES * FEW // policy.seats)
    return settings(
        max_examples=examples or many,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=SLOW,
    )
