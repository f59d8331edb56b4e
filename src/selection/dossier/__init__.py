"""One folder that holds everything decided: written whole or not at all, and read again by running it again."""

from selection.dossier.archives import pack, unpack
from selection.dossier.folders import ready
from selection.dossier.marks import Marks, read_marks
from selection.dossier.reading import read
from selection.dossier.verifying import Verification, verify
from selection.dossier.writing import write

__all__ = ["Marks", "Verification", "pack", "read", "read_marks", "ready", "unpack", "verify", "write"]
