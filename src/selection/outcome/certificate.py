"""How an outcome is known to be the exact one, and the record that proves it without personal data."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from selection.errors import DISTRIBUTION

if TYPE_CHECKING:
    from selection.choice import SeatedBlock
    from selection.outcome.outcome import Outcome

#: What an outcome means; a new number only where the same policy, pool and seed would decide otherwise.
SEMANTICS = 1


def certificate(outcome: Outcome) -> dict[str, Any]:
    """Class, proof and compliance of each block, and how the caps were used."""
    structure = outcome.structure
    return {
        "class": structure.name,
        "withdrawals": structure.withdrawals,
        "exact": outcome.choice.proved,
        "solver": f"HiGHS {_installed('highspy')}",
        "blocks": [_block(outcome, seated) for seated in outcome.choice.blocks],
        "caps": _caps(outcome),
        "shortfalls": [asdict(short) for short in outcome.shortfalls],
    }


def _block(outcome: Outcome, seated: SeatedBlock) -> dict[str, Any]:
    solution = seated.solved.solution
    taken = seated.block.seats - seated.left
    return {
        "block": seated.block.name,
        "seats": seated.block.seats,
        "taken": taken,
        "unfilled": seated.left,
        "counting": seated.block.counting,
        "compliance": seated.block.compliance,
        "fill": seated.block.fill,
        "method": solution.method,
        "proof": solution.proof,
        "solver_calls": solution.calls,
        "reserves": _reserves(outcome, seated),
    }


def _reserves(outcome: Outcome, seated: SeatedBlock) -> list[dict[str, Any]]:
    codes = outcome.choice.signatures.code
    selected = outcome.choice.block_of == outcome.choice.blocks.index(seated)
    rows = []
    for g, (reserve, filled) in enumerate(zip(seated.block.reserves, seated.filled, strict=True)):
        member = (outcome.choice.signatures.masks[:, seated.place] >> g & 1).astype(bool)[codes]
        rows.append(
            {
                "reserve": reserve.name,
                "stated": reserve.rule.seats,
                "seats": reserve.seats,
                "filled": filled,
                "bound": _bound(seated, filled, reserve.seats, int(member.sum())),
                "short": reserve.seats - filled,
                "eligible_members": int(member.sum()),
                "selected_members": int((member & selected).sum()),
                "because_of": int(outcome.because_of[reserve.name].sum()),
            }
        )
    return rows


def _bound(seated: SeatedBlock, filled: int, seats: int, members: int) -> int:
    """The most this reserve could reach beside those before it: what it did if that is proved, else a plain count."""
    proved = seated.solved.solution.proved and seated.block.compliance == "order"
    return filled if proved else min(seats, members)


def _caps(outcome: Outcome) -> list[dict[str, Any]]:
    """Each cap with the fullest of its keys; the values themselves stay out where they could name somebody."""
    table = outcome.choice.signatures
    used = table.used(table.code[outcome.choice.selected])
    ends = [*table.offsets, len(used)][1:]
    return [
        {
            "cap": cap.name,
            "stated": cap.rule.seats,
            "seats": cap.seats,
            "most_used": int(used[start:end].max(initial=0)),
            "full": int((used[start:end] >= cap.seats).sum()),
        }
        for cap, start, end in zip(outcome.choice.plan.caps, table.offsets, ends, strict=True)
    ]


def record(outcome: Outcome) -> dict[str, Any]:
    """Everything an outsider needs to know which rules, which pool and which draw led to these decisions.

    Plain data, for JSON; the policy stands in its canonical form, whose compact JSON has the hash `policy_sha256`.
    """
    from selection.auditing.audit import told_apart
    from selection.countries import data_fingerprints

    seen = outcome.audit(list(told_apart(outcome.policy))).public()
    return {
        "semantics": SEMANTICS,
        "title": outcome.policy.title,
        "policy": json.loads(outcome.policy.canonical()),
        "policy_sha256": outcome.policy.fingerprint,
        "pool_sha256": outcome.intake.pool.sha256,
        "form_sha256": outcome.intake.form_sha256,
        "reference_data_sha256": data_fingerprints(),
        "seed": outcome.seed,
        "versions": versions(),
        "counts": {"rows": dict(outcome.intake.counts), "statuses": outcome.counts},
        "audit": {"smallest": seen.smallest, "totals": dict(seen.totals), "groups": seen.counts()},
        "certificate": outcome.certificate,
    }


def versions() -> dict[str, str]:
    """The versions of what took part."""
    return {
        "selection": library_version(),
        "python": platform.python_version(),
        **{name: _installed(name) for name in ("numpy", "pandas", "pydantic", "pycountry", "highspy")},
    }


@cache
def library_version() -> str:
    """The version of this library, also from a source tree."""
    return _installed(DISTRIBUTION)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
