"""A commitment published before a draw, and its check afterwards.

It fixes the rules, the pool and a beacon round that nobody knows yet; the seed follows from the commitment and the
beacon's randomness, so whoever holds these three can compute every ticket.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final

from selection.applicants import Pool
from selection.draws.beacons import Beacon, randomness_of
from selection.errors import InputError, PolicyError
from selection.policy import Policy

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Commitment:
    """What is fixed before a draw: hashes of policy and pool, and a named beacon round.

    `beacon` is free text, so that any public source can be named; drand rounds (`Beacon`) are also checked.
    """

    policy_sha256: str
    pool_sha256: str
    beacon: str

    def canonical(self) -> str:
        """The commitment as it is published: JSON on one line, keys sorted, nothing but ASCII, no line end."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        """SHA-256 of the published line."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def seed(self, randomness: str) -> str:
        """The seed of the draw: SHA-256 of `commitment:randomness`, both in hex."""
        said = randomness.strip().lower()
        if not _SHA256.fullmatch(said):
            sentence = "The beacon's randomness is 64 hexadecimal digits, as SHA-256 gives them."
            raise InputError("bad_randomness", sentence)
        return hashlib.sha256(f"{self.sha256}:{said}".encode()).hexdigest()

    @classmethod
    def parse(cls, text: str) -> Commitment:
        """The commitment of a published line."""
        try:
            read = json.loads(text)
            if isinstance(read, dict) and set(read) == {f.name for f in fields(cls)}:
                return cls(**{name: str(value) for name, value in read.items()})
        except ValueError:
            pass
        sentence = "This is no commitment: it is one line of JSON with policy_sha256, pool_sha256 and beacon."
        raise InputError("bad_commitment", sentence)


def commit(policy: Policy, pool: Pool, beacon: Beacon | str | None = None) -> Commitment:
    """The commitment to publish before the beacon round; by default the one named in the policy's [lottery]."""
    named = beacon if beacon is not None else policy.lottery.beacon
    if named is None:
        sentence = 'No beacon is named: add a line such as  beacon = "drand quicknet round 657413"  to [lottery].'
        raise PolicyError("no_beacon", sentence)
    return Commitment(policy.fingerprint, pool.sha256, str(named))


def check(
    commitment: Commitment,
    policy: Policy,
    pool: Pool,
    *,
    seed: str | None = None,
    signature: str | None = None,
    randomness: str | None = None,
    published: datetime | None = None,
) -> dict[str, bool]:
    """What holds of a commitment after the draw, a line for each question that could be asked.

    `policy` and `pool` are always compared; `randomness` with SHA-256 of the drand `signature`; `seed` with what
    follows from the randomness; `published` with the time of the round. All answers must be true.
    """
    answers = {
        "policy": _same(commitment.policy_sha256, policy.fingerprint),
        "pool": _same(commitment.pool_sha256, pool.sha256),
    }
    if signature is not None:
        found = randomness_of(signature)
        if randomness is not None:
            answers["randomness"] = _same(found, randomness.strip().lower())
        randomness = found
    if seed is not None and randomness is not None:
        answers["seed"] = _same(commitment.seed(randomness), seed)
    if published is not None:
        answers["published_before"] = published < Beacon.parse(commitment.beacon).at
    return answers


def _same(one: Any, other: Any) -> bool:
    return hmac.compare_digest(str(one).encode(), str(other).encode("utf-8", "surrogatepass"))
