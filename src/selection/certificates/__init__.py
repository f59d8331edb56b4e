"""Certificates for those who completed: PDF in six languages, each checkable by anybody against a published record."""

from selection.certificates.issuing import FOLDER, Issued, issue
from selection.certificates.seals import RECORD, Check, check

__all__ = ["FOLDER", "RECORD", "Check", "Issued", "check", "issue"]
