"""What a policy file may say, and the one object it becomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationError, WithJsonSchema, model_validator

from selection import html
from selection.applicants import canonical_text
from selection.errors import OutputError, PolicyError, brief, not_toml, toml
from selection.policy import reserves
from selection.policy.blocks import Plan, plan
from selection.policy.contradictions import contradictions
from selection.policy.criteria import Criterion, Derive
from selection.policy.mistakes import Mistakes, explain, in_file
from selection.policy.reserves import Block, Cap, Reserve
from selection.policy.rules import As, Eligible, Rule, Tier
from selection.policy.shares import MOST_SEATS, Seats, whole
from selection.policy.ties import Lottery, Ties

if TYPE_CHECKING:
    from selection.applicants import Applicant
    from selection.single import Single, Verdict


def _capacity(value: Any) -> int:
    value = int(value) if isinstance(value, Integral) and not isinstance(value, bool) else value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"the capacity is a whole number of seats, not {brief(value)}")
    if value < 1:
        raise ValueError(f"a capacity of {brief(value)} leaves nothing to select for: it must be at least 1")
    if value > MOST_SEATS:
        raise ValueError(f"a capacity of {brief(value)} is more than the {MOST_SEATS:,} seats that can be counted with")
    return value


def _day(value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{brief(value)} is not a day: write it as 2025-08-31, without quotes or a time")
    return value


def _word_or_table(value: Any) -> str:
    return "table" if isinstance(value, (Mapping, As)) else "word"


Capacity = Annotated[
    int, BeforeValidator(_capacity), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_SEATS})
]
Day = Annotated[date, BeforeValidator(_day)]
Stated = Annotated[As, Tag("table")]


class Policy(Rule):
    """The rules of a call. `PolicyError` says which key is wrong and what to write instead."""

    title: str = Field(default="", description="The name of the call, as reports and letters print it.")
    capacity: Capacity | None = Field(default=None, description="Number of seats.")
    on: Day | None = Field(default=None, description="Reference data in force on this day.")
    country: Literal["country", "residence", "citizenship", "employer_country"] | None = Field(
        default=None, description="Which country counts where a rule says `country`."
    )
    unclassified: Annotated[
        Annotated[Literal["carry_forward", "incomplete"], Tag("word")] | Stated, Discriminator(_word_or_table)
    ] = Field(default="incomplete", description="What an economy without a World Bank income group counts as.")
    not_covered: Annotated[
        Annotated[Literal["sovereign", "incomplete"], Tag("word")] | Stated, Discriminator(_word_or_table)
    ] = Field(default="incomplete", description="What a territory the World Bank does not classify counts as.")
    counting: reserves.Counting | None = Field(
        default=None, description="Whether one applicant counts towards each reserve they belong to, or fills one seat."
    )
    compliance: reserves.Compliance = Field(
        default="order", description="Reserves met in the order listed, or as many of their seats as possible."
    )
    fill: reserves.Fill | None = Field(
        default=None, description="Full seats before rank (default with reserves), or rank before full seats."
    )
    waitlist: Seats = Field(default=0, description="Length of the waiting list, as a number or a share of the seats.")
    lock: Literal["selected", "none"] = Field(
        default="selected", description="Whether offers already made are kept when somebody withdraws."
    )
    pinned: tuple[str, ...] = Field(default=(), description="Ids of applicants already invited: they hold seats.")
    changeable: tuple[str, ...] = Field(
        default=(), description="Fields an applicant can change: what else in them would have been enough may be said."
    )
    eligible: tuple[Eligible, ...] = Field(default=(), description="What every applicant must meet.")
    tier: tuple[Tier, ...] = Field(
        default=(), description="Classes of strict priority, the first one before all others."
    )
    points: tuple[Criterion, ...] = Field(default=(), description="What gives points.")
    derive: tuple[Derive, ...] = Field(default=(), description="Decision tables that give new fields.")
    reserve: tuple[Reserve, ...] = Field(default=(), description="Seats kept for groups, in order of importance.")
    cap: tuple[Cap, ...] = Field(default=(), description="Hard upper limits.")
    block: tuple[Block, ...] = Field(default=(), description="The seats in ordered parts, stated outright.")
    ties: Ties = Field(default=Ties(), description="What decides between equal scores.")
    lottery: Lottery = Field(default=Lottery(), description="How lots are drawn.")

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise explain(type(self), error) from None

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The policy of a table with the same keys as the TOML file; `PolicyError` where it is wrong."""
        if isinstance(obj, Mapping):
            obj = {str(key): value for key, value in obj.items()}
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise explain(cls, error) from None

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a policy file (TOML); `PolicyError` names file, key, what is wrong and the nearest right word."""
        return cls.parse(_read_text(path), str(path))

    @classmethod
    def parse(cls, text: str, source: str = "policy") -> Self:
        """The policy of TOML text that is kept elsewhere than in a file; mistakes are said of `source`."""
        table = _toml(text, source)
        if "fields" in table and "capacity" not in table:
            sentence = f"{source} is a form, which says how an export is read. A policy says who gets the seats."
            raise PolicyError("a_form", sentence, file=source)
        try:
            return cls.model_validate(table)
        except PolicyError as error:
            raise in_file(error, source) from None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What only the whole shows, every mistake at once: seats must add up before any applicant is seen."""
        wrong = list(contradictions(self))
        try:
            self.plan  # noqa: B018
        except ValueError as error:
            wrong.append(str(error))
        if wrong:
            raise Mistakes(wrong)
        return self

    @cached_property
    def plan(self) -> Plan:
        """The seats as ordered blocks, every share a whole number."""
        return plan(self)

    @property
    def seats(self) -> int:
        """The number of seats, stated or the sum of the blocks."""
        return self.plan.capacity

    @property
    def waiting_places(self) -> int:
        return whole(self.waitlist, self.seats, "up")

    @cached_property
    def fields(self) -> frozenset[str]:
        """Every field the policy reads from an applicant, derived ones left out."""
        made = {table.field for table in self.derive}
        return frozenset(name for _, names in rule_fields(self) for name in names) - made

    @cached_property
    def single(self) -> Single:
        """This policy made ready for one applicant at a time."""
        from selection.single import Single

        return Single(self)

    def assess(self, applicant: Applicant | Mapping[str, Any]) -> Verdict:
        """Weigh one applicant alone: standing, score and what each rule gave; quick, and for many threads at once."""
        return self.single.assess(applicant)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical form: whatever the order of keys, the spelling of numbers and the comments."""
        return hashlib.sha256(self.canonical().encode("utf-8", "surrogatepass")).hexdigest()

    def canonical(self) -> str:
        """The policy as canonical JSON: sorted keys, defaults left out, numbers in their one spelling."""
        return json.dumps(_jsonable(self.to_dict()), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def to_dict(self) -> dict[str, Any]:
        """The policy as a table with the keys of the TOML file, defaults left out."""
        return dict(_plain(self.model_dump(exclude_defaults=True, by_alias=True)))

    def dump(self, path: str | Path | None = None) -> str:
        """The policy as TOML text, also written to `path` if one is given."""
        import tomli_w

        text = tomli_w.dumps(self.to_dict())
        if path is not None:
            try:
                Path(path).write_text(text, encoding="utf-8")
            except OSError as error:
                sentence = f"The policy cannot be written to {path}: {error.strerror or error}."
                raise OutputError("unwritable_policy", sentence, file=str(path)) from None
        return text

    def _repr_html_(self) -> str:
        rows: list[tuple[str, str, str, int | None]] = [
            (kind, rule.name, "", None) for kind in ("eligible", "tier", "points") for rule in getattr(self, kind)
        ]
        for block in self.plan.blocks:
            rows.append(("block", block.name, "", block.seats))
            rows += [("at least", one.name, str(one.rule.seats), one.seats) for one in block.reserves]
        rows += [("at most", cap.name, str(cap.rule.seats), cap.seats) for cap in self.plan.caps]
        about = html.line(
            f"{self.seats:,} seats, waiting list {self.waiting_places:,}; SHA-256 {self.fingerprint[:12]}…"
        )
        return html.heading(self.title or "Policy") + about + html.table(("rule", "name", "stated", "seats"), rows)

    def __repr__(self) -> str:
        return f"Policy({self.title!r}, {self.seats:,} seats, {self.fingerprint[:12]})"

    __str__ = __repr__


def _toml(text: str, source: str) -> dict[str, Any]:
    if not isinstance(text, str):
        sentence = f"{source} is TOML text; an object of type {type(text).__name__} is none."
        raise PolicyError("not_text", sentence, file=source)
    try:
        return toml(text, parse_float=Decimal)
    except RecursionError:
        raise PolicyError("too_deep", f"{source} is nested too deeply to be a policy.", file=source) from None
    except ArithmeticError:
        sentence = f"{source} holds a number with an exponent that no number of a policy has."
        raise PolicyError("not_toml", sentence, file=source) from None
    except ValueError as error:
        raise PolicyError("not_toml", not_toml(source, text, error), file=source) from None


def _read_text(path: str | Path) -> str:
    if not isinstance(path, str | PathLike):
        sentence = "A policy is a Policy, a table with its keys, or the path of a TOML file; this is of type "
        raise PolicyError("not_a_policy", f"{sentence}{type(path).__name__}.", type=type(path).__name__)
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError("not_text", f"{path} is not UTF-8 text: save it as UTF-8.", file=str(path)) from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        hint = " Rules kept as text are read with Policy.parse(text)." if {*str(path)} & {"=", "\n"} else ""
        sentence = f"The policy file {str(path)!r} cannot be read: {said}.{hint}"
        raise PolicyError("unreadable_policy", sentence, file=str(path)) from None


def rule_fields(policy: Policy) -> Iterator[tuple[str, frozenset[str]]]:
    """Each rule in words with the fields it reads, in the order of the file."""
    for table in policy.derive:
        yield f"[[derive]] {table.field!r}", table.fields
    for kind in ("eligible", "tier", "points", "reserve", "cap", "block"):
        for rule in getattr(policy, kind):
            yield f"[[{kind}]] {rule.name!r}", rule.fields
    for block in policy.block:
        for reserve in block.reserve:
            yield f"[[block.reserve]] {reserve.name!r}", reserve.fields
    for tie in policy.ties.declared:
        yield "[ties]", frozenset({tie.field})
    if policy.lottery.weight is not None:
        yield "[lottery]", frozenset({policy.lottery.weight})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if one is not None}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _jsonable(value: Any) -> Any:
    """Numbers as their one spelling, so that 0.50 and 0.5 are the same policy."""
    if isinstance(value, dict):
        return {key: _jsonable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_jsonable(one) for one in value]
    return value if isinstance(value, (bool, str)) else {"exact": canonical_text(value)}
