"""Closed forms of the theories beside the default: target income, pure profit, monotone benefit.

Clinical evidence, sections 4.2 (variant A-exp), 4.5 and 4.6; run on the functions the simulation
uses. Where the theory gives an optimum, it is searched for numerically too.
"""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from agents.behaviours import monotone_benefit as monotone
from agents.behaviours.default import benefit, profit
from agents.behaviours.target_income import gap_felt, lacking_share
from agents.behaviours.theory import (
    acceptance_under,
    extends_under,
    grading_under,
    sessions_under,
    stretches_under,
    substitutes_under,
)
from model.codes import (
    DEFAULT,
    HONEST,
    INERTIA,
    MONOTONE_BENEFIT,
    PURE_PROFESSIONAL,
    PURE_PROFIT,
    TARGET_INCOME,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
)

CLOSE = 1e-3
C, P, K = 30.0, 38.0, 5.0
VALUE, DECAY = 2_500.0, 15.0  # V and tau of the evidence's example
FIRST_BEST = DECAY * math.log(VALUE / (C * DECAY))
NO_LIMIT = 1e9


def plan(theory, need, fee, rho=1.0, norm=0.0, beta=0.0, floor=0.0, most=NO_LIMIT, gap=0.0):
    return sessions_under(
        theory, need, rho, norm, fee, C, K, beta, floor, most, most, gap, C, DECAY
    )


# --- monotone benefit (A-exp)


def test_the_need_is_the_first_best_of_the_example():
    assert pytest.approx(25.722, abs=CLOSE) == FIRST_BEST
    assert monotone.benefit(1e9, FIRST_BEST, C, DECAY) == pytest.approx(VALUE, abs=CLOSE)
    for q in (0.0, 3.0, 40.0):
        value = VALUE * (1.0 - math.exp(-q / DECAY))
        assert monotone.benefit(q, FIRST_BEST, C, DECAY) == pytest.approx(value, abs=CLOSE)


@pytest.mark.parametrize(("rho", "bundle"), [(1.0, 25.722), (1.5, 19.640), (2.0, 15.325)])
def test_a_bundle_gives_the_first_best_less_tau_ln_rho(rho, bundle):
    found = plan(MONOTONE_BENEFIT, FIRST_BEST, 0.0, rho)

    assert found == pytest.approx(bundle, abs=CLOSE)
    assert found == pytest.approx(FIRST_BEST - DECAY * math.log(rho), abs=CLOSE)


@pytest.mark.parametrize("rho", [1.5, 2.0, 4.0])
def test_the_best_fee_is_that_of_ellis_and_mcguire_here_too(rho):
    best_fee = C * (1.0 - 1.0 / rho)

    assert plan(MONOTONE_BENEFIT, FIRST_BEST, best_fee, rho) == pytest.approx(25.722, abs=CLOSE)


@pytest.mark.parametrize("fee", [C, P, 100.0])
def test_at_a_fee_that_covers_cost_only_the_maximum_ends_treatment(fee):
    assert plan(MONOTONE_BENEFIT, FIRST_BEST, fee, most=70.0) == 70.0


@pytest.mark.parametrize("rho", [0.5, 1.0, 2.5])
@pytest.mark.parametrize(("fee", "beta", "norm"), [(0, 0, 0), (12, 0.3, 0), (0, 0, 6), (29, 0, 8)])
def test_the_plan_maximises_profit_and_monotone_benefit(rho, fee, beta, norm):
    def loss(q):
        value = monotone.benefit(q, FIRST_BEST, C, DECAY)
        return -(profit(0.0, fee, C, q) + (1.0 / rho + beta) * value - norm * abs(q - FIRST_BEST))

    best = minimize_scalar(loss, bounds=(0.0, 300.0), method="bounded", options={"xatol": 1e-9}).x
    assert plan(MONOTONE_BENEFIT, FIRST_BEST, fee, rho, norm, beta) == pytest.approx(best, abs=0.01)


def test_a_cheaper_mode_is_taken_when_the_gain_outweighs_marginal_benefit():
    """At need B' is c, so the harm of an effect of 0.95 is 1.50 a session."""
    for saving, taken in ((1.49, False), (1.51, True)):
        assert taken == substitutes_under(
            MONOTONE_BENEFIT, 0.0, C - saving, 0.0, C, 0.95, 20.0, 20.0, 1.0, K, 0.0, DECAY
        )


# --- target income


@pytest.mark.parametrize(
    ("fee", "fixed", "sessions"),
    [
        (P, 0.0, 45.0),  # as before: no gap
        (34.0, 0.0, 90.0),  # half the margin: twice the sessions
        (36.0, 0.0, 60.0),
        (0.0, 1_710.0, 45.0),  # a bundle that pays need at the old fee
        (0.0, 1_500.0, 38.0),  # EUR 210 short: seven sessions fewer
        (0.0, 2_000.0, 45.0),  # more than enough: need
        (40.0, 0.0, 45.0),
        (C, 0.0, 45.0),  # a gap that no session can fill
        (0.0, 0.0, 0.0),
    ],
)
def test_the_income_gap_is_made_up_session_by_session(fee, fixed, sessions):
    reference, at_need = profit(0.0, P, C, 45.0), profit(fixed, fee, C, 45.0)
    gap = gap_felt(lacking_share(reference, at_need), reference, 0.0)
    found = plan(TARGET_INCOME, 45.0, fee, gap=gap)

    assert found == pytest.approx(sessions, abs=CLOSE)
    if 0.0 < found != 45.0:
        assert profit(fixed, fee, C, found) == pytest.approx(reference, abs=CLOSE)


def test_the_gap_is_that_of_the_practice_and_is_felt_in_proportion():
    """Three patients brought 300, 100 and 200; the contract brings 150, 130 and 230: 90 short.

    Of 600 that is 15 %: who brought twice as much is to make up twice as much, and together they
    make it up exactly.
    """
    before, now = (300.0, 100.0, 200.0), (150.0, 130.0, 230.0)
    lacking = lacking_share(sum(before), sum(now))
    gaps = [gap_felt(lacking, one, 0.0) for one in before]

    assert lacking == pytest.approx(0.15)
    assert gaps == pytest.approx([45.0, 15.0, 30.0])
    # A gain elsewhere that outweighs the loss leaves no gap, with nobody.
    assert lacking_share(600.0, 600.0) == lacking_share(600.0, 650.0) == 0.0
    assert gap_felt(0.0, 300.0, -50.0) == 0.0
    # What a heavier class or a cheaper mode brings is no longer missed.
    assert gap_felt(lacking, 300.0, 20.0) == pytest.approx(25.0)
    assert gap_felt(lacking, 300.0, 60.0) == 0.0
    assert lacking_share(0.0, -10.0) == lacking_share(-5.0, -10.0) == 0.0  # no income to miss


def test_the_whole_gap_is_made_up_by_sessions():
    """Needs of 30 and 60 at a margin of 8, cut to 6: q = n (1 + s 8 / 6), and the sum is as was."""
    needs, old, new = (30.0, 60.0), 8.0, 6.0
    lacking = lacking_share(old * sum(needs), new * sum(needs))
    planned = [plan(TARGET_INCOME, n, C + new, gap=gap_felt(lacking, old * n, 0.0)) for n in needs]

    assert planned == pytest.approx([40.0, 80.0])
    assert new * sum(planned) == pytest.approx(old * sum(needs))


def test_a_cut_in_the_fee_raises_sessions_which_no_other_theory_does():
    """The income effect of McGuire and Pauly 1991: volume falls with the fee elsewhere."""
    cut = {
        theory: plan(theory, 45.0, 34.0, gap=180.0) - plan(theory, 45.0, P, most=90.0)
        for theory in (DEFAULT, PURE_PROFESSIONAL, TARGET_INCOME)
    }

    assert cut[TARGET_INCOME] == pytest.approx(45.0, abs=CLOSE)
    assert cut[DEFAULT] == pytest.approx(-0.8, abs=CLOSE)
    assert cut[PURE_PROFESSIONAL] == 0.0


def test_what_is_missed_elsewhere_is_not_made_up_beyond_the_bounds():
    assert plan(TARGET_INCOME, 45.0, 31.0, gap=1_000.0, most=90.0) == 90.0
    assert plan(TARGET_INCOME, 45.0, 0.0, gap=1_000.0, floor=0.9) == pytest.approx(40.5)


@pytest.mark.parametrize(("gap", "choice"), [(0.0, HONEST), (150.0, HONEST), (300.0, 1)])
def test_upcoding_is_worth_the_gap_and_no_more(gap, choice):
    """A step of EUR 600 at a = 0.5: cost 100 is outweighed by a gap above 200."""
    assert grading_under(TARGET_INCOME, 600.0, 0.0, 1.0, 0.0, 100.0, gap) == choice
    assert grading_under(DEFAULT, 600.0, 0.0, 1.0, 0.0, 100.0, gap) == UPCODE_DETECTABLE


# --- pure profit


@pytest.mark.parametrize("need", [20.0, 45.0, 60.0])
def test_profit_alone_goes_to_the_borders(need):
    assert plan(PURE_PROFIT, need, P, most=2.0 * need) == 2.0 * need
    assert plan(PURE_PROFIT, need, 0.0) == 0.0
    assert plan(PURE_PROFIT, need, 0.0, floor=0.7) == pytest.approx(0.7 * need)
    assert plan(PURE_PROFIT, need, C) == need
    assert plan(PURE_PROFIT, need, C + 0.004) == need  # less than half a cent is rounding


@pytest.mark.parametrize("beta", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("fee", [0.0, 20.0, P])
def test_profit_with_outcome_pay_has_an_optimum_inside(fee, beta):
    best = minimize_scalar(
        lambda q: -profit(0.0, fee, C, q) - beta * benefit(q, 45.0, K),
        bounds=(0.0, 200.0), method="bounded", options={"xatol": 1e-9},
    ).x  # fmt: skip

    assert plan(PURE_PROFIT, 45.0, fee, beta=beta) == pytest.approx(max(0.0, best), abs=CLOSE)


def test_the_default_theory_goes_to_pure_profit_when_rho_grows():
    for fee in (0.0, 20.0, 29.0, 31.0, P):
        limit = plan(DEFAULT, 45.0, fee, rho=1e6, most=90.0)
        assert plan(PURE_PROFIT, 45.0, fee, most=90.0) == pytest.approx(limit, abs=CLOSE)


def test_the_default_theory_goes_to_the_pure_professional_when_rho_shrinks():
    for fee in (0.0, 20.0, P):
        limit = plan(DEFAULT, 45.0, fee, rho=1e-6)
        assert plan(PURE_PROFESSIONAL, 45.0, fee) == pytest.approx(limit, abs=CLOSE)


@pytest.mark.parametrize(("phi", "threshold"), [(0.5, 80.0), (0.7, 57.142857), (0.9, 44.444444)])
@pytest.mark.parametrize("reservation", [0.0, 150.0])
def test_s3_pure_profit_dumps_whom_the_floor_forbids_to_skimp(phi, threshold, reservation):
    def accepts(need):
        q = plan(PURE_PROFIT, need, 0.0, floor=phi)
        money = profit(1_200.0, 0.0, C, q)
        return accepted(PURE_PROFIT, money, q, need, reservation=reservation) - 0.5

    found = brentq(accepts, 1.0, 200.0, xtol=1e-9)
    assert found == pytest.approx((1_200.0 - reservation) / (C * phi), abs=CLOSE)
    if reservation == 0.0:
        assert found == pytest.approx(threshold, abs=CLOSE)


def test_a_quarter_is_billed_with_the_least_contacts_that_pay():
    def stretches(theory, price, accepts=10.0, gap=0.0):
        return stretches_under(theory, 0.0, 4.0, price, 1.0, 4.0 * K, 0.0, C, accepts, gap)

    assert stretches(PURE_PROFIT, 120.01)
    assert not stretches(PURE_PROFIT, 120.0)  # four contacts of EUR 30
    assert not stretches(PURE_PROFIT, 500.0, accepts=3.9)  # the patient does not come that often
    assert not stretches(PURE_PROFESSIONAL, 500.0)
    assert stretches(MONOTONE_BENEFIT, 121.0)
    # Who lacks nothing has no reason; who does weighs the patient as anybody.
    assert not stretches(TARGET_INCOME, 500.0)
    assert stretches(TARGET_INCOME, 160.01, gap=1.0)
    assert not stretches(TARGET_INCOME, 159.99, gap=1.0)
    assert stretches(DEFAULT, 160.01) and not stretches(DEFAULT, 159.99)  # U5: 16 = 2 S / 4 k


# --- conduct of each theory


def accepted(theory, money, sessions, need, elsewhere=0.9, rho=1.0, reservation=0.0):
    return acceptance_under(
        theory, money, sessions, need, NO_LIMIT, elsewhere, rho, K, C, DECAY, reservation, 1e6
    )


def test_who_is_accepted_under_each_theory():
    """A loss of EUR 100 on a patient who would lack 8 sessions (of 45) here."""
    loses = {"money": -100.0, "sessions": 37.0, "need": 45.0}
    nobody, others = {"elsewhere": 0.0}, {"elsewhere": 1.0}

    assert accepted(PURE_PROFESSIONAL, **loses, **others) == 1.0
    assert accepted(PURE_PROFIT, **loses, **nobody) == 0.0
    for theory in (DEFAULT, TARGET_INCOME, INERTIA, MONOTONE_BENEFIT):
        assert accepted(theory, **loses, **nobody) == 1.0  # the patient gains a lot
        assert accepted(theory, **loses, **others) == 0.0
    assert accepted(TARGET_INCOME, 0.0, 20.0, 45.0, 1.0) == 1.0  # who brings money comes in
    assert accepted(DEFAULT, 0.0, 20.0, 45.0, 1.0) == 0.0  # others would treat better


def test_a_tie_is_accepted_where_only_money_counts():
    assert accepted(PURE_PROFIT, 40.0, 20.0, 45.0, reservation=40.0) == 1.0
    assert accepted(PURE_PROFIT, 39.99, 20.0, 45.0, reservation=40.0) == 0.0


@pytest.mark.parametrize("loss", [0.0, 0.5, 0.99, 1.0, 1.6])
def test_pure_profit_upcodes_whenever_it_pays_net_of_audits(loss):
    found = grading_under(PURE_PROFIT, 600.0, 0.0, 0.0, loss, 1e9, 0.0)

    assert found == (UPCODE_DETECTABLE if loss < 1.0 else HONEST)
    assert grading_under(PURE_PROFIT, 600.0, 600.0, 0.0, loss, 1e9, 0.0) == UPCODE_UNDETECTABLE
    assert grading_under(PURE_PROFESSIONAL, 600.0, 600.0, 9.0, 0.0, 0.0, 0.0) == HONEST


def test_who_opens_a_quarter_without_need():
    pays, costs = (200.0, 30.0), (30.0, 30.0)

    assert extends_under(PURE_PROFIT, *pays, 0.0, 0.0, 1e9)
    assert not extends_under(PURE_PROFIT, *costs, 9.0, 0.0, 0.0)
    assert not extends_under(PURE_PROFIT, *pays, 9.0, 1.0, 0.0)
    assert not extends_under(PURE_PROFESSIONAL, *pays, 9.0, 0.0, 0.0)
    assert not extends_under(TARGET_INCOME, *pays, 9.0, 0.0, 0.0)
    assert extends_under(DEFAULT, *pays, 1.0, 0.0, 84.9)
    assert not extends_under(DEFAULT, *pays, 1.0, 0.0, 85.1)  # a = 0.5 of a gain of 170


def test_who_gives_sessions_in_a_group():
    def groups(theory, saving=15.0, effect=0.95, sessions=45.0, gap=0.0):
        return substitutes_under(
            theory, 0.0, C - saving, 0.0, C, effect, sessions, 45.0, 1.0, K, gap, DECAY
        )

    assert groups(PURE_PROFIT) and not groups(PURE_PROFIT, saving=0.0)
    assert groups(TARGET_INCOME, gap=1.0) and not groups(TARGET_INCOME, gap=0.0)
    assert not groups(PURE_PROFESSIONAL) and not groups(PURE_PROFESSIONAL, effect=1.05)
    assert groups(PURE_PROFESSIONAL, effect=1.05, sessions=40.0)  # the patient lacks care
    assert groups(DEFAULT) and not groups(DEFAULT, effect=0.1, sessions=40.0)


def test_where_fee_equals_cost_all_but_the_monotone_variant_follow_need():
    for theory in (DEFAULT, PURE_PROFESSIONAL, PURE_PROFIT, TARGET_INCOME, INERTIA):
        for need in np.linspace(1.0, 120.0, 24):
            assert plan(theory, need, C, norm=5.0, most=200.0) == need
            assert accepted(theory, 0.0, need, need) == 1.0
    assert plan(MONOTONE_BENEFIT, 45.0, C, most=200.0) == 200.0
