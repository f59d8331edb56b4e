"""What goes wrong on clusters: skewed and empty partitions, registrations apart, missing cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from selection import read_applicants, select
from selection.engines import repeated
from selection.errors import SelectionError
from selection.intake.forms import Form
from test_engines import LIGHT, Opened, arrow, dask, decisions, policy, registrations, spark, text_of
from test_engines import pytestmark as pytestmark
from test_pruning import rows_of
from test_readme import ROOT, blocks

InParts = Callable[[list[pd.DataFrame]], Any]

#: Pairs of addresses of one mailbox that only the full case folding of Unicode, or Python's white space, shows.
ALIKE = (
    ("stra\u00dfe@x.org", "STRASSE@x.org"),
    ("\u212aelvin@x.org", "kelvin@X.org"),
    ("\ufb01n@x.org", "fin@x.org"),
    ("J\u00dcRG@x.org", "j\u00fcrg@x.org"),
    ("a.b+c@\u212a.org", "a.b+c@k.org"),
    ("\u00a0space@x.org", "space@x.org"),
    ("'+49@x.org", "+49@x.org"),
    ("\u017fam@gmail.com", "S.a.m+x@googlemail.com"),
)


def faulty(number: int = 300) -> pd.DataFrame:
    """Registrations with missing cells of every kind, people twice, addresses that fold alike."""
    frame = registrations(number)
    frame.loc[3::11, "submitted_at"] = pd.NaT
    frame.loc[4::9, "email"] = None
    for place, (one, other) in enumerate(ALIKE):
        frame.loc[20 + 2 * place, "email"] = one
        frame.loc[number // 2 + 20 + 2 * place, "email"] = other
    return frame


@pytest.fixture(scope="module")
def session() -> Iterator[Opened]:
    with spark() as opened:
        yield opened


@pytest.fixture(scope="module")
def clients() -> Iterator[Opened]:
    with dask() as opened:
        yield opened


@pytest.fixture(scope="module", params=["spark", "dask"])
def in_parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> InParts:
    """A table in exactly these partitions."""
    if request.param == "spark":
        opened = request.getfixturevalue("session")
        return lambda parts: _spark_parts(opened, tmp_path_factory.mktemp("parts"), parts)
    request.getfixturevalue("clients")
    import dask.dataframe as dd

    return lambda parts: dd.concat([dd.from_pandas(part, npartitions=1, sort=False) for part in parts])


def _spark_parts(opened: Opened, folder: Path, parts: list[pd.DataFrame]) -> Any:
    """A Parquet file for each partition: opening a file is said to cost as much as reading a partition."""
    schema = arrow(pd.concat(parts)).schema
    for place, part in enumerate(parts):
        pq.write_table(arrow(part).cast(schema), folder / f"{place}.parquet")
    session = opened(parts[1].iloc[:1]).sparkSession
    session.conf.set("spark.sql.files.openCostInBytes", session.conf.get("spark.sql.files.maxPartitionBytes"))
    frame = session.read.parquet(str(folder))
    assert frame.rdd.getNumPartitions() == len(parts)
    return frame


def test_rows_in_any_partitions_are_decided_as_in_one_process(in_parts: InParts) -> None:
    frame = faulty()
    half = len(frame) // 2
    here = select(frame, policy(), seed="2025")
    assert here.counts["duplicate"] >= len(ALIKE)
    for parts in ([frame.iloc[:0], frame, frame.iloc[:0]], [frame.iloc[:half], frame.iloc[:0], frame.iloc[half:]]):
        there = select(in_parts(parts), policy(), seed="2025")
        assert there.counts == here.counts
        assert text_of(decisions(there)) == text_of(rows_of(here))


@pytest.fixture(scope="module", params=LIGHT)
def light(request: pytest.FixtureRequest) -> Iterator[Opened]:
    with LIGHT[request.param]() as made:
        yield made


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_addresses_that_fold_alike_are_one_applicant(light: Opened, one: str, other: str) -> None:
    """The same pairs the single process finds, whichever of them comes first."""
    for pair in ((one, other), (other, one)):
        frame = registrations(40).assign(email=[*pair, *(f"a{n}@x.org" for n in range(38))])
        here, there = select(frame, policy(), seed="s"), select(light(frame), policy(), seed="s")
        assert here.counts["duplicate"] > 0
        assert text_of(decisions(there)) == text_of(rows_of(here))


def test_too_many_repeated_registrations_are_an_error(light: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "MOST_REPEATED", 30)
    frame = registrations(80)
    for changed in (
        {"id": ["same"] * 80},
        {"email": "same@x.org"},
        {"id": [f"i{n // 2}" for n in range(80)]},
        {"email": [f"{n}\u00e9@x.org" for n in range(80)]} if light_is_sql(light) else {"email": "\u00e9@x.org"},
    ):
        with pytest.raises(SelectionError, match="nothing was decided") as error:
            select(light(frame.assign(**changed)), policy(), seed="s")
        assert error.value.code == "too_many_repeated"


def light_is_sql(light: Opened) -> bool:
    from selection.engines.relational import Relational

    return isinstance(light(registrations(1)), Relational)


def firms(number: int = 400) -> pd.DataFrame:
    """One maker's name in many spellings; the most usual one stands mostly with those who get no seat."""
    names = [
        "PT Bio Farma (Persero)",
        "BIO FARMA",
        "Bio Farma",
        "Bio Farma",
        "Bio Farma",
        "Sanofi S.A.",
        "sanofi",
        None,
    ]
    frame = registrations(number).drop(columns="email")
    frame["organisation"] = [names[(n * 7) % len(names)] for n in range(number)]
    usual = frame["organisation"] == "Bio Farma"
    frame.loc[usual, "years"] = 2
    return frame


def test_a_cap_for_each_organisation_counts_its_spellings_together(light: Opened) -> None:
    rule = policy(cap=[{"name": "firm", "per": "organisation", "seats": "15%"}])
    frame = firms()
    here, there = select(frame, rule, seed="s"), select(light(frame), rule, seed="s")
    assert text_of(decisions(there)) == text_of(rows_of(here))
    farma = frame.set_index("id")["organisation"].isin(["PT Bio Farma (Persero)", "BIO FARMA", "Bio Farma"])
    selected = {row[0] for row in rows_of(here) if row[1] == "selected"}
    assert farma[farma].index.isin(selected).sum() == 60 * 15 // 100
    refused = [row[0] for row in rows_of(here) if row[-1] == "cap"]
    for one in refused[:3]:
        assert there.explain(one).for_officer() == here.explain(one).for_officer()
    assert there.certificate["caps"] == here.certificate["caps"]


def test_a_form_is_read_here_then_the_choice_is_the_one_in_memory(clients: Opened) -> None:
    """`select` takes no form; `read_applicants` with one takes the table in, and `same` merges what it says."""
    columns: dict[str, Any] = {name: {"column": name} for name in firms(1).columns}
    columns["organisation"] |= {"same": {"sanofi": "Bio Farma"}}
    form = Form.model_validate({"fields": columns})
    frame = firms(120)
    rule = policy(cap=[{"name": "firm", "per": "organisation", "seats": "10%"}])
    here, there = (select(read_applicants(one, form=form), rule, seed="s") for one in (frame, clients(frame)))
    assert text_of(rows_of(there)) == text_of(rows_of(here)) != text_of(rows_of(select(frame, rule, seed="s")))


@pytest.mark.parametrize(
    ("page", "running"), [("spark", "session"), ("dask", "clients"), ("your-own-engine", "tmp_path")]
)
def test_what_the_how_to_pages_show_runs(page: str, running: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(running)
    space: dict[str, Any] = {"__name__": "shown"}
    path = ROOT / "docs" / "how-to" / f"{page}.md"
    shown = [text for kind, text in blocks(path) if kind == "py"]
    assert shown
    for text in shown:
        exec(compile(text, str(path), "exec", dont_inherit=True), space)
