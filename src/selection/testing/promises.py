"""What a property is: a promise of every right selection, asked of one function on one pool, answered by offenders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from selection.auditing.verification import Offence
from selection.testing.pools import Row, Rules
from selection.testing.reading import Reading
from selection.testing.trial import NoAnswerError, Select, Trial, Withdrawal

Judge = Callable[[Trial, Reading], Iterator[Offence]]


@dataclass(frozen=True)
class Property:
    """A property of selections: call it with a function, rows and a policy to get the offences it finds
    (of a replacement function: with who is `withdrawn`).

    `again` whether the function is asked again about changed rows; `classes` the structure classes of policies in which
    it holds; `usual` whether `check_fairness` asks it unless told otherwise (the others follow from those, or need
    another policy or only certain ones).
    """

    name: str
    statement: str
    judge: Judge
    classes: frozenset[str]
    usual: bool
    again: bool

    def __call__(
        self,
        select: Select,
        rows: Sequence[Row],
        policy: Rules,
        *,
        seed: str | None = None,
        withdrawn: Sequence[str] | None = None,
    ) -> tuple[Offence, ...]:
        if withdrawn is None:
            return self.offences(Trial(select, rows, policy, seed))
        return self.offences(Withdrawal(select, rows, policy, withdrawn, seed))

    def offences(self, trial: Trial) -> tuple[Offence, ...]:
        """Every offence in a trial; none where policy and rows do not fit together or the property does not apply."""
        reading = trial.reading
        if reading is None or reading.outcome.structure.name not in self.classes:
            return ()
        try:
            return tuple(self.judge(trial, reading))
        except NoAnswerError as error:
            return (Offence("answers", f"The function gives no answer: {error}.", ()),)


def promised(*, classes: str = "nested once crossing general", usual: bool = True) -> Callable[[Judge], Property]:
    """Make a judge a property of the same name, its docstring the promise."""

    def made(judge: Judge) -> Property:
        again = judge.__module__.endswith(".changes")
        return Property(judge.__name__, str(judge.__doc__), judge, frozenset(classes.split()), usual, again)

    return made
