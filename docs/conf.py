"""How the documentation site is built: `python -m sphinx -W -b html docs docs/_build`."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "selection"
author = "The developers of selection"
version = release = installed("applicant-selection")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "README.md"]
html_theme = "furo"
html_title = "selection"
html_show_copyright = False
html_last_updated_fmt = None

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.header"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
nitpicky = False
