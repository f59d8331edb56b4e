"""The keyed order of draft-thomson-elegy-vrs-00 (Thomson 2023): HKDF with a hash chain committed to beforehand.

The organiser publishes the last link of a chain of hashes over a secret, then public randomness comes out, then the
link before is revealed and keys the draw; each later round of substitutes reveals one link more.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from selection.draws.tickets import distinct


def link(secret: bytes, times: int) -> bytes:
    """The secret hashed so many times with SHA-256: what is published, or revealed one step short of that."""
    for _ in range(times):
        secret = hashlib.sha256(secret).digest()
    return secret


def check_link(published: str, revealed: str, steps: int = 1) -> bool:
    """Whether a revealed link leads to the published one in so many steps."""
    return hmac.compare_digest(link(bytes.fromhex(revealed), steps), bytes.fromhex(published))


def key(revealed: bytes, randomness: str) -> bytes:
    """The key of a round: HKDF-Extract (RFC 5869), the revealed link as salt, public randomness as input."""
    return hmac.digest(revealed, randomness.encode(), "sha256")


def position(prk: bytes, label: str) -> str:
    """Where a label stands, as hex: HKDF-Expand (RFC 5869) of one block, the label as context."""
    return hmac.digest(prk, label.encode("utf-8", "surrogatepass") + b"\x01", "sha256").hex()


def order(labels: Iterable[str], revealed: bytes, randomness: str) -> list[tuple[str, str]]:
    """All labels with their positions, in ascending order, whatever order they come in."""
    prk = key(revealed, randomness)
    return sorted((position(prk, label), label) for label in distinct(labels))
