"""The folder of results: whole or not at all, harmless to open, and enough to decide the same again."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import selection
from selection import dossier
from selection.applicants import Column, Pool, objects
from selection.dossier import joining, pools, sheets, writing
from selection.errors import NotFoundError, OutputError
from selection.texts import Texts

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    "decisions.csv", "intake.txt", "policy.toml", "pool.json.gz", "problems.csv", "record.json", "shortlist.csv",
    "waitlist.csv",
]  # fmt: skip

RULES = {
    "capacity": 2,
    "waitlist": 1,
    "points": [{"name": "Experience", "field": "years", "per": 1}],
    "reserve": [{"name": "Women", "where": {"gender": "f"}, "seats": 1, "missing": "no"}],
    "cap": [{"name": "Any one employer", "per": "organisation", "seats": 1}],
}
PEOPLE = [
    {"id": "a", "years": 7, "gender": "m", "organisation": "=X", "name": "Ada Secret", "email": "ada@example.org"},
    {"id": "b", "years": 6, "gender": "m", "organisation": "=X", "name": "Bo Secret", "email": "bo@example.org"},
    {"id": "c", "years": 5, "gender": "m", "organisation": "write to me@example.org", "name": "Cy Secret"},
    {"id": "d", "years": 4, "gender": "f", "organisation": "Y, Z\nand W", "phone": "+41 99 555"},
    {"id": "e", "years": "many", "gender": "f", "organisation": "-3", "name": "Ed Secret", "email": "ed@example.org"},
    {"id": "=f", "gender": None, "organisation": "Y", "name": "Flo Secret", "email": "ADA@example.org"},
]


@pytest.fixture(scope="module")
def outcome() -> selection.Outcome:
    return selection.select(PEOPLE, RULES, seed="s")


@pytest.fixture
def folder(outcome: selection.Outcome, tmp_path: Path) -> Path:
    return outcome.write(tmp_path / "results")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_decisions_alone_are_those_of_the_folder(
    outcome: selection.Outcome, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = outcome.to_csv(tmp_path / "decisions.csv")
    assert alone.read_bytes() == (folder / "decisions.csv").read_bytes()
    assert names(tmp_path) == ["decisions.csv", "results"]
    for place in (tmp_path / "nowhere" / "decisions.csv", tmp_path):
        with pytest.raises(OutputError, match=r"The decisions cannot be written to '.*': "):
            outcome.to_csv(place)
    monkeypatch.setattr("selection.dossier.writing.lines", lambda _: iter([b"half", 1 / 0]))
    with pytest.raises(ZeroDivisionError):
        outcome.to_csv(alone)
    assert alone.read_bytes() == (folder / "decisions.csv").read_bytes()
    assert names(tmp_path) == ["decisions.csv", "results"]


def test_the_folder_holds_these_files(folder: Path) -> None:
    assert names(folder) == FILES
    assert names(folder.parent) == ["results"]


def test_decisions_have_a_row_for_each_applicant_in_rank_order(folder: Path, outcome: selection.Outcome) -> None:
    decisions = rows(folder / "decisions.csv")
    assert list(decisions[0]) == ["id", "status", "rank", "tier", "score", "block", "seat", "reason"]
    assert len(decisions) == len(PEOPLE)
    frame = outcome.to_frame()
    assert [row["status"] for row in decisions] == frame["status"].tolist()
    assert [row["rank"] for row in decisions if row["rank"]] == ["1", "2", "3", "4"]
    assert [row["score"] for row in decisions if row["score"]] == ["7", "6", "5", "4"]


def test_cells_that_a_spreadsheet_would_run_are_harmless(folder: Path) -> None:
    everything = [row for name in FILES if name.endswith(".csv") for row in rows(folder / name)]
    for row in everything:
        for cell in row.values():
            assert not sheets.FORMULA.match(cell) or sheets.NUMBER.fullmatch(cell)
    assert {"'=f"} <= {row["id"] for row in rows(folder / "decisions.csv")}


def test_no_name_and_no_address_stands_anywhere(folder: Path) -> None:
    for path in folder.iterdir():
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        assert "Secret" not in text
        assert "+41 99" not in text
        for address in ("ada@", "bo@", "ed@", "ADA@"):
            assert address not in text
        if path.suffix == ".csv":
            assert "@example.org" not in text


def test_the_record_holds_the_hash_of_every_other_file(folder: Path) -> None:
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert sorted(record["files"]) == [name for name in FILES if name != "record.json"]
    for name, known in record["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == known
    canonical = json.dumps(record["policy"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == record["policy_sha256"]
    assert record["seed"] == "s"
    assert sum(record["counts"]["statuses"].values()) == len(PEOPLE)


def test_the_same_outcome_is_written_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    again = selection.select(PEOPLE, RULES, seed="s").write(tmp_path / "again")
    for name in FILES:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_folder_read_again_decides_and_explains_the_same(folder: Path, outcome: selection.Outcome) -> None:
    again = dossier.read(folder)
    assert again.counts == outcome.counts
    for one in PEOPLE:
        before, after = outcome.explain(one["id"]), again.explain(one["id"])  # type: ignore[arg-type]
        assert dict(before.facts) == dict(after.facts)
        if "@" not in before.for_officer():
            assert before.for_officer() == after.for_officer()
            assert str(before) == str(after)


@pytest.mark.parametrize("name", ["cgmp_2025", "gthb_2025", "pretix"])
def test_examples_read_again_explain_the_same(name: str, tmp_path: Path) -> None:
    place = ROOT / "examples" / name
    table = place / ("applications.csv" if name == "gthb_2025" else "registrations.csv")
    intake = selection.read_applicants(table, form=place / "form.toml")
    outcome = selection.select(intake, place / "policy.toml", seed="x")
    again = dossier.read(outcome.write(tmp_path / "r"))
    for one in intake.pool.ids[:: max(1, len(intake.pool) // 60)]:
        assert outcome.explain(one).for_officer() == again.explain(one).for_officer()
        assert str(outcome.explain(one)) == str(again.explain(one))


def test_an_existing_folder_is_refused_and_stays(folder: Path, outcome: selection.Outcome) -> None:
    before = (folder / "record.json").read_bytes()
    with pytest.raises(OutputError, match="exists already") as refused:
        outcome.write(folder)
    assert refused.value.code == "folder_exists"
    assert (folder / "record.json").read_bytes() == before


def test_force_replaces_earlier_results(folder: Path, outcome: selection.Outcome) -> None:
    (folder / "decisions.csv").write_text("old")
    (folder / ".~lock.decisions.csv#").write_text("")
    outcome.write(folder, force=True)
    assert names(folder) == FILES
    assert names(folder.parent) == ["results"]
    assert rows(folder / "decisions.csv")[0]["status"] == "selected"


def test_an_empty_folder_is_refused_without_force(tmp_path: Path, outcome: selection.Outcome) -> None:
    with pytest.raises(OutputError):
        outcome.write(tmp_path)


def test_force_never_deletes_what_is_not_ours(folder: Path, outcome: selection.Outcome) -> None:
    (folder / "letters.docx").write_text("mine")
    with pytest.raises(OutputError, match=r"letters\.docx") as refused:
        outcome.write(folder, force=True)
    assert refused.value.code == "foreign_files"
    assert names(folder) == sorted([*FILES, "letters.docx"])


def test_a_file_in_the_way(tmp_path: Path, outcome: selection.Outcome) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "results"):
        for force in (False, True):
            with pytest.raises(OutputError, match="is a file"):
                outcome.write(place, force=force)


def test_a_place_that_cannot_be_written(outcome: selection.Outcome) -> None:
    with pytest.raises(OutputError, match="cannot be written") as refused:
        outcome.write(Path("/proc/results"))
    assert refused.value.code == "not_writable"


def test_folders_above_are_made(tmp_path: Path, outcome: selection.Outcome) -> None:
    assert names(outcome.write(tmp_path / "a" / "b")) == FILES


def test_a_link_to_a_folder_stays_a_link(folder: Path, tmp_path: Path, outcome: selection.Outcome) -> None:
    link = tmp_path / "latest"
    link.symlink_to(folder)
    outcome.write(link, force=True)
    assert link.is_symlink()
    assert names(folder) == FILES


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError, RuntimeError])
@pytest.mark.parametrize("force", [False, True])
def test_stopped_in_the_middle_nothing_changes(
    stop: type[BaseException], force: bool, tmp_path: Path, outcome: selection.Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "results"
    before = {p.name: p.read_bytes() for p in outcome.write(folder).iterdir()} if force else {}

    def stopping(_: object) -> Iterator[bytes]:
        yield b"half"
        raise stop

    monkeypatch.setattr(writing, "_problems", stopping)
    with pytest.raises(OutputError if stop is OSError else stop):
        outcome.write(folder, force=force)
    assert names(tmp_path) == (["results"] if force else [])
    assert not force or {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_stopped_between_the_two_renames_the_old_results_come_back(
    folder: Path, outcome: selection.Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, calls = Path.rename, []

    def once(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", once)
    with pytest.raises(KeyboardInterrupt):
        outcome.write(folder, force=True)
    assert names(folder) == FILES
    assert names(folder.parent) == ["results"]


@pytest.mark.parametrize("name", ["decisions.csv", "policy.toml", "pool.json.gz"])
def test_a_changed_or_missing_file_is_said(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(OutputError, match="was changed"):
        dossier.read(folder)
    (folder / name).unlink()
    with pytest.raises(NotFoundError, match="is missing"):
        dossier.read(folder)


@pytest.mark.parametrize("record", ["", "[]", "{}", "{", '"x"'])
def test_a_damaged_record_is_said(folder: Path, record: str) -> None:
    (folder / "record.json").write_text(record)
    with pytest.raises(OutputError, match="is not the record"):
        dossier.read(folder)


def test_a_changed_record_cannot_pass_for_the_outcome(folder: Path) -> None:
    pool = folder / "pool.json.gz"
    table = json.loads(gzip.decompress(pool.read_bytes()))
    table["columns"]["years"]["values"].reverse()
    pool.write_bytes(pools.compress(json.dumps(table).encode()))
    path = folder / "record.json"
    record = json.loads(path.read_text())
    record["files"]["pool.json.gz"] = hashlib.sha256(pool.read_bytes()).hexdigest()
    path.write_text(json.dumps(record))
    with pytest.raises(OutputError, match="decides otherwise"):
        dossier.read(folder)


def test_no_folder_and_no_results(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no folder"):
        dossier.read(tmp_path / "nowhere")
    with pytest.raises(NotFoundError, match=r"no record\.json"):
        dossier.read(tmp_path)


def test_a_policy_that_reads_addresses_cannot_be_run_again(tmp_path: Path) -> None:
    rules = {"capacity": 1, "eligible": [{"name": "Can be reached", "where": {"not": {"email": {"missing": True}}}}]}
    outcome = selection.select(PEOPLE[:1], rules, seed="s")
    with pytest.raises(OutputError, match="reads email"):
        dossier.read(outcome.write(tmp_path / "r"))


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b", b"{}", b"[1]", b"x"])
def test_a_damaged_pool_is_said(damage: bytes) -> None:
    damage = pools.compress(damage) if damage[1:] != b"\x8b" and damage else damage
    with pytest.raises(OutputError, match="damaged"):
        pools.unpack(damage)


def test_a_pool_of_another_format_is_said() -> None:
    with pytest.raises(OutputError, match="format 3"):
        pools.unpack(gzip.compress(b'{"format": 3}'))


CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.dates(),
    st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3).map(lambda words: tuple(sorted(words))),
    st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(CELLS, min_size=1, max_size=12))
def test_every_kind_of_value_comes_back_from_the_stored_pool(cells: list[object]) -> None:
    column = Column.of(cells)
    size = len(cells)
    stamps = Column(np.arange(size, dtype=np.int32), np.arange(size).astype("datetime64[us]"))
    pool = Pool(
        objects([str(n) for n in range(size)]),
        MappingProxyType({"x": column, "t": stamps, "name": column}),
        np.arange(size) + 2,
        np.full(size, -1),
        MappingProxyType({(0, "x"): "said", (0, "name"): "never"}),
    )
    again = pools.unpack(pools.compress(pools.pack(pool, frozenset({"x", "t", "name"}))))
    assert sorted(again.columns) == ["t", "x"]
    values = [again.columns["x"].at(n) for n in range(size)]
    assert [(type(v), v) for v in values] == [(type(v), v) for v in cells]
    assert [again.columns["t"].at(n) for n in range(size)] == [stamps.at(n) for n in range(size)]
    assert again.ids.tolist() == pool.ids.tolist()
    assert again.rows.tolist() == pool.rows.tolist()
    assert dict(again.open_cells) == {(0, "x"): "said"}


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=20))
def test_cells_come_back_from_a_csv_file(cells: list[str | None]) -> None:
    written = b"".join(sheets.lines({"id": objects(list(cells)), "n": np.arange(len(cells))})).decode()
    back = list(csv.reader(written.splitlines(keepends=True)))
    lines = list(csv.reader(_as_file(written)))
    assert lines[0] == ["id", "n"]
    assert [row[0].removeprefix("'") for row in lines[1:]] == [(c or "").removeprefix("'") for c in cells]
    assert len(back) >= len(lines)


CELLS = st.one_of(
    st.none(), st.text(max_size=9), st.sampled_from(["=1", 'a "b", c', "x@example.org", "\ud800", "two\nlines"])
)


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=9), many=st.integers(2, 40), data=st.data())
def test_whoever_joins_the_lines_writes_the_same(cells: list[str | None], many: int, data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.integers(-1, len(cells) - 1), min_size=many, max_size=many))
    ranks = np.array(data.draw(st.lists(st.sampled_from([-1, 1, 7, 10**6]), min_size=many, max_size=many)))
    few = Column(np.array(codes, dtype=np.int32), objects(list(cells)))
    columns = {
        "id": objects([None if code < 0 else cells[code] for code in codes]),
        "few": few,
        "again": few,
        "rank": ranks,
    }
    parts = [joining.encodable(sheets.written(column)) for column in columns.values()]
    wanted = "".join(
        ",".join([sheets.cell(None if code < 0 else cells[code]) for _ in range(3)] + ["" if rank < 0 else str(rank)])
        + "\n"
        for code, rank in zip(codes, ranks.tolist(), strict=True)
    ).encode("utf-8", "backslashreplace")
    for joiner in (joining.by_python, joining.by_polars, joining.by_pyarrow):
        join = joiner(parts)
        assert join(slice(0, many // 2)) + join(slice(many // 2, many + 5)) == wanted
    assert b"".join(sheets.lines(columns, addresses=())).partition(b"\n")[2] == wanted


def _as_file(text: str) -> Iterator[str]:
    import io

    return iter(io.StringIO(text, newline=""))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("=1+1", "'=1+1"),
        ("+41 22 791", "'+41 22 791"),
        ("-3", "-3"),
        ("-3.5", "-3.5"),
        (-3, "-3"),
        ("-cmd", "'-cmd"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\r=1"'),
        ("＝1", "'＝1"),
        ("|x", "'|x"),
        ("%x", "'%x"),
        ("+5", "'+5"),
        ('a "b", c', '"a ""b"", c"'),
        ("mail me@example.org now", "mail (e-mail address) now"),
        (Decimal("1E+2"), "100"),
        (Decimal("2.50"), "2.5"),
        (True, "true"),
        (date(2025, 8, 31), "2025-08-31"),
        (datetime(2025, 8, 31, 9, tzinfo=UTC), "2025-08-31T09:00:00+00:00"),
    ],
)
def test_cells_are_written_like_this(value: object, written: str) -> None:
    assert sheets.cell(value) == written
    assert sheets.texts([value, value])[0] == written


def test_true_and_one_in_one_column_stay_apart() -> None:
    assert sheets.texts([True, 1, Decimal("1.0"), "1"]) == ["true", "1", "1", "1"]


def test_packed_results_are_the_folder_and_come_back(outcome: selection.Outcome, folder: Path) -> None:
    packed = dossier.pack(outcome)
    assert packed == dossier.pack(outcome)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {p.name: p.read_bytes() for p in folder.iterdir()}
    again = dossier.unpack(packed)
    assert again.to_frame().equals(outcome.to_frame())


def test_packed_results_that_were_changed_are_refused(outcome: selection.Outcome) -> None:
    packed = io.BytesIO(dossier.pack(outcome))
    changed = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"x\n" if name == "decisions.csv" else b""))
    with pytest.raises(OutputError) as caught:
        dossier.unpack(changed.getvalue())
    assert caught.value.code == "changed_result"
    with pytest.raises(OutputError) as caught:
        dossier.unpack(b"PK no archive")
    assert caught.value.code == "not_packed"


@given(st.lists(st.text(st.sampled_from(list('a=+-|%@\t\n\r",é＝＠\x1f')), max_size=4), max_size=6))
def test_ids_in_one_piece_are_written_as_ids_one_by_one(ids: list[str]) -> None:
    packed = Texts.of(ids)
    assert packed is not None
    codes = np.arange(len(ids), dtype=np.int32)
    kept = Column(codes, cast("npt.NDArray[Any]", packed))
    together, alone = (
        b"".join(sheets.lines({"id": column, "rank": codes})) for column in (kept, Column(codes, objects(ids)))
    )
    assert together == alone


def test_a_single_registration_is_selected_and_written(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("id,country\nA1,Kenya\n")
    policy = selection.Policy.model_validate({"title": "One", "capacity": 1, "ties": {"order": ["lottery"]}})
    selection.select(selection.read_applicants(tmp_path / "one.csv"), policy, seed="x").write(tmp_path / "results")
    lines = (tmp_path / "results" / "decisions.csv").read_text().splitlines()
    assert [line.split(",")[:3] for line in lines] == [["id", "status", "rank"], ["A1", "selected", "1"]]
