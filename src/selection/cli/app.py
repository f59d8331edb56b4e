"""The command line with all its verbs, in the order its help shows them."""

from __future__ import annotations

from selection.cli.options import app
from selection.cli.verbs import afterwards, calls, files, folders, forms, lottery

__all__ = ["afterwards", "app", "calls", "files", "folders", "forms", "lottery"]
