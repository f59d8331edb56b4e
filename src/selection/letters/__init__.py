"""What is sent after a selection: a letter for each applicant, a calendar for the selected."""

from selection.letters.letter import WRITTEN_TO, Letter, Writer
from selection.letters.writing import FOLDER, Posted, post

__all__ = ["FOLDER", "WRITTEN_TO", "Letter", "Posted", "Writer", "post"]
