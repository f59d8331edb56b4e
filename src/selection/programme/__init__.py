"""What the selected are selected for: title, sessions, what counts as completing it; one TOML file."""

from selection.programme.programme import LANGUAGES, Programme, Session, Wording

__all__ = ["LANGUAGES", "Programme", "Session", "Wording"]
