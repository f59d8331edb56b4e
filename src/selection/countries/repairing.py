"""Undoing what software did to a country text on its way: escapes, wrong decodings, stray wrapping."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

LOST = "\ufffd"
"""Stands for a character that was lost and cannot be had back."""

_EXCEL_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_R_ESCAPE = re.compile(r"<U\+([0-9A-Fa-f]{4,6})>")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
_LOST_BETWEEN_LETTERS = re.compile(r"(?<=\w)\?(?=[\w\s'])")
_STRANGER = re.compile("(?<=[A-Za-z])[^\\W\\d_\x00-\u024f\u1e00-\u1eff](?=[a-z])")
_HALF_DECODED = re.compile("[\u00c3\u00c2](?=[a-z])")
_WRAPPING = " \t\r\n\"'`´‘’“”«»‹›()[]{}<>*#.,;:!|~-_=/\\"
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def repaired(text: str) -> str:
    """The text as it was most likely typed; LOST stands where a character cannot be had back."""
    if text.isascii() and not any(mark in text for mark in "&%<_?"):
        return text
    text = _unescaped(text)
    if not text.isascii():
        text = _FOREIGN_RUN.sub(lambda run: _decoded(run.group()), text)
        text = _STRANGER.sub(LOST, _HALF_DECODED.sub(LOST, text))
    text = _LOST_BETWEEN_LETTERS.sub(LOST, text)
    return text if text.isprintable() else "".join(c for c in text if unicodedata.category(c) != "Cf")


def unwrapped(text: str) -> str:
    """The text without quotes, brackets and punctuation around it; brackets that close inside are kept."""
    inner = text.strip(_WRAPPING)
    for opening, closing in _PAIRS.items():
        if inner.count(opening) > inner.count(closing):
            inner += closing
    return inner


def _unescaped(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    text = _EXCEL_ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), text)
    text = _R_ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), text)
    if _PERCENT.search(text):
        try:
            return unquote(text, errors="strict")
        except UnicodeDecodeError:
            return text
    return text


def _decoded(run: str) -> str:
    """UTF-8 that was read as another encoding: taken only if it decodes strictly and gets shorter."""
    for encoding in ("cp1252", "latin-1", "mac_roman"):
        try:
            better = run.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if len(better) < len(run):
            return _decoded(better)
    return LOST if len(run) > 1 and _has_symbol(run) else run


def _has_symbol(run: str) -> bool:
    return any(unicodedata.category(c) in {"So", "Sm", "Sk", "No", "Cc"} for c in run)
