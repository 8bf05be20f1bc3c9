"""Mangled input for every reader of the program, in a process with limits."""
