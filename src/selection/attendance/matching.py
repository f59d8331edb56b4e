"""Whose row of a report it is: by e-mail address, then by registration id; by nothing else, and never by guess."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from selection.attendance.reports import Join
from selection.editions.people import People, folded_address

Why = Literal["no_such_person", "several_people", "not_selected"]

#: A word in a participant's name that may be an id: letters and digits both, so that no plain name or number is one.
_WORD: Final = re.compile(r"[^\s()\[\]|,;]+")


@dataclass(frozen=True, repr=False)
class Unmatched:
    """A row of a report that counts for nobody: why, and who it may have been (`near`, an id, never acted upon)."""

    file: str
    row: int
    why: Why
    near: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Register:
    """Everybody who applied, by address and by id, and who of them is selected."""

    people: People
    ids: frozenset[str]
    selected: frozenset[str]

    def match(self, join: Join) -> str | Unmatched:
        """The id of the selected applicant a row belongs to, or why it belongs to none."""
        found = self._by_address.get(folded_address(join.email), frozenset()) or self._named(join)
        chosen = found & self.selected
        if len(chosen) == 1:
            return next(iter(chosen))
        why: Why = "several_people" if chosen else "not_selected" if found else "no_such_person"
        return Unmatched(join.file, join.row, why, "" if found else self._near(join))

    @cached_property
    def _by_address(self) -> Mapping[str, frozenset[str]]:
        table: dict[str, set[str]] = defaultdict(set)
        for one, person in self.people.items():
            if person.email:
                table[folded_address(person.email)].add(one)
        return {address: frozenset(ids) for address, ids in table.items()}

    @cached_property
    def _by_id(self) -> Mapping[str, str]:
        return {one.casefold(): one for one in self.ids}

    def _named(self, join: Join) -> frozenset[str]:
        """By registration id: a cell of its own, where the address should be, or as a word in the name."""
        cells = [join.id, join.email]
        words = [word for word in _WORD.findall(join.name) if _mixed(word)]
        found = (self._by_id.get(text.strip().casefold()) for text in [*cells, *words] if text)
        return frozenset([next((one for one in found if one), "")]) - {""}

    def _near(self, join: Join) -> str:
        """The selected applicant whose address or name looks the most like it."""
        mine = folded_address(join.email)
        beginning = self._addresses.get(mine[:2], {})
        address = difflib.get_close_matches(mine, beginning, n=1, cutoff=0.85) if mine else []
        return beginning[address[0]] if address else self._names.get(folded_address(join.name), "")

    @cached_property
    def _addresses(self) -> Mapping[str, dict[str, str]]:
        """Addresses of the selected by how they begin: the first two letters are rarely the wrong ones."""
        table: dict[str, dict[str, str]] = defaultdict(dict)
        for one in sorted(self.selected & self.people.keys()):
            address = folded_address(self.people[one].email)
            table[address[:2]][address] = one
        return table

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {folded_address(self.people[one].name): one for one in sorted(self.selected & self.people.keys())}


def _mixed(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))
