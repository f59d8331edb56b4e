"""What occurs more than once is found as by counting, whatever the numbers and texts share."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from selection.intake.repeats import ascend, repeated
from selection.texts import USUAL, Texts

#: Upper and lower halves of few kinds, so that numbers share one without the other.
HALVES = st.integers(0, 3) | st.integers(0, 2**32 - 1)
NUMBERS = st.lists(st.builds(lambda upper, lower: upper << 32 | lower, HALVES, HALVES), max_size=40)
SHORT = st.text(st.sampled_from("019aé\u00a0"), max_size=20)


@given(numbers=NUMBERS)
@example(numbers=[])
def test_repeated_numbers_are_those_counted_more_than_once(numbers: list[int]) -> None:
    times = Counter(numbers)
    expected = [place for place, number in enumerate(numbers) if times[number] > 1]
    assert repeated(np.array(numbers, dtype=np.uint64)).tolist() == expected


@given(
    texts=st.lists(SHORT | st.just("x" * 70), max_size=12, unique=True),
    again=st.none() | st.integers(0, 11),
    parts=st.lists(st.integers(0, 12), max_size=3),
    shuffled=st.booleans(),
)
@settings(deadline=None)
def test_texts_ascend_if_sorted_by_length_and_bytes_without_repeats(
    texts: list[str], again: int | None, parts: list[int], shuffled: bool
) -> None:
    if again is not None and texts:
        texts = [*texts, texts[again % len(texts)]]
    if not shuffled:
        texts = sorted(texts, key=lambda text: (len(text.encode()), text.encode()))
    bounds = [0, *sorted(min(part, len(texts)) for part in parts), len(texts)]
    pieces = [texts[start:stop] for start, stop in pairwise(bounds)]
    joined = Texts.joined([Texts("".join(f"{text}{USUAL}" for text in piece).encode()) for piece in pieces])
    keys = [(len(text.encode()), text.encode()) for text in texts]
    expected = all(one < other for one, other in pairwise(keys))
    short = all(len(text.encode()) <= 64 for text in texts)
    assert ascend(joined) == expected or (not short and not ascend(joined))


def test_serial_numbers_ascend() -> None:
    texts = Texts.of([f"R{number}" for number in range(8, 200_000)])
    assert texts is not None
    assert ascend(texts)
