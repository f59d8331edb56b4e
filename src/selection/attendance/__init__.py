"""Who attended what: reports of meeting systems matched to the selected, minutes by session, and who completed."""

from selection.attendance.attended import Attended, attend
from selection.attendance.writing import FOLDER, OWN, read, write

__all__ = ["FOLDER", "OWN", "Attended", "attend", "read", "write"]
