"""Many tickets made together have the bits of each made alone."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import ranking
from selection.applicants import objects
from selection.draws import many
from selection.draws.tickets import ticket
from selection.texts import Texts

IDS = st.lists(st.text(max_size=90), min_size=1, max_size=30, unique=True)


@settings(deadline=None)
@given(IDS, st.binary(max_size=150), st.data())
def test_the_bits_are_those_of_hashlib(ids: list[str], before: bytes, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(ids) - 1), min_size=1))
    texts = Texts.of(ids)
    if texts is None or len({len(ids[place].encode()) for place in places}) > many.LENGTHS:
        return
    drawn = [hashlib.sha256(before + ids[place].encode()).digest()[:8] for place in places]
    found = many.heads(texts, np.array(places), before)
    assert found is None or found.tolist() == [int.from_bytes(one) for one in drawn]
    whole = many.hexadecimal(texts, before)
    assert whole is None or [bytes(row).decode() for row in whole] == [
        hashlib.sha256(before + one.encode()).hexdigest() for one in ids
    ]


@pytest.mark.parametrize("length", [0, 1, 3, 36, 37, 44, 45, 55, 56, 63, 64, 100, 108, 109, 255, 256])
@pytest.mark.parametrize("before", [b"", b"seed:", bytes(range(64)), bytes(range(120))])
def test_whatever_the_length(length: int, before: bytes) -> None:
    ids = [chr(97 + place) * length for place in range(3 if length else 1)]
    texts = Texts.of(ids)
    assert texts is not None
    found = many.heads(texts, np.arange(len(ids)), before)
    assert found is not None
    assert found.tolist() == [int.from_bytes(hashlib.sha256(before + one.encode()).digest()[:8]) for one in ids]


def test_texts_of_many_lengths_are_left_to_hashlib() -> None:
    for ids in (["x" * length for length in range(many.LENGTHS + 1)], ["x" * (many.LONGEST + 1)]):
        texts = Texts.of(ids)
        assert texts is not None
        assert many.heads(texts, np.arange(len(ids)), b"seed:") is None


@pytest.mark.parametrize("seed", ["2025", "half a character \ud800", "é" * 70])
@pytest.mark.parametrize("kinds", [["A{:07}"], ["{}", "é{}", "entry {:05}"], ["{}\ud800", "{:04}"]])
def test_a_ranking_draws_by_whole_tickets(seed: str, kinds: list[str]) -> None:
    ids = [kinds[number % len(kinds)].format(number) for number in range(ranking.MANY + 100)]
    places = np.random.default_rng(1).permutation(len(ids))[: ranking.MANY + 10]
    heads = ranking._heads(objects(ids), places, f"{seed}:")
    assert heads.tolist() == [int(ticket(seed, ids[place])[:16], 16) for place in places.tolist()]
