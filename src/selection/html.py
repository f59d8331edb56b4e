"""Small tables for notebooks: every text escaped, no style of their own, short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


def heading(text: str) -> str:
    """A line in bold."""
    return f"<p><strong>{escape(text)}</strong></p>"


def line(text: str) -> str:
    """A line."""
    return f"<p>{escape(text)}</p>"


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; numbers get separators and stand to the right."""
    head = "".join(f"<th>{escape(name)}</th>" for name in headings)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td align="right">{value:,}</td>'
    return f"<td>{'' if value is None else escape(str(value))}</td>"
