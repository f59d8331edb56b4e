"""Whether explanations are true: every claim tried by giving out the seats again with that one thing changed."""

from selection.faithfulness.trials import KINDS, Faithfulness, spread, tried

__all__ = ["KINDS", "Faithfulness", "spread", "tried"]
