"""Gaming: patterns seen elsewhere that therapists here must show too, each with its source."""

import pytest
from pattern_labs import holds, lab, named

from experiments.validation.gaming import PATTERNS, border_cases

SEEDS = (1, 2)


@pytest.mark.parametrize("pattern", PATTERNS, ids=named)
def test_therapists_game_as_seen_elsewhere(pattern):
    holds(pattern, SEEDS)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_there_are_enough_border_cases_to_tell(factor):
    """Over 500 in all: a standard error of less than two points."""
    assert sum(border_cases(lab(seed), factor)[0] for seed in SEEDS) > 500
