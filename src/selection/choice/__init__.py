"""Blocks, structure class, the exact methods, the record of each refusal at its turn."""
