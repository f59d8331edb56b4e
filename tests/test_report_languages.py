"""The report in the six languages, in a real browser: every fixed word is of the language, and it works alike."""

from __future__ import annotations

import base64
import gzip
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import selection
from browser import Watched, chromium
from selection.charts import labels
from selection.explanations.catalogues import wording
from selection.programme import LANGUAGES
from selection.report.wording import policy_words

ROOT = Path(__file__).resolve().parents[1]
CGMP = ROOT / "examples" / "cgmp_2025"
OTHERS = [one for one in LANGUAGES if one != "en"]


@pytest.fixture(scope="module")
def outcome() -> selection.Outcome:
    intake = selection.read_applicants(CGMP / "registrations.csv", form=CGMP / "form.toml")
    return selection.select(intake, CGMP / "policy.toml", seed="cGMP 2025")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", str(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_facts(language: str) -> None:
    def shape(one: str) -> dict[str, list[str]]:
        texts = leaves({name: part for name, part in wording("pages", one).items() if name != "countries"})
        return {name: sorted(f for _, f, _, _ in string.Formatter().parse(text) if f) for name, text in texts}

    assert shape(language) == shape("en")


@pytest.mark.parametrize("language", OTHERS)
def test_a_page_speaks_its_language_throughout(
    browser: Any, outcome: selection.Outcome, tmp_path: Path, language: str
) -> None:
    path = outcome.report(tmp_path / "report.html", language=language)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    watched = Watched(context.new_page())
    page = watched.page
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    said = labels(language)
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    page.locator("#view .open").nth(1).click()
    page.wait_for_selector("#one[open]")
    text = page.evaluate("document.body.innerText + document.querySelector('#one').innerText")
    own = {value for _, value in leaves(wording("pages", language))}
    english = {v for _, v in leaves(wording("pages", "en")) if len(v) > 9 and "{" not in v} - own
    assert len(english) > 120
    # What the policy and the applicants called things stays as they called it.
    theirs = {rule.name for rule in (*outcome.policy.points, *outcome.policy.plan.caps)}
    theirs |= set(map(str, outcome.intake.pool.columns["organisation"].python_values()))
    left = [one for one in english if one in text and not any(one in name for name in theirs)]
    assert left == []
    assert str(outcome.explain(page.inner_text("#one-id"), language)) == page.inner_text("#one .why")
    page.keyboard.press("Escape")
    page.get_by_label(said["page"]["search"]).fill(said.word("country", "EGY").lower())
    found = said["list"]["some"].format(shown=said.number(_from(outcome, "EGY")), total=said.number(outcome.pool_size))
    page.locator("#told", has_text=found).wait_for()
    page.get_by_label(said["page"]["search"]).fill("nobody has this")
    page.wait_for_selector("#nobody", state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert watched.said == []
    assert watched.asked == [path.as_uri()]
    context.close()


def _from(outcome: selection.Outcome, code: str) -> int:
    found = outcome.assessment.fields.column("country")
    return int((found.codes == list(found.python_values()).index(code)).sum())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_policy_is_told_whole(language: str) -> None:
    policy = selection.Policy(
        capacity=1_234,
        waitlist=5,
        on="2025-08-31",
        unclassified="incomplete",
        counting="once",
        tier=[{"name": "T", "where": {"not": {"role": "nra"}}}],
        eligible=[{"name": "E", "where": {"any": [{"age": {"min": 18, "max": 30}}, {"x": {"missing": True}}]}}],
        points=[
            {"name": "B", "field": "age", "bands": [{"max": 20, "points": "2.5"}, {"min": 20, "points": 1}]},
            {"name": "W", "where": {"role": ["nra", "ministry"]}, "points": 1},
        ],
        reserve=[
            {"name": "R", "where": {"income_group": "LMIC"}, "seats": "12.5%"},
            {"name": "O", "where": {"ldc": True}, "seats": 1, "kind": "first"},
        ],
        cap=[{"name": "C", "per": "country", "seats": 3}],
        ties={"order": [{"field": "age", "first": "highest"}, "lottery"]},
    )
    said = labels(language)
    texts = [rule.text for chapter in policy_words(policy, said) for rule in chapter.rules]
    everything = " ".join(texts)
    assert len(texts) == 12
    assert not re.search(r"[{}]", everything)
    assert f"12{said['numbers']['decimal']}5" in everything
    assert f"2{said['numbers']['decimal']}5" in everything
    assert said.count("seats", 1) in everything
    assert said.word("role", "nra")[1:] in everything


def test_numbers_are_written_as_the_language_writes_them() -> None:
    known = {one: labels(one) for one in LANGUAGES}
    written = {one: (said.number(1234), said.number(1234567), said.share(1, 4)) for one, said in known.items()}
    assert written == {
        "en": ("1,234", "1,234,567", "25 %"),
        "fr": ("1\u202f234", "1\u202f234\u202f567", "25\u00a0%"),
        "es": ("1234", "1\u00a0234\u00a0567", "25\u00a0%"),
        "ar": ("1,234", "1,234,567", "25%"),
        "ru": ("1\u00a0234", "1\u00a0234\u00a0567", "25\u00a0%"),
        "zh": ("1,234", "1,234,567", "25%"),
    }
    assert [labels(one).count("seats", 2) for one in ("ru", "ar")] == ["2 места", "مقعدان (2)"]


def test_countries_have_the_names_the_united_nations_use() -> None:
    assert [labels(one).word("country", "KOR") for one in ("fr", "es", "ru", "zh")] == [
        "République de Corée", "República de Corea", "Республика Корея", "大韩民国"
    ]  # fmt: skip
    assert labels("ar").word("country", "KEN") == "كينيا"
    assert labels("fr").word("country", "XKX") != "XKX"


def test_a_language_without_words_is_said_so(outcome: selection.Outcome, tmp_path: Path) -> None:
    with pytest.raises(selection.SelectionError, match=r"no words for the language 'fx'\. Known: ar, en"):
        outcome.report(tmp_path / "r.html", language="fx")
    assert outcome.report(tmp_path / "r.html", language="fr-CA").read_text().count('lang="fr"') == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_of_an_applicant_stands_in_the_bytes_of_the_public_edition(
    outcome: selection.Outcome, tmp_path: Path, language: str
) -> None:
    import csv

    text = outcome.report(tmp_path / "r.html", public=True, language=language).read_text(encoding="utf-8")
    packed = re.findall(r'"([A-Za-z0-9+/=]{200,})"', text)
    everything = text + "".join(gzip.decompress(base64.b64decode(one)).decode() for one in packed)
    assert packed
    with (CGMP / "registrations.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    words = {row["email"] for row in rows} | {row["fullname"] for row in rows if len(row["fullname"]) > 6}
    words |= {str(one) for one in outcome.intake.pool.ids}
    assert len(words) > 10_000
    found = set(re.findall(r"[^\s\"'<>,\[\]]+@[^\s\"'<>,\[\]]+", everything))
    assert not found
    assert not [one for one in words if one and one in everything]


def test_small_numbers_of_caps_and_reserves_are_withheld_from_the_public(tmp_path: Path) -> None:
    rows = [{"id": f"a{n}", "x": n, "kind": "rare" if n < 3 else "usual"} for n in range(40)]
    rules = {
        "capacity": 20,
        "points": [{"name": "P", "field": "x", "per": -1}],
        "reserve": [{"name": "Rare kept", "where": {"kind": "rare"}, "seats": 7}],
        "cap": [{"name": "Rare held", "where": {"kind": "rare"}, "seats": 9}],
    }
    text = selection.select(rows, rules, seed="s").report(tmp_path / "r.html", public=True).read_text()
    for name in ("Rare kept", "Rare held"):
        (row,) = re.findall(rf"<tr><th scope=\"row\"><bdi>{name}</bdi></th>(.*?)</tr>", text)
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
        assert "few" in cells
        assert not {"3", "4"} & set(cells), cells
