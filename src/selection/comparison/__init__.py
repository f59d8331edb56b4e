"""What if: a policy with other numbers, beside the one that decided."""

from selection.comparison.changes import again, changed
from selection.comparison.comparison import Comparison, what_if
from selection.comparison.counterfactuals import counterfactuals
from selection.comparison.differences import differences
from selection.comparison.sensitivity import sensitivity
from selection.comparison.sweeps import sweep
from selection.comparison.weights import weights

__all__ = [
    "Comparison",
    "again",
    "changed",
    "counterfactuals",
    "differences",
    "sensitivity",
    "sweep",
    "weights",
    "what_if",
]
