"""The rules of exercise therapy: profiles, need and walking distance."""

import math

import numpy as np
import pytest

from model.codes import PROFILE_3, PROFILE_4, PROFILE_5, PROFILE_ADVICE
from model.physiotherapy import (
    first_year_need,
    guideline_profile,
    monthly_retention,
    next_training,
    quarter_need,
    session_effect,
    walk_distance,
    wanted_care_score,
)

SHARES = np.array([0.4, 0.3, 0.2, 0.1])


@pytest.mark.parametrize(
    ("walk", "steps", "profile"),
    [
        (0.90, 9000, PROFILE_ADVICE), (0.70, 5000, PROFILE_ADVICE), (0.70, 4999, PROFILE_3),
        (0.69, 5000, PROFILE_4), (0.69, 4999, PROFILE_5),
    ],
)  # fmt: skip
def test_the_guideline_profile_follows_capacity_and_activity(walk, steps, profile):
    assert guideline_profile(walk, steps, 0.70, 5000.0) == profile


def test_a_session_closes_part_of_the_gap_and_rest_undoes_it():
    assert session_effect(12.0, 12.0) == pytest.approx(1 - math.exp(-1))
    assert next_training(0.5, 0.0, 0.9, 12.0) == pytest.approx(0.45)
    assert next_training(0.5, 6.0, 0.9, 12.0) == pytest.approx(0.45 + 0.5 * (1 - math.exp(-0.5)))
    assert monthly_retention(1.0) == 0.5


def test_wanted_care_follows_the_class_as_far_as_the_correlation_says():
    assert wanted_care_score(1.3, -0.4, 1.0) == 1.3
    assert wanted_care_score(1.3, -0.4, 0.0) == -0.4
    rng = np.random.default_rng(5)
    of_class, own = rng.standard_normal((2, 20_000))
    z = np.array([wanted_care_score(a, b, 0.6) for a, b in zip(of_class, own, strict=True)])
    assert z.std() == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(z, of_class)[0, 1] == pytest.approx(0.6, abs=0.02)


def test_need_is_lognormal_round_a_share_of_the_guideline_ceiling():
    assert first_year_need(62.0, 0.5, 0.0, 1.7) == pytest.approx(31.0)
    rng = np.random.default_rng(6)
    needs = np.array([first_year_need(62.0, 0.5, 0.6, z) for z in rng.standard_normal(40_000)])
    assert needs.mean() == pytest.approx(31.0, rel=0.02)
    assert np.log(needs).std() == pytest.approx(0.6, abs=0.01)


def test_the_first_year_is_split_over_its_quarters_and_maintenance_is_even():
    first = [quarter_need(50.0, q, SHARES, 0.5) for q in range(4)]
    later = [quarter_need(50.0, q, SHARES, 0.5) for q in range(4, 12)]

    assert first == pytest.approx([20.0, 15.0, 10.0, 5.0])
    assert later == pytest.approx([6.25] * 8)


def test_a_completed_programme_adds_the_gain_of_the_trials_to_the_walk():
    assert walk_distance(350.0, 20.0, 43.93, 0.0, 0.7629) == pytest.approx(370.0)
    assert walk_distance(350.0, 20.0, 43.93, 0.7629, 0.7629) == pytest.approx(413.93)
    assert walk_distance(100.0, -300.0, 43.93, 0.0, 0.7629) == 0.0
