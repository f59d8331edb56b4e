"""A messy table and a form become a pool and its problems; nothing is lost on the way."""

from selection.intake.findings import Problem
from selection.intake.forms import Form
from selection.intake.intake import Intake
from selection.intake.reading import read_applicants

__all__ = ["Form", "Intake", "Problem", "read_applicants"]
