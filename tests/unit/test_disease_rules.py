"""The rules of COPD, checked by hand."""

import math

import pytest

from model.disease import (
    admission_rate,
    along_fev1,
    burden,
    death_rate,
    gold_stage,
    monthly_probability,
    months_with,
    next_fev1,
    scaled_loss,
    training_rate_ratio,
    utility,
)

MIDDLES = (65.0, 40.0, 22.5)


def test_a_yearly_rate_becomes_a_monthly_chance_that_adds_up_over_the_year():
    assert monthly_probability(0.0) == 0.0
    assert monthly_probability(1.2) == pytest.approx(1 - math.exp(-0.1))
    assert 1 - (1 - monthly_probability(0.7)) ** 12 == pytest.approx(1 - math.exp(-0.7))
    assert monthly_probability(1e6) == 1.0
    assert monthly_probability(0.9) < 0.9 / 12  # never above the rate: the phase relies on it


@pytest.mark.parametrize(
    ("fev1", "stage"),
    [(79.9, 2), (50.0, 2), (49.999, 3), (30.0, 3), (29.999, 4), (10.0, 4)],
)
def test_the_gold_stage_follows_lung_function(fev1, stage):
    assert gold_stage(fev1, 50.0, 30.0) == stage


def test_lung_function_falls_by_the_loss_relative_to_the_reference():
    # At 100 % of a 3-litre reference, 60 mL lost against none of the reference is two points.
    assert next_fev1(70.0, 60.0, 3.0, 0.0, 15.0, 80.0) == pytest.approx(68.0)
    # A reference that falls at the same relative pace leaves the percentage alone.
    assert next_fev1(50.0, 15.0, 3.0, 30.0, 15.0, 80.0) == pytest.approx(50.0)


def test_a_patient_at_65_percent_loses_about_half_a_point_a_year():
    fev1 = 65.0
    for _ in range(12):
        fev1 = next_fev1(fev1, 33 / 12, 3.0, 27 / 12, 15.0, 80.0)
    assert 65.0 - fev1 == pytest.approx((33 - 0.65 * 27) / 30, abs=0.01)


def test_lung_function_stays_within_the_simulated_range():
    assert next_fev1(15.5, 90.0, 2.0, 0.0, 15.0, 80.0) == 15.0
    assert next_fev1(79.9, -90.0, 2.0, 0.0, 15.0, 80.0) == 80.0


def test_the_loss_is_in_proportion_to_the_lung_function_left():
    assert scaled_loss(4.0, 60.0, 60.0) == 4.0
    assert scaled_loss(4.0, 30.0, 60.0) == 2.0
    assert scaled_loss(-4.0, 30.0, 60.0) == -2.0


@pytest.mark.parametrize(
    ("fev1", "expected"),
    [(80, 1.0), (65, 1.0), (52.5, 1.5), (40, 2.0), (31.25, 3.0), (22.5, 4.0), (10, 4.0)],
)
def test_a_value_per_stage_changes_gradually_along_lung_function(fev1, expected):
    assert along_fev1(fev1, 1.0, 2.0, 4.0, *MIDDLES) == pytest.approx(expected)


def test_training_lowers_admissions_as_far_as_it_is_kept():
    assert training_rate_ratio(0.75, 0.0, 0.7629) == 1.0
    assert training_rate_ratio(0.75, 0.7629, 0.7629) == pytest.approx(0.75)
    assert training_rate_ratio(0.75, 0.7629 / 2, 0.7629) == pytest.approx(math.sqrt(0.75))


def test_the_admission_rate_multiplies_frailty_history_and_training():
    assert admission_rate(0.2, 1.5, False, 2.71, 1.0) == pytest.approx(0.3)
    assert admission_rate(0.2, 1.5, True, 2.71, 1.0) == pytest.approx(0.813)
    assert admission_rate(0.2, 1.5, True, 2.71, 0.5) == pytest.approx(0.4065)
    assert admission_rate(0.0, 9.0, True, 2.71, 1.0) == 0.0


def test_the_death_rate_adds_what_follows_an_admission():
    assert death_rate(0.02, 1.5, 0.0) == pytest.approx(0.03)
    assert death_rate(0.02, 1.5, 0.4) == pytest.approx(0.43)


def test_burden_is_lowered_by_training_and_stays_on_the_scale():
    assert burden(2.0, 0.3, 0.655, 0.0) == pytest.approx(2.3)
    assert burden(2.0, 0.3, 0.655, 0.7629) == pytest.approx(1.8, abs=1e-3)
    assert burden(2.0, -5.0, 0.655, 1.0) == 0.0
    assert burden(2.0, 5.0, 0.655, 0.0) == 6.0


def test_quality_of_life_follows_burden_within_the_stage():
    assert utility(0.8, 1.5, 1.5, -0.12) == pytest.approx(0.8)
    assert utility(0.8, 2.5, 1.5, -0.12) == pytest.approx(0.68)
    assert utility(0.95, 0.0, 1.5, -0.12) == 1.0


def test_months_with_counts_the_marks_of_a_year():
    assert months_with(0) == 0
    assert months_with(0b1) == 1
    assert months_with(0b1000_0000_0101) == 3
    assert months_with(0xFFF) == 12
