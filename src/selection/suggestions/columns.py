"""Columns of a table taken for fields of an applicant: by their headings in many languages, and by what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, Final

from selection.intake.forms import NO
from selection.intake.mailboxes import normalised_email
from selection.suggestions.drafts import Draft
from selection.suggestions.mapping import Unmapped, mapped, nearest_word, plain, word_for, word_lists
from selection.suggestions.moments import NO_TIME, writing
from selection.suggestions.options import Choice, choices
from selection.suggestions.places import countries
from selection.suggestions.preview import Look
from selection.vocabulary import COUNTRY_FIELDS, USUAL

#: How well a heading says that a column is a field.
EXACT, WITHIN = 2, 1
LONGEST: Final = 300
LOOKED_AT: Final = 200

#: How exports end headings that they cut short.
CUT_SHORT: Final = ("..", "…")

#: Separators between several answers in one cell.
SPLITS: Final = (";", "|", ",", " ")


def guesses(looks: Sequence[Look], taken: frozenset[str], split: str | None) -> Iterator[Draft]:
    """A draft for each field that is not taken yet and for which some column speaks; no column is used twice."""
    left = list(looks)
    if "sector" not in taken:
        found = _sector_options(left)
        if found is not None:
            stems = {plain(h) for h in (found.notes[0],)} if found.notes else set()
            left = [k for k in left if k.place not in found.places and plain(k.heading) not in stems]
            yield Draft(found.name, found.keys, found.places, found.sure, found.why, found.unmapped)
            taken |= {"sector"}
    for name in word_lists()["headings"]:
        if name in taken:
            continue
        # Of two columns whose headings speak alike the one that holds something.
        ranked = sorted(
            ((_heading(name, k.heading), k) for k in left), key=lambda one: (-one[0], not one[1].counts, one[1].place)
        )
        drafts = (_draft(name, look, rank == EXACT, split) for rank, look in ranked if rank)
        draft = next((d for d in drafts if d is not None), None)
        if draft is None and name in _BY_CELLS:
            draft = next((d for look in left if (d := _by_cells(name, look)) is not None), None)
        if draft is not None:
            left = [look for look in left if look.place not in draft.places]
            yield draft


_BY_CELLS: Final = frozenset({"email", "country", "submitted_at"})


@cache
def _keywords(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    lists = word_lists()
    wanted, unwanted = lists["headings"].get(name, ()), lists["not_headings"].get(name, ())
    return tuple(map(plain, wanted)), tuple(map(plain, unwanted))


def _heading(name: str, heading: str) -> int:
    """How well a heading speaks for a field: exactly one of its names, one within it, or not at all.

    Exports write the group of a question before it, `about/country`, and cut long questions short, `In which coun..`.
    """
    heading = heading[:LONGEST]
    ways = {plain(way) for way in (heading, *(heading.rpartition(sign)[2] for sign in "/.-"))}
    wanted, unwanted = _keywords(name)
    if ways & {*wanted}:
        return EXACT
    text = plain(heading.rpartition("/")[2] or heading)
    if any(word and word in text for word in unwanted) or (name in ("id", "submitted_at") and len(text) > 40):
        return 0
    if any(_within(word, text) for word in wanted):
        return WITHIN
    return WITHIN if heading.rstrip().endswith(CUT_SHORT) and any(_begun(word, text) for word in wanted) else 0


def _within(word: str, text: str) -> bool:
    """Whether a word begins in a text where a word may begin; in scripts without spaces anywhere."""
    if not word or (len(word) < 3 and word.isascii()):
        return False
    return f" {text}".find(f" {word}") >= 0 if word.isascii() else word in text


def _begun(word: str, text: str) -> bool:
    """Whether a text ends in the first half of a word, or in more of it."""
    ends = (text[place:] for place in range(max(0, len(text) - len(word)), len(text) - 3))
    return any(word.startswith(end) and 2 * len(end) > len(word) and f" {text}".endswith(f" {end}") for end in ends)


def _draft(name: str, look: Look, exact: bool, split: str | None) -> Draft | None:
    """A draft of a field from one column whose heading speaks for it; None if its cells speak against it."""
    keys = _place(look)
    why = "by its heading" if exact else "its heading speaks of it"
    places = frozenset({look.place})
    if not look.counts:
        return Draft(name, keys, places, False, f"{why}; the column is empty") if exact else None
    if name in COUNTRY_FIELDS:
        return _country(name, look, exact, why)
    if name in USUAL:
        return _vocabulary(name, look, exact, why, split)
    if name == "email":
        return Draft(name, keys, places, exact, f"{why} and its cells") if _addresses(look) >= 0.5 else None
    if name == "submitted_at":
        return _moments(look, why)
    if name == "id":
        apart = no_id(look) is None
        return Draft(name, keys, places, False, f"{why}, and no two rows have the same") if apart else None
    if name == "years_experience":
        return Draft(name, {**keys, "type": "number"}, places, False, why) if _numbers(look) >= 0.5 else None
    if name in ("name", "organisation") and (_addresses(look) > 0.1 or _numbers(look) > 0.5):
        return None
    return Draft(name, keys, places, False, why)


def no_id(look: Look) -> str | None:
    """What speaks against a column as that of ids though its heading speaks of them; None if nothing does."""
    if not look.counts or not _heading("id", look.heading):
        return None
    if any("@" in text for text in look.texts):
        return "its cells hold addresses, which ids in public lists would show"
    several = sum(number for number in look.counts.values() if number > 1)
    return f"{several:,} rows share it with another, and would be one applicant's by it" if several else None


def _by_cells(name: str, look: Look) -> Draft | None:
    """A draft of a field from one column whose cells alone speak for it."""
    if name == "email":
        sure = _addresses(look) >= 0.9
        return Draft(name, _place(look), frozenset({look.place}), False, "its cells are addresses") if sure else None
    if name == "country":
        found = countries(look) if len(look.counts) > 2 else None
        if found is None or found.codes or found.share < 0.8:
            return None
        return _country(name, look, False, "its cells are names of countries")
    found_times = writing(look.counts)
    if found_times is None or len(look.counts) < 2 or look.place > 5:
        return None
    return _moments(look, "its cells are times")


def _place(look: Look) -> dict[str, Any]:
    return {"column": look.heading, **({"occurrence": look.occurrence} if look.occurrence is not None else {})}


def _addresses(look: Look) -> float:
    cells = list(islice(look.counts, LOOKED_AT))
    return sum(1 for c in cells if isinstance(c, str) and normalised_email(c)) / max(1, len(cells))


def _numbers(look: Look) -> float:
    cells = [str(c) for c in islice(look.counts, LOOKED_AT)]
    return sum(1 for c in cells if c.replace(",", "").replace(".", "").isdigit()) / max(1, len(cells))


def _country(name: str, look: Look, exact: bool, why: str) -> Draft | None:
    found = countries(look)
    if found is None or (found.share < 0.5 and not exact):
        return None
    keys = {**_place(look), **({"codes": found.codes} if found.codes else {})}
    lone = found.codes and len(look.texts) < 2
    sure = exact and found.share >= 0.95 and not lone
    how = f"all cells are {found.codes} codes" if found.codes else f"{found.share:.0%} of its different cells resolve"
    return Draft(name, keys, frozenset({look.place}), sure, f"{why}; {how}", found.unresolved)


def _vocabulary(name: str, look: Look, exact: bool, why: str, split: str | None) -> Draft | None:
    """A field of closed words: how its cells are split, which answers are words of it, and which are not."""
    cut, answers = _cut(name, look, split)
    found = mapped(name, answers)
    if not exact and found.share < 0.25 and len(answers) > 30:
        return None
    keys = {**_place(look), **({"split": cut} if cut else {})}
    sure = exact and found.share == 1
    values = found.values if found.share > 0 else {}
    return Draft(name, keys, frozenset({look.place}), sure, why, found.unmapped, values=values)


def _cut(name: str, look: Look, split: str | None) -> tuple[str | None, Mapping[str, int]]:
    """The separator under which most answers are words of the field, and the answers it makes."""
    whole = {" ".join(text.split()): rows for text, rows in look.texts.items()}
    if name != "sector":
        return None, whole
    ways: list[tuple[float, str | None, Mapping[str, int]]] = [(mapped(name, whole).share, None, whole)]
    for sign in (*([split] if split else ()), *(s for s in SPLITS[:3] if s != split)):
        if any(sign in text for text in whole):
            parts = _parts(whole, sign)
            bonus = 0.01 if sign == split or len(parts) < len(whole) else 0.0
            ways.append((mapped(name, parts).share + bonus, sign, parts))
    best = max(ways, key=lambda way: way[0])
    spaced = split == " " and any(" " in text for text in whole)
    return best[1] or (None if spaced else split), best[2]


def _parts(whole: Mapping[str, int], sign: str) -> Mapping[str, int]:
    parts: dict[str, int] = {}
    for text, rows in whole.items():
        for part in filter(None, map(str.strip, text.split(sign))):
            parts[part] = parts.get(part, 0) + rows
    return parts


def _moments(look: Look, why: str, cells: Iterable[Any] | None = None) -> Draft | None:
    found = writing(look.counts if cells is None else cells)
    if found is None:
        return None
    keys, places = _place(look), frozenset({look.place})
    if found.known is None:
        ways = " or ".join(f'dates = "{form}"' for form in found.formats)
        said = f"{found.example!r} may be read in several ways; say which: {ways}"
        return Draft("submitted_at", keys, places, False, why, open=said)
    keys = keys if found.known == "iso" else {**keys, "dates": found.known}
    said = f"{found.zone} may be several zones; say with timezone which one is meant" if found.zone else ""
    return Draft("submitted_at", keys, places, False, why, open=said)


def times_of(keys: Mapping[str, Any], looks: Sequence[Look], places: frozenset[int], why: str) -> Draft | None:
    """The time column that a system writes itself, or its day and its hour, with the format its cells are in."""
    cells = _joined(looks) if len(looks) > 1 else [*looks[0].counts]
    found = _moments(looks[0], why, cells)
    if found is None:
        example = next((text for text in looks[0].texts if text not in NO_TIME), None)
        said = f'{example!r} is written in no way known here; say how with dates = "..."'
        return None if example is None else Draft("submitted_at", keys, places, False, why, open=said)
    dates = {k: v for k, v in found.keys.items() if k == "dates"}
    sure = not found.open
    return Draft("submitted_at", {**keys, **dates}, places, sure, found.why, open=found.open)


def _joined(looks: Sequence[Look]) -> list[str]:
    """The cells of a day's and an hour's column as the reader puts them together."""
    day, hour = (look.column for look in looks[:2])
    pairs = ((day.at(row), hour.at(row)) for row in range(min(len(day), LOOKED_AT)))
    return [str(d) if h is None else f"{d:%Y-%m-%d} {h}" if isinstance(d, date) else f"{d} {h}" for d, h in pairs if d]


def _sector_options(looks: Sequence[Look]) -> Draft | None:
    """The question whose columns, one for each option, are about sectors."""
    found = [(rank, choice) for choice in choices(looks) if (rank := _about_sectors(choice))]
    if not found:
        return None
    _, choice = max(found, key=lambda one: (one[0], -one[1].options[0][1].place))
    options, open_options = {}, []
    for option, look in choice.options:
        if plain(option) in ("other", "autre", "otro", "andere", "sonstiges") and not word_for("sector", option):
            continue
        word = word_for("sector", option)
        options[look.heading] = word or option
        if word is None:
            rows = sum(number for cell, number in look.counts.items() if str(cell) in choice.yes)
            open_options.append(Unmapped(look.heading, rows, nearest_word("sector", option)))
    if not options or len({look.heading for _, look in choice.options}) < len(choice.options):
        return None
    keys: dict[str, Any] = {"options": options, **({"yes": list(choice.yes)} if choice.yes else {})}
    if any(word.casefold() not in NO for word in choice.no):
        keys["no"] = list(choice.no)
    places = frozenset(look.place for _, look in choice.options)
    sure = not open_options
    return Draft("sector", keys, places, sure, "a column for each option", tuple(open_options), notes=(choice.stem,))


def _about_sectors(choice: Choice) -> int:
    """Whether a question with options asks for sectors: by its stem, or since its options are words of sectors."""
    by_words = sum(1 for option, _ in choice.options if word_for("sector", option))
    return (10 if _heading("sector", choice.stem) else 0) + (by_words if 2 * by_words >= len(choice.options) else 0)
