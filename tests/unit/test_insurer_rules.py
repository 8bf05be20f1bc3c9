"""How insurers set prices: neutral at first, then with a ratchet."""

import numpy as np
import pytest

from agents.insurer import (
    Insurer,
    expected_bundle_sessions,
    negotiated_price,
    neutral_price,
    repriced,
)
from model.codes import POLICY_CONTRACT
from model.contracts.intake_fee import IntakeFee
from model.contracts.weight_class_bundle import WeightClassBundle
from model.month.prices import session_tariff
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size, insurer_shares
from model.simulation import Span, World

P = load_registry().values()


@pytest.fixture(scope="module")
def insurer() -> Insurer:
    return World(P, Policy(), 1, Size.of_treated(P, 20)).insurers[0]


def test_the_neutral_price_is_mean_sessions_times_the_tariff():
    assert neutral_price(800.0, 100.0, 36.53, 1.0) == pytest.approx(292.24)
    assert neutral_price(800.0, 100.0, 36.53, 0.9) == pytest.approx(263.016)
    assert neutral_price(0.0, 100.0, 36.53, 1.0) == 0.0


def test_a_kind_nobody_had_has_no_neutral_price():
    assert neutral_price(0.0, 0.0, 36.53, 1.0) == 0.0


def test_the_neutral_price_keeps_spending_if_behaviour_stays():
    sessions, quarters = np.array([900.0, 400.0]), np.array([100.0, 80.0])
    prices = [neutral_price(s, q, 36.53, 1.0) for s, q in zip(sessions, quarters, strict=True)]

    assert prices @ quarters == pytest.approx(36.53 * sessions.sum())


def test_the_ratchet_says_how_far_the_price_follows():
    assert repriced(300.0, 200.0, 0.0) == 300.0
    assert repriced(300.0, 200.0, 1.0) == 200.0
    assert repriced(300.0, 200.0, 0.5) == pytest.approx(250.0)


def set_prices(insurer, old, sessions, quarters, ratchet=0.0, factor=1.0):
    return insurer.set_quarter_prices(
        old, np.array(sessions), np.array(quarters), 40.0, factor, ratchet, unseen=265.0
    )


def test_first_prices_are_neutral_whatever_the_ratchet(insurer):
    for ratchet in (0.0, 0.5, 1.0):
        found = set_prices(insurer, None, [800.0, 100.0], [100.0, 50.0], ratchet)
        np.testing.assert_allclose(found, [320.0, 80.0])


def test_a_group_without_claims_first_gets_the_mean_price_of_all_quarters(insurer):
    found = set_prices(insurer, None, [800.0, 0.0, 100.0], [100.0, 0.0, 50.0], factor=0.5)

    np.testing.assert_allclose(found, [160.0, 0.5 * 40.0 * 900.0 / 150.0, 40.0])


def test_without_any_claim_the_first_price_is_the_reference_price(insurer):
    found = set_prices(insurer, None, [0.0, 0.0], [0.0, 0.0], factor=0.9)

    np.testing.assert_allclose(found, [0.9 * 265.0] * 2)


def test_a_contract_from_the_first_month_on_has_a_price():
    """Nothing was claimed yet: a quarter that earns nothing would be no contract at all."""
    policy = Policy(clauses=(IntakeFee(), WeightClassBundle()))
    w = World(P, policy, 1, Size.of_treated(P, 20), Span(2025, 2025, 2025)).run(1)

    price = round(100 * P.bundle_price_factor * P.bundle_price_quarter_average_patient)
    assert (w.prices[POLICY_CONTRACT].quarter == price).all()


def test_later_prices_follow_sessions_and_stay_where_nothing_was_seen(insurer):
    old = np.array([320.0, 80.0])
    found = set_prices(insurer, old, [600.0, 0.0], [100.0, 0.0], 0.5)

    np.testing.assert_allclose(found, [280.0, 80.0])
    np.testing.assert_array_equal(old, [320.0, 80.0])


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_insurers_offer_until_they_insure_about_the_share_asked(share, seed):
    policy = Policy(clauses=(IntakeFee(), WeightClassBundle()), insurers_share=share)
    w = World(P, policy, seed, Size.of_treated(P, 20), Span(2025, 2025, 2025)).run(1)
    sizes = insurer_shares(P)
    insured = sum(sizes[i.number] for i in w.insurers if i.offers)

    assert abs(insured - share) <= max(sizes) / 2
    assert (share > 0.0) or insured == 0.0
    assert (share < 1.0) or insured == pytest.approx(1.0)
    signed = (w.contract_of == POLICY_CONTRACT).any(axis=0)
    assert list(signed) == [i.offers for i in w.insurers]


def test_the_tariff_grows_from_the_policy_year_on_only():
    growing = P.replace({"session_tariff_real_growth": 0.02})
    start = P.session_tariff_contracted

    assert session_tariff(growing, -2) == session_tariff(growing, 0) == start
    assert session_tariff(growing, 3) == pytest.approx(start * 1.02**3)


@pytest.mark.parametrize(
    ("bundle_sessions", "power", "price"),
    [
        (8.0, 0.0, 300.0),  # 10 sessions at 30: what the fee per session would cost
        (8.0, 1.0, 260.0),  # the fee's margin of 10 x (30 - 20), and 8 x 20 to give them
        (8.0, 0.25, 290.0),  # a quarter of the way
        (12.0, 1.0, 300.0),  # 100 + 240 is more than an insurer would ever pay
    ],
)
def test_the_negotiated_price_lies_between_what_each_side_can_do_without(
    bundle_sessions, power, price
):
    found = negotiated_price(300.0, bundle_sessions, 30.0, 20.0, power)

    assert found == pytest.approx(price)


def test_a_practice_expects_to_give_less_under_a_bundle_as_far_as_the_norm_lets_it():
    """Wished a year: 40 - rho c / k = 40 - 1 x 25 / 5 = 35; the norm draws back by 10 / 5 = 2."""
    p = P.replace(
        {"altruism_rho_median": 1.0, "variable_cost_per_session": 25.0, "benefit_curvature_k": 5.0,
         "norm_median": 10.0}
    )  # fmt: skip

    assert expected_bundle_sessions(10.0, p) == pytest.approx(37.0 / 4.0)
    assert expected_bundle_sessions(10.0, p.replace({"norm_median": 30.0})) == pytest.approx(10.0)
