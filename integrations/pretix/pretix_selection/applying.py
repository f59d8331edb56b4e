"""A run is carried out, order by order: each one whole or not at all, so that it can stop and go on anywhere."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils.timezone import now
from pretix.base.email import get_email_context
from pretix.base.i18n import language
from pretix.base.models import Order
from pretix.base.services.orders import OrderError, approve_order, deny_order
from pretix.helpers import OF_SELF
from selection import Outcome, SelectionError, dossier, select
from selection.replacement import replace

from pretix_selection.errors import Refused
from pretix_selection.models import Decision, Run
from pretix_selection.outcomes import explained, outcome_of
from pretix_selection.running import cells, stored

logger = logging.getLogger(__name__)

#: What an order says of itself.
OPEN, APPROVED, GONE = "open", "approved", "gone"


def apply_run(run: Run, user=None, progress: Callable[[float], None] = lambda _: None) -> dict[str, int]:
    """Approve, deny and keep waiting as decided; how many of each. Doing it again changes nothing.

    Decisions made by hand since are respected first: whoever was approved holds a seat, whoever was denied or left has
    withdrawn, and the rules decide again about the rest. An order that pretix refuses to change is counted as `failed`
    and tried again next time.
    """
    outcome = _begun(run, user)
    waiting = list(run.decisions.filter(done=Decision.Done.NOTHING).values_list("pk", flat=True))
    counts: Counter[str] = Counter()
    for number, pk in enumerate(waiting):
        try:
            counts[_carried_out(pk, run, outcome, user)] += 1
        except OrderError as error:
            logger.warning("An order of run %s was not changed: %s", run.pk, error)
            counts["failed"] += 1
        if number % 20 == 0:
            progress(100 * number / len(waiting))
    with transaction.atomic():
        run = Run.objects.select_for_update(of=OF_SELF).get(pk=run.pk)
        if not counts["failed"] and run.state == Run.State.APPLYING:
            run.state = Run.State.APPLIED
            run.save(update_fields=["state"])
            data = {"run": run.pk, "policy_sha256": run.policy_sha256, "counts": dict(counts)}
            run.event.log_action("pretix_selection.run.applied", user=user, data=data)
    return dict(counts)


def _begun(run: Run, user) -> Outcome:
    """Mark the run as begun, take in what was decided by hand, and return the outcome to carry out."""
    with transaction.atomic():
        locked = Run.objects.select_for_update(of=OF_SELF).get(pk=run.pk)
        if locked.state == Run.State.SUPERSEDED:
            raise Refused("A later run was applied; this one can no longer be.")
        outcome = caught_up(locked, user)
        if locked.state == Run.State.DRY:
            locked.state = Run.State.APPLYING
            locked.save(update_fields=["state"])
            earlier = locked.event.selection_runs.filter(pk__lt=locked.pk).exclude(state=Run.State.DRY)
            earlier.update(state=Run.State.SUPERSEDED)
        run.refresh_from_db()
    return outcome


def standings(run: Run) -> dict[str, str]:
    """Per order code of a run, whether the order still waits, was approved, or is gone."""
    rows = run.decisions.values_list("order__code", "order__status", "order__require_approval")
    return {code: standing(status, asked) for code, status, asked in rows}


def standing(status: str, require_approval: bool) -> str:
    """Whether an order still waits for approval, was approved, or is gone."""
    if status == Order.STATUS_PENDING and require_approval:
        return OPEN
    return APPROVED if status in (Order.STATUS_PENDING, Order.STATUS_PAID) else GONE


def caught_up(run: Run, user=None) -> Outcome:
    """The outcome after everything that was decided by hand or withdrawn since; the run and its decisions follow.

    Seats once given are kept (`lock = "selected"`): an approved order is never taken back.
    """
    outcome, there = outcome_of(run), standings(run)
    pool = outcome.intake.pool
    seated = set(outcome.shortlist["id"].tolist())
    stands = {code for code, other in zip(pool.ids.tolist(), pool.duplicate_of.tolist(), strict=True) if other < 0}
    gone = {code for code in stands if there.get(code, GONE) == GONE}
    approved = {code for code in pool.ids.tolist() if there.get(code) == APPROVED}
    try:
        if by_hand := approved - seated:
            return _decided_again(run, outcome, gone, approved, by_hand, user)
        if gone & seated:
            return _replaced(run, outcome, gone, user)
    except SelectionError as error:
        raise Refused(str(error)) from error
    return outcome


def _decided_again(run: Run, outcome: Outcome, gone: set, approved: set, by_hand: set, user) -> Outcome:
    """Orders approved by hand hold seats, and the rest is selected again beside them."""
    left = replace(outcome, gone, lock="selected").outcome.intake if gone else outcome.intake
    policy = type(outcome.policy).model_validate(outcome.policy.to_dict() | {"pinned": sorted(approved)})
    again = select(left, policy, seed=outcome.seed)
    before = {"record": run.record, "rounds": run.rounds, "by_hand": sorted(by_hand), "gone": sorted(gone)}
    run.history = [*run.history, before]
    run.archive, run.rounds = dossier.pack(again), []
    return _kept(run, again, "pretix_selection.run.decided_again", {"by_hand": sorted(by_hand)}, user)


def _replaced(run: Run, outcome: Outcome, gone: set, user) -> Outcome:
    """Withdrawals answered exactly by the library; whoever comes in is among the decisions to carry out."""
    made = replace(outcome, gone, lock="selected")
    run.rounds = [*run.rounds, made.round.to_dict()]
    told = {"round": made.round.number, "admitted": list(made.admitted)}
    return _kept(run, made.outcome, "pretix_selection.run.replaced", told, user)


def _kept(run: Run, outcome: Outcome, action: str, told: dict, user) -> Outcome:
    for name, value in stored(outcome).items():
        setattr(run, name, value)
    run.save()
    _update_decisions(run, cells(outcome))
    data = {"run": run.pk, "policy_sha256": run.policy_sha256, **told}
    run.event.log_action(action, user=user, data=data)
    return outcome


def _update_decisions(run: Run, rows: dict[str, dict]) -> None:
    """Bring the decisions in line with a new outcome; what is to be done anew is marked so."""
    done, changed = Decision.Done, []
    for decision in run.decisions.select_related("order"):
        row = rows.get(decision.order.code)
        before = decision.status
        if row is None:
            if decision.done != done.DENIED:
                decision.status, decision.done = "withdrawn", done.WITHDRAWN
        else:
            for name, value in row.items():
                setattr(decision, name, value)
            if decision.status != before and decision.done in (done.WAITING, done.LEFT):
                decision.done = done.NOTHING
        changed.append(decision)
    fields = ["status", "rank", "tier", "score", "block", "seat", "reason", "place", "done"]
    Decision.objects.bulk_update(changed, fields, batch_size=200)


@transaction.atomic
def _carried_out(pk: int, run: Run, outcome: Outcome, user) -> str:
    """Do what was decided about one order, its mail and its log entry in the same transaction."""
    decision = Decision.objects.select_for_update(of=OF_SELF).filter(pk=pk, done=Decision.Done.NOTHING).first()
    if decision is None:
        return "done_already"
    order = Order.objects.select_for_update(of=OF_SELF).get(pk=decision.order_id)
    decision.done = _done(decision, order, run, outcome, user)
    decision.done_at = now()
    decision.save()
    if decision.done != Decision.Done.BY_HAND:
        facts = {"status": decision.status, "rank": decision.rank, "reason": decision.reason}
        facts |= {"run": run.pk, "policy_sha256": run.policy_sha256}
        order.log_action("pretix_selection.decision", user=user, data=facts)
    return decision.done


def _done(decision: Decision, order: Order, run: Run, outcome: Outcome, user) -> str:
    settings, done = order.event.settings, Decision.Done
    if standing(order.status, order.require_approval) != OPEN:
        return done.BY_HAND
    if decision.status == "selected":
        send = settings.get("selection_mail_approved", as_type=bool)
        _say(decision, order, outcome)
        approve_order(order, user=user, send_mail=send)
        return done.APPROVED
    if decision.status in settings.get("selection_deny", as_type=list):
        send = settings.get("selection_mail_denied", as_type=bool)
        _say(decision, order, outcome, when=send)
        deny_order(order, user=user, send_mail=send)
        return done.DENIED
    if decision.status == "waitlisted":
        if settings.get("selection_mail_waitlisted", as_type=bool):
            _say(decision, order, outcome)
            _write_of_waiting(order, user)
        return done.WAITING
    return done.LEFT


def _say(decision: Decision, order: Order, outcome: Outcome, when: bool = True) -> None:
    """Fix the explanation that goes into this order's mail. Of the refused it is found only if it is sent: the score
    that would have been enough takes the solver a moment."""
    if when:
        decision.said = str(explained(outcome, order.code, order.locale))
    order.selection_explanation = decision.said


def _write_of_waiting(order: Order, user) -> None:
    settings = order.event.settings
    with language(order.locale, settings.region):
        order.send_mail(
            settings.selection_mail_waitlisted_subject,
            settings.selection_mail_waitlisted_text,
            get_email_context(event=order.event, order=order),
            "pretix_selection.order.email.waitlisted",
            user,
        )


def withdrawn_runs() -> Iterator[Run]:
    """The applied runs in which an order with a seat was cancelled or has expired since."""
    lost = {
        "decisions__status": "selected",
        "decisions__done__in": (Decision.Done.APPROVED, Decision.Done.BY_HAND),
        "decisions__order__status__in": (Order.STATUS_CANCELED, Order.STATUS_EXPIRED),
    }
    yield from Run.objects.filter(state=Run.State.APPLIED, **lost).distinct().select_related("event__organizer")
