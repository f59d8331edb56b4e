"""A run carried out: orders, mails, log; twice changes nothing, and a stop anywhere is no harm."""

import re
from html import unescape

import pytest
from django.core import mail
from pretix.base.models import Event, Order, OrderPosition
from pretix.base.services.orders import _cancel_order, approve_order, deny_order
from pretix.base.signals import periodic_task

import calls
from pretix_selection import applying
from pretix_selection.applying import apply_run
from pretix_selection.errors import Refused
from pretix_selection.models import Decision, Run
from pretix_selection.outcomes import outcome_of
from pretix_selection.running import dry_run


def orders(run, **of) -> list[Order]:
    return [one.order for one in run.decisions.filter(**of).select_related("order")]


def approved(event) -> set[str]:
    return set(event.orders.filter(status="p").values_list("code", flat=True))


def state(event) -> list[tuple]:
    seen = list(event.orders.order_by("pk").values_list("code", "status", "require_approval", "expires"))
    return [seen, len(mail.outbox), event.logentry_set.count(), list(Decision.objects.order_by("pk").values())]


def letters(code_of: dict[str, str]) -> dict[str, str]:
    """The text of each mail by the order it went to."""
    return {code_of[one.to[0]]: one.body for one in mail.outbox}


def test_everybody_gets_what_was_decided_and_their_own_reason_in_their_language(large, officer):
    run = dry_run(large, officer)
    done = apply_run(run, officer)
    outcome, counts = outcome_of(run), run.counts
    run.refresh_from_db()
    assert run.state == Run.State.APPLIED
    assert approved(large) == set(outcome.shortlist["id"])
    assert done["approved"] == 60
    assert (
        done["waiting"] == 40 == large.orders.filter(status="n", require_approval=True).count() - counts["incomplete"]
    )
    assert done["denied"] == counts["declined"] + counts["ineligible"] == large.orders.filter(status="c").count()
    assert done["left"] == counts["incomplete"]
    by_address = dict(large.orders.values_list("email", "code"))
    told = letters(by_address)
    assert len(mail.outbox) == len(told) == 300 - done["left"]
    locales = dict(large.orders.values_list("code", "locale"))
    sentences = {"en": set(), "fr": set(), "ar": set()}
    for code, text in told.items():
        spoken = locales[code]
        said = str(outcome.explain(code, spoken))
        assert said in re.sub(r"\s+", " ", unescape(text)), code
        sentences[spoken].add(said)
        if f"({spoken})" not in text:
            assert outcome.explain(code).facts["status"] == "waitlisted"
    assert all(len(of) > 20 for of in sentences.values())
    entry = orders(run, status="selected")[0].all_logentries().get(action_type="pretix_selection.decision")
    assert entry.parsed_data["policy_sha256"] == outcome.policy.fingerprint
    assert entry.parsed_data["status"] == "selected"
    assert entry.user == officer
    assert "by the rules" in entry.display()


def test_applying_twice_changes_nothing(event, officer):
    run = dry_run(event)
    apply_run(run, officer)
    before = state(event)
    assert apply_run(run, officer) == {}
    assert apply_run(Run.objects.get(pk=run.pk), officer) == {}
    assert state(event) == before


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(event, officer, monkeypatch):
    run = dry_run(event)
    expected = set(outcome_of(run).shortlist["id"])
    left = iter(range(4))

    def cut_off(*args, **kwargs):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return approve_order(*args, **kwargs)

    monkeypatch.setattr(applying, "approve_order", cut_off)
    with pytest.raises(KeyboardInterrupt):
        apply_run(run, officer)
    run.refresh_from_db()
    assert run.state == Run.State.APPLYING
    assert len(approved(event)) == 4
    assert len(mail.outbox) == run.decisions.filter(done__in=("approved", "denied", "waiting")).count()
    monkeypatch.undo()
    apply_run(run, officer)
    assert approved(event) == expected
    assert len({one.to[0] for one in mail.outbox}) == len(mail.outbox)
    assert run.rounds == []


def test_an_order_pretix_refuses_to_change_is_tried_again(event, officer, monkeypatch):
    run = dry_run(event)
    first = orders(run, status="selected")[0]

    def refused(order, **kwargs):
        if order.pk == first.pk:
            raise applying.OrderError("no")
        return approve_order(order, **kwargs)

    monkeypatch.setattr(applying, "approve_order", refused)
    assert apply_run(run, officer)["failed"] == 1
    run.refresh_from_db()
    assert run.state == Run.State.APPLYING
    monkeypatch.undo()
    assert apply_run(run, officer) == {"approved": 1}
    run.refresh_from_db()
    assert run.state == Run.State.APPLIED


def test_an_order_denied_by_hand_has_withdrawn_and_its_seat_goes_by_the_rules(event, officer):
    run = dry_run(event)
    outcome = outcome_of(run)
    gone = orders(run, status="selected")[3]
    deny_order(gone, user=officer, send_mail=False)
    apply_run(run, officer)
    expected = set(outcome.replace([gone.code], lock="selected").outcome.shortlist["id"])
    assert approved(event) == expected
    assert len(expected) == 9
    run.refresh_from_db()
    assert [one["withdrawn"] for one in run.rounds] == [[gone.code]]
    assert run.decisions.get(order=gone).status == "withdrawn"


def test_an_order_approved_by_hand_holds_a_seat_and_the_rest_is_selected_beside_it(event, officer):
    run = dry_run(event)
    outcome = outcome_of(run)
    favoured = orders(run, status="declined")[-1]
    approve_order(favoured, user=officer, send_mail=False)
    apply_run(run, officer)
    run.refresh_from_db()
    assert favoured.code in approved(event)
    assert len(approved(event)) == 9
    pinned = type(outcome.policy).model_validate({**outcome.policy.to_dict(), "pinned": [favoured.code]})
    assert run.policy_sha256 == pinned.fingerprint
    assert len(run.history) == 1
    assert run.decisions.get(order=favoured).done == Decision.Done.BY_HAND
    again = dry_run(event)
    assert set(outcome_of(again).policy.pinned) == approved(event)
    assert again.counts["selected"] == 9


def test_more_hand_approvals_than_seats_are_said_and_nothing_is_changed(event, officer):
    event.settings.selection_capacity = 2
    run = dry_run(event)
    for order in orders(run, status="declined")[:3]:
        approve_order(order, send_mail=False)
    before = state(event)
    with pytest.raises(Refused, match="no seat left for the pinned applicant"):
        apply_run(run, officer)
    assert state(event) == before


def test_a_withdrawal_is_answered_by_the_rules_at_the_next_periodic_task(event, officer):
    run = dry_run(event)
    apply_run(run, officer)
    outcome = outcome_of(run)
    denied = set(event.orders.filter(status="c").values_list("code", flat=True))
    gone = [one for one in orders(run, status="selected") if one.code in approved(event)][:2]
    mail.outbox.clear()
    periodic_task.send(sender=None)
    assert mail.outbox == []
    for order in gone:
        _cancel_order(order, send_mail=False)
    periodic_task.send(sender=None)
    run.refresh_from_db()
    codes = {one.code for one in gone}
    expected = outcome.replace(codes | denied, lock="selected")
    assert approved(event) == set(expected.outcome.shortlist["id"])
    assert set(expected.admitted) == approved(event) - set(outcome.shortlist["id"])
    assert len(approved(event)) == 9
    assert {by for one in mail.outbox for by in one.to} == {
        event.orders.get(code=code).email for code in expected.admitted
    }
    assert list(run.decisions.filter(status="waitlisted").values_list("order__code", flat=True)) == list(
        expected.outcome.waitlist["id"]
    )
    entry = event.logentry_set.get(action_type="pretix_selection.run.replaced")
    assert set(entry.parsed_data["admitted"]) == set(expected.admitted)
    before = state(event)
    periodic_task.send(sender=None)
    assert state(event) == before
    _cancel_order(event.orders.get(code=expected.admitted[0]), send_mail=False)
    periodic_task.send(sender=None)
    assert len(approved(event)) == 9
    run.refresh_from_db()
    assert [one["number"] for one in run.rounds] == [1, 2]


def test_a_withdrawal_in_one_event_leaves_others_alone(event, officer):
    other = calls.make_event("other", event.organizer)
    other.settings.selection_policy = calls.SMALL
    calls.apply_for_seats(other, 30, seed=5, first=500)
    for one in (event, other):
        apply_run(dry_run(one), officer)
    seated = approved(other)
    _cancel_order(event.orders.filter(status="p").first(), send_mail=False)
    periodic_task.send(sender=None)
    assert approved(other) == seated
    assert other.selection_runs.get().rounds == []


def test_nobody_is_written_to_where_mails_are_off(event, officer):
    for name in ("approved", "denied", "waitlisted"):
        event.settings.set(f"selection_mail_{name}", False)
    apply_run(dry_run(event), officer)
    assert mail.outbox == []


def test_what_is_not_to_be_denied_stays_pending(event, officer):
    event.settings.selection_deny = []
    run = dry_run(event)
    apply_run(run, officer)
    assert not event.orders.filter(status="c").exists()
    assert run.decisions.filter(done="left").count() == 45 - 9 - 6


def test_answers_are_text_in_mails_and_never_markup(event, officer):
    event.settings.selection_policy = calls.SMALL.replace('per   = "country"', 'per   = "organisation"')
    OrderPosition.objects.update(company="<img src=x onerror=alert(1)> [pay](https://evil.example)")
    apply_run(dry_run(event), officer)
    denied = [one for one in mail.outbox if "onerror" in one.body]
    assert denied
    texts = [part for part in denied[0].message().walk() if part.get_content_maintype() == "text"]
    parts = [part.get_payload(decode=True).decode() for part in texts]
    html = next(part for part in parts if "<html" in part)
    assert "onerror" in html
    assert "<img src=x" not in html
    assert ">pay</a>" not in html


def test_a_copied_event_has_no_seed(event):
    day = event.date_from
    other = Event.objects.create(organizer=event.organizer, name="Next", slug="next", date_from=day, currency="EUR")
    other.copy_data_from(event)
    assert not other.settings.selection_seed
    assert other.settings.selection_policy == event.settings.selection_policy
