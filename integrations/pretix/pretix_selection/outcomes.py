"""The outcome behind a run, run again from its archive and with every withdrawal answered since."""

from functools import lru_cache

from selection import Outcome, SelectionError, dossier
from selection.errors import NotFoundError
from selection.explanations import Explanation
from selection.replacement import Round, replay

from pretix_selection.errors import Refused
from pretix_selection.models import Run


def outcome_of(run: Run) -> Outcome:
    """The outcome as it is now; `Refused` where it was erased or changed."""
    if not run.archive:
        raise Refused("The data behind this selection were erased.")
    rounds = tuple(Round.from_dict(one) for one in run.rounds)
    try:
        return replay(_unpacked(bytes(run.archive)), rounds)
    except SelectionError as error:
        raise Refused(str(error)) from error


@lru_cache(maxsize=4)
def _unpacked(archive: bytes) -> Outcome:
    return dossier.unpack(archive)


def explained(outcome: Outcome, code: str, locale: str) -> Explanation:
    """The decision about an order, in the language of the order if the library has its words, else in English."""
    for language in (locale, locale.partition("-")[0]):
        try:
            return outcome.explain(code, language)
        except NotFoundError as error:
            if error.code != "unknown_language":
                raise
    return outcome.explain(code)
