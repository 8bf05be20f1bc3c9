"""Scenarios: what a policy changes, as short files people can send each other."""
