"""Pictures of why naive methods fail: each runs the naive method and the library on the same few applicants.

    python docs/pictures/naive.py

writes one SVG file for each case beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import selection

HERE = Path(__file__).parent
WIDE, HIGH, LEFT = 92, 74, 210
INK, FAINT, CHOSEN, PAPER = "#1f2933", "#9aa5b1", "#1768ac", "#ffffff"


@dataclass(frozen=True)
class Applicant:
    """One applicant in rank order: the reserve groups and cap keys that the picture shows."""

    id: str
    groups: tuple[str, ...] = ()
    country: str = ""
    organisation: str = ""

    @property
    def record(self) -> dict[str, Any]:
        """The applicant as the library takes it."""
        row = {"id": self.id, "country": self.country or "KEN", "organisation": self.organisation or self.id}
        return row | {group: group in self.groups for group in "AB"}

    @property
    def tags(self) -> str:
        """What stands below the circle."""
        return " ".join(filter(None, (*self.groups, self.country, self.organisation)))


@dataclass(frozen=True)
class Case:
    """A handful of applicants, a policy, and the methods to compare with the library."""

    name: str
    applicants: tuple[Applicant, ...]
    policy: dict[str, Any]
    methods: tuple[tuple[str, Callable[[Case], set[str]]], ...]

    @property
    def exact(self) -> set[str]:
        """Whom the library selects; the order of the records is the rank."""
        size = len(self.applicants)
        rows = [{**one.record, "place": size - i} for i, one in enumerate(self.applicants)]
        rules = {"points": [{"name": "Rank", "field": "place", "per": 1}], **self.policy}
        return set(selection.select(rows, rules).shortlist["id"])

    @property
    def capacity(self) -> int:
        """The number of seats."""
        return int(self.policy["capacity"])


def reserves(*groups: str) -> list[dict[str, Any]]:
    """One seat kept for each group."""
    return [{"name": group, "where": {group: True}, "seats": 1} for group in groups]


def one_after_another(case: Case) -> set[str]:
    """Give each reserve its best member who has no seat yet, then the rest by rank."""
    seated: list[str] = []
    for group in "AB":
        seated += [one.id for one in case.applicants if group in one.groups and one.id not in seated][:1]
    return set((seated + [one.id for one in case.applicants if one.id not in seated])[: case.capacity])


def top_then_swap(case: Case) -> set[str]:
    """Take the top, then for each reserve that is short swap the last one seated for its best member."""
    seated = [one.id for one in case.applicants[: case.capacity]]
    for group in "AB":
        members = [one.id for one in case.applicants if group in one.groups]
        if not set(members) & set(seated):
            seated[-1] = next(one for one in members if one not in seated)
    return set(seated)


def two_passes(case: Case) -> set[str]:
    """First each reserve by rank, then everybody by rank, passing over whomever a cap forbids."""
    seated: list[Applicant] = []

    def take(some: Sequence[Applicant], most: int) -> None:
        for one in some:
            full = len(seated) == case.capacity or any(
                one.country == s.country or (one.organisation and one.organisation == s.organisation) for s in seated
            )
            if one not in seated and not full and most:
                seated.append(one)
                most -= 1

    for group in "AB":
        take([one for one in case.applicants if group in one.groups], 1)
    take(case.applicants, case.capacity)
    return {one.id for one in seated}


CASES = (
    Case(
        "one-after-another",
        (Applicant("p1"), Applicant("p2"), Applicant("p3"), Applicant("p4", ("A", "B")), Applicant("p5", ("A",))),
        {"capacity": 2, "counting": "once", "reserve": reserves("A", "B")},
        (("one reserve after another", one_after_another),),
    ),
    Case(
        "top-then-swap",
        (
            Applicant("p1"),
            Applicant("p2"),
            Applicant("p3", ("A",)),
            Applicant("p4", ("B",)),
            Applicant("p5", ("A", "B")),
        ),
        {"capacity": 2, "counting": "each", "reserve": reserves("A", "B")},
        (("take the top, then swap", top_then_swap),),
    ),
    Case(
        "two-passes",
        (Applicant("p1", ("A",), "KEN"), Applicant("p2", ("B",), "KEN"), Applicant("p3", ("A",), "PER")),
        {
            "capacity": 3,
            "counting": "once",
            "reserve": reserves("A", "B"),
            "cap": [{"name": "Country", "per": "country", "seats": 1}],
        },
        (("reserves first, then the rest", two_passes),),
    ),
    Case(
        "crossing-caps",
        (
            Applicant("p1", (), "KEN", "X"),
            Applicant("p2", (), "PER", "X"),
            Applicant("p3", (), "KEN", "Y"),
        ),
        {
            "capacity": 2,
            "fill": "seats_first",
            "cap": [
                {"name": "Country", "per": "country", "seats": 1},
                {"name": "Organisation", "per": "organisation", "seats": 1},
            ],
        },
        (("down the list, skip if full", two_passes),),
    ),
)


def picture(case: Case) -> str:
    """The case as SVG: a row of circles for each method, filled where a seat was given."""
    rows = [(name, method(case)) for name, method in case.methods] + [("exact", case.exact)]
    width, height = LEFT + WIDE * len(case.applicants) + 10, HIGH * len(rows) + 10
    said = "; ".join(f"{name}: {', '.join(sorted(chosen))}" for name, chosen in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(said)}" font-family="system-ui, sans-serif">',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
    ]
    for y, (name, chosen) in enumerate(rows):
        middle = HIGH * y + 34
        parts.append(f'<text x="12" y="{middle + 5}" font-size="14" fill="{INK}">{escape(name)}</text>')
        for x, one in enumerate(case.applicants):
            at, seated = LEFT + WIDE * x + WIDE // 2, one.id in chosen
            fill, line, text = (CHOSEN, CHOSEN, PAPER) if seated else (PAPER, FAINT, FAINT)
            parts.append(f'<circle cx="{at}" cy="{middle}" r="19" fill="{fill}" stroke="{line}" stroke-width="1.5"/>')
            parts.append(_text(at, middle + 5, 14, text, one.id))
            parts.append(_text(at, middle + 34, 11, INK if seated else FAINT, one.tags))
    return "\n".join([*parts, "</svg>", ""])


def _text(x: int, y: int, size: int, colour: str, words: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="middle">{escape(words)}</text>'


def main() -> None:
    """Write the pictures."""
    for case in CASES:
        (HERE / f"{case.name}.svg").write_text(picture(case), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
