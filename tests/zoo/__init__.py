"""Wrong selection functions, as found in registration systems, each with the property that must find it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zoo import counting, ordering, reading

Row = dict[str, Any]
Table = dict[str, Any]


@dataclass(frozen=True)
class Bug:
    """A wrong function, the policy it gets wrong, and the property that finds it."""

    name: str
    what: str
    select: Callable[[list[Row], Table], list[str]]
    policy: Table
    found_by: str


ZOO = tuple(
    Bug(select.__name__, str(select.__doc__).rstrip("."), select, policy, found_by)
    for part in (ordering, counting, reading)
    for select, policy, found_by in part.BUGS
)
