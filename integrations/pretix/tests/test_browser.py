"""The control page as an officer sees it: one run in a real browser, from the rules to the first explained approval.

Screenshots go to the folder named in SCREENSHOTS, if one is.
"""

import os
import shutil
from pathlib import Path

import pytest
from django_scopes import scopes_disabled

import calls

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def page():
    if CHROMIUM is None:
        pytest.skip("THE CONTROL PAGE WAS NOT LOOKED AT: no chromium on this machine.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, locale="en")
        page.set_default_timeout(120_000)
        yield page
        browser.close()


def seen(page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_an_officer_checks_runs_applies_and_reads_an_explanation(event, page, live_server, settings, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.SITE_URL = live_server.url
    settings.COMPRESS_PRECOMPILERS = settings.COMPRESS_PRECOMPILERS_ORIGINAL  # pretix.testutils leaves styles out
    with scopes_disabled():
        calls.make_user(
            event.organizer,
            "browser@example.org",
            "event.orders:read",
            "event.orders:write",
            "event.settings.general:write",
        )
        event.settings.mail_text_order_denied = "No."
        where = f"{live_server.url}/control/event/{event.organizer.slug}/{event.slug}"
    page.goto(f"{live_server.url}/control/login")
    page.fill("input[name=email]", "browser@example.org")
    page.fill("input[name=password]", "secret")
    page.click("button[type=submit]")
    page.goto(f"{where}/selection/settings")
    assert "9 seats, waiting list 6" in page.inner_text("#selection-check")
    assert "mail of denial" in page.inner_text(".alert-warning")
    seen(page, "settings")
    page.goto(f"{where}/selection/")
    page.click("#selection-run")
    page.wait_for_selector("#selection-list")
    assert page.locator("#selection-list tbody tr, #selection-list tr").count() >= 9
    seen(page, "dry-run")
    code = page.locator("#selection-list a strong").first.inner_text()
    page.click("text=audit")
    page.wait_for_selector("#selection-audit")
    assert "Authorities" in page.inner_text("#selection-audit")
    seen(page, "audit")
    page.goto(f"{where}/orders/{code}/approve")
    assert "rank" in page.inner_text(".selection-panel")
    seen(page, "approve")
    page.goto(f"{where}/selection/")
    page.click("#selection-apply")
    page.wait_for_selector("text=The selection has been applied")
    seen(page, "applied")
    page.goto(f"{where}/orders/{code}/")
    assert "Told to the applicant" in page.inner_text(".selection-panel")
    seen(page, "order")
    with scopes_disabled():
        assert event.orders.get(code=code).status == "p"
        assert event.orders.filter(status="p").count() == 9
