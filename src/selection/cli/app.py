"""The command line with all its verbs: every module in `verbs` adds its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from selection.cli import verbs
from selection.cli.options import app

__all__ = ["app"]

#: `--help` lists the verbs as an officer comes to need them; a module that is not named here comes last.
ORDER = ("calls", "countries", "folders", "lottery", "afterwards", "files")

for name in sorted((found.name for found in iter_modules(verbs.__path__)), key=lambda one: (*ORDER, one).index(one)):
    import_module(f"{verbs.__name__}.{name}")
