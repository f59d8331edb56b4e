"""The sentences that facts allow, in the words of a language: which are said, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from selection.applicants import canonical_text
from selection.assessment import points
from selection.explanations.catalogues import Words
from selection.policy import MICRO

Facts = Mapping[str, Any]


def applicant(facts: Facts, words: Words, *, proved: bool = True) -> str:
    """One short paragraph without anybody else's data."""
    said, section = spoken(facts, words), words["applicant"]
    parts = [words["status"][facts["status"]].format_map(said), section[sentence(facts)].format_map(said)]
    if needed(facts, proved):
        parts += [cutoff(facts, words, "applicant"), enough(facts["threshold"], words, "applicant")]
    return words.between.join(parts)


def officer(facts: Facts, words: Words, *, proved: bool = True) -> str:
    """Everything recorded, a line for each fact."""
    said, section = spoken(facts, words), words["officer"]
    if facts["rank"] is None:
        return "\n".join([section["unranked"].format_map(said), section[sentence(facts)].format_map(said)])
    lines = [section["heading"].format_map(said)]
    lines += [contribution(one["criterion"], one["points"], one["seen"], words) for one in facts["contributions"]]
    lines.append(section["total"].format_map(said))
    lines += [section[one].format_map(said) for one in ("tier", "ticket", "seat") if has(facts, one)]
    lines.append(section[sentence(facts)].format_map(said))
    if facts["displaced"]:
        lines.append(section["displaced"])
    if needed(facts, proved):
        lines += [cutoff(facts, words, "officer"), enough(facts["threshold"], words, "officer")]
    return "\n".join(lines)


def has(facts: Facts, line: str) -> bool:
    """Whether the officer's text has this line."""
    return facts["tier_name" if line == "tier" else line] is not None


def needed(facts: Facts, proved: bool) -> bool:
    """Whether to say what would have been enough: only of the refused, and only where it is proved."""
    return proved and facts["status"] in ("waitlisted", "declined") and facts["reason"] != "no_block"


def sentence(facts: Facts) -> str:
    """The sentence of the reason, in the form its facts allow."""
    reason = str(facts["reason"])
    if reason == "reserve" and not facts["because_of"]:
        return "reserve_joint"
    if reason == "reserved" and not facts["kept_for"]:
        return "reserved_joint"
    if reason == "capacity" and facts["rank"] < (facts["last"] or 0):
        return "capacity_short"
    if reason == "missing_field" and facts["why"]:
        return "missing_reason"
    return reason


def spoken(facts: Facts, words: Words) -> dict[str, Any]:
    """The facts as they stand in a sentence."""
    common = {
        "id": words.apart(facts["id"]),
        "status": words["statuses"][facts["status"]],
        **{name: facts[name] and words.apart(facts[name]) for name in ("rule", "field", "stands")},
        "why": facts["why"] and words.apart(str(facts["why"]).removesuffix(".")),
        "seen": _seen(facts["seen"], words),
    }
    return common if facts["rank"] is None else {**common, **_of_ranked(facts, words)}


def _of_ranked(facts: Facts, words: Words) -> dict[str, Any]:
    reserves = facts["because_of"] if facts["reason"] == "reserve" else facts["kept_for"]
    caps = [f"{words.apart(capped(one))} ({words.number(one['seats'])})" for one in facts["caps"]]
    return {
        **{name: number(facts[name], words) for name in ("rank", "ranked", "position", "last", "tier", "score")},
        "points": words.count("points", facts["score"]),
        "seats": words.count("seats", facts["selected"]),
        "reserves": ", ".join(map(words.apart, reserves)),
        "caps": ", ".join(caps),
        "facts": ", ".join([words.count("seats", facts["seats"]), *caps]),
        "name": facts["tier_name"] and words.apart(facts["tier_name"]),
        **{name: facts[name] and words.apart(str(facts[name])) for name in ("ticket", "seat", "block")},
    }


def number(value: int | Decimal | None, words: Words) -> str:
    """A number in a sentence, nothing for none."""
    return "" if value is None else words.number(value)


def capped(cap: Mapping[str, Any]) -> str:
    """A cap by its name, with the value it is kept on."""
    return str(cap["cap"]) if cap["value"] is None else f"{cap['cap']}: {shown(cap['value'])}"


def contribution(criterion: str, given: Decimal, seen: Mapping[str, Any], words: Words) -> str:
    """The officer's line about one criterion."""
    said = {"points": words.number(given), "criterion": words.apart(criterion), "seen": _seen(seen, words)}
    return words["officer"]["points"].format_map(said)


def _seen(seen: Mapping[str, Any], words: Words) -> str:
    """What a rule saw, field by field."""
    return ", ".join(words.apart(f"{k} {shown(v)}") for k, v in seen.items())


def cutoff(facts: Facts, words: Words, edition: str) -> str:
    """The cut-off of the applicant's own signature."""
    last = facts["cutoff"]
    if not last:
        return words[edition]["no_cutoff"]
    score = words.count("points", last["score"])
    shown = {"rank": words.number(last["rank"]), "score": words.number(last["score"]), "points": score}
    return words[edition]["cutoff"].format_map(shown)


def enough(least: Decimal | None, words: Words, edition: str) -> str:
    """The threshold in words; a millionth above a round score is said as "more than" that score."""
    if least is None:
        return words[edition]["no_threshold"]
    below = points(int(least * MICRO) - 1)
    above = least.as_tuple().exponent == -6 and below == round(below, 5)
    score = below if above else least
    shown = {"score": words.number(score), "points": words.count("points", score)}
    return words[edition]["threshold_above" if above else "threshold"].format_map(shown)


def shown(value: Any) -> str:
    """A value that a rule saw."""
    return "missing" if value is None else canonical_text(value)
