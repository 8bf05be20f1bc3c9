"""Nearest valid name for a misspelt one, so that an error also says how to repair it."""

from collections.abc import Iterable
from difflib import SequenceMatcher

_LONGEST_NAME = 100  # comparing much longer words would take minutes


def nearest_name(word: str, names: Iterable[str]) -> str | None:
    """Return the valid name that looks most like `word`, or None when there are none."""
    # The second sequence is the one difflib caches.
    matcher = SequenceMatcher(b=word[:_LONGEST_NAME])

    def likeness(name: str) -> float:
        matcher.set_seq1(name)
        return matcher.ratio()

    # Sorting first makes the answer independent of the order in which names arrive.
    return max(sorted(names), key=likeness, default=None)


def hint(word: str, names: Iterable[str]) -> str:
    """Return the tail of an error sentence that names the nearest valid name."""
    nearest = nearest_name(word, names)
    return "" if nearest is None else f"; the nearest valid name is '{nearest}'"
