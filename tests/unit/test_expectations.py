"""Expectations: what is known in January, with round numbers in place of the registry's."""

import math

import numpy as np
import pytest

from model.contracts.contract import REGULAR, Contract
from model.contracts.flat_bundle import FlatBundle
from model.contracts.joint_contracting import JointContracting
from model.contracts.kpi import Kpi
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Norm, Outlook
from model.contracts.prices import Prices
from model.expectations import (
    mean_margin,
    minute_cost,
    outlook,
    patients_per_practice,
    pool_sizes,
    response,
    side_payments,
    typical_sessions,
)
from model.parameters import load_registry

P = (
    load_registry()
    .values()
    .replace(
        {
            "copd_physio_patients": 30_000.0,
            "multi_therapist_practices": 3_000.0,
            "regions": 30.0,
            "variable_cost_per_session": 24.0,
            "session_minutes": 30.0,
            "need_share_of_maximum": 0.8,
            "sessions_per_patient_year_mean": 30.0,
            "sessions_mean_fitted": 40.0,
            "guideline_max_sessions_profile_3": 40.0,
            "guideline_max_sessions_profile_4": 60.0,
            "guideline_max_sessions_profile_5": 70.0,
            "intensive_quarters": 1.0,
            "mcid_ccq": 0.4,
            "gpe_noise_sd": 0.4,
            "effect_6mwd_initial": 45.0,
            "training_hmax_ccq": 0.75,
            "training_reference": 0.8,
            "effect_admission_rr_trained": 0.75,
            "admin_minutes_kpi": 5.0,
            "admin_hours_improvement_plan": 20.0,
            "value_per_qaly": 50_000.0,
            "utility_per_ccq_point": -0.12,
            "cost_cv_per_patient": 0.6,
            "kpi_icc_practice": 0.05,
            "cost_exacerbation_severe_2025": 6_000.0,
        }
    )
)
#: Tariff EUR 36, and EUR 300 for every quarter.
PRICES = Prices(np.full(4, 3600), 5400, np.full((10, 3, 3), 30_000))
NOTHING_KNOWN = np.zeros((3, 3))
CARE = Norm(150.0, 200.0, np.full((3, 3), 150.0), 50.0)


def norm(mean: float, sd: float = 0.3, cells=None, patients: float = 100.0) -> Norm:
    return Norm(mean, sd, np.full((3, 3), mean) if cells is None else np.array(cells), patients)


NORMS = {
    "ccq_change": norm(0.4),
    "relevant_change": norm(0.5, 0.5),
    "admissions": norm(0.05, cells=[[0.01, 0.02, 0.03], [0.02, 0.04, 0.06], [0.03, 0.06, 0.09]]),
    "measured": norm(0.8),
}


def answer(usual=NOTHING_KNOWN, norms=NORMS):
    return response(P, norms, usual)


def known_of(contract: Contract, prices=PRICES, **more) -> Outlook:
    return outlook(contract, prices, NORMS, CARE, answer(), P, **more)


def test_a_minute_costs_a_thirtieth_of_a_session():
    assert minute_cost(P) == 0.8


def test_ten_patients_a_practice():
    assert patients_per_practice(P) == 10.0


def test_without_claims_sessions_are_the_need_of_the_profile():
    # 0.8 x 30 / 40 = 0.6 of the guideline's maximum.
    np.testing.assert_allclose(typical_sessions(P, NOTHING_KNOWN), [24.0, 36.0, 42.0])


def test_with_claims_a_first_year_is_one_intensive_and_three_tapering_quarters():
    usual = np.array([[12.0, 5.0, 3.0], [15.0, 0.0, 3.0], [20.0, 8.0, 3.0]])

    # 12 + 3 x 5; no tapering quarter was seen in class 1; 20 + 3 x 8. Maintenance is no first year.
    np.testing.assert_allclose(typical_sessions(P, usual), [27.0, 36.0, 44.0])


def test_how_outcomes_answer_to_a_point_less_burden():
    found = answer()

    # At the national mean of 0.4 = the relevant change: 0.398942 / 0.3; GPE is felt with an SD of
    # sqrt(0.3^2 + 0.4^2) = 0.5.
    assert found.relevant_per_ccq == pytest.approx(1.329807, abs=1e-6)
    assert found.gpe_per_ccq == pytest.approx(0.797885, abs=1e-6)
    # 45 m go with 0.75 x 0.8 = 0.6 points.
    assert found.walk_per_ccq == pytest.approx(75.0)
    # Means over the classes 0.02, 0.04, 0.06 a quarter, four quarters, ln(1 / 0.75) / 0.6.
    np.testing.assert_allclose(
        found.admissions_per_ccq, np.array([0.08, 0.16, 0.24]) * 0.2876821 / 0.6, rtol=1e-6
    )
    assert found.intensive_quarters == 1


def test_a_mean_far_from_the_relevant_change_leaves_few_at_the_border():
    # One SD above it: 0.241971 / 0.3.
    found = answer(norms=NORMS | {"ccq_change": norm(0.7)})

    assert found.relevant_per_ccq == pytest.approx(0.806570, abs=1e-6)


def test_before_anything_is_measured_nothing_answers():
    found = answer(norms=NORMS | {"ccq_change": norm(0.0, 0.0)})

    assert found.relevant_per_ccq == 0.0
    assert found.gpe_per_ccq == pytest.approx(0.241971 / 0.4, abs=1e-6)  # the noise of feeling


def test_pools_are_counted_in_practices():
    found = pool_sizes(P, pooled_practices=8)

    assert (found["practice"], found["group"], found["region"]) == (1.0, 8.0, 100.0)
    # A patient's insurer insures so much of the practice: the sum of squared market shares.
    shares = [P[f"insurer_share_2022_{name}"] for name in "abcdefghij"]
    assert found["contract"] == pytest.approx(math.fsum((s / sum(shares)) ** 2 for s in shares))
    assert 0.1 < found["contract"] < 1.0


def test_the_outlook_is_in_euros_per_patient_year():
    known = known_of(REGULAR)

    assert (known.patients, known.reference_cost, known.cost_cv) == (10.0, 36.0, 0.6)
    assert known.sessions == pytest.approx(34.0)  # (24 + 36 + 42) / 3
    assert known.benchmark == 1_800.0  # 12 months of 150
    assert known.care_sd == pytest.approx(692.820, abs=1e-3)  # 200 x sqrt(12)
    assert (known.admission_cost, known.ccq_value, known.icc) == (6_000.0, 6_000.0, 0.05)
    assert known.kpi_minutes_cost == 4.0  # 5 minutes of 0.80
    assert known.plan_cost == 96.0  # 20 hours of 48 over 10 patients
    assert known.pool_size["group"] == 1.0


def test_the_fee_has_no_margin_above_the_reference_price():
    """The reference price is the tariff itself, so there is nothing to share at the fee."""
    assert known_of(REGULAR).margin == pytest.approx(0.0)


def test_the_margin_of_a_bundle_is_the_mean_over_the_classes():
    # 1,200 less 36 x 24, 36 and 42: 336, -96 and -312; mean -24.
    known = known_of(Contract((FlatBundle(),)), regular_margin=40.0)

    assert known.margin == pytest.approx(-24.0)
    assert known.contract_gain == pytest.approx(-64.0)
    assert mean_margin(Contract((FlatBundle(),)), known, answer()) == pytest.approx(-24.0)


def test_what_the_insurer_and_the_ministry_know_is_passed_on():
    known = known_of(REGULAR, overrun_rate=0.02, revenue_before=250.0)

    assert (known.overrun_rate, known.revenue_before) == (0.02, 250.0)


def test_joint_contracting_makes_the_group_of_the_outlook():
    known = known_of(Contract((FlatBundle(), JointContracting(practices=12))))

    assert known.pool_size["group"] == 12.0


def test_side_payments_are_what_clauses_beside_the_bundle_pay_per_quarter():
    # 0.4 points x 0.8 answer x 150 = 48 a year, 12 a quarter; the bundle itself is left out.
    contract = Contract((FlatBundle(), OutcomePay(per_ccq_point=150.0)))

    assert side_payments(contract, known_of(contract), answer()) == pytest.approx(12.0)
    alone = Contract((FlatBundle(),))
    assert side_payments(alone, known_of(alone), answer()) == 0.0


def test_money_that_is_expected_to_be_lost_is_added_to_the_price():
    """A malus of 10 % at a floor in the national mean is taken half the time: 0.05 x 300."""
    malus = Kpi(
        indicator="relevant_change", at_least=0.5, consequence="malus", share=0.1,
        minimum_patients=1.0,
    )  # fmt: skip
    contract = Contract((FlatBundle(), malus))

    assert side_payments(contract, known_of(contract), answer()) == pytest.approx(-15.0)
