"""Rule-based selection and prioritisation: limited seats under reserves and caps, exact, explained and checkable."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selection.applicants import Applicant
    from selection.countries import country
    from selection.draws import ticket
    from selection.errors import SelectionError
    from selection.explanations import Explanation
    from selection.intake import Form, Intake, read_applicants
    from selection.outcome import Outcome, select
    from selection.policy import Policy

__all__ = [
    "Applicant",
    "Explanation",
    "Form",
    "Intake",
    "Outcome",
    "Policy",
    "SelectionError",
    "country",
    "read_applicants",
    "select",
    "ticket",
]

_ROOM = {
    "Applicant": "applicants",
    "Explanation": "explanations",
    "Form": "intake",
    "Intake": "intake",
    "Outcome": "outcome",
    "Policy": "policy",
    "SelectionError": "errors",
    "country": "countries",
    "read_applicants": "intake",
    "select": "outcome",
    "ticket": "draws",
}


def __getattr__(name: str) -> Any:
    """Open a room only when something in it is asked for, so that `import selection` costs next to nothing."""
    if name in _ROOM:
        return getattr(import_module(f"selection.{_ROOM[name]}"), name)
    raise AttributeError(f"module 'selection' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
