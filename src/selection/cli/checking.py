"""`selection check`: what a policy says, before any applicant is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from selection.cli.answers import PROBLEMS, printable, say, say_json, table


def run(path: Path, form: Path | None, registrations: Path | None, *, as_json: bool) -> None:
    """Print the self-check; exit code 1 where a field that the policy reads is not there."""
    from selection import Form, Policy, read_applicants
    from selection.checking import report

    policy = Policy.load(path)
    read_as = None if form is None else Form.load(form)
    intake = None if registrations is None else read_applicants(registrations, form=read_as)
    answer = report(policy, read_as, intake)
    if as_json:
        say_json(answer)
    else:
        say(printable(text(answer)))
    if answer["absent"]:
        raise typer.Exit(PROBLEMS)


def text(answer: dict[str, Any]) -> str:
    """The facts as an officer reads them."""
    kind = f"Class {answer['class']}: {answer['because']} Exact method: {answer['method']}. {answer['withdrawals']}"
    parts = [
        f"{answer['title'] or 'Policy'}: {answer['seats']:,} seats, waiting list {answer['waiting_list']:,}",
        _seat_table(answer),
        kind,
        "Fields it reads\n" + "\n".join(f"  {_field(row)}" for row in answer["fields"]),
    ]
    if answer["absent"]:
        parts.append("Not there\n" + "\n".join(f"  {said}" for said in answer["absent"]))
    if answer["notes"]:
        parts.append("Notes\n" + "\n".join(f"  {note}" for note in answer["notes"]))
    return "\n\n".join(parts)


def _seat_table(answer: dict[str, Any]) -> str:
    rows: list[list[str]] = []
    for block in answer["blocks"]:
        rows.append([f"block {block['block']}", "", f"{block['seats']:,}"])
        rows += [[f"  at least: {r['reserve']}", str(r["stated"]), f"{r['seats']:,}"] for r in block["reserves"]]
    rows += [[f"at most: {_cap(cap)}", str(cap["stated"]), f"{cap['seats']:,}"] for cap in answer["caps"]]
    return table(["seats", "stated", "whole"], rows)


def _cap(cap: dict[str, Any]) -> str:
    return f"{cap['cap']} (each {cap['per']})" if cap["per"] else str(cap["cap"])


def _field(row: dict[str, Any]) -> str:
    filled = f", filled for {row['filled']:,} of {row['of']:,}" if "filled" in row else ""
    return f"{row['field']}: {len(row['read_by'])} {'rule' if len(row['read_by']) == 1 else 'rules'}{filled}"
