"""Country texts: what resolves, what is left to a person, and that nothing resolves to another country."""

from __future__ import annotations

import csv
import random
import string
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from selection.countries import Resolution, country, country_name, known_codes, reference, resolve_codes
from selection.countries.curated import joined_names, reviewed_names
from selection.countries.economies import listed
from selection.countries.name_index import name_index
from selection.countries.remake.catalogues import english_names, other_names, version
from selection.countries.remake.index import made_index
from selection.countries.repairing import repaired, unwrapped
from selection.countries.spelling import exact_key, folded_key, is_latin, joined_key
from selection.countries.suggesting import allowed_edits, distance, nearest_codes
from selection.errors import CountryDataError

HERE = Path(__file__).parent / "data"
SURE = ("exact", "alias", "contained")
DECLINED = ("ambiguous", "several", "region", "not_a_country", "unknown")


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def judged() -> Counter[tuple[str, str]]:
    """Spellings by tier and verdict: right, wrong, open, and open with the right first suggestion."""
    found: Counter[tuple[str, str]] = Counter()
    for row in table("country_spellings.csv"):
        answer = country(row["text"])
        if answer.code is not None:
            found[answer.status, "right" if answer.code == row["iso3"] else "wrong"] += 1
        elif row["iso3"] and row["kind"] != "either":
            first = answer.suggestions and answer.suggestions[0].code == row["iso3"]
            found["open", "first" if first else "other"] += 1
    return found


def test_exact_and_alias_tiers_are_never_wrong_on_the_spellings() -> None:
    assert judged()["exact", "wrong"] == judged()["alias", "wrong"] == 0


def test_contained_names_are_never_wrong_on_the_spellings() -> None:
    assert judged()["contained", "wrong"] == 0


def test_most_spellings_are_answered_and_most_of_the_rest_well_suggested() -> None:
    rows = [row for row in table("country_spellings.csv") if row["iso3"] and row["kind"] != "either"]
    right = sum(country(row["text"]).code == row["iso3"] for row in rows)
    assert right / len(rows) >= 0.90
    assert (right + judged()["open", "first"]) / len(rows) >= 0.97


@pytest.mark.parametrize(
    "row", [r for r in table("country_spellings.csv") if not r["iso3"]], ids=lambda row: row["text"] or "empty"
)
def test_texts_that_name_no_single_country_are_declined(row: dict[str, str]) -> None:
    answer = country(row["text"])
    assert answer.code is None
    assert answer.status in DECLINED


@pytest.mark.parametrize("row", table("catalogue_errors.csv"), ids=lambda row: f"{row['locale']} {row['text']}")
def test_errors_of_the_catalogues_are_not_repeated(row: dict[str, str]) -> None:
    answer = country(row["text"])
    if row["problem"].startswith("CLDR uses it for "):
        right = row["problem"].removeprefix("CLDR uses it for ")
        assert answer.code in (None, right)
    else:
        assert answer.code is None or answer.code in row["pycountry_iso3"].split()


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_every_name_in_every_catalogue_resolves_to_its_country_or_is_declared_ambiguous(code: str) -> None:
    for text in names_by_code()[code]:
        answer = country(text)
        if answer.code is None:
            assert answer.status in ("ambiguous", "region", "not_a_country") or short(text) or place(answer), (
                text,
                answer,
            )
        elif answer.code != code:
            assert text in KNOWN_CATALOGUE_ERRORS or english(text) == answer.code, (text, answer)


@cache
def names_by_code() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name in (*english_names(), *other_names()):
        found[name.code].add(name.text)
    for code, entry in listed().items():
        found[code].add(entry.name)
    return {code: tuple(sorted(texts)) for code, texts in found.items()}


KNOWN_CATALOGUE_ERRORS = frozenset(row["text"] for row in table("catalogue_errors.csv"))


def english(text: str) -> str | None:
    """The country that reviewed or English names give the text to: they win over other languages."""
    answer = country(text)
    return answer.code if answer.source and ("English" in answer.source or "csv" in answer.source) else None


def place(answer: Resolution) -> bool:
    return answer.source == "country_names.csv, place"


def short(text: str) -> bool:
    return len(folded_key(text).replace(" ", "")) < 4


@pytest.mark.parametrize("code", sorted(known_codes()))
def test_every_shipped_name_and_code_resolves(code: str) -> None:
    name = country_name(code)
    expected = None if name == "Congo" else code
    assert country(name).code == expected
    assert resolve_codes(code, "alpha-3").code == code
    assert resolve_codes(listed()[code].alpha2.lower(), "alpha-2").code == code
    if listed()[code].numeric:
        assert resolve_codes(str(int(listed()[code].numeric)), "numeric").code == code


def test_no_key_names_two_countries() -> None:
    by_key: dict[str, set[tuple[tuple[str, ...], bool]]] = defaultdict(set)
    for name in reviewed_names():
        if name.kind != "code":
            by_key[exact_key(unwrapped(repaired(name.text)) or name.text)].add((name.codes, name.kind == "ambiguous"))
    assert not {key: found for key, found in by_key.items() if len(found) > 1}


def test_reviewed_rows_are_well_formed() -> None:
    kinds = {"alias", "misspelling", "demonym", "code", "ambiguous", "dissolved", "region", "not_a_country", "place"}
    for name in reviewed_names():
        assert name.kind in kinds
        assert set(name.codes) <= known_codes()
        assert name.source
        if name.kind in ("alias", "misspelling", "demonym", "code"):
            assert len(name.codes) == 1, name
            assert country(name.text).code == name.codes[0], name


def test_the_index_is_fresh() -> None:
    held = reference.content("country_index.bin")
    if version() not in str(name_index().head["made_from"]):
        pytest.skip(f"the index was made from {name_index().head['made_from']}, here is {version()}")
    assert held == made_index(), "run: python -m selection.countries.remake"


TRAPS = [
    ("Guinea-Bisau", "GNB"),
    ("Guinea-Bissuan", "GNB"),
    ("Nigeri", None),
    ("Nigeriia", None),
    ("Észak-Korea", "PRK"),
    ("D. P. R. of Korea", "PRK"),
    ("مصر", "EGY"),
    ("Mỹ", "USA"),
    ("United Satets", None),
    ("Republic of Korea", "KOR"),
    ("Kosovo", "XKX"),
    ("Niger", "NER"),
    ("NA", None),
    ("None", None),
    ("Christmas Island", "CXR"),
    ("Bribie Island", None),
    ("Island", None),
    ("Isle of Man", "IMN"),
    ("Jordan Smith", None),
    ("Chad Williams", None),
    ("Atlanta, Georgia", None),
    ("Lebanon, NH", None),
    ("Georgia, USA", None),
    ("State of Georgia", None),
    ("Papa New Guinea", "PNG"),
    ("Outside India", None),
    ("not Kenya", None),
    ("New Mexico", None),
    ("Gulf of Guinea", None),
    ("Lake Chad", None),
    ("Suoth Sudan", None),
    ("Nroth Korea", None),
    ("Republic of China", "TWN"),
    ("People's Republic of China", "CHN"),
    ("Dominican Republic", "DOM"),
    ("Dominica", "DMA"),
    ("Republic of Dominica", None),
    ("Samoa", "WSM"),
    ("American Samoa", "ASM"),
    ("Ireland", "IRL"),
    ("Northern Ireland", "GBR"),
    ("to go", None),
    ("I ran", None),
    ("o man", None),
    ("per u", None),
    ("=1+1", None),
    ("", None),
    ("   ", None),
    ("123", None),
    ("a" * 5000, None),
    ("India, Kenya", None),
    ("Kenya / Uganda", None),
    ("Kenya and Atlantis", None),
    ("Dominican Rep., Bali", None),
    ("Neitsisaared, USA", None),
    ("USA, kleinere ausgelagerte Inseln", None),
    ("المالديف", "MDV"),
    ("مالطا", "MLT"),
    ("阿拉伯联合酋长国", "ARE"),
    ("马耳他", "MLT"),
    ("Центральноафриканская Республика", "CAF"),
    ("Монгол Улс", "MNG"),
    ("Congo (De. Rep.)", None),
    ("Congo, D. Rep.", None),
    ("République du Congo", "COG"),
    ("Republique de Congo", "COG"),
    ("ma Lawi", None),
    ("Insules periferic de USA", None),
    ("tigzirin n malawi", None),
    ("Sint Martin", None),
    ("St. Maartin", None),
    ("Sin-Martèn (Prasman)", None),
    ("Sint Maarten", "SXM"),
    ("Gren.", None),
    ("Mérjika", None),
]


@pytest.mark.parametrize(("text", "code"), TRAPS, ids=lambda value: repr(value)[:40])
def test_traps(text: str, code: str | None) -> None:
    assert country(text).code == code


CONFUSABLE = [
    "Niger/Nigeria",
    "Austria/Australia",
    "Mali/Malawi/Malta/Somalia",
    "Iran/Iraq",
    "Gambia/Zambia",
    "Slovakia/Slovenia",
    "Mauritius/Mauritania",
    "Guinea/Guinea-Bissau/Equatorial Guinea/Papua New Guinea",
    "Dominica/Dominican Republic",
    "DR Congo/Congo Republic",
    "North Korea/South Korea",
    "Samoa/American Samoa",
    "Sudan/South Sudan",
    "Togo/Tonga",
    "Latvia/Lithuania",
    "Paraguay/Uruguay",
]


@pytest.mark.parametrize("names", CONFUSABLE)
def test_confusable_names_stay_apart_one_letter_off(names: str) -> None:
    group = [(name, country(name).code) for name in names.split("/")]
    assert len({code for _, code in group}) == len(group)
    for name, code in group:
        for edited in edits(name):
            assert country(edited).code in (None, code), edited


ONE_LETTER_APART = frozenset(
    {"irak", "iraq", "iran", "zambia", "gambia", "sambia", "chine", "guyane", "rep del congo", "aussie"}
)
"""Known names of one country that are one letter away from a known name of another."""


def edits(name: str) -> set[str]:
    """Every text one letter away: dropped, doubled or another put in, changed, swapped."""
    letters = string.ascii_lowercase
    found = {name[:i] + name[i + 1 :] for i in range(len(name))}
    found |= {name[:i] + c + name[i:] for i in range(len(name) + 1) for c in letters}
    found |= {name[:i] + c + name[i + 1 :] for i in range(len(name)) for c in letters}
    found |= {name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1)}
    return {text for text in found - {name} if text.casefold() not in ONE_LETTER_APART}


def test_one_edit_away_from_a_name_never_gives_another_country() -> None:
    chance = random.Random(20251123)
    names = [(entry.name, code) for code, entry in listed().items() if entry.name != "Congo"]
    for name, code in names:
        for edited in chance.sample(sorted(edits(name)), 40):
            assert country(edited).code in (None, code), (name, edited)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(name=st.sampled_from([n for n in reviewed_names() if n.kind == "alias" and len(n.text) > 5]), data=st.data())
def test_one_edit_away_from_a_reviewed_name_is_never_another_country(name: object, data: st.DataObject) -> None:
    text, codes = name.text, name.codes  # type: ignore[attr-defined]
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    answer = country(text[:place] + letter + text[place + 1 :])
    assert answer.code in (None, *codes) or answer.text.casefold() in ONE_LETTER_APART


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(known_codes())), st.sampled_from(["upper", "lower", "title", "spaces", "wrapped", "dots"])
)
def test_case_spacing_and_wrapping_do_not_change_an_answer(code: str, change: str) -> None:
    name = country_name(code)
    changed = {
        "upper": name.upper(),
        "lower": name.lower(),
        "title": name.title(),
        "spaces": "  " + name.replace(" ", "  ") + "\t",
        "wrapped": f'"({name})"' if "(" not in name else f'"{name}"',
        "dots": name + ".",
    }[change]
    assert country(changed).code == country(name).code


def test_accents_and_apostrophes_do_not_change_an_answer() -> None:
    for text in (
        "Cote d'Ivoire",
        "CÔTE D’IVOIRE",
        "Cote dIvoire",
        "Côte d`Ivoire",
        "cote d ivoire",
        "C\u0302ote d'Ivoire",
    ):
        assert country(text).code == "CIV", text
    for text in ("Turkiye", "TÜRKİYE", "türkiye", "Tu\u0308rkiye"):
        assert country(text).code == "TUR", text
    assert country("السّودان").code == country("السودان").code == "SDN"


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text(alphabet=string.ascii_letters + " ", min_size=4, max_size=30))
def test_random_text_resolves_to_nothing(text: str) -> None:
    answer = country(text)
    letters, matched = folded_key(text).replace(" ", ""), (answer.matched or "").replace(" ", "")
    assert answer.code is None or matched in letters or matched.startswith(letters) or answer.status == "alias"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_an_answer_and_a_sentence(text: str) -> None:
    answer = country(text)
    assert answer.text == text
    assert (answer.code is not None) == (answer.status in SURE)
    assert answer.status in SURE + DECLINED
    assert answer.sentence
    assert answer.code is None or answer.source


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="abcéд", max_size=9), st.text(alphabet="abcéд", max_size=9))
def test_the_distance_of_two_texts_is_that_of_the_table(one: str, other: str) -> None:
    assert distance(one, other) == distance_by_table(one, other)


def distance_by_table(one: str, other: str) -> int:
    """Optimal string alignment as it is defined: a table of the distances between all beginnings."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            changed = table[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, changed)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(known_codes())), st.text(alphabet=string.ascii_lowercase, max_size=2), st.integers(0, 30))
def test_no_near_name_is_overlooked(code: str, slip: str, place: int) -> None:
    name = joined_key(folded_key(country_name(code)))
    typed = name[:place] + slip + name[place + 1 :]
    limit = allowed_edits(len(typed))
    if len(typed) >= 3:
        expected: dict[str, int] = {}
        for other, meant in joined_names():
            if is_latin(other) and (edits := OSA.distance(typed, other)) <= min(limit, expected.get(meant, 9)):
                expected[meant] = edits
        assert nearest_codes(typed) == expected


def test_the_own_table_of_a_call_wins() -> None:
    own = {"Kingdom of Foo": "KEN", "Congo": "COD", "-": "FRA"}
    assert country("kingdom of  FOO", aliases=own).code == "KEN"
    assert country("CONGO", aliases=own).code == "COD"
    assert country("Congo", aliases=own).source == "the call's own table of names"
    assert country("Congo").code is None
    assert country("Uganda", aliases=own).code == "UGA"
    with pytest.raises(CountryDataError, match="ZZZ"):
        country("x", aliases={"x": "ZZZ"})


def test_sentences_for_the_officer() -> None:
    assert country("Congo").sentence == "'Congo' is ambiguous: COG Congo, or COD Congo (Democratic Republic)"
    assert country("Kenia").sentence.startswith("'Kenia' is KEN ")
    assert country("Peru, Madagascar").sentence.startswith("'Peru, Madagascar' names several countries")
    assert country("Africa").sentence == "'Africa' is a region, not one country"
    assert country("USSR").sentence.startswith("'USSR' is not a country")
    assert "perhaps ETH Ethiopia" in country("ethiopa").sentence
    assert country("Ministry of Health of Kenya").sentence.startswith("'Ministry of Health of Kenya' contains KEN")


def test_columns_of_codes() -> None:
    assert resolve_codes("NA", "alpha-2").code == "NAM"
    assert resolve_codes(" na ", "alpha-2").code == "NAM"
    assert resolve_codes("4", "numeric").code == "AFG"
    assert resolve_codes("XK", "alpha-2").code == "XKX"
    assert resolve_codes("ZZ", "alpha-2").status == "unknown"
    assert resolve_codes("", "alpha-3").status == "not_a_country"
    assert resolve_codes("Kenya", "alpha-3").code is None


def test_a_code_that_is_a_word_counts_only_where_codes_are_declared() -> None:
    for word in ("AND", "CAN", "PER", "COM", "ARE", "MAR"):
        assert country(word).code is None, word
        assert resolve_codes(word, "alpha-3").code == word
    assert [s.code for s in country("KEN").suggestions] == ["KEN"]
    for text, code in (("KEN", None), ("TZA", "TZA"), ("tza", None), ("GER", "DEU"), ("ger", None)):
        assert country(text).code == code, text


def test_the_first_answer_needs_no_catalogue() -> None:
    code = (
        "import sys; from selection.countries import country; country('Österreich'); print('pycountry' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
