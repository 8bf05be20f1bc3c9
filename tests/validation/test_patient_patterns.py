"""Patterns of patients that the model must show though nothing was fitted to them."""

import pytest
from pattern_labs import holds, lab, named

from experiments.validation.patients import NO_THERAPY, PATTERNS, SPAN, stops_by_distance


@pytest.mark.parametrize("pattern", PATTERNS, ids=named)
def test_patients_fare_as_seen_elsewhere(pattern):
    holds(pattern)


def test_enough_are_treated_at_a_distance_to_tell():
    assert stops_by_distance(lab(1))[1, 1] > 2_000


def test_in_the_world_without_therapy_nobody_is_treated():
    world = lab(1).world(0.01, SPAN, lab(1).p.replace(NO_THERAPY)).run(11)

    assert world.tally.sessions.sum() == 0
