"""`selection select`: run the corridor once and say what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from selection.cli.answers import printable, say, say_json, table
from selection.cli.progress import Progress
from selection.threads import beside

if TYPE_CHECKING:
    from selection.outcome import Outcome
    from selection.outcome.repairs import Repair, Shortfall

HEAD = 10

#: Repairs are looked for among so many ranked applicants at most; `Outcome.repairs()` has no limit.
REPAIRED = 100_000


def run(
    registrations: Path,
    policy: Path,
    form: Path | None,
    seed: str | None,
    out: Path,
    *,
    history: Sequence[Path] = (),
    force: bool,
    as_json: bool,
) -> None:
    """Read, select, write, and print the head of the shortlist, the counts, what to look at and where the files are."""
    with Progress(4) as progress:
        progress.step("Reading the rules")
        from selection import Form, Policy, dossier, read_applicants, select

        dossier.ready(out, force=force)
        rules = Policy.load(policy)
        read_as = None if form is None else Form.load(form)
        progress.step("Reading registrations")
        intake = read_applicants(registrations, form=read_as)
        progress.step("Selecting")
        # What is written of the registrations alone needs no decision, unless earlier editions say more of them.
        alone = () if history else (lambda: intake.report.lines, lambda: intake.pool.sha256)
        with beside(*alone):
            outcome = select(intake, rules, seed=seed, history=history or None)
        progress.step("Explaining and writing")
        outcome.write(out, force=force)
        answer = summary(outcome, out) | {"next": _next(outcome, registrations, form, out)}
    if as_json:
        say_json(answer)
    else:
        say(text(answer))


def summary(outcome: Outcome, out: Path) -> dict[str, Any]:
    """What came of it, as facts."""
    return {
        "title": outcome.policy.title,
        "seats": outcome.policy.seats,
        "seed": outcome.seed,
        "policy_sha256": outcome.policy.fingerprint,
        "class": outcome.structure.name,
        "shortlist": _head(outcome),
        "counts": {"rows": dict(outcome.intake.counts), "statuses": outcome.counts},
        "look_at": [*_rules(outcome), *_seats(outcome), *_short(outcome), *_findings(outcome)],
        "folder": str(out),
        "files": sorted(path.name for path in out.iterdir()),
    }


def _head(outcome: Outcome) -> list[dict[str, Any]]:
    """The first of the shortlist, with the fields the policy reads in the order it reads them."""
    import numpy as np

    from selection.applicants import canonical_text
    from selection.outcome.frames import listed_cells
    from selection.policy import rule_fields

    places = outcome.ranking.order[np.flatnonzero(outcome.choice.selected)[:HEAD]]
    cells = listed_cells(outcome, places)
    read = dict.fromkeys(name for _, names in rule_fields(outcome.policy) for name in sorted(names) if name in cells)
    shown = ["rank", "id", *(["tier"] if outcome.policy.tier else []), "score", "reason", *read]
    rows = zip(*(cells[name].tolist() for name in dict.fromkeys(shown)), strict=True)
    return [
        {k: None if v is None else canonical_text(v) for k, v in zip(dict.fromkeys(shown), row, strict=True)}
        for row in rows
    ]


def _next(outcome: Outcome, registrations: Path, form: Path | None, out: Path) -> list[str]:
    """The commands that an officer would run next."""
    places = outcome.ranking.order[outcome.choice.selected]
    shown = (
        [f"selection explain {quote(str(out))} {quote(str(outcome.intake.pool.ids[places[0]]))}"] if len(places) else []
    )
    if any(f.code.startswith("country_") and f.action == "left empty" for f in outcome.intake.findings):
        read_as = f" --form {quote(str(form))}" if form else ""
        shown.append(f"selection countries {quote(str(registrations))}{read_as} --review countries.csv")
    return shown


def _rules(outcome: Outcome) -> list[dict[str, Any]]:
    """Rules that ask for what nobody has, and rules that leave applicants incomplete."""
    from selection.checking import lacking, unmet

    if not outcome.pool_size:
        return []
    asked = [{"code": "word_nobody_has", "sentence": said} for said in unmet(outcome.assessment.fields)]
    empty = lacking(outcome.assessment)
    return [*asked, *({"code": "incomplete", "number": number, "sentence": said} for number, said in empty)]


def _seats(outcome: Outcome) -> list[dict[str, Any]]:
    """Seats that stay empty, said so."""
    empty = outcome.policy.seats - outcome.counts["selected"]
    if not empty:
        return []
    eligible = len(outcome.ranking)
    if outcome.counts["selected"] == eligible:
        said = f"There are more seats than eligible applicants ({eligible:,}): all of them are selected"
    else:
        said = "Rules keep seats from being filled"
    return [{"code": "seats_left", "number": empty, "sentence": f"{said}, and {empty:,} seats stay empty."}]


def _short(outcome: Outcome) -> list[dict[str, Any]]:
    """Reserves that could not be filled, why, and the smallest changes of the policy that would fill them all."""
    said = [
        {
            "code": "reserve_short",
            "number": short.short,
            "causes": [list(cause) for cause in short.causes],
            "sentence": f"The reserve {short.reserve!r} has {short.filled:,} of {short.seats:,} seats filled; "
            f"{short.members:,} eligible applicants belong to it. Cause: {_causes(short)}.",
        }
        for short in outcome.shortfalls
    ]
    # Each repair is a bisection over whole runs: seconds for most calls, minutes for the largest.
    return [*said, *map(_repair, outcome.repairs() if said and len(outcome.ranking) <= REPAIRED else ())]


def _causes(short: Shortfall) -> str:
    words = {
        "too_few_eligible": "too few are eligible",
        "cap": "the cap {!r}",
        "other_reserve": "seats kept for {!r}",
        "combination": "several rules together",
    }
    return ", or ".join(words[code].format(name) for code, name in short.causes)


def _repair(repair: Repair) -> dict[str, Any]:
    what = {"reserve": f"reserve {repair.name!r}", "cap": f"cap {repair.name!r}", "capacity": "number of seats"}
    said = (
        f"With the {what[repair.change]} at {repair.after:,} instead of {repair.before:,} no reserve would be short: "
        f"{len(repair.added):,} applicants would come in and {len(repair.removed):,} go out."
    )
    return {
        "code": "repair",
        "number": repair.after,
        "added": repair.added,
        "removed": repair.removed,
        "sentence": said,
    }


def _findings(outcome: Outcome) -> list[dict[str, Any]]:
    """What was found while reading, counted by kind, with the first of each as an example."""
    findings = outcome.intake.findings
    numbers = Counter((found.code, found.column) for found in findings)
    first = {(found.code, found.column): found for found in reversed(findings)}
    return [
        {
            "code": code,
            "column": column,
            "number": number,
            "action": first[code, column].action,
            "sentence": first[code, column].sentence,
            "row": first[code, column].row,
        }
        for (code, column), number in numbers.most_common()
    ]


def text(answer: dict[str, Any]) -> str:
    """The facts as an officer reads them."""
    rows, statuses = answer["counts"]["rows"], answer["counts"]["statuses"]
    head = answer["shortlist"]
    parts = [
        f"{answer['title'] or 'Selection'}: {answer['seats']:,} seats",
        f"The first {len(head):,} of {statuses['selected']:,} selected\n{_shortlist(head)}"
        if head
        else "Nobody is selected.",
        f"Rows:      {_numbers(rows, 'rows')}\nDecisions: {_numbers(statuses)}",
    ]
    if answer["look_at"]:
        parts.append("To look at\n" + "\n".join(f"  {_look(one)}" for one in answer["look_at"]))
    parts.append(f"Written to {answer['folder']}: {', '.join(answer['files'])}")
    if answer["next"]:
        parts.append("Next: " + "\n      ".join(answer["next"]))
    return printable("\n\n".join(parts))


def _shortlist(head: list[dict[str, Any]]) -> str:
    """As many columns as the terminal shows; `shortlist.csv` has all of them."""
    rows = [[one[name] or "" for name in head[0]] for one in head]
    return table(list(head[0]), rows, get_terminal_size((110, 24)).columns)


def _numbers(counts: dict[str, int], total: str | None = None) -> str:
    named = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items() if name != total]
    return (f"{counts[total]:,} = " if total else "") + (" + " if total else ", ").join(named)


def _look(one: dict[str, Any]) -> str:
    if "row" not in one:
        return str(one["sentence"])
    where = f" in {one['column']}" if one["column"] else ""
    example = f"row {one['row']}: {one['sentence']}" if one["row"] is not None else one["sentence"]
    return f"{one['number']:,} x {one['code'].replace('_', ' ')}{where} ({one['action']}); {example}"
