"""The facts a page states beside its pictures: counts, cut-offs, problems, proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.applicants import canonical_text
from selection.charts.drawing import STATUS_COLOURS
from selection.charts.labels import without_addresses
from selection.report.sentences import STATUS_WORDS

if TYPE_CHECKING:
    from selection.outcome import Outcome


@dataclass(frozen=True)
class Part:
    """A status as a part of all applicants: its number, and where its piece of a bar of 1,000 begins and ends."""

    status: str
    label: str
    number: int
    start: float
    width: float
    colour: str


@dataclass(frozen=True)
class CutOff:
    """A group with the last of its members who got a seat and the first who got none, as rank and score."""

    group: str
    eligible: int
    selected: int
    last: tuple[int, str] | None
    first_out: tuple[int, str] | None


@dataclass(frozen=True)
class Found:
    """Findings of one kind in one column: how many, what was done, and one of them."""

    number: int
    code: str
    column: str
    action: str
    example: str


def parts(outcome: Outcome) -> tuple[Part, ...]:
    """The statuses that somebody has, as parts of one bar."""
    total, start, found = max(outcome.pool_size, 1), 0.0, []
    for status, number in outcome.counts.items():
        width = 1000 * number / total
        if number:
            colour = STATUS_COLOURS[status]
            found.append(Part(status, STATUS_WORDS[status], number, round(start, 2), round(width, 2), colour))
        start += width
    return tuple(found)


def cut_offs(outcome: Outcome) -> tuple[CutOff, ...]:
    """The cut for everybody, for the members of each reserve, and for those of none."""
    everybody = np.ones(len(outcome.ranking), dtype=bool)
    groups = [("Everybody", everybody), *_groups(outcome)]
    if len(groups) > 1:
        members = np.logical_or.reduce([members for _, members in groups[1:]])
        groups.append(("In none of these groups", ~members))
    return tuple(_cut_off(outcome, name, members) for name, members in groups if members.any())


def _groups(outcome: Outcome) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Per rank the members of each group that seats are kept for."""
    order = outcome.ranking.order
    for rule in outcome.assessment.rules:
        if rule.kind == "block" or rule.kind.startswith("reserve of "):
            yield rule.name, rule.values[order] == 1


def _cut_off(outcome: Outcome, name: str, members: npt.NDArray[np.bool_]) -> CutOff:
    inside, outside = (np.flatnonzero(members & given) for given in (outcome.choice.selected, ~outcome.choice.selected))
    return CutOff(
        name,
        int(members.sum()),
        len(inside),
        _at(outcome, int(inside[-1])) if len(inside) else None,
        _at(outcome, int(outside[0])) if len(outside) else None,
    )


def _at(outcome: Outcome, rank: int) -> tuple[int, str]:
    return rank + 1, canonical_text(outcome.score(int(outcome.ranking.order[rank])))


def findings(outcome: Outcome) -> tuple[Found, ...]:
    """What was found while reading, counted by kind and column, the most frequent first."""
    numbers = Counter((one.code, one.column) for one in outcome.intake.findings)
    first = {(one.code, one.column): one for one in reversed(outcome.intake.findings)}
    return tuple(
        Found(
            number,
            code.replace("_", " "),
            column or "",
            first[code, column].action,
            without_addresses(first[code, column].sentence),
        )
        for (code, column), number in numbers.most_common()
    )


def proof(outcome: Outcome, *, public: bool) -> list[tuple[str, str]]:
    """What makes the outcome checkable: class, proof, hashes, seed, versions."""
    record, certificate = outcome.record(), outcome.certificate
    how = sorted({f"{block['method']}, {block['proof']}" for block in certificate["blocks"]})
    rows: list[tuple[str, Any]] = [
        ("Class of the policy", certificate["class"]),
        ("Exact", "yes, proved" if certificate["exact"] else "no: the solver ran out of time"),
        ("Method and proof", "; ".join(how)),
        ("A withdrawal", certificate["withdrawals"]),
        ("Policy, SHA-256", record["policy_sha256"]),
        ("Pool, SHA-256", record["pool_sha256"]),
        *((f"{name}, SHA-256", one) for name, one in sorted(record["reference_data_sha256"].items())),
        ("Seed of the lottery", "none" if outcome.seed is None else outcome.seed),
        ("Versions", ", ".join(f"{name} {number}" for name, number in record["versions"].items())),
    ]
    held_back = {"Seed of the lottery"} if public and outcome.seed is None else set()
    return [(name, str(value)) for name, value in rows if name not in held_back]
