"""Certificates: PDF in six languages, checked by anybody against the published record, the same bytes again."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pypdf
import pytest

from edition import decided
from selection.attendance import attend, write
from selection.certificates import RECORD, check, issue, seals
from selection.certificates.issuing import facts_of
from selection.certificates.printing import Press, qr_code
from selection.editions import Edition, Person
from selection.errors import InputError, NotFoundError, OutputError, ProgrammeError
from selection.programme import LANGUAGES, Programme

typst = pytest.importorskip("typst", reason="certificates need the extra `certificates`")
pytest.importorskip("segno", reason="certificates need the extra `certificates`")

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2025, 10, 2)
HERE = {name.casefold() for name in typst.Fonts().families()}
NEEDED = {"ar": "noto naskh arabic", "zh": "noto sans cjk sc"}
ALL = "Session,Email,Minutes,Quiz\n" + "".join(
    f"{n},{who}@example.org,60,80\n" for n in (1, 2) for who in ("amina", "helene", "fatima", "katya", "wang", "jose")
)


def fonts_of(language: str) -> None:
    if language in NEEDED and NEEDED[language] not in HERE:
        pytest.skip(f"no font of {language} on this machine: Debian's fonts-noto-core and fonts-noto-cjk have them")


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    decided(tmp_path)
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    (tmp_path / "all.csv").write_text(ALL)
    write(attend(found, [tmp_path / "all.csv"]), [tmp_path / "all.csv"])
    return found


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that were drawn as QR codes."""
    lines: list[str] = []

    def remember(text: str, draw: Callable[[str], str] = qr_code) -> str:
        lines.append(text)
        return draw(text)

    monkeypatch.setattr("selection.certificates.issuing.qr_code", remember)
    return lines


def test_everybody_who_completed_has_one_and_its_line_is_in_the_record(edition: Edition, drawn: list[str]) -> None:
    fonts_of("ar")
    fonts_of("zh")
    made = issue(edition)
    assert sorted(path.stem for path in (made.folder / "pdf").iterdir()) == ["A1", "A2", "A3", "A4", "A5", "A6"]
    assert dict(made.languages) == dict.fromkeys(LANGUAGES, 1)
    record = made.folder / RECORD
    assert len(drawn) == 6
    for line in drawn:
        assert check(record, line).holds
        assert check(edition.folder, line + "\n").holds
        assert hashlib.sha256(line.encode()).hexdigest() in record.read_text()
        assert not check(record, line.replace("Small course", "Large course")).holds
        assert not check(record, line[:-1]).holds
    text = record.read_text(encoding="utf-8")
    assert not any(word in text for word in ("Amina", "A1", "amina"))
    assert (
        json.loads(text)["record_sha256"] == hashlib.sha256((edition.folder / "record.json").read_bytes()).hexdigest()
    )


def test_the_check_is_one_command_anybody_has(edition: Edition, drawn: list[str]) -> None:
    fonts_of("ar")
    fonts_of("zh")
    record = issue(edition).folder / RECORD
    done = subprocess.run(["sh", "-c", 'printf %s "$1" | sha256sum', "sh", drawn[2]], capture_output=True, text=True)
    assert done.stdout.split()[0] in json.loads(record.read_text())["certificates"]


def test_made_again_they_are_the_same_bytes(edition: Edition, tmp_path: Path) -> None:
    fonts_of("ar")
    fonts_of("zh")
    one, two = issue(edition, tmp_path / "one").folder, issue(Edition.open(edition.folder), tmp_path / "two").folder
    for path in [RECORD, *(f"pdf/A{n}.pdf" for n in range(1, 7))]:
        assert (one / path).read_bytes() == (two / path).read_bytes(), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_says_its_facts_in_its_language(language: str) -> None:
    fonts_of(language)
    programme = Programme.load(ROOT / "examples" / "cgmp_2025" / "programme.toml")
    facts = facts_of(programme, Person("CGMP-00042", "Ana Núñez"), language, 7, "line")
    page = pypdf.PdfReader(io.BytesIO(Press(DAY).pdf(facts))).pages[0]
    text = page.extract_text()
    for said in ("Ana Núñez", "CGMP-00042"):
        assert said in text
    if language in ("en", "fr", "es", "ru"):
        for said in (facts["certificate"], facts["title"][:20]):
            assert said in " ".join(text.split())
    catalogue = pypdf.PdfReader(io.BytesIO(Press(DAY).pdf(facts))).trailer["/Root"]
    assert catalogue["/Lang"] == language
    assert catalogue["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Amina O'Hara"),
        ("fr", "Hélène Dupré"),
        ("es", "José Núñez"),
        ("ar", "فاطمة الزهراء"),
        ("ru", "Екатерина Иванова"),
        ("zh", "王小明"),
    ],
)
def test_a_camera_reads_the_line_from_the_printed_page(language: str, name: str) -> None:
    fonts_of(language)
    pdfium = pytest.importorskip("pypdfium2", reason="drawing pages needs pypdfium2 (extra `dev`)")
    zxing = pytest.importorskip("zxingcpp", reason="reading QR codes needs zxing-cpp (extra `dev`)")
    programme = Programme.load(ROOT / "examples" / "cgmp_2025" / "programme.toml")
    line = seals.line(Person("CGMP-00042", name), programme.wording(language).title, DAY, b"key")
    pages = pdfium.PdfDocument(Press(DAY).pdf(facts_of(programme, Person("CGMP-00042", name), language, 7, line)))
    assert len(pages) == 1
    seen = zxing.read_barcodes(pages[0].render(scale=150 / 72).to_numpy())
    assert [one.text for one in seen] == [line]


@pytest.mark.parametrize("character", ["\U0010fffd", "\ue000", "\u0378"])
def test_a_missing_glyph_is_an_error_and_not_a_box(character: str) -> None:
    programme = Programme(title="Course", session=[{"topic": "One", "date": "2025-09-09", "time": "14:00"}])
    facts = facts_of(programme, Person("A1", f"Ana {character}"), "en", 1, "line")
    with pytest.raises(InputError) as found:
        Press(DAY).pdf(facts)
    assert found.value.code == "missing_glyph"
    assert f"U+{ord(character):04X}" in str(found.value)
    assert "Ana" not in str(found.value)


def test_names_in_many_scripts_are_drawn_or_refused() -> None:
    programme = Programme(title="Course", session=[{"topic": "One", "date": "2025-09-09", "time": "14:00"}])
    press = Press(DAY)
    for name in ("Ọlá Ṣọlá", "አበበ", "สมชาย", "अनिता", "মিতা", "Ἀθηνᾶ", "ნინო", "דוד", "ພອນ", "김민준", "サクラ"):
        with suppress(InputError):
            assert press.pdf(facts_of(programme, Person("A1", name), "en", 1, "line")).startswith(b"%PDF")


def test_nothing_is_certified_without_attendance_names_or_a_condition(tmp_path: Path) -> None:
    decided(tmp_path)
    with pytest.raises(InputError, match="names and addresses"):
        issue(Edition.open(tmp_path / "results"))
    text = (tmp_path / "programme.toml").read_text()
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    with pytest.raises(NotFoundError, match="selection attendance"):
        issue(found)
    (tmp_path / "programme.toml").write_text(
        text.split("[[completion]]")[0] + "[[session]]" + text.split("[[session]]", 1)[1]
    )
    found = Edition.open(tmp_path / "results", tmp_path / "programme.toml")
    (tmp_path / "all.csv").write_text(ALL)
    write(attend(found, [tmp_path / "all.csv"]), [tmp_path / "all.csv"])
    with pytest.raises(ProgrammeError, match=r"no \[\[completion\]\]"):
        issue(found)


def test_a_record_that_is_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no record of certificates"):
        check(tmp_path, "x")
    (tmp_path / RECORD).write_text("[]")
    with pytest.raises(OutputError, match="is not a record"):
        check(tmp_path, "x")
