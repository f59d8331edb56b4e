"""Wrong selections and replacements, as found in registration systems, each with the property that must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zoo import blocks, counting, ordering, reading, withdrawing

Row = dict[str, Any]
Table = dict[str, Any]


@dataclass(frozen=True)
class Bug:
    """A wrong function, the policy it gets wrong, and the property that finds it."""

    name: str
    what: str
    select: Callable[..., list[str]]
    policy: Table
    found_by: str


def _bugs(*parts: Any) -> tuple[Bug, ...]:
    return tuple(
        Bug(function.__name__, str(function.__doc__).rstrip("."), function, policy, found_by)
        for part in parts
        for function, policy, found_by in part.BUGS
    )


ZOO = _bugs(ordering, counting, reading, blocks)
WITHDRAWALS = _bugs(withdrawing)
