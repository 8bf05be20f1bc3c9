"""The rules of the theories beside the default one, by hand."""

import math

import pytest

from agents.behaviours import monotone_benefit as monotone
from agents.behaviours import pure_professional as professional
from agents.behaviours import pure_profit as profit
from agents.behaviours.default import HALF_A_CENT
from agents.behaviours.inertia import contract_in_mind, weighs_contracts
from agents.behaviours.laboratory_game import game_sessions
from agents.behaviours.target_income import (
    gap_felt,
    lacking_share,
    sessions_for_income,
    shortfall,
)
from model.codes import HABIT_CONTRACT, INERTIA, POLICY_CONTRACT, THEORIES

COST, DECAY, NEED = 30.0, 20.0, 40.0

# --- target income


@pytest.mark.parametrize(
    ("usual", "at_need", "lacking"),
    [
        (1_000.0, 800.0, 0.2),
        (1_000.0, 1_000.0, 0.0),
        (1_000.0, 1_200.0, 0.0),
        (1_000.0, 999.999, 0.0),  # less than half a cent
        (1_000.0, 999.5, 0.0005),
        (0.0, -50.0, 0.0),
        (-10.0, -50.0, 0.0),
        (0.5, 0.25, 0.5),
        (HALF_A_CENT, 0.0, 1.0),
        (50.0, -50.0, 2.0),
    ],
)
def test_what_is_lacking_is_a_share_of_the_usual_income(usual, at_need, lacking):
    assert lacking_share(usual, at_need) == pytest.approx(lacking, abs=1e-12)


@pytest.mark.parametrize(
    ("lacking", "brought", "added", "gap"),
    [
        (0.2, 500.0, 0.0, 100.0),
        (0.2, 500.0, 30.0, 70.0),
        (0.2, 500.0, 120.0, 0.0),
        (0.0, 500.0, -50.0, 0.0),  # nothing is lacking, so a loss on grading is no gap
        (0.5, 1.0, 0.0, 0.5),
        (0.5, 0.005, 0.0, 0.0),
        (0.5, 0.25, 0.115, 0.01),
    ],
)
def test_the_gap_felt_with_a_patient(lacking, brought, added, gap):
    assert gap_felt(lacking, brought, added) == pytest.approx(gap, abs=1e-12)


def test_a_result_falls_short_only_of_the_usual_income():
    assert shortfall(100.0, 80.0, 50.0) == 30.0
    assert shortfall(130.0, 80.0, 50.0) == 0.0
    assert shortfall(129.5, 80.0, 50.0) == 0.5
    assert shortfall(0.0, 80.0, 0.0) == 0.0
    assert shortfall(80.0, 80.0, 0.5) == 0.5
    assert shortfall(80.0, 80.0, -1.0) == 0.0


def test_sessions_make_up_the_gap_within_floor_and_ceiling():
    assert sessions_for_income(40.0, 60.0, 36.0, 30.0, 0.5, 100.0) == 50.0
    assert sessions_for_income(40.0, 60.0, 24.0, 30.0, 0.5, 100.0) == 30.0
    assert sessions_for_income(40.0, 600.0, 36.0, 30.0, 0.5, 100.0) == 100.0
    assert sessions_for_income(40.0, 600.0, 24.0, 30.0, 0.5, 100.0) == 20.0
    assert sessions_for_income(40.0, 600.0, 24.0, 30.0, 0.0, 100.0) == 0.0
    assert sessions_for_income(40.0, 60.0, 30.0, 30.0, 0.5, 100.0) == 40.0
    assert sessions_for_income(40.0, 0.0, 36.0, 30.0, 0.5, 100.0) == 40.0
    assert sessions_for_income(40.0, 5.0, 29.0, 30.0, 0.5, 100.0) == 35.0
    assert sessions_for_income(40.0, 5.0, 31.0, 30.0, 0.5, 100.0) == 45.0


# --- monotone benefit


def value() -> float:
    """V = c tau exp(n / tau)."""
    return COST * DECAY * math.exp(NEED / DECAY)


@pytest.mark.parametrize("sessions", [0.0, 15.0, 40.0, 90.0])
def test_benefit_has_no_top_and_its_slope_at_need_is_the_cost(sessions):
    by_hand = value() * (1.0 - math.exp(-sessions / DECAY))
    assert monotone.benefit(sessions, NEED, COST, DECAY) == pytest.approx(by_hand)
    slope = COST * math.exp((NEED - sessions) / DECAY)
    assert monotone.marginal_benefit(sessions, NEED, COST, DECAY) == pytest.approx(slope)
    assert monotone.marginal_benefit(NEED, NEED, COST, DECAY) == COST


def test_sessions_wished():
    # n + tau ln(c_1 w / (c - p)), w = 1 / rho + beta
    wished = monotone.wished_sessions(NEED, 2.0, 10.0, 25.0, COST, DECAY, 0.5, 200.0)
    assert wished == pytest.approx(NEED + DECAY * math.log(30.0 * 1.0 / 15.0))
    assert monotone.wished_sessions(NEED, 2.0, 25.0, 25.0, COST, DECAY, 0.5, 200.0) == 200.0
    assert monotone.wished_sessions(NEED, 2.0, 26.0, 25.0, COST, DECAY, 0.5, 200.0) == 200.0
    assert monotone.wished_sessions(NEED, 2.0, 10.0, 25.0, COST, DECAY, 0.5, 45.0) == 45.0


def planned(fee: float, norm: float = 0.0, rho: float = 2.0, floor: float = 0.0) -> float:
    return monotone.planned_sessions(NEED, rho, norm, fee, 30.0, COST, DECAY, 0.0, floor, 80.0)


def test_a_norm_draws_toward_need_from_either_side():
    # at rho 2 the wish is n + tau ln(15 / (30 - p)), above need from a fee of 15
    assert planned(20.0) == pytest.approx(NEED + DECAY * math.log(15.0 / 10.0))
    assert planned(20.0, norm=2.0) == pytest.approx(NEED + DECAY * math.log(15.0 / 12.0))
    assert planned(20.0, norm=8.0) == NEED  # the norm would carry it beyond need, where it stops
    assert planned(15.0) == NEED
    assert planned(5.0) == pytest.approx(NEED + DECAY * math.log(15.0 / 25.0))
    assert planned(5.0, norm=4.0) == pytest.approx(NEED + DECAY * math.log(15.0 / 21.0))
    assert planned(5.0, norm=12.0) == NEED


def test_floor_and_maximum_bind():
    assert planned(29.9) == 80.0
    assert planned(20.0, rho=60.0) == 0.0  # 40 + 20 ln(0.5 / 10) would be less
    assert planned(20.0, rho=60.0, floor=0.7) == 0.7 * NEED


def test_what_a_patient_gains_above_going_elsewhere():
    gain = monotone.patient_gain(30.0, NEED, 35.0, COST, DECAY, 0.5)
    here, elsewhere = (value() * (1.0 - math.exp(-q / DECAY)) for q in (30.0, 35.0))
    assert gain == pytest.approx(here - 0.5 * elsewhere)
    unbound = monotone.patient_gain(30.0, NEED, 90.0, COST, DECAY, 0.5)
    assert unbound == pytest.approx(here - 0.5 * value() * (1.0 - math.exp(-NEED / DECAY)))


def test_a_cheaper_way_is_taken_where_it_pays_more_than_it_harms():
    def taken(other_fee: float, effect: float, rho: float) -> bool:
        return monotone.substitutes(
            other_fee, 20.0, 30.0, 30.0, effect, NEED, NEED, rho, COST, DECAY
        )

    # gain is other_fee - 20, harm (1 - effect) x 30 at need
    assert taken(25.0, 0.5, 3.0)  # 15 of weighed gain against 15 of harm
    assert not taken(25.0, 0.5, 2.9)
    assert taken(25.0, 0.75, 1.5)
    assert not taken(20.0, 1.0, 3.0)  # nothing gained, though nothing is harmed
    assert not taken(19.0, 1.5, 3.0)
    assert taken(20.5, 1.0, 3.0)


# --- pure profit


def most(fee: float, outcome_pay: float = 0.0, floor: float = 0.5, need: float = NEED) -> float:
    return profit.most_profitable_sessions(need, fee, 30.0, 1.5, outcome_pay, floor, 60.0, 90.0)


def test_profit_goes_as_far_as_it_may():
    assert most(30.5) == 90.0
    assert most(29.5) == 20.0
    assert most(29.5, floor=0.0) == 0.0
    assert most(29.5, floor=3.0) == 90.0
    assert most(30.0) == NEED  # indifferent
    assert most(30.0, need=80.0) == 60.0
    assert most(30.0, floor=1.25) == 50.0


def test_outcome_pay_gives_profit_an_optimum():
    # n + (p - c) / (beta k)
    assert most(36.0, 0.5) == pytest.approx(NEED + 6.0 / 0.75)
    assert most(24.0, 0.5) == pytest.approx(NEED - 6.0 / 0.75)
    assert most(90.0, 0.5) == 90.0
    assert most(6.0, 0.5) == 20.0


def test_contacts_up_to_a_threshold_pay_by_its_price():
    assert profit.contacts_pay(3.0, 5.0, 41.0, 10.0, 30.0)
    assert not profit.contacts_pay(3.0, 5.0, 40.0, 10.0, 30.0)
    assert not profit.contacts_pay(3.0, 5.0, 39.0, 10.0, 30.0)
    assert not profit.contacts_pay(5.0, 5.0, 41.0, 10.0, 30.0)
    assert not profit.contacts_pay(6.0, 5.0, 41.0, 10.0, 30.0)


# --- pure professional, inertia, the game of the laboratory


def test_a_professional_gives_what_is_needed():
    assert professional.sessions_needed(40.0, 0.5, 60.0) == 40.0
    assert professional.sessions_needed(40.0, 1.25, 60.0) == 50.0
    assert professional.sessions_needed(70.0, 0.5, 60.0) == 60.0
    assert professional.prefers_other_mode(1.2, 30.0, 40.0)
    assert not professional.prefers_other_mode(1.0, 30.0, 40.0)
    assert not professional.prefers_other_mode(1.2, 40.0, 40.0)
    assert not professional.prefers_other_mode(0.8, 30.0, 40.0)


def test_habit_keeps_the_old_contract_in_mind():
    assert contract_in_mind(INERTIA, POLICY_CONTRACT) == HABIT_CONTRACT
    for theory in range(len(THEORIES)):
        assert weighs_contracts(theory) == (theory != INERTIA)
        if theory != INERTIA:
            assert contract_in_mind(theory, POLICY_CONTRACT) == POLICY_CONTRACT


@pytest.mark.parametrize(
    ("need", "fee", "altruism", "services"),
    [
        (5.0, 2.0, 0.0, 10.0),
        (5.0, 0.0, 0.0, 0.0),
        (5.0, 1.0, 0.0, 5.0),
        (5.0, 2.0, 0.4, 8.0),
        (5.0, 0.0, 0.4, 2.0),
        (5.0, 2.0, 3.0, 5.0),
        (3.0, 1.0, 0.2, 4.0),
        (3.0, 4.0, 0.0, 10.0),
        (3.0, -1.0, 0.0, 0.0),
        (3.0, 0.1, 0.0, 0.5),
    ],
)
def test_services_in_the_game(need, fee, altruism, services):
    assert game_sessions(need, fee, altruism) == pytest.approx(services)
