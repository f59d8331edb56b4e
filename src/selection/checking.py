"""What a policy says before any applicant is seen: whole seats, its class, the fields it reads and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from selection.applicants import canonical_text
from selection.assessment import INCOMPLETE, Assessment
from selection.choice.structure import classify
from selection.conditions import AllOf, AnyOf, Condition, OneOf, misspelt
from selection.errors import PolicyError
from selection.intake.findings import short
from selection.policy import OPEN, rule_fields
from selection.profiles import Fields
from selection.vocabulary import COUNTRY_FACTS, COUNTRY_FIELDS, USUAL, last_part

if TYPE_CHECKING:
    from selection.intake import Form, Intake
    from selection.policy import Plan, Policy

#: So many words are shown of those that a rule asks for, and of those that applicants have.
SHOWN: Final = 6


def report(policy: Policy, form: Form | None = None, intake: Intake | None = None) -> dict[str, Any]:
    """The self-check as facts: `seats`, `blocks`, `caps`, `class`, `fields`, `absent` (fields that form or table lack)
    and `notes`, sentences on what an officer may not have thought of."""
    structure = classify(policy.plan)
    fields, absent = _fields(policy, form, intake)
    return {
        "title": policy.title,
        "policy_sha256": policy.fingerprint,
        "seats": policy.seats,
        "waiting_list": policy.waiting_places,
        **_seats(policy.plan),
        "class": structure.name,
        "because": structure.because,
        "method": structure.method,
        "withdrawals": structure.withdrawals,
        "fields": fields,
        "absent": absent,
        "notes": [*(unmet(Fields(intake.pool, policy)) if intake and not absent else ()), *_notes(policy)],
    }


def _seats(plan: Plan) -> dict[str, Any]:
    blocks = [
        {
            "block": block.name,
            "seats": block.seats,
            "fill": block.fill,
            "unfilled": block.unfilled,
            "reserves": [{"reserve": r.name, "stated": r.rule.seats, "seats": r.seats} for r in block.reserves],
        }
        for block in plan.blocks
    ]
    caps = [{"cap": c.name, "per": c.rule.per, "stated": c.rule.seats, "seats": c.seats} for c in plan.caps]
    return {"blocks": blocks, "caps": caps}


def _fields(policy: Policy, form: Form | None, intake: Intake | None) -> tuple[list[dict[str, Any]], list[str]]:
    """Each field that the policy reads, which rules read it, and whether the form or the table has it."""
    rules: dict[str, list[str]] = {}
    for rule, names in rule_fields(policy):
        for name in names & policy.fields:
            rules.setdefault(name, []).append(rule)
    rows: list[dict[str, Any]] = [{"field": name, "read_by": rules.get(name, [])} for name in sorted(policy.fields)]
    if intake is not None:
        return rows, _in_table(policy, intake, rows)
    if form is not None and form.fields:
        return rows, [
            f"The form does not say where {row['field']!r} stands." for row in rows if not _in_form(row["field"], form)
        ]
    return rows, []


def _in_form(name: str, form: Form) -> bool:
    head = name.removesuffix(last_part(name)).rstrip(".")
    if name in form.fields or name == "id":
        return True
    if name == "country" or (name in COUNTRY_FACTS):
        return any(field in form.fields for field in COUNTRY_FIELDS)
    return last_part(name) in COUNTRY_FACTS and head in form.fields


def _in_table(policy: Policy, intake: Intake, rows: list[dict[str, Any]]) -> list[str]:
    try:
        fields = Fields(intake.pool, policy)
        columns = {row["field"]: fields.column(row["field"]) for row in rows}
    except PolicyError as error:
        return error.sentence.splitlines()
    for row in rows:
        row["filled"] = int((columns[row["field"]].codes >= 0).sum())
        row["of"] = len(intake.pool)
    return []


def _notes(policy: Policy) -> list[str]:
    """What an officer may not have thought of."""
    stated, notes = policy.model_fields_set, []
    if any(last_part(name) == "income_group" for name in policy.fields):
        if "unclassified" not in stated:
            notes.append(
                "The policy reads income_group and does not say what an economy without one counts as: its applicants "
                'will be incomplete. Say so with  unclassified = "carry_forward"  or  "incomplete".'
            )
        if "not_covered" not in stated:
            notes.append(
                "The policy does not say what a territory counts as that the World Bank does not classify (Cook "
                'Islands, Niue): incomplete. Say so with  not_covered = "sovereign"  or  { as = "UMC" }.'
            )
    notes += _misspelt(policy)
    if policy.on is None and (dated := sorted(name for name in policy.fields if last_part(name) in COUNTRY_FACTS)):
        notes.append(f"{dated[0]!r} is a fact of a day: without a line such as  on = 2025-08-31  nothing is selected.")
    if policy.ties.lottery:
        notes.append("The last tie-break is the lottery: give the same public seed each time.")
    else:
        notes.append(
            'There is no lottery: a tie that would decide about a seat is an error (order = [..., "lottery"]).'
        )
    (first, *more), caps = policy.plan.blocks, policy.plan.caps
    if first.name == OPEN and not (more or caps or first.reserves):
        notes.append("There are no reserves and no caps: the best-ranked get the seats.")
    return notes


def _misspelt(policy: Policy) -> list[str]:
    """Fields that look like one the library knows: without a table nobody can say whether they are meant."""
    known = sorted({*COUNTRY_FACTS, *COUNTRY_FIELDS, *USUAL, "organisation", "submitted_at"})
    made = {table.field for table in policy.derive}
    return [
        f"The policy reads the field {name!r}, which your own table must have. Did you mean {near!r}?"
        for name in sorted(policy.fields - made)
        if last_part(name) not in known
        and (near := next((word for word in known if misspelt(last_part(name), word)), None))
    ]


def unmet(fields: Fields) -> Iterator[str]:
    """Words that a rule asks for and no applicant has: a sentence for each, with what they have instead.

    Facts of countries are left out: that nobody comes from a region is nothing to mend.
    """
    for rule, condition in _conditions(fields.policy):
        for asked in _asked(condition):
            if last_part(asked.field) in (*COUNTRY_FACTS, *COUNTRY_FIELDS, "id"):
                continue
            column = fields.column(asked.field)
            held = column.python_values()
            if any(asked.holds({asked.field: value}) for value in held):
                continue
            counts = Counter(column.codes[column.codes >= 0].tolist()).most_common(SHOWN)
            there = ", ".join(repr(short(canonical_text(held[code]))) for code, _ in counts) or "nothing"
            words = " or ".join(repr(short(word)) for word in asked.words[:SHOWN])
            yield f"{rule} asks for {asked.field} {words}, which no applicant has. They have {there}."


def _conditions(policy: Policy) -> Iterator[tuple[str, Condition]]:
    for kind in ("eligible", "tier", "points", "reserve", "cap", "block"):
        for rule in getattr(policy, kind):
            if rule.condition is not None:
                yield f"[[{kind}]] {rule.name!r}", rule.condition
    for block in policy.block:
        for reserve in block.reserve:
            yield f"[[block.reserve]] {reserve.name!r}", reserve.condition


def _asked(condition: Condition) -> Iterator[OneOf]:
    """The words a condition asks for; what it asks not to be is left out."""
    if isinstance(condition, OneOf):
        yield condition
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _asked(part)


def lacking(made: Assessment) -> Iterator[tuple[int, str]]:
    """For each rule how many applicants are incomplete because of it, and a sentence; the most frequent first."""
    causes = Counter(made.cause[made.standing == INCOMPLETE].tolist())
    for place, number in causes.most_common():
        rule = made.rules[place]
        who = "1 applicant is" if number == 1 else f"{number:,} applicants are"
        name = "the tie-break" if rule.kind == "ties" else f"the rule {rule.name!r}"
        said = f"{who} incomplete: {name} reads {' and '.join(rule.fields)}, empty for them or not to be read."
        yield number, said + _way(rule.kind)


def _way(kind: str) -> str:
    """What the rule could say of those who left its field empty."""
    if kind in ("ties", "lottery"):
        return ""
    word, then = ("0", "weighed") if kind == "points" else ('"no"', "ineligible" if kind == "eligible" else "weighed")
    return f" With  missing = {word}  in that rule they would be {then}."
