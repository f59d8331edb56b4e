"""The control panel through Django's client: pages, permissions, export, erasure."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils.timezone import now
from django_scopes import scope

import calls
from pretix_selection.applying import apply_run
from pretix_selection.checks import checked
from pretix_selection.exporters import DecisionsExporter
from pretix_selection.models import Decision, Run
from pretix_selection.outcomes import outcome_of
from pretix_selection.running import dry_run
from pretix_selection.shredders import SelectionShredder


def here(event, name: str = "") -> str:
    return f"/control/event/{event.organizer.slug}/{event.slug}/{name}"


def test_the_officer_runs_looks_and_applies(event, client):
    page = here(event, "selection/")
    assert "No selection has been made yet" in client.get(page).content.decode()
    assert "dry run" in client.post(f"{page}run", follow=True).content.decode()
    with scope(organizer=event.organizer):
        run = Run.objects.get()
        selected = list(run.decisions.filter(status="selected").values_list("order__code", flat=True))
    text = client.get(page).content.decode()
    assert all(code in text for code in selected[:50])
    assert "No order has been changed" in text
    assert "Authorities" in client.get(f"{page}?show=audit").content.decode()
    assert client.get(f"{page}?show=problems").status_code == 200
    assert client.get(f"{page}{run.pk}/folder.zip").content.startswith(b"PK")
    done = client.post(f"{page}{run.pk}/apply", follow=True).content.decode()
    assert "9 approved" in done
    assert "nothing was left to do" in client.post(f"{page}{run.pk}/apply", follow=True).content.decode()


def test_each_explanation_stands_on_pretixs_own_pages(event, client, officer):
    run = dry_run(event, officer)
    decision = run.decisions.filter(status="selected").select_related("order").first()
    officers = outcome_of(run).explain(decision.order.code).for_officer().splitlines()
    for page in ("", "approve"):
        text = client.get(here(event, f"orders/{decision.order.code}/{page}")).content.decode()
        assert all(line in text for line in officers[:3]), page
        assert run.policy_sha256 in text
        assert "Dry run: not yet applied" in text
    apply_run(run, officer)
    refused = run.decisions.filter(status="declined").select_related("order").first()
    text = client.get(here(event, f"orders/{refused.order.code}/")).content.decode()
    refused.refresh_from_db()
    assert refused.said
    assert "Told to the applicant" in text
    assert "by the rules" in text


def test_what_an_applicant_wrote_is_text_on_the_page(event, client):
    event.settings.selection_policy = calls.SMALL.replace('per   = "country"', 'per   = "organisation"')
    from pretix.base.models import OrderPosition

    OrderPosition.objects.update(company="<script>alert(1)</script>")
    run = dry_run(event)
    decision = run.decisions.filter(reason="cap").select_related("order").first()
    text = client.get(here(event, f"orders/{decision.order.code}/")).content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text


def test_settings_are_checked_by_the_library_before_they_are_saved(event, client):
    page = here(event, "selection/settings")
    text = client.get(page).content.decode()
    assert "9 seats, waiting list 6" in text
    given = {
        "selection_policy": calls.SMALL.replace("capacity", "capcity"),
        "selection_form": calls.FORM.replace('"YEARS"', '"YEAR"'),
        "selection_mail_waitlisted_subject_0": "S",
        "selection_mail_waitlisted_text_0": "T",
    }
    text = client.post(page, given).content.decode()
    assert "Did you mean &#x27;capacity&#x27;" in text
    assert "Did you mean &#x27;YEARS&#x27;" in text
    event.settings.flush()
    assert event.settings.selection_policy == calls.SMALL
    given |= {"selection_policy": calls.SMALL, "selection_form": calls.FORM, "selection_capacity": "8"}
    saved = client.post(page, given, follow=True).content.decode()
    assert "8 seats, waiting list 6" in saved
    event.settings.flush()
    assert event.settings.get("selection_capacity", as_type=int) == 8
    assert not event.settings.get("selection_mail_approved", as_type=bool)


def test_what_would_get_in_the_way_is_said(event, client):
    quota = event.quotas.get()
    quota.size = 60
    quota.save()
    seat = event.items.get()
    seat.max_per_order = None
    seat.save()
    event.settings.waiting_list_enabled = True
    event.settings.mail_text_order_denied = "No."
    event.settings.selection_form = calls.FORM.replace("MAKER =", "MAKERS =")
    said = "\n".join(checked(event)["warnings"])
    for part in ("limited to 60", "several of", "own waiting list is on", "mail of denial", "'MAKERS'", "'MAKER'"):
        assert part in said
    text = client.get(here(event, "selection/settings")).content.decode()
    assert "limited to 60" in text
    assert "limited to 60" in client.get(here(event, "selection/")).content.decode()


def test_without_rights_nothing_is_seen_or_done(event, officer):
    run = dry_run(event)
    code = run.decisions.first().order.code
    organizer = event.organizer
    nobody = calls.logged_in(calls.make_user(organizer, "nobody@example.org"))
    reader = calls.logged_in(calls.make_user(organizer, "reader@example.org", "event.orders:read"))
    pages = ("selection/", "selection/settings", f"selection/{run.pk}/folder.zip")
    posts = ("selection/run", f"selection/{run.pk}/apply", "selection/draw")
    assert [nobody.get(here(event, one)).status_code for one in pages] == [403, 403, 403]
    assert [nobody.post(here(event, one)).status_code for one in posts] == [403, 403, 403]
    assert [reader.get(here(event, one)).status_code for one in pages] == [200, 403, 200]
    assert [reader.post(here(event, one)).status_code for one in posts] == [403, 403, 403]
    assert "selection-apply" not in reader.get(here(event, "selection/")).content.decode()
    assert nobody.get(here(event, f"orders/{code}/")).status_code == 403
    assert "/selection/" not in nobody.get(here(event)).content.decode()
    assert Client().get(here(event, "selection/")).status_code == 302
    assert not event.orders.filter(status__in="pc").exists()


def test_nothing_crosses_from_event_to_event_or_organiser_to_organiser(event, client):
    run = dry_run(event)
    sister = calls.make_event("sister", event.organizer)
    stranger = calls.make_event("stranger")
    with scope(organizer=stranger.organizer):
        boss = calls.make_user(stranger.organizer, "boss@example.org", "event.orders:read", "event.orders:write")
    away = calls.logged_in(boss)
    assert away.get(here(event, "selection/")).status_code == 404
    for client_, other in ((client, sister), (away, stranger)):
        assert client_.get(here(other, f"selection/{run.pk}/folder.zip")).status_code == 404
        assert client_.get(here(other, f"selection/?run={run.pk}")).status_code == 404
        text = client_.post(here(other, f"selection/{run.pk}/apply"), follow=True).content.decode()
        assert "no such selection" in text
        assert "A00001" not in client_.get(here(other, "selection/")).content.decode()
    assert not event.orders.filter(status__in="pc").exists()
    with scope(organizer=stranger.organizer):
        assert not Run.objects.exists()
        assert not Decision.objects.exists()


def test_an_event_that_does_not_use_the_plugin_shows_nothing(event, client):
    run = dry_run(event)
    event.plugins = ""
    event.save()
    code = run.decisions.first().order.code
    assert "selection-panel" not in client.get(here(event, f"orders/{code}/")).content.decode()
    assert client.get(here(event, "selection/")).status_code in (403, 404)


@pytest.mark.parametrize("kind", ["default", "xlsx"])
def test_the_decisions_are_exported(event, officer, kind):
    run = dry_run(event)
    apply_run(run, officer)
    _, _, content = DecisionsExporter(event, event.organizer).render({"_format": kind})
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = [[str(cell) if cell is not None else "" for cell in row] for row in sheet.values]
    else:
        rows = list(csv.reader(io.StringIO(content.decode())))
    head, *lines = rows
    assert len(lines) == 45
    listed = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    for decision in run.decisions.select_related("order"):
        row = listed[decision.order.code]
        assert (row["status"], row["done"], row["policy_sha256"]) == (
            decision.status, decision.done, run.policy_sha256,
        )  # fmt: skip
    assert [line[0] for line in lines[:9]] == list(outcome_of(run).to_frame()["id"])[:9]


def test_erasure_takes_what_is_known_of_applicants_and_leaves_what_was_decided(event, client, officer):
    run = dry_run(event)
    apply_run(run, officer)
    statuses = dict(run.decisions.values_list("order__code", "status"))
    names = [name for name, _, _ in SelectionShredder(event).generate_files()]
    assert names == [f"selection-{run.pk}.json", f"selection-{run.pk}.zip"]
    event.date_from = now() - timedelta(days=90)
    event.live = False
    event.save()
    SelectionShredder(event).shred_data()
    run.refresh_from_db()
    assert run.archive == b""
    assert run.findings == run.groups == run.rounds == []
    assert dict(run.decisions.values_list("order__code", "status")) == statuses
    assert not run.decisions.exclude(said="").exists()
    text = client.get(here(event, f"orders/{next(iter(statuses))}/")).content.decode()
    assert "were erased" in text
    assert "were erased" in client.post(here(event, f"selection/{run.pk}/apply"), follow=True).content.decode()
    assert "pretix_selection" in event.get_data_shredders()
