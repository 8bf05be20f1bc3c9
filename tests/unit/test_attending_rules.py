"""Rules of breaking off, missing sessions and answering, by numbers worked out by hand."""

import numpy as np
import pytest

from agents.attending import (
    attendance,
    completion_ratio,
    dropout_chance,
    quintiles_below_middle,
    response_chance,
)
from model.codes import DIGITAL, GROUP, HOME, INDIVIDUAL
from model.month import delivery
from model.parameters import load_registry
from model.population import income_shares

P = load_registry().values()
PLAIN = (0, 1.0, 1.0, 1.0)  # at the middle income, with sessions at the practice


def test_quintiles_below_the_middle():
    assert [quintiles_below_middle(income) for income in range(5)] == [2, 1, 0, 0, 0]


def test_drop_out_rises_with_burden_up_to_certainty():
    assert dropout_chance(0.05, 2.0, 1.3, 2.0, *PLAIN) == pytest.approx(0.05)
    assert dropout_chance(0.05, 4.0, 1.3, 2.0, *PLAIN) == pytest.approx(0.05 * 1.69)
    assert dropout_chance(0.9, 6.0, 1.3, 2.0, *PLAIN) == 1.0


def test_drop_out_rises_with_low_income_and_falls_at_a_distance():
    assert dropout_chance(0.05, 2.0, 1.3, 2.0, 2, 1.2, 1.0, 1.0) == pytest.approx(0.05 * 1.44)
    assert dropout_chance(0.05, 2.0, 1.3, 2.0, 1, 1.2, 1.1, 1.0) == pytest.approx(0.06 / 1.1)
    assert dropout_chance(0.05, 2.0, 1.3, 2.0, 0, 1.2, 1.0, 0.2) == pytest.approx(0.01)


def test_the_ratio_of_a_mode_turns_one_completion_into_the_other():
    """93 % at a distance against 70 % at a centre: of a constant hazard, a fifth."""
    ratio = completion_ratio(0.93, 0.70)

    assert ratio == pytest.approx(0.20347, abs=1e-5)
    monthly = 1.0 - 0.70 ** (1.0 / 3.0)
    assert (1.0 - ratio * monthly) ** 3 == pytest.approx(0.93, abs=0.005)
    assert completion_ratio(0.8, 0.8) == 1.0


def test_drop_out_holds_its_calibrated_level_over_all_incomes():
    c = delivery.constants(P)
    chances = [
        dropout_chance(
            c.dropout_early, c.ccq_reference, c.dropout_per_ccq, c.ccq_reference,
            quintiles_below_middle(income), c.dropout_per_income, c.income_typical, 1.0,
        )
        for income in range(5)
    ]  # fmt: skip

    assert float(income_shares(P) @ chances) == pytest.approx(P.dropout_early, rel=1e-12)
    assert chances[0] > chances[1] > chances[2] == chances[4]
    assert [c.dropout_mode[mode] for mode in (INDIVIDUAL, GROUP, HOME)] == [1.0, 1.0, 1.0]
    assert c.dropout_mode[DIGITAL] == pytest.approx(np.log(0.93) / np.log(0.7))


@pytest.mark.parametrize(
    ("ccq", "below", "share"),
    [
        (2.25, 0.5, 1.0),  # the average person comes exactly as planned
        (3.25, 0.5, 0.96),  # a point more burden at 4 % a point
        (1.25, 0.5, 1.04),
        (2.25, 2.0, 0.97),  # one and a half quintiles below the average at 2 %
        (2.25, 0.0, 1.01),
        (6.0, 2.0, 0.9),  # nobody comes less than the margin of 0.1 allows, nor more
        (-2.0, 0.0, 1.1),
    ],
)
def test_attendance_falls_with_burden_and_low_income_within_its_margin(ccq, below, share):
    assert attendance(ccq, 0.04, 2.25, below, 0.02, 0.5, 0.1) == pytest.approx(share)


def test_attendance_holds_the_mean_of_those_in_treatment():
    below = np.array([quintiles_below_middle(k) for k in range(5)])
    c = delivery.constants(P)
    spread = (-1.0, -0.4, 0.0, 0.4, 1.0)  # of burden, round the typical
    mean = np.mean(
        [
            income_shares(P)
            @ [
                attendance(
                    c.ccq_typical + off, c.attendance_per_ccq, c.ccq_typical, number,
                    c.attendance_per_income, c.below_typical, c.attendance_margin,
                )
                for number in below
            ]
            for off in spread
        ]
    )  # fmt: skip

    assert mean == pytest.approx(1.0, abs=1e-12)
    assert attendance(5.0, 0.0, 2.25, 2, 0.0, 0.5, 0.1) == 1.0


def test_fewer_answer_the_more_burden_they_have():
    assert response_chance(0.8, 2.25, 0.5, 2.25) == pytest.approx(0.8)
    assert response_chance(0.8, 3.25, 0.5, 2.25) == pytest.approx(0.70812, abs=1e-5)  # odds 2.426
    assert response_chance(0.8, 1.25, 0.5, 2.25) == pytest.approx(0.86833, abs=1e-5)  # odds 6.595
    assert response_chance(0.8, 5.0, 0.0, 2.0) == pytest.approx(0.8)
    assert [response_chance(share, 4.0, 0.5, 2.25) for share in (0.0, 1.0)] == [0.0, 1.0]
