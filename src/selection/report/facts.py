"""The facts a page states beside its pictures: counts, cut-offs, problems, proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from selection.charts import Labels
from selection.charts.drawing import STATUS_COLOURS

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


def parts(outcome: Outcome, labels: Labels) -> tuple[Part, ...]:
    """The statuses that somebody has, as parts of one bar."""
    total, start, found = max(outcome.pool_size, 1), 0.0, []
    for status, number in outcome.counts.items():
        width = 1000 * number / total
        if number:
            colour = STATUS_COLOURS[status]
            found.append(Part(status, labels["many"][status], number, round(start, 2), round(width, 2), colour))
        start += width
    return tuple(found)


def cut_offs(outcome: Outcome, labels: Labels) -> tuple[CutOff, ...]:
    """The cut for everybody, for the members of each reserve, and for those of none."""
    everybody = np.ones(len(outcome.ranking), dtype=bool)
    groups = [(labels["groups"]["everybody"], everybody), *_groups(outcome)]
    if len(groups) > 1:
        members = np.logical_or.reduce([members for _, members in groups[1:]])
        groups.append((labels["groups"]["rest"], ~members))
    return tuple(_cut_off(outcome, name, members, labels) for name, members in groups if members.any())


def _groups(outcome: Outcome) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Per rank the members of each group that seats are kept for."""
    order = outcome.ranking.order
    for rule in outcome.assessment.rules:
        if rule.kind == "block" or rule.kind.startswith("reserve of "):
            yield rule.name, rule.values[order] == 1


def _cut_off(outcome: Outcome, name: str, members: npt.NDArray[np.bool_], labels: Labels) -> CutOff:
    inside, outside = (np.flatnonzero(members & given) for given in (outcome.choice.selected, ~outcome.choice.selected))
    return CutOff(
        name,
        int(members.sum()),
        len(inside),
        _at(outcome, int(inside[-1]), labels) if len(inside) else None,
        _at(outcome, int(outside[0]), labels) if len(outside) else None,
    )


def _at(outcome: Outcome, rank: int, labels: Labels) -> tuple[int, str]:
    return rank + 1, labels.plain(outcome.score(int(outcome.ranking.order[rank])))


def findings(outcome: Outcome, labels: Labels) -> tuple[Found, ...]:
    """What was found while reading, counted by kind and column, the most frequent first."""
    numbers = Counter((one.code, one.column) for one in outcome.intake.findings)
    first = {(one.code, one.column): one for one in reversed(outcome.intake.findings)}
    return tuple(
        Found(
            number,
            labels["problems"].get(code, code.replace("_", " ")),
            column or "",
            labels["actions"][first[code, column].action],
            labels.without_addresses(first[code, column].sentence),
        )
        for (code, column), number in numbers.most_common()
    )


def proof(outcome: Outcome, labels: Labels, *, public: bool) -> list[tuple[str, str]]:
    """What makes the outcome checkable: class, proof, hashes, seed, versions."""
    record, certificate, said = outcome.record(), outcome.certificate, labels["proof"]
    ways = sorted({(block["method"], block["proof"]) for block in certificate["blocks"]})
    between = labels["numbers"]["between"]
    how = "; ".join(between.join(labels["how"].get(word, word) for word in way) for way in ways)
    rows: list[tuple[str, Any]] = [
        (said["class"], labels["classes"][certificate["class"]]),
        (said["exact"], said["proved" if certificate["exact"] else "unproved"]),
        (said["how"], how),
        (said["withdrawal"], labels["withdrawals"][certificate["class"]]),
        (said["policy"], record["policy_sha256"]),
        (said["pool"], record["pool_sha256"]),
        *((said["file"].format(name=name), one) for name, one in sorted(record["reference_data_sha256"].items())),
        (said["seed"], said["none"] if outcome.seed is None else outcome.seed),
        (said["versions"], ", ".join(f"{name} {number}" for name, number in record["versions"].items())),
    ]
    held_back = {said["seed"]} if public and outcome.seed is None else set()
    return [(name, str(value)) for name, value in rows if name not in held_back]
