"""`selection thresholds` and `selection what-if`: what would have changed the decisions in a folder of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selection.cli.answers import printable, say, say_json, table
from selection.cli.progress import Progress
from selection.errors import InputError

if TYPE_CHECKING:
    from selection.comparison import Comparison
    from selection.outcome import Outcome

#: So many rows stand on the screen; the file has all.
_SHOWN = 40


def thresholds(results: Path, out: Path | None, *, as_json: bool) -> None:
    """Print the thresholds of the refused, or write them into a file."""
    outcome = _read(results)
    from selection.outcome.thresholds import cells

    _answer(cells(outcome), out, as_json=as_json)


def what_if(
    results: Path,
    capacity: str | None,
    reserve: list[str],
    cap: list[str],
    points: list[str],
    policy: Path | None,
    by: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print a comparison, or a table where some number is given several values."""
    ranges = {"reserve": _named(reserve), "cap": _named(cap), "points": _points(points)}
    seats = None if capacity is None else _values(capacity)
    several = any(len(values) > 1 for named in (*ranges.values(), {"": seats or []}) for values in named.values())
    outcome = _read(results)
    from selection.comparison.sweeps import cells

    if several or (by is not None and policy is None):
        _answer(cells(outcome, seats, **ranges, by=by), out, as_json=as_json)
        return
    single = {kind: {name: values[0] for name, values in named.items()} for kind, named in ranges.items()}
    found = outcome.what_if(capacity=None if seats is None else seats[0], policy=policy, **single)
    if out is not None:
        _answer(found.cells(), out, as_json=False)
    if as_json:
        say_json({"changes": found.changes, "enters": found.enters, "leaves": found.leaves})
    else:
        say(printable(str(found)))
        _say_counts(found, by)


def _say_counts(found: Comparison, by: str | None) -> None:
    if by is not None:
        frame = found.counted(by)
        say(printable(table(list(frame), [[_text(one) for one in row] for row in zip(*frame.values(), strict=True)])))


def _read(results: Path) -> Outcome:
    with Progress(1) as progress:
        progress.step("Reading results")
        from selection import dossier

        return dossier.read(results)


def _answer(cells: Mapping[str, Any], out: Path | None, *, as_json: bool) -> None:
    rows = list(zip(*(_plain(name, column) for name, column in cells.items()), strict=True))
    if out is not None:
        from selection.cli.shipped import write_text
        from selection.dossier.sheets import lines

        write_text(out, b"".join(lines(cells)).decode("utf-8"))
        say(printable(f"{len(rows):,} rows in {out}"))
    elif as_json:
        say_json([dict(zip(cells, row, strict=True)) for row in rows])
    else:
        say(table(list(cells), [[_text(one) for one in row] for row in rows[:_SHOWN]]))
        if len(rows) > _SHOWN:
            say(f"... and {len(rows) - _SHOWN:,} more; all of them with --out FILE")


def _plain(name: str, column: Any) -> list[Any]:
    return [None if name in ("rank", "tier") and one < 0 else one for one in column.tolist()]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _named(given: Iterable[str]) -> dict[str, list[Any]]:
    """`NAME=VALUES` for each name."""
    found: dict[str, list[Any]] = {}
    for one in given:
        name, equals, values = one.rpartition("=")
        if not equals or not name.strip():
            raise InputError("not_named", f"{one!r} does not say of what: write it as NAME=SEATS.", given=one)
        found[name.strip()] = _values(values)
    return found


def _points(given: Iterable[str]) -> dict[str, list[Any]]:
    """`CRITERION=POINTS`; with `CRITERION:VALUE=POINTS` the points of one value of its field."""
    found: dict[str, list[Any]] = {}
    tables: dict[str, dict[str, Any]] = {}
    for name, values in _named(given).items():
        criterion, colon, value = name.rpartition(":")
        if colon:
            tables.setdefault(criterion.strip(), {})[value.strip()] = values[0]
        else:
            found[name] = values
    return found | {name: [table] for name, table in tables.items()}


def _values(text: str) -> list[Any]:
    """One value, several with commas, or a range FROM:TO:STEP (of whole numbers or percentages), both ends included."""
    if ":" not in text:
        return [_value(one) for one in text.split(",")]
    unit = "%" if text.rstrip().endswith("%") else ""
    try:
        first, last, *step = (int(part.strip().removesuffix("%")) for part in text.split(":"))
        steps = range(first, last + 1, *step)
    except (ValueError, TypeError):
        raise InputError("not_a_range", f"{text!r} is no range: write it as 1000:3000:500 or 0%:30%:5%.") from None
    return [f"{one}{unit}" if unit else one for one in steps]


def _value(text: str) -> int | str:
    text = text.strip()
    return int(text) if text.lstrip("-").isdecimal() else text
