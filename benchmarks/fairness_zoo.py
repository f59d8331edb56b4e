"""Each wrong function of `tests/zoo` against the test kit: by which property it is found, after how many pools.

python benchmarks/fairness_zoo.py            # prints the table of docs/figures/fairness.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from selection.testing import UnfairError, check_fairness
from selection.testing.fairness import EXAMPLES

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from zoo import ZOO


def main() -> None:
    """Print the table, and end with 1 if a wrong function got through."""
    print("| wrong function | what is wrong | found by | pools needed |\n|---|---|---|---|")
    slipped = 0
    for bug in ZOO:
        try:
            check_fairness(bug.select, bug.policy, shrink=False)
            found = "**not found**", f"> {EXAMPLES}"
            slipped += 1
        except UnfairError as error:
            found = f"`{error.offences[0].promise}`", str(error.examples)
        print(f"| `{bug.name}` | {bug.what} | {' | '.join(found)} |")
    print(f"\n{len(ZOO) - slipped} of {len(ZOO)} wrong functions found, each within {EXAMPLES} pools.")
    sys.exit(bool(slipped))


if __name__ == "__main__":
    main()
