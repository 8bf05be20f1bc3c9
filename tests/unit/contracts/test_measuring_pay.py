"""Measuring pay: what a contract makes of measuring one patient, or not."""

import numpy as np
import pytest

from model.codes import INSURERS
from model.contracts.clause import Clause
from model.contracts.contract import REGULAR, Contract
from model.contracts.kpi import Kpi
from model.contracts.measuring_pay import MeasuringPay, measuring_pay
from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Norm, Outlook
from model.contracts.prices import Prices

PER_POINT = {"ccq_change": 1.0, "relevant_change": 0.8, "gpe": 0.7}
#: Heavier classes gain more, later stages less.
CELLS = np.array([[0.3, 0.2, 0.1], [0.4, 0.3, 0.2], [0.5, 0.4, 0.3]])
REVENUE = 1_200.0
#: Sixteen measured, SD 0.4: noise of the mean 0.1. phi(0) / 0.1, and phi(1) / 0.1.
PULL_AT_MEAN, PULL_AT_ONE_SD = 3.98942, 2.41971


def outlook(**known) -> Outlook:
    norms = {
        "ccq_change": Norm(0.35, 0.4, CELLS, 16.0),
        "relevant_change": Norm(0.5, 0.4, np.full((3, 3), 0.5), 16.0),
        "gpe": Norm(0.6, 0.4, np.full((3, 3), 0.6), 16.0),
        "walk_change": Norm(30.0, 40.0, np.full((3, 3), 30.0), 16.0),
        "measured": Norm(0.8, 0.4, np.full((3, 3), 0.8), 16.0),
        "prem": Norm(8.5, 1.0, np.full((3, 3), 8.5), 16.0),
    }
    prices = Prices(np.full(4, 3800), 5700, np.zeros((len(INSURERS), 3, 3), dtype=np.int64))
    usual = {
        "prices": prices, "norms": norms, "patients": 9.0, "sessions": 40.0, "margin": 0.0,
        "cost_cv": 0.6, "reference_cost": 38.0, "benchmark": 3_000.0, "admission_cost": 5_000.0,
        "ccq_value": 6_000.0, "icc": 0.05,
    }  # fmt: skip
    return Outlook(**usual | known)


def asked(*clauses: Clause, **known) -> MeasuringPay:
    return measuring_pay(Contract(clauses), outlook(**known), PER_POINT, REVENUE)


def kpi(indicator: str, **known) -> Kpi:
    return Kpi(indicator=indicator, minimum_patients=1.0, **known)


def test_the_regular_contract_makes_no_measurement_costly():
    found = measuring_pay(REGULAR, outlook(), PER_POINT, REVENUE)

    assert (found.answer_pull, found.completeness, found.walk_pull) == (0.0, 0.0, 0.0)
    assert not found.answer_par.any()


def test_a_kpi_without_consequences_makes_none_costly_either():
    found = asked(*(kpi(i, at_least=0.5) for i in ("ccq_change", "measured", "walk_change")))

    assert (found.answer_pull, found.completeness, found.walk_pull) == (0.0, 0.0, 0.0)


def test_a_threshold_makes_who_is_below_the_mean_costly():
    """Stake 5 % of 1,200 at the mean: 60 x 3.98942 a point, from 0.35 points on."""
    found = asked(kpi("ccq_change", at_least=0.35, consequence="withhold", share=0.05))

    assert found.answer_pull == pytest.approx(60.0 * PULL_AT_MEAN, rel=1e-4)
    np.testing.assert_allclose(found.answer_par, 0.35 * found.answer_pull)


def test_case_mix_adjustment_makes_the_norm_the_patients_own():
    found = asked(
        kpi("ccq_change", at_least=0.35, consequence="withhold", share=0.05, case_mix=True)
    )

    np.testing.assert_allclose(found.answer_par, CELLS * found.answer_pull)


def test_shares_count_by_how_fast_they_rise_with_the_change():
    found = asked(kpi("relevant_change", at_least=0.6, consequence="bonus", share=0.05))

    assert found.answer_pull == pytest.approx(60.0 * PULL_AT_ONE_SD * 0.8, rel=1e-4)
    np.testing.assert_allclose(found.answer_par, 0.35 * found.answer_pull)


def test_a_slope_pays_from_its_reference_on():
    """EUR 100 a point above 0.5: a patient at the mean of 0.35 costs 15."""
    found = asked(kpi("ccq_change", slope=100.0, reference=0.5))

    assert found.answer_pull == pytest.approx(100.0, rel=1e-4)
    np.testing.assert_allclose(found.answer_par - 0.35 * found.answer_pull, 15.0, rtol=1e-4)


def test_leaving_out_is_worth_what_the_slope_would_take():
    """The definition: the slope's pay with the patient, less without."""
    slope, reference, others, own = 100.0, 0.5, np.array([0.3, 0.7, 0.4]), -0.2
    without = slope * others.size * (others.mean() - reference)
    everybody = np.append(others, own)
    together = slope * everybody.size * (everybody.mean() - reference)
    found = asked(kpi("ccq_change", slope=slope, reference=reference))

    loss = found.answer_par[0, 0] - found.answer_pull * own
    assert loss == pytest.approx(without - together, rel=1e-4)


def test_outcome_pay_makes_only_a_rise_of_burden_costly():
    by_point = asked(OutcomePay(per_ccq_point=400.0))
    by_change = asked(OutcomePay(per_relevant_change=50.0))

    assert by_point.answer_pull == 400.0 and not by_point.answer_par.any()
    # Who does not improve brings nothing, and takes nothing away.
    assert by_change.answer_pull == 0.0 and not by_change.answer_par.any()


def test_who_measures_decides_what_can_be_left_out():
    by = {
        who: asked(
            kpi("gpe", at_least=0.6, consequence="withhold", share=0.05, measured_by=who),
            OutcomePay(per_ccq_point=400.0, measured_by=who),
        ).answer_pull
        for who in ("therapist", "patient", "independent")
    }

    assert by["therapist"] == by["patient"] > 400.0
    assert by["independent"] == 0.0


def test_a_kpi_on_completeness_makes_a_gap_costly():
    plan = kpi("measured", at_least=0.8, consequence="improvement_plan")
    found = asked(plan, plan_cost=90.0)

    assert found.completeness == pytest.approx(90.0 * PULL_AT_MEAN, rel=1e-4)
    assert found.answer_pull == 0.0


def test_a_metre_pays_whoever_measures():
    """Training for the test works in any hands."""
    for who in ("therapist", "independent"):
        assert asked(kpi("walk_change", slope=2.0, measured_by=who)).walk_pull == pytest.approx(
            2.0, rel=1e-4
        )


def test_the_experience_score_says_nothing_of_the_change():
    assert asked(kpi("prem", slope=20.0)).answer_pull == 0.0
