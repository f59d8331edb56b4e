"""Rounds of a public beacon, named before they come out.

drand (drand.love) signs a number every few seconds; its randomness is SHA-256 of the signature. Here that hash and the
time of a round are checked. That the signature itself is the network's (BLS12-381) is for drand's own clients to check.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from selection.errors import InputError, did_you_mean


@dataclass(frozen=True)
class Chain:
    """A drand network: the hash of its public facts, its first second, seconds between rounds."""

    sha256: str
    genesis: int
    period: int


CHAINS: Final[Mapping[str, Chain]] = MappingProxyType(
    {
        "default": Chain("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce", 1_595_431_050, 30),
        "quicknet": Chain("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", 1_692_803_367, 3),
    }
)

_WRITTEN: Final = re.compile(r"drand\s+(\w+)\s+round\s+([1-9][0-9]*)")


@dataclass(frozen=True)
class Beacon:
    """One round of a drand network."""

    chain: str
    round: int

    def __post_init__(self) -> None:
        if self.chain not in CHAINS:
            hint = f"{did_you_mean(self.chain, CHAINS)} Known: {', '.join(CHAINS)}."
            sentence = f"There is no drand network {self.chain!r}.{hint}"
            raise InputError("unknown_beacon", sentence, known=list(CHAINS))
        if self.round < 1:
            raise InputError("unknown_beacon", f"drand counts its rounds from 1, so there is no round {self.round}.")

    @classmethod
    def parse(cls, text: str) -> Beacon:
        """The beacon of a text such as `drand quicknet round 657413`."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            sentence = f"{text!r} names no beacon round: write it as 'drand quicknet round 657413'."
            raise InputError("unknown_beacon", sentence, beacon=text)
        return cls(found[1], int(found[2]))

    @classmethod
    def after(cls, chain: str, moment: datetime) -> Beacon:
        """The first round that comes out after a moment (with its time zone)."""
        facts = CHAINS[cls(chain, 1).chain]
        passed = _seconds(moment) - facts.genesis
        return cls(chain, max(passed // facts.period + 2, 1))

    def __str__(self) -> str:
        return f"drand {self.chain} round {self.round}"

    @property
    def at(self) -> datetime:
        """When the round comes out."""
        facts = CHAINS[self.chain]
        return datetime.fromtimestamp(facts.genesis, UTC) + timedelta(seconds=(self.round - 1) * facts.period)


def _seconds(moment: datetime) -> int:
    """Whole seconds since 1970, fractions dropped towards the past."""
    if moment.tzinfo is None:
        raise InputError("no_time_zone", f"The time {moment.isoformat()} has no time zone.", time=moment.isoformat())
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def randomness_of(signature: str) -> str:
    """The randomness of a drand round from its signature, both in hex: SHA-256 of the signature's bytes."""
    try:
        return hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    except ValueError:
        raise InputError("not_hex", "The signature is not in hexadecimal digits.") from None
