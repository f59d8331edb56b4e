"""What analysts open: objects in a notebook, the tour, and the app with its sliders, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import selection
from browser import Watched, chromium

ROOT = Path(__file__).resolve().parents[1]
CGMP = ROOT / "examples" / "cgmp_2025"
PEOPLE = [
    {"id": "<b>a</b>", "name": "Ada Secret", "email": "ada@example.org", "years": 3, "city": "Lima"},
    {"id": "b&c", "years": 2, "city": "Quito"},
    {"id": "d", "years": "<i>many</i>", "city": "Quito"},
]
RULES = {
    "title": "A <script>call</script>",
    "capacity": 1,
    "points": [{"name": "<u>Years</u>", "field": "years", "per": 1}],
    "reserve": [{"name": "Q & A", "where": {"city": "Quito"}, "seats": 0}],
    "cap": [{"name": "Any one city", "per": "city", "seats": 1}],
}


class Tags(HTMLParser):
    """The tags of a fragment, each closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_what_a_notebook_shows_is_short_escaped_and_without_names() -> None:
    intake = selection.read_applicants(PEOPLE)
    policy = selection.Policy.model_validate(RULES)
    outcome = selection.select(intake, policy, seed="s")
    made = outcome.replace(["<b>a</b>"])
    compared = outcome.what_if(capacity=2)
    for shown in (intake, policy, outcome, outcome.explain("b&c"), compared, made):
        text = shown._repr_html_()
        assert Tags(text).seen <= {"p", "strong", "table", "thead", "tbody", "tr", "th", "td"}
        assert "Secret" not in text
        assert "@" not in text
        assert "Lima" not in text
        assert len(text) < 3_000
    assert "&lt;b&gt;a&lt;/b&gt;" in outcome._repr_html_()
    assert "A &lt;script&gt;call" in policy._repr_html_()


def test_every_standard_chart_is_drawn() -> None:
    outcome = selection.select(
        [{**one, "country": "Peru"} for one in PEOPLE], {**RULES, "on": "2025-08-31", "country": "country"}, seed="s"
    )
    plot = outcome.plot
    from selection.charts import svg

    charts = [plot.statuses(), plot.scores(), plot.by("city"), plot.countries(), plot.reserves(), plot.caps()]
    for chart in charts:
        text = svg(chart)
        assert text.startswith("<svg ")
        assert "Secret" not in text
    assert "PER" in svg(plot.countries())
    assert "1 of 1 (100 %)" in svg(plot.by("city"))
    with pytest.raises(selection.SelectionError, match="townn"):
        plot.by("townn")


def test_charts_count_what_the_audit_counts() -> None:
    intake = selection.read_applicants(CGMP / "registrations.csv", form=CGMP / "form.toml")
    outcome = selection.select(intake, CGMP / "policy.toml", seed="cGMP 2025")
    from selection.charts.plots import score_bins

    bins = score_bins(outcome)
    for status in ("selected", "waitlisted", "declined"):
        assert sum(one["number"] for one in bins if one["status"] == status) == outcome.counts[status]
    widths = {round(one["to"] - one["from"], 9) for one in bins}
    assert len(widths) == 1
    assert len({one["from"] for one in bins}) <= 48


def test_every_country_has_a_square_of_its_own() -> None:
    from selection.charts.drawing import tiles
    from selection.countries.reference import rows

    squares = tiles()
    assert len(set(squares.values())) == len(squares)
    assert squares.keys() <= {row["code"] for row in rows("countries.csv")}
    members = {row["code"] for row in rows("who_regions.csv") if row["status"] == "member"}
    assert members <= squares.keys()


@pytest.fixture
def tour(tmp_path: Path) -> Path:
    """The tour, run from top to bottom in a folder of its own, as a page."""
    nbclient = pytest.importorskip("nbclient", reason="pip install 'applicant-selection[browser]'")
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    for name in ("registrations.csv", "form.toml", "policy.toml", "tour.ipynb"):
        shutil.copy(CGMP / name, tmp_path)
    notebook = nbformat.read(tmp_path / "tour.ipynb", as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    exporter = nbconvert.HTMLExporter()
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
    body, _ = exporter.from_notebook_node(notebook)
    (tmp_path / "tour.html").write_text(body, encoding="utf-8")
    return tmp_path / "tour.html"


@pytest.mark.filterwarnings("ignore")
def test_the_tour_runs_and_opens(tour: Path) -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(tour.as_uri())
        text = page.inner_text("body")
        assert "2,100" in text
        assert "Low- and middle-income countries" in text
        assert "Round 1, lock selected" in text
        assert "Traceback" not in text
        assert not re.findall(r"[\w.]+@example\.org", page.content())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The app, served on this machine alone."""
    pytest.importorskip("marimo", reason="pip install 'applicant-selection[browser]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = ["run", str(ROOT / "examples" / "explore.py"), "--headless", "--no-token", "--host", "127.0.0.1"]
    command = [sys.executable, "-m", "marimo", *app, "--port", str(port)]
    env = {**os.environ, "HOME": str(tmp_path), "MARIMO_SKIP_UPDATE_CHECK": "1"}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        _answers(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _answers(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the app ended at once"
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    raise AssertionError("the app did not answer within a minute")


def test_the_app_shows_at_once_who_enters_and_leaves(served: str) -> None:
    with chromium() as browser:
        watched = Watched(browser.new_page())
        page = watched.page
        page.goto(served)
        page.get_by_role("heading", name="2,100 selected: 0 enter, 0 leave").wait_for(timeout=90_000)
        slider = page.get_by_role("slider").first
        slider.focus()
        slider.press("ArrowRight")
        page.get_by_role("heading", name=re.compile(r"2,150 selected: \d+ enter, \d+ leave")).wait_for(timeout=60_000)
        assert page.get_by_role("heading", name="Who enters").is_visible()
        assert "Traceback" not in page.inner_text("body")
