"""What came of one country text: a code, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

AUTOMATIC = frozenset({"exact", "alias", "contained"})


@dataclass(frozen=True)
class Suggestion:
    """A country that the text may have meant; never taken without a person's word."""

    code: str
    name: str


@dataclass(frozen=True)
class Resolution:
    """The answer to one country text, with the known name that matched and where that name is from.

    `own` says that the name is one that the call added.
    """

    text: str
    code: str | None
    status: str
    matched: str | None = None
    source: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    own: bool = False

    @property
    def sentence(self) -> str:
        """One sentence that tells the officer what was understood, or what to decide."""
        quoted = f"'{self.text}'"
        choices = ", or ".join(f"{s.code} {s.name}" for s in self.suggestions)
        if self.status in AUTOMATIC:
            how = "contains" if self.status == "contained" else "is"
            return f"{quoted} {how} {self.code} ({self.matched}; {self.source})"
        if self.status == "ambiguous":
            return (
                f"{quoted} is ambiguous: {choices}" if choices else f"{quoted} is ambiguous: write the country in full"
            )
        if self.status == "several":
            return f"{quoted} names several countries" + (f": {choices}" if choices else "")
        if self.status == "region":
            return f"{quoted} is a region, not one country"
        if self.status == "not_a_country":
            return f"{quoted} is not a country" + (f" ({self.source})" if self.source else "")
        return f"{quoted} is not a known country name" + (f"; perhaps {choices}" if choices else "")
