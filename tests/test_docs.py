"""The documentation builds without a warning, lists all its pages, and says every code there is."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path

import pytest

import selection
from selection.outcome.questions import Questions
from selection.vocabulary import REASONS, STATUSES

#: Rooms beside `selection` itself whose names the reference promises to keep.
ROOMS = ("dossier", "replacement", "auditing", "programme", "editions", "letters", "attendance", "certificates")

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("furo", reason="SKIPPED: the site needs the extra docs")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        str(DOCS),
        str(tmp_path / "site"),
    ]
    done = subprocess.run([*command, "-d", str(tmp_path / "trees")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = {page.relative_to(DOCS).with_suffix("") for page in DOCS.rglob("*.md")} - {Path("README")}
    made = {page.relative_to(tmp_path / "site").with_suffix("") for page in (tmp_path / "site").rglob("*.html")}
    assert pages <= made
    api = (tmp_path / "site" / "reference" / "api.html").read_text(encoding="utf-8")
    assert [name for name in selection.__all__ if f"selection.{name}" not in api and name != "SelectionError"] == []
    recorded = {field.name for field in fields(selection.Outcome)}
    methods = {name for name in vars(Questions) | vars(selection.Outcome) if not name.startswith("_")} - recorded
    assert [name for name in sorted(methods) if f'id="selection.Outcome.{name}"' not in api] == []
    for room in ROOMS:
        module = import_module(f"selection.{room}")
        names = [name for name in module.__all__ if isfunction(found := getattr(module, name)) or isclass(found)]
        assert [name for name in names if f'id="selection.{room}.{name}"' not in api] == []


def test_every_page_is_in_the_list_of_pages() -> None:
    listed = set(re.findall(r"\]\(([\w/.-]+\.md)\)", (DOCS / "README.md").read_text(encoding="utf-8")))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"README.md", "index.md"}
    assert pages == listed


def test_pictures_are_what_their_command_draws() -> None:
    sys.path.insert(0, str(DOCS / "pictures"))
    try:
        import naive  # type: ignore[import-not-found, unused-ignore]
    finally:
        sys.path.pop(0)
    for case in naive.CASES:
        drawn = (DOCS / "pictures" / f"{case.name}.svg").read_text(encoding="utf-8")
        assert drawn == naive.picture(case)
        assert all(method(case) != case.exact for _, method in case.methods)


@pytest.mark.parametrize("code", [*STATUSES, *REASONS])
def test_every_status_and_reason_is_in_the_reference(code: str) -> None:
    assert f"| `{code}` |" in (DOCS / "reference" / "decisions.md").read_text(encoding="utf-8")


def test_the_citation_names_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {project['version']}\n" in citation
    assert f"license: {project['license']}\n" in citation
