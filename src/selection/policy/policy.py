"""What a policy file may say, and the one object it becomes."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from selection.applicants import canonical_text
from selection.errors import PolicyError
from selection.policy import rules
from selection.policy.blocks import Plan, plan
from selection.policy.mistakes import explain
from selection.policy.rules import As, Block, Cap, Criterion, Derive, Eligible, Lottery, Reserve, Rule, Tier, Ties
from selection.policy.shares import Seats, whole
from selection.vocabulary import COUNTRY_FIELDS


def _capacity(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"the capacity is a whole number of seats, not {value!r}")
    if value < 1:
        raise ValueError(f"a capacity of {value} leaves nothing to select for: it must be at least 1")
    return value


Capacity = Annotated[int, BeforeValidator(_capacity), WithJsonSchema({"type": "integer", "minimum": 1})]


class Policy(Rule):
    """The rules of a call. `PolicyError` says which key is wrong and what to write instead."""

    title: str = ""
    capacity: Capacity | None = Field(default=None, description="Number of seats.")
    on: date | None = Field(default=None, description="Reference data in force on this day.")
    country: Literal["country", "residence", "citizenship", "employer_country"] | None = Field(
        default=None, description="Which country counts where a rule says `country`."
    )
    unclassified: Literal["carry_forward", "incomplete"] | As = Field(
        default="incomplete", description="What an economy without a World Bank income group counts as."
    )
    not_covered: Literal["sovereign", "incomplete"] | As = Field(
        default="incomplete", description="What a territory the World Bank does not classify counts as."
    )
    counting: rules.Counting | None = Field(
        default=None, description="Whether one applicant counts towards each reserve they belong to, or fills one seat."
    )
    compliance: rules.Compliance = "order"
    fill: rules.Fill | None = Field(
        default=None, description="Full seats before rank (default with reserves), or rank before full seats."
    )
    waitlist: Seats = Field(default=0, description="Length of the waiting list.")
    lock: Literal["selected", "none"] = "selected"
    pinned: tuple[str, ...] = Field(default=(), description="Ids of applicants already invited: they hold seats.")
    eligible: tuple[Eligible, ...] = ()
    tier: tuple[Tier, ...] = ()
    points: tuple[Criterion, ...] = ()
    derive: tuple[Derive, ...] = ()
    reserve: tuple[Reserve, ...] = ()
    cap: tuple[Cap, ...] = ()
    block: tuple[Block, ...] = ()
    ties: Ties = Ties()
    lottery: Lottery = Lottery()

    def __init__(self, **data: Any) -> None:
        with _sentences(type(self), None):
            super().__init__(**data)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The policy of a table with the same keys as the TOML file; `PolicyError` where it is wrong."""
        with _sentences(cls, None):
            return super().model_validate(obj, **options)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a policy file (TOML); `PolicyError` names file, key, what is wrong and the nearest right word."""
        with _sentences(cls, str(path)):
            return super().model_validate(_read_toml(Path(path)))

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _no_name_twice(self)
        _fields_exist(self)
        self.plan  # noqa: B018  the seats must add up before any applicant is seen
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
    def fingerprint(self) -> str:
        """SHA-256 of the canonical form: the same for every file that says the same."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

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
            Path(path).write_text(text, encoding="utf-8")
        return text

    def __repr__(self) -> str:
        return f"Policy({self.title!r}, {self.seats:,} seats, {self.fingerprint[:12]})"

    __str__ = __repr__


class _sentences:
    """Turns what pydantic found into one `PolicyError`."""

    def __init__(self, model: type[Policy], file: str | None) -> None:
        self.model, self.file = model, file

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ValidationError):
            raise explain(self.model, error, self.file) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError("not_toml", f"{path} is not valid TOML: {error}.", file=str(path)) from None
    except UnicodeDecodeError:
        raise PolicyError("not_text", f"{path} is not UTF-8 text: save it as UTF-8.", file=str(path)) from None
    except RecursionError:
        raise PolicyError("too_deep", f"{path} is nested too deeply to be a policy.", file=str(path)) from None
    except OSError as error:
        sentence = f"The policy file {path} cannot be read: {error.strerror or error}."
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


def _no_name_twice(policy: Policy) -> None:
    for kind in ("eligible", "tier", "points", "cap", "block", "reserve"):
        _refuse_doubles(kind, (rule.name for rule in getattr(policy, kind)))
    _refuse_doubles("block.reserve", (r.name for block in policy.block for r in block.reserve))
    _refuse_doubles("derive", (table.field for table in policy.derive))
    _refuse_doubles("pinned", policy.pinned)


def _refuse_doubles(kind: str, names: Iterable[str]) -> None:
    double = [name for name, times in Counter(names).items() if times > 1]
    if double:
        raise ValueError(f"two entries of {kind} are called {double[0]!r}: a reason could not say which one it means")


def _fields_exist(policy: Policy) -> None:
    """A derived field is made once, from fields that are there before it."""
    made: list[str] = []
    later = {table.field for table in policy.derive}
    for table in policy.derive:
        if table.field in COUNTRY_FIELDS or table.field in ("id", "lottery"):
            raise ValueError(f"[[derive]] cannot make the field {table.field!r}: it is the applicant's own")
        early = (table.fields & later) - set(made)
        if early:
            raise ValueError(f"[[derive]] {table.field!r} reads {sorted(early)[0]!r}, which is derived only after it")
        made.append(table.field)


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
    if isinstance(value, (bool, str, int)) and not isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value == int(value):
        return int(value)
    return {"exact": canonical_text(value)}
