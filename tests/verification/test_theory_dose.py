"""Limits of dose, decay and maintenance (clinical evidence, section 2.3)."""

import itertools

import pytest

from model.parameters import load_registry
from model.physiotherapy import monthly_retention, next_training, session_effect

CLOSE = 1e-3
TAU, KEEP = 12.0, monthly_retention(6.0)
WEEKLY, THREE_A_MONTH = 52 / 12, 3.0
TWICE_A_MONTH = 2.0  # the evidence calls it fortnightly; 26 a year would give 0.54, not 0.52


def train(start, monthly_sessions, months):
    h = start
    for _ in range(months):
        h = next_training(h, monthly_sessions, KEEP, TAU)
    return h


def test_the_shipped_parameters_are_those_of_the_evidence():
    p = load_registry().values()

    assert p.training_tau_sessions == TAU
    assert monthly_retention(p.training_half_life_months) == pytest.approx(0.8909, abs=1e-4)
    assert p.training_reference == pytest.approx(train(0.0, 8.0, 3), abs=CLOSE)
    assert p.training_hmax_ccq == pytest.approx(0.5 / train(0.0, 8.0, 3), abs=CLOSE)


def test_without_sessions_the_effect_halves_in_six_months():
    assert train(0.8, 0.0, 6) == pytest.approx(0.4, abs=CLOSE)
    assert train(1.0, 0.0, 12) == pytest.approx(0.25, abs=CLOSE)
    assert train(1.0, 0.0, 24) == pytest.approx(0.0625, abs=CLOSE)


@pytest.mark.parametrize("half_life", [4.0, 6.0, 12.0])
def test_any_half_life_halves_the_state_in_its_own_time(half_life):
    assert monthly_retention(half_life) ** half_life == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("monthly", "limit"), [(1.0, 0.4229), (2.0, 0.5846), (3.0, 0.6697), (WEEKLY, 0.7353)]
)
@pytest.mark.parametrize("start", [0.0, 0.5, 1.0])
def test_a_constant_dose_leads_to_one_limit_from_anywhere(monthly, limit, start):
    g = session_effect(monthly, TAU)

    assert train(start, monthly, 600) == pytest.approx(limit, abs=CLOSE)
    assert g / (1 - KEEP + g) == pytest.approx(limit, abs=CLOSE)


def test_three_months_of_eight_sessions_give_the_completed_programme():
    h = train(0.0, 8.0, 3)

    assert h == pytest.approx(0.7629, abs=CLOSE)
    assert 6.89 / h == pytest.approx(9.03, abs=0.005)
    assert 0.5 / h == pytest.approx(0.655, abs=CLOSE)


@pytest.mark.parametrize(
    ("monthly", "share"), [(TWICE_A_MONTH, 0.52), (THREE_A_MONTH, 0.63), (WEEKLY, 0.71)]
)
def test_a_year_of_maintenance_keeps_the_share_seen_in_trials(monthly, share):
    h, g = train(0.0, 8.0, 3), session_effect(monthly, TAU)
    kept = (train(h, monthly, 12) - train(h, 0.0, 12)) / h

    assert kept == pytest.approx(share, abs=0.005)  # printed to two decimals
    limit = g / (1 - KEEP + g)
    after_a_year = limit + (h - limit) * (KEEP - g) ** 12
    assert kept == pytest.approx((after_a_year - h * KEEP**12) / h, abs=CLOSE)


def test_one_session_effect_is_diminishing():
    assert session_effect(0.0, TAU) == 0.0
    assert session_effect(12.0, TAU) == pytest.approx(0.6321, abs=CLOSE)
    assert 6.89 / session_effect(24.0, TAU) == pytest.approx(7.97, abs=0.005)
    gains = [session_effect(n + 1, TAU) - session_effect(n, TAU) for n in range(40)]
    assert all(later < earlier for earlier, later in itertools.pairwise(gains))


def test_training_stays_between_nothing_and_all():
    for start in (0.0, 0.3, 0.9):
        for monthly in (0.0, 1.0, 8.0, 60.0):
            h = start
            for _ in range(120):
                h = next_training(h, monthly, KEEP, TAU)
                assert 0.0 <= h <= 1.0 + 1e-12
