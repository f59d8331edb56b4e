"""Data and example are found the four ways: from a wheel, an sdist, an editable install and PYTHONPATH=src."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", ".git", "results", "dist", "selection-demo")

ASK = """
import json, sys
import selection
from pathlib import Path
from selection.cli.shipped import example
from selection.countries.reference import folder
from selection.explanations import catalogue
from datetime import date
rule = {"name": "LMIC", "where": {"income_group": "LMIC"}}
policy = {"capacity": 1, "on": date(2025, 8, 1), "eligible": [rule]}
outcome = selection.select([{"id": "a", "country": "Kenya"}], policy)
print(json.dumps({"at": selection.__file__, "data": str(folder()), "example": str(example("cgmp_2025")),
    "selected": outcome.counts["selected"], "words": bool(catalogue("en")),
    "hashes": outcome.record()["reference_data_sha256"]}))
"""


def ask(place: Path | None, cwd: Path) -> dict[str, object]:
    """What the library says of itself when it is imported from this place (None: as it is installed)."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if place is not None:
        env["PYTHONPATH"] = str(place)
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, cwd=cwd, env=env)
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    assert said["selected"] == 1
    assert said["words"]
    if place is not None:
        for what in ("at", "data", "example"):
            assert str(said[what]).startswith(str(place if what == "at" else cwd)), said[what]
    return said


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of this working copy, and the wheel built from that sdist."""
    work = tmp_path_factory.mktemp("packaging")
    copy = work / "copy"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    _build(copy, "sdist", work / "dist")
    with tarfile.open(next((work / "dist").glob("*.tar.gz"))) as archive:
        archive.extractall(work / "sdist", filter="data")
    (source,) = (work / "sdist").iterdir()
    _build(source, "wheel", work / "dist")
    return work


def _build(source: Path, target: str, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = (built / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The editable install that runs these tests."""
    return ask(None, tmp_path_factory.mktemp("elsewhere"))


def test_editable_install(here: dict[str, object]) -> None:
    assert str(here["data"]).endswith("data")


def test_wheel(wheel: zipfile.ZipFile, here: dict[str, object], tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    said = ask(tmp_path / "site", tmp_path)
    assert said["data"] == str(tmp_path / "site" / "selection" / "data")
    assert said["hashes"] == here["hashes"]


def test_sdist(built: Path, here: dict[str, object]) -> None:
    (source,) = (built / "sdist").iterdir()
    assert ask(source / "src", source)["hashes"] == here["hashes"]


def test_source_tree(built: Path, here: dict[str, object]) -> None:
    assert ask(built / "copy" / "src", built / "copy")["hashes"] == here["hashes"]


def test_demo_runs_from_the_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    command = [sys.executable, "-m", "selection", "demo", "--json"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["statuses"]["selected"] == 2100


def test_a_bare_environment_installs_the_wheel_and_runs_the_demo(built: Path, tmp_path: Path) -> None:
    (path,) = (built / "dist").glob("*.whl")
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    python = str(tmp_path / "env" / "bin" / "python")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env)

    def install(what: str) -> None:
        done = run(python, "-m", "pip", "install", "-q", "--no-compile", "--retries", "1", "--timeout", "20", what)
        if "connection broken" in done.stderr:
            pytest.skip(f"NOT TESTED, no package index to be reached: the wheel in a bare environment. {done.stderr}")
        assert done.returncode == 0, done.stderr

    made = run(sys.executable, "-m", "venv", str(tmp_path / "env"))
    if made.returncode != 0:
        pytest.skip(f"NOT TESTED, this Python makes no environment with pip: {made.stdout}{made.stderr}")
    install(str(path))
    said = run(python, "-W", "error", "-c", ASK)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["selected"] == 1
    told = run(python, "-m", "selection", "demo")
    assert (told.returncode, told.stdout) == (1, "")
    assert "pip install 'applicant-selection[cli]'" in told.stderr
    install(f"{path}[cli]")
    done = run(python, "-W", "error", "-m", "selection", "demo", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["statuses"]["selected"] == 2100


def test_the_wheel_holds_what_it_must_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    folders = {name.split("/")[0] for name in names}
    assert {folder.partition("-")[0] for folder in folders} == {"selection", "applicant_selection"}
    ours = {name for name in names if name.startswith("selection/")}
    source = {
        f"selection/{path.relative_to(ROOT / 'src' / 'selection')}" for path in _files(ROOT / "src" / "selection")
    }
    data = {f"selection/data/{path.relative_to(ROOT / 'data')}" for path in _files(ROOT / "data")}
    example = {
        f"selection/examples/cgmp_2025/{n}"
        for n in ("policy.toml", "form.toml", "programme.toml", "registrations.csv", "README.md")
    }
    assert ours == source | data | example
    licences = {name.rpartition("/")[2] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_the_sdist_holds_what_a_packager_needs(built: Path) -> None:
    (source,) = (built / "sdist").iterdir()
    there = {path.name for path in source.iterdir()} - {"PKG-INFO", ".gitignore"}
    assert there == {
        "src", "data", "examples", "tests", "benchmarks", "docs", *(path.name for path in ROOT.glob("*.schema.json")),
        "README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE",
        "pyproject.toml", "fuzz",
    }  # fmt: skip


def test_metadata(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    text = wheel.read(name).decode()
    assert "Name: applicant-selection\n" in text
    assert "License-Expression: Apache-2.0\n" in text
    for extra in ("cli", "excel", "testing", "all", "dev"):
        assert f"Provides-Extra: {extra}\n" in text
    (points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "selection = selection.cli:main" in wheel.read(points).decode()


def test_no_dependency_has_an_upper_pin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    assert not [one for one in listed if "<" in one or "==" in one or "~=" in one]


def test_licence_and_notice_are_whole() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    notice = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for words in ("The World Bank", "OGHIST", "CC BY 4.0", "does not endorse", "must keep this acknowledgement"):
        assert words in notice
