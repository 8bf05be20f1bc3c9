"""Closed forms of how much to treat: T1-T5 and A1-A5 (clinical evidence, sections 4.1 and 4.2).

Every number is computed with the functions the simulation runs; where the theory gives an optimum,
the optimum is searched for numerically and compared with the closed form.
"""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize_scalar

from agents.behaviours.default import (
    benefit,
    planned_sessions,
    profit,
    profit_weight,
    wished_sessions,
)
from agents.insurer import neutral_price

CLOSE = 1e-3
C, P, K = 30.0, 38.0, 5.0  # cost, fee and curvature of the worked example
FREE = {"floor": 0.0, "maximum": 1e9}


def sessions(need, rho, fee, beta=0.0, cost=C, convexity=0.0):
    """Return the choice without professional norm, as planned and as wished (must agree)."""
    wished = wished_sessions(need, rho, fee, cost, K, beta, convexity)
    planned = planned_sessions(need, rho, 0.0, fee, cost, K, beta, convexity, 0.0, 1e9)
    assert planned == pytest.approx(max(0.0, wished), abs=1e-9)
    return wished


def welfare(q, need, cost=C, convexity=0.0):
    return benefit(q, need, K) - cost * q - 0.5 * convexity * q * q


def first_best(need, convexity=0.0, cost=C):
    """Return the sessions of highest welfare, by numerical search."""
    best = minimize_scalar(
        lambda q: -welfare(q, need, cost, convexity),
        bounds=(0, 3 * need),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return best.x


def marginal_benefit(q, need):
    return approx_fprime([q], lambda x: benefit(x[0], need, K), 1e-6)[0]


def utility(q, need, rho, fee, beta, norm=0.0):
    """Return the therapist's utility of section 4.0 (EUR of profit), with a norm kink."""
    a = profit_weight(rho)
    money = profit(0.0, fee, C, q) + beta * benefit(q, need, K)
    return a * money + (1 - a) * benefit(q, need, K) - a * norm * abs(q - need)


def search(loss, low, high):
    """Return the minimiser of a smooth convex loss."""
    return minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-8}).x


@pytest.mark.parametrize("rho", [0.5, 2 / 3, 1.0, 1.5, 2.0, 5.0])
@pytest.mark.parametrize(("fee", "beta"), [(P, 0.0), (0.0, 0.0), (10.0, 0.3), (C, 0.0)])
def test_wished_sessions_maximise_the_utility_of_section_4_0(rho, fee, beta):
    best = search(lambda q: -utility(q, 45.0, rho, fee, beta), 0.0, 200.0)

    assert sessions(45.0, rho, fee, beta) == pytest.approx(best, abs=CLOSE)


@pytest.mark.parametrize("rho", [0.5, 1.0, 1.5, 2.0, 3.0])
def test_t1_the_best_fee_is_cost_times_one_minus_one_over_rho(rho):
    found = search(lambda fee: -welfare(sessions(45.0, rho, fee), 45.0), -60.0, 60.0)

    assert found == pytest.approx(C * (1 - 1 / rho), abs=CLOSE)
    assert sessions(45.0, rho, found) == pytest.approx(first_best(45.0), abs=CLOSE)


def test_t1_a_profit_maximiser_needs_the_full_marginal_cost():
    rho = 1e6
    assert sessions(45.0, rho, C * (1 - 1 / rho)) == pytest.approx(39.0, abs=CLOSE)
    assert C * (1 - 1 / rho) == pytest.approx(C, abs=CLOSE)


@pytest.mark.parametrize(("rho", "beta"), [(1.0, 0.0), (1.5, 1 / 3), (2.0, 0.5), (3.0, 2 / 3)])
def test_t2_the_best_outcome_pay_is_one_minus_one_over_rho(rho, beta):
    found = search(lambda b: -welfare(sessions(45.0, rho, 0.0, b), 45.0), -0.2, 1.5)

    assert found == pytest.approx(beta, abs=CLOSE)
    assert beta == pytest.approx(1 - 1 / rho)
    assert sessions(45.0, rho, 0.0, beta) == pytest.approx(39.0, abs=CLOSE)


@pytest.mark.parametrize("rho", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_t3_fee_and_outcome_pay_are_perfect_substitutes_on_one_line(rho, share):
    line = 1 - 1 / rho
    fee, beta = share * line * C, (1 - share) * line

    assert sessions(45.0, rho, fee, beta) == pytest.approx(first_best(45.0), abs=CLOSE)
    assert abs(sessions(45.0, rho, fee + 1.0, beta) - 39.0) > 0.05  # off the line it is not


@pytest.mark.parametrize("rho", [0.05, 2 / 3, 1.0, 2.0, 50.0])
def test_t4_a_fee_equal_to_marginal_cost_gives_exactly_what_is_needed(rho):
    assert sessions(45.0, rho, C) == pytest.approx(45.0, abs=1e-9)
    assert sessions(45.0, rho, C) > first_best(45.0) + 5.9


@pytest.mark.parametrize("fee", [0.0, 10.0, 25.0, 29.9])
def test_t5_a_fee_leaves_marginal_benefits_in_the_ratio_of_rho(fee):
    low, high = (marginal_benefit(sessions(45.0, rho, fee), 45.0) for rho in (1.0, 2.5))

    assert high / low == pytest.approx(2.5, abs=CLOSE)


def test_t5_outcome_pay_narrows_practice_variation():
    ratios = []
    for beta in (0.0, 0.5, 2.0, 100.0):
        one, two = (marginal_benefit(sessions(45.0, rho, 0.0, beta), 45.0) for rho in (1.0, 2.5))
        assert two / one == pytest.approx((1 / 1.0 + beta) / (1 / 2.5 + beta), abs=CLOSE)
        ratios.append(two / one)

    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] == pytest.approx(1.0, abs=0.01)


WORKED_EXAMPLE = [
    (20, 1, 21.6, 14, 14, -35.2, 0, 14),
    (45, 1, 46.6, 39, 39, -16.3, 0, 39),
    (60, 1, 61.6, 54, 54, -12.3, 0, 54),
    (45, 1.5, 47.4, 36, 39, -24.1, 10, 39),
    (45, 2, 48.2, 33, 39, -31.5, 15, 39),
    (45, 2 / 3, 46.0667, 41, 39, -11.0, -15, 39),
]


@pytest.mark.parametrize(
    ("need", "rho", "ffs", "bundle", "best", "change", "best_fee", "at_best_fee"), WORKED_EXAMPLE
)
def test_the_worked_example_holds(need, rho, ffs, bundle, best, change, best_fee, at_best_fee):
    q_ffs, q_bundle = sessions(need, rho, P), sessions(need, rho, 0.0)

    assert q_ffs == pytest.approx(ffs, abs=CLOSE)
    assert q_bundle == pytest.approx(bundle, abs=CLOSE)
    assert first_best(need) == pytest.approx(best, abs=CLOSE)
    assert 100 * (q_bundle / q_ffs - 1) == pytest.approx(change, abs=0.051)
    assert sessions(need, rho, best_fee) == pytest.approx(at_best_fee, abs=CLOSE)


@pytest.mark.parametrize("rho", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("cost", [15.0, 30.0])
def test_a1_the_bundle_cuts_the_same_sessions_from_everybody(rho, cost):
    cuts, shares = [], []
    for need in (20.0, 45.0, 60.0):
        before = sessions(need, rho, P, cost=cost)
        after = sessions(need, rho, 0.0, cost=cost)
        cuts.append(after - before)
        shares.append((after - before) / before)

    assert cuts == pytest.approx([-rho * P / K] * 3, abs=CLOSE)
    assert shares == sorted(shares)  # in percent the mild lose most


@pytest.mark.parametrize(("rho", "elasticity"), [(1.0, 0.163), (2.0, 0.315)])
def test_a2_the_fee_elasticity_is_rho_over_k_times_p_over_q(rho, elasticity):
    step = 1e-4
    change = sessions(45.0, rho, P * (1 + step)) - sessions(45.0, rho, P * (1 - step))
    found = change / (2 * step) / sessions(45.0, rho, P)

    assert found == pytest.approx(elasticity, abs=CLOSE)
    assert found == pytest.approx((rho / K) * P / sessions(45.0, rho, P), abs=CLOSE)


@pytest.mark.parametrize("rho", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("fee", [0.0, 15.0, P])
def test_a3_the_welfare_loss_is_quadratic_in_the_distance_from_first_best(rho, fee):
    best = first_best(45.0)
    loss = welfare(best, 45.0) - welfare(sessions(45.0, rho, fee), 45.0)

    assert loss == pytest.approx(K / 2 * (sessions(45.0, rho, fee) - best) ** 2, abs=CLOSE)
    assert loss == pytest.approx((rho * (fee - C) + C) ** 2 / (2 * K), abs=CLOSE)


def test_a4_with_linear_cost_one_fee_fits_all_classes():
    best_fees = [
        search(lambda fee, n=need: -welfare(sessions(n, 2.0, fee), n), -60, 60)
        for need in (20.0, 45.0, 60.0)
    ]

    assert best_fees == pytest.approx([15.0] * 3, abs=CLOSE)


def test_a4_with_convex_cost_no_single_fee_fits_all_classes():
    rho, e, best_fees = 2.0, 0.5, []
    for need in (20.0, 45.0, 60.0):
        q = sessions(need, rho, P, convexity=e)
        assert q == pytest.approx((rho * (P - C) + K * need) / (K + rho * e), abs=CLOSE)
        assert first_best(need, e) == pytest.approx((K * need - C) / (K + e), abs=CLOSE)
        best_fees.append(
            search(
                lambda fee, n=need: -welfare(sessions(n, rho, fee, convexity=e), n, convexity=e),
                -60,
                90,
            )
        )

    assert best_fees[1] - best_fees[0] > 1.0 and best_fees[2] - best_fees[1] > 1.0


RHOS = np.array([0.5, 1.0, 2.0])
HETEROGENEITY = [
    ((0.25, 0.50, 0.25), 1.125, 1.5625, 8.400, 17.100, 28.125, 90, 154.0),
    ((1 / 3, 1 / 3, 1 / 3), 1.1667, 1.7500, 10.000, 20.000, 37.500, 90, 157.2),
    ((0.50, 0.25, 0.25), 1.000, 1.3750, 8.1818, 24.545, 33.750, 90, 146.8),
]


@pytest.mark.parametrize(
    ("weights", "mean", "square", "fee", "at_fee", "at_0", "at_30", "at_38"), HETEROGENEITY
)
def test_a5_one_fee_for_many_motives(weights, mean, square, fee, at_fee, at_0, at_30, at_38):
    weights = np.array(weights)
    best = welfare(first_best(45.0), 45.0)

    def loss(p):
        each = np.array([best - welfare(sessions(45.0, rho, p), 45.0) for rho in RHOS])
        return float(weights @ each)

    found = search(loss, -60.0, 60.0)
    assert weights @ RHOS == pytest.approx(mean, abs=CLOSE)
    assert weights @ RHOS**2 == pytest.approx(square, abs=CLOSE)
    assert found == pytest.approx(C * (1 - (weights @ RHOS) / (weights @ RHOS**2)), abs=CLOSE)
    assert found == pytest.approx(fee, abs=CLOSE)
    assert loss(found) == pytest.approx(at_fee, abs=CLOSE)
    assert loss(0.0) == pytest.approx(at_0, abs=CLOSE)
    assert loss(30.0) == pytest.approx(at_30, abs=CLOSE)
    assert loss(38.0) == pytest.approx(at_38, abs=0.051)  # printed to one decimal


MIX, NEEDS = np.array([0.4, 0.4, 0.2]), np.array([20.0, 45.0, 60.0])
BUDGET_NEUTRAL = {
    1.0: {
        "sessions": (39.6, 32.0),
        "price": 1504.80,
        "profit": (316.80, 544.80),
        "welfare": (3030.6, 3175.0),
        "benefit": (4218.6, 4135.0),
        "by_class": (1084.8, 334.8, -115.2),
    },
    2.0: {
        "sessions": (41.2, 26.0),
        "price": 1565.60,
        "profit": (329.60, 785.60),
        "welfare": (2963.4, 3085.0),
        "benefit": (4199.4, 3865.0),
        "by_class": (1325.6, 575.6, 125.6),
    },
}


@pytest.mark.parametrize("rho", [1.0, 2.0])
def test_the_budget_neutral_bundle_hands_the_gain_to_providers(rho):
    table = BUDGET_NEUTRAL[rho]
    ffs = np.array([sessions(n, rho, P) for n in NEEDS])
    bundle = np.array([sessions(n, rho, 0.0) for n in NEEDS])
    price = neutral_price(MIX @ ffs, 1.0, P, 1.0)

    def mean(values):
        return MIX @ np.array(values)

    assert (MIX @ ffs, MIX @ bundle) == pytest.approx(table["sessions"], abs=CLOSE)
    assert price == pytest.approx(table["price"], abs=CLOSE)
    assert (
        mean([profit(0.0, P, C, q) for q in ffs]),
        mean([profit(price, 0.0, C, q) for q in bundle]),
    ) == pytest.approx(table["profit"], abs=CLOSE)
    assert (
        mean([welfare(q, n) for q, n in zip(ffs, NEEDS, strict=True)]),
        mean([welfare(q, n) for q, n in zip(bundle, NEEDS, strict=True)]),
    ) == pytest.approx(table["welfare"], abs=CLOSE)
    assert (
        mean([benefit(q, n, K) for q, n in zip(ffs, NEEDS, strict=True)]),
        mean([benefit(q, n, K) for q, n in zip(bundle, NEEDS, strict=True)]),
    ) == pytest.approx(table["benefit"], abs=CLOSE)
    assert [profit(price, 0.0, C, q) for q in bundle] == pytest.approx(table["by_class"], abs=CLOSE)
    assert mean([welfare(first_best(n), n) for n in NEEDS]) == pytest.approx(3175.0, abs=CLOSE)


def test_a_mixed_contract_halves_the_profit_gap_between_classes():
    rho, fee = 2.0, 15.0
    chosen = np.array([sessions(n, rho, fee) for n in NEEDS])
    fixed = neutral_price(MIX @ [sessions(n, rho, P) for n in NEEDS], 1.0, P, 1.0)
    fixed -= fee * (MIX @ chosen)

    assert fixed == pytest.approx(1085.60, abs=CLOSE)
    by_class = [profit(fixed, fee, C, q) for q in chosen]
    assert by_class == pytest.approx([875.6, 500.6, 275.6], abs=CLOSE)
    flat = BUDGET_NEUTRAL[rho]["by_class"]
    assert (by_class[0] - by_class[2]) / (flat[0] - flat[2]) == pytest.approx(0.5, abs=CLOSE)


def test_the_plan_is_the_wish_within_floor_and_maximum():
    def plan(floor, maximum, fee=0.0):
        return planned_sessions(45.0, 2.0, 0.0, fee, C, K, 0.0, 0.0, floor, maximum)

    assert plan(0.0, 1e9) == pytest.approx(33.0)
    assert plan(0.9, 1e9) == pytest.approx(40.5)
    assert plan(0.0, 27.0) == 27.0
    assert plan(0.9, 27.0) == 27.0  # nobody can be given more than the maximum
    assert planned_sessions(3.0, 2.0, 0.0, 0.0, C, K, 0.0, 0.0, 0.0, 1e9) == 0.0


def test_a_norm_keeps_the_therapist_at_need_and_shortens_every_deviation():
    for norm in (0.0, 3.0, 10.0, 40.0, 60.0):
        chosen = planned_sessions(45.0, 2.0, norm, 0.0, C, K, 0.0, 0.0, **FREE)
        expected = 45.0 - max(0.0, 12.0 - norm / K)
        assert chosen == pytest.approx(expected, abs=CLOSE)
