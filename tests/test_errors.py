"""Errors carry a code, facts and a sentence, and survive whatever a program does with them."""

from __future__ import annotations

import copy
import pickle

import pytest

from selection import errors
from selection.errors import MissingExtraError, PolicyError, SelectionError, did_you_mean, nearest

KINDS = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, SelectionError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_keeps_code_sentence_and_facts_through_pickling_and_copying(kind: type[SelectionError]) -> None:
    error = kind("some_code", "What is wrong.", file="policy.toml", known=["a", "b"])
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is kind
        assert (twin.code, str(twin), twin.facts) == (error.code, "What is wrong.", error.facts)


def test_all_errors_have_one_root() -> None:
    assert len(KINDS) == 10
    assert all(issubclass(kind, SelectionError) for kind in KINDS)


def test_a_missing_extra_answers_with_the_install_line() -> None:
    error = MissingExtraError.of("xlsxwriter", "excel", "Writing a workbook")
    assert "pip install 'applicant-selection[excel]'" in str(error)
    assert pickle.loads(pickle.dumps(error)).facts["install"] == error.facts["install"]


@pytest.mark.parametrize(
    ("word", "close"), [("capactiy", "capacity"), ("CAP", "cap"), ("zzz", None), ("", None), ("pionts", "points")]
)
def test_nearest_known_word(word: str, close: str | None) -> None:
    assert nearest(word, ["capacity", "cap", "points"]) == close


def test_did_you_mean_says_nothing_where_nothing_is_near() -> None:
    assert did_you_mean("xyz", ["capacity"]) == ""
    assert did_you_mean("capasity", ["capacity"]) == " Did you mean 'capacity'?"


def test_nearest_does_not_depend_on_the_order_of_the_known_words() -> None:
    known = ["ab1", "ab2", "ab3"]
    assert nearest("ab", known) == nearest("ab", reversed(known))


def test_an_error_can_be_raised_and_caught_as_its_root() -> None:
    with pytest.raises(SelectionError, match="wrong key"):
        raise PolicyError("bad_policy", "wrong key")
