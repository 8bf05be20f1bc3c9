"""Whether a practice joins: the rules by hand, and the spread of a result against integration."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from agents.behaviours import monotone_benefit
from agents.behaviours.default import acceptance_probability, benefit
from agents.behaviours.inertia import weighs_contracts
from agents.behaviours.target_income import shortfall
from agents.behaviours.theory import (
    benefit_under,
    euro_under,
    money_under,
    patient_weight_under,
    risk_under,
)
from agents.insurer import nash_price, negotiated_supplement
from agents.joining import (
    gain_asked,
    joining_value,
    loss_averse_value,
    result_under,
    share_of_neighbours,
    trust_in_insurer,
    trusted_gain,
    value_asked,
    value_beside_money,
)
from model.codes import (
    DEFAULT,
    INERTIA,
    MONOTONE_BENEFIT,
    PURE_PROFESSIONAL,
    PURE_PROFIT,
    TARGET_INCOME,
)
from model.contracts.incentives import stop_loss_pay
from model.contracts.risk import kept_result_sd, result_sd

# --- loss aversion


@pytest.mark.parametrize(
    ("mean", "sd", "aversion", "value"),
    [
        (0.0, 100.0, 2.0, -39.894),  # E[loss] = 100 / sqrt(2 pi)
        (0.0, 100.0, 1.0, 0.0),  # a loss weighs as much as a gain
        (100.0, 100.0, 2.0, 91.668),  # 100 phi(1) - 100 Phi(-1) = 24.197 - 15.866 = 8.332
        (-100.0, 100.0, 2.0, -208.332),  # E[loss] = 100 + 8.332
        (50.0, 0.0, 2.0, 50.0),  # no risk, a gain
        (-50.0, 0.0, 2.0, -100.0),  # no risk, a loss that counts twice
    ],
)
def test_the_value_of_an_uncertain_result(mean, sd, aversion, value):
    assert loss_averse_value(mean, sd, aversion) == pytest.approx(value, abs=1e-3)


def test_the_value_is_that_of_every_outcome_with_losses_weighed():
    mean, sd, aversion = 40.0, 130.0, 1.955

    def felt(x):
        return (x if x > 0.0 else aversion * x) * stats.norm.pdf(x, mean, sd)

    expected = integrate.quad(felt, -1500.0, 0.0)[0] + integrate.quad(felt, 0.0, 1500.0)[0]
    assert loss_averse_value(mean, sd, aversion) == pytest.approx(expected, abs=1e-6)


def test_few_patients_are_more_to_fear():
    """R1: the SD of a mean falls with sqrt(n); with very many only the mean is left."""
    values = [loss_averse_value(60.0, 800.0 / math.sqrt(n), 2.0) for n in (5, 10, 25, 100, 1e8)]

    assert values == sorted(values)
    assert values[0] < 0.0 < values[3]
    assert values[-1] == pytest.approx(60.0, abs=1e-3)


# --- the spread of a result


def by_integration(a, b, cv, level):
    """SD of a X + b max(0, X - L) for lognormal X with mean 1."""
    s = math.sqrt(math.log(1.0 + cv * cv))
    z = np.linspace(-12.0, 12.0, 2_000_001)
    x = np.exp(s * z - 0.5 * s * s)
    value, weight = a * x + b * np.maximum(0.0, x - level), stats.norm.pdf(z) * (z[1] - z[0])
    mean = (value * weight).sum()
    return math.sqrt(((value - mean) ** 2 * weight).sum())


@pytest.mark.parametrize("level", [0.5, 1.0, 1.7, 4.0])
@pytest.mark.parametrize("stopped", [0.0, 400.0, 1000.0])
def test_the_spread_of_a_result_under_a_stop_loss(level, stopped):
    found = result_sd(-1000.0, stopped, 0.667, level)

    assert found == pytest.approx(by_integration(-1000.0, stopped, 0.667, level), rel=1e-5)


def test_a_stop_loss_takes_away_risk_and_more_of_it_when_it_starts_sooner():
    sds = [result_sd(-1000.0, 1000.0, 0.667, level) for level in (0.5, 1.0, 2.0, 4.0, 50.0)]

    assert sds == sorted(sds)
    assert sds[-1] == pytest.approx(667.0, abs=0.1)
    assert result_sd(-1000.0, 0.0, 0.667, 0.0) == pytest.approx(667.0)


def test_without_spread_or_without_a_level_the_spread_is_plain():
    assert result_sd(-1000.0, 300.0, 0.0, 1.0) == 0.0
    assert result_sd(-1000.0, 300.0, 0.5, 0.0) == pytest.approx(350.0)


def test_what_a_contract_leaves_of_the_risk_by_hand():
    """Cost 48, nothing paid per session: 48 x 40 x 0.667 open; a stop-loss at 1.5 x its cost."""
    open_part = kept_result_sd(0.0, 48.0, 40.0, 30.0, 0.667, 0.0, 0.0)
    stopped = kept_result_sd(0.0, 48.0, 40.0, 30.0, 0.667, 1_800.0, 0.9)

    assert open_part == pytest.approx(48.0 * 40.0 * 0.667)
    assert stopped == pytest.approx(by_integration(-1_920.0, 1_080.0, 0.667, 1.5), rel=1e-5)
    assert stopped < 0.8 * open_part
    # Half under the contract: half of the stop-loss, half of the fee is at risk.
    assert stopped < kept_result_sd(0.0, 48.0, 40.0, 30.0, 0.667, 1_800.0, 0.45) < open_part
    # A corridor works as a fee (R3): what pays most of a session back takes most of the risk away.
    assert kept_result_sd(36.0, 48.0, 40.0, 30.0, 0.667, 0.0, 0.0) == pytest.approx(open_part / 4)


# --- trust, peers, value


@pytest.mark.parametrize("mean", [0.3, 0.5, 0.6, 0.9])
def test_trust_lies_between_nought_and_one_with_the_mean_asked(mean):
    found = integrate.quad(lambda u: trust_in_insurer(u, mean), 0.0, 1.0)[0]

    assert found == pytest.approx(mean, abs=1e-6)
    assert 0.0 < trust_in_insurer(0.01, mean) < trust_in_insurer(0.99, mean) < 1.0
    assert trust_in_insurer(0.25, 0.5) == pytest.approx(0.25)


def test_a_promise_counts_as_far_as_it_is_trusted_and_a_loss_in_full():
    assert trusted_gain(100.0, 0.4) == pytest.approx(40.0)
    assert trusted_gain(-100.0, 0.4) == -100.0


def test_neighbours_are_the_others_of_the_region():
    assert share_of_neighbours(3, 7, 0) == 0.5
    assert share_of_neighbours(3, 7, 1) == pytest.approx(2.0 / 6.0)
    assert share_of_neighbours(1, 1, 1) == 0.0


def value(gain=100.0, sd=0.0, trust=0.5, holds=False, neighbours=0.0, benefit=0.0):
    return joining_value(gain, sd, trust, 2.0, benefit, 20.0, 15.0, holds, neighbours, 30.0)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, 15.0),  # 0.5 x 100 - 20 - 15
        ({"holds": True}, 45.0),  # leaving would cost 15 as well
        ({"neighbours": 0.5}, 30.0),  # 0.5 x 30 more
        ({"benefit": -40.0}, -25.0),  # what patients lose counts in full, whatever the trust
        ({"gain": -10.0}, -55.0),  # a loss counts twice and in full
        ({"sd": 100.0}, -4.780),  # m 50, sd 100: 35.207 - 15.427 = 19.780 to fear
    ],
)
def test_what_holding_the_contract_is_worth(known, expected):
    assert value(**known) == pytest.approx(expected, abs=1e-3)


def test_who_has_the_contract_stays_where_who_has_not_would_not_join():
    """Changing costs time both ways, so of practices with the same view some stay as they are."""
    joins, stays = (acceptance_probability(value(holds=h), 0.0, 0.05) for h in (False, True))

    assert (joins, stays) == pytest.approx((1 / (1 + math.exp(-0.75)), 1 / (1 + math.exp(-2.25))))


# --- what a practice would plan, and earn


def test_the_result_is_fixed_pay_less_cost_and_what_outcomes_and_a_stop_loss_pay():
    stop = (36.53, 0.667, 1500.0, 0.8)
    found = result_under(1200.0, 3.0, 24.0, 30.0, 0.1, -250.0, *stop)

    assert found == pytest.approx(1200.0 - 21.0 * 30.0 - 25.0 + stop_loss_pay(30.0, *stop))
    assert result_under(1200.0, 0.0, 24.0, 30.0, 0.0, -250.0, 36.53, 0.667, 0.0, 0.0) == 480.0


# --- what counts under each theory


@pytest.mark.parametrize(
    ("theory", "weight"),
    [(DEFAULT, 0.5), (TARGET_INCOME, 0.5), (INERTIA, 0.5), (MONOTONE_BENEFIT, 0.5),
     (PURE_PROFIT, 0.0), (PURE_PROFESSIONAL, 1.0)],
)  # fmt: skip
def test_a_euro_of_patient_benefit_is_worth_one_over_rho(theory, weight):
    assert patient_weight_under(theory, 2.0) == weight


def test_patient_benefit_is_that_of_the_theory():
    # 5 / 2 x (40^2 - 10^2) = 3,750.
    assert benefit_under(DEFAULT, 30.0, 40.0, 5.0, 24.0, 12.0) == 3750.0
    assert benefit_under(PURE_PROFESSIONAL, 30.0, 40.0, 5.0, 24.0, 12.0) == benefit(30.0, 40.0, 5.0)
    monotone = benefit_under(MONOTONE_BENEFIT, 30.0, 40.0, 5.0, 24.0, 12.0)
    assert monotone == monotone_benefit.benefit(30.0, 40.0, 24.0, 12.0) != 3750.0


def test_target_income_misses_what_is_lacking_and_gains_nothing_above_it():
    # 300 at need and a gap of 100: the usual income is 400.
    assert shortfall(340.0, 300.0, 100.0) == 60.0
    assert shortfall(450.0, 300.0, 100.0) == 0.0
    assert shortfall(340.0, 300.0, 0.0) == 0.0
    assert money_under(TARGET_INCOME, 340.0, 300.0, 100.0) == -60.0
    assert money_under(TARGET_INCOME, 900.0, 300.0, 100.0) == 0.0


def test_money_moves_all_but_the_pure_professional():
    assert money_under(DEFAULT, 340.0, 300.0, 0.0) == 340.0
    assert money_under(PURE_PROFESSIONAL, 340.0, 300.0, 0.0) == 0.0
    assert (risk_under(PURE_PROFESSIONAL, 50.0), risk_under(PURE_PROFIT, 50.0)) == (0.0, 50.0)
    assert [euro_under(theory, 10.0) for theory in (DEFAULT, PURE_PROFESSIONAL)] == [1.0, 0.0]
    assert [euro_under(TARGET_INCOME, money) for money in (-60.0, 0.0)] == [1.0, 0.0]


def test_habit_weighs_no_contracts():
    assert not weighs_contracts(INERTIA)
    assert weighs_contracts(DEFAULT) and weighs_contracts(PURE_PROFESSIONAL)


# --- negotiating


@pytest.mark.parametrize("u", [0.01, 0.3, 0.5, 0.97])
def test_the_value_asked_is_where_the_logit_turns(u):
    assert acceptance_probability(value_asked(u, 0.02), 0.0, 0.02) == pytest.approx(u)


@pytest.mark.parametrize("asked", [-300.0, -1.0, 0.0, 80.0, 900.0])
@pytest.mark.parametrize("sd", [0.0, 60.0, 700.0])
@pytest.mark.parametrize("trust", [0.2, 1.0])
def test_the_gain_asked_is_worth_exactly_what_is_asked(asked, sd, trust):
    gain = gain_asked(asked, trust, sd, 1.955)

    found = loss_averse_value(trusted_gain(gain, trust), sd, 1.955)
    assert found == pytest.approx(asked, abs=1e-6)


def test_who_trusts_nobody_can_not_be_won_with_money():
    assert gain_asked(10.0, 0.0, 0.0, 2.0) == math.inf
    assert negotiated_supplement(math.inf, 40.0, 0.3) == 0.0


def test_what_is_asked_and_what_is_beside_money_make_up_the_value():
    beside = value_beside_money(-40.0, 20.0, 15.0, False, 0.5, 30.0)

    assert beside == -40.0 + 15.0 - 20.0 - 15.0
    gain = gain_asked(12.0 - beside, 0.5, 100.0, 2.0)
    assert joining_value(
        gain, 100.0, 0.5, 2.0, -40.0, 20.0, 15.0, False, 0.5, 30.0
    ) == pytest.approx(12.0, abs=1e-6)


@pytest.mark.parametrize(
    ("least", "most", "power", "agreed"),
    [
        (10.0, 40.0, 0.25, 32.5),  # a quarter of the way from the insurer's limit
        (10.0, 40.0, 1.0, 10.0),  # all power to the insurer
        (10.0, 40.0, 0.0, 40.0),
        (40.01, 40.0, 0.25, 0.0),  # nothing both can live with
        (1.0, 2.0, 0.333, 1.66),  # 1.667 in whole cents
    ],
)
def test_a_supplement_splits_what_there_is_to_share(least, most, power, agreed):
    assert negotiated_supplement(least, most, power) == agreed


def test_the_nash_price_maximises_the_weighted_product_of_gains():
    prices = np.linspace(10.0, 40.0, 300_001)[1:-1]
    product = (prices - 10.0) ** 0.7 * (40.0 - prices) ** 0.3

    assert nash_price(10.0, 40.0, 0.3) == pytest.approx(prices[product.argmax()], abs=1e-3)
