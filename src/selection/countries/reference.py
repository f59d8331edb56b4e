"""Where the shipped reference data lie, and how they are read and fingerprinted."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from selection.errors import CountryDataError

FILES = (
    "countries.csv",
    "country_index.bin",
    "country_names.csv",
    "income_groups.csv",
    "income_thresholds.csv",
    "special_codes.csv",
    "un_groups.csv",
    "who_regions.csv",
)

Row = Mapping[str, str]


@cache
def folder() -> Path:
    """The folder of reference data: inside the installed package, or beside `src` in a working copy."""
    package = Path(__file__).resolve().parents[1]
    for place in (package / "data", package.parents[1] / "data"):
        if (place / "income_groups.csv").is_file():
            return place
    raise CountryDataError(
        "data_missing",
        f"The reference data that belong to this library are not installed: no income_groups.csv near {package}. "
        "Install the library again.",
        looked_in=str(package),
    )


def content(name: str) -> bytes:
    """The bytes of one shipped data file."""
    path = folder() / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise CountryDataError("data_missing", f"The data file {path} cannot be read: {error}", file=name) from error


def source_line(name: str) -> str:
    """The first line of a data file: its source, edition and licence."""
    return content(name).decode("utf-8").partition("\n")[0].lstrip("# ").strip()


def rows(name: str) -> tuple[Row, ...]:
    """The rows of a data file, without the line that names its source."""
    _, _, table = content(name).decode("utf-8").partition("\n")
    return tuple(MappingProxyType(row) for row in csv.DictReader(io.StringIO(table)))


def data_fingerprints() -> dict[str, str]:
    """File name and SHA-256 of every shipped data file, for the record of an outcome."""
    return dict(_fingerprints())


@cache
def _fingerprints() -> Mapping[str, str]:
    return {name: hashlib.sha256(content(name)).hexdigest() for name in FILES if (folder() / name).is_file()}
