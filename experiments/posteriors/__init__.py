"""Posteriors: draws of the assumptions that agree with known facts, and where draws come from."""
