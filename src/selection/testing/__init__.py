"""Tests of fairness for any selection function, yours or ours: strategies for pools and policies, and properties.

    from selection.testing import check_fairness

    def test_my_select_is_fair():
        check_fairness(my_select, "policy.toml")        # my_select(rows, policy) -> ids

    def test_my_replacement_is_exact():
        check_replacement(my_replace, "policy.toml")    # my_replace(rows, policy, selected, withdrawn) -> ids

Needs the extra `testing` (hypothesis). Nothing else in the library opens this room.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    from selection.errors import MissingExtraError

    raise MissingExtraError.of("hypothesis", "testing", "The test kit") from error

from selection.auditing.verification import Offence
from selection.testing.fairness import PROPERTIES, UnfairError, check_fairness
from selection.testing.lotteries import leximin_symmetry, lottery_iia
from selection.testing.policies import policies
from selection.testing.pools import applicants, pools, pools_for
from selection.testing.promises import Property
from selection.testing.trial import Trial, Withdrawal
from selection.testing.withdrawals import REPLACEMENT_PROPERTIES, check_replacement, withdrawals_for

__all__ = [
    "PROPERTIES",
    "REPLACEMENT_PROPERTIES",
    "Offence",
    "Property",
    "Trial",
    "UnfairError",
    "Withdrawal",
    "applicants",
    "check_fairness",
    "check_replacement",
    "leximin_symmetry",
    "lottery_iia",
    "policies",
    "pools",
    "pools_for",
    "withdrawals_for",
]
