"""Decisions in words: facts recorded at the turn, rendered last from a catalogue of sentences by language."""

from selection.explanations.catalogues import catalogue
from selection.explanations.editions import EDITIONS, explanations
from selection.explanations.explanation import Explanation, explain
from selection.explanations.facts import Contribution, CutOff

__all__ = ["EDITIONS", "Contribution", "CutOff", "Explanation", "catalogue", "explain", "explanations"]
