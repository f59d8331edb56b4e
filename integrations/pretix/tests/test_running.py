"""A dry run: everything is read by identifiers, in few queries, and the outcome is the library's own."""

import json
import time

import pytest
import selection
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from pretix.base.models import Order

import calls
from pretix_selection import applications, rules
from pretix_selection.errors import Refused
from pretix_selection.models import Run
from pretix_selection.outcomes import outcome_of
from pretix_selection.running import dry_run


def expected(event) -> selection.Outcome:
    """The same call selected without the plugin: records written by hand from the answers' identifiers."""
    records = []
    for order in event.orders.filter(status="n", require_approval=True):
        position = order.positions.get()
        record = {"id": order.code, "organisation": position.company, "submitted_at": order.datetime}
        for answer in position.answers.all():
            name, options = answer.question.identifier, [o.identifier for o in answer.options.all()]
            if name == "ROLE":
                record["role"] = {"NRA": "nra", "MAKER": "manufacturer"}[options[0]]
            elif name == "SECTORS":
                words = {"VAX": "vaccine", "PHARMA": "pharmaceutical", "OTHER": "other"}
                record["sector"] = [words[o] for o in options]
            elif name == "YEARS":
                record["years"] = int(answer.answer)
            else:
                record["employer_country"] = answer.answer
        records.append(record)
    return selection.select(records, selection.Policy.parse(calls.POLICY), seed="marathon 2025")


def test_a_dry_run_decides_what_the_library_decides_and_touches_nothing(large, officer):
    before = list(Order.objects.order_by("pk").values())
    run = dry_run(large, officer)
    other = expected(large)
    kept = {one.order.code: one for one in run.decisions.select_related("order")}
    assert run.counts == {status: number for status, number in other.counts.items() if number}
    assert run.counts["selected"] == 60
    assert run.counts["incomplete"] > 0
    for row in other.to_frame().to_dict("records"):
        assert kept[row["id"]].status == row["status"]
        assert kept[row["id"]].reason == row["reason"]
    assert list(Order.objects.order_by("pk").values()) == before
    assert mail.outbox == []
    entry = large.logentry_set.get(action_type="pretix_selection.run.made")
    assert entry.parsed_data["policy_sha256"] == run.policy_sha256 == outcome_of(run).policy.fingerprint
    assert "rules" in entry.display()


def test_the_language_of_an_applicant_changes_nothing(event):
    before = dict(dry_run(event).decisions.values_list("order__code", "status"))
    event.orders.update(locale="ar")
    for question in event.questions.all():
        question.answers.filter(options__isnull=False).update(answer="كلام آخر")
        question.question = "?"
        question.save()
    assert dict(dry_run(event).decisions.values_list("order__code", "status")) == before


def test_queries_do_not_grow_with_applications_and_five_thousand_take_seconds(large):
    with CaptureQueriesContext(
        connection,
    ) as few:
        applications.read(large)
    calls.apply_for_seats(large, 4_700, seed=2, first=300)
    started = time.perf_counter()
    with CaptureQueriesContext(connection) as many:
        found, _ = applications.read(large)
    assert len(found) == 5_000
    assert len(many) == len(few) <= 10
    run = dry_run(large)
    assert run.decisions.count() == 5_000
    assert time.perf_counter() - started < 60  # seconds on a busy machine; a query for each row would take minutes


def test_orders_that_cannot_be_read_as_one_application_are_left_to_the_officer(event):
    order = event.orders.get(code="A00000")
    order.positions.create(item=event.items.get(), price=0, positionid=2)
    run = dry_run(event)
    assert not run.decisions.filter(order=order).exists()
    assert {"code": "A00000", "sentence": run.findings[0]["sentence"]} == run.findings[0]
    assert "more than one product" in run.findings[0]["sentence"]


def test_orders_for_other_products_and_test_orders_are_no_applications(event):
    event.orders.filter(code="A00000").update(testmode=True)
    paid = event.items.create(name="Dinner", default_price=10)
    event.orders.get(code="A00001").positions.update(item=paid)
    assert {one.code for one in applications.read(event)[0]} == {f"A{n:05}" for n in range(2, 45)}


def test_a_new_dry_run_takes_the_place_of_the_last(event):
    first = dry_run(event)
    second = dry_run(event)
    assert list(event.selection_runs.all()) == [second]
    assert first.policy_sha256 == second.policy_sha256


def test_what_is_wrong_is_said_in_the_librarys_words(event):
    event.settings.selection_policy = calls.SMALL.replace("capacity", "capcity")
    with pytest.raises(Refused, match="Did you mean 'capacity'"):
        dry_run(event)
    event.settings.selection_policy = calls.SMALL
    event.settings.selection_form = calls.FORM.replace('"ROLE"', '"ROL"')
    with pytest.raises(Refused, match=r"no question with the identifier 'ROL'. Did you mean 'ROLE'"):
        dry_run(event)
    event.settings.selection_form = calls.FORM
    event.orders.update(require_approval=False)
    with pytest.raises(Refused, match="No application is waiting"):
        dry_run(event)


def test_the_events_own_capacity_counts(event):
    event.settings.selection_capacity = 4
    assert dry_run(event).counts["selected"] == 4


def test_a_seed_is_drawn_from_a_beacon_only_for_what_was_fixed_before(event):
    event.settings.delete("selection_seed")
    event.settings.selection_beacon = "drand quicknet round 900000000"
    with pytest.raises(Refused, match="not been drawn"):
        dry_run(event)
    from pretix_selection.running import applicants

    policy = rules.policy_of(calls.SMALL)
    line = rules.committed(event, applicants(event)[2], policy).canonical()
    event.settings.selection_commitment = line
    randomness = "ab" * 32
    seed = rules.drawn(event, applicants(event)[2], policy, randomness)
    assert seed == selection.draws.Commitment.parse(line).seed(randomness)
    event.orders.get(code="A00007").positions.get().answers.filter(question__identifier="YEARS").update(answer="9.5")
    with pytest.raises(Refused, match="the applications changed"):
        rules.drawn(event, applicants(event)[2], policy, randomness)
    event.settings.selection_beacon = "drand quicknet round 1"
    with pytest.raises(Refused, match="came out already"):
        rules.committed(event, applicants(event)[2], policy)


def test_the_command_does_the_same(event, capsys):
    name = f"{event.organizer.slug}/{event.slug}"
    with pytest.raises(CommandError, match="nothing to apply"):
        call_command("selection", name, "--apply")
    call_command("selection", name)
    said = json.loads(capsys.readouterr().out)
    with scope(organizer=event.organizer):
        run = Run.objects.get()
    assert said["counts"] == run.counts
    assert said["policy_sha256"] == run.policy_sha256
    call_command("selection", name, "--check")
    assert json.loads(capsys.readouterr().out)["seats"] == 9
    with pytest.raises(CommandError, match="no event"):
        call_command("selection", "who/other")
