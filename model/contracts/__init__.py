"""Contracts: clauses that add up, one a file."""
