"""One folder that holds everything decided: written whole or not at all, and read again by running it again."""

from selection.dossier.archives import pack, unpack
from selection.dossier.folders import ready
from selection.dossier.marks import Marks, read_marks
from selection.dossier.publication import Entry, code_of, entry, publish
from selection.dossier.reading import read
from selection.dossier.verifying import Verification, verify, verify_outcome
from selection.dossier.writing import write, write_decisions

__all__ = [
    "Entry",
    "Marks",
    "Verification",
    "code_of",
    "entry",
    "pack",
    "publish",
    "read",
    "read_marks",
    "ready",
    "unpack",
    "verify",
    "verify_outcome",
    "write",
    "write_decisions",
]
