"""Closed forms of selection (S1-S3), upcoding (U1-U3, U5) and practice risk (R1, R2).

Clinical evidence, sections 4.5, 4.6 and 4.9; run on the functions the simulation uses.
"""

import math

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.optimize import brentq

from agents.behaviours.capacity import others_with_room, outside_option, shadow_price
from agents.behaviours.default import (
    acceptance_chance,
    acceptance_probability,
    acceptance_surplus,
    benefit,
    detection_cost,
    grading_choice,
    loglogistic_quantile,
    moral_cost_scale,
    patient_gain,
    planned_sessions,
    profit,
    profit_weight,
    reaches_threshold,
    wished_sessions,
)
from model.codes import HONEST, UPCODE_DETECTABLE, UPCODE_UNDETECTABLE
from model.contracts.risk import ceded_cost, loss_probability

CLOSE = 1e-3
C, P, K = 30.0, 38.0, 5.0
PROFIT_ONLY, SHARP = 1e9, 1e6


def plan(need, rho, fee=0.0, floor=0.0):
    return planned_sessions(need, rho, 0.0, fee, C, K, 0.0, 0.0, floor, 1e9)


def accepts(need, fixed, rho, floor=0.0, fee=0.0, outside=0.0, reservation=0.0, maximum=1e9):
    """Return the chance of accepting of a therapist who hardly errs."""
    q = plan(need, rho, fee, floor)
    money = profit(fixed, fee, C, q)
    gain = patient_gain(q, need, maximum, K, outside)
    chance = acceptance_chance(money, gain, rho, reservation, SHARP)
    surplus = acceptance_surplus(money, gain, rho)
    # At that precision it is the sign of the surplus of section 4.5 (a tie is accepted).
    if abs(surplus - reservation) > 1e-4:
        assert chance == pytest.approx(float(surplus > reservation), abs=1e-9)
    return chance


# --- S: whom to accept


@pytest.mark.parametrize("fee", [0.0, 10.0, 20.0, 30.0])
def test_s1_the_profit_gap_between_patients_falls_linearly_in_the_fee(fee):
    low, high = plan(20.0, 1.0, fee), plan(60.0, 1.0, fee)
    gap = profit(1200.0, fee, C, low) - profit(1200.0, fee, C, high)

    assert gap == pytest.approx((C - fee) * (high - low), abs=CLOSE)
    assert gap == pytest.approx(40.0 * (C - fee), abs=CLOSE)  # zero at p = c


def test_s2_altruists_select_on_profit_only_where_others_treat_well():
    severe_pays_badly = {"need": 60.0, "fixed": 1200.0, "rho": 1.0}

    assert accepts(**severe_pays_badly, outside=0.0) == 1.0
    assert accepts(**severe_pays_badly, outside=1.0) == 0.0
    assert accepts(need=20.0, fixed=1200.0, rho=1.0, outside=1.0) == 1.0


def test_s2_a_refusal_needs_an_outside_option_in_between():
    """The share of treatment elsewhere at which an altruist turns away a loss-making patient."""
    q = plan(60.0, 1.0)
    wanted = 1.0 * profit(1200.0, 0.0, C, q) + benefit(q, 60.0, K)
    turning = brentq(lambda x: accepts(60.0, 1200.0, 1.0, outside=x) - 0.5, 0.0, 1.0, xtol=1e-10)

    assert turning == pytest.approx(wanted / benefit(60.0, 60.0, K), abs=CLOSE)


def test_s2_others_treat_no_further_than_the_entitlement_reaches():
    """What a refused patient misses is measured against the maximum, not against need."""
    q = 27.0  # capped here as elsewhere: an altruist loses nothing by accepting
    with_maximum, without = (
        acceptance_surplus(profit(0.0, C, C, q), patient_gain(q, 60.0, most, K, 1.0), 1.0)
        for most in (27.0, 1e9)
    )

    assert with_maximum == pytest.approx(0.0, abs=CLOSE)
    assert without == pytest.approx(-K / 2 * (60.0 - q) ** 2, abs=CLOSE)


def test_s2_selection_hurts_most_where_it_is_least_likely():
    """B_alt from what others in the region would do: ample room makes altruists select."""
    severe = {"need": 60.0, "fixed": 1200.0, "rho": 1.0}
    ample = outside_option(1.0, others_with_room(10.0, 10.0, 2.0, 2.0), 0.0)
    full = outside_option(1.0, others_with_room(2.0, 10.0, 2.0, 2.0), 0.0)
    refusing = outside_option(1.0, others_with_room(10.0, 10.0, 2.0, 2.0), 1.0)

    assert (ample, full, refusing) == (1.0, 0.0, 0.0)
    assert accepts(**severe, outside=ample) == 0.0
    assert accepts(**severe, outside=full) == accepts(**severe, outside=refusing) == 1.0


@pytest.mark.parametrize("scarce", [0.0, 0.25, 1.0])
def test_s3_a_scarce_slot_lowers_the_need_at_which_patients_are_dumped(scarce):
    """At a floor phi a slot of price s m phi n is worth it up to n = F / (phi (c + s m))."""
    margin, phi = P - C, 0.7

    def surplus(n):
        price = shadow_price(scarce, margin, phi * n)
        return accepts(n, 1200.0, PROFIT_ONLY, phi, reservation=price) - 0.5

    found = brentq(surplus, 1.0, 200.0, xtol=1e-9)
    assert found == pytest.approx(1200.0 / (phi * (C + scarce * margin)), abs=CLOSE)


@pytest.mark.parametrize(("phi", "threshold"), [(0.5, 80.0), (0.7, 57.142857), (0.9, 44.444444)])
@pytest.mark.parametrize("reservation", [0.0, 150.0])
def test_s3_a_quality_floor_turns_skimping_into_dumping(phi, threshold, reservation):
    found = brentq(
        lambda n: accepts(n, 1200.0, PROFIT_ONLY, phi, reservation=reservation) - 0.5,
        1.0, 200.0, xtol=1e-9,
    )  # fmt: skip

    assert found == pytest.approx((1200.0 - reservation) / (C * phi), abs=CLOSE)
    if reservation == 0.0:
        assert found == pytest.approx(threshold, abs=CLOSE)


@pytest.mark.parametrize("phi", [0.5, 0.7, 0.9])
def test_s3_class_prices_that_follow_the_floor_refuse_nobody(phi):
    for need in (5.0, 20.0, 45.0, 60.0, 150.0):
        assert accepts(need, C * phi * need + 0.01, PROFIT_ONLY, phi) == 1.0
        assert accepts(need, C * phi * need - 0.01, PROFIT_ONLY, phi) == 0.0


@pytest.mark.parametrize(
    ("need", "sessions", "money"), [(20, 18, 660), (45, 40.5, -15), (60, 54, -420)]
)
def test_s3_the_profits_at_rho_2_and_a_floor_of_ninety_percent(need, sessions, money):
    q = plan(need, 2.0, floor=0.9)

    assert q == pytest.approx(sessions, abs=CLOSE)
    assert profit(1200.0, 0.0, C, q) == pytest.approx(money, abs=CLOSE)


def test_acceptance_is_a_coin_toss_at_the_reservation_value_and_logit_around_it():
    assert acceptance_probability(40.0, 40.0, 0.05) == 0.5
    assert acceptance_probability(60.0, 40.0, 0.05) == pytest.approx(1 / (1 + math.exp(-1)))
    assert acceptance_probability(1e9, 0.0, 1.0) == 1.0
    assert acceptance_probability(-1e9, 0.0, 1.0) == 0.0
    assert acceptance_probability(123.0, 0.0, 0.0) == 0.5


# --- U: how heavily to grade

A, STEP, MOST = 0.5, 600.0, 400.0
#: Moral costs spread evenly over (0, 400), as the theory's test has them.
MORAL_COSTS = (np.arange(40_000) + 0.5) / 40_000 * MOST


def graded(audit, fine, gain=STEP, hidden=0.0, delta=0.8, costs=MORAL_COSTS):
    """Return the choice of every therapist on the grid of moral costs."""
    expected = detection_cost(audit, delta, fine)
    return np.array([grading_choice(gain, hidden, A, expected, h) for h in costs])


@pytest.mark.parametrize(
    ("audit", "fine", "share"),
    [
        (0.0, 0.0, 0.75), (0.1, 0.0, 0.69), (0.1, 1.0, 0.63), (0.1, 4.0, 0.45),
        (0.2, 0.0, 0.63), (0.2, 1.0, 0.51), (0.2, 4.0, 0.15),
    ],
)  # fmt: skip
def test_u1_the_share_upcoded_with_uniform_moral_costs(audit, fine, share):
    choice = graded(audit, fine)

    assert (choice == UPCODE_DETECTABLE).mean() == pytest.approx(share, abs=CLOSE)
    assert not (choice == UPCODE_UNDETECTABLE).any()


def test_u1_the_share_rises_one_to_one_with_the_price_step():
    few, many = ((graded(0.1, 1.0, gain=g) != HONEST).mean() for g in (300.0, 330.0))

    assert math.log(many / few) / math.log(1.1) == pytest.approx(1.0, abs=CLOSE)


def test_u1_loglogistic_moral_costs_give_the_elasticity_seen_in_swiss_hospitals():
    shape, share, grid = 0.5, 0.2, (np.arange(200_000) + 0.5) / 200_000
    scale = moral_cost_scale(share, shape, A, STEP)
    costs = np.array([loglogistic_quantile(u, scale, shape) for u in grid])

    def upcoded(step):
        return (graded(0.0, 0.0, gain=step, costs=costs) != HONEST).mean()

    assert upcoded(STEP) == pytest.approx(share, abs=CLOSE)
    elasticity = math.log(upcoded(STEP * 1.02) / upcoded(STEP / 1.02)) / (2 * math.log(1.02))
    assert elasticity == pytest.approx(shape * (1 - share), abs=5e-3)


@pytest.mark.parametrize(("fine", "rate"), [(0, 1.25), (1, 0.625), (4, 0.25), (9, 0.125)])
def test_u2_full_deterrence_needs_audits_times_fines(fine, rate):
    found = brentq(lambda a: detection_cost(a, 0.8, fine) - 1.0, 0.0, 5.0)

    assert found == pytest.approx(rate, abs=CLOSE)
    free_of_morals = np.array([1e-6])
    assert graded(rate + 1e-6, fine, costs=free_of_morals)[0] == HONEST
    assert graded(rate - 1e-4, fine, costs=free_of_morals)[0] == UPCODE_DETECTABLE


def test_u2_repayment_alone_never_deters():
    assert graded(1.0, 0.0, costs=np.array([1.0]))[0] == UPCODE_DETECTABLE


@pytest.mark.parametrize(("fine", "rate"), [(1.0, 0.41667), (4.0, 0.16667)])
def test_u3_beyond_some_audit_rate_gaming_moves_out_of_sight(fine, rate):
    """A therapist without qualms takes 600 in the open, or 200 by scoring a test low."""
    no_qualms = np.array([1e-6])

    def hides(audit):
        choice = graded(audit, fine, hidden=200.0, costs=no_qualms)[0]
        return 1.0 if choice == UPCODE_UNDETECTABLE else -1.0

    found = brentq(hides, 0.0, 1.0, xtol=1e-9)
    assert found == pytest.approx(rate, abs=CLOSE)
    assert found == pytest.approx((1 - 200 / 600) / (0.8 * (1 + fine)), abs=CLOSE)
    assert graded(1.0, 100.0, hidden=200.0, costs=no_qualms)[0] == UPCODE_UNDETECTABLE


def test_u3_no_audit_removes_what_cannot_be_seen():
    share = (graded(1.0, 1000.0, hidden=200.0) == UPCODE_UNDETECTABLE).mean()

    assert share == pytest.approx(A * 200.0 / MOST, abs=CLOSE)


@pytest.mark.parametrize(
    ("rho", "step", "width"),
    [(1, 100, 6.3246), (1, 200, 8.9443), (1, 400, 12.6491),
     (2, 100, 8.9443), (2, 200, 12.6491), (2, 400, 17.8885)],
)  # fmt: skip
def test_u5_care_is_stretched_to_a_paid_threshold_within_a_width(rho, step, width):
    threshold = 60.0

    def stretches(distance):
        return 1.0 if reaches_threshold(threshold - distance, threshold, step, rho, K) else -1.0

    found = brentq(stretches, 1e-6, 59.0, xtol=1e-9)
    assert found == pytest.approx(width, abs=CLOSE)
    # At that width the therapist is indifferent: the payment just makes up for the benefit lost.
    need = threshold - found - rho * (P - C) / K
    own = wished_sessions(need, rho, P, C, K, 0.0, 0.0)
    assert own == pytest.approx(threshold - found, abs=CLOSE)

    def worth(q, extra):
        return profit(extra, P, C, q) + benefit(q, need, K) / rho

    assert worth(own, 0.0) == pytest.approx(worth(threshold, step), abs=CLOSE)


def test_u5_the_share_shifted_is_width_times_density_below_the_threshold():
    wishes = np.linspace(0.0, 100.0, 100_001)
    shifted = np.mean([reaches_threshold(w, 60.0, 200.0, 1.0, K) for w in wishes])

    assert shifted == pytest.approx(8.9443 / 100.0, abs=CLOSE)
    assert not reaches_threshold(60.0, 60.0, 1e9, 1.0, K)  # already there
    assert not reaches_threshold(90.0, 60.0, 1e9, 1.0, K)


# --- R: what a practice risks


@pytest.mark.parametrize(
    ("patients", "chance"), [(5, 0.433), (10, 0.406), (25, 0.354), (100, 0.227), (400, 0.067)]
)
def test_r1_a_five_percent_margin_does_not_protect_a_small_practice(patients, chance):
    assert loss_probability(1260.0 - 1200.0, 800.0, patients) == pytest.approx(chance, abs=CLOSE)


def test_r1_agrees_with_the_normal_distribution_and_its_limits():
    for margin, sd, n in [(60.0, 800.0, 9), (-20.0, 300.0, 15), (0.0, 50.0, 3)]:
        expected = stats.norm.cdf(-margin * math.sqrt(n) / sd)
        assert loss_probability(margin, sd, n) == pytest.approx(expected, abs=1e-9)
    assert loss_probability(1.0, 0.0, 9) == 0.0
    assert loss_probability(-1.0, 0.0, 9) == 1.0


@pytest.mark.parametrize(
    ("attachment", "ceded", "percent"), [(1800, 131.0, 10.9), (2400, 63.0, 5.3), (3600, 16.9, 1.4)]
)
def test_r2_a_stop_loss_cedes_what_the_table_says(attachment, ceded, percent):
    found = ceded_cost(1200.0, 0.667, attachment)

    assert found == pytest.approx(ceded, abs=0.06)  # printed to one decimal
    assert 100 * found / 1200.0 == pytest.approx(percent, abs=0.06)


@pytest.mark.parametrize("attachment", [400.0, 1800.0, 3600.0])
def test_r2_agrees_with_the_integral_over_the_lognormal_tail(attachment):
    s = math.sqrt(math.log(1 + 0.667**2))
    cost = stats.lognorm(s, scale=1200.0 / math.exp(s * s / 2))
    tail, _ = integrate.quad(cost.sf, attachment, np.inf)

    assert ceded_cost(1200.0, 0.667, attachment) == pytest.approx(tail, abs=CLOSE)


def test_the_weight_on_profit_is_rho_over_one_plus_rho():
    for a in (0.1, 0.5, 2 / 3, 0.9):
        assert profit_weight(a / (1 - a)) == pytest.approx(a)
