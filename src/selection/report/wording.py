"""What a policy says, in words that an officer would use, in one of the six languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selection.charts import Labels
from selection.charts.labels import small
from selection.policy import Cap, Criterion, Policy
from selection.vocabulary import CLASSES, last_part


@dataclass(frozen=True)
class Said:
    """One rule in words: what it is called, and what it says."""

    name: str
    text: str


@dataclass(frozen=True)
class Chapter:
    """Rules of one kind, under a heading."""

    heading: str
    rules: tuple[Said, ...]


def policy_words(policy: Policy, labels: Labels) -> tuple[Chapter, ...]:
    """Every rule of a policy in words, chapter by chapter; chapters without rules are left out."""
    wording, heading = Wording(policy, labels), labels["chapters"]
    chapters = (
        Chapter(heading["seats"], tuple(wording.seats())),
        Chapter(heading["eligible"], tuple(wording.eligible())),
        Chapter(heading["tiers"], tuple(wording.tiers())),
        Chapter(heading["points"], tuple(Said(rule.name, wording.criterion(rule)) for rule in policy.points)),
        Chapter(heading["reserves"], tuple(wording.reserves())),
        Chapter(heading["caps"], tuple(Said(c.name, wording.cap(c.rule, c.seats)) for c in policy.plan.caps)),
        Chapter(heading["ties"], tuple(wording.ties())),
    )
    return tuple(chapter for chapter in chapters if chapter.rules)


@dataclass(frozen=True)
class Wording:
    """The rules of one policy in one language."""

    policy: Policy
    labels: Labels

    @property
    def said(self) -> Mapping[str, str]:
        """The sentences about rules."""
        return self.labels["rules"]

    def condition(self, where: Mapping[str, Any]) -> str:
        """A `where` table in words; several keys hold together."""
        return self._joined([self._clause(key, value, len(where) > 1) for key, value in where.items()], "and")

    def _joined(self, texts: list[str], last: str) -> str:
        """Conditions joined by the word that joins the last two of a list."""
        joined = texts[0]
        for text in texts[1:]:
            joined = self.labels["numbers"][last].format(first=joined, last=text)
        return joined

    def _clause(self, key: str, value: Any, inner: bool) -> str:
        if key in ("any", "all"):
            said = self._joined([self._bracketed(one) for one in value], "or" if key == "any" else "and")
            return f"({said})" if inner else said
        if key == "not":
            return self.said["not"].format(condition=self.condition(value))
        field = self.labels.field(key, inside=True)
        if isinstance(value, Mapping):
            return self._range(field, value)
        several = value if isinstance(value, (list, tuple)) else [value]
        values = self.labels.listed([self._word(key, one) for one in several], "or")
        return self.said["is"].format(field=field, values=values)

    def _bracketed(self, where: Mapping[str, Any]) -> str:
        said = self.condition(where)
        return f"({said})" if len(where) > 1 else said

    def _range(self, field: str, bounds: Mapping[str, Any]) -> str:
        if "missing" in bounds:
            return self.said["not_given" if bounds["missing"] else "given"].format(field=field)
        return self._bounded("", bounds).format(field=field, **self._ends(bounds))

    def _bounded(self, kind: str, bounds: Mapping[str, Any]) -> str:
        """The sentence for bounds on both sides or on one."""
        there = [bounds.get(end) is not None for end in ("min", "max")]
        return self.said[f"{kind}from_to" if all(there) else f"{kind}at_least" if there[0] else f"{kind}at_most"]

    def _ends(self, bounds: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: self.labels.plain(bounds[end])
            for name, end in (("low", "min"), ("high", "max"))
            if bounds.get(end) is not None
        }

    def _word(self, field: str, value: Any) -> str:
        """A value of a condition; a class word with what it stands for."""
        said, last = self.labels.word(field, value), last_part(field)
        members = CLASSES.get(last, {}).get(str(value))
        a_name = last.endswith("country") or last == "who_region"
        return said if a_name and (members is None or members == (value,)) else small(said)

    def seats(self) -> Iterator[Said]:
        """How many seats there are, in which order they are given out, and what they rest on."""
        policy, said, labels = self.policy, self.said, self.labels
        seats = labels.count("seats", policy.seats)
        text = said["seats_waiting" if policy.waiting_places else "seats"]
        yield Said(labels["chapters"]["seats"], text.format(seats=seats, waiting=labels.number(policy.waiting_places)))
        blocks = policy.plan.blocks
        if len(blocks) > 1:
            order = [
                said["order_open" if b.rule is None else "order_for"].format(
                    n=labels.number(b.seats), name=labels.named(b.name)
                )
                for b in blocks
            ]
            yield Said(said["order"], said["seats"].format(seats=labels.listed(order, "then")))
        if policy.on is not None:
            yield Said(said["facts"], said["facts_day"].format(day=labels.day(policy.on)))
        if policy.pinned:
            promised = labels.count("seats", len(policy.pinned))
            yield Said(said["promised"], said["promised_seats"].format(seats=promised))

    def eligible(self) -> Iterator[Said]:
        """Who can be selected, and what an empty answer means."""
        said = self.said
        left_empty = {"no": f" {said['empty_no']}", "yes": f" {said['empty_yes']}", "incomplete": ""}
        stop = said["seats"].format(seats="")
        for rule in self.policy.eligible:
            text = self.condition(rule.where)
            yield Said(rule.name, f"{text[:1].upper()}{text[1:]}{stop}{left_empty[rule.missing]}")
        if self.policy.eligible or self.policy.points:
            yield Said(said["missing"], said["missing_said"])

    def tiers(self) -> Iterator[Said]:
        """Who comes before points are looked at."""
        for number, rule in enumerate(self.policy.tier, start=1):
            yield Said(rule.name, self.said["tier"].format(number=number, condition=self.condition(rule.where)))

    def criterion(self, rule: Criterion) -> str:
        """What gives points, and how many."""
        said, labels = self.said, self.labels
        if rule.where is not None:
            return said["points_if"].format(points=self._points(rule.points), condition=self.condition(rule.where))
        name = str(rule.field)
        if rule.per is not None:
            low = said["bound_low"].format(low=labels.plain(rule.min)) if rule.min is not None else ""
            high = said["bound_high"].format(high=labels.plain(rule.max)) if rule.max is not None else ""
            field = labels.field(name, inside=True)
            return said["points_per"].format(points=self._points(rule.per), field=field, bounds=low + high)
        if rule.values is not None:
            parts = [(labels.word(name, word), given) for word, given in rule.values.items()]
            texts = [said["value"].format(word=word, points=labels.plain(given)) for word, given in parts]
        else:
            texts = [self._band({"min": b.min, "max": b.max}, b.points) for b in rule.bands or ()]
        if rule.other is not None:
            texts.append(said["other"].format(points=labels.plain(rule.other)))
        return said["seats"].format(seats=labels["numbers"]["between"].join(texts))

    def _band(self, bounds: Mapping[str, Any], points: Any) -> str:
        return self._bounded("band_", bounds).format(points=self.labels.plain(points), **self._ends(bounds))

    def reserves(self) -> Iterator[Said]:
        """The seats kept for groups, in the order in which they count."""
        plan = self.policy.plan
        for block in plan.blocks:
            rule: Any = block.rule
            if getattr(rule, "kind", "guarantee") != "guarantee":
                kind = "reserve_first" if rule.kind == "first" else "reserve_over"
                yield Said(block.name, self._kept(kind, rule, block.seats))
            for reserve in block.reserves:
                kind = "reserve" if len(plan.blocks) == 1 else "reserve_of_block"
                yield Said(reserve.name, self._kept(kind, reserve.rule, reserve.seats, block.name))

    def _kept(self, kind: str, rule: Any, seats: int, block: str = "") -> str:
        """A reserve in words: how many seats, for whom."""
        facts = {"share": self._share(rule.seats, seats), "condition": self.condition(rule.where)}
        return self.said[kind].format(**facts, block=self.labels.named(block))

    def _share(self, stated: Any, seats: int) -> str:
        counted = self.labels.count("seats", seats)
        if isinstance(stated, int):
            return counted
        numbers = self.labels["numbers"]
        part, mark, _ = str(stated).partition("%")
        share = numbers["percent"].format(n=part.strip().replace(".", numbers["decimal"])) if mark else part
        share = self.said["rest"] if stated == "rest" else share
        return self.said["share"].format(share=share, seats=counted)

    def cap(self, rule: Cap, seats: int) -> str:
        """The limit of a cap, and for whom."""
        share = self._share(rule.seats, seats)
        if rule.per is not None:
            return self.said["cap_each"].format(share=share, field=self.labels.field(rule.per, inside=True))
        return self.said["cap_group"].format(share=share, condition=self.condition(rule.where or {}))

    def ties(self) -> Iterator[Said]:
        """What decides between applicants of equal points."""
        said, ties, lottery = self.said, self.policy.ties, self.policy.lottery
        order = [
            said["first_come"]
            if (t.field, t.first) == ("submitted_at", "lowest")
            else said[t.first].format(field=self.labels.field(t.field, inside=True))
            for t in ties.declared
        ]
        if ties.lottery:
            weight = lottery.weight
            weighed = None if weight is None else self.labels.field(weight, inside=True)
            order.append(said["lot"] if weighed is None else said["lot_weighed"].format(field=weighed))
        if order:
            yield Said(said["equal"], said["decided"].format(order=self.labels.listed(order, "then_by")))
        if ties.lottery and lottery.tickets == "per_block":
            yield Said(said["tickets"], said["fresh"])

    def _points(self, number: Any) -> str:
        return self.labels.count("points", number)
