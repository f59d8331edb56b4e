"""One applicant, and the pool of them as columns."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from pydantic import ValidationError

from selection.applicants import Applicant, Column, Pool, canonical_text
from selection.intake import read_applicants


def test_only_the_id_is_required() -> None:
    assert Applicant(id="1").country is None
    with pytest.raises(ValidationError):
        Applicant.model_validate({})
    with pytest.raises(ValidationError):
        Applicant(id="")


def test_an_applicant_is_frozen_and_keeps_the_attributes_of_the_call() -> None:
    applicant = Applicant.model_validate({"id": "1", "years": 3, "sectors": ["vaccine"], "organization": "Org"})
    assert applicant.model_extra == {"years": 3}
    assert (applicant.sector, applicant.organisation) == (("vaccine",), "Org")
    with pytest.raises(ValidationError):
        applicant.id = "2"


def test_name_and_email_never_show_in_a_repr() -> None:
    applicant = Applicant(id="1", name="Awa Ba", email="awa@example.org")
    pool = read_applicants([applicant]).pool
    for shown in (repr(applicant), str(applicant), repr(pool), repr(read_applicants([applicant])), repr(pool.columns)):
        assert "Awa" not in shown
        assert "awa@" not in shown


def test_a_time_without_a_zone_is_no_time_of_an_applicant() -> None:
    with pytest.raises(ValidationError):
        Applicant.model_validate({"id": "1", "submitted_at": datetime(2025, 8, 1)})


def test_a_column_codes_equal_values_and_keeps_types_apart() -> None:
    column = Column.of(["a", None, "a", 1, True, Decimal(1)])
    assert column.codes.tolist() == [0, -1, 0, 1, 2, 3]
    assert column.at(1) is None
    assert [column.at(i) for i in (0, 3, 4, 5)] == ["a", 1, True, Decimal(1)]


def test_times_come_back_aware() -> None:
    times = np.array(["2025-08-01T10:00:00"], dtype="datetime64[us]")
    column = Column(np.array([0], dtype=np.int32), times)
    assert column.at(0) == datetime(2025, 8, 1, 10, tzinfo=UTC)


def test_a_pool_gives_its_applicants_back() -> None:
    given = [Applicant.model_validate({"id": "1", "country": "KEN", "years": 3}), Applicant(id="2")]
    assert list(read_applicants(given).pool) == given


def test_of_one_id_twice_the_pool_finds_the_one_that_stands() -> None:
    rows = [{"id": "1", "submitted_at": datetime(2025, 8, d, tzinfo=UTC), "x": str(d)} for d in (2, 3, 1)]
    pool = read_applicants(rows).pool
    assert pool.places["1"] == 1


def test_the_hash_does_not_depend_on_the_order_of_the_rows() -> None:
    rows = [{"id": str(i % 4), "x": str(i)} for i in range(8)]
    assert read_applicants(rows).pool.sha256 == read_applicants(rows[::-1]).pool.sha256
    assert read_applicants(rows).pool.sha256 != read_applicants(rows[1:]).pool.sha256


def test_the_pool_survives_pickling() -> None:
    pool = read_applicants([{"id": "1", "x": 2}]).pool
    assert list(pool) == [Applicant.model_validate({"id": "1", "x": 2})]
    assert pickle.loads(pickle.dumps(pool.columns["x"])).at(0) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (Decimal("5.00"), "5"), (Decimal("1E+2"), "100"), (("b", "a"), "a|b"), (7, "7"), ("x", "x")],
)
def test_each_value_has_one_spelling(value: object, text: str) -> None:
    assert canonical_text(value) == text


def test_the_pool_hash_knows_no_separators_and_no_representation_of_times() -> None:
    moments = [datetime(2025, 8, 1, 10, 0, tzinfo=UTC), datetime(2025, 8, 1, 10, 0, 0, 5, tzinfo=UTC)]
    as_objects = Column.of(moments)
    in_bulk = Column(
        np.arange(2, dtype=np.int32), np.array([m.replace(tzinfo=None) for m in moments], dtype="datetime64[us]")
    )
    assert _pool({"at": as_objects}).sha256 == _pool({"at": in_bulk}).sha256
    one, other = Column.of(["a\x1f=b", "c"]), Column.of(["a", "b\x1f=c"])
    assert _pool({"x": one}).sha256 != _pool({"x": other}).sha256


def _pool(columns: dict[str, Column]) -> Pool:
    nobody = np.full(2, -1, dtype=np.int64)
    return Pool(np.array(["p", "q"], dtype=object), columns, np.arange(2), nobody)
