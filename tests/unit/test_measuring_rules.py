"""Measuring rules: whom to measure, whom to except, how much to teach the test."""

import pytest

from agents.measuring import (
    EXCEPTED,
    GIVEN,
    LEFT_OUT,
    exception_trouble,
    measurement_loss,
    measuring_choice,
    quarter_outcome_pay,
    teaching_share,
)


@pytest.mark.parametrize(
    ("pull", "par", "change", "loss"),
    [
        (100.0, 40.0, 0.4, 0.0),  # a patient at the norm of 0.4 costs nothing
        (100.0, 40.0, -0.1, 50.0),  # half a point below it
        (100.0, 40.0, 0.9, -50.0),  # half a point above it: measuring pays
        (300.0, 0.0, -0.2, 60.0),  # outcome pay by the point: every rise of burden costs
        (0.0, 0.0, -3.0, 0.0),  # a contract without consequences
    ],
)
def test_what_measuring_a_patient_costs(pull, par, change, loss):
    assert measurement_loss(pull, par, change) == pytest.approx(loss)


@pytest.mark.parametrize(
    ("loss", "completeness", "reason", "choice"),
    [
        (50.0, 0.0, False, GIVEN),  # 0.5 x 50 is just the reluctance of 25
        (52.0, 0.0, False, LEFT_OUT),
        (52.0, 4.0, False, GIVEN),  # a KPI on completeness turns it round
        (60.0, 4.0, False, LEFT_OUT),
        (52.0, 0.0, True, EXCEPTED),  # a reason is the safer way
        (11.0, 0.0, True, EXCEPTED),  # 0.5 x 11 above the trouble of 5
        (10.0, 0.0, True, GIVEN),
        (52.0, 500.0, True, EXCEPTED),  # who is excepted is not missed
        (-80.0, 0.0, True, GIVEN),
        (0.0, 0.0, True, GIVEN),
    ],
)
def test_whether_a_patient_is_measured(loss, completeness, reason, choice):
    assert measuring_choice(loss, completeness, 0.5, 25.0, reason, 5.0) == choice


def test_who_cares_for_patients_only_measures_everybody():
    assert measuring_choice(1e6, 0.0, 0.0, 5.0, True, 1.0) == GIVEN


@pytest.mark.parametrize(("month", "trouble"), [(0, 20.0), (8, 20.0), (9, 5.0), (11, 5.0)])
def test_exceptions_come_easier_at_the_end_of_the_year(month, trouble):
    assert exception_trouble(5.0, month, 4.0, 9) == trouble


@pytest.mark.parametrize(
    ("weight", "pull", "share"),
    [
        (0.5, 1.0, 0.175),  # 0.5 x 1 x 21 / 60
        (0.5, 2.0, 0.35),
        (0.5, 4.0, 0.5),  # bounded
        (0.0, 4.0, 0.0),
        (0.5, 0.0, 0.0),
        (0.5, -3.0, 0.0),  # a metre that costs money is not trained for
    ],
)
def test_teaching_the_test(weight, pull, share):
    assert teaching_share(weight, pull, 21.0, 60.0, 0.5) == pytest.approx(share)


def test_without_reluctance_the_optimum_does_not_exist():
    assert teaching_share(0.5, 1.0, 21.0, 0.0, 0.5) == 0.0


@pytest.mark.parametrize(
    ("shift", "measured", "later"), [(0.0, 0.2, 0.2), (0.5, 0.5, 0.1), (1.0, 0.8, 0.0)]
)
def test_effort_moves_to_the_quarter_that_is_measured(shift, measured, later):
    assert quarter_outcome_pay(0.2, True, shift) == pytest.approx(measured)
    assert quarter_outcome_pay(0.2, False, shift) == pytest.approx(later)
    # Moved, not made: a first year holds the same pull.
    year = quarter_outcome_pay(0.2, True, shift) + 3.0 * quarter_outcome_pay(0.2, False, shift)
    assert year == pytest.approx(0.8)
