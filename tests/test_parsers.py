"""Files read by polars, by pyarrow, by numpy alone and record by record: the same pool and the same findings."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import Form, Intake, read_applicants
from selection.errors import SelectionError
from selection.intake import contents, delimited, pieces
from selection.intake.regularity import Look, look_at
from selection.keys import hashes_of, order_of
from selection.texts import USUAL, Texts

EXPORTS = Path(__file__).parent / "data" / "exports"
TABLES = sorted(p for p in EXPORTS.iterdir() if p.suffix in (".csv", ".tsv", ".txt"))
ABSENT = {"polars": (), "pyarrow": ("polars",), "numpy": ("polars", "pyarrow")}

QUIET = settings(deadline=None, max_examples=150)
SIGNS = st.text(st.sampled_from(list('ab ;"\n\ré\u00a0')), max_size=6)


def seen(source: Any, form: Any = None) -> Any:
    """All that came of reading a table, or the sentence that says why it could not be read."""
    try:
        intake: Intake = read_applicants(source, form=form)
    except SelectionError as error:
        return error.sentence
    pool = intake.pool
    said = [(f.row or 0, f.column or "", f.code, f.sentence, f.value or "", f.action) for f in intake.findings]
    cells = {name: [column.at(row) for row in range(len(pool))] for name, column in pool.columns.items()}
    return pool.sha256, pool.ids.tolist(), pool.duplicate_of.tolist(), cells, sorted(said), dict(intake.counts)


def without(monkeypatch: pytest.MonkeyPatch, parser: str) -> None:
    pytest.importorskip(parser)
    for name in ABSENT[parser]:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("parser", ABSENT)
@pytest.mark.parametrize("table", TABLES, ids=lambda path: str(path.name))
def test_every_parser_reads_an_export_as_the_careful_one(
    table: Path, parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = table.with_suffix(".toml")
    form = own if own.exists() else None
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "_read_regular", lambda *_: None)
        carefully = seen(table, form)
    without(monkeypatch, parser)
    assert seen(table, form) == carefully


@pytest.mark.parametrize("parser", ["polars", "pyarrow"])
def test_a_regular_file_is_read_by_the_parser_that_is_installed(
    parser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, parser)
    monkeypatch.setattr(pieces, "cut", lambda *_: pytest.fail("read without the parser"))
    path = tmp_path / "table.csv"
    path.write_text('id,country,note\n007,NA,"two\nlines"\n8,,"a ""b"", c"\n9, Kenya ,\n')
    intake = read_applicants(path)
    assert [one.id for one in intake.pool] == ["007", "8", "9"]
    assert [intake.pool.columns["note"].at(row) for row in range(3)] == ["two\nlines", 'a "b", c', None]


@QUIET
@given(
    rows=st.lists(st.tuples(SIGNS, SIGNS, SIGNS), min_size=1, max_size=5),
    quoted=st.booleans(),
    broken=st.one_of(st.none(), st.tuples(st.integers(0, 60), st.sampled_from('";\n\ra'))),
)
def test_any_text_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    quoted: bool,
    broken: tuple[int, str] | None,
) -> None:
    path = tmp_path_factory.mktemp("any") / "table.csv"
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerows([("id", "x", "name"), *rows])
    text = target.getvalue()
    if broken is not None:
        at = min(len(text), 9 + broken[0])
        text = text[:at] + broken[1] + text[at:]
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_read_regular", lambda *_: None)
        carefully = seen(path)
    for parser in ABSENT:
        with pytest.MonkeyPatch.context() as patch:
            without(patch, parser)
            assert seen(path) == carefully, (parser, text)


@settings(deadline=None, max_examples=80)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 9).map(str) | st.sampled_from(["", "R10", " R9", "x" * 70]),
            st.sampled_from(
                ["ada@example.org", "ADA@example.org ", "a.da@gmail.com", "ada+x@gmail.com", "ada", "", "é@x"]
            ),
            st.sampled_from(["2025-08-31 18:00:00", "2025-09-01T18:00:00", "", " ", "2025-09-01", "yesterday"]),
            st.sampled_from(["a", " a", "b ", "", " "]),
            st.integers(0, 90),
        ),
        min_size=1,
        max_size=40,
    ),
    kinds=st.sampled_from([2, 3, 6]),
    ordered=st.booleans(),
    piece=st.integers(60, 600),
)
def test_a_file_of_several_pieces_is_read_alike(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str, str, int]],
    kinds: int,
    ordered: bool,
    piece: int,
) -> None:
    """However unlike their rows are: the room made for all after the first piece may be too small or too large."""
    path = tmp_path_factory.mktemp("several") / "table.csv"
    times = ["2025-08-31 18:00:00", "2025-09-01T18:00:00", ""]
    lines = [
        f"{place if ordered else key},{role},{email},{time if kinds == 6 else times[place % kinds]},{'é' * length}"
        for place, (key, email, time, role, length) in enumerate(rows)
    ]
    path.write_text("\n".join(("id,role,email,submitted_at,note", *lines, "")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_read_regular", lambda *_: None)
        whole = seen(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "PIECE", piece)
        patch.setattr(contents, "TAIL", piece // 2)
        for parser in ABSENT:
            with pytest.MonkeyPatch.context() as absent:
                without(absent, parser)
                assert seen(path) == whole, parser


@pytest.mark.parametrize("parser", ABSENT)
@pytest.mark.parametrize("records", ["1;2;3\n4\n", "4\n1;2;3\n", "4;5\n" * 2000 + "1;2;3\n4\n"])
def test_a_long_record_does_not_make_up_for_a_short_one(
    records: str, parser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, parser)
    path = tmp_path / "table.csv"
    path.write_text(f"id;x\n{records}")
    assert {f.code for f in read_applicants(path).findings} >= {"too_many_cells", "too_few_cells"}


def test_a_record_cut_short_and_a_mark_misplaced_are_not_regular() -> None:
    good = b'"1";"x;""y"""\n2;"\n"\n'
    assert look_at(good, ord(";"), 2) == Look(2, lines_in_cells=True)
    for bad in (b"1\n2;3\n", b'1;2"\n', b'1;"a"b\n', b'1;"a\n', b"1;\xff\n", b"1;2\r3;4\n", b"1;2\n\n3;4\n"):
        assert look_at(bad, ord(";"), 2) is None, bad


class Sparing(io.BytesIO):
    """A file that gives less than it is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, 7))

    def readinto(self, buffer: Any, /) -> int:
        return super().readinto(memoryview(buffer)[:7])


@QUIET
@given(
    cells=st.lists(st.text(st.sampled_from(list('ab",\n')), max_size=9), min_size=1, max_size=40),
    piece=st.integers(8, 64),
)
def test_pieces_are_all_of_a_file_cut_between_records(cells: list[str], piece: int) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows([[cell, "x"] for cell in cells])
    data = target.getvalue().encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "PIECE", piece)
        patch.setattr(contents, "TAIL", piece // 2)
        for file in (io.BytesIO(data), Sparing(data)):
            content, pieces = contents.Content(file), list[bytes | None]()
            for found in content.pieces(0):
                pieces.append(found and bytes(found))
                if found is not None and len(pieces) % 2:
                    content.give_back(found)
            if None in pieces:
                assert pieces.index(None) == len(pieces) - 1
                continue
            assert b"".join(filter(None, pieces)) == data
            records = [row for part in pieces if part for row in csv.reader(io.StringIO(part.decode(), newline=""))]
            assert records == [[cell, "x"] for cell in cells]


@QUIET
@given(texts=st.lists(st.text(st.sampled_from(list("ab \u00a0\u3000é\n\x1f")), max_size=9), max_size=8))
def test_texts_in_one_piece_are_the_texts(texts: list[str]) -> None:
    packed = Texts.of(texts)
    assert packed is not None
    assert packed.tolist() == texts == [packed[place] for place in range(len(texts))]
    assert list(packed) == texts == np.asarray(packed).tolist()
    assert packed.stripped().tolist() == [text.strip() for text in texts]
    assert [texts[place] for place in order_of(packed)] == sorted(texts, key=lambda t: (len(t.encode()), t.encode()))


@settings(deadline=None)
@given(
    parts=st.lists(st.lists(st.text(st.characters(exclude_characters="\x1f", exclude_categories=["Cs"]))), max_size=4)
)
def test_texts_in_several_parts_are_those_of_one_piece(parts: list[list[str]]) -> None:
    """Also for whoever began to look at the parts before somebody else joined them."""
    apart = Texts.joined([Texts("".join(f"{text}{USUAL}" for text in part).encode()) for part in parts])
    whole = [text for part in parts for text in part]
    begun = apart.pieces()
    seen = [piece for piece in (next(begun, None),) if piece is not None]
    assert len(apart) == len(whole)
    assert apart.holds(b"@") == ("@" in "".join(whole))
    assert apart.data == "".join(f"{text}{USUAL}" for text in whole).encode()
    assert apart.ends.tolist() == Texts(apart.data).ends.tolist()
    assert [text for piece in (*seen, *begun) for text in piece.tolist()] == whole
    assert apart.tolist() == whole
    assert len(apart) == len(whole)


@QUIET
@given(data=st.data(), texts=st.lists(st.text(st.sampled_from(list("ab é\n")), max_size=9), max_size=8))
def test_texts_in_one_piece_are_taken_like_an_array(data: st.DataObject, texts: list[str]) -> None:
    packed, array = Texts.of(texts), np.array(texts, dtype=object)
    assert packed is not None
    places = np.array(
        data.draw(st.lists(st.integers(-len(texts), len(texts) - 1)) if texts else st.just([])), dtype=int
    )
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))), dtype=bool)
    assert packed[places].tolist() == array[places].tolist()
    assert packed[keep].tolist() == array[keep].tolist()
    assert packed[1:].tolist() == array[1:].tolist()
    places = np.maximum(places, -1)
    assert packed.take(places).tolist() == ["" if place == -1 else texts[place] for place in places.tolist()]
    assert len(set(hashes_of(packed).tolist())) == len(set(texts))


def test_the_form_of_an_export_is_beside_it() -> None:
    assert any(table.with_suffix(".toml").exists() and Form.load(table.with_suffix(".toml")) for table in TABLES)


def test_a_long_file_is_read_and_its_decisions_written_without_pandas(tmp_path: Path) -> None:
    """pyarrow opens pandas for any value made of Python's or numpy's, which takes longer than to read the file."""
    pytest.importorskip("pyarrow")
    rows = (f"A{number},{number % 7},a{number}@b.example\r\n" for number in range(25_000))
    (tmp_path / "table.csv").write_bytes(("id,years,email\r\n" + "".join(rows)).encode())
    program = (
        "import sys, selection\n"
        "policy = selection.Policy.model_validate({'title': 'Long', 'capacity': 9, 'ties': {'order': ['lottery']}})\n"
        "intake = selection.read_applicants('table.csv')\n"
        "selection.select(intake, policy, seed='x').write('results')\n"
        "print('pandas' in sys.modules, 'pyarrow' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "True"]
    lines = (tmp_path / "results" / "decisions.csv").read_text().splitlines()
    assert len(lines) == 25_001
