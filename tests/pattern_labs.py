"""The labs of the tests: central parameters and a few seeds, each shared by a file's patterns."""

from functools import cache

import numpy as np

from experiments.validation.pattern import Lab, Pattern
from model.parameters import load_registry

P = load_registry().values()


@cache
def lab(seed: int) -> Lab:
    return Lab(P, seed)


def holds(pattern: Pattern, seeds: tuple[int, ...] = (1,)) -> None:
    """Assert that the mean over seeds lies within the band, with a message that says all."""
    values = [pattern.value(lab(seed)) for seed in seeds]
    said = f"{pattern.id}: {values} should be within {pattern.low} to {pattern.high}"
    assert pattern.holds(float(np.mean(values))), f"{said} ({pattern.source})"


def named(pattern: Pattern) -> str:
    return pattern.id
