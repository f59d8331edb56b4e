"""Times of a dataframe kept as numbers: the same pool and findings as from Python times one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as narwhals
import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection import Form, read_applicants
from selection.intake import frames
from selection.intake.stamps import Stamps, stamped

TIMES = st.lists(st.none() | st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)), min_size=1, max_size=20)
FORMS = st.sampled_from(
    [
        {},
        {"timezone": "Europe/Zurich"},
        {"timezone": "Europe/Zurich", "dates": "%d/%m/%Y", "fields": {"submitted_at": {"column": "submitted_at"}}},
        {"fields": {"began": {"column": "submitted_at", "type": "date"}}},
        {"fields": {"began": {"column": "submitted_at", "type": "text"}, "role": {"column": "submitted_at"}}},
        {"fields": {"id": {"column": "submitted_at"}}},
    ]
)


def made(kind: str, times: list[Any], zone: str | None) -> Any:
    aware = [time and time.replace(tzinfo=ZoneInfo(zone)) if zone else time for time in times]
    if kind == "pandas":
        return pandas.DataFrame({"submitted_at": pandas.Series(aware, dtype=f"datetime64[ns, {zone or 'UTC'}]")})
    library = pytest.importorskip(kind)
    if kind == "polars":
        return library.DataFrame({"submitted_at": library.Series(aware, dtype=library.Datetime("us", zone))})
    return library.table({"submitted_at": library.array(aware, type=library.timestamp("us", tz=zone))})


def seen(frame: Any, form: Any) -> Any:
    intake = read_applicants(frame, form=Form.model_validate(form))
    columns = {
        name: [column.at(place) for place in range(len(intake.pool))] for name, column in intake.pool.columns.items()
    }
    return columns, intake.pool.ids.tolist(), intake.problems.to_dict("records"), intake.counts, intake.pool.sha256


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kathmandu"])
@settings(deadline=None, max_examples=40)
@given(times=TIMES, form=FORMS)
def test_as_one_by_one(kind: str, zone: str | None, times: list[Any], form: Any) -> None:
    if kind == "pandas" and zone is None:
        frame = pandas.DataFrame({"submitted_at": pandas.Series(times, dtype="datetime64[ns]")})
    else:
        frame = made(kind, times, zone)
    together = seen(frame, form)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "stamped", lambda _: None)
        assert seen(frame, form) == together


@given(TIMES, st.booleans())
def test_reads_like_an_object_array(times: list[Any], utc: bool) -> None:
    stamps = Stamps(np.array(times, dtype="datetime64[us]"), utc=utc)
    known = [time and time.replace(tzinfo=UTC) if utc else time for time in times]
    assert stamps.tolist() == known == np.asarray(stamps).tolist()
    assert stamps[np.arange(len(known))].tolist() == known
    assert stamps[-1] == known[-1]
    assert repr(stamps) == f"Stamps({len(known)})"


def test_nanoseconds_are_cut_off() -> None:
    times = pandas.to_datetime(["2025-08-31T18:00:00.123456789", "1969-12-31T23:59:59.999999999"])
    column = read_applicants(pandas.DataFrame({"submitted_at": times})).pool.columns["submitted_at"]
    assert column.at(0) == datetime(2025, 8, 31, 18, 0, 0, 123456, tzinfo=UTC)
    assert column.at(1) == datetime(1970, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)


@pytest.mark.parametrize("year", [500_000, 294_247, -400_000])
def test_times_that_python_does_not_have_are_never_taken_for_others(year: int) -> None:
    library = pytest.importorskip("pyarrow")
    seconds = library.array([np.datetime64(f"{year}-06-01", "s").astype(int), 0], type=library.int64())
    table = library.table({"submitted_at": seconds.cast(library.timestamp("s"))})
    assert stamped(narwhals.from_native(table)["submitted_at"]) is None
