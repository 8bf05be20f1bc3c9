"""Closed forms of KPI contracts: K1 noise, K2 reliability, K3 gaming, K4 crowding out.

Clinical evidence, section 4.8; run on the functions and clauses the simulation uses. Last: what
many drawn practices are settled is on average what the clause says to expect.
"""

import math

import numpy as np
import pytest
from kpi_rewards import C, K, accounts, outlook
from scipy.optimize import approx_fprime, brentq, minimize_scalar

from agents.behaviours.default import benefit, planned_sessions, profit_weight
from model.contracts.contract import Contract
from model.contracts.flat_bundle import FlatBundle
from model.contracts.incentives import Response, incentives
from model.contracts.kpi import Kpi
from model.contracts.noise import (
    crowded_rho,
    effective_rho,
    inflation,
    passing_chance,
    reliability,
    threshold_pull,
)
from model.contracts.outcome_pay import OutcomePay
from model.contracts.verdict import Yardstick, judge
from model.contracts.year import Tallies

CLOSE = 1e-3


def rewarded(*clauses, crowding=0.0, **known):
    """What a contract rewards at one insurer."""
    response = Response(np.array([20.0, 45.0, 60.0]), 2, 0.8, 0.7, 60.0, np.zeros(3))
    return incentives(Contract(clauses), 0, outlook(**known), response, crowding)


# --- K1: a threshold on a noisy measurement

#: Bonus 200 from T = 0.8 on; quality is 0.02 per session and the patient gets 36.
BONUS, THETA, T, Q = 200.0, 0.02, 0.8, 36.0


@pytest.mark.parametrize(("sigma", "per_session"), [(0.3, 5.13), (0.6, 2.64), (1.2, 1.33)])
def test_k1_a_noisy_threshold_barely_pays_for_care(sigma, per_session):
    found = THETA * threshold_pull(BONUS, THETA * Q, T, sigma)

    assert found == pytest.approx(per_session, abs=0.006)  # printed to the cent
    slope = approx_fprime([Q], lambda q: BONUS * passing_chance(THETA * q[0], T, sigma), 1e-5)[0]
    assert found == pytest.approx(slope, abs=1e-4)


@pytest.mark.parametrize(("patients", "per_session"), [(1600, 5.13), (400, 2.64), (100, 1.33)])
def test_k1_a_kpi_clause_pulls_as_the_theory_says(patients, per_session):
    """SD 12 between patients: the mean of 1,600, 400 and 100 has noise 0.3, 0.6 and 1.2."""
    clause = Kpi(indicator="prem", at_least=T, consequence="bonus", share=0.1, minimum_patients=1.0)
    pull = clause.pull(BONUS, outlook(mean=THETA * Q, sd=12.0, patients=patients))

    assert THETA * pull == pytest.approx(per_session, abs=0.006)


def test_k1_what_a_threshold_pays_for_care_is_lost_in_the_noise_of_small_practices():
    """The pull at the threshold is stake x 0.3989 / noise: it grows with the root of n."""
    small, large = (
        Kpi(indicator="prem", at_least=0.0, consequence="bonus", share=0.1, minimum_patients=1.0)
        .pull(1.0, outlook(sd=3.0, patients=n))
        for n in (9.0, 900.0)
    )  # fmt: skip

    assert small == pytest.approx(0.3989, abs=CLOSE)
    assert large / small == pytest.approx(10.0, abs=0.01)


# --- K2: how much of a practice's mean is the practice


@pytest.mark.parametrize(
    ("patients", "icc", "value"),
    [(9, 0.05, 0.321), (15, 0.05, 0.441), (100, 0.05, 0.840), (15, 0.02, 0.234)],
)
def test_k2_most_of_a_small_practices_mean_is_chance(patients, icc, value):
    assert reliability(float(patients), icc) == pytest.approx(value, abs=6e-4)


def test_k2_reliability_is_the_share_of_real_differences():
    """10,000 practices of 9 patients, ICC 0.05: real SD sqrt(0.05), of a patient sqrt(0.95)."""
    luck = np.random.default_rng(42)
    real = math.sqrt(0.05) * luck.standard_normal(10_000)
    mean = real + math.sqrt(0.95 / 9.0) * luck.standard_normal(10_000)

    # The slope of the truth on what is seen; its standard error is about 0.005.
    slope = np.cov(real, mean)[0, 1] / mean.var()
    assert slope == pytest.approx(reliability(9.0, 0.05), abs=0.015)


def test_k2_the_shrunk_value_is_the_best_guess_of_the_practice():
    """Of all guesses mean + w (seen - mean), the verdict's is nearest to the truth."""
    luck, practices, patients = np.random.default_rng(7), 20_000, 9
    real = math.sqrt(0.05) * luck.standard_normal(practices)
    seen = real + math.sqrt(0.95 / patients) * luck.standard_normal(practices)
    count = np.full(practices, float(patients))
    year = accounts("prem", [Tallies(count, count * seen, count * (seen**2 + 0.95), 0.0 * count)])
    guess = judge(
        year, "prem", Yardstick(None, None, 1.0, False, "practice", 1, "shrunk", 0.9)
    ).value

    def error(weight):
        return float(((seen.mean() + weight * (seen - seen.mean()) - real) ** 2).mean())

    best = minimize_scalar(error, bounds=(0.0, 1.0), method="bounded").x
    assert float(((guess - real) ** 2).mean()) == pytest.approx(error(0.3214), abs=1e-6)
    assert best == pytest.approx(0.3214, abs=0.02)  # chance moves the best weight by about 0.006


# --- K3: whoever measures can make it look better


@pytest.mark.parametrize("rho", [0.5, 1.0, 3.0])
@pytest.mark.parametrize(("slope", "reluctance"), [(100.0, 2_000.0), (1_000.0, 2_000.0)])
def test_k3_inflation_is_what_maximises_pay_less_reluctance(rho, slope, reluctance):
    a = profit_weight(rho)
    found = minimize_scalar(
        lambda z: -(a * slope * z - reluctance * z * z / 2),
        bounds=(0.0, 10.0), method="bounded", options={"xatol": 1e-9},
    ).x  # fmt: skip

    assert inflation(a, slope, reluctance) == pytest.approx(found, abs=1e-5)


def test_k3_the_payer_pays_for_nothing():
    """EUR 1,000 a point, even motives, g 2,000: 0.25 points on paper, EUR 250 a patient."""
    reward = rewarded(
        FlatBundle(), Kpi(
            indicator="ccq_change", slope=1_000.0, measured_by="therapist", minimum_patients=1.0
        ), patients=100.0,
    )  # fmt: skip
    z = inflation(profit_weight(1.0), reward.gaming[0], 2_000.0)

    assert z == pytest.approx(0.25)
    assert reward.gaming[0] * z == pytest.approx(250.0)


@pytest.mark.parametrize("rho", [1.5, 2.0, 3.0])
def test_k3_outcome_pay_that_is_gamed_should_stop_short_of_the_honest_optimum(rho):
    """Inflating costs g z^2 / 2; the best slope lies below 1 - 1/rho (T2), at it without gaming."""
    a, need = profit_weight(rho), 45.0

    def best(reluctance):
        def loss(beta):
            q = planned_sessions(need, rho, 0.0, 0.0, C, K, beta, 0.0, 0.0, 1e9)
            z = inflation(a, beta, reluctance)
            return -(benefit(q, need, K) - C * q - reluctance * z * z / 2)

        return minimize_scalar(loss, bounds=(0.0, 2.0), method="bounded").x

    honest = 1 - 1 / rho
    assert best(1e9) == pytest.approx(honest, abs=CLOSE)
    assert best(0.05) < honest - 0.01
    assert best(0.05) < best(0.5) < honest


# --- K4: monitoring crowds out, outcome pay puts back

RHO, CHI = 2.0, 0.2


@pytest.mark.parametrize(
    ("beta", "rho_eff", "sessions"),
    [(0.0, 2.5, 30.0), (0.1, 2.0, 33.0), (0.2, 1.6667, 35.0), (0.4, 1.25, 37.5)],
)
def test_k4_a_kpi_moves_care_by_what_it_pays_and_what_it_crowds_out(beta, rho_eff, sessions):
    assert effective_rho(RHO, CHI, beta) == pytest.approx(rho_eff, abs=1e-4)
    by_rho = planned_sessions(
        45.0, effective_rho(RHO, CHI, beta), 0.0, 0.0, C, K, 0.0, 0.0, 0.0, 1e9
    )
    # The month reckons with the crowded rho and with outcome pay apart: the same plan.
    apart = planned_sessions(45.0, crowded_rho(RHO, CHI), 0.0, 0.0, C, K, beta, 0.0, 0.0, 1e9)

    assert by_rho == pytest.approx(sessions, abs=1e-4)
    assert apart == pytest.approx(sessions, abs=1e-4)


def test_k4_without_kpi_and_monitoring_care_is_as_it_was():
    assert planned_sessions(45.0, RHO, 0.0, 0.0, C, K, 0.0, 0.0, 0.0, 1e9) == pytest.approx(33.0)


@pytest.mark.parametrize(("rho", "chi"), [(2.0, 0.2), (1.0, 0.1), (3.0, 0.3)])
def test_k4_a_kpi_improves_care_only_if_it_pays_more_than_chi_over_rho(rho, chi):
    turning = brentq(lambda beta: effective_rho(rho, chi, beta) - rho, 0.0, 1.0)

    assert turning == pytest.approx(chi / rho, abs=1e-9)


@pytest.mark.parametrize(
    ("per_point", "sessions"), [(0.0, 30.0), (600.0, 33.0), (1_200.0, 35.0), (2_400.0, 37.5)]
)
def test_k4_holds_for_a_contract_with_a_kpi_and_outcome_pay(per_point, sessions):
    """A CCQ point is worth EUR 6,000: 600 a point is beta 0.1. One clause watches: chi M 0.2."""
    watch = Kpi(indicator="prem", at_least=0.0, consequence="audit", minimum_patients=1.0)
    found = rewarded(FlatBundle(), watch, OutcomePay(per_ccq_point=per_point), crowding=CHI)
    q = planned_sessions(
        45.0, crowded_rho(RHO, found.crowding), 0.0, found.session[1, 0], C, K,
        found.outcome_pay[1], 0.0, found.floor, 1e9,
    )  # fmt: skip

    assert found.crowding == pytest.approx(CHI)
    assert q == pytest.approx(sessions, abs=1e-4)
