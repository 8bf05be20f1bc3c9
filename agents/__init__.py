"""Agents: who acts, and the rules by which they decide."""
