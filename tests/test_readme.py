"""What README and docs show is run: Python blocks one after another, commands in a shell, policies checked."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def with_kind(kind: str) -> list[Path]:
    return [page for page in PAGES if any(found == kind for found, _ in blocks(page))]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like the root of a working copy, to write into."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    for schema in ROOT.glob("*.schema.json"):
        shutil.copy(schema, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", with_kind("python"), ids=lambda p: str(p.relative_to(ROOT)))
@pytest.mark.usefixtures("copy")
def test_python_blocks_run_and_print_what_is_shown(page: Path) -> None:
    space: dict[str, object] = {"__name__": "shown"}
    printed = ""
    for kind, text in blocks(page):
        if kind == "python":
            heard = io.StringIO()
            with redirect_stdout(heard):
                exec(compile(text, str(page), "exec", dont_inherit=True), space)
            printed = heard.getvalue()
        elif kind == "text" and printed:
            assert text.strip() in printed, f"{page.name} shows what is not printed"


@pytest.mark.parametrize("page", with_kind("sh"), ids=lambda p: str(p.relative_to(ROOT)))
@pytest.mark.usefixtures("copy")
def test_commands_run_and_print_what_is_shown(page: Path) -> None:
    shown = ""
    for kind, text in blocks(page):
        if kind == "sh":
            shown = "".join(run(line) for line in text.strip().splitlines())
        elif kind == "text" and shown:
            assert text.strip() in shown, f"{page.name} shows what is not printed: {shown}"
            shown = ""
        else:
            shown = ""


def run(line: str) -> str:
    """One line of a shell, the set-up left out: what is tested is what is installed here."""
    line = line.rpartition("&& ")[2] if "venv" in line else line
    if "pytest" in line or line.startswith(("pip install", "#")):
        return ""
    line = line.replace(".venv/bin/", "")
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env={**os.environ, "PATH": search})
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("page", with_kind("toml"), ids=lambda p: str(p.relative_to(ROOT)))
def test_policies_and_forms_shown_are_right(page: Path) -> None:
    from selection import Form, Policy

    for kind, text in blocks(page):
        if kind == "toml":
            shown = tomllib.loads(text)
            if "fields" in shown or "complete" in shown:
                Form.model_validate(shown)
            else:
                Policy.model_validate({"capacity": 10, **shown})


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_install_line_names_the_distribution() -> None:
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("pip install"):
                assert line.startswith("pip install 'applicant-selection")


def test_the_test_command_of_the_readme_is_what_ci_runs() -> None:
    commands = [line for kind, text in blocks(ROOT / "README.md") if kind == "sh" for line in text.splitlines()]
    tests = [line for line in commands if "pytest" in line]
    assert len(tests) == 1
    assert tests[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_verb_stands_in_the_reference_of_the_command_line() -> None:
    pytest.importorskip("typer")
    from selection.cli.app import app

    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"## selection {command.name or command.callback.__name__}" in page
