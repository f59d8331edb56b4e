"""The command line with all its verbs: every module in `verbs` adds its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from selection.cli import verbs
from selection.cli.options import app

__all__ = ["app"]

for found in iter_modules(verbs.__path__):
    import_module(f"{verbs.__name__}.{found.name}")
