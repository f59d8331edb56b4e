"""What a policy reads of a table in an engine, and what of it becomes part of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selection.engines.engine import NO_ID, ODD_ID, Cells, Engine, Order, Reading
from selection.errors import InputError, PolicyError
from selection.intake.forms import OWN_TYPE, Form
from selection.intake.headings import plan
from selection.policy import Policy
from selection.policy.policy import rule_fields
from selection.profiles import country_fact
from selection.vocabulary import COUNTRY_FIELDS


@dataclass(frozen=True)
class Table:
    """The columns of a table by field, and what is read of them."""

    headings: Mapping[str, str]
    reading: Reading


def table_of(engine: Engine, policy: Policy, seed: str | None) -> Table:
    """Find the columns a policy reads. `InputError` or `PolicyError` where an engine cannot do what is asked."""
    _refuse(policy)
    sorts = engine.sorts()
    folded = {" ".join(name.split()): name for name in sorts}
    found = plan(tuple(folded), Form(), f"{engine.kind} dataframe", of_file=False)
    headings = {name: folded[str(field.column)] for name, field in found.fields.items()}
    if "id" not in headings or sorts[headings["id"]] not in ("text", "whole"):
        sentence = f"A {engine.kind} dataframe needs a column of ids that are texts or whole numbers, called id."
        raise InputError("no_ids", sentence, columns=sorted(sorts))
    by_rules = {name for rule, names in rule_fields(policy) if rule != "[ties]" for name in names}
    orders = []
    for place, tie in enumerate(policy.ties.declared):
        if tie.field not in headings or tie.field in by_rules:
            continue
        sort = sorts[headings[tie.field]]
        if sort == ("time" if tie.field == "submitted_at" else "whole" if tie.field not in OWN_TYPE else ""):
            orders.append(Order(place, headings[tie.field], sort, tie.first == "highest"))
    native = {order.heading for order in orders}
    profile = (headings[name] for name in sorted(_needed(policy, headings)) if headings[name] not in native)
    drawn = seed if policy.ties.lottery else None
    return Table(headings, Reading(headings["id"], tuple(profile), tuple(orders), headings.get("email"), drawn))


def _refuse(policy: Policy) -> None:
    said = None
    if policy.lottery.weight is not None:
        said = "a lottery with weights"
    elif policy.lottery.tickets == "per_block":
        said = "fresh tickets for each block"
    elif "id" in policy.fields:
        said = "rules that read the id"
    if said:
        sentence = f"The policy has {said}, which engines cannot do: select from a dataframe in memory instead."
        raise PolicyError("not_on_engines", sentence, what=said)


def _needed(policy: Policy, there: Mapping[str, str]) -> set[str]:
    """The columns behind every field the policy reads."""
    needed: set[str] = set()
    asked = list(policy.fields)
    for name in asked:
        fact = country_fact(name)
        if name == "country":
            needed |= {policy.country} if policy.country else set(COUNTRY_FIELDS)
        elif fact is not None and name not in there:
            asked.append(fact[0])
        else:
            needed.add(name)
    return needed & there.keys()


def check_ids(profiles: Cells) -> None:
    """`InputError` where ids are missing, or would not be read as they stand."""
    for state, code, said in (
        (NO_ID, "missing_ids", "no id: without one a row of a distributed table cannot be told from others"),
        (
            ODD_ID,
            "odd_ids",
            "an id that begins or ends with white space or with an exporter's quotation mark: clean it",
        ),
    ):
        number = int(sum(n for s, n in zip(profiles["state"], profiles["number"], strict=True) if s == state))
        if number:
            rows = "1 row has" if number == 1 else f"{number:,} rows have"
            raise InputError(code, f"{rows} {said}.", rows=number)
