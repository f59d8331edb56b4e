"""The examples decide today what they decided yesterday, in every row order and from every kind of dataframe.

Golden outcomes lie in `tests/golden/`; `python tests/test_examples.py` writes them anew.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

import selection
from selection.dossier.writing import decision_lines

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).parent / "golden"
TABLES = {"cgmp_2025": "registrations.csv", "gthb_2025": "applications.csv", "pretix": "registrations.csv"}
SEEDS = {"cgmp_2025": "cGMP 2025", "gthb_2025": "GTH-B 2025", "pretix": "pretix"}
EXPLAINED = {
    "cgmp_2025": ("CGMP-00042", "CGMP-00033", "CGMP-00001", "CGMP-00228", "CGMP-05000"),
    "gthb_2025": ("GTHB-001", "GTHB-002", "GTHB-050", "GTHB-100"),
    "pretix": ("AP000", "AP003", "AP005"),
}


def decide(name: str, table: Any = None) -> selection.Outcome:
    place = ROOT / "examples" / name
    intake = selection.read_applicants(place / TABLES[name] if table is None else table, form=place / "form.toml")
    return selection.select(intake, place / "policy.toml", seed=SEEDS[name])


def decisions(outcome: selection.Outcome) -> bytes:
    return b"".join(decision_lines(outcome))


def seen(name: str) -> dict[str, Any]:
    """What a golden file holds of an example."""
    outcome = decide(name)
    return {
        "counts": {"rows": dict(outcome.intake.counts), "statuses": outcome.counts},
        "decisions_sha256": hashlib.sha256(decisions(outcome)).hexdigest(),
        "policy_sha256": outcome.policy.fingerprint,
        "explanations": {
            one: {"applicant": str(outcome.explain(one)), "officer": outcome.explain(one).for_officer().splitlines()}
            for one in EXPLAINED[name]
        },
    }


@pytest.mark.parametrize("name", TABLES)
def test_an_example_decides_what_it_decided(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    now = seen(name)
    assert now["counts"] == golden["counts"]
    assert now["explanations"] == golden["explanations"]
    assert now == golden


@pytest.mark.parametrize("name", TABLES)
def test_running_again_decides_the_same(name: str) -> None:
    assert decisions(decide(name)) == decisions(decide(name))


def _shuffled(name: str, number: int, folder: Path) -> Path:
    path = ROOT / "examples" / name / TABLES[name]
    separator = ";" if name == "cgmp_2025" else ","
    with path.open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = csv.reader(file, delimiter=separator)
    Random(number).shuffle(rows)
    target = folder / path.name
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([headings, *rows])
    return target


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("number", [1, 2])
def test_the_order_of_rows_does_not_matter(name: str, number: int, tmp_path: Path) -> None:
    shuffled = decide(name, _shuffled(name, number, tmp_path))
    assert decisions(shuffled) == decisions(decide(name))
    assert shuffled.intake.pool.sha256 == decide(name).intake.pool.sha256


def _frame(name: str, kind: str) -> Any:
    """The example as a dataframe of texts, its headings those of the file."""
    pandas = pytest.importorskip("pandas")
    path = ROOT / "examples" / name / TABLES[name]
    separator = ";" if name == "cgmp_2025" else ","
    text = io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    frame = pandas.read_csv(text, sep=separator, dtype=str, keep_default_na=False, skip_blank_lines=True)
    if kind == "polars":
        return pytest.importorskip("polars").DataFrame({c: frame[c].tolist() for c in frame.columns})
    if kind == "pyarrow":
        return pytest.importorskip("pyarrow").table({c: frame[c].tolist() for c in frame.columns})
    return frame


@pytest.mark.parametrize("name", ["cgmp_2025", "gthb_2025"])
@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_dataframe_gives_the_same_decisions_and_its_own_kind_back(name: str, kind: str) -> None:
    outcome = decide(name, _frame(name, kind))
    known = decide(name)
    assert outcome.counts == known.counts
    for frame in (outcome.to_frame(), outcome.shortlist, outcome.waitlist):
        assert type(frame).__module__.partition(".")[0] == kind
    if kind == "pandas" or name == "gthb_2025":
        assert decisions(outcome) == decisions(known)
    ids = outcome.to_frame()["id"]
    assert (ids.to_pylist() if kind == "pyarrow" else ids.to_list()) == known.to_frame()["id"].tolist()


def test_decisions_and_frames_agree() -> None:
    outcome = decide("gthb_2025")
    rows = list(csv.DictReader(io.StringIO(decisions(outcome).decode(), newline="")))
    frame = outcome.to_frame()
    assert [row["id"] for row in rows] == frame["id"].tolist()
    assert [row["score"] for row in rows] == ["" if s is None else f"{s:f}" for s in frame["score"]]
    assert outcome.shortlist["id"].tolist() == [row["id"] for row in rows if row["status"] == "selected"]


def main() -> None:
    """Write the golden files anew: look at the difference before you keep them."""
    GOLDEN.mkdir(exist_ok=True)
    for name in TABLES:
        text = json.dumps(seen(name), ensure_ascii=False, indent=1, sort_keys=True)
        (GOLDEN / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
