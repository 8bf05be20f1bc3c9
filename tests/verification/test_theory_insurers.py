"""Closed forms of the insurer: the best audit rate (U4), what it rests on (U1), and offer bands.

Clinical evidence, sections 4.6 and 4.12; run on the functions the simulation uses.
"""

import pytest
from scipy.optimize import minimize_scalar

from agents.insurer import (
    best_audit_rate,
    estimated_share,
    in_offer_band,
    moral_cost_most,
    next_price_factor,
    relative_result,
    upcoded_share,
)

CLOSE = 1e-3
#: a, price step, highest moral cost, cost of an audit, detection.
A, STEP, MOST, KAPPA, DELTA = 0.5, 600.0, 1_200.0, 150.0, 0.8


def insurer_loss(rate, fine):
    """What upcoding and audits cost the insurer per patient: u dF (1 - A D) + kappa A."""
    per_audit = DELTA * (1.0 + fine)
    left = STEP * (1.0 - rate * per_audit)
    return upcoded_share(STEP, A, rate * per_audit, MOST) * left + KAPPA * rate


@pytest.mark.parametrize(
    ("fine", "rate", "share", "loss"), [(1.0, 0.4297, 0.078, 79.1), (4.0, 0.21875, 0.031, 35.16)]
)
def test_u4_the_best_audit_rate(fine, rate, share, loss):
    per_audit = DELTA * (1.0 + fine)
    found = best_audit_rate(KAPPA, STEP, A, per_audit, MOST, 0.0)

    assert found == pytest.approx(rate, abs=CLOSE)
    assert upcoded_share(STEP, A, found * per_audit, MOST) == pytest.approx(share, abs=CLOSE)
    assert insurer_loss(found, fine) == pytest.approx(loss, abs=0.05)
    assert insurer_loss(0.0, fine) == pytest.approx(150.0)


@pytest.mark.parametrize("fine", [0.5, 1.0, 2.0, 4.0, 9.0])
def test_u4_no_other_rate_costs_less(fine):
    per_audit = DELTA * (1.0 + fine)
    best = minimize_scalar(
        insurer_loss, bounds=(0.0, min(1.0, 1.0 / per_audit)), args=(fine,), method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip

    found = best_audit_rate(KAPPA, STEP, A, per_audit, MOST, 0.0)
    assert found == pytest.approx(best.x, abs=CLOSE)


@pytest.mark.parametrize(
    ("known", "rate"),
    [
        ({"cost": 10_000.0}, 0.02),  # audits too dear: only to show that somebody looks
        ({"gain": 0.0}, 0.02),  # nothing to gain, nothing to find
        ({"loss_per_audit": 0.0}, 0.02),  # nothing is ever found
        ({"cost": 0.0, "loss_per_audit": 0.5}, 1.0),  # free and weak: everything
        ({"cost": 0.0, "loss_per_audit": 4.0}, 0.25),  # free and strong: what deters (U2)
    ],
)
def test_u4_the_rate_is_bounded(known, rate):
    usual = {
        "cost": KAPPA, "gain": STEP, "weight_on_profit": A, "loss_per_audit": 1.6, "most": MOST,
        "least": 0.02,
    }  # fmt: skip
    assert best_audit_rate(*(usual | known).values()) == pytest.approx(rate)


@pytest.mark.parametrize("expected_loss", [0.0, 0.16, 0.5])
def test_u1_turned_round_gives_the_moral_cost_back(expected_loss):
    share = upcoded_share(STEP, A, expected_loss, 400.0)

    assert share == pytest.approx(0.75 * (1.0 - expected_loss))
    assert moral_cost_most(share, STEP, A, expected_loss) == pytest.approx(400.0)


def test_u1_is_a_share():
    assert upcoded_share(STEP, A, 0.0, 100.0) == 1.0
    assert upcoded_share(STEP, A, 1.2, 400.0) == 0.0
    assert upcoded_share(STEP, A, 0.0, 0.0) == 0.0


def test_the_estimate_moves_from_what_was_believed_to_what_was_found():
    """12 found in 100 audits that find 8 in 10 would be 15 %; 20 % was believed."""
    assert estimated_share(12, 100, 0.8, 0.2, 1e-9) == pytest.approx(0.15)
    assert estimated_share(12, 100, 0.8, 0.2, 100.0) == pytest.approx(0.175)
    assert estimated_share(0, 0, 0.8, 0.2, 50.0) == pytest.approx(0.2)
    assert 0.0 < estimated_share(0, 10, 0.8, 0.2, 50.0) < 0.2
    assert estimated_share(100, 100, 0.5, 0.9, 50.0) == 1.0


@pytest.mark.parametrize(
    ("index", "measurements", "offered"),
    [
        (100.0, 25, True),
        (161.0, 25, False),  # 161 - 1.28 x 40 / 5 = 150.76
        (157.0, 25, True),  # 157 - 10.24 = 146.8
        (157.0, 400, False),  # 157 - 2.56 = 154.4
        (28.0, 25, False),  # 28 + 10.24 = 38.24
        (31.0, 25, True),  # 31 + 10.24 = 41.24
        (31.0, 400, False),
        (300.0, 9, True),  # too few to say anything
    ],
)
def test_an_offer_has_the_benefit_of_the_doubt(index, measurements, offered):
    assert in_offer_band(index, 40.0, measurements, 40.0, 150.0, 1.28, 10) is offered


@pytest.mark.parametrize(
    ("factor", "result", "won", "expected"),
    [
        (1.0, -5_000.0, 3, 0.98),  # won patients that cost money
        (1.0, 5_000.0, -3, 1.02),  # lost patients that brought money
        (1.0, -5_000.0, -3, 1.0),
        (1.0, 5_000.0, 3, 1.0),
        (1.0, -5_000.0, 0, 1.0),
        (0.96, -1.0, 1, 0.95),  # no further than the band
        (1.04, 1.0, -1, 1.05),
    ],
)
def test_an_insurer_answers_to_whom_it_won_and_lost(factor, result, won, expected):
    assert next_price_factor(factor, result, won, 0.02, 0.05) == pytest.approx(expected)


def test_an_insurer_looks_at_how_it_does_against_the_others():
    """A loss of 200 a patient where all lose 300 on average is 100 better; nobody to compare: 0."""
    assert relative_result(-2_000.0, 10, -30_000.0, 100) == pytest.approx(100.0)
    assert relative_result(-4_000.0, 10, -30_000.0, 100) == pytest.approx(-100.0)
    assert relative_result(0.0, 0, -30_000.0, 100) == relative_result(1.0, 1, 0.0, 0) == 0.0
