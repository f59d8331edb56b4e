"""Properties of draws and of chances, which are no selections of rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from selection.auditing.verification import Offence


def lottery_iia(draw: Callable[[Sequence[str]], Sequence[str]], ids: Sequence[str]) -> tuple[Offence, ...]:
    """Whoever's removal changes the order of the others in a draw; `draw(ids)` gives the ids in drawn order.

    Keyed tickets pass; a draw that counts places in the list (RFC 3797) does not.
    """
    whole = list(draw(list(ids)))
    found = []
    for one in ids:
        rest = [other for other in ids if other != one]
        now, before = list(draw(rest)), [other for other in whole if other != one]
        if now != before:
            first = next(a for a, b in zip(before, now, strict=False) if a != b)
            said = f"Without {one} the others stand in another order, from {first} on."
            found.append(Offence("lottery_iia", said, (one, first)))
    return tuple(found)


def leximin_symmetry(
    chances: Mapping[str, float], signatures: Mapping[str, Hashable], tolerance: float = 1e-9
) -> tuple[Offence, ...]:
    """Pairs of applicants whom nothing tells apart and who have different chances of a seat."""
    found, first = [], dict[Hashable, str]()
    for one, signature in signatures.items():
        other = first.setdefault(signature, one)
        if abs(chances[one] - chances[other]) > tolerance:
            said = f"{other} and {one} are alike, and have chances of {chances[other]:.4f} and {chances[one]:.4f}."
            found.append(Offence("leximin_symmetry", said, (other, one)))
    return tuple(found)
