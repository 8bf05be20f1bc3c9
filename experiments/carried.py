"""What ``experiments.carriers`` finds, reckoned once a comparison however often it is told.

Sentences of two languages, a document and a page ask the same correlations of the same runs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments import carriers as found
from experiments.carriers import Carrier
from experiments.comparison import Comparison


def carriers(
    comparison: Comparison, policy: str, measure: str = "neutrality", top: int | None = 5
) -> list[Carrier]:
    """Return the assumptions that carry an outcome (``experiments.carriers.carriers``)."""
    every = _once(comparison, ("carriers", policy, measure), lambda: found.carriers(
        comparison, policy, measure, None
    ))  # fmt: skip
    return every if top is None else every[:top]


def yearly_means(comparison: Comparison, policy: str, test: str, kind: str) -> np.ndarray:
    """Return the mean yearly amount of one budget test (``experiments.carriers.yearly_means``)."""
    tests = _once(comparison, ("tests", policy), lambda: found.tests_of(comparison, policy))
    chosen = sorted(key for key in tests if key[0] == kind)
    return np.array([getattr(tests[key], test).mean() for key in chosen])


def _once(comparison: Comparison, key: tuple, reckon: Callable[[], Any]) -> Any:
    """Return what was reckoned before, kept with the comparison itself and gone with it."""
    known = comparison.__dict__.setdefault("_reckoned", {})
    if key not in known:
        known[key] = reckon()
    return known[key]
