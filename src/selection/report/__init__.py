"""An outcome as one page to look at: one file that needs nothing else, for the committee or for the public."""

from selection.report.page import write_report

__all__ = ["write_report"]
