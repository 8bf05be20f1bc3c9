"""Sweeps: many worlds from one design, run anywhere, kept in a store that is never half full."""
