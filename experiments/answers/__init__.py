"""Answers: what many worlds say together, from sensitivity to robust contracts."""
