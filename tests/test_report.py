"""The report in a real browser: it finds, filters, sorts, explains, is silent, and usable by all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import selection
from browser import Watched, chromium
from selection import SelectionError, dossier

ROOT = Path(__file__).resolve().parents[1]
CGMP = ROOT / "examples" / "cgmp_2025"
HOSTILE = [
    {"id": "</script><script>document.title='taken'</script>", "name": "Ada Secret", "email": "ada@example.org",
     "years": 9, "country": "Kenya", "team": "<img src=x onerror=alert(1)>"},
    {"id": "b\u2028c", "name": "Bo Secret", "years": 8, "country": "Peru", "team": "mail bo@example.org"},
    {"id": "=1+1", "name": "Cy Secret", "years": 7, "country": "Kenya", "team": "]]>&quot;"},
    {"id": "d", "years": "many", "country": "Kenya", "team": "X"},
]  # fmt: skip
RULES = {
    "title": '<b>Call</b> & "more"',
    "capacity": 2,
    "waitlist": 1,
    "on": "2025-08-31",
    "points": [{"name": "<i>Experience</i>", "field": "years", "per": 1}],
    "reserve": [{"name": "Low & middle", "where": {"income_group": "LMIC"}, "seats": 1}],
    "cap": [{"name": "Any one team", "per": "team", "seats": 1}],
}


@pytest.fixture(scope="module")
def outcome() -> selection.Outcome:
    intake = selection.read_applicants(CGMP / "registrations.csv", form=CGMP / "form.toml")
    return selection.select(intake, CGMP / "policy.toml", seed="cGMP 2025")


@pytest.fixture(scope="module")
def path(outcome: selection.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outcome.report(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def opened(browser: Any, path: Path, width: int = 1280, scheme: str = "light") -> Watched:
    """The report in a page of its own; the network is off, as it may be for a committee."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, color_scheme=scheme)
    watched = Watched(context.new_page())
    watched.page.goto(path.as_uri())
    watched.page.wait_for_selector("html[data-ready=yes]")
    return watched


@pytest.fixture
def page(browser: Any, path: Path) -> Iterator[Any]:
    """The report of the example; whatever a test does with it, it stays silent and asks for nothing."""
    watched = opened(browser, path)
    yield watched.page
    assert watched.said == []
    assert watched.asked == [path.as_uri()]
    watched.page.context.close()


def told(page: Any) -> int:
    """How many applicants the page says it shows."""
    return int(re.search(r"[\d,]+", page.inner_text("#told"))[0].replace(",", ""))  # type: ignore[index]


def ids(page: Any) -> list[str]:
    return list(page.locator("#view .open").all_inner_texts())


def test_the_list_is_in_rank_order_and_only_what_is_in_sight_is_in_the_page(
    page: Any, outcome: selection.Outcome
) -> None:
    assert told(page) == outcome.pool_size
    shown = ids(page)
    assert shown == [str(one) for one in outcome.intake.pool.ids[outcome.display_order][: len(shown)]]
    assert 15 <= len(shown) <= 60


def test_search_finds_ids_and_words(page: Any, outcome: selection.Outcome) -> None:
    page.fill("#search", "cgmp-00042")
    assert ids(page) == ["CGMP-00042"]
    page.fill("#search", "eswatini nra")
    assert told(page) == 0
    page.fill("#search", "eswatini")
    country = outcome.assessment.fields.column("country")
    assert told(page) == sum(country.at(place) == "SWZ" for place in range(outcome.pool_size))
    page.click("#clear")
    assert told(page) == outcome.pool_size
    assert page.input_value("#search") == ""


def test_filters_count_what_the_outcome_counts(page: Any, outcome: selection.Outcome) -> None:
    page.get_by_label("Waiting list 400").check()
    assert told(page) == 400
    page.get_by_label("Selected 2,100").check()
    assert told(page) == 2500
    page.select_option("#by-income_group", label="Low income")
    frame = outcome.to_frame().set_index("id")
    group = outcome.assessment.fields.column("income_group")
    low = {i for i, p in outcome.intake.pool.places.items() if group.at(p) == "LIC"}
    taken = frame[frame["status"].isin(["selected", "waitlisted"])].index
    assert told(page) == len(low & set(taken))


def test_sorting_turns_with_a_second_click_and_leaves_the_unranked_last(page: Any, outcome: selection.Outcome) -> None:
    score = page.get_by_role("button", name="Score", exact=True)
    score.click()
    head = page.locator("[role=columnheader][data-key=score]")
    assert head.get_attribute("aria-sort") == "ascending"
    scores = outcome.assessment.score[outcome.ranking.order]
    first = ids(page)[0]
    assert outcome.score(outcome.place(first)) == int(scores.min()) / 1_000_000
    score.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert outcome.score(outcome.place(ids(page)[0])) == int(scores.max()) / 1_000_000


def test_an_explanation_opens_with_points_that_add_up(page: Any, outcome: selection.Outcome) -> None:
    page.fill("#search", "CGMP-00042")
    page.click("#view .open")
    dialog = page.locator("#one[open]")
    dialog.wait_for()
    said = outcome.explain("CGMP-00042")
    given = [float(text) for text in page.locator("#one .points tbody .r").all_inner_texts()]
    assert given == [float(one.points) for one in said.contributions]
    assert float(page.locator("#one .points tfoot .r").inner_text()) == sum(given) == float(said.facts["score"])
    assert page.inner_text("#one .why") == str(said)
    assert f"rank {said.facts['rank']:,} of {said.facts['ranked']:,}" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_each_applicant_has_their_own_text(page: Any, outcome: selection.Outcome) -> None:
    places = outcome.display_order
    for place in places[[0, 499, 500, 2500, len(places) // 2, -230, -1]].tolist():
        one = str(outcome.intake.pool.ids[place])
        page.fill("#search", one)
        # A search finds a duplicate too, by the id of the registration that stands.
        page.locator("#view .open", has_text=one).first.click()
        page.wait_for_selector("#one[open]")
        assert page.inner_text("#one-id") == one
        assert page.inner_text("#one .why") == " ".join(str(outcome.explain(one)).split())
        page.keyboard.press("Escape")


def test_everything_works_from_the_keyboard(page: Any) -> None:
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.locator("#view .here .open").focus()
    listed = ids(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == listed[2]
    page.keyboard.press("Enter")
    page.wait_for_selector("#one[open]")
    assert page.inner_text("#one-id") == listed[2]
    page.get_by_role("button", name="Next").press("Enter")
    page.wait_for_function(f"document.getElementById('one-id').textContent === {listed[3]!r}")
    page.keyboard.press("Escape")
    page.wait_for_function(f"document.querySelector('#view .open:focus')?.textContent === {listed[3]!r}")
    page.keyboard.press("End")
    last = page.evaluate("document.activeElement.textContent")
    assert last == ids(page)[-1] != listed[3]
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.textContent") == listed[0]


@pytest.mark.parametrize(
    ("width", "public", "language", "scheme"),
    [(1280, False, "en", "light"), (390, True, "en", "dark"), (1280, True, "ar", "dark"), (390, False, "ar", "light")],
)
def test_nobody_is_kept_out(
    browser: Any, outcome: selection.Outcome, tmp_path: Path, width: int, public: bool, language: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    watched = opened(browser, outcome.report(tmp_path / "r.html", public=public, language=language), width, scheme)
    for turn in range(2):
        found = axe.Axe().run(watched.page).response["violations"]
        grave = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
        assert not grave
        if turn == 0:
            watched.page.locator("#view .open").first.click()
            watched.page.wait_for_selector("#one[open]")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.said == []
    watched.page.context.close()


def test_what_applicants_wrote_is_text_and_nothing_else(browser: Any, tmp_path: Path) -> None:
    made = selection.select(HOSTILE, RULES, seed="s")
    watched = opened(browser, made.report(tmp_path / "report.html"))
    page = watched.page
    assert page.title() == '<b>Call</b> & "more": report'
    assert page.locator("#view .open").all_text_contents() == [one["id"] for one in HOSTILE]
    assert page.evaluate("document.querySelectorAll('#view img').length") == 0
    page.locator("#view .open").first.click()
    page.wait_for_selector("#one[open]")
    assert page.inner_text("#one-id") == HOSTILE[0]["id"]
    assert "<img src=x onerror=alert(1)>" in page.inner_text("#one")
    assert watched.said == []
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Secret" not in text + page.content()
    assert "@example.org" not in text + page.content()
    watched.page.context.close()


def test_the_page_forbids_what_it_does_not_need(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (rule,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert rule.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in rule
    assert not re.findall(r'(?:src|href)="(?!#)', text)
    assert not re.findall(r'\sstyle="', text)
    assert not re.findall(r"@import|url\(", text)


def test_a_script_that_is_not_its_own_does_not_run(browser: Any, path: Path, tmp_path: Path) -> None:
    foreign = path.read_text(encoding="utf-8").replace("</body>", "<script>document.title = 'taken'</script></body>")
    (tmp_path / "foreign.html").write_text(foreign, encoding="utf-8")
    watched = opened(browser, tmp_path / "foreign.html")
    assert watched.page.title() != "taken"
    assert any("Content Security Policy" in one for one in watched.said)
    watched.page.context.close()


def test_without_scripts_the_head_of_the_list_and_all_pictures_are_there(browser: Any, path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("#paper tbody tr").count() == 200
    assert page.locator("#paper tbody").is_visible()
    assert page.locator("figure svg").count() >= 8
    context.close()


def test_paper_holds_the_rows_that_are_asked_for(page: Any) -> None:
    page.get_by_label("Waiting list 400").check()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#paper tbody tr").count() == 400
    assert page.locator("#paper").is_visible()
    assert not page.locator("#tools").is_visible()
    assert page.pdf()[:4] == b"%PDF"


def test_the_same_outcome_gives_the_same_page(outcome: selection.Outcome, path: Path, tmp_path: Path) -> None:
    assert outcome.report(tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_the_public_edition_has_no_id_no_answer_and_no_small_number(
    browser: Any, outcome: selection.Outcome, tmp_path: Path
) -> None:
    watched = opened(browser, outcome.report(tmp_path / "public.html", public=True))
    page = watched.page
    held = page.evaluate(
        "(async () => new Response(new Blob([Uint8Array.from(atob(JSON.parse(document.getElementById('list-data')"
        ".textContent)), c => c.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream('gzip'))).text())()"
    )
    everything = page.content() + held
    assert not re.findall(r"CGMP-\d", everything)
    organisations = {str(v) for v in outcome.intake.pool.columns["organisation"].python_values() if len(str(v)) > 12}
    assert not [one for one in organisations if one in everything]
    cells = "rows => rows.map(row => [...row.cells].slice(1, 4).map(cell => cell.textContent))"
    rows = page.locator("#seats tbody tr").evaluate_all(cells)
    told = [cell for row in rows for cell in row]
    assert len(rows) > 50
    assert "few" in told
    assert not [cell for cell in told if cell != "few" and 0 < int(cell.replace(",", "")) < 5]
    watched.page.context.close()


def test_pseudonyms_are_the_codes_of_the_published_results_or_nobody_s(
    outcome: selection.Outcome, tmp_path: Path
) -> None:
    from selection.charts import labels
    from selection.report.editions import pseudonyms

    key = "a secret of the organiser"
    ids = [str(one) for one in outcome.intake.pool.ids[outcome.display_order]]
    made = pseudonyms(outcome, labels(), key)
    assert made == [dossier.code_of(key, one)[:12] for one in ids]
    assert len(set(made)) == len(set(ids))
    assert pseudonyms(outcome, labels())[:2] == ["no. 1", "no. 2"]
    text = outcome.report(tmp_path / "public.html", public=True, key=key).read_text(encoding="utf-8")
    assert made[0] in text
    assert key not in text
    with pytest.raises(selection.SelectionError, match="others could try them all"):
        outcome.report(tmp_path / "short.html", public=True, key="short")


def test_a_report_of_nobody_and_of_no_rules_is_a_page_too(tmp_path: Path) -> None:
    two = [{"id": "a", "x": 1}, {"id": "b", "x": 1}]
    calls = [([], {"capacity": 1}), ([{"id": "a"}], {"capacity": 3}), (two, RULES_OF_ONE)]
    for number, (rows, rules) in enumerate(calls):
        text = selection.select(rows, rules, seed="s").report(tmp_path / f"{number}.html").read_text(encoding="utf-8")
        assert "<!doctype html>" in text


RULES_OF_ONE = {
    "capacity": 1,
    "tier": [{"name": "First", "where": {"x": {"min": 1, "max": 2}}}],
    "points": [{"name": "P", "field": "x", "bands": [{"min": 0, "max": 1, "points": 2}], "other": 0}],
    "eligible": [{"name": "E", "where": {"not": {"any": [{"x": 7}, {"x": {"missing": True}}]}}}],
}


def test_a_place_that_cannot_be_written_is_said(outcome: selection.Outcome, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="cannot be written"):
        outcome.report(tmp_path / "nowhere" / "report.html")


def test_a_folder_gives_the_same_list_and_problems(outcome: selection.Outcome, tmp_path: Path) -> None:
    again = dossier.read(outcome.write(tmp_path / "results"))
    assert [(one.row, one.code) for one in again.intake.findings] == [
        (one.row, one.code) for one in outcome.intake.findings
    ]
    text = again.report(tmp_path / "results" / "report.html").read_text(encoding="utf-8")
    assert "Problems in the table" in text
    assert dossier.verify(tmp_path / "results").holds
    again.write(tmp_path / "results", force=True)
