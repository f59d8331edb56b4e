"""A certificate as PDF by typst: archival and accessible (PDF/A-2a), every character drawn or an error."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

from selection.errors import InputError, MissingExtraError, OutputError

#: PDF/A forbids what is drawn as an empty box, and typst keeps to that: a missing glyph is an error.
STANDARD: Final = "a-2a"

#: Fonts by what they are best at, tried in this order; those of a script stand before those that have it besides.
FONTS: Final[Mapping[str, Sequence[str]]] = {
    "ar": ("Noto Naskh Arabic", "Noto Sans Arabic", "Amiri", "Noto Kufi Arabic", "Geeza Pro", "Arabic Typesetting"),
    "zh": (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Noto Serif CJK SC",
        "PingFang SC",
        "Microsoft YaHei",
    ),
}
LATIN: Final = ("Noto Sans", "Noto Serif", "Libertinus Serif")

_CHARACTERS: Final = re.compile(r"the text `\"(.*)\"` could not be displayed|codepoint `\"(.*)\"`", re.DOTALL)


@dataclass(frozen=True, eq=False, repr=False)
class Press:
    """Prints certificates; fonts are looked for once, on this machine and in a `fonts` folder. `day` all are dated."""

    day: date
    fonts: Path | None = None

    def pdf(self, facts: Mapping[str, Any]) -> bytes:
        """One certificate; the same facts and fonts give the same bytes. `InputError` for what no font can draw."""
        fonts = [name for name in (*LATIN, *FONTS["ar"], *FONTS["zh"]) if name.casefold() in self._families]
        first = [name for name in FONTS.get(str(facts["language"]), ()) if name in fonts]
        data = json.dumps({**facts, "fonts": [*first[:1], *fonts]}, ensure_ascii=False)
        made = datetime.combine(self.day, time(), UTC)
        try:
            printed = self._compiler.compile(
                self._source,
                format="pdf",
                sys_inputs={"facts": data},
                pdf_standards=[STANDARD],
                timestamp=int(made.timestamp()),
            )
        except RuntimeError as error:
            raise _unprintable(error, str(facts["id"])) from None
        assert isinstance(printed, bytes)
        return printed

    @cached_property
    def _all_fonts(self) -> Any:
        return _typst().Fonts(font_paths=[str(self.fonts)] if self.fonts is not None else [])

    @cached_property
    def _families(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in self._all_fonts.families())

    @cached_property
    def _compiler(self) -> Any:
        return _typst().Compiler(font_paths=self._all_fonts)

    @cached_property
    def _source(self) -> bytes:
        return (resources.files("selection.certificates") / "certificate.typ").read_bytes()


def qr_code(text: str) -> str:
    """A text as a QR code, drawn as SVG."""
    try:
        import segno
    except ModuleNotFoundError:
        raise MissingExtraError.of("segno", "certificates", "Drawing QR codes") from None
    # Any mask may be read; looking for the fairest of the eight is most of the work.
    made = segno.make(text, micro=False, error="m", mask=1, encoding=None if text.isascii() else "utf-8")
    return str(made.svg_inline(border=0, dark="#1b2733"))


def _typst() -> Any:
    try:
        import typst
    except ModuleNotFoundError:
        raise MissingExtraError.of("typst", "certificates", "Printing certificates") from None
    return typst


def _unprintable(error: RuntimeError, one: str) -> InputError | OutputError:
    """What cannot be drawn, by its code and script: the text itself may be a name."""
    found = _CHARACTERS.search(getattr(error, "message", str(error)))
    if found is None:
        return OutputError("not_printed", f"The certificate of {one!r} cannot be printed: typst refused it.", id=one)
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1] or found[2])
    shown = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'without a name')}" for c in dict.fromkeys(text[:3]))
    sentence = (
        f"No font on this machine can draw a character of the certificate of {one!r} ({shown}). Install fonts of that "
        "script (Debian: fonts-noto-core, fonts-noto-cjk), or name a folder of font files with --fonts."
    )
    return InputError("missing_glyph", sentence, id=one, characters=[f"U+{ord(c):04X}" for c in text[:3]])
