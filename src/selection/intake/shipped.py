"""Forms that come with the library, one for each registration system, found by the system's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "forms"


def shipped_forms() -> Mapping[str, Path]:
    """The file of each shipped form by its name: `pretix`, `google_forms` ..."""
    return MappingProxyType({path.stem: path for path in sorted(FOLDER.glob("*.toml"))})


def found_form(path: Path) -> Path:
    """The path as it is if something is there, else the shipped form of that name, ignoring case and spaces."""
    if path.parent != Path() or path.suffix or path.exists():
        return path
    by_name = {_folded(name): file for name, file in shipped_forms().items()}
    return by_name.get(_folded(path.name), path)


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())
