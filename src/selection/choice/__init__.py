"""Blocks, structure class, the exact methods, the record of each refusal at its turn."""

from selection.choice.block import Solved, solve
from selection.choice.problem import BlockProblem, Refusal, Solution
from selection.choice.seating import Blocked, Choice, LeftOut, SeatedBlock, choose
from selection.choice.signatures import CapKey, Signatures, signatures

__all__ = [
    "BlockProblem",
    "Blocked",
    "CapKey",
    "Choice",
    "LeftOut",
    "Refusal",
    "SeatedBlock",
    "Signatures",
    "Solution",
    "Solved",
    "choose",
    "signatures",
    "solve",
]
