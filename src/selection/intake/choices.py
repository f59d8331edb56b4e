"""Several choices by one applicant: in one cell with a separator, or in one column per option."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from selection.applicants import Column
from selection.intake.cells import Cell, Reader, truth
from selection.intake.coding import recoded
from selection.intake.findings import Ledger, Trouble, short
from selection.intake.forms import FieldForm


def splitter(split: str | None, one: Reader | None, *, keep_single: bool = False, whole: bool = False) -> Reader:
    """Read a cell with several choices; one choice that cannot be read leaves the whole cell open.

    Without a form a cell is cut at `;` and `|`, which no word of a sector holds; `whole` cells are one choice each.
    """

    def cut(text: str) -> list[str]:
        return [text] if whole else text.split(split) if split else re.split(r"[;|]", text)

    def read(value: Any) -> Cell:
        if not isinstance(value, str | tuple):
            return one(value) if one else (value, None)
        parts = list(value) if isinstance(value, tuple) else [p.strip() for p in cut(value)]
        cells = [one(p) if one else (p, None) for p in parts if p]
        bad = next((trouble for _, trouble in cells if trouble is not None), None)
        if bad is not None or not cells:
            return None, bad
        words = tuple(sorted({str(word) for word, _ in cells}))
        return (words[0] if keep_single and isinstance(value, str) and len(words) == 1 else words), None

    return read


def read_options(name: str, field: FieldForm, raws: Mapping[str, Column], ledger: Ledger) -> Column:
    """One column per option: the words of the ticked ones. Exports write an unanswered question like one with nothing
    ticked, so nothing ticked is missing."""
    says = truth(field)
    words = sorted(set((field.options or {}).values()))
    ticked = np.zeros((len(words), len(ledger.rows)), dtype=bool)
    open_rows = np.zeros(len(ledger.rows), dtype=bool)
    for heading, word in (field.options or {}).items():
        raw = raws[heading]
        answers = [says(v) if isinstance(v, str) else bool(v) if v in (0, 1) else None for v in raw.values.tolist()]
        yes, troubled = _by_code([a is True for a in answers]), _by_code([a is None for a in answers])
        ticked[words.index(word)] |= yes[raw.codes]
        open_rows |= troubled[raw.codes]
        said = {code: _neither(raw.value(code)) for code, a in enumerate(answers) if a is None}
        ledger.report(name, heading, raw, MappingProxyType(said))
    return _combined(words, ticked, open_rows)


def _by_code(flags: list[bool]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array([*flags, False], dtype=bool)


def _neither(value: Any) -> Trouble:
    return Trouble("unreadable_truth", f"{short(value)!r} says neither that this option is chosen nor that it is not.")


def _combined(words: list[str], ticked: Any, open_rows: Any) -> Column:
    packed = np.packbits(ticked, axis=0)
    kinds, codes = np.unique(packed, axis=1, return_inverse=True)
    bits = np.unpackbits(kinds, axis=0, count=len(words)).astype(bool)
    tuples = [tuple(w for w, on in zip(words, bits[:, k], strict=True) if on) or None for k in range(kinds.shape[1])]
    column = recoded(codes.reshape(-1).astype(np.int32), tuples)
    return Column(np.where(open_rows, np.int32(-1), column.codes).astype(np.int32), column.values)
