"""A dry run: applications are read, selected and stored; no order is touched and no mail sent."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from selection import Intake, Outcome, SelectionError, dossier, read_applicants, select

from pretix_selection import applications, rules
from pretix_selection.errors import Refused
from pretix_selection.models import Decision, Run

#: So many findings of the reading are shown; the folder of results has all of them.
SHOWN = 500


def dry_run(event, user=None) -> Run:
    """Select from the applications of an event by its rules; `Refused` says what is in the way."""
    found, held, intake = applicants(event)
    policy, _, seed = rules.rules_of(event, pinned=[one.code for one in found if one.approved])
    try:
        outcome = select(intake, policy, seed=seed)
        archive = dossier.pack(outcome)
    except SelectionError as error:
        raise Refused(str(error)) from error
    with transaction.atomic():
        event.selection_runs.filter(state=Run.State.DRY).delete()
        run = event.selection_runs.create(
            user=user,
            archive=archive,
            findings=[*map(asdict, held), *_findings(outcome)],
            **stored(outcome),
        )
        _first_decisions(run, outcome, found)
        data = {"run": run.pk, "policy_sha256": run.policy_sha256, "counts": outcome.counts}
        event.log_action("pretix_selection.run.made", user=user, data=data)
    return run


def applicants(event) -> tuple[list[applications.Application], list[applications.Held], Intake]:
    """The applications of an event and the pool they make; `Refused` where there are none."""
    _, form, _ = _rules_without_seed(event)
    found, held = applications.read(event)
    if not any(not one.approved for one in found):
        raise Refused("No application is waiting for a decision.")
    try:
        return found, held, read_applicants([one.record for one in found], form=form)
    except SelectionError as error:
        raise Refused(str(error)) from error


def _rules_without_seed(event):
    settings = event.settings
    try:
        return None, rules.form_of(settings.selection_form or "", event), None
    except SelectionError as error:
        raise Refused(str(error)) from error


def stored(outcome: Outcome) -> dict[str, Any]:
    """What a run keeps of an outcome beside its archive: fingerprint, certificate, who got what."""
    return {
        "policy_sha256": outcome.policy.fingerprint,
        "record": {key: value for key, value in outcome.record().items() if key != "rounds"},
        "groups": _groups(outcome),
    }


def cells(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """What a decision holds, by order code."""
    frame = outcome.to_frame().astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    places = {code: number for number, code in enumerate(outcome.waitlist["id"].tolist(), start=1)}
    return {
        row["id"]: {
            "status": row["status"],
            "rank": row["rank"],
            "tier": row["tier"],
            "score": "" if row["score"] is None else str(row["score"]),
            "block": row["block"] or "",
            "seat": row["seat"] or "",
            "reason": row["reason"],
            "place": places.get(row["id"]),
        }
        for row in rows
    }


def _first_decisions(run: Run, outcome: Outcome, found: list[applications.Application]) -> None:
    """A decision for each order; those approved before this run are done already."""
    by_code = {one.code: one for one in found}
    done = {True: Decision.Done.APPROVED, False: Decision.Done.NOTHING}
    Decision.objects.bulk_create(
        (
            Decision(run=run, order_id=by_code[code].pk, done=done[by_code[code].approved], **row)
            for code, row in cells(outcome).items()
        ),
        batch_size=500,
    )


def _findings(outcome: Outcome) -> list[dict[str, Any]]:
    """The problems met while reading, by order code, without the cells themselves."""
    ids = dict(zip(outcome.intake.pool.rows.tolist(), outcome.intake.pool.ids.tolist(), strict=True))
    listed = [one for one in outcome.intake.findings if one.code != "codes_recognised"][:SHOWN]
    return [{"code": ids.get(one.row, ""), "sentence": one.sentence, "column": one.column} for one in listed]


def _groups(outcome: Outcome) -> list[dict[str, Any]]:
    """Who got what, by each group the policy tells apart: the library's audit, all numbers shown to the officer."""
    return [
        {"field": field, "values": [{"value": value, **numbers} for value, numbers in values.items()]}
        for field, values in outcome.audit().counts().items()
    ]
