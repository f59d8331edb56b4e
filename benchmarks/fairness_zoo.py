"""Each wrong function of `tests/zoo` against the test kit: by which property it is found, after how many pools.

python benchmarks/fairness_zoo.py            # prints the table of docs/figures/fairness.md
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from selection.testing import UnfairError, check_fairness, check_replacement
from selection.testing.fairness import EXAMPLES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from zoo import WITHDRAWALS, ZOO, Bug


def main() -> None:
    """Print both tables, and end with 1 if a wrong function got through."""
    slipped = _table("selections", ZOO, check_fairness) + _table("replacements", WITHDRAWALS, check_replacement)
    sys.exit(bool(slipped))


def _table(what: str, bugs: Sequence[Bug], check: Callable[..., Any]) -> int:
    print("| wrong function | what is wrong | found by | pools needed |\n|---|---|---|---|")
    slipped = 0
    for bug in bugs:
        try:
            check(bug.select, bug.policy, shrink=False)
            found = "**not found**", f"> {EXAMPLES}"
            slipped += 1
        except UnfairError as error:
            found = f"`{error.offences[0].promise}`", str(error.examples)
        print(f"| `{bug.name}` | {bug.what} | {' | '.join(found)} |")
    print(f"\n{len(bugs) - slipped} of {len(bugs)} wrong {what} found, each within {EXAMPLES:,} pools.\n")
    return slipped


if __name__ == "__main__":
    main()
