"""Values of pyarrow made from buffers are those it makes itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection import arrow
from selection.intake.coding import Coder
from selection.intake.parsers import add_arrow
from selection.texts import Texts

pyarrow = pytest.importorskip("pyarrow")
CELLS = st.lists(st.none() | st.sampled_from(["a", "b", "é", "b c"]), max_size=20)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "int32", "int64"])
@given(cells=st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=20), cut=st.integers(0, 5))
def test_whole_numbers(kind: str, cells: list[tuple[int, bool]], cut: int) -> None:
    held = np.array([number for number, _ in cells], dtype=kind)
    missing = np.array([none for _, none in cells], dtype=bool)
    assert arrow.numbers(held, missing).equals(pyarrow.array(held, mask=missing))
    assert arrow.numbers(held[::2]).equals(pyarrow.array(held[::2]))
    assert arrow.held(pyarrow.array(held)[cut:]).tolist() == held[cut:].tolist()


@given(st.lists(st.text(max_size=5), max_size=9))
def test_texts(cells: list[str]) -> None:
    packed = Texts.of(cells)
    assert packed is not None
    assert arrow.texts(packed).to_pylist() == cells
    assert arrow.listed(arrow.texts(packed)).to_pylist() == [cells]
    assert [arrow.text(cell).as_py() for cell in cells] == cells


@given(cells=CELLS, cut=st.integers(0, 5), kind=st.sampled_from(["int8", "int32"]))
def test_a_dictionary_is_read_whatever_its_numbers_and_wherever_it_begins(
    cells: list[Any], cut: int, kind: str
) -> None:
    coded = pyarrow.array(cells, type=pyarrow.string()).dictionary_encode()
    narrow = coded.cast(pyarrow.dictionary(getattr(pyarrow, kind)(), pyarrow.string()))
    coder = Coder(apart=False)
    add_arrow(coder, pyarrow.chunked_array([narrow[cut:], narrow[:cut]]))
    column = coder.column()
    assert [column.at(row) for row in range(len(column))] == [*cells[cut:], *cells[:cut]]


def test_texts_that_stand_twice_in_a_dictionary_are_one() -> None:
    coder = Coder(apart=False)
    coder.add_coded(["a", "b", "a"], np.array([0, 1, 2, -1], dtype=np.int32))
    coder.add_coded(["c", "a"], np.array([1, 0], dtype=np.int32))
    column = coder.column()
    assert [column.at(row) for row in range(6)] == ["a", "b", "a", None, "a", "c"]
    assert len(column.values) == 3
